"""The results of a comparison read back from their folder: the same objects as when they were made."""

from __future__ import annotations

import json
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
        return pq.read_table(file).to_pylist() if file.is_file() else []


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
    except (ValueError, KeyError, TypeError, OSError) as error:
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


def _comparison(folder: Path, manifest: dict[str, Any], ids: list[str]) -> tuple[Comparison, NDArray[np.float64]]:
    scale = float(manifest["settings"]["scale"])
    flows, stocks, values = (_columns(folder / f"{name}.parquet") for name in ("flows", "stocks", "indicators"))
    years, replicates = np.unique(values["year"].codes), np.unique(values["replicate"].codes)
    shape = (len(replicates), len(ids), len(years))
    moved = np.zeros((*shape, TRANSITIONS, GROUPS), np.int32)
    code = TRANSITION_CODES[flows["source"].matched(POSITIONS), flows["target"].matched(POSITIONS)]
    at = (
        np.searchsorted(replicates, flows["replicate"].codes),
        flows["scenario"].matched(ids),
        flows["year"].codes - years[0],
    )
    moved[(*at, code, _group(flows))] = np.rint(flows["people"].codes / scale)
    here = np.zeros((*shape[:2], len(years) + 1, len(POSITIONS), GROUPS), np.int32)
    at = (
        np.searchsorted(replicates, stocks["replicate"].codes),
        stocks["scenario"].matched(ids),
        stocks["year"].codes - years[0] + 1,
    )
    here[(*at, stocks["position"].matched(POSITIONS), _group(stocks))] = np.rint(stocks["people"].codes / scale)
    keys = indicators.keys()
    names = [indicator.name for indicator in indicators.all_indicators()]
    table = np.full((*shape, len(keys)), np.nan)
    groups = len(indicators.GROUPS_SHOWN)
    key = values["indicator"].matched(names) * groups + values["group"].matched(indicators.GROUPS_SHOWN)
    at = (
        np.searchsorted(replicates, values["replicate"].codes),
        values["scenario"].matched(ids),
        values["year"].codes - years[0],
    )
    table[(*at, key)] = values["value"].codes
    comparison = Comparison(tuple(ids))
    covered = tuple(int(year) for year in years)
    for replicate, number in enumerate(replicates.tolist()):
        outcomes = tuple(
            outcome_of(scale, covered, table[replicate, k], moved[replicate, k], here[replicate, k])
            for k in range(len(ids))
        )
        comparison.add(number, outcomes)
    diploma = np.arange(GROUPS) >> 2 & 1
    yearly = moved.mean(axis=2) * scale
    return comparison, np.stack([yearly[..., diploma == field].sum(axis=-1) for field in (0, 1)], axis=-1)


def _place(
    columns: dict[str, _Column], replicates: NDArray[Any], ids: list[str], first: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Replicate, scenario and year of each row, as places."""
    replicate = np.searchsorted(replicates, columns["replicate"].codes)
    return replicate, columns["scenario"].matched(ids), columns["year"].codes - first


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


def _columns(file: Path) -> dict[str, _Column]:
    table = pq.read_table(file).unify_dictionaries()
    found = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if hasattr(column, "dictionary"):
            words = tuple(column.dictionary.to_pylist())
            found[name] = _Column(np.asarray(column.indices).astype(np.int64), words)
        else:
            found[name] = _Column(np.asarray(column))
    return found


def _group(columns: dict[str, _Column]) -> NDArray[np.int64]:
    """Group of the ledger: level x technical diploma x background x gender."""
    return (
        columns["level"].matched(LEVELS) << 3
        | columns["diploma"].matched(FIELDS) << 2
        | columns["background"].matched(BACKGROUNDS) << 1
        | columns["gender"].matched(GENDERS)
    )
