"""The tables of a store: what of a run stands in each, from ledgers to columns and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from agents.positions import BACKGROUNDS, FACULTIES, FIELDS, GENDERS, LEVELS, MARKETS, POSITIONS, SECTORS
from sim import indicators
from sim.clock import QUARTERS_PER_YEAR, YEAR_ZERO
from sim.indicators import GROUPS_SHOWN
from sim.ledger import CLIMATE, TRANSITION_ENDS, Ledger

Columns = dict[str, NDArray[Any]]
_SIGNED: Final = np.int32


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    meaning: str
    words: tuple[str, ...] | None = None
    """Words that codes stand for; None for numbers."""


@dataclass(frozen=True)
class Table:
    """A tidy table with a row for each number that is not zero."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    take: Callable[[Ledger], Columns]
    """Its columns for a run; words as codes."""
    put: Callable[[Ledger, Mapping[str, NDArray[Any]]], None]
    """Write columns back into a blank ledger."""


_YEAR: Final = Column("year", "calendar year")
_QUARTER: Final = Column("quarter", "quarter of the year, 1 to 4")
_AGENTS: Final = Column("agents", "agents; people are agents times the scale of the run")
_GENDER: Final = Column("gender", "gender", GENDERS)
_DIPLOMA: Final = Column("diploma", "whether they hold a technical diploma", FIELDS)
_POSITION: Final = Column("position", "position in the career graph", POSITIONS)
_GROUP: Final = (
    _GENDER,
    Column("background", "migration background", BACKGROUNDS),
    Column("level", "level of school, study or diploma", LEVELS),
    _DIPLOMA,
)


