"""Readable views on the columns: `model.people[i]` and `model.employers[j]`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from agents import positions as words
from sim import career_graph
from sim.cells import level_of, migrant_of, position_of, technical_of, wish_of, woman_of
from sim.clock import QUARTERS_PER_YEAR, first_day
from sim.columns import NOBODY, ORIGIN_SHIFT, PARENT_BIT, PRACTICES


@dataclass(frozen=True)
class Passage:
    """One event in a career."""

    day: date
    """First day of the quarter in which it happened."""
    source: str
    target: str
    leak_point: int
    """Leak point 1 to 11, or 0."""


@dataclass(frozen=True)
class PersonView:
    """A person as they are now; students and workers are stages of one life."""

    row: int
    identity: int
    born: date
    age: int
    gender: str
    background: str
    level: str
    technical_diploma: bool
    position: str
    since: date
    wishes_part_time: bool
    works_part_time: bool
    parent_in_technology: bool
    origin: str
    employer: int | None
    guaranteed_until: date | None
    model: Any

    def history(self) -> list[Passage]:
        """Everything that happened to this person since 2022, in order."""
        graph = career_graph.load()
        passages = []
        for quarter, (rows, codes) in enumerate(self.model.events):
            for code in codes[rows == self.row]:
                edge = graph.transitions[int(code)]
                day = first_day(self.model.ledger.first + quarter)
                passages.append(Passage(day, edge.source, edge.target, edge.leak))
        return passages


class Student(PersonView):
    """Somebody at school or in a study."""


class Worker(PersonView):
    """Somebody on the labour market, or done with it."""


@dataclass(frozen=True)
class EmployerView:
    """An employer as it is now."""

    row: int
    sector: str
    size: str
    region: int
    posts: dict[str, int]
    filled: dict[str, int]
    women: int
    practices: dict[str, float]
    gives_guarantee: bool
    work_pressure: float


class PeopleViews:
    """People by row, made when asked for."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __len__(self) -> int:
        return int(self._model.state.count)

    def __iter__(self) -> Iterator[PersonView]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, row: int) -> PersonView:
        if not -len(self) <= row < len(self):
            raise IndexError(f"there are {len(self)} people, so no row {row}")
        row %= len(self)
        state = self._model.state
        people = state.people
        cell, beside = int(people.cell[row]), people.beside[row]
        roots = int(beside.roots)
        position = position_of.py_func(cell)  # type: ignore[attr-defined]
        employer = int(beside.employer)
        wish = bool(wish_of.py_func(cell))  # type: ignore[attr-defined]
        birth, until = int(beside.birth), int(beside.guarantee)
        allowed = True
        if employer != NOBODY:
            allowed = (beside.post + 0.5) / 256.0 < state.employers.practice[employer, 0]
        at_work = words.TECHNICIAN <= position <= words.OTHER_JOB
        kind = Student if words.SCHOOL <= position < words.GRADUATE else Worker
        return kind(
            row=row,
            identity=int(people.identity[row]),
            born=first_day(birth),
            age=(state.now - birth) // QUARTERS_PER_YEAR,
            gender=words.GENDERS[woman_of.py_func(cell)],  # type: ignore[attr-defined]
            background=words.BACKGROUNDS[migrant_of.py_func(cell)],  # type: ignore[attr-defined]
            level=words.LEVELS[level_of.py_func(cell)],  # type: ignore[attr-defined]
            technical_diploma=bool(technical_of.py_func(cell)),  # type: ignore[attr-defined]
            position=words.POSITIONS[position],
            since=first_day(int(beside.since)),
            wishes_part_time=wish,
            works_part_time=bool(wish and at_work and allowed),
            parent_in_technology=bool(roots & PARENT_BIT),
            origin=words.ORIGINS[(roots >> ORIGIN_SHIFT) & 3],
            employer=None if employer == NOBODY else employer,
            guaranteed_until=first_day(until) if until > state.now else None,
            model=self._model,
        )


class EmployerViews:
    """Employers by row, made when asked for."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __len__(self) -> int:
        return int(self._model.state.employers.sector.size)

    def __iter__(self) -> Iterator[EmployerView]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, row: int) -> EmployerView:
        if not -len(self) <= row < len(self):
            raise IndexError(f"there are {len(self)} employers, so no row {row}")
        row %= len(self)
        columns = self._model.state.employers
        return EmployerView(
            row=row,
            sector=words.SECTORS[columns.sector[row]],
            size=words.SIZES[columns.size[row]],
            region=int(columns.region[row]),
            posts=dict(zip(words.MARKETS, columns.posts[row].tolist(), strict=True)),
            filled=dict(zip(words.MARKETS, columns.filled[row].tolist(), strict=True)),
            women=int(columns.women[row].sum()),
            practices=dict(zip(PRACTICES, np.round(columns.practice[row], 6).tolist(), strict=True)),
            gives_guarantee=bool(columns.guarantee[row]),
            work_pressure=float(columns.pressure[row]),
        )
