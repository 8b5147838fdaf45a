"""People of a run on 1 January 2022 with the columns unpacked, and the kinds of people that are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.clock import FIRST_QUARTER
from sim.model import CareerModel

Column = NDArray[Any]

GENDERS, FIELDS, ORIGINS = ("men", "women"), ("other", "technical"), ("dutch", "migration", "international")
SCHOOLS, STUDIES = ("vmbo", "havo", "vwo"), ("mbo2", "mbo3", "mbo4", "hbo", "wo")
LEVELS = (*SCHOOLS, *STUDIES)
AGES = {
    "under_20": 0, "20-24": 20, "25-29": 25, "30-34": 30, "35-39": 35, "40-44": 40, "45-49": 45, "50-54": 50,
    "55-59": 55, "60-61": 60, "62-63": 62, "at_64": 64, "at_65": 65, "at_66": 66, "67-69": 67, "70+": 70,
}  # fmt: skip


@dataclass
class Start:
    """Columns of a run on 1 January 2022, unpacked."""

    position: Column
    woman: Column
    migrant: Column
    technical: Column
    level: Column
    origin: Column
    parent: Column
    birth: Column
    since: Column
    threshold: Column
    guarantee: Column
    in_sector: Column
    hard: Column
    """How hard the post is to do part-time, and then how much of it the employer allows."""
    allowed: Column

    @classmethod
    def of(cls, model: CareerModel) -> Start:
        people, rows = model.state.people, slice(0, model.state.count)
        cell, roots = people.cell[rows].astype(int), people.roots[rows].astype(int)
        employer = people.employer[rows].astype(int)
        sector, practice = model.state.employers.sector, model.state.employers.own[:, 0]
        return cls(
            position=cell & 31,
            woman=cell >> 5 & 1,
            migrant=cell >> 12 & 1,
            technical=cell >> 7 & 1,
            level=cell >> 13,
            origin=roots >> 1 & 3,
            parent=roots & 1,
            birth=people.birth[rows].astype(int),
            since=people.since[rows].astype(int),
            threshold=(people.wish[rows] + 0.5) / 256,
            guarantee=people.guarantee[rows].astype(int),
            in_sector=(employer >= 0) & (sector[employer] < 7),
            hard=(people.post[rows] + 0.5) / 256,
            allowed=np.where(employer >= 0, practice[employer], 1.0),
        )

    def only(self, rows: Column) -> Start:
        return Start(**{name: column[rows] for name, column in vars(self).items()})


def kinds_of(s: Start) -> dict[str, Column]:
    """Everybody, then the people by one trait at a time."""
    kinds = {"everybody": np.ones(s.birth.size, bool)}
    for name, trait in (("women", s.woman), ("migrant", s.migrant), ("technical", s.technical), ("parent", s.parent)):
        kinds |= {name: trait == 1, f"not {name}": trait == 0}
    kinds |= {f"origin {ORIGINS[code]}": s.origin == code for code in range(3)}
    kinds |= {f"level {LEVELS[code]}": s.level == code for code in range(8)}
    kinds |= {
        f"{GENDERS[woman]} {SCHOOLS[code]}": (s.woman == woman) & (s.level == code)
        for woman in range(2)
        for code in range(3)
    }
    ages = 2022 - 2000 - s.birth // 4
    kinds |= {f"from {low}": (ages >= low) & (ages < low + 15) for low in (20, 35, 50, 65)}
    return {
        **kinds,
        "wish": s.threshold < 0.3,
        "part-time post": s.hard < s.allowed,
        "guarantee": s.guarantee > FIRST_QUARTER,
        "no guarantee": s.guarantee <= FIRST_QUARTER,
    }
