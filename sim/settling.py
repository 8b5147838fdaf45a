"""The end of a quarter: employers are told who left, newcomers received, seats given out, seekers matched."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.positions import (
    ABROAD,
    GRADUATE,
    PRIMARY_SCHOOL,
    SCHOOL,
    SEARCH,
    SEEKING,
    STUDY_OTHER,
    STUDY_TECHNICAL,
    WO,
)
from agents.rule import kernel, rule, sweep
from agents.worker import first_job
from sim.at import person_at
from sim.cells import level_of, market_of, moved, position_of, technical_of
from sim.columns import Employers, People
from sim.draws import FIRST_JOB, STUDY_LEVEL, uniforms
from sim.environment import admitted_share, seats
from sim.hiring import Entered, leave_employer, note
from sim.lived import ASKING, LEAVING, Lived
from sim.market import UNDECIDED, Seekers
from sim.persons import APPLY, FACULTY, enter


@rule
def add(i: int, employer: int, post: int, order: int, people: People, seekers: Seekers) -> None:
    """Add somebody to the seekers of their market, with the first application if there was one."""
    market = market_of(level_of(int(people.cell[i])))
    s = seekers.number[market]
    seekers.number[market] = s + 1
    seekers.who[market, s], seekers.employer[market, s] = i, employer
    seekers.post[market, s], seekers.order[market, s] = post, order


@kernel
def prepare(
    lived: Lived,
    stretches: int,
    stretch: int,
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
    seekers: Seekers,
    entered: Entered,
) -> None:
    """Tell employers who left, receive who is new, admit students; enter all in the ledger.

    Parameters
    ----------
    lived : who asks for what, their applications, and who left technical work
    stretches, stretch : how many stretches of people there are, and the rows in each
    newcomers, students, count : rows of people from `newcomers` up to `count` are new this quarter: pupils (position
        school), people from abroad who look for work, at once for technical work if they have a technical diploma,
        and from row `students` on people from abroad who come to study
    teachers, scarcity : by faculty; scarcity is updated in the quarter in which studies start
    seekers, entered : get who looks for technical work, and the events
    """
    p = params[0]
    size, leaving = count - newcomers, 0
    for k in range(stretches):
        size += lived.counts[k, ASKING]
        leaving = max(leaving, lived.counts[k, LEAVING])
    applicants, wanted, applying = np.empty(size, np.uint32), np.empty(size, np.int8), 0
    applied = np.zeros(3, np.int64)
    at = np.empty(leaving, np.int32)
    for k in range(stretches):
        low = k * stretch
        left = lived.left_who[low : low + lived.counts[k, LEAVING]]
        for n in range(left.size):  # only to fetch, as in `sim.market.match`
            at[n] = people.beside[left[n]].employer
        for n in range(left.size):
            leave_employer(left[n], int(lived.left_cell[low + n]), people, employers)
    for k in range(stretches):
        low = k * stretch
        for n in range(low, low + lived.counts[k, ASKING]):
            what = lived.ask_what[n]
            if what == SEARCH:
                add(lived.ask_who[n], lived.ask_employer[n], lived.ask_post[n], lived.ask_order[n], people, seekers)
            else:
                study = APPLY - what
                applicants[applying], wanted[applying] = lived.ask_who[n], study
                applying += 1
                applied[FACULTY[study]] += 1
    for i in range(newcomers, count):
        cell = int(people.cell[i])
        if position_of(cell) == SCHOOL:
            code = enter(moved(cell, PRIMARY_SCHOOL), cell, codes, flows, stocks)
            note(0, i, code, entered)
        elif i >= students:
            study = 4 if level_of(cell) == WO else 3
            applicants[applying], wanted[applying] = i, study
            applying += 1
            applied[FACULTY[study]] += 1
        elif technical_of(cell) == 1:
            add(i, UNDECIDED, 0, 0, people, seekers)
        else:
            new = moved(cell, SEEKING)
            people.cell[i] = new
            code = enter(cell, new, codes, flows, stocks)
            note(0, i, code, entered)
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
                        add(i, UNDECIDED, 0, 0, people, seekers)
                        continue
                else:
                    target = STUDY_OTHER + study
            new = moved(cell, target)
            code = enter(cell, new, codes, flows, stocks)
            people.cell[i] = new
            people.beside[i].since = now
            note(0, i, code, entered)


@sweep
def count_posts(employers: Employers, vacant: NDArray[np.int32], posts: NDArray[np.int32]) -> None:
    """Count the posts that stand open in the end, and the posts wanted, by market."""
    for e in range(employers.open.shape[0]):
        for market in range(vacant.size):
            vacant[market] += employers.open[e, market]
            posts[market] += employers.posts[e, market]
