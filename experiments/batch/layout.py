"""Where everything stands in a store, and what its manifest tells readers who do not have this code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from experiments.about import version
from experiments.batch.files import WORK, altered, listed, make_folder, write_together
from experiments.batch.locks import LOCKS
from experiments.batch.tables import LEDGER_TABLES
from experiments.folders import MADE_BY, MANIFEST
from experiments.options import UserError

FORMAT: Final = 1
KIND: Final = "store"
RUNS: Final = "runs"
TIMINGS: Final = "timings"
FAILURES: Final = "failures"
INDICATORS: Final = "indicators"
EXPERIMENTS: Final = "experiments"
COMMITS: Final = "commits"
JOURNAL: Final = "journal"
ENTRY: Final = ".runs"
"""How the name of an entry of the journal ends."""
DESIGN: Final = "design.parquet"
EXPERIMENT_FILES: Final = ("experiment.yaml", "about.json", DESIGN)
_FOLDERS: Final = (COMMITS, WORK, JOURNAL, LOCKS, EXPERIMENTS)

_RUN: Final = {"run": "key of the run: a digest of all that determines it"}
_SCENARIO: Final = {"scenario": "id of the scenario; the name of the folder, `scenario=ID`"}
COLUMNS: Final[dict[str, dict[str, str]]] = {
    RUNS: {
        **_RUN,
        "scenario": "id of the scenario",
        "scale": "people for each agent",
        "seed": "seed of all draws",
        "until": "day on which the run ends",
        "kept": "what is kept of it",
        "first_quarter": "first quarter of its ledger, counted from 1 January 2000",
        "quarters": "quarters of its ledger",
        "facts": "digest of the documented facts",
        "code": "digest of the model and its libraries",
    },
    TIMINGS: {**_RUN, "seconds": "time it took", "finished": "when it ended, in seconds since 1970", "host": "machine"},
    FAILURES: {
        **_RUN,
        "scenario": "id of the scenario",
        "scale": "people for each agent",
        "seed": "seed of all draws",
        "message": "why it failed",
        "finished": "when, in seconds since 1970",
        "host": "machine",
    },
    INDICATORS: {
        **_SCENARIO,
        **_RUN,
        "year": "calendar year",
        "indicator": "name of the indicator",
        "group": "group of people",
        "value": "people or posts: on 31 December for a stock, over the year for a flow",
    },
    **{
        table.name: {**_SCENARIO, **_RUN, **{column.name: column.meaning for column in table.columns}}
        for table in LEDGER_TABLES
    },
}
"""Tables of a store with their columns."""
_MEANINGS: Final = {
    RUNS: "runs that are finished, a row each",
    TIMINGS: "how long each run took, and where",
    FAILURES: "runs that failed, a row for each time; one that is in `runs` too has been done since",
    INDICATORS: "indicators by year and group",
    **{table.name: f"ledger: {table.meaning}" for table in LEDGER_TABLES},
}


def partition(scenario: str) -> str:
    """Folder of a scenario within a table, as Hive writes it."""
    return f"scenario={quote(scenario, safe='+-_.')}"


def manifest() -> dict[str, Any]:
    """What a store is, for readers without this code."""
    return {
        "made_by": MADE_BY,
        "kind": KIND,
        "format": FORMAT,
        "careerflows": version(),
        "layout": {
            "tables": "TABLE/part-*.parquet, or TABLE/scenario=ID/part-*.parquet",
            "experiments": "experiments/ID/design.parquet: a row for every scenario, point, draw, replicate and scale, "
            "with its factors and the key of its run; experiment.yaml as it was run; about.json",
            "commits": "commits/*.json: every Parquet file with its size and SHA-256",
            "journal": "finished runs that are not in the tables yet",
        },
        "tables": {name: {"meaning": _MEANINGS[name], "columns": columns} for name, columns in COLUMNS.items()},
    }


def write_manifest(folder: Path) -> None:
    """Write the manifest where it is not there or not as it was written; only while nobody else writes."""
    if altered(folder, [MANIFEST]):
        content = (json.dumps(manifest(), indent=1) + "\n").encode()
        write_together(folder, {MANIFEST: content}, folder / WORK)


def make(folder: Path) -> None:
    """Make the folders of a store; UserError where something else is there."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--store: {folder} is a file; give a folder")
    if folder.exists() and any(folder.iterdir()) and not is_store(folder):
        raise UserError(f"--store: {folder} holds other files than a store; give a new or an empty folder")
    for name in _FOLDERS:
        make_folder(folder / name)


def found(folder: Path) -> Path:
    """A folder that is a store, of whatever format; UserError where it is none."""
    if not folder.exists():
        raise UserError(f"{folder}: there is no such folder; give the store of a batch, such as results/lever_sweep")
    if not is_store(folder):
        raise UserError(f"{folder} is no store; give the folder of careerflows batch, such as results/lever_sweep")
    return folder


def checked(folder: Path) -> Path:
    """A folder that is a store of this format; UserError where it is none."""
    file = found(folder) / MANIFEST
    if altered(folder, [MANIFEST]):
        what = "is not as it was written" if file.exists() else "is missing"
        raise UserError(f"{file} {what}; run a batch into the store, it writes it anew")
    told = json.loads(file.read_bytes())["format"]
    if told != FORMAT:
        raise UserError(f"{file}: format {told} is not {FORMAT}, of this version; give another store")
    return folder


def is_store(folder: Path) -> bool:
    """Whether a folder is a store, also one whose manifest or records are damaged or gone."""
    if (folder / COMMITS).is_dir():
        return True
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("kind") == KIND


def experiments(folder: Path) -> list[Path]:
    """Folders of the experiments of a store."""
    return [place for place in listed(folder / EXPERIMENTS) if place.is_dir()]


def files_of(table: Path) -> Iterator[Path]:
    """Files in the folder of a table that are read as parts of it."""
    return (file for file in table.rglob("*") if not file.name.startswith((".", "_")) and not file.is_dir())


def journal_entries(folder: Path) -> list[Path]:
    """Entries in the journals of all batches."""
    return [entry for place in listed(folder / JOURNAL) for entry in listed(place) if entry.name.endswith(ENTRY)]
