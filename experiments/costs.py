"""What a scenario costs whom, as far as documents say: added up over the run, payer by payer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, get_args

from scenarios.catalogue import entry, files
from sim.clock import FIRST_QUARTER, QUARTERS_PER_YEAR, quarter_of
from sim.scenario import Cost, Measure, Payer, Scenario
from sim.schedule import phase_of

PAYERS: Final[tuple[str, ...]] = get_args(Payer)
_DRIVERS: Final = {
    "euro per retraining": ("programme_places",),
    "euro per learning place": ("learning_places", "apprenticeships"),
    "euro per hybrid teacher": ("hybrid_teachers",),
}
"""Levers whose amounts a price is for: people a year, or people at work or learning for a year."""


@dataclass(frozen=True)
class Money:
    """Euro that documents name, and whether they name all of it."""

    known: float = 0.0
    complete: bool = True
    """False where somebody pays and no document says how much."""
    shared: bool = False
    """Whether some of it also pays for other things."""

    def __add__(self, other: Money) -> Money:
        return Money(self.known + other.known, self.complete and other.complete, self.shared or other.shared)

    @property
    def unknown(self) -> bool:
        """Whether no document names any amount."""
        return not self.complete and self.known == 0.0


def costs(scenario: Scenario, until: date) -> dict[str, Money]:
    """Euro from 2022 up to a day, by payer; payers of whom no measure speaks are left out. Prices are as documented."""
    until = date(until.year, 1, 1)  # outcomes are given by whole years
    take_up = scenario.parameters["programme_take_up"].value
    assert isinstance(take_up, float | int)
    found: dict[str, Money] = {}
    for measure in scenario.measures:
        for cost in measure.cost:
            money = _money(measure, cost, until, float(take_up))
            found[cost.payer] = found.get(cost.payer, Money()) + money
    return {payer: found[payer] for payer in PAYERS if payer in found}


def in_all(by_payer: dict[str, Money]) -> Money:
    """All payers together."""
    return sum(by_payer.values(), Money())


def _money(measure: Measure, cost: Cost, until: date, take_up: float) -> Money:
    if cost.value is None:
        return Money(complete=_reached(measure) == 0.0)
    quarters = range(FIRST_QUARTER, quarter_of(until))
    first = quarter_of(measure.start)
    if cost.unit in _DRIVERS:
        amount = sum(_amount(measure, lever) for lever in _DRIVERS[cost.unit])
        if cost.unit == "euro per retraining":
            amount *= take_up
        years = sum(phase_of(measure, quarter) for quarter in quarters) / QUARTERS_PER_YEAR
        return Money(cost.value * amount * measure.reach.share * years, shared=cost.shared)
    last = first + _years(measure, cost) * QUARTERS_PER_YEAR
    years = sum(first <= quarter < last for quarter in quarters) / QUARTERS_PER_YEAR
    yearly = cost.value / cost.years if cost.years is not None else cost.value
    return Money(yearly * years * _reached(measure), shared=cost.shared)


def _years(measure: Measure, cost: Cost) -> float:
    """Years in which an amount a year, or in total, is spent."""
    if cost.years is not None:
        return cost.years
    return float("inf") if measure.duration_years is None else measure.delay_years + measure.duration_years


def _reached(measure: Measure) -> float:
    """Part of those reached in the catalogue, for which the documented amount is, that the scenario reaches."""
    usual = entry(measure.id).reach.share if measure.id in files() else 1.0
    return measure.reach.share / usual if usual > 0.0 else 0.0


def _amount(measure: Measure, lever: str) -> float:
    """People that a measure adds by a lever, all labels of its table together."""
    return sum(_total(one.add) for one in measure.levers if one.lever == lever and one.add is not None)


def _total(table: Any) -> float:
    return sum(_total(part) for part in table.values()) if isinstance(table, dict) else float(table)
