"""What luck has in store: which people's draws are low enough to matter, known before a run that somebody waits for.

A draw has an address, so it is the same in every scenario. Runs of one seed can share what was worked out once: the
highest byte of everybody's draw of each quarter, with which nearly all people can be passed over.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.rule import rule, sweep
from sim.draws import RISK, words


class Foresight(NamedTuple):
    """The luck of the people of one run; others may have other people in the same rows."""

    first: int
    """First quarter."""
    identity: NDArray[np.uint32]
    """Who is in each row."""
    top: NDArray[np.uint8]
    """Highest byte of the draw that decides what happens to somebody in a quarter; shape (quarters, rows)."""


NOTHING: Final = Foresight(0, np.empty(0, np.uint32), np.empty((0, 0), np.uint8))


@rule
def top_of(key: int, identity: int, now: int) -> np.uint8:
    """Highest byte of a person's draw of a quarter."""
    x, _ = words(key, identity, now, RISK)
    return np.uint8(int(x) >> 24)


@sweep
def _look_ahead(key: int, first: int, identity: NDArray[np.uint32], top: NDArray[np.uint8]) -> None:
    for k in range(top.shape[0]):
        for i in range(identity.size):
            top[k, i] = top_of(key, identity[i], first + k)


def foresight_of(identity: NDArray[np.uint32], key: int, first: int, last: int) -> Foresight:
    """The luck of some people in the quarters from `first` up to and including `last`, a byte for each of both."""
    top = np.empty((last - first + 1, identity.size), np.uint8)
    _look_ahead(key, first, identity, top)
    return Foresight(first, identity, top)


@rule
def foreseen(foresight: Foresight, now: int, start: int, identity: NDArray[np.uint32]) -> bool:
    """Whether the luck in a quarter is known of all these people, in rows from `start` on."""
    k, end = now - foresight.first, start + identity.size
    if k < 0 or k >= foresight.top.shape[0] or end > foresight.identity.size:
        return False
    others = 0
    for j in range(identity.size):
        others |= foresight.identity[start + j] ^ identity[j]
    return others == 0
