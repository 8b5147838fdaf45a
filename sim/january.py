"""1 January: everybody grows a year older, and the statisticians compare positions with a year ago."""

from __future__ import annotations

from math import prod
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.positions import AGE_FROM, POSITIONS, RETIRED, SECTORS
from agents.rule import sweep
from sim.cells import pack, position_of, technical_of, woman_of
from sim.columns import People
from sim.ledger import AGE_YEARS
from sim.population import age_group, wishes

AGE_GROUPS: Final = len(AGE_FROM)
THRESHOLDS: Final = 256
KEPT: Final = ~pack(0, 0, 1, 0, 15, 0, 0)
"""All of a cell but the wish and the age group."""


@sweep
def part_time_wishes(params: Any, wishing: NDArray[np.uint16]) -> None:
    """Find how many of the thresholds wish to work part-time, by gender and age group; `wishing` is flat."""
    p = params[0]
    for woman in range(2):
        for age in range(AGE_GROUPS):
            wishing[woman * AGE_GROUPS + age] = 0
            for threshold in range(THRESHOLDS):
                wishing[woman * AGE_GROUPS + age] += wishes(threshold, woman, age, p)


@sweep
def new_year(
    low: int,
    high: int,
    now: int,
    people: People,
    wishing: NDArray[np.uint16],
    two_point: NDArray[np.int32],
    ages: NDArray[np.int32],
    found: NDArray[np.bool_],
) -> None:
    """Set age groups and wishes of the people in rows `low` to `high`, and count them.

    Parameters
    ----------
    wishing : see `part_time_wishes`
    two_point : gets the number of people by what TWO_POINT says, flat
    ages : gets the number of people by what AGES says, flat
    found : gets the cells that people are in now
    """
    for i in range(low, high):
        cell = int(people.cell[i])
        position, woman = position_of(cell), woman_of(cell)
        two_point[int(people.beside[i].january) << 6 | position << 1 | woman] += 1
        people.beside[i].january = position | technical_of(cell) << 5
        if position <= RETIRED:
            continue
        birth = int(people.beside[i].birth)
        ages[position << 9 | technical_of(cell) << 8 | woman << 7 | min((now - birth) // 4, AGE_YEARS - 1)] += 1
        age = age_group(now, birth)
        wish = 1 if people.beside[i].wish < wishing[woman * AGE_GROUPS + age] else 0
        cell = (cell & KEPT) | pack(0, 0, wish, 0, age, 0, 0)
        people.cell[i] = cell
        found[cell] = True


TWO_POINT: Final = (2, 32, 32, 2)
"""Diploma and position a year before, position now and gender; a place for each value of the 5 bits of a position."""
AGES: Final = (32, 2, 2, 128)
"""Position, diploma, gender and age in years."""


class NewYears(NamedTuple):
    """What is counted on each 1 January of some quarters."""

    two_point: NDArray[np.int32]
    """Shape (years, threads, TWO_POINT flat)."""
    ages: NDArray[np.int32]
    """Shape (years, threads, AGES flat)."""
    staff: NDArray[np.int32]
    """Technicians by sector and gender; shape (years, sectors, 2)."""


def new_years(years: int, threads: int) -> NewYears:
    """Empty counts for a number of years."""
    return NewYears(
        np.zeros((years, threads, prod(TWO_POINT)), np.int32),
        np.zeros((years, threads, prod(AGES)), np.int32),
        np.zeros((years, len(SECTORS), 2), np.int32),
    )


def as_in_ledger(counts: NewYears, year: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The counts of all threads on one 1 January, in the shapes of the ledger: two-point table and ages."""
    places = slice(len(POSITIONS))
    table = counts.two_point[year].sum(axis=0, dtype=np.int32).reshape(TWO_POINT)[:, places, places]
    years = counts.ages[year].sum(axis=0, dtype=np.int32).reshape(AGES)[places, ..., :AGE_YEARS]
    return table.transpose(1, 0, 2, 3).copy(), years.copy()
