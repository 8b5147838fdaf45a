"""What measures count in a ledger: stocks on a day, moves between two 1 Januaries, flows over years, ages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import LEVELS, POSITIONS
from sim import career_graph
from sim.clock import QUARTERS_PER_YEAR, YEAR_ZERO, first_day
from sim.ledger import Ledger

WINDOW: Final = range(2017, 2023)
"""Years over which rates and shares of a flow are measured: those of the facts (2018 to 2021), and one on each side
for precision."""
TECHNICAL_WORK: Final = ("technician_technical_sector", "technician_other_sector")
OTHER_WORK: Final = ("manager", "other_job_technical_sector", "other_job")
WORK: Final = (*TECHNICAL_WORK, *OTHER_WORK)
IN_SECTOR: Final = ("technician_technical_sector", "manager", "other_job_technical_sector")
OUT_OF_SECTOR: Final = ("technician_other_sector", "other_job")
WITHOUT_WORK: Final = ("seeking", "graduate", "retraining")
LABOUR_FORCE: Final = (*WORK, *WITHOUT_WORK)
GENDERS: Final = {"men": 0, "women": 1}
PERCENT: Final = 100.0

Counts = NDArray[np.int64]


class NotRecorded(ValueError):
    """The ledger does not cover the days or years that a measure needs."""


def codes(names: Iterable[str]) -> list[int]:
    """Codes of positions."""
    return [POSITIONS.index(name) for name in names]


def row_of(ledger: Ledger, year: int, quarter: int = 0) -> int:
    """Row of flows of a quarter (from 0) of a year, which is also the row of stocks at its start."""
    row = (year - YEAR_ZERO) * QUARTERS_PER_YEAR + quarter - ledger.first
    if not 0 <= row <= ledger.rows:
        span = f"{first_day(ledger.first)} to {first_day(ledger.first + ledger.rows)}"
        raise NotRecorded(f"quarter {quarter + 1} of {year} lies outside the ledger, which covers {span}")
    return row


def yearly(tables: dict[int, NDArray[np.int32]], year: int) -> Counts:
    """A table that is counted on each 1 January, on that of one year."""
    if year not in tables:
        raise NotRecorded(f"nothing was counted on 1 January {year}")
    return np.asarray(tables[year], np.int64)


def moved(ledger: Ledger, years: Iterable[int] = WINDOW) -> Counts:
    """People by position and diploma on a 1 January, position on the next and gender, added up over the years
    that begin with the first; shape (positions, 2, positions, 2).
    """
    return np.sum([yearly(ledger.two_point, year + 1) for year in years if row_of(ledger, year) >= 0], axis=0)


def flows(ledger: Ledger, sources: Iterable[str], targets: Iterable[str], years: Iterable[int] = WINDOW) -> Counts:
    """Transitions between two sets of positions over some years; shape (levels, diploma, background, gender)."""
    wanted_from, wanted_to = set(sources), set(targets)
    edges = [t.code for t in career_graph.load().transitions if t.source in wanted_from and t.target in wanted_to]
    total = np.zeros(ledger.flows.shape[2], np.int64)
    for year in years:
        start, end = row_of(ledger, year), row_of(ledger, year + 1)
        total += ledger.flows[start:end][:, edges].sum(axis=(0, 1), dtype=np.int64)
    return total.reshape(len(LEVELS), 2, 2, 2)


def stock(ledger: Ledger, positions: Iterable[str], year: int) -> Counts:
    """People in some positions on 1 January of a year; shape (levels, diploma, background, gender)."""
    rows = ledger.stocks[row_of(ledger, year), codes(positions)].sum(axis=0, dtype=np.int64)
    return np.asarray(rows.reshape(len(LEVELS), 2, 2, 2))


def ages(ledger: Ledger, positions: Iterable[str], year: int) -> Counts:
    """People in some positions on 1 January of a year, by diploma, gender and age; shape (2, 2, 80)."""
    return np.asarray(yearly(ledger.ages, year)[codes(positions)].sum(axis=0))


def vacancies(ledger: Ledger, year: int, quarter: int) -> float:
    """Open technical vacancies at the end of a quarter (from 0) of a year, in people."""
    row = row_of(ledger, year, quarter)
    if row >= ledger.rows:
        raise NotRecorded(f"the ledger ends before the end of quarter {quarter + 1} of {year}")
    return float(ledger.vacancies[row].sum() * ledger.scale)


def percent(part: float, whole: float) -> float:
    """Part of a whole in percent; not a number where the whole is nothing."""
    return float(PERCENT * part / whole) if whole > 0 else float("nan")
