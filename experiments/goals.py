"""A goal that a user sets, such as 60,000 fewer open vacancies by 2030, and the chance that a scenario reaches it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from experiments.comparison import LEVEL
from sim import indicators
from sim.indicators import GROUPS_SHOWN, POSTS, VACANCIES, all_indicators

EXAMPLE: Final = "60000 fewer open_vacancies by 2030"
_FORM: Final = re.compile(
    r"(?P<amount>\d[\d_,]*) (?P<change>more|fewer) (?P<what>[\w ]+?)(?:, (?P<group>\w+))? by (?P<year>\d{4})",
    re.ASCII,
)


@dataclass(frozen=True)
class Goal:
    """A difference with the baseline at the end of a year, or during it for a flow."""

    text: str
    amount: float
    more: bool
    indicator: str
    group: str
    year: int

    def reached(self, differences: NDArray[Any], years: tuple[int, ...]) -> NDArray[np.bool_]:
        """Whether each pair of runs reaches the goal.

        Parameters
        ----------
        differences : with the baseline; shape (pairs, years, keys)
        """
        column = indicators.keys().index((self.indicator, self.group))
        return self.met(np.asarray(differences[:, years.index(self.year), column]))

    def met(self, found: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether differences of the indicator, group and year are large enough."""
        return found >= self.amount if self.more else found <= -self.amount


@dataclass(frozen=True)
class Chance:
    """Share of the pairs of runs that reach a goal, with its 95% interval (Wilson)."""

    reached: int
    pairs: int

    @property
    def share(self) -> float:
        """Part of the pairs."""
        return self.reached / self.pairs

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval for a share, which never leaves 0 to 1."""
        z = float(ndtri(0.5 + LEVEL / 2.0))
        n, p = self.pairs, self.share
        middle = p + z * z / (2.0 * n)
        half = z * np.sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n))
        low, high = ((middle + sign * half) / (1.0 + z * z / n) for sign in (-1.0, 1.0))
        return max(0.0, float(low)), min(1.0, float(high))


def parse_goal(text: str, years: tuple[int, ...]) -> Goal:
    """A goal as a user writes it; ValueError with one clear line where it is none.

    Parameters
    ----------
    years : those that the runs cover
    """
    found = _FORM.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError(f"{text!r} is no goal; write it as {EXAMPLE!r}, or as '5000 more technicians, women by 2035'")
    names = [indicator.name for indicator in all_indicators()]
    name = found["what"].strip().replace(" ", "_")
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"
        raise ValueError(f"{text!r}: {name!r} is no indicator; {hint}")
    group = found["group"] or "all"
    if group not in GROUPS_SHOWN:
        raise ValueError(f"{text!r}: {group!r} is no group; known: {', '.join(GROUPS_SHOWN)}")
    if name in (VACANCIES, POSTS) and group not in ("all", "mbo", "hbo_wo"):
        raise ValueError(f"{text!r}: {name} have levels but no {group}; leave the group out, or give mbo or hbo_wo")
    if int(found["year"]) not in years:
        raise ValueError(f"{text!r}: the runs do not cover {found['year']}; give a year from {years[0]} to {years[-1]}")
    amount = float(re.sub(r"[_,]", "", found["amount"]))
    return Goal(" ".join(text.split()), amount, found["change"] == "more", name, group, int(found["year"]))


def chance(goal: Goal, differences: NDArray[Any], years: tuple[int, ...]) -> Chance:
    """How many pairs of runs reach a goal; shape of the differences (pairs, years, keys)."""
    reached = goal.reached(differences, years)
    return Chance(int(reached.sum()), len(reached))
