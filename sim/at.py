"""Circumstances as the rules want them, read from the columns."""

from __future__ import annotations

from typing import Any

from agents.circumstances import Person, Workplace
from agents.employer import mismatch, trains
from agents.rule import rule
from sim.cells import age_of, level_of, migrant_of, technical_of, wish_of, woman_of
from sim.columns import ORIGIN_SHIFT, PARENT_BIT, Employers, People


@rule
def person_at(i: int, now: int, people: People) -> Person:
    """Circumstances of the person in row `i` at the start of quarter `now`."""
    cell = int(people.cell[i])
    roots = int(people.beside[i].roots)
    return Person(
        woman_of(cell),
        migrant_of(cell),
        (roots >> ORIGIN_SHIFT) & 3,
        level_of(cell),
        technical_of(cell),
        age_of(cell),
        wish_of(cell),
        roots & PARENT_BIT,
        1 if people.beside[i].guarantee > now else 0,
        now - people.beside[i].since,
    )


@rule
def workplace_at(i: int, e: int, wish: int, people: People, employers: Employers, p: Any) -> Workplace:
    """What employer `e` is like for the person in row `i`."""
    pressure = employers.pressure[e]
    return Workplace(
        mismatch(wish, people.beside[i].post, employers.practice[e, 0]),
        employers.practice[e, 1],
        trains(employers.practice[e, 2], pressure, p),
        pressure,
        employers.minority[e],
        employers.slack[e],
    )
