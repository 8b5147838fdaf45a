"""Scenarios against the baseline: paired differences with intervals, and what the gain in technicians is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from experiments.outcomes import Outcome, Typical, components
from sim import career_graph, indicators
from sim.indicators import GROUPS_SHOWN

LEVEL: Final = 0.95
DIVISIONS: Final[dict[str, tuple[tuple[str, str, str | None], ...]]] = {
    "gender": (("women", "women", None), ("men", "men", None)),
    "background": (("migration", "migration", None), ("dutch", "all", "migration")),
    "level": (("mbo", "mbo", None), ("hbo_wo", "hbo_wo", None)),
}
"""Ways to divide people: name of each group, and the groups shown that give it, one less another."""
TECHNICIAN_GROUPS: Final = ("all", "women", "mbo", "hbo_wo")
"""Groups for which technicians are reported."""


@dataclass(frozen=True)
class Estimate:
    """A mean over replicates and its 95% interval."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2.0

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


def interval(
    samples: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean over the first axis and its 95% t-interval; for a single sample the interval is not a number."""
    count = len(samples)
    mean = samples.mean(axis=0)
    if count < 2:
        unknown = np.full_like(mean, np.nan)
        return mean, unknown, unknown
    spread = samples.std(axis=0, ddof=1)
    half = stdtrit(count - 1, 0.5 + LEVEL / 2.0) * spread / np.sqrt(count)
    return mean, mean - half, mean + half


class DoesNotAddUp(RuntimeError):
    """The parts of a gain do not give the gain: a defect of the model, never of its user."""


class Comparison:
    """Outcomes of scenarios, replicate by replicate, the baseline first.

    Parameters
    ----------
    ids : the scenarios, in the order of the outcomes
    """

    def __init__(self, ids: tuple[str, ...]) -> None:
        self.ids = ids
        self.replicates: list[int] = []
        self.scale = 1.0
        self.years: tuple[int, ...] = ()
        self._values: list[NDArray[np.float64]] = []
        self._stacked: dict[str, NDArray[np.float64]] = {}
        self._components: list[NDArray[np.int64]] = []
        self._technicians: list[NDArray[np.int64]] = []
        self.typical = Typical()
        """Flows and stocks of the baseline."""

    def add(self, replicate: int, outcomes: tuple[Outcome, ...]) -> None:
        """Take in one replicate: the outcome of every scenario."""
        first = outcomes[0]
        self._stacked.clear()
        self.scale, self.years = first.scale, first.years
        self.replicates.append(replicate)
        self._values.append(np.stack([outcome.indicators for outcome in outcomes]))
        self._components.append(np.stack([outcome.components for outcome in outcomes]))
        self._technicians.append(np.stack([outcome.technicians for outcome in outcomes]))
        self.typical.add(first)

    @property
    def others(self) -> tuple[str, ...]:
        """The scenarios that are compared with the baseline."""
        return self.ids[1:]

    def values(self, scenario: str) -> NDArray[np.float64]:
        """Indicators in people; shape (replicates, years, keys)."""
        place = self.ids.index(scenario)
        if scenario not in self._stacked:
            self._stacked[scenario] = np.stack([table[place] for table in self._values])
        return self._stacked[scenario]

    def differences(self, scenario: str) -> NDArray[np.float64]:
        """Indicators less those of the baseline in the same replicate; shape (replicates, years, keys)."""
        return self.values(scenario) - self.values(self.ids[0])

    def estimates(self, scenario: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Mean paired difference and its 95% interval; each of shape (years, keys)."""
        return interval(self.differences(scenario))

    def estimate(self, scenario: str, year: int, indicator: str, group: str = "all") -> Estimate:
        """Mean paired difference of one indicator in one year."""
        column = indicators.keys().index((indicator, group))
        row = self.years.index(year)
        samples = self.values(scenario)[:, row, column] - self.values(self.ids[0])[:, row, column]
        mean, low, high = interval(samples)
        return Estimate(float(mean), float(low), float(high))

    def precision(self) -> float:
        """Widest half of the 95% interval of the gain in technicians in the last year shown, over the scenarios."""
        last = shown_years(self.years)[-1]
        return max(self.estimate(name, last, "technicians").half for name in self.others)

    def by_group(self, scenario: str, year: int) -> dict[str, dict[str, Estimate]]:
        """The gain in technicians at the end of a year by group; within each division the groups add up exactly."""
        place = self.ids.index(scenario)
        row = self.years.index(year)
        gain = np.stack([table[place] - table[0] for table in self._technicians])[:, row].astype(float) * self.scale
        found: dict[str, dict[str, Estimate]] = {}
        for division, groups in DIVISIONS.items():
            for name, plus, minus in groups:
                samples = gain[:, GROUPS_SHOWN.index(plus)]
                if minus is not None:
                    samples = samples - gain[:, GROUPS_SHOWN.index(minus)]
                mean, low, high = interval(samples)
                found.setdefault(division, {})[name] = Estimate(float(mean), float(low), float(high))
        return found

    def baseline(self, year: int, indicator: str, group: str = "all") -> float:
        """Mean of an indicator in the baseline."""
        column = indicators.keys().index((indicator, group))
        return float(self.values(self.ids[0])[:, self.years.index(year), column].mean())

    def parts(self, scenario: str) -> NDArray[np.int64]:
        """What each component adds to the gain in technicians up to the end of each year, in agents.

        Shape (replicates, years, components, groups). Raises DoesNotAddUp unless the sum over components is the gain
        exactly, in every replicate, year and group.
        """
        place = self.ids.index(scenario)
        parts = np.stack([table[place] - table[0] for table in self._components])
        gain = np.stack([table[place] - table[0] for table in self._technicians])
        if not np.array_equal(parts.sum(axis=2), gain):
            raise DoesNotAddUp(f"{scenario}: ways in and leak points do not add up to the gain in technicians")
        return parts

    def gain_by_part(self, scenario: str, year: int, group: str = "all") -> tuple[dict[str, Estimate], Estimate]:
        """The gain in technicians up to the end of a year by component, and in all; people, mean and interval."""
        chosen = self.parts(scenario)[:, self.years.index(year), :, GROUPS_SHOWN.index(group)]
        mean, low, high = interval(chosen.astype(float) * self.scale)
        names = components()
        split = {name: Estimate(float(mean[i]), float(low[i]), float(high[i])) for i, name in enumerate(names)}
        total = interval(chosen.sum(axis=1).astype(float) * self.scale)
        return split, Estimate(*(float(number) for number in total))


def reported() -> list[tuple[str, str]]:
    """Indicators and groups that the comparison prints, in order."""
    leaks = [f"leak_{point}_{name}" for point, (name, _) in career_graph.load().leak_points.items()]
    return [
        *(("technicians", group) for group in TECHNICIAN_GROUPS),
        ("open_vacancies", "all"),
        ("side_entrants", "all"),
        *((name, "all") for name in leaks),
    ]


def shown_years(years: tuple[int, ...]) -> list[int]:
    """The years that the comparison prints: 2030 and 2035, or the last year where the run ends before 2035."""
    return sorted({min(year, years[-1]) for year in (2030, 2035)})
