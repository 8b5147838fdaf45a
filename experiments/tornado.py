"""Which assumption moves an answer most: a regression of the gain on all assumptions, drawn together.

Chance moves the gain of one pair of runs by thousands of people, so that trying one assumption at a time would take
tens of thousands of runs. Here every draw moves all assumptions at once (Latin hypercube) and each run serves for all
of them. What is shown is the linear effect of an assumption from one end of its range to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from calibration.assumed import Assumption, Design
from experiments.comparison import LEVEL, Estimate
from experiments.options import Settings
from experiments.replicates import Batch
from sim import indicators
from sim.ledger import Ledger
from sim.scenario import Scenario

SHOWN: Final = 12
"""Assumptions in the tornado."""
FEWEST: Final = 400
"""Draws of the assumptions together."""
FOR_EACH: Final = 2
"""And at least so many for each assumption."""


@dataclass(frozen=True)
class Bar:
    """What an assumption does to the gain: change at the lower and at the upper end of its range."""

    assumption: Assumption
    low: Estimate
    high: Estimate
    sure: bool
    """Whether it is told from chance, all assumptions that were tried taken together (Bonferroni)."""

    @property
    def swing(self) -> float:
        """How far apart the two ends are."""
        return abs(self.high.mean - self.low.mean)


@dataclass(frozen=True)
class Tornado:
    """The assumptions that move the gain in technicians most, the largest swing first."""

    year: int
    bars: tuple[Bar, ...]
    tried: int
    """Assumptions in all."""
    draws: int
    explained: float
    """Share of the spread of the gain between draws that the linear effects explain (adjusted); the rest is chance and
    what assumptions do together."""


def draws_for(scenarios: Sequence[Scenario]) -> int:
    """Draws that a tornado of these scenarios takes."""
    return max(FEWEST, FOR_EACH * len(Design.of(scenarios, 1, 0).assumptions))


def runs_needed(scenarios: Sequence[Scenario]) -> int:
    """Runs that a tornado takes."""
    return draws_for(scenarios) * len(scenarios)


def tornados(
    scenarios: Sequence[Scenario], settings: Settings, tick: Callable[[], Any], year: int
) -> dict[str, Tornado] | None:
    """A tornado for each scenario but the first, which the gain is counted from; None if the user stops it.

    Parameters
    ----------
    year : at the end of which the gain is taken
    """
    number = draws_for(scenarios)
    design = Design.of(scenarios, number, settings.seed)

    def keep(ledger: Ledger) -> float:
        column = indicators.keys().index(("technicians", "all"))
        return float(indicators.yearly(ledger)[indicators.years_of(ledger).index(year), column])

    batch = Batch(design.scenarios, replace(settings, replicates=number), keep, tick)
    values = np.array([replicate.runs for replicate in batch])
    if batch.stopped:
        return None
    found = {}
    for place, scenario in enumerate(scenarios[1:], start=1):
        own = [(k, one.as_in(scenario)) for k, one in enumerate(design.assumptions) if one.concerns(scenario)]
        rows = design.rows[:, [k for k, one in own if one.has_width]]
        mine = [one for _, one in own if one.has_width]
        found[scenario.id] = regressed(values[:, place] - values[:, 0], rows, mine, year)
    return found


def regressed(
    gains: NDArray[np.float64], rows: NDArray[np.float64], assumptions: Sequence[Assumption], year: int
) -> Tornado:
    """Linear effects of assumptions on a gain, by least squares.

    Parameters
    ----------
    gains : one for each draw
    rows : places in the ranges, 0 (lowest) to 1 (highest); shape (draws, assumptions)
    """
    count, tried = rows.shape
    design = np.column_stack([np.ones(count), rows])
    solution, *_ = np.linalg.lstsq(design, gains, rcond=None)
    left = gains - design @ solution
    freedom = count - tried - 1
    variance = float(left @ left) / freedom
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * variance)[1:]
    slopes = solution[1:]
    wide, strict = stdtrit(freedom, 0.5 + LEVEL / 2.0), stdtrit(freedom, 1.0 - (1.0 - LEVEL) / 2.0 / tried)
    bars = []
    for assumption, slope, error in zip(assumptions, slopes.tolist(), errors.tolist(), strict=True):
        ends = []
        for end in (0.0, 1.0):
            step = end - assumption.place
            half = abs(step) * wide * error
            ends.append(Estimate(slope * step, slope * step - half, slope * step + half))
        bars.append(Bar(assumption, ends[0], ends[1], bool(abs(slope) > strict * error)))
    bars.sort(key=lambda bar: -bar.swing)
    spread = float(np.var(gains, ddof=1))
    explained = 1.0 - variance / spread if spread > 0.0 else 0.0
    moving = tuple(bar for bar in bars[:SHOWN] if bar.swing > 0.0)
    return Tornado(year, moving, tried, count, max(0.0, explained))


def tornado_records(scenario: str, found: Tornado) -> list[dict[str, Any]]:
    """The tornado as records: what each assumption does at either end of its range."""
    return [
        {
            "scenario": scenario,
            "year": found.year,
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
            "sure": bar.sure,
            "tried": found.tried,
            "draws": found.draws,
            "explained": found.explained,
        }
        for bar in found.bars
    ]
