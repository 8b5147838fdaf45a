"""Matching: people who look for technical work meet open posts at their level."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Person
from agents.employer import allows_part_time, meets, rank
from agents.positions import RETRAINING
from agents.rule import rule
from sim.cells import level_of, market_of, position_of, wish_of
from sim.columns import NOBODY, Employers, People
from sim.draws import CONTACT, POST, unit, words
from sim.persons import person_at

CONTACTS_LIMIT = 16
"""Contacts that the addresses of draws leave room for in a round; `contacts` may not be more."""


@rule
def seek(
    i: int, now: int, key: int, rounds: int, tightness: float, people: People, employers: Employers, p: Any
) -> tuple[int, int, int]:
    """Let one seeker visit employers in turn until one with an open post and they agree.

    Employers are drawn in proportion to their technical posts at the start, so that the same person visits the same
    employers in every scenario.

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
    own = people.employer[i]
    spare = np.uint64(0)
    for contact in range(int(p.contacts)):
        address = rounds * CONTACTS_LIMIT + contact
        word = spare
        if contact % 2 == 0:
            word, spare = words(key, identity, now, CONTACT + address)
        e = employers.slots[low + (int(word) * number >> 32)]
        if employers.open[e, market] <= 0 or e == own:
            continue
        a, b = words(key, identity, now, POST + address)
        post = int(a) >> 24
        mismatch = 1 if wish == 1 and not allows_part_time((post + 0.5) / 256.0, employers.practice[e, 0]) else 0
        who: Person = person_at(i, now, people)
        if meets(unit(b), who, mismatch, employers.practice[e, 1], tightness, p):
            retrained = 1 if position_of(cell) == RETRAINING else 0
            return int(e), post, rank(who, retrained) << 32 | (int(a) & 0xFFFFFF)
    return NOBODY, 0, 0


@rule
def match(
    seekers: NDArray[np.uint32],
    count: int,
    now: int,
    key: int,
    tightness: float,
    people: People,
    employers: Employers,
    p: Any,
    hired_by: NDArray[np.int32],
    hired_post: NDArray[np.uint8],
) -> None:
    """Match the first `count` seekers to open posts, in a few rounds; the open posts are used up here.

    In a round every seeker still without a match applies to at most one employer; an employer with more applicants
    than open posts at a level takes the first in order. `hired_by` gets the employer of each seeker or -1.
    """
    markets = employers.open.shape[1]
    head = np.full(employers.open.size, -1, np.int32)
    after = np.empty(count, np.int32)
    order = np.empty(count, np.int64)
    post = np.empty(count, np.uint8)
    touched = np.empty(count, np.int32)
    hired_by[:count] = NOBODY
    for rounds in range(int(p.matching_rounds)):
        used = 0
        for s in range(count):
            if hired_by[s] != NOBODY:
                continue
            i = seekers[s]
            e, hard, place = seek(i, now, key, rounds, tightness, people, employers, p)
            if e == NOBODY:
                continue
            at = e * markets + market_of(level_of(int(people.cell[i])))
            if head[at] == -1:
                touched[used] = at
                used += 1
            after[s], head[at] = head[at], s
            order[s], post[s] = place, hard
        for t in range(used):
            at = touched[t]
            e, market = at // markets, at % markets
            while head[at] != -1:
                if employers.open[e, market] > 0:
                    best, before_best = _first(head[at], after, order, seekers, people)
                    if before_best == -1:
                        head[at] = after[best]
                    else:
                        after[before_best] = after[best]
                    hired_by[best], hired_post[best] = e, post[best]
                    employers.open[e, market] -= 1
                else:
                    head[at] = -1


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
