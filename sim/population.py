"""The starting population: everybody between the first year of secondary school and leaving work."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate, Person
from agents.positions import (
    AGE_FROM,
    INACTIVE,
    OTHER_JOB,
    OTHER_JOB_TECHNICAL_SECTOR,
    PRIMARY_SCHOOL,
    RETIRED,
    SCHOOL,
    SCHOOL_TECHNICAL,
    SEEKING,
    STUDY_OTHER,
    STUDY_TECHNICAL,
    TECHNICIAN,
)
from agents.rule import kernel, rule
from agents.student import continues, diploma_level, profile, school_type, study_level, technical_study
from sim.cells import pack
from sim.clock import QUARTERS_PER_YEAR, SEPTEMBER, YEAR_ZERO
from sim.columns import NO_GUARANTEE, NOBODY, ORIGIN_SHIFT, PARENT_BIT, People
from sim.draws import ATTRIBUTES, START, uniforms, words
from sim.identity import born
from sim.start import BIRTHS

SCHOOL_AGE: Final = 12
OLDEST: Final = 70
"""Nobody older is in the starting population."""
_AGE_GROUP: Final = np.searchsorted(AGE_FROM, np.arange(128), side="right").astype(np.uint8) - np.uint8(1)
"""Age group of each age in years."""
_CALM: Final = (0.0, 0.0, 0.0, 0.0, 0.0)


@rule
def age_group(now: int, birth: int) -> int:
    """Age group of somebody in the first quarter of a year, or later in that year if asked with that quarter."""
    return int(_AGE_GROUP[(now - birth) // 4])


@rule
def wishes(threshold: int, woman: int, age: int, p: Any) -> int:
    """1 if somebody with this personal threshold wishes to work part-time at this age."""
    return 1 if (threshold + 0.5) / 256.0 < p.wish_part_time[woman, age] else 0


@rule
def choose(u: float, shares: Any, count: int) -> int:
    """Place of a uniform number among shares that add up to one."""
    passed = 0.0
    for k in range(count - 1):
        passed += shares[k]
        if u < passed:
            return k
    return count - 1


@rule
def blank(row: int, people: People) -> None:
    """Make a row ready for somebody new: without employer, guarantee or post, and outside on the last 1 January."""
    people.beside[row].employer = NOBODY
    people.beside[row].guarantee = NO_GUARANTEE
    people.beside[row].post = 0
    people.beside[row].january = PRIMARY_SCHOOL


@kernel
def beget(row: int, identity: int, birth: int, key: int, people: People, params: Any) -> int:
    """Give a person born here what they are born with, in row `row`; returns the level code of their school type."""
    p = params[0]
    a, b = uniforms(key, identity, 0, ATTRIBUTES)
    c, d = uniforms(key, identity, 0, ATTRIBUTES + 1)
    x, _ = words(key, identity, 0, ATTRIBUTES + 2)
    woman = 1 if a < p.women_share else 0
    migrant = 1 if b < p.migrant_share else 0
    parent = PARENT_BIT if c < p.parent_technical else 0
    level = school_type(d, p)
    blank(row, people)
    people.identity[row] = identity
    people.beside[row].birth = birth
    people.beside[row].wish = x >> 24
    people.beside[row].roots = parent | migrant << ORIGIN_SHIFT
    people.cell[row] = pack(SCHOOL, woman, 0, 0, 0, migrant, level)
    return level


@rule
def _adult(i: int, cell: int, age: int, woman: int, key: int, start: Any) -> tuple[int, int, int]:
    """Level, technical diploma and working position of an adult in the starting population."""
    a, b = uniforms(key, i, 0, START)
    level = choose(a, start.start_level[woman], 8)
    technical = 1 if level >= 3 and b < start.start_technical[woman, level - 3] else 0
    return level, technical, _working_position(i, age, woman, technical, key, start)


@rule
def _working_position(i: int, age: int, woman: int, technical: int, key: int, start: Any) -> int:
    a, b = uniforms(key, i, 0, START + 1)
    c, d = uniforms(key, i, 0, START + 2)
    if a < start.start_retired[age]:
        return RETIRED
    if b < start.start_inactive[woman, age]:
        return INACTIVE
    if c < start.start_unemployed[technical]:
        return SEEKING
    if d < start.start_technician[woman, technical]:
        return TECHNICIAN
    e, _ = uniforms(key, i, 0, START + 3)
    return OTHER_JOB_TECHNICAL_SECTOR if e < start.start_other_in_sector[woman, technical] else OTHER_JOB


@kernel
def populate(
    births: NDArray[np.int64], first_birth: int, now: int, key: int, people: People, params: Any, starts: Any
) -> int:
    """Fill the rows with everybody born in the quarters from `first_birth` on; returns the number of people.

    The young stand where the rules of school and study would have brought them; of adults, the level, diploma and
    position are drawn from the starting shares, and a warm-up makes their careers consistent. `births` holds the
    number of agents for each birth quarter.
    """
    p, start = params[0], starts[0]
    calm = Climate(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    row = 0
    for k in range(births.size):
        birth = first_birth + k
        entry = (birth // QUARTERS_PER_YEAR + SCHOOL_AGE) * QUARTERS_PER_YEAR + SEPTEMBER
        passed = now - entry
        if passed <= 0:
            continue
        age = age_group(now, birth)
        for place in range(births[k]):
            identity = born(birth, place)
            level = beget(row, identity, birth, key, people, params)
            roots = int(people.beside[row].roots)
            cell = int(people.cell[row])
            woman, migrant = (cell >> 5) & 1, (cell >> 12) & 1
            who = Person(woman, migrant, migrant, level, 0, age, 0, roots & PARENT_BIT, 0, 0)
            position, since, technical = SCHOOL, entry, 0
            lower = int(QUARTERS_PER_YEAR * p.profile_years[level])
            school = lower + int(QUARTERS_PER_YEAR * p.upper_years[level])
            if passed >= lower:
                a, b = uniforms(key, identity, 0, START + 4)
                c, d = uniforms(key, identity, 0, START + 5)
                position, since = profile(a, who, 0.0, calm, p), entry + lower
                if passed >= school:
                    to_study = continues(b, who, p)
                    wants = technical_study(c, 1 if position == SCHOOL_TECHNICAL else 0, who, calm, p)
                    study = study_level(d, wants, who, p)
                    years = p.study_years[study]
                    if to_study and passed < school + QUARTERS_PER_YEAR * (years + 1.0):
                        position = (STUDY_TECHNICAL if wants == 1 else STUDY_OTHER) + study
                        since = entry + school
                    elif passed < school + QUARTERS_PER_YEAR * OLDEST and age <= 2:
                        e, f = uniforms(key, identity, 0, START + 6)
                        if to_study and e > p.drop_out[wants, study] * years:
                            level, technical = diploma_level(study), wants
                        position = _working_position(identity, age, woman, technical, key, start)
                        since = now - int(f * QUARTERS_PER_YEAR)
                    else:
                        level, technical, position = _adult(identity, cell, age, woman, key, start)
                        _, f = uniforms(key, identity, 0, START + 3)
                        since = now - int(f * start.start_tenure_years * QUARTERS_PER_YEAR)
            people.beside[row].since = since
            wish = wishes(people.beside[row].wish, woman, age, p)
            people.cell[row] = pack(position, woman, wish, technical, age, migrant, level)
            people.beside[row].january = position | technical << 5
            row += 1
    return row


def agents_born(per_year: NDArray[np.float64], first: int, last: int, scale: float) -> NDArray[np.int64]:
    """Number of agents for each birth quarter from `first` up to and including `last`.

    Parameters
    ----------
    per_year : people by birth year, one number for each five-year class of `sim.start.BIRTHS`
    scale : people for each agent; fractions carry over to the next quarter, so that none are lost
    """
    quarters = np.arange(first, last + 1)
    years = YEAR_ZERO + quarters // QUARTERS_PER_YEAR
    middles = np.array([int(label[:4]) for label in BIRTHS]) + 2.0
    smooth = np.interp(years, middles, per_year)
    running = np.floor(np.cumsum(smooth / QUARTERS_PER_YEAR / scale) + 0.5).astype(np.int64)
    return np.diff(running, prepend=0)
