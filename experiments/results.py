"""Results as tidy Parquet tables: one row for each number, people rather than agents, and words rather than codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from agents.positions import BACKGROUNDS, FIELDS, GENDERS, LEVELS, POSITIONS
from experiments.comparison import Comparison, interval
from experiments.outcomes import Outcome, components
from sim import career_graph, indicators
from sim.clock import QUARTERS_PER_YEAR
from sim.indicators import GROUPS_SHOWN


def _words(codes: NDArray[Any] | Sequence[int], names: Sequence[str]) -> Any:
    """A column of words, each stored once."""
    kind = np.int16 if len(names) > 127 else np.int8
    return pa.DictionaryArray.from_arrays(pa.array(np.asarray(codes, kind)), pa.array(list(names)))


def _groups(codes: NDArray[Any]) -> dict[str, Any]:
    """Columns of a group of the ledger: level x technical diploma x background x gender."""
    return {
        "gender": _words(codes & 1, GENDERS),
        "background": _words(codes >> 1 & 1, BACKGROUNDS),
        "level": _words(codes >> 3, LEVELS),
        "diploma": _words(codes >> 2 & 1, FIELDS),
    }


def _ways() -> tuple[list[str], NDArray[np.int8]]:
    """Ways in (the first for none), and that of each transition without and with a technical diploma."""
    graph = career_graph.load()
    names = ["", *graph.ways_in]
    table = [[names.index(way) for way in edge.ways_in] for edge in graph.transitions]
    return names, np.array(table, np.int8)


class Tables:
    """Tables of flows, stocks and indicators of all runs, written replicate by replicate so that memory stays small.

    Parameters
    ----------
    folder : where `flows.parquet`, `stocks.parquet` and `indicators.parquet` are written
    scenarios : ids, in the order of the outcomes of a replicate
    """

    def __init__(self, folder: Path, scenarios: Sequence[str]) -> None:
        self._folder = folder
        self._scenarios = list(scenarios)
        self._writers: dict[str, Any] = {}
        graph = career_graph.load()
        self._leaks = np.array([edge.leak for edge in graph.transitions], np.int8)
        self._ends = graph.ends
        self._way_names, self._ways = _ways()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish the files; nothing can be added after that."""
        for writer in self._writers.values():
            writer.close()

    def add(self, replicate: int, outcomes: Sequence[Outcome]) -> None:
        """Write one replicate: the outcome of every scenario."""
        for name, rows in (
            ("flows", [self._flows(outcome) for outcome in outcomes]),
            ("stocks", [self._stocks(outcome) for outcome in outcomes]),
            ("indicators", [_indicators(outcome) for outcome in outcomes]),
        ):
            lengths = [len(part["year"]) for part in rows]
            columns = {
                "scenario": _words(np.repeat(np.arange(len(rows)), lengths), self._scenarios),
                "replicate": pa.array(np.full(sum(lengths), replicate, np.int16)),
            }
            for column in rows[0]:
                columns[column] = pa.chunked_array([part[column] for part in rows])
            self._write(name, pa.table(columns))

    def _write(self, name: str, table: Any) -> None:
        if name not in self._writers:
            file = self._folder / f"{name}.parquet"
            self._writers[name] = pq.ParquetWriter(file, table.schema, compression="zstd")
        self._writers[name].write_table(table)

    def _flows(self, outcome: Outcome) -> dict[str, Any]:
        """Flows of a run by year: rows for which somebody moved."""
        year, code, group = np.nonzero(outcome.flows)
        diploma = group >> 2 & 1
        return {
            "year": pa.array(np.asarray(outcome.years, np.int16)[year]),
            "source": _words(self._ends[code, 0], POSITIONS),
            "target": _words(self._ends[code, 1], POSITIONS),
            **_groups(group),
            "leak_point": pa.array(self._leaks[code]),
            "way_in": _words(self._ways[code, diploma], self._way_names),
            "people": pa.array(outcome.flows[year, code, group] * outcome.scale),
        }

    def _stocks(self, outcome: Outcome) -> dict[str, Any]:
        """Stocks of a run on 31 December of each year, and of the year before the first."""
        day, position, group = np.nonzero(outcome.stocks)
        years = np.asarray((outcome.years[0] - 1, *outcome.years), np.int16)
        return {
            "year": pa.array(years[day]),
            "position": _words(position, POSITIONS),
            **_groups(group),
            "people": pa.array(outcome.stocks[day, position, group] * outcome.scale),
        }


