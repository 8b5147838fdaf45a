"""A ledger filled by hand, and what a case says of a measure: the days it needs, and a filling with its value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.positions import LEVELS, POSITIONS
from sim import career_graph
from sim.clock import quarter_of
from sim.ledger import Ledger

SCALE = 10.0
TOO_MANY = 1000
END = date(2025, 4, 1)
GRAPH = career_graph.load()
WOMAN = {"men": 0, "women": 1}

TECHNICIANS = ("technician_technical_sector", "technician_other_sector")
OTHERS_AT_WORK = ("manager", "other_job_technical_sector", "other_job")
AT_WORK = TECHNICIANS + OTHERS_AT_WORK
INSIDE = ("technician_technical_sector", "manager", "other_job_technical_sector")
OUTSIDE = ("technician_other_sector", "other_job")
JOBLESS = ("graduate", "seeking", "retraining")
NOT_AT_WORK = tuple(name for name in POSITIONS if name not in AT_WORK)
LEAVERS = ("school_technical", "school_other")
MBO = ("mbo2", "mbo3", "mbo4")
TECHNICAL_STUDIES = tuple(f"study_{level}_technical" for level in (*MBO, "hbo", "wo"))
OTHER_STUDIES = tuple(f"study_{level}_other" for level in (*MBO, "hbo", "wo"))
MBO_TECHNICAL, MBO_OTHER = TECHNICAL_STUDIES[:3], OTHER_STUDIES[:3]
HIGHER_TECHNICAL = TECHNICAL_STUDIES[3:]


def row(year: int, quarter: int = 1) -> int:
    return 4 * (year - 2012) + quarter - 1


def groups(
    levels: Iterable[str] = LEVELS,
    technical: Iterable[int] = (0, 1),
    background: Iterable[int] = (0, 1),
    woman: Iterable[int] = (0, 1),
) -> list[int]:
    """Columns of the ledger: level x technical diploma x migration background x woman."""
    parts = product((LEVELS.index(name) for name in levels), technical, background, woman)
    return [8 * level + 4 * diploma + 2 * migrant + gender for level, diploma, migrant, gender in parts]


def named(names: str | Sequence[str]) -> list[int]:
    return [POSITIONS.index(name) for name in ([names] if isinstance(names, str) else names)]


class Book:
    """A ledger of 2012 to 2025 Q1 in which all that a case does not put in itself is far too many."""

    def __init__(self) -> None:
        ledger = Ledger.blank(quarter_of(date(2012, 1, 1)), 53, SCALE)
        for table in (ledger.flows, ledger.stocks, ledger.vacancies, ledger.posts):
            table[:] = TOO_MANY
        for year in range(2012, 2026):
            ledger.two_point[year] = np.full((25, 2, 25, 2), TOO_MANY, np.int32)
            ledger.ages[year] = np.full((25, 2, 2, 80), TOO_MANY, np.int32)
            ledger.staff[year] = np.full((8, 2), TOO_MANY, np.int32)
        ledger.rows = 53
        self.ledger, self.turn = ledger, 0

    def put(self, tables: Sequence[NDArray[Any]], places: Sequence[Sequence[int]], total: int) -> None:
        """Share out a total unevenly: one to each place in the first and last table, the rest to one place.

        The tables in between get nothing. The rest goes to the first and to the last place by turns, so that leaving
        out some of the places changes every share.
        """
        block = np.zeros((len(tables), *map(len, places)), np.int32)
        if total:
            block[0] = block[-1] = 1
            rest = total - int(block.sum())
            assert rest > 0, f"{total} is too few for {block[0].size} places"
            block.flat[-self.turn] += rest
            self.turn = 1 - self.turn
        for table, part in zip(tables, block, strict=True):
            table[np.ix_(*places)] = part

    def stock(self, names: str | Sequence[str], total: int, *years: int, **who: Any) -> None:
        self.put([self.ledger.stocks[row(year)] for year in years], (named(names), groups(**who)), total)

    def flow(
        self, sources: str | Sequence[str], targets: str | Sequence[str], total: int, first: int, last: int, **who: Any
    ) -> None:
        """Transitions from the first quarter of a year up to and including the last quarter of another."""
        ends = [POSITIONS[source] for source in named(sources)], [POSITIONS[target] for target in named(targets)]
        edges = [GRAPH.between(*pair).code for pair in product(*ends) if GRAPH.graph.has_edge(*pair)]
        tables = [self.ledger.flows[at] for at in range(row(first), row(last, 4) + 1)]
        self.put(tables, (edges, groups(**who)), total)

    def over_window(self, sources: str | Sequence[str], targets: str | Sequence[str], total: int, **who: Any) -> None:
        self.flow(sources, targets, total, 2017, 2022, **who)

    def moves(
        self, sources: Sequence[str], targets: Sequence[str], total: int, gender: str | None = None, diploma: int = 1
    ) -> None:
        """People by position on 1 January of 2017 to 2022 and a year later."""
        genders = [0, 1] if gender is None else [WOMAN[gender]]
        tables = [self.ledger.two_point[year] for year in range(2018, 2024)]
        self.put(tables, (named(sources), [diploma], named(targets), genders), total)

    def aged(
        self,
        names: Sequence[str],
        year: int,
        total: int,
        low: int,
        high: int,
        technical: Sequence[int] = (0, 1),
        woman: Sequence[int] = (0, 1),
    ) -> None:
        """People from one age up to and including another."""
        self.put([self.ledger.ages[year]], (named(names), technical, woman, range(low, high + 1)), total)


class Case(NamedTuple):
    """What a measure needs to be recorded, and a filling with the value that it gives."""

    since: date
    until: date
    fill: Callable[[Book], float]


def on_1_january(year: int, fill: Callable[[Book], float]) -> Case:
    return Case(date(year, 1, 1), date(year, 1, 1), fill)


def counted_on_1_january(year: int, fill: Callable[[Book], float]) -> Case:
    """Ages and staff are counted in the course of the first quarter."""
    return Case(date(year, 1, 1), date(year, 4, 1), fill)


def between_januaries(fill: Callable[[Book], float]) -> Case:
    return Case(date(2017, 1, 1), date(2023, 4, 1), fill)


def from_to(first: int, last: int, fill: Callable[[Book], float]) -> Case:
    return Case(date(first, 1, 1), date(last + 1, 1, 1), fill)


def window(fill: Callable[[Book], float]) -> Case:
    return from_to(2017, 2022, fill)


def for_both(name: str, kind: Callable[..., Case], fill: Callable[..., float], *place: Any, **how: Any) -> Any:
    return {f"{name}_{gender}": kind(*place, partial(fill, gender=gender, **how)) for gender in ("women", "men")}
