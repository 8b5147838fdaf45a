"""One quarter in the lives of a stretch of people: the compiled loop that calls the rules of `agents/`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate, Person, School, Workplace
from agents.employer import allows_part_time, trains
from agents.positions import (
    GRADUATE,
    OTHER_JOB,
    SCHOOL,
    SEARCH,
    SEEKING,
    STAY,
    STUDY_OTHER,
    STUDY_TECHNICAL,
    TECHNICIAN,
)
from agents.rule import kernel, rule
from agents.student import (
    chooses_profile,
    continues,
    diploma_level,
    goes_on,
    graduates,
    leaves_school,
    profile,
    study_level,
    study_quarter,
    technical_study,
)
from agents.worker import first_job, labour_quarter
from sim.cells import age_of, level_of, migrant_of, moved, position_of, technical_of, wish_of, woman_of
from sim.columns import ORIGIN_SHIFT, PARENT_BIT, Employers, People
from sim.draws import CHOICE, FIRST_JOB, GRADUATION, RISK, STUDY_LEVEL, uniforms, unit, words

APPLY: Final = -3  # note: applies for a technical study; level of study k is noted as APPLY - k
BLOCK: Final = 1024
FACULTY: Final = np.array([0, 0, 0, 1, 2], np.uint8)
"""Faculty (mbo, hbo, wo) of each study level."""


@rule
def person_at(i: int, now: int, people: People) -> Person:
    """Circumstances of the person in row `i` at the start of quarter `now`."""
    cell = int(people.cell[i])
    flags = int(people.flags[i])
    return Person(
        woman_of(cell),
        migrant_of(cell),
        (flags >> ORIGIN_SHIFT) & 3,
        level_of(cell),
        technical_of(cell),
        age_of(cell),
        wish_of(cell),
        flags & PARENT_BIT,
        1 if people.guarantee[i] > now else 0,
        now - people.since[i],
    )


@rule
def workplace_at(i: int, e: int, wish: int, people: People, employers: Employers, p: Any) -> Workplace:
    """What employer `e` is like for the person in row `i`."""
    post = (people.post[i] + 0.5) / 256.0
    mismatch = 1 if wish == 1 and not allows_part_time(post, employers.practice[e, 0]) else 0
    pressure = employers.pressure[e]
    return Workplace(
        mismatch,
        employers.practice[e, 1],
        trains(employers.practice[e, 2], pressure, p),
        pressure,
        employers.minority[e],
        employers.slack[e],
    )


@rule
def _school_step(i: int, now: int, key: int, position: int, who: Person, climate: Climate, p: Any) -> int:
    """Target of a pupil in September, or a note of application."""
    quarters = who.quarters
    if position == SCHOOL:
        if not chooses_profile(quarters, who, p):
            return STAY
        u, _ = uniforms(key, i, now, CHOICE)
        return profile(u, who, climate, p)
    if not leaves_school(quarters, who, p):
        return STAY
    u, v = uniforms(key, i, now, CHOICE)
    if not continues(v, who, p):
        return SEEKING
    a, _ = uniforms(key, i, now, STUDY_LEVEL)
    technical = technical_study(u, 1 if position == SCHOOL + 1 else 0, who, climate, p)
    study = study_level(a, technical, who, p)
    return APPLY - study if technical == 1 else STUDY_OTHER + study


@kernel
def live(
    low: int,
    high: int,
    now: int,
    key: int,
    dt: float,
    september: int,
    people: People,
    employers: Employers,
    bound: NDArray[np.uint32],
    climate: Climate,
    scarcity: NDArray[np.float64],
    practice: NDArray[np.float64],
    params: Any,
) -> tuple[NDArray[np.uint32], NDArray[np.int16], NDArray[np.uint16], NDArray[np.uint16]]:
    """Let the people in rows `low` to `high` live one quarter, and note what they do.

    Returns
    -------
    Four arrays with a row per note, in the order of the rows of people: the row; the target position if the person
    moved (SEARCH if they look for technical work, APPLY - k if they apply for technical study k); the cell before;
    the cell after. People who moved have their new cell and date; employers are not touched here.
    """
    p = params[0]
    nowhere = Workplace(0, 0.0, 0.0, 0.0, 0.0, 0.0)
    capacity = 4 * BLOCK
    who_ = np.empty(capacity, np.uint32)
    what = np.empty(capacity, np.int16)
    before = np.empty(capacity, np.uint16)
    after = np.empty(capacity, np.uint16)
    first = np.empty(BLOCK, np.uint32)
    second = np.empty(BLOCK, np.uint32)
    marked = np.empty(BLOCK, np.int32)
    n = 0
    for start in range(low, high, BLOCK):
        size = min(BLOCK, high - start)
        for j in range(size):
            x, y = words(key, people.identity[start + j], now, RISK)
            first[j] = x
            second[j] = y
        marks = 0
        for j in range(size):
            marked[marks] = j
            marks += first[j] <= bound[people.cell[start + j]]
        if n + 2 * BLOCK > capacity:
            capacity *= 2
            grown_who, grown_what = np.empty(capacity, np.uint32), np.empty(capacity, np.int16)
            grown_before, grown_after = np.empty(capacity, np.uint16), np.empty(capacity, np.uint16)
            grown_who[:n], grown_what[:n] = who_[:n], what[:n]
            grown_before[:n], grown_after[:n] = before[:n], after[:n]
            who_, what, before, after = grown_who, grown_what, grown_before, grown_after
        for m in range(marks):
            j = marked[m]
            i = start + j
            cell = int(people.cell[i])
            position = position_of(cell)
            if position < SCHOOL:
                continue
            u, v = unit(first[j]), unit(second[j])
            who = person_at(i, now, people)
            new = cell
            if position >= GRADUATE:
                at = nowhere
                if position == TECHNICIAN or position == TECHNICIAN + 1:
                    at = workplace_at(i, people.employer[i], who.wish, people, employers, p)
                target = labour_quarter(u, v, dt, position, who, at, climate, p)
            elif position < STUDY_TECHNICAL:
                if september == 0:
                    continue
                target = _school_step(people.identity[i], now, key, position, who, climate, p)
            else:
                technical = 1 if position < STUDY_OTHER else 0
                study = position - (STUDY_TECHNICAL if technical == 1 else STUDY_OTHER)
                a, b = 1.0, 1.0
                if september == 1:
                    a, b = uniforms(key, people.identity[i], now, GRADUATION)
                if september == 1 and graduates(a, study, technical, who.quarters, p):
                    level = diploma_level(study)
                    new = (cell & ~(7 << 13)) | level << 13
                    if technical == 0:
                        target = STUDY_OTHER + study + 1 if goes_on(b, study, p) else OTHER_JOB
                    else:
                        new |= 1 << 7
                        diploma = moved(new, GRADUATE)
                        who_[n], what[n], before[n], after[n] = i, GRADUATE, cell, diploma
                        n += 1
                        cell, new = diploma, diploma
                        people.cell[i] = diploma
                        people.since[i] = now
                        if goes_on(b, study, p):
                            target = APPLY - (study + 1)
                        else:
                            a, b = uniforms(key, people.identity[i], now, FIRST_JOB)
                            target = first_job(a, b, person_at(i, now, people), climate, p)
                else:
                    faculty = FACULTY[study]
                    school = School(scarcity[faculty], practice[faculty])
                    target = study_quarter(u, dt, study, technical, who, school, climate, p)
            if target == STAY:
                continue
            if target >= 0:
                new = moved(new, target)
                people.cell[i] = new
                people.since[i] = now
            who_[n], what[n], before[n], after[n] = i, target, cell, new
            n += 1
    return who_[:n], what[:n], before[:n], after[:n]