def _when(quarter: NDArray[Any]) -> Columns:
    return {
        "year": (YEAR_ZERO + quarter // QUARTERS_PER_YEAR).astype(np.int16),
        "quarter": (quarter % QUARTERS_PER_YEAR + 1).astype(np.int8),
    }


def _quarter(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.int64]:
    years = columns["year"].astype(np.int64) - YEAR_ZERO
    return np.asarray(years * QUARTERS_PER_YEAR + columns["quarter"].astype(np.int64) - 1)


def _group(code: NDArray[Any]) -> Columns:
    """Columns of a group of the ledger: level x technical diploma x background x gender."""
    parts = (code & 1, code >> 1 & 1, code >> 3, code >> 2 & 1)
    return {column.name: part.astype(np.int8) for column, part in zip(_GROUP, parts, strict=True)}


def _group_code(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.int64]:
    gender, background, level, diploma = (columns[column.name].astype(np.int64) for column in _GROUP)
    return np.asarray(gender | background << 1 | diploma << 2 | level << 3)


def _flows(ledger: Ledger) -> Columns:
    row, code, group = np.nonzero(ledger.flows[: ledger.rows])
    ends = TRANSITION_ENDS[code].astype(np.int8)
    found = {**_when(row + ledger.first), "source": ends[:, 0], "target": ends[:, 1], **_group(group)}
    return {**found, "agents": ledger.flows[row, code, group]}


def _put_flows(ledger: Ledger, columns: Mapping[str, NDArray[Any]]) -> None:
    codes = np.full((len(POSITIONS), len(POSITIONS)), -1)
    codes[TRANSITION_ENDS[:, 0], TRANSITION_ENDS[:, 1]] = np.arange(len(TRANSITION_ENDS))
    code = codes[columns["source"], columns["target"]]
    ledger.flows[_quarter(columns) - ledger.first, code, _group_code(columns)] = columns["agents"]


def _stocks(ledger: Ledger) -> Columns:
    row, position, group = np.nonzero(ledger.stocks[: ledger.rows + 1])
    found = {**_when(row + ledger.first - 1), "position": position.astype(np.int8), **_group(group)}
    return {**found, "agents": ledger.stocks[row, position, group]}


def _put_stocks(ledger: Ledger, columns: Mapping[str, NDArray[Any]]) -> None:
    row = _quarter(columns) - ledger.first + 1
    ledger.stocks[row, columns["position"], _group_code(columns)] = columns["agents"]


def _posts(ledger: Ledger) -> Columns:
    row, market = np.nonzero((ledger.posts | ledger.vacancies)[: ledger.rows])
    found = {**_when(row + ledger.first), "market": market.astype(np.int8)}
    return {**found, "wanted": ledger.posts[row, market], "vacant": ledger.vacancies[row, market]}


def _put_posts(ledger: Ledger, columns: Mapping[str, NDArray[Any]]) -> None:
    at = _quarter(columns) - ledger.first, columns["market"]
    ledger.posts[at], ledger.vacancies[at] = columns["wanted"], columns["vacant"]


def _climate(ledger: Ledger) -> Columns:
    row, what = np.nonzero(ledger.climate[: ledger.rows])
    return {**_when(row + ledger.first), "quantity": what.astype(np.int8), "value": ledger.climate[row, what]}


def _put_climate(ledger: Ledger, columns: Mapping[str, NDArray[Any]]) -> None:
    ledger.climate[_quarter(columns) - ledger.first, columns["quantity"]] = columns["value"]


def _turned_away(ledger: Ledger) -> Columns:
    row, faculty = np.nonzero(ledger.turned_away[: ledger.rows])
    found = {**_when(row + ledger.first), "faculty": faculty.astype(np.int8)}
    return {**found, "agents": ledger.turned_away[row, faculty]}


def _put_turned_away(ledger: Ledger, columns: Mapping[str, NDArray[Any]]) -> None:
    ledger.turned_away[_quarter(columns) - ledger.first, columns["faculty"]] = columns["agents"]


def _by_year(name: str, parts: tuple[str, ...]) -> Callable[[Ledger], Columns]:
    """Columns of a part of the ledger that is kept by year; `parts` name its axes."""

    def take(ledger: Ledger) -> Columns:
        tables = getattr(ledger, name)
        where = [np.nonzero(table) for table in tables.values()]
        years = [np.full(len(at[0]), year, np.int16) for year, at in zip(tables, where, strict=True)]
        found = {"year": np.concatenate([np.zeros(0, np.int16), *years])}
        for axis, part in enumerate(parts):
            found[part] = np.concatenate([np.zeros(0, np.int8), *(at[axis].astype(np.int8) for at in where)])
        counts = (table[at] for table, at in zip(tables.values(), where, strict=True))
        return {**found, "agents": np.concatenate([np.zeros(0, _SIGNED), *counts])}

    return take


def _put_by_year(
    name: str, parts: tuple[str, ...], shape: tuple[int, ...]
) -> Callable[[Ledger, Mapping[str, NDArray[Any]]], None]:
    def put(ledger: Ledger, columns: Mapping[str, NDArray[Any]]) -> None:
        tables = getattr(ledger, name)
        for year in range(ledger.first // QUARTERS_PER_YEAR, (ledger.first + ledger.rows) // QUARTERS_PER_YEAR + 1):
            rows = columns["year"] == year + YEAR_ZERO
            if rows.any():
                tables[year + YEAR_ZERO] = np.zeros(shape, _SIGNED)
                tables[year + YEAR_ZERO][tuple(columns[part][rows] for part in parts)] = columns["agents"][rows]

    return put


_MOVES: Final = ("position_before", "diploma", "position", "gender")
_AGES: Final = ("position", "diploma", "gender", "age")
_STAFF: Final = ("sector", "gender")

LEDGER_TABLES: Final = (
    Table(
        "flows",
        "transitions in each quarter, by the group that the person belonged to before it",
        (_YEAR, _QUARTER, Column("source", "position left", POSITIONS), Column("target", "position reached", POSITIONS),
         *_GROUP, _AGENTS),
        _flows,
        _put_flows,
    ),
    Table("stocks", "people at the end of each quarter; the quarter before the first is the start",
          (_YEAR, _QUARTER, _POSITION, *_GROUP, _AGENTS), _stocks, _put_stocks),
    Table(
        "posts",
        "technical posts at the end of each quarter, in agents",
        (_YEAR, _QUARTER, Column("market", "level of the posts", MARKETS),
         Column("wanted", "posts that employers want"), Column("vacant", "posts that stand open after hiring")),
        _posts,
        _put_posts,
    ),
    Table("climate", "what all people share in a quarter",
          (_YEAR, _QUARTER, Column("quantity", "field of the climate", CLIMATE), Column("value", "its value")),
          _climate, _put_climate),
    Table("turned_away", "applicants for a technical study without a seat",
          (_YEAR, _QUARTER, Column("faculty", "faculty", FACULTIES), _AGENTS), _turned_away, _put_turned_away),
    Table(
        "year_moves",
        "people on 1 January of a year by their position then and a year before",
        (_YEAR, Column("position_before", "position a year before", POSITIONS), _DIPLOMA, _POSITION, _GENDER, _AGENTS),
        _by_year("two_point", _MOVES),
        _put_by_year("two_point", _MOVES, (len(POSITIONS), 2, len(POSITIONS), 2)),
    ),
    Table(
        "ages",
        "people on 1 January of a year by age",
        (_YEAR, _POSITION, _DIPLOMA, _GENDER, Column("age", "age in years"), _AGENTS),
        _by_year("ages", _AGES),
        _put_by_year("ages", _AGES, (len(POSITIONS), 2, 2, 80)),
    ),
    Table(
        "staff",
        "technicians on 1 January of a year by sector of their employer",
        (_YEAR, Column("sector", "sector of the employer", SECTORS), _GENDER, _AGENTS),
        _by_year("staff", _STAFF),
        _put_by_year("staff", _STAFF, (len(SECTORS), 2)),
    ),
)  # fmt: skip
"""A whole ledger; together they give it back to the last digit."""


def ledger_of(first: int, rows: int, scale: float, tables: Mapping[str, Mapping[str, NDArray[Any]]]) -> Ledger:
    """The ledger that some tables hold.

    Parameters
    ----------
    first, rows : first quarter and number of quarters
    tables : columns by table; words as codes
    """
    ledger = Ledger.blank(first, rows, scale)
    ledger.rows = rows
    for table in LEDGER_TABLES:
        table.put(ledger, tables[table.name])
    return ledger


def indicator_slices(
    runs: list[str], years: NDArray[np.int16], values: Sequence[NDArray[np.float64]]
) -> Iterator[pa.Table]:
    """The indicators of some runs, a table for each indicator, so that a reader of one need not read the others.

    Parameters
    ----------
    runs : their keys
    years : of the first axis of `values`
    values : of each run, in people; shape (years, keys)
    """
    shown = len(GROUPS_SHOWN)
    names = [indicator.name for indicator in indicators.all_indicators()]
    for place in range(len(names)):
        part = np.stack([one[:, place * shown : (place + 1) * shown] for one in values]).transpose(2, 0, 1)
        group, run, year = np.nonzero(~np.isnan(part))
        columns = {
            "run": coded(run, runs),
            "year": pa.array(years[year]),
            "indicator": coded(np.full(len(run), place), names),
            "group": coded(group, GROUPS_SHOWN),
            "value": pa.array(part[group, run, year]),
        }
        yield pa.table(columns)


def ledger_slice(table: Table, runs: list[str], found: list[Mapping[str, NDArray[Any]]]) -> pa.Table:
    """One table of some runs together.

    Parameters
    ----------
    found : columns of the table for each run; words as codes
    """
    lengths = [len(next(iter(columns.values()))) for columns in found]
    arrays: dict[str, Any] = {"run": coded(np.repeat(np.arange(len(runs)), lengths), runs)}
    for column in table.columns:
        whole = np.concatenate([columns[column.name] for columns in found])
        arrays[column.name] = pa.array(whole) if column.words is None else coded(whole, column.words)
    return pa.table(arrays)


def coded(codes: NDArray[Any], words: list[str] | tuple[str, ...]) -> pa.DictionaryArray:
    """A column of words, each stored once."""
    return pa.DictionaryArray.from_arrays(pa.array(np.asarray(codes, np.int32)), pa.array(list(words)))
