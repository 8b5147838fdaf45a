"""The end of a quarter: employers are told who left, newcomers received, seats given out, seekers matched."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.employer import guarantee_until
from agents.positions import (
    ABROAD,
    GRADUATE,
    PRIMARY_SCHOOL,
    SCHOOL,
    SEARCH,
    SEEKING,
    STUDY_OTHER,
    STUDY_TECHNICAL,
    TECHNICAL_SECTORS,
    TECHNICIAN,
    WO,
)
from agents.rule import kernel, rule
from agents.worker import first_job
from sim.at import person_at
from sim.cells import level_of, market_of, moved, position_of, technical_of, woman_of
from sim.columns import NOBODY, Employers, People
from sim.draws import FIRST_JOB, STUDY_LEVEL, uniforms
from sim.environment import admitted_share, seats
from sim.market import CONTACTS_LIMIT, UNDECIDED, match
from sim.persons import APPLY, FACULTY, enter, is_technician


@rule
def leave_employer(i: int, before: int, people: People, employers: Employers) -> None:
    """Take somebody off the books of their employer."""
    e = people.beside[i].employer
    employers.filled[e, market_of(level_of(before))] -= 1
    employers.women[e] -= woman_of(before)
    people.beside[i].employer = NOBODY


@rule
def join_employer(
    i: int, e: int, post: int, now: int, entrant: bool, people: People, employers: Employers, p: Any
) -> int:
    """Put somebody on the books of an employer; returns their new cell.

    An employer that takes part gives the ten-year guarantee to who enters technical work there.
    """
    cell = int(people.cell[i])
    place = TECHNICIAN if employers.sector[e] < TECHNICAL_SECTORS else TECHNICIAN + 1
    new = moved(cell, place)
    employers.filled[e, market_of(level_of(cell))] += 1
    employers.women[e] += woman_of(cell)
    people.beside[i].employer = e
    people.beside[i].post = post
    people.cell[i] = new
    people.beside[i].since = now
    if entrant and employers.guarantee[e] == 1 and people.beside[i].guarantee <= now:
        people.beside[i].guarantee = guarantee_until(now, p)
    return new


@kernel
def settle(
    ask_who: NDArray[np.uint32],
    ask_what: NDArray[np.int16],
    ask_employer: NDArray[np.int32],
    ask_post: NDArray[np.uint8],
    ask_order: NDArray[np.int64],
    left_who: NDArray[np.uint32],
    left_cell: NDArray[np.uint16],
    newcomers: int,
    students: int,
    count: int,
    now: int,
    key: int,
    scale: float,
    climate: Climate,
    teachers: NDArray[np.float64],
    scarcity: NDArray[np.float64],
    people: People,
    employers: Employers,
    params: Any,
    codes: NDArray[np.int16],
    flows: NDArray[np.int32],
    stocks: NDArray[np.int32],
    turned_away: NDArray[np.int32],
    vacant: NDArray[np.int32],
    posts: NDArray[np.int32],
) -> tuple[NDArray[np.uint32], NDArray[np.int16], int]:
    """Tell employers who left, receive who is new, admit students and match seekers; enter all in the ledger.

    Parameters
    ----------
    ask_who to left_cell : who asks for what, their applications, and who left technical work; see `sim.persons.Lived`
    newcomers, students, count : rows of people from `newcomers` up to `count` are new this quarter: pupils (position
        school), people from abroad who look for work, at once for technical work if they have a technical diploma,
        and from row `students` on people from abroad who come to study
    teachers, scarcity : by faculty; scarcity is updated in the quarter in which studies start
    vacant, posts : get the posts open in the end, and the posts wanted, by market

    Returns
    -------
    Rows of the people and codes of the transitions of the events, in the order entered; 1 if one was not allowed.
    """
    p = params[0]
    size = ask_who.size + (count - newcomers)
    seekers = np.empty(size, np.uint32)
    employer, post = np.full(size, UNDECIDED, np.int32), np.empty(size, np.uint8)
    order, hired = np.empty(size, np.int64), np.empty(size, np.uint8)
    applicants = np.empty(size, np.uint32)
    wanted = np.empty(size, np.int8)
    event_who = np.empty(2 * size, np.uint32)
    event_code = np.empty(2 * size, np.int16)
    searching, applying, events, broken = 0, 0, 0, 0
    applied = np.zeros(3, np.int64)
    at = np.empty(left_who.size, np.int32)
    for n in range(left_who.size):  # side by side, as in `sim.market.match`
        at[n] = people.beside[left_who[n]].employer
    for n in range(left_who.size):
        leave_employer(left_who[n], int(left_cell[n]), people, employers)
    for n in range(ask_who.size):
        if ask_what[n] == SEARCH:
            seekers[searching] = ask_who[n]
            employer[searching], post[searching], order[searching] = ask_employer[n], ask_post[n], ask_order[n]
            searching += 1
        else:
            study = APPLY - ask_what[n]
            applicants[applying], wanted[applying] = ask_who[n], study
            applying += 1
            applied[FACULTY[study]] += 1
    for i in range(newcomers, count):
        cell = int(people.cell[i])
        if position_of(cell) == SCHOOL:
            code = enter(moved(cell, PRIMARY_SCHOOL), cell, codes, flows, stocks)
            event_who[events], event_code[events] = i, code
            events += 1
        elif i >= students:
            study = 4 if level_of(cell) == WO else 3
            applicants[applying], wanted[applying] = i, study
            applying += 1
            applied[FACULTY[study]] += 1
        elif technical_of(cell) == 1:
            seekers[searching] = i
            searching += 1
        else:
            new = moved(cell, SEEKING)
            people.cell[i] = new
            code = enter(cell, new, codes, flows, stocks)
            event_who[events], event_code[events] = i, code
            events += 1
    if applying > 0:
        free = np.zeros(3)
        for faculty in range(3):
            free[faculty] = seats(teachers[faculty], faculty, scale, p)
        for study in range(5):
            taught = 0
            for group in range(stocks.shape[1]):
                taught += stocks[STUDY_TECHNICAL + study, group]
            free[FACULTY[study]] -= taught
        for faculty in range(3):
            share = admitted_share(free[faculty], applied[faculty])
            scarcity[faculty] = 1.0 - share
            free[faculty] = share
        for a in range(applying):
            i, study = applicants[a], int(wanted[a])
            cell = int(people.cell[i])
            position = position_of(cell)
            _, luck = uniforms(key, people.identity[i], now, STUDY_LEVEL)
            if luck < free[FACULTY[study]]:
                target = STUDY_TECHNICAL + study
            else:
                turned_away[FACULTY[study]] += 1
                if position == ABROAD:
                    continue
                if position == GRADUATE:
                    u, v = uniforms(key, people.identity[i], now, FIRST_JOB)
                    target = first_job(u, v, person_at(i, now, people), climate, p)
                    if target == SEARCH:
                        seekers[searching] = i
                        searching += 1
                        continue
                else:
                    target = STUDY_OTHER + study
            new = moved(cell, target)
            code = enter(cell, new, codes, flows, stocks)
            broken |= code < 0
            people.cell[i] = new
            people.beside[i].since = now
            event_who[events], event_code[events] = i, code
            events += 1
    head = np.full(employers.open.size, -1, np.int32)
    after, touched = np.empty(searching, np.int32), np.empty(searching, np.int32)
    match(
        seekers, employer, post, order, searching, now, key, climate.tightness, people, employers, p,
        head, after, touched, np.empty(CONTACTS_LIMIT, np.uint32), hired,
    )  # fmt: skip
    for s in range(searching):
        i = seekers[s]
        cell = int(people.cell[i])
        position = position_of(cell)
        if hired[s] == 1:
            moving = is_technician(cell)
            if moving:
                leave_employer(i, cell, people, employers)
            new = join_employer(i, employer[s], post[s], now, not moving, people, employers, p)
        elif position == ABROAD:
            new = moved(cell, SEEKING)
            people.cell[i] = new
            people.beside[i].since = now
        else:
            continue
        code = enter(cell, new, codes, flows, stocks)
        broken |= code < 0
        event_who[events], event_code[events] = i, code
        events += 1
    for e in range(employers.open.shape[0]):
        for market in range(vacant.size):
            vacant[market] += employers.open[e, market]
            posts[market] += employers.posts[e, market]
    return event_who[:events], event_code[:events], broken
