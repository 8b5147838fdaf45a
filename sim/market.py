"""Matching: people who look for technical work meet open posts at their level."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Person
from agents.employer import meets, mismatch, rank
from agents.positions import RETRAINING
from agents.rule import rule
from sim.at import person_at
from sim.cells import level_of, market_of, position_of, wish_of
from sim.columns import NOBODY, Employers, People
from sim.draws import CONTACT, POST, unit, words

CONTACTS_LIMIT = 16
"""Contacts that the addresses of draws leave room for in a round; `contacts` may not be more."""


@rule
def slot(word: Any, number: int) -> int:
    """Place of a random word among a number of slots, all equally likely."""
    return int(word) * number >> 32


@rule
def offer(word: int) -> tuple[int, int]:
    """How hard the post offered is to do part-time, in 256 steps, and the luck in the order of applicants."""
    return int(word) >> 24, int(word) & 0xFFFFFF


@rule
def seek(
    i: int,
    now: int,
    key: int,
    rounds: int,
    tightness: float,
    people: People,
    employers: Employers,
    p: Any,
    visits: NDArray[np.uint32],
) -> tuple[int, int, int]:
    """Let one seeker visit employers in turn until one with an open post and they agree.

    Employers are drawn in proportion to their technical posts at the start, so that the same person visits the same
    employers in every scenario.

    Parameters
    ----------
    visits : room to work in, for CONTACTS_LIMIT random words

    Returns
    -------
    Employer (-1 for none), how hard the post is to do part-time in 256 steps, and the order among applicants.
    """
    cell = int(people.cell[i])
    market = market_of(level_of(cell))
    wish = wish_of(cell)
    identity = people.identity[i]
    low = employers.slots_from[market]
    number = employers.slots_from[market + 1] - low
    if number == 0:
        return NOBODY, 0, 0
    own = people.beside[i].employer
    contacts = min(int(p.contacts), CONTACTS_LIMIT)
    for pair in range((contacts + 1) >> 1):  # all at once, so that the processor draws them side by side
        a, b = words(key, identity, now, CONTACT + rounds * CONTACTS_LIMIT + 2 * pair)
        visits[2 * pair], visits[2 * pair + 1] = a, b
    for contact in range(contacts):
        visits[contact] = employers.slots[low + slot(visits[contact], number)]
    for contact in range(contacts):
        e = int(visits[contact])
        if employers.open[e, market] <= 0 or e == own:
            continue
        a, b = words(key, identity, now, POST + rounds * CONTACTS_LIMIT + contact)
        post, luck = offer(a)
        hours = mismatch(wish, post, employers.practice[e, 0])
        who: Person = person_at(i, now, people)
        if meets(unit(b), who, hours, employers.practice[e, 1], tightness, p):
            retrained = 1 if position_of(cell) == RETRAINING else 0
            return e, post, rank(who, retrained) << 32 | luck
    return NOBODY, 0, 0


UNDECIDED = -2
"""In place of an employer: this seeker has not been on the market yet."""


class Seekers(NamedTuple):
    """Who looks for technical work in a quarter, by market; columns have shape (markets, room for people)."""

    number: NDArray[np.int64]
    """How many there are; shape (markets,)."""
    who: NDArray[np.uint32]
    """Row of each."""
    employer: NDArray[np.int32]
    """First application as `seek` gives it, or UNDECIDED; the employer who hired in the end."""
    post: NDArray[np.uint8]
    """How hard the post applied for is to do part-time, in 256 steps."""
    order: NDArray[np.int64]
    """Order among the applicants."""
    hired: NDArray[np.uint8]
    """1 for who was hired."""
    after: NDArray[np.int32]
    """Next in the chain of applicants of an employer."""
    touched: NDArray[np.int32]
    """Employers with applicants, as many as there are."""
    head: NDArray[np.int32]
    """Chains of applicants while a market clears: -1 for each market and employer before and afterwards."""
    visits: NDArray[np.uint32]
    """Room for `seek`, by market."""


def room_for_seekers(size: int, employers: Employers) -> Seekers:
    """Room for up to `size` seekers, none so far."""
    count, markets = employers.open.shape
    return Seekers(
        np.zeros(markets, np.int64),
        np.empty((markets, size), np.uint32),
        np.empty((markets, size), np.int32),
        np.empty((markets, size), np.uint8),
        np.empty((markets, size), np.int64),
        np.empty((markets, size), np.uint8),
        np.empty((markets, size), np.int32),
        np.empty((markets, size), np.int32),
        np.full((markets, count), -1, np.int32),
        np.empty((markets, CONTACTS_LIMIT), np.uint32),
    )


@rule
def match(
    market: int,
    seekers: Seekers,
    now: int,
    key: int,
    tightness: float,
    people: People,
    employers: Employers,
    p: Any,
) -> None:
    """Match the seekers of a market to open posts, in a few rounds; the open posts are used up here.

    In a round every seeker still without a match applies to at most one employer; an employer with more applicants
    than open posts at a level takes the first in order.
    """
    who, employer, post, order = (
        seekers.who[market], seekers.employer[market], seekers.post[market], seekers.order[market]
    )  # fmt: skip
    after, touched, head, hired = (
        seekers.after[market], seekers.touched[market], seekers.head[market], seekers.hired[market]
    )  # fmt: skip
    count = seekers.number[market]
    for s in range(count):  # only to fetch: nothing waits for these reads, so the trips to memory go side by side
        i = who[s]
        after[s] = int(people.beside[i].employer) ^ int(people.cell[i]) ^ (int(people.identity[i]) & 1)
        hired[s] = 0
    for rounds in range(int(p.matching_rounds)):
        used = 0
        for s in range(count):
            if hired[s] == 1:
                continue
            if rounds > 0 or employer[s] == UNDECIDED:
                employer[s], post[s], order[s] = seek(
                    who[s], now, key, rounds, tightness, people, employers, p, seekers.visits[market]
                )
            e = employer[s]
            if e == NOBODY:
                continue
            if head[e] == -1:
                touched[used] = e
                used += 1
            after[s], head[e] = head[e], s
        for t in range(used):
            e = touched[t]
            while head[e] != -1:
                if employers.open[e, market] > 0:
                    best, before_best = _first(head[e], after, order, who, people)
                    if before_best == -1:
                        head[e] = after[best]
                    else:
                        after[before_best] = after[best]
                    hired[best] = 1
                    employers.open[e, market] -= 1
                else:
                    head[e] = -1


@rule
def _first(
    head: int,
    after: NDArray[np.int32],
    order: NDArray[np.int64],
    seekers: NDArray[np.uint32],
    people: People,
) -> tuple[int, int]:
    """First applicant in order from a chain, and the one before them in the chain; identity settles ties."""
    best, before_best = head, -1
    previous, s = head, after[head]
    while s != -1:
        same = order[s] == order[best]
        if order[s] < order[best] or (same and people.identity[seekers[s]] < people.identity[seekers[best]]):
            best, before_best = s, previous
        previous, s = s, after[s]
    return best, before_best
