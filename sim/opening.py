"""The start of a quarter, before anybody decides: schools and employers take stock, and the climate follows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.rule import kernel
from sim.columns import Employers
from sim.employers import adopt_practices, plan_posts
from sim.environment import climate_of, hybrid_full_time, practice_share, teachers_left


@kernel
def open_quarter(
    employers: Employers,
    now: int,
    key: int,
    dt: float,
    scale: float,
    teachers: NDArray[np.float64],
    practice: NDArray[np.float64],
    params: Any,
    lever: NDArray[np.int64],
    amount: NDArray[np.float64],
    share: NDArray[np.float64],
    sectors: NDArray[np.bool_],
    sizes: NDArray[np.bool_],
) -> tuple[float, float, float, float, float, float]:
    """Take stock of schools and employers; returns the fields of the climate.

    Parameters
    ----------
    teachers : full-time technical teachers by faculty, in people; updated
    practice : gets the share of teaching from practice by faculty
    lever, amount, share, sectors, sizes : levers on employers of this quarter, see `sim.schedule.Schedule`
    """
    p = params[0]
    lent = 0.0
    for faculty in range(teachers.size):
        teachers[faculty] = teachers_left(teachers[faculty], dt, p)
        practice[faculty] = practice_share(teachers[faculty], faculty, p)
        lent += hybrid_full_time(faculty, p)
    adopt_practices(employers, now, key, dt, params, lever, amount, share, sectors, sizes)
    posts, vacant, covered, part_time, culture, women = plan_posts(employers, dt, lent / scale, params)
    filled = 0
    for e in range(employers.filled.shape[0]):
        for m in range(employers.filled.shape[1]):
            filled += employers.filled[e, m]
    now_is = climate_of(posts, vacant, covered, part_time, culture, women, filled, p)
    return now_is.pay, now_is.tightness, now_is.coverage, now_is.part_time, now_is.culture, now_is.women
