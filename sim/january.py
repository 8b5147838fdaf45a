"""1 January: everybody grows a year older, and the statisticians compare positions with a year ago."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import AGE_FROM, POSITIONS, RETIRED
from agents.rule import kernel
from sim.cells import pack, position_of, technical_of, woman_of
from sim.columns import People
from sim.ledger import AGE_YEARS
from sim.population import age_group, wishes

AGE_GROUPS: Final = len(AGE_FROM)
THRESHOLDS: Final = 256
KEPT: Final = ~pack(0, 0, 1, 0, 15, 0, 0)
"""All of a cell but the wish and the age group."""


@kernel
def new_year(
    low: int, high: int, now: int, people: People, params: Any, two_point: NDArray[np.int32], ages: NDArray[np.int32]
) -> None:
    """Set age groups and wishes of the people in rows `low` to `high`, and count them.

    Parameters
    ----------
    two_point : gets, by diploma and position a year before, position now and gender, the number of people;
        shape (2 * 32 * 32 * 2), a place for each value of the 5 bits of a position
    ages : gets, by position, gender and age in whole years, the number of people; shape (32 * 2 * 128)
    """
    p = params[0]
    wishing = np.zeros(2 * AGE_GROUPS, np.uint16)  # how many of the thresholds wish to work part-time
    for woman in range(2):
        for age in range(AGE_GROUPS):
            for threshold in range(THRESHOLDS):
                wishing[woman * AGE_GROUPS + age] += wishes(threshold, woman, age, p)
    for i in range(low, high):
        cell = int(people.cell[i])
        position, woman = position_of(cell), woman_of(cell)
        two_point[int(people.beside[i].january) << 6 | position << 1 | woman] += 1
        people.beside[i].january = position | technical_of(cell) << 5
        if position <= RETIRED:
            continue
        birth = int(people.beside[i].birth)
        ages[position << 8 | woman << 7 | min((now - birth) // 4, AGE_YEARS - 1)] += 1
        age = age_group(now, birth)
        wish = 1 if people.beside[i].wish < wishing[woman * AGE_GROUPS + age] else 0
        people.cell[i] = (cell & KEPT) | pack(0, 0, wish, 0, age, 0, 0)


def counted(low: int, high: int, now: int, people: People, params: Any) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Let the new year come for rows `low` to `high`; returns their two-point table and ages as in the ledger."""
    two_point, ages = np.zeros((2, 32, 32, 2), np.int32), np.zeros((32, 2, 128), np.int32)
    new_year(low, high, now, people, params, two_point.reshape(-1), ages.reshape(-1))
    positions = len(POSITIONS)
    return two_point[:, :positions, :positions].transpose(1, 0, 2, 3).copy(), ages[:positions, :, :AGE_YEARS].copy()
