"""An answer in numbers, as the page draws it: differences with the baseline with their intervals."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.comparison import interval
from experiments.costs import Money, costs, in_all
from experiments.live.desk import Answer, Found
from experiments.live.flows import by_line
from experiments.live.summary import LATE, Summary, late_years
from experiments.texts import as_written, say
from sim import career_graph, indicators
from sim.indicators import GROUPS_SHOWN

GROUPS: Final = GROUPS_SHOWN
SHOWN: Final = (
    ("technicians", "technicians"), ("women", "technicians"), ("vacancies", "open_vacancies"),
    ("posts", "technical_posts"),
)  # fmt: skip
"""Curves of the page and the indicator of each; women are those among the technicians."""


def view(answer: Answer, group: str, until: date) -> dict[str, Any]:
    """What the page shows of an answer for a group of people.

    Differences come with their 95% interval over the pairs of runs; of a single pair the interval is not known and
    stands as null.
    """
    pairs = answer.pairs
    years = pairs[0][0].years
    curves = {name: _curve(pairs, indicator, _group_of(name, group)) for name, indicator in SHOWN}
    first, last = late_years(years)
    return {
        "number": answer.number,
        "runs": answer.runs,
        "of": answer.of,
        "milliseconds": round(1000 * answer.seconds),
        "years": [years[0] - 1, *years],
        "group": group,
        "curves": curves,
        "share": _share(pairs),
        "leaks": _leaks(pairs, group),
        "flows": _flows(pairs, group),
        "late": [first, last],
        "cost": cost_lines(_costs(answer.found, until)),
        "measures": {name: setting.reach for name, setting in answer.found.chosen.settings.items()},
    }


def _costs(found: Found, until: date) -> dict[str, Money]:
    """What a choice costs, worked out once: the page is drawn anew with every run that comes in."""
    if found.costs is None:
        found.costs = costs(found.chosen.scenario(), until)
    return found.costs


def _group_of(curve: str, group: str) -> str:
    """The group of a curve: vacancies and posts have a level but no gender or background."""
    if curve == "women":
        return "women"
    return "all" if curve in ("vacancies", "posts") and group not in ("mbo", "hbo_wo") else group


def _numbers(table: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(number) else round(float(number), 1) for number in table]


def _curve(pairs: list[tuple[Summary, Summary]], indicator: str, group: str) -> dict[str, Any]:
    column = indicators.keys().index((indicator, group))
    before = np.stack([one.values[:, column] for one, _ in pairs])
    after = np.stack([other.values[:, column] for _, other in pairs])
    mean, low, high = interval(after - before)
    told = {"mean": [0.0, *_numbers(mean)], "low": [0.0, *_numbers(low)], "high": [0.0, *_numbers(high)]}
    return {**told, "base": _numbers(before.mean(axis=0)), "level": _numbers(after.mean(axis=0))}


def _share(pairs: list[tuple[Summary, Summary]]) -> dict[str, float]:
    """Women among technicians in the last year, in percent, without and with."""
    keys = indicators.keys()
    women, everybody = keys.index(("technicians", "women")), keys.index(("technicians", "all"))
    shares = [100 * np.mean([run.values[-1, women] / run.values[-1, everybody] for run in side])
              for side in zip(*pairs, strict=True)]  # fmt: skip
    return {"base": round(float(shares[0]), 2), "now": round(float(shares[1]), 2)}


def _leaks(pairs: list[tuple[Summary, Summary]], group: str) -> list[dict[str, Any]]:
    points = career_graph.load().leak_points
    keys = indicators.keys()
    columns = [keys.index((f"leak_{point}_{name}", group)) for point, (name, _) in points.items()]
    before, after = (np.stack([run.values[-LATE:, columns] for run in side]).mean(axis=1)
                     for side in zip(*pairs, strict=True))  # fmt: skip
    told = zip(points, before.mean(axis=0), *map(_numbers, interval(after - before)), strict=True)
    return [{"point": point, "base": round(float(base)), "mean": mean, "low": low, "high": high}
            for point, base, mean, low, high in told]  # fmt: skip


def _flows(pairs: list[tuple[Summary, Summary]], group: str) -> list[list[Any]]:
    """By line of the diagram: people a year, the difference, half of its interval, and whether that leaves out zero."""
    before, after = (by_line(np.stack([run.flows for run in side]), group) for side in zip(*pairs, strict=True))
    mean, low, high = interval(after - before)
    sure = (low > 0.0) | (high < 0.0)
    columns = zip(after.mean(axis=0), mean, _numbers((high - low) / 2.0), sure, strict=True)
    return [[round(float(people)), round(float(more)), half, bool(known)] for people, more, half, known in columns]


def cost_lines(by_payer: dict[str, Money]) -> list[list[str]]:
    """Payer and amount in words, the total first; nothing where no measure speaks of money."""
    if not by_payer:
        return []
    rows = [(say("live", "cost_total"), in_all(by_payer)), *((say("payer", p), m) for p, m in by_payer.items())]
    return [[who, _money(money)] for who, money in rows]


def _money(money: Money) -> str:
    if money.unknown:
        return say("live", "cost_unknown")
    told = say("live", "cost_million", amount=as_written(f"{money.known / 1e6:,.0f}"))
    return told if money.complete else say("live", "cost_at_least", amount=told)
