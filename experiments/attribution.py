"""What each measure of a package adds: Shapley values, and whether the package gives more or less than the sum.

A permutation puts the measures in some order and adds one after the other; what a measure adds there is its marginal
contribution. The Shapley value is the mean over orders. Every replicate has an order of its own and the same order
backwards, and all its runs meet the same chance events, so that in each replicate the contributions add up exactly to
what the package changes, in whole agents. Packages of up to three measures go through all orders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.comparison import Estimate, interval, shown_years
from experiments.option_table import Column
from experiments.options import Settings
from experiments.replicates import Batch, Replicate
from sim import indicators
from sim.ledger import Ledger
from sim.scenario import Measure, Scenario

ALL_ORDERS: Final = 3
"""Packages of so many measures go through all their orders in every replicate."""
Order = tuple[int, ...]


def columns_of(years: tuple[int, ...]) -> list[Column]:
    """The outcomes that are attributed."""
    last = shown_years(years)[-1]
    return [Column("technicians", last), Column("women", last), Column("open_vacancies", last)]


def orders(measures: int, replicate: int, seed: int) -> list[Order]:
    """Orders in which the measures of a package are added in a replicate."""
    if measures <= ALL_ORDERS:
        return list(permutations(range(measures)))
    drawn = tuple(np.random.default_rng([seed, replicate, measures]).permutation(measures).tolist())
    return [drawn, drawn[::-1]]


def subsets(found: Sequence[Order]) -> list[frozenset[int]]:
    """The sets of measures that the orders run through, each once, and every measure by itself."""
    measures = len(found[0])
    run_through = [frozenset(order[:k]) for order in found for k in range(measures + 1)]
    return list(dict.fromkeys([*run_through, *(frozenset({k}) for k in range(measures))]))


def runs_needed(measures: int, replicates: int) -> int:
    """Runs that the attribution of a package takes."""
    return replicates * len(subsets(orders(measures, 0, 0)))


@dataclass(frozen=True)
class Attribution:
    """What the measures of a package add, in agents, by replicate and order."""

    package: Scenario
    columns: tuple[Column, ...]
    scale: float
    added: NDArray[np.int64]
    """Marginal contributions; shape (replicates, orders, measures, columns)."""
    whole: NDArray[np.int64]
    """What the package changes; shape (replicates, columns)."""
    alone: NDArray[np.int64]
    """What each measure changes by itself; shape (replicates, measures, columns)."""

    def value(self, measure: int, column: int) -> Estimate:
        """Shapley value of a measure in people, mean over replicates and its 95% interval."""
        return _estimate(self.added[:, :, measure, column].mean(axis=1) * self.scale)

    def package_value(self, column: int) -> Estimate:
        """What the package changes."""
        return _estimate(self.whole[:, column] * self.scale)

    def interaction(self, column: int) -> Estimate:
        """What the package gives beyond the sum of its measures; below zero where they stand in each other's way."""
        return _estimate((self.whole[:, column] - self.alone[:, :, column].sum(axis=1)) * self.scale)

    def by_itself(self, measure: int, column: int) -> Estimate:
        """What a measure changes alone."""
        return _estimate(self.alone[:, measure, column] * self.scale)

    def adds_up(self) -> bool:
        """Whether the contributions give what the package changes, in every replicate and order, in whole agents."""
        return bool((self.added.sum(axis=2) == self.whole[:, None, :]).all())


def _estimate(samples: NDArray[Any]) -> Estimate:
    mean, low, high = interval(samples)
    return Estimate(float(mean), float(low), float(high))


def attribute(
    package: Scenario, settings: Settings, tick: Callable[[], Any], always: tuple[Measure, ...] = ()
) -> Attribution | None:
    """Share out what a package changes over its measures; None if the user stops it.

    Parameters
    ----------
    always : measures that hold in every run, also in the one that the others are compared with
    """
    number = len(package.measures)
    found = [orders(number, replicate, settings.seed) for replicate in range(settings.replicates)]
    sets = [subsets(of_replicate) for of_replicate in found]

    def scenarios(replicate: int) -> list[Scenario]:
        return [_with(package, chosen, always) for chosen in sets[replicate]]

    batch = Batch(scenarios, settings, _outcome, tick)
    kept: list[Replicate[NDArray[np.int64]]] = list(batch)
    if batch.stopped:
        return None
    added, whole, alone = [], [], []
    for replicate in kept:
        place = {chosen: k for k, chosen in enumerate(sets[replicate.number])}
        runs = np.stack(replicate.runs)
        nothing = runs[place[frozenset()]]
        whole.append(runs[place[frozenset(range(number))]] - nothing)
        alone.append(np.stack([runs[place[frozenset({k})]] - nothing for k in range(number)]))
        added.append(np.stack([_marginal(order, runs, place) for order in found[replicate.number]]))
    years = tuple(range(settings.until.year - settings.years, settings.until.year))
    columns = tuple(columns_of(years))
    return Attribution(package, columns, settings.scale, np.stack(added), np.stack(whole), np.stack(alone))


def _with(package: Scenario, chosen: frozenset[int], always: tuple[Measure, ...]) -> Scenario:
    keep = tuple(measure for k, measure in enumerate(package.measures) if k in chosen)
    return package.model_copy(update={"measures": (*keep, *always)})


def _marginal(order: Order, runs: NDArray[np.int64], place: dict[frozenset[int], int]) -> NDArray[np.int64]:
    """What each measure adds where its turn comes; shape (measures, columns)."""
    found = np.empty((len(order), runs.shape[1]), np.int64)
    for k, measure in enumerate(order):
        found[measure] = runs[place[frozenset(order[: k + 1])]] - runs[place[frozenset(order[:k])]]
    return found


def _outcome(ledger: Ledger) -> NDArray[np.int64]:
    """The outcomes that are attributed, in agents."""
    years = tuple(indicators.years_of(ledger))
    table, keys = indicators.yearly(ledger) / ledger.scale, indicators.keys()
    names = {"women": ("technicians", "women")}
    return np.array([
        round(table[years.index(column.year), keys.index(names.get(column.name, (column.name, "all")))])
        for column in columns_of(years)
        if column.year is not None
    ])  # fmt: skip


def attribution_records(found: Attribution) -> list[dict[str, Any]]:
    """Shapley values, what each measure does alone, the package and the interaction; people, and whole agents."""
    records = []
    for column, told in enumerate(found.columns):
        rows: list[tuple[str, str, Estimate, int | None]] = [
            (measure.id, "shapley", found.value(k, column), int(found.added[:, :, k, column].sum()))
            for k, measure in enumerate(found.package.measures)
        ]
        rows += [
            (m.id, "alone", found.by_itself(k, column), int(found.alone[:, k, column].sum()))
            for k, m in enumerate(found.package.measures)
        ]
        orders_each = found.added.shape[1]
        rows.append(("package", "whole", found.package_value(column), int(found.whole[:, column].sum()) * orders_each))
        rows.append(("package", "interaction", found.interaction(column), None))
        for measure, kind, estimate, agents in rows:
            records.append(
                {
                    "scenario": found.package.id,
                    "indicator": told.name,
                    "year": told.year,
                    "measure": measure,
                    "kind": kind,
                    "people": estimate.mean,
                    "low": estimate.low,
                    "high": estimate.high,
                    "agents": agents,
                }
            )
    return records
