"""Hiring: a market clears, and who was hired starts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.employer import guarantee_until
from agents.positions import ABROAD, SEEKING, TECHNICAL_SECTORS, TECHNICIAN
from agents.rule import kernel, rule, sweep
from sim.cells import level_of, market_of, moved, position_of, woman_of
from sim.columns import NOBODY, Employers, People
from sim.lived import Lived
from sim.market import Seekers, match
from sim.persons import enter, is_technician
from sim.turns import take_turn


class Entered(NamedTuple):
    """Events in the order in which they were entered in the ledger, in parts that threads need not share."""

    number: NDArray[np.int64]
    """How many there are; shape (parts,)."""
    who: NDArray[np.uint32]
    """Row of the person; shape (parts, room)."""
    code: NDArray[np.int16]
    """Transition."""
    broken: NDArray[np.int64]
    """1 where the career graph does not allow a transition; shape (parts,)."""


def room_for_events(size: int, parts: int) -> Entered:
    """Room for up to `size` events in each part, none so far."""
    return Entered(
        np.zeros(parts, np.int64),
        np.empty((parts, size), np.uint32),
        np.empty((parts, size), np.int16),
        np.zeros(parts, np.int64),
    )


@rule
def note(part: int, who: int, code: int, entered: Entered) -> None:
    """Add an event to a part of the list."""
    n = entered.number[part]
    entered.who[part, n], entered.code[part, n] = who, code
    entered.number[part] = n + 1
    entered.broken[part] |= code < 0


@rule
def leave_employer(i: int, before: int, people: People, employers: Employers) -> None:
    """Take somebody off the books of their employer."""
    e, market = people.beside[i].employer, market_of(level_of(before))
    employers.filled[e, market] -= 1
    employers.women[e, market] -= woman_of(before)
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
    market = market_of(level_of(cell))
    employers.filled[e, market] += 1
    employers.women[e, market] += woman_of(cell)
    people.beside[i].employer = e
    people.beside[i].post = post
    people.cell[i] = new
    people.beside[i].since = now
    if entrant and employers.guarantee[e] == 1 and people.beside[i].guarantee <= now:
        people.beside[i].guarantee = guarantee_until(now, p)
    return new


@sweep
def hire(
    market: int,
    part: int,
    seekers: Seekers,
    entered: Entered,
    now: int,
    key: int,
    climate: Climate,
    people: People,
    employers: Employers,
    params: Any,
    codes: NDArray[np.int16],
    flows: NDArray[np.int32],
    stocks: NDArray[np.int32],
) -> None:
    """Match the seekers of one market to its posts and enter who starts; markets do not touch each other.

    Parameters
    ----------
    part : part of the list of events to use
    """
    p = params[0]
    match(market, seekers, now, key, climate.tightness, people, employers, p)
    for s in range(seekers.number[market]):
        i = seekers.who[market, s]
        cell = int(people.cell[i])
        if seekers.hired[market, s] == 1:
            moving = is_technician(cell)
            if moving:
                leave_employer(i, cell, people, employers)
            new = join_employer(
                i, seekers.employer[market, s], seekers.post[market, s], now, not moving, people, employers, p
            )
        elif position_of(cell) == ABROAD:
            new = moved(cell, SEEKING)
            people.cell[i] = new
            people.beside[i].since = now
        else:
            continue
        note(part, i, enter(cell, new, codes, flows, stocks), entered)


@kernel
def hire_in_turn(
    turns: NDArray[np.int64],
    thread: int,
    seekers: Seekers,
    entered: Entered,
    now: int,
    key: int,
    climate: Climate,
    people: People,
    employers: Employers,
    params: Any,
    codes: NDArray[np.int16],
    lived: Lived,
) -> None:
    """Let one market after the other clear.

    Parameters
    ----------
    turns : counter of markets that all threads share, see `sim.turns.take_turn`
    lived : has the counts of each thread
    """
    while True:
        market = take_turn(turns)
        if market >= seekers.number.size:
            return
        hire(
            market, market + 1, seekers, entered, now, key, climate, people, employers, params, codes,
            lived.flows[thread], lived.change[thread],
        )  # fmt: skip