def _indicators(outcome: Outcome) -> dict[str, Any]:
    """Every indicator of a run by year and group."""
    names = [indicator.name for indicator in indicators.all_indicators()]
    year, key = np.nonzero(~np.isnan(outcome.indicators))
    return {
        "year": pa.array(np.asarray(outcome.years, np.int16)[year]),
        "indicator": _words(key // len(GROUPS_SHOWN), names),
        "group": _words(key % len(GROUPS_SHOWN), GROUPS_SHOWN),
        "value": pa.array(outcome.indicators[year, key]),
    }


def difference_records(comparison: Comparison) -> list[dict[str, Any]]:
    """Every difference with the baseline: scenario, year, indicator, group, difference, low, high, baseline."""
    base = comparison.values(comparison.ids[0]).mean(axis=0)
    keys = indicators.keys()
    records = []
    for scenario in comparison.others:
        mean, low, high = comparison.estimates(scenario)
        for row, year in enumerate(comparison.years):
            for column, (indicator, group) in enumerate(keys):
                if np.isnan(mean[row, column]):
                    continue
                records.append(
                    {
                        "scenario": scenario,
                        "year": year,
                        "indicator": indicator,
                        "group": group,
                        "difference": float(mean[row, column]),
                        "low": float(low[row, column]),
                        "high": float(high[row, column]),
                        "baseline": float(base[row, column]),
                    }
                )
    return records


def decomposition_records(comparison: Comparison) -> list[dict[str, Any]]:
    """What each way in and leak point adds to the gain in technicians since the start, by year and group.

    `agents` is the sum over all replicates in whole agents: over the parts it is exactly that of the part `total`.
    """
    records = []
    names = (*components(), "total")
    for scenario in comparison.others:
        parts = comparison.parts(scenario)
        table = np.concatenate([parts, parts.sum(axis=2, keepdims=True)], axis=2)
        mean, low, high = interval(table * comparison.scale)
        agents = table.sum(axis=0)
        for row, year in enumerate(comparison.years):
            for place, group in enumerate(GROUPS_SHOWN):
                for part, name in enumerate(names):
                    records.append(
                        {
                            "scenario": scenario,
                            "year": year,
                            "group": group,
                            "part": name,
                            "people": float(mean[row, part, place]),
                            "low": float(low[row, part, place]),
                            "high": float(high[row, part, place]),
                            "agents": int(agents[row, part, place]),
                        }
                    )
    return records


def group_records(comparison: Comparison) -> list[dict[str, Any]]:
    """The gain in technicians by group: scenario, year, division, group, people, low, high."""
    return [
        {
            "scenario": scenario,
            "year": year,
            "division": division,
            "group": group,
            "people": estimate.mean,
            "low": estimate.low,
            "high": estimate.high,
        }
        for scenario in comparison.others
        for year in comparison.years
        for division, groups in comparison.by_group(scenario, year).items()
        for group, estimate in groups.items()
    ]


def quarterly_records(
    first_year: int, values: NDArray[np.float64], scenario: str | None = None
) -> list[dict[str, Any]]:
    """Every indicator by quarter: year, quarter, indicator, group, value.

    Parameters
    ----------
    values : mean over replicates in people; shape (quarters, keys)
    """
    rows, columns = np.nonzero(~np.isnan(values))
    keys = indicators.keys()
    return [
        {
            **({} if scenario is None else {"scenario": scenario}),
            "year": first_year + int(row) // QUARTERS_PER_YEAR,
            "quarter": int(row) % QUARTERS_PER_YEAR + 1,
            "indicator": keys[column][0],
            "group": keys[column][1],
            "value": float(values[row, column]),
        }
        for row, column in zip(rows, columns, strict=True)
    ]


def write_records(file: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write records with the same keys as a Parquet table; repeated words are stored once."""
    columns = {key: [record[key] for record in records] for key in records[0]}
    arrays = {
        key: pa.array(values).dictionary_encode() if isinstance(values[0], str) else pa.array(values)
        for key, values in columns.items()
    }
    pq.write_table(pa.table(arrays), file, compression="zstd")
