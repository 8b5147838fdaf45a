"""One quarter in the lives of a stretch of people: the compiled loop that calls the rules of `agents/`."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate, Person, School, Workplace
from agents.positions import (
    GRADUATE,
    OTHER_JOB,
    POSITIONS,
    SCHOOL,
    SEARCH,
    SEEKING,
    STAY,
    STUDY_OTHER,
    STUDY_TECHNICAL,
    TECHNICIAN,
)
from agents.rule import kernel, rule, sweep
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
from sim.cells import GROUPS, group_of, moved, position_of
from sim.columns import Employers, People
from sim.draws import CHOICE, FIRST_JOB, GRADUATION, RISK, STUDY_LEVEL, uniforms, unit, words
from sim.january import NewYear, new_year
from sim.ledger import TRANSITIONS
from sim.market import CONTACTS_LIMIT, seek
from sim.turns import take_turn

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


class Lived(NamedTuple):
    """What people did in a quarter. Each of several stretches of people has its own part of every list: that from the
    number of its first row on, or twice that for events.
    """

    event_who: NDArray[np.uint32]
    """Row of the person of each event, in the order of the rows."""
    event_code: NDArray[np.int16]
    """Transition of each event."""
    ask_who: NDArray[np.uint32]
    """Row of each person who looks for technical work or applies for a technical study."""
    ask_what: NDArray[np.int16]
    """SEARCH, or APPLY - k for the study of level k."""
    ask_employer: NDArray[np.int32]
    """For who looks for work, the employer applied to in the first round, or -1; see `sim.market.seek`."""
    ask_post: NDArray[np.uint8]
    """How hard the post applied for is to do part-time, in 256 steps."""
    ask_order: NDArray[np.int64]
    """Order among the applicants."""
    left_who: NDArray[np.uint32]
    """Row of each technician who left technical work; their employers are not told here."""
    left_cell: NDArray[np.uint16]
    """Their cell before."""
    flows: NDArray[np.int32]
    """Events by transition and group before; shape (threads, transitions, groups)."""
    change: NDArray[np.int32]
    """Change of the stocks by position and group; shape (threads, positions, groups)."""
    counts: NDArray[np.int64]
    """Events, questions, leavers, and 1 if somebody made a transition that the career graph does not allow;
    shape (stretches, 4)."""


def room(people: int, stretches: int, threads: int) -> Lived:
    """Room for what a number of people do in a quarter; nobody has more than two events: a diploma and a job."""
    return Lived(
        np.empty(2 * people, np.uint32),
        np.empty(2 * people, np.int16),
        np.empty(people, np.uint32),
        np.empty(people, np.int16),
        np.empty(people, np.int32),
        np.empty(people, np.uint8),
        np.empty(people, np.int64),
        np.empty(people, np.uint32),
        np.empty(people, np.uint16),
        np.zeros((threads, TRANSITIONS, GROUPS), np.int32),
        np.zeros((threads, len(POSITIONS), GROUPS), np.int32),
        np.empty((stretches, 4), np.int64),
    )


@sweep
def hand_over(lived: Lived, flows: NDArray[np.int32], stocks: NDArray[np.int32]) -> None:
    """Add the counts of all threads to those of the ledger, and begin to count anew."""
    for thread in range(lived.flows.shape[0]):
        for transition in range(flows.shape[0]):
            for group in range(flows.shape[1]):
                flows[transition, group] += lived.flows[thread, transition, group]
                lived.flows[thread, transition, group] = 0
        for position in range(stocks.shape[0]):
            for group in range(stocks.shape[1]):
                stocks[position, group] += lived.change[thread, position, group]
                lived.change[thread, position, group] = 0


@sweep
def gather(
    edges: NDArray[np.int64], lived: Lived, flows: NDArray[np.int32], stocks: NDArray[np.int32]
) -> tuple[int, int, int]:
    """Move what the stretches of people told to the front of each list, and hand over their counts to the ledger.

    Parameters
    ----------
    edges : first row of each stretch, and the end
    flows, stocks : of the ledger; shapes (transitions, groups) and (positions, groups); added to

    Returns
    -------
    Events, questions and leavers in the lists.
    """
    hand_over(lived, flows, stocks)
    events, asking, leaving = 0, 0, 0
    for k in range(edges.size - 1):
        low = edges[k]
        for n in range(2 * low, 2 * low + lived.counts[k, 0]):
            lived.event_who[events], lived.event_code[events] = lived.event_who[n], lived.event_code[n]
            events += 1
        for n in range(low, low + lived.counts[k, 1]):
            lived.ask_who[asking], lived.ask_what[asking] = lived.ask_who[n], lived.ask_what[n]
            lived.ask_employer[asking], lived.ask_post[asking] = lived.ask_employer[n], lived.ask_post[n]
            lived.ask_order[asking] = lived.ask_order[n]
            asking += 1
        for n in range(low, low + lived.counts[k, 2]):
            lived.left_who[leaving], lived.left_cell[leaving] = lived.left_who[n], lived.left_cell[n]
            leaving += 1
    return events, asking, leaving


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
    bound: NDArray[np.uint32],
    climate: Climate,
    scarcity: NDArray[np.float64],
    practice: NDArray[np.float64],
    short: NDArray[np.float64],
    contact: NDArray[np.float64],
    contact_from: int,
    params: Any,
    codes: NDArray[np.int16],
    lived: Lived,
) -> None:
    """Let the people in rows `low` to `high` live one quarter; who moved has a new cell and date afterwards.

    What they did is told in `lived`, in the part of this stretch of people and among the counts of this thread.
    `contact` is the contact with technology at primary school by quarter of birth, from `contact_from` on.
    """
    p = params[0]
    nowhere = Workplace(0, 0.0, 0.0, 0.0, 0.0, 0.0)
    flows, change = lived.flows[thread], lived.change[thread]
    first = np.empty(BLOCK, np.uint32)
    second = np.empty(BLOCK, np.uint32)
    limit = np.empty(BLOCK, np.uint32)
    marked, works = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    visits = np.empty(CONTACTS_LIMIT, np.uint32)
    events, asking, leaving, broken = 2 * low, low, low, 0
    for start in range(low, high, BLOCK):
        size = min(BLOCK, high - start)
        cells, identities = people.cell[start : start + size], people.identity[start : start + size]
        top = np.uint32(0)
        for j in range(size):
            limit[j] = bound[cells[j]]
            top = max(top, limit[j])
        if top == 0:  # all retired, abroad, or at school outside September
            continue
        for j in range(size):
            x, y = words(key, identities[j], now, RISK)
            first[j] = x
            second[j] = y
        marks = 0
        for j in range(size):
            marked[marks] = j
            marks += first[j] <= limit[j]
        for m in range(marks):  # nothing waits for these reads, so that the trips to memory are made side by side
            works[m] = people.beside[start + marked[m]].employer
        for m in range(marks):
            j = marked[m]
            i = start + j
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
                target = labour_quarter(unit(first[j]), unit(second[j]), dt, position, who, at, climate, p)
            elif position < STUDY_TECHNICAL:
                met = contact[people.beside[i].birth - contact_from]
                target = _school_step(people.identity[i], now, key, position, who, met, climate, p)
            else:
                faculty = FACULTY[(position - STUDY_TECHNICAL) % 5]
                school = School(scarcity[faculty], practice[faculty], short[faculty], p.places_short[faculty])
                target, diploma = _study_step(
                    people.identity[i], now, key, dt, september, unit(first[j]), position, who, school, climate, p
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
    lived.counts[stretch, 0] = events - 2 * low
    lived.counts[stretch, 1] = asking - low
    lived.counts[stretch, 2] = leaving - low
    lived.counts[stretch, 3] = broken


@kernel
def live_in_turn(
    turns: NDArray[np.int64],
    edges: NDArray[np.int64],
    thread: int,
    new_years: NewYear,
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
    short: NDArray[np.float64],
    contact: NDArray[np.float64],
    contact_from: int,
    params: Any,
    codes: NDArray[np.int16],
    lived: Lived,
) -> None:
    """Let one stretch of people after the other live a quarter, and first grow a year older on 1 January.

    A thread begins with its own share of the stretches, the same people each quarter, so that they are still in its
    part of the processor's memory; then it takes those that others have not come to.

    Parameters
    ----------
    turns : counters of the stretches taken of each share, see `sim.turns.counters`
    edges : first row of each stretch, and the end
    new_years : empty but on 1 January
    """
    stretches, sharers = edges.size - 1, turns.shape[0]
    for ahead in range(sharers):
        owner = (thread + ahead) % sharers
        first, end = stretches * owner // sharers, stretches * (owner + 1) // sharers
        while True:
            k = first + take_turn(turns[owner])
            if k >= end:
                break
            if new_years.wishing.size > 0:
                new_year(
                    edges[k], edges[k + 1], now, people, new_years.wishing, new_years.two_point[thread],
                    new_years.ages[thread],
                )  # fmt: skip
            live(
                edges[k], edges[k + 1], k, thread, now, key, dt, september, people, employers, bound, climate,
                scarcity, practice, short, contact, contact_from, params, codes, lived,
            )  # fmt: skip
