"""One quarter in the lives of a stretch of people: the compiled loop that calls the rules of `agents/`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate, Person, School, Workplace
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
from sim.at import person_at, workplace_at
from sim.cells import group_of, moved, position_of
from sim.columns import Employers, People
from sim.draws import CHOICE, FIRST_JOB, GRADUATION, RISK, STUDY_LEVEL, uniforms, unit, words
from sim.foresight import Foresight, foreseen, top_of
from sim.lived import ASKING, BROKEN, EVENTS, LEAVING, Lived
from sim.market import CONTACTS_LIMIT, seek

APPLY: Final = -3  # applies for a technical study; for study level k it is APPLY - k
BLOCK: Final = 1024
FACULTY: Final = np.array([0, 0, 0, 1, 2], np.uint8)
"""Faculty (mbo, hbo, wo) of each study level."""


@rule
def _school_step(
    i: int, now: int, key: int, position: int, who: Person, contact: float, climate: Climate, p: Any
) -> int:
    """Target of a pupil in September, or an application; `i` is their identity."""
    quarters = who.quarters
    if position == SCHOOL:
        if not chooses_profile(quarters, who, p):
            return STAY
        u, _ = uniforms(key, i, now, CHOICE)
        return profile(u, who, contact, climate, p)
    if not leaves_school(quarters, who, p):
        return STAY
    u, v = uniforms(key, i, now, CHOICE)
    if not continues(v, who, p):
        return SEEKING
    a, _ = uniforms(key, i, now, STUDY_LEVEL)
    technical = technical_study(u, 1 if position == SCHOOL + 1 else 0, who, climate, p)
    study = study_level(a, technical, who, p)
    return APPLY - study if technical == 1 else STUDY_OTHER + study


@rule
def enter(before: int, after: int, codes: Any, flows: Any, stocks: Any) -> int:
    """Enter one transition in the ledger; returns its code, or -1 if the career graph does not allow it."""
    source, target = position_of(before), position_of(after)
    code = int(codes[source, target])
    if code >= 0:
        group = group_of(before)
        flows[code, group] += 1
        stocks[source, group] -= 1
        stocks[target, group_of(after)] += 1
    return code


@rule
def is_technician(cell: int) -> bool:
    """Whether a cell is a technical occupation."""
    position = position_of(cell)
    return position == TECHNICIAN or position == TECHNICIAN + 1


@rule
def _study_step(
    i: int,
    now: int,
    key: int,
    dt: float,
    september: int,
    u: float,
    position: int,
    who: Person,
    school: School,
    climate: Climate,
    p: Any,
) -> tuple[int, bool]:
    """Target of a student, and whether they get a diploma on the way there; `i` is their identity."""
    technical = 1 if position < STUDY_OTHER else 0
    study = position - (STUDY_TECHNICAL if technical == 1 else STUDY_OTHER)
    if september == 1:
        a, b = uniforms(key, i, now, GRADUATION)
        if graduates(a, study, technical, who, school, p):
            further = goes_on(b, study, p)
            if technical == 0:
                return (STUDY_OTHER + study + 1 if further else OTHER_JOB), True
            if further:
                return APPLY - (study + 1), True
            a, b = uniforms(key, i, now, FIRST_JOB)
            fresh = Person(
                who.woman, who.migrant, who.origin, diploma_level(study), 1, who.age, who.wish, who.parent,
                who.guaranteed, 0,
            )  # fmt: skip
            return first_job(a, b, fresh, climate, p), True
    return study_quarter(u, dt, study, technical, who, school, climate, p), False


@kernel
def live(
    low: int,
    high: int,
    stretch: int,
    thread: int,
    now: int,
    key: int,
    dt: float,
    september: int,
    people: People,
    employers: Employers,
    bound: NDArray[np.uint8],
    climate: Climate,
    scarcity: NDArray[np.float64],
    practice: NDArray[np.float64],
    short: NDArray[np.float64],
    contact: NDArray[np.float64],
    contact_from: int,
    params: Any,
    codes: NDArray[np.int16],
    foresight: Foresight,
    lived: Lived,
) -> None:
    """Let the people in rows `low` to `high` live one quarter; who moved has a new cell and date afterwards.

    What they did is told in `lived`, in the part of this stretch of people and among the counts of this thread.
    Nobody is looked at whose draw lies above the bound of their cell; `bound` is the highest byte of each.
    `contact` is the contact with technology at primary school by quarter of birth, from `contact_from` on.
    """
    p = params[0]
    nowhere = Workplace(0, 0.0, 0.0, 0.0, 0.0, 0.0)
    flows, change = lived.flows[thread], lived.change[thread]
    luck = np.empty(BLOCK, np.uint8)
    first, second = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint32)
    marked, works = np.empty(BLOCK, np.uint16), np.empty(BLOCK, np.int32)
    below = np.zeros(BLOCK, np.uint8)
    eight = below.view(np.uint64)
    visits = np.empty(CONTACTS_LIMIT, np.uint32)
    events, asking, leaving, broken = 2 * low, low, low, 0
    for start in range(low, high, BLOCK):
        size = min(BLOCK, high - start)
        cells, identities = people.cell[start : start + size], people.identity[start : start + size]
        if foreseen(foresight, now, start, identities):
            drawn = foresight.top[now - foresight.first, start : start + size]
        else:
            for j in range(size):
                luck[j] = top_of(key, identities[j], now)
            drawn = luck[:size]
        for j in range(size):
            below[j] = drawn[j] <= bound[cells[j]]
        below[size:] = 0
        marks = 0
        for k in range((size + 7) >> 3):
            if eight[k] != 0:  # in most eights nobody is below
                for j in range(8 * k, 8 * k + 8):
                    marked[marks] = j
                    marks += int(below[j])
        for m in range(marks):
            second[m] = identities[marked[m]]
        for m in range(marks):  # apart, so that the processor draws several side by side
            x, y = words(key, second[m], now, RISK)
            first[m] = x
            second[m] = y
        for m in range(marks):  # nothing waits for these reads, so that the trips to memory are made side by side
            works[m] = people.beside[start + marked[m]].employer
        for m in range(marks):
            i = start + marked[m]
            cell = int(people.cell[i])
            position = position_of(cell)
            if position < SCHOOL or (position < STUDY_TECHNICAL and september == 0):
                continue
            who = person_at(i, now, people)
            diploma = False
            if position >= GRADUATE:
                at = nowhere
                if is_technician(cell):
                    at = workplace_at(i, works[m], who.wish, people, employers, p)
                target = labour_quarter(unit(first[m]), unit(second[m]), dt, position, who, at, climate, p)
            elif position < STUDY_TECHNICAL:
                met = contact[people.beside[i].birth - contact_from]
                target = _school_step(people.identity[i], now, key, position, who, met, climate, p)
            else:
                faculty = FACULTY[(position - STUDY_TECHNICAL) % 5]
                school = School(scarcity[faculty], practice[faculty], short[faculty], p.places_short[faculty])
                target, diploma = _study_step(
                    people.identity[i], now, key, dt, september, unit(first[m]), position, who, school, climate, p
                )
            if diploma:
                new = (cell & ~(7 << 13)) | diploma_level((position - STUDY_TECHNICAL) % 5) << 13
                if position < STUDY_OTHER:
                    new = moved(new | 1 << 7, GRADUATE)
                    code = enter(cell, new, codes, flows, change)
                    lived.event_who[events], lived.event_code[events] = i, code
                    events += 1
                    broken |= code < 0
                    cell = new
                    people.beside[i].since = now
            else:
                new = cell
            if target >= 0:
                new = moved(new, target)
                code = enter(cell, new, codes, flows, change)
                lived.event_who[events], lived.event_code[events] = i, code
                events += 1
                broken |= code < 0
                people.beside[i].since = now
                if is_technician(cell):
                    lived.left_who[leaving], lived.left_cell[leaving] = i, cell
                    leaving += 1
            people.cell[i] = new
            if target < STAY:
                lived.ask_who[asking], lived.ask_what[asking] = i, target
                if target == SEARCH:
                    lived.ask_employer[asking], lived.ask_post[asking], lived.ask_order[asking] = seek(
                        i, now, key, 0, climate.tightness, people, employers, p, visits
                    )
                asking += 1
    lived.counts[stretch, EVENTS] = events - 2 * low
    lived.counts[stretch, ASKING] = asking - low
    lived.counts[stretch, LEAVING] = leaving - low
    lived.counts[stretch, BROKEN] = broken
