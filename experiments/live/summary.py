"""What the page needs of a run: indicators by year, and the flows of its last years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim import indicators
from sim.clock import QUARTERS_PER_YEAR
from sim.ledger import Ledger

LATE: Final = 5
"""Years at the end of a run over which flows are a mean: a single year of a country of 100,000 agents is rough."""


@dataclass(frozen=True)
class Summary:
    """One run, in people."""

    years: tuple[int, ...]
    values: NDArray[np.float64]
    """By year and key of `sim.indicators.keys()`."""
    flows: NDArray[np.float32]
    """People a year by transition and group of the ledger, mean over the last years."""


def summary(ledger: Ledger) -> Summary:
    """What the page needs of the ledger of a whole run."""
    years = tuple(indicators.years_of(ledger))
    late = min(LATE, len(years))
    end = len(years) * QUARTERS_PER_YEAR
    flows = ledger.flows[end - late * QUARTERS_PER_YEAR : end].sum(axis=0, dtype=np.int64)
    return Summary(years, indicators.yearly(ledger), (flows * (ledger.scale / late)).astype(np.float32))


def late_years(years: tuple[int, ...]) -> tuple[int, int]:
    """First and last of the years over which flows are a mean."""
    return years[-min(LATE, len(years))], years[-1]
