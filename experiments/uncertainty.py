"""Three sources of uncertainty kept apart: chance, what the calibration leaves open, and assumed effects.

Each of the last two is found by letting it alone vary: draws of the posterior with everything else at its value, and
draws of the assumed ranges with the calibrated parameters at theirs. Every draw is run with two chances, so that
the spread between draws can be told from chance (analysis of variance with random effects).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.special import ndtri

from calibration.assumed import drawn
from calibration.posterior import Posterior
from calibration.priors import drawn_names
from experiments.comparison import LEVEL, interval, shown_years
from experiments.options import BASELINE, Settings, scenario_named
from experiments.outcomes import Outcome, by_year
from experiments.replicates import Batch
from experiments.screen import plain_table
from experiments.wording import change, count, indicator_words, step
from sim import indicators
from sim.scenario import Scenario

Array = NDArray[np.float64]
CHANCES: Final = 2
"""Runs of each draw, each with a chance of its own."""
WIDTH: Final = float(ndtri(0.5 + LEVEL / 2.0))
"""Half the width of the interval of a normal spread, in standard deviations."""
SHOWN: Final = (("technicians", "all"), ("technicians", "women"), ("open_vacancies", "all"))


@dataclass(frozen=True)
class Spread:
    """Half-widths of the 95% interval of an outcome by source; each of shape (scenarios, years, keys)."""

    mean: Array
    """Over the replicates at the values of the baseline."""
    chance: Array
    """Of that mean, because there are only so many replicates."""
    calibration: Array
    """Because the facts leave the calibrated parameters open."""
    assumed: Array
    """Because effects and other parameters are assumed within ranges."""
    joint: Array
    """The outcome in draws of everything at once, each with its own chance; shape (draws, scenarios, years, keys)."""

    @property
    def together(self) -> Array:
        """Of all three, taken as independent."""
        return np.sqrt(self.chance**2 + self.calibration**2 + self.assumed**2)


def between(values: Array) -> Array:
    """Standard deviation between draws, with chance taken off; never below 0.

    Parameters
    ----------
    values : shape (draws, CHANCES, ...)
    """
    within = values.var(axis=1, ddof=1).mean(axis=0)
    means = values.mean(axis=1).var(axis=0, ddof=1)
    return np.asarray(np.sqrt(np.maximum(means - within / values.shape[1], 0.0)))


def runs_needed(scenarios: int, draws: int) -> int:
    """Runs that `spread` takes."""
    return (2 * CHANCES + 1) * draws * scenarios


def spread(
    scenarios: Sequence[Scenario],
    reference: Array,
    posterior: Posterior,
    settings: Settings,
    draws: int,
    tick: Callable[[], Any],
) -> Spread | None:
    """Spread of the outcomes of scenarios, as differences with the first where there are several; None if stopped.

    Parameters
    ----------
    scenarios : the first is what the others are compared with; one alone is looked at by itself
    reference : outcomes of the replicates at the values of the baseline; shape (replicates, scenarios, years, keys)
    draws : draws of the posterior, and as many of the assumed ranges
    """
    rows = posterior.chosen(draws, settings.seed)
    assumed = drawn(scenarios, draws, settings.seed)
    usual = scenario_named(BASELINE)

    def at(row: int, of: Sequence[Scenario]) -> list[Scenario]:
        values = posterior.space.tables(usual, posterior.values[row].tolist())
        return [one.with_values(**{k: values[k] for k in drawn_names(one, usual, values)}) for one in of]

    def of_posterior(number: int) -> list[Scenario]:
        return at(rows[number // CHANCES], scenarios)

    def of_ranges(number: int) -> tuple[Scenario, ...]:
        return assumed[number // CHANCES]

    def of_both(number: int) -> list[Scenario]:
        return at(rows[number], assumed[number])

    found = []
    for choose, runs in ((of_posterior, CHANCES * draws), (of_ranges, CHANCES * draws), (of_both, draws)):
        batch = Batch(choose, replace(settings, replicates=runs), by_year, tick)
        outcomes = [_indicators(replicate.runs) for replicate in batch]
        if batch.stopped:
            return None
        found.append(differences(np.stack(outcomes)))
    calibration, ranges = (WIDTH * between(values.reshape(draws, CHANCES, *values.shape[1:])) for values in found[:2])
    mean, low, high = interval(differences(reference))
    return Spread(mean, (high - low) / 2.0, calibration, ranges, found[2])


def _indicators(outcomes: Sequence[Outcome]) -> Array:
    return np.stack([outcome.indicators for outcome in outcomes])


def differences(values: Array) -> Array:
    """Scenarios less the first; one alone stays as it is. Shape (replicates, scenarios, ...)."""
    return values if values.shape[1] == 1 else values[:, 1:] - values[:, :1]


def spread_records(found: Spread, ids: Sequence[str], years: Sequence[int]) -> list[dict[str, Any]]:
    """Mean and half-widths by source, by scenario, year, indicator and group."""
    return [
        {
            "scenario": name,
            "year": year,
            "indicator": indicator,
            "group": group,
            "mean": float(found.mean[place, row, column]),
            "chance": float(found.chance[place, row, column]),
            "calibration": float(found.calibration[place, row, column]),
            "assumed": float(found.assumed[place, row, column]),
            "together": float(found.together[place, row, column]),
        }
        for place, name in enumerate(ids)
        for row, year in enumerate(years)
        for column, (indicator, group) in enumerate(indicators.keys())
        if np.isfinite(found.mean[place, row, column])
    ]


def print_spread(console: Console, found: Spread, scenarios: Sequence[Scenario], years: tuple[int, ...]) -> None:
    """The three sources side by side, for the outcomes that matter most."""
    for place, scenario in enumerate(scenarios):
        for year in shown_years(years):
            title = f"{scenario.title}, end of {year}: where the uncertainty comes from (half of the 95% interval)"
            table = plain_table("", "mean", "chance", "calibration", "assumed effects", "together", title=title)
            for indicator, group in SHOWN:
                at = (place, years.index(year), indicators.keys().index((indicator, group)))
                parts = (found.chance[at], found.calibration[at], found.assumed[at], found.together[at])
                to = step(float(found.together[at]))
                halves = [f"± {count(float(part), to)}" for part in parts]
                table.add_row(indicator_words(indicator, group), change(float(found.mean[at]), to), *halves)
            console.print(table)
            console.print()
