"""The column engine: the state of a run as columns, and one quarter of it, process by process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.positions import FACULTIES
from sim import arrivals
from sim.bounds import bounds, cells_of
from sim.clock import FIRST_QUARTER, QUARTERS_PER_YEAR, SEPTEMBER, first_day, year_of
from sim.columns import Employers, People, copied_people
from sim.employers import staff_by_sector
from sim.hiring import Entered, hire_in_turn, room_for_events
from sim.january import NO_NEW_YEAR, as_in_ledger, new_year_tables
from sim.ledger import TRANSITION_CODES, Ledger, LedgerError, drawn_from_other_work
from sim.market import Seekers, room_for_seekers
from sim.opening import open_quarter
from sim.persons import Lived, gather, hand_over, live_in_turn, room
from sim.population import agents_born
from sim.schedule import Schedule
from sim.settling import count_posts, prepare, settle
from sim.turns import counters, stretches, together, workers

DT: Final = 1.0 / QUARTERS_PER_YEAR
ROWS_FOR_MARKETS: Final = 500_000
"""With fewer people it is not worth while to share out the markets among threads."""

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
    drained: int = 0
    """People that technical work has drawn from other work since 1 January 2022, on balance, in agents."""
    cells: NDArray[np.int64] | None = None
    """Cells in which there was anybody on the last 1 January."""
    room: Lived | None = None
    """Lists that every quarter uses anew."""
    seekers: Seekers | None = None
    """The same, for who looks for technical work."""
    whole: bool = True
    """False while a quarter is under way, and ever after if it was broken off."""

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
            self.drained,
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


def advance(
    state: State, schedule: Schedule, ledger: Ledger, births: Births, starts: NDArray[Any], threads: int
) -> Event:
    """Let one quarter pass; returns rows and transitions of its events.

    Processes, in order: education and employers, everybody's birthdays (1 January) and decisions, the new cohort and
    arrivals, admissions and matching, recording.
    """
    if not state.whole:
        raise LedgerError(f"{first_day(state.now)}: this quarter was broken off half-way; build the model anew")
    state.whole = False
    now, key, row = state.now, state.key, ledger.rows
    params = schedule.at(now)
    september = now % QUARTERS_PER_YEAR == SEPTEMBER
    people, employers = state.people, state.employers
    k = now - schedule.first
    practice, short = np.empty(len(FACULTIES)), np.empty(len(FACULTIES))
    climate = Climate(*open_quarter(
        people, state.count, employers, now, key, DT, state.scale, state.teachers, practice, short, state.stocks,
        state.drained, params, schedule.practice, schedule.amount[k], schedule.share, schedule.sectors, schedule.sizes,
    ))  # fmt: skip
    if state.cells is None or now % QUARTERS_PER_YEAR == 0:
        state.cells = cells_of(state.count, people.cell)
    bound = bounds(schedule.person_parameters[k], climate, params, DT, september, state.cells)

    threads = workers(threads, state.count)
    edges, turns = stretches(state.count), counters(threads)
    if state.room is None or len(state.room.ask_who) < state.count or len(state.room.flows) < threads:
        capacity = people.cell.size
        state.room = room(capacity, len(stretches(capacity)) - 1, threads)
    lists = state.room
    new_years = NO_NEW_YEAR
    if now % QUARTERS_PER_YEAR == 0:
        new_years = new_year_tables(params, threads)
        ledger.staff[year_of(now)] = staff_by_sector(employers)

    def work(thread: int) -> None:
        live_in_turn(
            turns, edges, thread, new_years, now, key, DT, int(september), people, employers, bound, climate,
            state.scarcity, practice, short, schedule.contact, schedule.contact_from, params, TRANSITION_CODES, lists,
        )  # fmt: skip

    together(threads, work)
    if new_years is not NO_NEW_YEAR:
        ledger.two_point[year_of(now)], ledger.ages[year_of(now)] = as_in_ledger(new_years)
    lived = put_together(edges, lists, ledger.flows[row], state.stocks)
    newcomers = state.count
    students = _receive(state, births, params, starts, september)
    told = (
        lived.ask_who, lived.ask_what, lived.ask_employer, lived.ask_post, lived.ask_order, lived.left_who,
        lived.left_cell, newcomers, students, state.count,
        now, key, state.scale, climate, state.teachers, state.scarcity, people, employers, params,
        TRANSITION_CODES, ledger.flows[row], state.stocks, ledger.turned_away[row],
    )  # fmt: skip
    most = len(lived.ask_who) + state.count - newcomers
    if state.seekers is None or state.seekers.who.shape[1] < most:
        state.seekers = room_for_seekers(2 * most, employers)
    seekers = state.seekers
    seekers.number[:] = 0
    entered = room_for_events(2 * most, 1 + len(seekers.number))
    if threads == 1 or state.count < ROWS_FOR_MARKETS:
        settle(*told, seekers, entered, ledger.vacancies[row], ledger.posts[row])
    else:
        prepare(*told, seekers, entered)
        markets = np.zeros(1, np.int64)
        together(threads, lambda thread: hire_in_turn(
            markets, thread, seekers, entered, now, key, climate, people, employers, params, TRANSITION_CODES,
            lists.flows, lists.change,
        ))  # fmt: skip
        hand_over(lists, ledger.flows[row], state.stocks)
        count_posts(employers, ledger.vacancies[row], ledger.posts[row])
    if entered.broken.any() or lived.counts[:, 3].any():
        raise LedgerError(f"{first_day(now)}: somebody made a transition that the career graph does not allow")
    ledger.stocks[row + 1] = state.stocks
    ledger.climate[row] = climate
    ledger.rows = row + 1
    ledger.check(row)
    if now >= FIRST_QUARTER:
        state.drained += int(drawn_from_other_work() @ ledger.flows[row].sum(axis=1))
    state.now, state.whole = now + 1, True
    return in_order(lived, entered)


def in_order(lived: Lived, entered: Entered) -> Event:
    """The events of a quarter, those of one person in the order in which they happened."""
    parts = [(part, number) for part, number in enumerate(entered.number.tolist()) if number > 0]
    return (
        np.concatenate([lived.event_who, *(entered.who[part, :number] for part, number in parts)]),
        np.concatenate([lived.event_code, *(entered.code[part, :number] for part, number in parts)]),
    )


def put_together(edges: NDArray[np.int64], lists: Lived, flows: NDArray[np.int32], stocks: NDArray[np.int32]) -> Lived:
    """What all stretches of people told, as lists of their real length; enters the counts in the ledger."""
    events, asking, leaving = gather(edges, lists, flows, stocks)
    parts = (lists[:2], events), (lists[2:7], asking), (lists[7:9], leaving)
    columns = [column[:length] for part, length in parts for column in part]
    return Lived._make([*columns, lists.flows, lists.change, lists.counts[: len(edges) - 1]])


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
