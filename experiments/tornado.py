"""Which assumption moves an answer most: each at both ends of its range, one at a time, everything else as it is.

First every assumption is tried in one pair of runs; those that seem to matter most are then tried in more pairs, so
that what is shown can be told from chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.assumed import assumed_levers, assumed_parameters, lever_at, parameter_at
from experiments.comparison import Estimate, interval
from experiments.options import Settings
from experiments.replicates import Batch
from sim import indicators
from sim.ledger import Ledger
from sim.scenario import Scenario

SHOWN: Final = 12
"""Assumptions in the tornado."""
CONSIDERED: Final = 18
"""Assumptions that are tried in more than one pair."""
MORE: Final = 6
"""Pairs of runs for those."""
ENDS: Final = (0.0, 1.0)
Pair = tuple[Scenario, Scenario]


@dataclass(frozen=True)
class Assumption:
    """Something that is assumed with a range: a parameter, or the effect of a measure."""

    name: str
    """Name of the parameter, or measure and lever with a colon between."""
    range: tuple[float, float]
    factors: bool
    """Whether the range holds factors on a table."""


@dataclass(frozen=True)
class Bar:
    """What an assumption does to the answer at the lower and at the upper end of its range."""

    assumption: Assumption
    low: Estimate
    high: Estimate

    @property
    def swing(self) -> float:
        """How far apart the two answers are."""
        return abs(self.high.mean - self.low.mean)

    @property
    def sure(self) -> bool:
        """Whether an end differs from the answer by more than chance."""
        return self.low.sure or self.high.sure


def assumptions(scenario: Scenario) -> list[Assumption]:
    """All that is assumed in a scenario: effects of its measures, then parameters."""
    found = []
    for key, lever in assumed_levers(scenario):
        measure, _, place = key.rpartition("/")
        table = isinstance(lever.add if lever.add is not None else lever.multiply, dict)
        assert lever.range is not None
        if lever.range[0] < lever.range[1]:
            found.append(Assumption(f"{measure}: {lever.lever} ({place})", lever.range, table))
    for name in assumed_parameters(scenario):
        parameter = scenario.parameters[name]
        assert parameter.range is not None
        if parameter.range[0] < parameter.range[1]:
            found.append(Assumption(name, parameter.range, isinstance(parameter.value, dict)))
    return found


def at_end(pair: Pair, assumption: Assumption, end: float) -> Pair:
    """Baseline and scenario with an assumption at an end of its range, 0 (lowest) or 1 (highest)."""
    baseline, scenario = pair
    if assumption.name in baseline.parameters:
        value = parameter_at(baseline.parameters[assumption.name], end)
        values = {assumption.name: value}
        return baseline.with_values(**values), scenario.with_values(**values)
    measure_id, _, rest = assumption.name.partition(": ")
    place = int(rest.rpartition(" (")[2].rstrip(")"))
    measures = tuple(
        m.model_copy(update={"levers": tuple(lever_at(x, end) if k == place else x for k, x in enumerate(m.levers))})
        if m.id == measure_id
        else m
        for m in scenario.measures
    )
    return baseline, scenario.model_copy(update={"measures": measures})


def runs_needed(scenario: Scenario) -> int:
    """Runs that a tornado takes."""
    tried = len(assumptions(scenario))
    return 2 * (1 + 2 * tried) + 2 * MORE * (1 + 2 * min(CONSIDERED, tried))


def tornado(
    baseline: Scenario, scenario: Scenario, settings: Settings, tick: Callable[[], Any], year: int
) -> list[Bar] | None:
    """The assumptions that move the gain in technicians most, the largest swing first; None if the user stops it.

    Parameters
    ----------
    year : at the end of which the gain is taken
    """
    every = assumptions(scenario)
    first = _swings(baseline, scenario, every, replace(settings, replicates=1), tick, year)
    if first is None:
        return None
    order = np.argsort(-np.abs(first[:, :, 0]).max(axis=1), kind="stable")
    chosen = [every[k] for k in order[:CONSIDERED]]
    found = _swings(baseline, scenario, chosen, replace(settings, replicates=MORE), tick, year)
    if found is None:
        return None
    bars = [Bar(assumption, _estimate(found[k, 0]), _estimate(found[k, 1])) for k, assumption in enumerate(chosen)]
    return sorted(bars, key=lambda bar: -bar.swing)[:SHOWN]


def _swings(
    baseline: Scenario, scenario: Scenario, every: Sequence[Assumption], settings: Settings, tick: Callable[[], Any],
    year: int,
) -> NDArray[np.float64] | None:  # fmt: skip
    """Change of the gain at both ends of each assumption; shape (assumptions, ends, replicates)."""
    pair = (baseline, scenario)
    moved = [pair, *(at_end(pair, assumption, end) for assumption in every for end in ENDS)]
    flat = [one for both in moved for one in both]

    def keep(ledger: Ledger) -> float:
        column = indicators.keys().index(("technicians", "all"))
        return float(indicators.yearly(ledger)[indicators.years_of(ledger).index(year), column])

    batch = Batch(flat, settings, keep, tick)
    rows = [replicate.runs for replicate in batch]
    if batch.stopped:
        return None
    values = np.array(rows).reshape(len(rows), len(moved), 2)
    gains = values[:, :, 1] - values[:, :, 0]
    changes = gains[:, 1:] - gains[:, :1]
    return np.asarray(changes.T.reshape(len(every), len(ENDS), len(rows)))


def _estimate(samples: NDArray[np.float64]) -> Estimate:
    mean, low, high = interval(samples)
    return Estimate(float(mean), float(low), float(high))


def tornado_records(scenario: str, bars: Sequence[Bar], year: int) -> list[dict[str, Any]]:
    """The tornado as records: what each assumption does at either end of its range."""
    return [
        {
            "scenario": scenario,
            "year": year,
            "assumption": bar.assumption.name,
            "lowest": bar.assumption.range[0],
            "highest": bar.assumption.range[1],
            "factors": bar.assumption.factors,
            "at_lowest": bar.low.mean,
            "at_lowest_low": bar.low.low,
            "at_lowest_high": bar.low.high,
            "at_highest": bar.high.mean,
            "at_highest_low": bar.high.low,
            "at_highest_high": bar.high.high,
        }
        for bar in bars
    ]
