"""How a run begins: the starting population, put to work, lives through a warm-up up to 1 January 2022."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import MARKETS, OTHER_JOB, POSITIONS, RETIRED, TECHNICAL_SECTORS, TECHNICIAN
from agents.rule import kernel
from sim.cells import GROUPS, group_of, level_of, market_of, moved, position_of, woman_of
from sim.clock import FIRST_QUARTER, QUARTERS_PER_YEAR, first_day
from sim.columns import Employers, People, bytes_per_person, copied_people, people_columns
from sim.draws import START, words
from sim.employers import build_employers
from sim.engine import Births, State, advance
from sim.ledger import Ledger
from sim.population import OLDEST, SCHOOL_AGE, populate
from sim.scenario import Scenario
from sim.schedule import Schedule, compile_schedule, record_of
from sim.start import start_of

SPARE: Final = 1.02
"""Room for a little more than the people expected."""
KEPT_BYTES: Final = 1 << 30
"""Memory that kept beginnings may take together: three of the whole country."""

_kept: OrderedDict[tuple[bytes, bytes, float, int, int], State] = OrderedDict()
_lock = Lock()


@kernel
def _employ(count: int, vacant: float, key: int, people: People, employers: Employers) -> None:
    """Give every technician of the starting population a post, market by market, as long as there are posts.

    Technicians walk through the posts of their market in strides, so that every employer gets all ages; a share
    `vacant` of the posts is left open, and who finds no post has other work.
    """
    markets = employers.wanted.shape[1]
    taken = np.zeros(markets, np.int64)
    stride = np.ones(markets, np.int64)
    for market in range(markets):
        number = employers.slots_from[market + 1] - employers.slots_from[market]
        stride[market] = int(number * 0.6180339887498949) | 1
        while _common(stride[market], number) != 1:
            stride[market] += 2
    for i in range(count):
        cell = int(people.cell[i])
        if position_of(cell) != TECHNICIAN:
            continue
        market = market_of(level_of(cell))
        number = employers.slots_from[market + 1] - employers.slots_from[market]
        if taken[market] >= int(number * (1.0 - vacant)):
            people.cell[i] = moved(cell, OTHER_JOB)
            continue
        e = employers.slots[employers.slots_from[market] + taken[market] * stride[market] % number]
        taken[market] += 1
        x, _ = words(key, people.identity[i], 0, START + 7)
        people.beside[i].employer = e
        people.beside[i].post = x >> 24
        employers.filled[e, market] += 1
        employers.women[e, market] += woman_of(cell)
        if employers.sector[e] >= TECHNICAL_SECTORS:
            people.cell[i] = moved(cell, TECHNICIAN + 1)


@kernel
def _common(a: int, b: int) -> int:
    while b > 0:
        a, b = b, a % b
    return a


@kernel
def count_stocks(count: int, people: People, stocks: NDArray[np.int32]) -> None:
    """Count everybody by position and group."""
    stocks[:] = 0
    for i in range(count):
        cell = int(people.cell[i])
        stocks[position_of(cell), group_of(cell)] += 1


def births_of(scenario: Scenario, first: int, last: int, scale: float) -> Births:
    """Births of all who can be in a run from quarter `first` up to quarter `last`."""
    start = start_of(scenario)[0]
    oldest = first - OLDEST * QUARTERS_PER_YEAR
    youngest = last - (SCHOOL_AGE - 1) * QUARTERS_PER_YEAR
    return Births.of(start["people_per_birth_year"], oldest, youngest, scale)


def _arrivals_bound(schedule: Schedule, scale: float) -> int:
    per_year = sum(float(schedule.params[f"arrivals_{kind}"].max()) for kind in ("technical", "other", "students"))
    return int(per_year / scale * len(schedule.params) / QUARTERS_PER_YEAR) + 3 * len(schedule.params)


def room_for(state: State, births: Births, schedule: Schedule, last: int) -> int:
    """Rows of people needed for a state to run up to and including quarter `last`."""
    year = QUARTERS_PER_YEAR * SCHOOL_AGE
    pupils = int(births.between(state.now - year - QUARTERS_PER_YEAR, last - year + QUARTERS_PER_YEAR).sum())
    return int(SPARE * (state.count + pupils + _arrivals_bound(schedule, state.scale))) + 64


def _build(scenario: Scenario, scale: float, key: int, threads: int, until: int) -> State:
    starts = start_of(scenario)
    first = FIRST_QUARTER - round(float(starts[0]["warm_up_years"]) * QUARTERS_PER_YEAR)
    warm_up = until - first
    if warm_up < 0:
        start = first_day(first)
        raise ValueError(f"since is {first_day(until)}; the warm-up begins on {start}, give that day or later")
    schedule = compile_schedule(scenario.without(), first, FIRST_QUARTER)
    births = births_of(scenario, first, FIRST_QUARTER, scale)
    here = births.between(births.first, first - SCHOOL_AGE * QUARTERS_PER_YEAR)
    room = int(SPARE * (births.agents.sum() + _arrivals_bound(schedule, scale))) + 64
    people = people_columns(room)
    count = populate(here, births.first, first, key, people, schedule.at(first), starts)
    employers = build_employers(starts, scale, key)
    _employ(count, float(starts[0]["start_vacancies"]), key, people, employers)
    stocks = np.zeros((len(POSITIONS), GROUPS), np.int32)
    count_stocks(count, people, stocks)
    teachers = starts[0]["teachers"].copy()
    state = State(first, key, scale, count, people, employers, teachers, np.zeros(3), stocks)
    ledger = Ledger.blank(first, warm_up, scale)
    ledger.stocks[0] = stocks
    advance(state, schedule, ledger, births, starts, threads, warm_up)
    return _compact(state)


def _compact(state: State) -> State:
    """Drop the rows of people who have left for good, and start counting those outside from nothing."""
    stays = (state.people.cell & 31) > RETIRED
    stays[state.count :] = False
    stocks = state.stocks.copy()
    stocks[: RETIRED + 1] = 0
    count = int(stays.sum())
    compact = state.copy()
    compact.people, compact.count, compact.stocks = copied_people(state.people, stays, count), count, stocks
    return compact


def beginning(scenario: Scenario, scale: float, key: int, threads: int, until: int = FIRST_QUARTER) -> State:
    """State at the start of a quarter, 1 January 2022 or before: the same for all scenarios with equal parameters,
    so it is kept and shared.

    Do not change what is returned; take a copy.
    """
    name = (record_of(scenario).tobytes(), start_of(scenario).tobytes(), scale, key, until)
    with _lock:
        found = _kept.get(name)
        if found is not None:
            _kept.move_to_end(name)
            return found
    state = _build(scenario, scale, key, threads, until)
    with _lock:
        _kept[name] = state
        while len(_kept) > 1 and sum(_bytes(kept) for kept in _kept.values()) > KEPT_BYTES:
            _kept.popitem(last=False)
    return state


def _bytes(state: State) -> int:
    return state.people.cell.size * bytes_per_person() + sum(column.nbytes for column in state.employers)


assert len(MARKETS) == 4
