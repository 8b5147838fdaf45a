"""Several quarters in one call: the compiled course of a run, gone through by all threads together."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.positions import FACULTIES
from agents.rule import kernel, rule, sweep
from sim.arrivals import receive
from sim.bounds import ANEW, KNOWN, Limits, climate_from, fill, find_cells, follow, no_limits
from sim.clock import FIRST_QUARTER, QUARTERS_PER_YEAR, SEPTEMBER
from sim.columns import Employers, People
from sim.employers import count_staff
from sim.foresight import Foresight
from sim.hiring import Entered, hire_in_turn, room_for_events
from sim.january import AGE_GROUPS, NewYears, new_year, part_time_wishes
from sim.ledger import Pages
from sim.lived import BROKEN, EVENTS, Lived, hand_over, room_for_lives
from sim.market import Seekers, room_for_seekers
from sim.opening import open_quarter
from sim.persons import live
from sim.schedule import Schedule
from sim.settling import count_posts, prepare
from sim.turns import counters, meet, new_gate, take_turn

DT: Final = 1.0 / QUARTERS_PER_YEAR
NOW, COUNT, DRAINED, ROW, PASSED, YEARS, TOLD, WRONG = range(8)
"""Places in `Room.tally`: the quarter that comes next, rows of people, people that technical work has drawn from other
work, row of the ledger, quarters and Januaries passed in this call, events told, 1 once somebody has made a transition
that the career graph does not allow."""


class Room(NamedTuple):
    """What quarters use anew each time, kept for as long as a state is."""

    tally: NDArray[np.int64]
    lived: Lived
    seekers: Seekers
    entered: Entered
    limits: Limits
    top: NDArray[np.uint8]
    """Bounds that decide who is looked at: those of `limits`."""
    who: NDArray[np.uint32]
    """Row of the person of each event of the quarters of a call, quarter by quarter."""
    code: NDArray[np.int16]
    """Transition of each event."""
    climate: NDArray[np.float64]
    practice: NDArray[np.float64]
    """Share of teaching from practice, by faculty."""
    short: NDArray[np.float64]
    """Share of technical students without a placement, by faculty."""
    wishing: NDArray[np.uint16]
    """See `sim.january.part_time_wishes`."""
    turns: NDArray[np.int64]
    """Stretches of people taken, of each thread's share; see `sim.turns.counters`."""
    older: NDArray[np.int64]
    """The same on 1 January, when everybody grows older first."""
    markets: NDArray[np.int64]
    """Markets taken."""
    gate: NDArray[np.int64]
    """Where threads meet."""
    told: NDArray[np.int64]
    """Events told up to each quarter of a call and after the last; shape (QUARTERS_AT_ONCE + 1,)."""


QUARTERS_AT_ONCE: Final = 64


