"""What people did in a quarter, as told by the threads that went through them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.positions import POSITIONS
from agents.rule import sweep
from sim.cells import GROUPS
from sim.ledger import TRANSITIONS

EVENTS, ASKING, LEAVING, BROKEN = range(4)
"""Columns of `Lived.counts`."""


class Lived(NamedTuple):
    """What people did in a quarter. Each of several stretches of people has its own part of every list: that from the
    number of its first row on, or twice that for events. How many stand there is told in `counts`.
    """

    event_who: NDArray[np.uint32]
    """Row of the person of each event, in the order of the rows."""
    event_code: NDArray[np.int16]
    """Transition of each event."""
    ask_who: NDArray[np.uint32]
    """Row of each person who looks for technical work or applies for a technical study."""
    ask_what: NDArray[np.int16]
    """SEARCH, or APPLY - k for the study of level k."""
    ask_employer: NDArray[np.int32]
    """For who looks for work, the employer applied to in the first round, or -1; see `sim.market.seek`."""
    ask_post: NDArray[np.uint8]
    """How hard the post applied for is to do part-time, in 256 steps."""
    ask_order: NDArray[np.int64]
    """Order among the applicants."""
    left_who: NDArray[np.uint32]
    """Row of each technician who left technical work; their employers are not told here."""
    left_cell: NDArray[np.uint16]
    """Their cell before."""
    flows: NDArray[np.int32]
    """Events by transition and group before; shape (threads, transitions, groups)."""
    change: NDArray[np.int32]
    """Change of the stocks by position and group; shape (threads, positions, groups)."""
    counts: NDArray[np.int64]
    """Events, questions, leavers, and 1 if somebody made a transition that the career graph does not allow;
    shape (stretches, 4)."""


def room_for_lives(people: int, stretches: int, threads: int) -> Lived:
    """Room for what a number of people do in a quarter; nobody has more than two events: a diploma and a job."""
    return Lived(
        np.empty(2 * people, np.uint32),
        np.empty(2 * people, np.int16),
        np.empty(people, np.uint32),
        np.empty(people, np.int16),
        np.empty(people, np.int32),
        np.empty(people, np.uint8),
        np.empty(people, np.int64),
        np.empty(people, np.uint32),
        np.empty(people, np.uint16),
        np.zeros((threads, TRANSITIONS, GROUPS), np.int32),
        np.zeros((threads, len(POSITIONS), GROUPS), np.int32),
        np.zeros((stretches, BROKEN + 1), np.int64),
    )


@sweep
def hand_over(lived: Lived, flows: NDArray[np.int32], stocks: NDArray[np.int32]) -> None:
    """Add the counts of all threads to those of the ledger, and begin to count anew."""
    for thread in range(lived.flows.shape[0]):
        for transition in range(flows.shape[0]):
            for group in range(flows.shape[1]):
                flows[transition, group] += lived.flows[thread, transition, group]
                lived.flows[thread, transition, group] = 0
        for position in range(stocks.shape[0]):
            for group in range(stocks.shape[1]):
                stocks[position, group] += lived.change[thread, position, group]
                lived.change[thread, position, group] = 0
