"""People and employers as columns: arrays of the smallest types that hold the values, one row per agent."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.positions import MARKETS

NOBODY: Final = -1
NO_GUARANTEE: Final = -(2**15)
PRACTICES: Final = ("part_time", "culture", "training")
"""What an employer can adopt, step by step, each between 0 and 1."""
PARENT_BIT: Final = 1
ORIGIN_SHIFT: Final = 1  # bits 1 and 2


class People(NamedTuple):
    """Columns of people; rows from `count` on are free."""

    identity: NDArray[np.uint32]
    """Who somebody is, for life and in every scenario: birth quarter and place in it, or arrival and place in it."""
    cell: NDArray[np.uint16]
    """Position, gender, background, level, diploma, wish and age group; see `sim.cells`."""
    beside: NDArray[Any]
    """What is read only for the few who may move, as records of BESIDE: one trip to memory for all of it."""

    def by_name(self) -> dict[str, NDArray[Any]]:
        """Every column under its name."""
        beside = {name: np.asarray(self.beside[name]) for name in BESIDE.names or ()}
        return {"identity": self.identity, "cell": self.cell, **beside}

    @property
    def employer(self) -> NDArray[np.int32]:
        """Row of the employer of a technician, -1 for anybody else."""
        return self.beside["employer"]

    @property
    def birth(self) -> NDArray[np.int16]:
        """Quarter of birth."""
        return self.beside["birth"]

    @property
    def since(self) -> NDArray[np.int16]:
        """Quarter in which the position last changed."""
        return self.beside["since"]

    @property
    def guarantee(self) -> NDArray[np.int16]:
        """Quarter in which a ten-year guarantee ends."""
        return self.beside["guarantee"]

    @property
    def wish(self) -> NDArray[np.uint8]:
        """Personal threshold of the wish to work part-time, in 256 steps."""
        return self.beside["wish"]

    @property
    def post(self) -> NDArray[np.uint8]:
        """How hard the present post is to do part-time, in 256 steps."""
        return self.beside["post"]

    @property
    def january(self) -> NDArray[np.uint8]:
        """Position and technical diploma (bit 5) on the last 1 January."""
        return self.beside["january"]

    @property
    def roots(self) -> NDArray[np.uint8]:
        """Parent in a technical occupation (bit 0), origin (bits 1 and 2)."""
        return self.beside["roots"]


class Employers(NamedTuple):
    """Columns of employers; arrays with a second axis have one column per market or practice."""

    sector: NDArray[np.uint8]
    size: NDArray[np.uint8]
    region: NDArray[np.uint8]
    wanted: NDArray[np.float64]
    """Technical posts wanted by market, before rounding; shape (employers, markets)."""
    luck: NDArray[np.float64]
    """Fixed rounding threshold by market."""
    posts: NDArray[np.int32]
    """Whole technical posts this quarter by market."""
    filled: NDArray[np.int32]
    """Technicians employed by market."""
    women: NDArray[np.int32]
    """Women among the technicians, by market."""
    open: NDArray[np.int32]
    """Posts that stand open, by market."""
    own: NDArray[np.float64]
    """Practices adopted by the employer itself; shape (employers, practices)."""
    practice: NDArray[np.float64]
    """Practices in effect, with what measures add."""
    reach: NDArray[np.float64]
    """Luck in being reached by a measure, by practice and, in the last column, by the guarantee."""
    guarantee: NDArray[np.uint8]
    """1 while the employer takes part in the ten-year guarantee."""
    pressure: NDArray[np.float64]
    minority: NDArray[np.float64]
    slack: NDArray[np.float64]
    first: NDArray[np.int32]
    """Start of each employer's neighbours in `neighbour`; length employers + 1."""
    neighbour: NDArray[np.int32]
    slots: NDArray[np.int32]
    """Employer of each technical post at the start, market after market: where seekers look."""
    slots_from: NDArray[np.int64]
    """Start of each market in `slots`; length markets + 1."""


BESIDE: Final = np.dtype(
    {
        "names": ["employer", "birth", "since", "guarantee", "wish", "post", "january", "roots"],
        "formats": ["i4", "i2", "i2", "i2", "u1", "u1", "u1", "u1"],
        "offsets": [0, 4, 6, 8, 10, 11, 12, 13],
        "itemsize": 16,
    }
)
"""Record of the columns of a person that lie side by side, 16 bytes."""


def people_columns(capacity: int) -> People:
    """Free rows for `capacity` people."""
    beside = np.zeros(capacity, BESIDE).view(np.recarray)
    return People(np.zeros(capacity, np.uint32), np.zeros(capacity, np.uint16), beside)


def copied_people(people: People, rows: NDArray[np.bool_] | slice, capacity: int) -> People:
    """A copy of some rows of people that shares nothing, with free rows up to `capacity`."""
    columns = []
    for column in people:
        plain = np.asarray(column).view(f"V{column.dtype.itemsize}")  # whole rows: NumPy copies records field by field
        chosen = plain[rows]
        copy = np.empty(capacity, plain.dtype)
        copy[: len(chosen)] = chosen
        columns.append(copy.view(column.dtype).view(type(column)))
    return People(*columns)


def bytes_per_person() -> int:
    """Memory of one row of people."""
    return BESIDE.itemsize + np.dtype(np.uint32).itemsize + np.dtype(np.uint16).itemsize


def employer_columns(count: int) -> Employers:
    """Rows for `count` employers, without neighbours and slots."""
    markets, practices = len(MARKETS), len(PRACTICES)
    return Employers(
        sector=np.zeros(count, np.uint8),
        size=np.zeros(count, np.uint8),
        region=np.zeros(count, np.uint8),
        wanted=np.zeros((count, markets)),
        luck=np.zeros((count, markets)),
        posts=np.zeros((count, markets), np.int32),
        filled=np.zeros((count, markets), np.int32),
        women=np.zeros((count, markets), np.int32),
        open=np.zeros((count, markets), np.int32),
        own=np.zeros((count, practices)),
        practice=np.zeros((count, practices)),
        reach=np.zeros((count, practices + 1)),
        guarantee=np.zeros(count, np.uint8),
        pressure=np.zeros(count),
        minority=np.zeros(count),
        slack=np.zeros(count),
        first=np.zeros(count + 1, np.int32),
        neighbour=np.zeros(0, np.int32),
        slots=np.zeros(0, np.int32),
        slots_from=np.zeros(markets + 1, np.int64),
    )
