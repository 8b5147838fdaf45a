"""1 January: everybody grows a year older, and the statisticians compare positions with a year ago."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.positions import RETIRED
from agents.rule import kernel
from sim.cells import pack, position_of, technical_of, woman_of
from sim.columns import People
from sim.ledger import AGE_YEARS
from sim.population import age_group, wishes


@kernel
def new_year(
    low: int, high: int, now: int, people: People, params: Any, two_point: NDArray[np.int32], ages: NDArray[np.int32]
) -> None:
    """Set age groups and wishes of the people in rows `low` to `high`, and count them.

    Parameters
    ----------
    two_point : gets, by position and diploma a year before, position now and gender, the number of people
    ages : gets, by position, gender and age in whole years, the number of people
    """
    p = params[0]
    for i in range(low, high):
        cell = int(people.cell[i])
        position, woman, technical = position_of(cell), woman_of(cell), technical_of(cell)
        before = int(people.january[i])
        two_point[before & 31, before >> 5, position, woman] += 1
        people.january[i] = position | technical << 5
        if position <= RETIRED:
            continue
        birth = int(people.birth[i])
        years = (now - birth) // 4
        ages[position, woman, min(years, AGE_YEARS - 1)] += 1
        age = age_group(now, birth)
        people.cell[i] = pack(
            position, woman, wishes(people.wish[i], woman, age, p), technical, age, (cell >> 12) & 1, cell >> 13
        )