def new_room(capacity: int, stretch: int, threads: int, employers: Employers) -> Room:
    """Room for a number of people, in stretches of so many rows, and threads."""
    limits = no_limits()
    return Room(
        np.zeros(WRONG + 1, np.int64),
        room_for_lives(capacity, capacity // stretch + 1, threads),
        room_for_seekers(capacity, employers),
        room_for_events(capacity, 1 + employers.open.shape[1]),
        limits,
        limits.top,
        np.empty(_events_at_most(capacity) + capacity, np.uint32),
        np.empty(_events_at_most(capacity) + capacity, np.int16),
        np.zeros(len(Climate._fields)),
        np.zeros(len(FACULTIES)),
        np.zeros(len(FACULTIES)),
        np.zeros(2 * AGE_GROUPS, np.uint16),
        counters(threads),
        counters(threads),
        counters(1),
        new_gate(),
        np.zeros(QUARTERS_AT_ONCE + 1, np.int64),
    )


@rule
def _events_at_most(people: int) -> int:
    """Events that a quarter can have: a diploma and a move, an admission and a job for each."""
    return 4 * people


@rule
def _next_stretch(turns: NDArray[np.int64], thread: int, ahead: int, stretches: int) -> int:
    """Next stretch from the share of the thread that is `ahead` of this one; `stretches` when none is left."""
    sharers = turns.shape[0]
    owner = (thread + ahead) % sharers
    first, end = stretches * owner // sharers, stretches * (owner + 1) // sharers
    k = first + take_turn(turns[owner])
    return k if k < end else stretches


@rule
def _note(tally: Any, who: Any, code: Any, row: int, transition: int) -> None:
    """Add an event to those of the call."""
    told = tally[TOLD]
    who[told], code[told] = row, transition
    tally[TOLD] = told + 1


@sweep
def _note_events(
    lived: Lived, stretches: int, stretch: int, entered: Entered, tally: Any, who: Any, code: Any, told: Any
) -> None:
    """Add the events of a quarter to those of the call, those of one person in the order in which they happened."""
    for k in range(stretches):
        tally[WRONG] |= lived.counts[k, BROKEN]
        low = 2 * k * stretch
        for n in range(low, low + lived.counts[k, EVENTS]):
            _note(tally, who, code, lived.event_who[n], lived.event_code[n])
    for part in range(entered.number.size):
        tally[WRONG] |= entered.broken[part]
        for n in range(entered.number[part]):
            _note(tally, who, code, entered.who[part, n], entered.code[part, n])
    told[tally[PASSED] + 1] = tally[TOLD]


@rule
def _drawn(flows: NDArray[np.int32], signs: NDArray[np.int64]) -> int:
    """People that technical work has drawn from other work in a quarter, by the sign of each transition."""
    drawn = 0
    for transition in range(signs.size):
        if signs[transition] != 0:
            for group in range(flows.shape[1]):
                drawn += signs[transition] * flows[transition, group]
    return drawn


@kernel
def pass_quarters(
    quarters: int,
    thread: int,
    stretch: int,
    key: int,
    scale: float,
    people: People,
    employers: Employers,
    teachers: NDArray[np.float64],
    scarcity: NDArray[np.float64],
    stocks: NDArray[np.int32],
    schedule: Schedule,
    births: NDArray[np.int64],
    births_from: int,
    starts: Any,
    codes: NDArray[np.int16],
    signs: NDArray[np.int64],
    pages: Pages,
    new_years: NewYears,
    foresight: Foresight,
    room: Room,
) -> None:
    """Let up to so many quarters pass; fewer if there may be more events than room.

    Every thread calls this with the same arrays; what cannot be shared out, thread 0 does alone. Processes, in order:
    education and employers, everybody's birthdays (1 January), bounds, decisions, the new cohort and arrivals,
    admissions, matching, recording.

    Parameters
    ----------
    quarters : QUARTERS_AT_ONCE at most
    thread : number of this thread
    stretch : rows of people that a thread takes at a time
    births : agents born in each quarter from `births_from` on
    codes, signs : of the career graph, see `sim.ledger.TRANSITION_CODES` and `drawn_from_other_work`
    new_years : has room for each 1 January on the way
    foresight : luck that is known already
    """
    tally, limits, lived, gate = room.tally, room.limits, room.lived, room.gate
    threads = room.turns.shape[0]
    for _ in range(quarters):
        if not meet(gate, threads):
            return
        now, count, row, year = tally[NOW], tally[COUNT], tally[ROW], tally[YEARS]
        if tally[WRONG] > 0 or tally[TOLD] + _events_at_most(people.cell.size) > room.who.size:
            return
        k, quarter, stretches = now - schedule.first, now % QUARTERS_PER_YEAR, (count + stretch - 1) // stretch
        params = schedule.params[k : k + 1]
        january, september = quarter == 0, 1 if quarter == SEPTEMBER else 0
        looking = january or not limits.state[KNOWN]
        if thread == 0:
            open_quarter(
                people, count, employers, now, key, DT, scale, teachers, room.practice, room.short, stocks,
                tally[DRAINED], params, schedule.practice, schedule.amount[k], schedule.share, schedule.sectors,
                schedule.sizes, room.climate,
            )  # fmt: skip
            follow(room.climate, schedule.alike[k], params[0], limits)
            room.turns[:] = 0
            room.older[:] = 0
            room.markets[:] = 0
            if january:
                part_time_wishes(params, room.wishing)
                count_staff(employers, new_years.staff[year])
            if looking:
                limits.found[:] = False
        if looking:
            if not meet(gate, threads):
                return
            for ahead in range(threads):
                s = _next_stretch(room.older, thread, ahead, stretches)
                while s < stretches:
                    low, high = s * stretch, min(count, (s + 1) * stretch)
                    if january:
                        new_year(
                            low, high, now, people, room.wishing, new_years.two_point[year, thread],
                            new_years.ages[year, thread], limits.found,
                        )  # fmt: skip
                    else:
                        find_cells(low, high, people.cell, limits.found)
                    s = _next_stretch(room.older, thread, ahead, stretches)
        if not meet(gate, threads):
            return
        if looking or limits.state[ANEW]:
            fill(thread, threads, DT, params, limits)
            if not meet(gate, threads):
                return
        climate = climate_from(room.climate)
        for ahead in range(threads):
            s = _next_stretch(room.turns, thread, ahead, stretches)
            while s < stretches:
                live(
                    s * stretch, min(count, (s + 1) * stretch), s, thread, now, key, DT, september, people, employers,
                    room.top[september], climate, scarcity, room.practice, room.short, schedule.contact,
                    schedule.contact_from, params, codes, foresight, lived,
                )  # fmt: skip
                s = _next_stretch(room.turns, thread, ahead, stretches)
        if not meet(gate, threads):
            return
        if thread == 0:
            limits.state[ANEW], limits.state[KNOWN] = False, True
            tally[YEARS] += january
            students, tally[COUNT] = receive(count, now, key, scale, births, births_from, people, params, starts)
            room.seekers.number[:] = 0
            room.entered.number[:] = 0
            hand_over(lived, pages.flows[row], stocks)
            prepare(
                lived, stretches, stretch, count, students, tally[COUNT], now, key, scale, climate, teachers, scarcity,
                people, employers, params, codes, pages.flows[row], stocks, pages.turned_away[row], room.seekers,
                room.entered,
            )  # fmt: skip
        if not meet(gate, threads):
            return
        hire_in_turn(
            room.markets[0],
            thread,
            room.seekers,
            room.entered,
            now,
            key,
            climate,
            people,
            employers,
            params,
            codes,
            lived,
        )
        if not meet(gate, threads):
            return
        if thread == 0:
            hand_over(lived, pages.flows[row], stocks)
            count_posts(employers, pages.vacancies[row], pages.posts[row])
            _note_events(lived, stretches, stretch, room.entered, tally, room.who, room.code, room.told)
            pages.stocks[row + 1] = stocks
            pages.climate[row] = room.climate
            if now >= FIRST_QUARTER:
                tally[DRAINED] += _drawn(pages.flows[row], signs)
            tally[NOW] += 1
            tally[ROW] += 1
            tally[PASSED] += 1
