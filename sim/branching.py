"""Up to which quarter two scenarios give the same run, so that one can go on from the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.clock import QUARTERS_PER_YEAR
from sim.population import SCHOOL_AGE
from sim.schedule import Schedule


def agree_until(one: Schedule, other: Schedule) -> int:
    """First quarter that may pass differently under two schedules; all before it are the same, bit for bit.

    A difference in contact with technology at primary school counts from the quarter in which the children concerned
    can first be at secondary school, where it is read.
    """
    if one.first != other.first:
        return min(one.first, other.first)
    quarters = min(one.params.size, other.params.size)
    found = [quarters]
    found += np.flatnonzero(_differ(one.params[:quarters], other.params[:quarters])).tolist()[:1]
    mine, others = _acting(one), _acting(other)
    found += [k for k in range(quarters) if mine[k] != others[k]][:1]
    births = min(one.contact.size, other.contact.size)
    born = np.flatnonzero(_differ(one.contact[:births], other.contact[:births])).tolist()[:1]
    found += [one.contact_from + birth + (SCHOOL_AGE - 1) * QUARTERS_PER_YEAR - one.first for birth in born]
    return one.first + max(0, min(found))


def _differ(one: NDArray[np.generic], other: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which records of two tables are not the same bytes."""
    rows = [np.frombuffer(table.tobytes(), np.uint8).reshape(len(table), -1) for table in (one, other)]
    return (rows[0] != rows[1]).any(axis=1)


def _acting(schedule: Schedule) -> list[tuple[bytes, ...]]:
    """What levers on employers do in each quarter; those that do nothing leave no trace."""
    told: list[tuple[bytes, ...]] = []
    for amount in schedule.amount:
        at_work = amount != 0.0
        columns = (schedule.practice, amount, schedule.share, schedule.sectors, schedule.sizes)
        told.append(tuple(column[at_work].tobytes() for column in columns) if at_work.any() else ())
    return told
