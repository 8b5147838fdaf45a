"""The column engine: the state of a run as columns, and one quarter of it in the order of the six processes."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.positions import FACULTIES
from sim import arrivals
from sim.bounds import bounds
from sim.clock import QUARTERS_PER_YEAR, SEPTEMBER, first_day, year_of
from sim.columns import Employers, People, copied_people
from sim.january import counted
from sim.ledger import TRANSITION_CODES, TRANSITIONS, Ledger, LedgerError
from sim.opening import open_quarter
from sim.persons import Lived, live
from sim.population import agents_born
from sim.schedule import Schedule
from sim.settling import settle

DT: Final = 1.0 / QUARTERS_PER_YEAR
ROWS_PER_TASK: Final = 12_500
"""People handed to a thread at a time; fewer are not worth a thread."""
TASKS_PER_THREAD: Final = 8
"""Tasks for each thread at most: enough to even out that some people have more to decide."""

LISTS: Final = Lived._fields.index("flows")
"""The fields of `Lived` before this one are lists; the others are counts."""

Event = tuple[NDArray[np.uint32], NDArray[np.int16]]


@dataclass
class State:
    """Everything that a run carries from one quarter to the next."""

    now: int
    """Quarter that comes next."""
    key: int
    """Seed of all draws."""
    scale: float
    """People for each agent."""
    count: int
    """Rows of people in use."""
    people: People
    employers: Employers
    teachers: NDArray[np.float64]
    """Full-time technical teachers by faculty, in people, without hybrid teachers."""
    scarcity: NDArray[np.float64]
    """Share of applicants without a seat last September, by faculty."""
    stocks: NDArray[np.int32]
    """People by position and group."""

    def copy(self, capacity: int | None = None) -> State:
        """A copy that shares nothing, with room for `capacity` people, or as much as there is."""
        rows = self.people.cell.size if capacity is None else capacity
        shared = {"neighbour", "first", "slots", "slots_from", "luck", "reach", "sector", "size", "region"}
        employers = {
            name: column if name in shared else column.copy() for name, column in self.employers._asdict().items()
        }
        return State(
            self.now,
            self.key,
            self.scale,
            self.count,
            copied_people(self.people, slice(0, self.count), rows),
            Employers(**employers),
            self.teachers.copy(),
            self.scarcity.copy(),
            self.stocks.copy(),
        )


@dataclass(frozen=True)
class Births:
    """Agents born in each quarter from `first` on."""

    first: int
    agents: NDArray[np.int64]

    @classmethod
    def of(cls, per_year: NDArray[np.float64], first: int, last: int, scale: float) -> Births:
        """Births of the quarters from `first` up to and including `last`."""
        return cls(first, agents_born(per_year, first, last, scale))

    def between(self, first: int, last: int) -> NDArray[np.int64]:
        """Agents born in each quarter from `first` up to and including `last`."""
        return self.agents[first - self.first : last - self.first + 1]


def spread(threads: int, count: int, task: Callable[[int, int], Any]) -> list[Any]:
    """Call `task(low, high)` over all rows; results in the order of the rows, whatever the number of threads."""
    rounds = min(TASKS_PER_THREAD, count // (threads * ROWS_PER_TASK))
    if threads <= 1 or rounds < 1:
        return [task(0, count)]
    pieces = rounds * threads
    edges = [count * k // pieces for k in range(pieces + 1)]
    results: list[Any] = [None] * pieces
    turns = itertools.count()

    def work() -> None:
        while (k := next(turns)) < pieces:
            results[k] = task(edges[k], edges[k + 1])

    others = [_pool(threads - 1).submit(work) for _ in range(threads - 1)]
    work()
    for other in others:
        other.result()
    return results


_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}


def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads of this process beside the calling one; a forked child gets its own."""
    found = _pools.get((os.getpid(), threads))
    if found is None:
        found = _pools[os.getpid(), threads] = ThreadPoolExecutor(threads)
    return found


