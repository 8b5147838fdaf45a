"""The ledger: every transition and every stock of a run, from which all results are computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.positions import (
    MANAGER,
    MARKETS,
    OTHER_JOB,
    POSITIONS,
    RETRAINING,
    TECHNICIAN,
    TECHNICIAN_OTHER_SECTOR,
)
from agents.rule import kernel
from sim import career_graph
from sim.cells import GROUPS
from sim.clock import first_day

TRANSITIONS: Final = len(career_graph.load().transitions)
TRANSITION_CODES: Final = career_graph.load().codes
TRANSITION_ENDS: Final = career_graph.load().ends
AGE_YEARS: Final = 80
CLIMATE: Final = Climate._fields


@cache
def drawn_from_other_work() -> NDArray[np.int64]:
    """What each transition adds to the people that technical work draws from other work: -1, 0 or 1.

    Retraining counts when somebody gives up other work for it.
    """
    signs = np.zeros(TRANSITIONS, np.int64)
    for edge in career_graph.load().transitions:
        source, target = POSITIONS.index(edge.source), POSITIONS.index(edge.target)
        if MANAGER <= source <= OTHER_JOB:
            signs[edge.code] = int(target in (TECHNICIAN, TECHNICIAN_OTHER_SECTOR, RETRAINING))
        elif source in (TECHNICIAN, TECHNICIAN_OTHER_SECTOR) and MANAGER <= target <= OTHER_JOB:
            signs[edge.code] = -1
    return signs


@kernel
def out_of_balance(
    flows: NDArray[np.int32], ends: NDArray[Any], before: NDArray[np.int32], after: NDArray[np.int32]
) -> int:
    """First position whose stock does not change by exactly the flows in and out; -1 if there is none.

    Parameters
    ----------
    flows : events of a quarter; shape (transitions, groups)
    ends : position where each transition starts and ends; shape (transitions, 2)
    before, after : stocks; shape (positions, groups)
    """
    change = np.zeros(before.shape[0], np.int64)
    for transition in range(flows.shape[0]):
        events = np.int64(0)
        for group in range(flows.shape[1]):
            events += flows[transition, group]
        change[ends[transition, 0]] -= events
        change[ends[transition, 1]] += events
    for position in range(before.shape[0]):
        found = np.int64(0)
        for group in range(before.shape[1]):
            found += after[position, group] - before[position, group]
        if found != change[position]:
            return position
    return -1


class LedgerError(RuntimeError):
    """Somebody was lost or made: stocks and flows of a quarter do not balance."""


class Pages(NamedTuple):
    """The tables of a ledger with a row for each quarter."""

    flows: NDArray[np.int32]
    stocks: NDArray[np.int32]
    vacancies: NDArray[np.int32]
    posts: NDArray[np.int32]
    climate: NDArray[np.float64]
    turned_away: NDArray[np.int32]


@dataclass
class Ledger:
    """What happened in each quarter of a run, in agents; a quarter is a row.

    A group is level x technical diploma x migration background x woman, see `sim.cells.group_of`. A transition is
    counted for the group that the person belonged to before it; a stock is counted at the end of the quarter.
    """

    first: int
    """Quarter of the first row of flows."""
    scale: float
    """People for each agent."""
    flows: NDArray[np.int32]
    """Transitions; shape (quarters, transitions, groups)."""
    stocks: NDArray[np.int32]
    """People at the end of each quarter, the start first; shape (quarters + 1, positions, groups)."""
    vacancies: NDArray[np.int32]
    """Open technical posts after hiring, by market; shape (quarters, markets)."""
    posts: NDArray[np.int32]
    """Technical posts wanted, by market; shape (quarters, markets)."""
    climate: NDArray[np.float64]
    """Climate of the quarter, in the order of CLIMATE; shape (quarters, climate)."""
    turned_away: NDArray[np.int32]
    """Applicants for a technical study without a seat, by faculty; shape (quarters, faculties)."""
    two_point: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    """By year: people on 1 January by position and diploma a year before, position now and gender;
    shape (positions, 2, positions, 2)."""
    ages: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    """By year: people on 1 January by position, diploma, gender and age in years; shape (positions, 2, 2, 80)."""
    staff: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    """By year: technicians on 1 January by sector of the employer and gender; shape (sectors, 2)."""
    rows: int = 0
    """Quarters recorded so far."""

    @classmethod
    def blank(cls, first: int, quarters: int, scale: float) -> Ledger:
        """A ledger with room for a number of quarters."""
        return cls(
            first=first,
            scale=scale,
            flows=np.zeros((quarters, TRANSITIONS, GROUPS), np.int32),
            stocks=np.zeros((quarters + 1, len(POSITIONS), GROUPS), np.int32),
            vacancies=np.zeros((quarters, len(MARKETS)), np.int32),
            posts=np.zeros((quarters, len(MARKETS)), np.int32),
            climate=np.zeros((quarters, len(CLIMATE))),
            turned_away=np.zeros((quarters, 3), np.int32),
        )

    @property
    def pages(self) -> Pages:
        """The tables themselves, as compiled code takes them."""
        return Pages(*(getattr(self, name) for name in Pages._fields))

    def take_over(self, past: Ledger) -> None:
        """Begin with all that another ledger of the same first quarter has recorded so far."""
        rows = past.rows
        for name in ("flows", "vacancies", "posts", "climate", "turned_away"):
            getattr(self, name)[:rows] = getattr(past, name)[:rows]
        self.stocks[: rows + 1] = past.stocks[: rows + 1]
        self.two_point, self.ages, self.staff = dict(past.two_point), dict(past.ages), dict(past.staff)
        self.rows = rows

    def check(self, row: int) -> None:
        """Raise LedgerError unless the stocks of a quarter follow from those before and its flows, exactly."""
        place = out_of_balance(self.flows[row], TRANSITION_ENDS, self.stocks[row], self.stocks[row + 1])
        if place >= 0:
            raise LedgerError(f"{first_day(self.first + row)}: stock and flows of {POSITIONS[place]} do not balance")

    def equal(self, other: Ledger) -> bool:
        """Whether two ledgers agree in every number, to the last bit."""
        tables = ("two_point", "ages", "staff")
        return (
            (self.first, self.scale, self.rows) == (other.first, other.scale, other.rows)
            and all(np.array_equal(getattr(self, name), getattr(other, name)) for name in Pages._fields)
            and all(
                getattr(self, name).keys() == getattr(other, name).keys()
                and all(np.array_equal(v, getattr(other, name)[k]) for k, v in getattr(self, name).items())
                for name in tables
            )
        )
