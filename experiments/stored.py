"""The results of a comparison read back from their folder: the same objects as when they were made."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from agents.positions import BACKGROUNDS, FIELDS, GENDERS, LEVELS, POSITIONS
from experiments.comparison import Comparison
from experiments.folders import MADE_BY, MANIFEST
from experiments.manifest import FORMAT
from experiments.options import UserError
from experiments.outcomes import outcome_of
from sim import indicators
from sim.cells import GROUPS
from sim.ledger import TRANSITION_CODES, TRANSITIONS
from sim.scenario import Scenario

NEEDED: Final = (MANIFEST, "flows.parquet", "stocks.parquet", "indicators.parquet", "options.parquet")
Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Stored:
    """A results folder of `careerflows compare`."""

    folder: Path
    manifest: dict[str, Any]
    scenarios: tuple[Scenario, ...]
    """As they were run, the baseline first; without the names of parameters that they did not change."""
    comparison: Comparison
    flows: NDArray[np.float64]
    """People a year, mean over the years, by replicate, scenario, transition and technical diploma."""

    @property
    def until(self) -> date:
        """Day on which the runs ended."""
        return date.fromisoformat(self.manifest["settings"]["until"])

    def table(self, name: str) -> Records:
        """A table as records; none where the comparison did not write it."""
        file = self.folder / f"{name}.parquet"
        return pq.ParquetFile(file).read().to_pylist() if file.is_file() else []


def read_results(folder: Path) -> Stored:
    """Read a results folder; UserError where it is none, or damaged."""
    for name in NEEDED:
        if not (folder / name).is_file():
            what = f"has no {name}, so it holds no results of careerflows compare of this version"
            raise UserError(f"{folder}: {what}; give the folder that compare names")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest.get("made_by") != MADE_BY or manifest.get("command") != "compare":
            raise UserError(f"{folder}: holds results of careerflows {manifest.get('command')}; give those of compare")
        if manifest.get("format") != FORMAT:
            raise UserError(f"{folder}: was written by another version of careerflows; run the comparison again")
        scenarios = _scenarios(manifest)
        comparison, flows = _comparison(folder, manifest, [scenario.id for scenario in scenarios])
    except (ValueError, LookupError, TypeError, OSError) as error:
        first = " ".join(str(error).split())[:120] or type(error).__name__
        raise UserError(f"{folder}: the results are damaged ({first}); run the comparison again") from None
    return Stored(folder, manifest, scenarios, comparison, flows)


def _scenarios(manifest: dict[str, Any]) -> tuple[Scenario, ...]:
    found = []
    for told in manifest["scenarios"]:
        parameters = {name: dict(values) for name, values in manifest["parameters"].items()}
        for name, value in told["changed_parameters"].items():
            parameters[name] = {**parameters[name], "value": value, "range": None, "kind": "calibrated", "facts": ["-"]}
        record = {
            "id": told["id"],
            "title": told["title"],
            "summary": told["summary"],
            "dutch": told["dutch"],
            "parameters": parameters,
            "measures": told["measures"],
            "files": [[file["name"], file["sha256"]] for file in told["files"]],
            "changes": told["changes"],
        }
        found.append(Scenario.model_validate_json(json.dumps(record)))
    return tuple(found)


@dataclass(frozen=True)
class _Column:
    """A column of a table: numbers, or codes of words."""

    codes: NDArray[Any]
    words: tuple[str, ...] = ()

    def matched(self, names: Any) -> NDArray[np.int64]:
        """The place of each word among some names; ValueError where one is not among them."""
        order = {name: place for place, name in enumerate(names)}
        places = np.array([order.get(word, -1) for word in self.words], np.int64)
        found = places[self.codes]
        if (found < 0).any():
            raise ValueError(f"unknown word {self.words[self.codes[found < 0][0]]!r}")
        return found


Columns = dict[str, _Column]


def _comparison(folder: Path, manifest: dict[str, Any], ids: list[str]) -> tuple[Comparison, NDArray[np.float64]]:
    scale = float(manifest["settings"]["scale"])
    runs = pq.ParquetFile(folder / "indicators.parquet").read(["replicate", "year"])
    years, replicates = (np.unique(np.from_dlpack(runs[name].combine_chunks())) for name in ("year", "replicate"))
    covered = tuple(int(year) for year in years)
    place = _Place(replicates, ids, covered[0])
    shape = (len(replicates), len(ids), len(years))
    keys = indicators.keys()
    moved = np.zeros((*shape, TRANSITIONS, GROUPS), np.int32)
    here = np.zeros((*shape[:2], len(years) + 1, len(POSITIONS), GROUPS), np.int32)
    values = np.full((*shape, len(keys)), np.nan)
    names, shown = [one.name for one in indicators.all_indicators()], indicators.GROUPS_SHOWN

    def flows(columns: Columns) -> None:
        code = TRANSITION_CODES[columns["source"].matched(POSITIONS), columns["target"].matched(POSITIONS)]
        moved[(*place.of(columns), code, _group(columns))] = np.rint(columns["people"].codes / scale)

    def stocks(columns: Columns) -> None:
        replicate, scenario, year = place.of(columns)  # on 31 December; the first are those of the start
        position = columns["position"].matched(POSITIONS)
        here[replicate, scenario, year + 1, position, _group(columns)] = np.rint(columns["people"].codes / scale)

    def by_indicator(columns: Columns) -> None:
        key = columns["indicator"].matched(names) * len(shown) + columns["group"].matched(shown)
        values[(*place.of(columns), key)] = columns["value"].codes

    _take_in(folder / "flows.parquet", flows)
    _take_in(folder / "stocks.parquet", stocks)
    _take_in(folder / "indicators.parquet", by_indicator)
    comparison = Comparison(tuple(ids))
    for run, number in enumerate(replicates.tolist()):
        comparison.add(
            number,
            tuple(outcome_of(scale, covered, values[run, k], moved[run, k], here[run, k]) for k in range(len(ids))),
        )
    diploma = np.arange(GROUPS) >> 2 & 1
    yearly = moved.mean(axis=2) * scale
    return comparison, np.stack([yearly[..., diploma == field].sum(axis=-1) for field in (0, 1)], axis=-1)


@dataclass(frozen=True)
class _Place:
    """Where a row belongs: which replicate, scenario and year."""

    replicates: NDArray[Any]
    scenarios: list[str]
    first: int

    def of(self, columns: Columns) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """The places of all rows."""
        replicate = np.searchsorted(self.replicates, columns["replicate"].codes)
        return replicate, columns["scenario"].matched(self.scenarios), columns["year"].codes - self.first


def _take_in(file: Path, take: Callable[[Columns], None]) -> None:
    """Read a table a part at a time, which takes little memory, and two parts side by side."""

    def part(number: int) -> None:
        table, columns = pq.ParquetFile(file).read_row_group(number).unify_dictionaries(), {}
        for name in table.column_names:
            column = table[name].combine_chunks()
            if hasattr(column, "dictionary"):
                columns[name] = _Column(np.from_dlpack(column.indices), tuple(column.dictionary.to_pylist()))
            else:
                columns[name] = _Column(np.from_dlpack(column))
        take(columns)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(part, range(pq.ParquetFile(file).num_row_groups)))


def _group(columns: Columns) -> NDArray[np.int64]:
    """Group of the ledger: level x technical diploma x background x gender."""
    return (
        columns["level"].matched(LEVELS) << 3
        | columns["diploma"].matched(FIELDS) << 2
        | columns["background"].matched(BACKGROUNDS) << 1
        | columns["gender"].matched(GENDERS)
    )