def advance(
    state: State, schedule: Schedule, ledger: Ledger, births: Births, starts: NDArray[Any], threads: int
) -> Event:
    """Let one quarter pass; returns rows and transitions of its events.

    Processes, in order: demography (1 January), education and employers, everybody's decisions, the new cohort and
    arrivals, admissions and matching, recording.
    """
    now, key, row = state.now, state.key, ledger.rows
    params = schedule.at(now)
    september = now % QUARTERS_PER_YEAR == SEPTEMBER
    if now % QUARTERS_PER_YEAR == 0:
        _january(state, ledger, params, threads)
    people, employers = state.people, state.employers
    k = now - schedule.first
    practice = np.empty(len(FACULTIES))
    climate = Climate(*open_quarter(
        employers, now, key, DT, state.scale, state.teachers, practice, params,
        schedule.practice, schedule.amount[k], schedule.share, schedule.sectors, schedule.sizes,
    ))  # fmt: skip
    bound = bounds(schedule.person_parameters[k], climate, params, DT, september)

    def task(low: int, high: int) -> Lived:
        return live(
            low, high, now, key, DT, int(september), people, employers, bound, climate,
            state.scarcity, practice, params, TRANSITION_CODES, TRANSITIONS,
        )  # fmt: skip

    lived = _together(spread(threads, state.count, task))
    ledger.flows[row] = lived.flows
    state.stocks += lived.change
    newcomers = state.count
    students = _receive(state, births, params, starts, september)
    event_who, event_code, broken = settle(
        lived.ask_who, lived.ask_what, lived.ask_employer, lived.ask_post, lived.ask_order, lived.left_who,
        lived.left_cell, newcomers, students, state.count,
        now, key, state.scale, climate, state.teachers, state.scarcity, people, employers, params,
        TRANSITION_CODES, ledger.flows[row], state.stocks, ledger.turned_away[row],
    )  # fmt: skip
    if broken or lived.broken:
        raise LedgerError(f"{first_day(now)}: somebody made a transition that the career graph does not allow")
    ledger.stocks[row + 1] = state.stocks
    ledger.vacancies[row] = employers.open.sum(axis=0)
    ledger.posts[row] = employers.posts.sum(axis=0)
    ledger.climate[row] = climate
    ledger.rows = row + 1
    ledger.check(row)
    state.now = now + 1
    return np.concatenate([lived.event_who, event_who]), np.concatenate([lived.event_code, event_code])


def _together(parts: list[Lived]) -> Lived:
    """What all stretches of people did: lists one after the other, counts added up."""
    if len(parts) == 1:
        return parts[0]
    lists = [np.concatenate(columns) for columns in zip(*(part[:LISTS] for part in parts), strict=True)]
    flows = sum((part.flows for part in parts[1:]), parts[0].flows)
    change = sum((part.change for part in parts[1:]), parts[0].change)
    return Lived._make((*lists, flows, change, max(part.broken for part in parts)))


def _january(state: State, ledger: Ledger, params: NDArray[Any], threads: int) -> None:
    people, now = state.people, state.now

    parts = spread(threads, state.count, lambda low, high: counted(low, high, now, people, params))
    ledger.two_point[year_of(now)] = sum((part[0] for part in parts[1:]), parts[0][0])
    ledger.ages[year_of(now)] = sum((part[1] for part in parts[1:]), parts[0][1])


def _receive(state: State, births: Births, params: NDArray[Any], starts: NDArray[Any], september: bool) -> int:
    """Add this quarter's pupils and people from abroad; returns the first row of those who come to study."""
    now, row = state.now, state.count
    people, key = state.people, state.key
    p = params[0]
    if september:
        first, last = arrivals.cohort_births(now)
        row = arrivals.new_pupils(births.between(first, last), first, row, now, key, people, params)
    for kind, per_year in ((arrivals.TECHNICAL, p["arrivals_technical"]), (arrivals.OTHER, p["arrivals_other"])):
        number = arrivals.arriving(per_year / QUARTERS_PER_YEAR, state.scale, now)
        row = arrivals.from_abroad(kind, number, row, now, key, people, params, starts)
    students = row
    if september:
        number = arrivals.arriving(p["arrivals_students"], state.scale, now // QUARTERS_PER_YEAR)
        row = arrivals.from_abroad(arrivals.STUDENTS, number, row, now, key, people, params, starts)
    state.count = row
    return students
