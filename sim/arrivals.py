"""Who is new in a quarter: the cohort of pupils in September, and people from abroad."""

from __future__ import annotations

from math import floor
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import ABROAD, HBO, WO
from agents.rule import kernel, rule
from sim.cells import pack
from sim.clock import QUARTERS_PER_YEAR, SEPTEMBER
from sim.columns import ORIGIN_SHIFT, People
from sim.draws import ARRIVAL, uniforms, words
from sim.identity import arrived, born
from sim.population import SCHOOL_AGE, age_group, beget, blank, choose, wishes

TECHNICAL, OTHER, STUDENTS = 0, 1, 2
INTERNATIONAL: Final = 2


@kernel
def new_pupils(births: NDArray[np.int64], first: int, row: int, now: int, key: int, people: People, params: Any) -> int:
    """Fill rows from `row` on with the pupils born in the quarters from `first` on; returns the next free row."""
    for k in range(births.size):
        for place in range(births[k]):
            beget(row, born(first + k, place), first + k, key, people, params)
            people.beside[row].since = now
            row += 1
    return row


@kernel
def from_abroad(kind: int, number: int, row: int, now: int, key: int, people: People, params: Any, starts: Any) -> int:
    """Fill rows from `row` on with people from abroad; returns the next free row.

    Technicians come with a technical diploma of hbo or wo and a loose tie to the country; others as the resident
    adults are educated; students come to start a technical study.
    """
    p, start = params[0], starts[0]
    for place in range(number):
        identity = arrived(now, kind, place)
        a, b = uniforms(key, identity, 0, ARRIVAL)
        c, _ = uniforms(key, identity, 0, ARRIVAL + 1)
        x, _ = words(key, identity, 0, ARRIVAL + 2)
        woman = 1 if a < (p.arrivals_women if kind != OTHER else p.women_share) else 0
        origin, technical, level = 1, 0, 0
        if kind == OTHER:
            level = choose(c, start.start_level[woman], 8)
            years = 20.0 + 20.0 * b
        else:
            origin = INTERNATIONAL
            level = WO if c < p.arrivals_university else HBO
            technical = 1 if kind == TECHNICAL else 0
            years = (18.0 + 4.0 * b) if kind == STUDENTS else (22.0 + 18.0 * b)
        birth = now - int(years * QUARTERS_PER_YEAR)
        january = now - now % QUARTERS_PER_YEAR
        age = age_group(january, birth)
        blank(row, people)
        people.identity[row] = identity
        people.beside[row].birth = birth
        people.beside[row].since = now
        people.beside[row].wish = x >> 24
        people.beside[row].roots = origin << ORIGIN_SHIFT
        wish = wishes(people.beside[row].wish, woman, age, p)
        people.cell[row] = pack(ABROAD, woman, wish, technical, age, 1, level)
        people.beside[row].january = ABROAD
        row += 1
    return row


@rule
def arriving(per_period: float, scale: float, period: int) -> int:
    """Agents of a kind that arrive in a period, so that fractions carry over from period to period.

    Parameters
    ----------
    per_period : people per period
    period : number of the period, counted from 2000
    """
    rate = per_period / scale
    return int(floor((period + 1) * rate + 0.5) - floor(period * rate + 0.5))


@rule
def cohort_births(now: int) -> tuple[int, int]:
    """First and last birth quarter of the pupils who start secondary school in the September of `now`."""
    first = now - SEPTEMBER - SCHOOL_AGE * QUARTERS_PER_YEAR
    return first, first + QUARTERS_PER_YEAR - 1


@kernel
def receive(
    row: int,
    now: int,
    key: int,
    scale: float,
    births: NDArray[np.int64],
    births_from: int,
    people: People,
    params: Any,
    starts: Any,
) -> tuple[int, int]:
    """Add this quarter's pupils and people from abroad.

    Parameters
    ----------
    row : first free row
    births : agents born in each quarter from `births_from` on

    Returns
    -------
    First row of those who come to study, and the next free row.
    """
    p = params[0]
    september = now % QUARTERS_PER_YEAR == SEPTEMBER
    if september:
        first, last = cohort_births(now)
        born_then = births[first - births_from : last - births_from + 1]
        row = new_pupils(born_then, first, row, now, key, people, params)
    number = arriving(p.arrivals_technical / QUARTERS_PER_YEAR, scale, now)
    row = from_abroad(TECHNICAL, number, row, now, key, people, params, starts)
    number = arriving(p.arrivals_other / QUARTERS_PER_YEAR, scale, now)
    row = from_abroad(OTHER, number, row, now, key, people, params, starts)
    students = row
    if september:
        number = arriving(p.arrivals_students, scale, now // QUARTERS_PER_YEAR)
        row = from_abroad(STUDENTS, number, row, now, key, people, params, starts)
    return students, row
