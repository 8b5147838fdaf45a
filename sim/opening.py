"""The start of a quarter, before anybody decides: schools and employers take stock, and the climate follows."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import (
    AGES,
    MANAGER,
    OTHER_JOB,
    POOLS,
    STUDY_TECHNICAL,
)
from agents.rule import interpreted, kernel, rule
from agents.worker import pool_of
from sim.cells import age_of, position_of, technical_of
from sim.columns import Employers, People
from sim.employers import adopt_practices, plan_posts
from sim.environment import (
    climate_of,
    hybrid_full_time,
    offers_programmes,
    per_person,
    practice_share,
    short_of_places,
    taken_up,
    teachers_left,
)

STUDIES_OF: Final = ((0, 2), (3, 3), (4, 4))
"""First and last study of each faculty, in the order of STUDIES."""

POOL_AGES: Final = (len(POOLS), len(AGES))
"""Shape of the people who could start in a retraining programme, by where they come from and age group."""


@rule
def everybody(first: int, last: int, stocks: NDArray[np.int32]) -> int:
    """People in the positions from `first` up to and including `last`, in agents."""
    found = 0
    for position in range(first, last + 1):
        for group in range(stocks.shape[1]):
            found += stocks[position, group]
    return found


_CIRCUMSTANCES: Final = 1 << 12
"""The bits of a cell that tell the pool and the age group."""


def _pool_slots() -> NDArray[np.uint8]:
    """Place in a flat table of pools and age groups, by circumstances; the last is for who is in no pool."""
    pool, position, technical, age = map(interpreted, (pool_of, position_of, technical_of, age_of))
    slots = np.full(_CIRCUMSTANCES, len(POOLS) * len(AGES), np.uint8)
    for cell in range(_CIRCUMSTANCES):
        of = pool(position(cell), technical(cell))
        if of >= 0 and age(cell) < len(AGES):
            slots[cell] = of * len(AGES) + age(cell)
    return slots


_SLOTS: Final = _pool_slots()


@kernel
def count_pools(people: People, count: int, found: NDArray[np.int64]) -> None:
    """Count the people, in agents, who could start in a retraining programme, by pool and age group, in `found`.

    Even and odd rows are counted apart: the processor need not wait for a count that it has just raised.
    """
    even, odd = np.zeros(found.size + 1, np.int64), np.zeros(found.size + 1, np.int64)
    for i in range(0, count - 1, 2):
        even[_SLOTS[people.cell[i] & (_CIRCUMSTANCES - 1)]] += 1
        odd[_SLOTS[people.cell[i + 1] & (_CIRCUMSTANCES - 1)]] += 1
    if count % 2 == 1:
        even[_SLOTS[people.cell[count - 1] & (_CIRCUMSTANCES - 1)]] += 1
    for pool in range(found.shape[0]):
        for age in range(found.shape[1]):
            slot = pool * found.shape[1] + age
            found[pool, age] += even[slot] + odd[slot]


@kernel
def open_quarter(
    people: People,
    count: int,
    employers: Employers,
    now: int,
    key: int,
    dt: float,
    scale: float,
    teachers: NDArray[np.float64],
    practice: NDArray[np.float64],
    short: NDArray[np.float64],
    stocks: NDArray[np.int32],
    drained: int,
    params: Any,
    lever: NDArray[np.int64],
    amount: NDArray[np.float64],
    share: NDArray[np.float64],
    sectors: NDArray[np.bool_],
    sizes: NDArray[np.bool_],
    climate: NDArray[np.float64],
) -> None:
    """Take stock of schools and employers, and work out the climate.

    Parameters
    ----------
    count : rows of `people` in use
    teachers : full-time technical teachers by faculty, in people; updated
    practice : gets the share of teaching from practice by faculty
    short : gets the share of technical students without a placement by faculty
    stocks : people by position and group at the start of the quarter
    drained : people that technical work has drawn from other work since 2022, on balance
    lever, amount, share, sectors, sizes : levers on employers of this quarter, see `sim.schedule.Schedule`
    climate : gets the fields of the climate
    """
    p = params[0]
    lent = 0.0
    for faculty in range(teachers.size):
        teachers[faculty] = teachers_left(teachers[faculty], dt, p)
        practice[faculty] = practice_share(teachers[faculty], faculty, p)
        lent += hybrid_full_time(faculty, p)
        first, last = STUDIES_OF[faculty]
        students = everybody(STUDY_TECHNICAL + first, STUDY_TECHNICAL + last, stocks)
        short[faculty] = short_of_places(students, faculty, scale, p)
    adopt_practices(employers, now, key, dt, params, lever, amount, share, sectors, sizes)
    posts, vacant, covered, part_time, culture, women = plan_posts(employers, dt, lent / scale, params)
    filled = 0
    for e in range(employers.filled.shape[0]):
        for m in range(employers.filled.shape[1]):
            filled += employers.filled[e, m]
    elsewhere = everybody(MANAGER, OTHER_JOB, stocks)
    mbo = everybody(STUDY_TECHNICAL, STUDY_TECHNICAL + STUDIES_OF[0][1], stocks)
    could = np.zeros(POOL_AGES, np.int64)
    if offers_programmes(p):  # as good as never in the baseline, where nobody need be counted
        count_pools(people, count, could)
    places = (taken_up(0, could, scale, p), taken_up(1, could, scale, p), taken_up(2, could, scale, p))
    now_is = climate_of(
        posts, vacant, covered, part_time, culture, women, filled, drained / elsewhere if elsewhere > 0 else 0.0,
        min(1.0, per_person(p.apprenticeships, mbo, scale)), places, p,
    )  # fmt: skip
    climate[:] = (
        now_is.pay, now_is.tightness, now_is.coverage, now_is.part_time, now_is.culture, now_is.women,
        now_is.drained, now_is.apprentices, now_is.places_work, now_is.places_seeking, now_is.places_inactive,
    )  # fmt: skip
