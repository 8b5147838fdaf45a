"""The column engine: the state of a run as columns, and one quarter of it, process by process."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import turns
from sim.clock import QUARTERS_PER_YEAR, first_day, year_of
from sim.columns import Employers, People, copied_people
from sim.foresight import NOTHING, Foresight
from sim.january import as_in_ledger, new_years
from sim.ledger import TRANSITION_CODES, Ledger, LedgerError, drawn_from_other_work
from sim.population import agents_born
from sim.quarters import (
    COUNT,
    DRAINED,
    NOW,
    PASSED,
    QUARTERS_AT_ONCE,
    ROW,
    WRONG,
    YEARS,
    Room,
    new_room,
    pass_quarters,
)
from sim.schedule import Schedule
from sim.turns import BROKEN, together, workers

PEOPLE_AT_ONCE: Final = 5_000_000
"""People in all quarters of a call of compiled code; with more people one quarter passes at a time."""

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
    room: Room | None = None
    """Lists that every quarter uses anew."""
    told: Schedule | None = None
    """The schedule that the bounds in `room` were worked out for."""
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
    state: State,
    schedule: Schedule,
    ledger: Ledger,
    births: Births,
    starts: NDArray[Any],
    threads: int,
    quarters: int = 1,
    foresight: Foresight = NOTHING,
) -> list[Event]:
    """Let some quarters pass; returns rows and transitions of the events of each.

    As many quarters pass as there are, or as a twentieth of a second is worth: a key that interrupts is heard between.
    """
    if not state.whole:
        raise LedgerError(f"{first_day(state.now)}: this quarter was broken off half-way; build the model anew")
    events: list[Event] = []
    at_once = max(1, min(QUARTERS_AT_ONCE, PEOPLE_AT_ONCE // state.count))
    while len(events) < quarters:
        some = min(at_once, quarters - len(events))
        events += _advance(state, schedule, ledger, births, starts, threads, some, foresight)
    return events


def _advance(
    state: State,
    schedule: Schedule,
    ledger: Ledger,
    births: Births,
    starts: NDArray[Any],
    threads: int,
    quarters: int,
    foresight: Foresight,
) -> list[Event]:
    """Up to so many quarters, one at least."""
    state.whole = False
    threads = workers(threads, state.count)
    room = _room_of(state, schedule, threads)
    first, row = state.now, ledger.rows
    januaries = [quarter for quarter in range(first, first + quarters) if quarter % QUARTERS_PER_YEAR == 0]
    years = new_years(len(januaries), threads)
    tally = room.tally
    tally[:] = 0
    tally[NOW], tally[COUNT], tally[DRAINED], tally[ROW] = first, state.count, state.drained, row
    room.gate[:] = 0

    def give_up() -> None:
        room.gate[BROKEN] = 1  # nobody waits for this thread any longer

    def work(thread: int) -> None:
        try:
            pass_quarters(
                quarters, thread, turns.STRETCH, state.key, state.scale, state.people, state.employers, state.teachers,
                state.scarcity, state.stocks, schedule, births.agents, births.first, starts, TRANSITION_CODES,
                drawn_from_other_work(), ledger.pages, years, foresight, room,
            )  # fmt: skip
        except BaseException:
            give_up()
            raise

    together(threads, work, give_up)
    state.now, state.count, state.drained, passed = (int(tally[k]) for k in (NOW, COUNT, DRAINED, PASSED))
    if tally[WRONG] > 0:
        raise LedgerError(
            f"{first_day(state.now - 1)}: somebody made a transition that the career graph does not allow"
        )
    ledger.rows = row + passed
    for k in range(row, ledger.rows):
        ledger.check(k)
    for number, quarter in enumerate(januaries[: tally[YEARS]]):
        year = year_of(quarter)
        ledger.two_point[year], ledger.ages[year] = as_in_ledger(years, number)
        ledger.staff[year] = years.staff[number]
    state.whole = True
    edges = room.told[: passed + 1].tolist()
    return [(room.who[low:high].copy(), room.code[low:high].copy()) for low, high in pairwise(edges)]


def _room_of(state: State, schedule: Schedule, threads: int) -> Room:
    """The room of a state, made anew where it is not of the right size; bounds are those of one schedule."""
    capacity, room = state.people.cell.size, state.room
    if (
        room is None
        or len(room.turns) != threads
        or len(room.lived.ask_who) != capacity
        or len(room.lived.counts) != capacity // turns.STRETCH + 1
    ):
        room = new_room(capacity, turns.STRETCH, threads, state.employers)
    elif state.told is not schedule:
        room.limits.state[:] = True, False
    state.room, state.told = room, schedule
    return room
