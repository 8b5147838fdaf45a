"""The option table: the same few columns for every scenario, each with its interval, in the manner of option books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from experiments.comparison import LEVEL, Comparison, Estimate, interval, shown_years
from experiments.costs import Money, costs, in_all
from experiments.goals import Chance, Goal, chance
from experiments.outcomes import components
from sim import indicators
from sim.indicators import GROUPS_SHOWN
from sim.scenario import Scenario

LEAVING: Final = ("leak_6", "leak_8", "leak_9", "leak_11")
"""Leak points at which people leave technical work other than by retirement."""
POWER: Final = 0.8
"""Chance with which the smallest effect that shows would show."""


@dataclass(frozen=True)
class Column:
    """A column of the option table for each year, or over the whole run."""

    name: str
    year: int | None
    """End of which year; None for a sum over the whole run."""


@dataclass(frozen=True)
class Option:
    """A row of the option table."""

    scenario: Scenario
    values: dict[Column, Estimate]
    """Differences with the baseline: people, posts, or technician-years."""
    costs: dict[str, Money]
    """Euro by payer, as far as documents say."""
    goals: tuple[Chance, ...]
    """For each goal, how many pairs of runs reach it: chance alone."""
    goals_of_all: tuple[Chance, ...]
    """The same over draws of chance, calibration and assumptions together; empty where they were not drawn."""
    smallest: float
    """Smallest difference in technicians in the last year that so many pairs would show, with a chance of POWER."""

    @property
    def money(self) -> Money:
        """What all payers pay together."""
        return in_all(self.costs)

    @property
    def per_technician_year(self) -> Estimate | None:
        """Known euro for each additional technician-year; None where none is known or the gain is not sure.

        The interval is that of the technician-years.
        """
        gain, euro = self.values[TECHNICIAN_YEARS], self.money.known
        return Estimate(euro / gain.mean, euro / gain.high, euro / gain.low) if euro > 0.0 and gain.low > 0.0 else None


SMALLEST: Final = Column("smallest", None)
TECHNICIAN_YEARS: Final = Column("technician_years", None)
LEAVE: Final = Column("leaving", None)
DRAWN: Final = Column("drawn_from_other_work", None)


def columns(years: tuple[int, ...]) -> list[Column]:
    """The columns of differences, in order."""
    shown = shown_years(years)
    return [
        *(Column("technicians", year) for year in shown),
        Column("women", shown[-1]),
        LEAVE,
        *(Column("open_vacancies", year) for year in shown),
        DRAWN,
        TECHNICIAN_YEARS,
    ]


def samples(comparison: Comparison, scenario: str, column: Column) -> NDArray[np.float64]:
    """A column by pair of runs."""
    years, keys = comparison.years, indicators.keys()
    differences = comparison.differences(scenario)
    if column == TECHNICIAN_YEARS:
        return np.asarray(differences[:, :, keys.index(("technicians", "all"))].sum(axis=1))
    if column == DRAWN:
        return np.asarray(differences[:, :, keys.index(("drawn_from_other_work", "all"))].sum(axis=1))
    if column == LEAVE:
        names = components()
        parts = comparison.parts(scenario)[:, -1, :, GROUPS_SHOWN.index("all")]
        kept = parts[:, [names.index(name) for name in LEAVING]].sum(axis=1)
        return np.asarray(-kept * comparison.scale)
    assert column.year is not None
    key = ("technicians", "women") if column.name == "women" else (column.name, "all")
    return np.asarray(differences[:, years.index(column.year), keys.index(key)])


def smallest_effect(pairs: NDArray[np.float64]) -> float:
    """Smallest true mean difference that so many pairs, as spread as these, would show with a chance of POWER."""
    count = len(pairs)
    factor = stdtrit(count - 1, 0.5 + LEVEL / 2.0) + stdtrit(count - 1, POWER)
    return float(factor * pairs.std(ddof=1) / np.sqrt(count))


def option_table(
    comparison: Comparison,
    scenarios: Sequence[Scenario],
    goals: Sequence[Goal],
    until: date,
    joint: NDArray[np.float64] | None = None,
) -> list[Option]:
    """A row for every scenario that is compared with the first.

    Parameters
    ----------
    joint : differences in draws of all sources of uncertainty together; shape (draws, scenarios, years, keys)
    """
    rows = []
    years = comparison.years
    for place, scenario in enumerate(scenarios[1:]):
        values = {}
        for column in columns(comparison.years):
            mean, low, high = interval(samples(comparison, scenario.id, column))
            values[column] = Estimate(float(mean), float(low), float(high))
        last = Column("technicians", shown_years(comparison.years)[-1])
        differences = comparison.differences(scenario.id)
        rows.append(
            Option(
                scenario=scenario,
                values=values,
                costs=costs(beside(scenario, scenarios[0]), until),
                goals=tuple(chance(goal, differences, years) for goal in goals),
                goals_of_all=() if joint is None else tuple(chance(goal, joint[:, place], years) for goal in goals),
                smallest=smallest_effect(samples(comparison, scenario.id, last)),
            )
        )
    return rows


def beside(scenario: Scenario, reference: Scenario) -> Scenario:
    """The scenario with its own measures only, without those that the reference holds as well."""
    own = tuple(measure for measure in scenario.measures if measure not in reference.measures)
    return scenario.model_copy(update={"measures": own})


def option_records(options: Sequence[Option]) -> list[dict[str, Any]]:
    """The table as records: scenario, column, year, value, low, high."""
    return [
        {
            "scenario": option.scenario.id,
            "column": column.name,
            "year": column.year,
            "value": estimate.mean,
            "low": estimate.low,
            "high": estimate.high,
        }
        for option in options
        for column, estimate in (*option.values.items(), (SMALLEST, Estimate(*(option.smallest,) * 3)))
    ]


def cost_records(options: Sequence[Option]) -> list[dict[str, Any]]:
    """What each scenario costs each payer: euro that documents name, and whether that is all."""
    return [
        {
            "scenario": option.scenario.id,
            "payer": payer,
            "euro": money.known,
            "complete": money.complete,
            "shared": money.shared,
        }
        for option in options
        for payer, money in option.costs.items()
    ]


def goal_records(options: Sequence[Option], goals: Sequence[Goal]) -> list[dict[str, Any]]:
    """The chance of each scenario to reach each goal, with its interval."""
    records = []
    for option in options:
        told = [("chance", goal, found) for goal, found in zip(goals, option.goals, strict=True)]
        told += [("all", goal, found) for goal, found in zip(goals, option.goals_of_all, strict=False)]
        for source, goal, found in told:
            low, high = found.interval
            records.append(
                {
                    "scenario": option.scenario.id,
                    "goal": goal.text,
                    "amount": goal.amount,
                    "more": goal.more,
                    "indicator": goal.indicator,
                    "group": goal.group,
                    "year": goal.year,
                    "uncertainty": source,
                    "reached": found.reached,
                    "pairs": found.pairs,
                    "chance": found.share,
                    "low": low,
                    "high": high,
                }
            )
    return records
