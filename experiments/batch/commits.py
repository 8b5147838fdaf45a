"""Putting finished runs into the tables of a store, all of them or none, and looking whether they are still whole."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.batch import layout
from experiments.batch.files import WORK, listed, make_file, sha256_of, sync_folder, write_file
from experiments.batch.packed import about, unpack
from experiments.batch.tables import LEDGER_TABLES, indicator_slices, ledger_slice
from experiments.batch.work import DONE

DAMAGED: Final = "damaged"
_OF_FILE: Final = {"path", "made", "bytes", "sha256", "rows"}
"""What a commit tells of each file."""
_RUN_COLUMNS: Final = ("run", "scenario", "scale", "seed", "until", "kept", "facts", "code")
_FAILURE_COLUMNS: Final = ("run", "scenario", "scale", "seed", "message", "finished", "host")
_TIMING_COLUMNS: Final = ("run", "seconds", "finished", "host")


@dataclass
class _Gathered:
    """Finished runs, put together for the tables."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    arrays: dict[str, list[tuple[str, dict[str, NDArray[Any]]]]] = field(default_factory=dict)
    """By scenario: key and numbers of each run."""


def _gather(entries: Sequence[Path], known: Collection[str]) -> _Gathered:
    found, seen = _Gathered(), set(known)
    for entry in entries:
        content = entry.read_bytes()
        arrays = unpack(content)
        for place, run in enumerate(about(content)):
            if run["status"] != DONE:
                found.failures.append(run)
                continue
            if run["run"] in seen:
                continue
            seen.add(run["run"])
            prefix = f"{place}/"
            own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
            first, quarters = own["span"].tolist()
            found.runs.append({**run, "first_quarter": first, "quarters": quarters})
            found.arrays.setdefault(run["scenario"], []).append((run["run"], own))
    return found


def commit(folder: Path, work: Path, entries: Sequence[Path], known: Collection[str]) -> Path | None:
    """Put the runs of journal entries into the tables; only while nobody else writes to the store.

    Parameters
    ----------
    work : folder in which files are made
    known : keys of runs that are in the tables already

    Returns
    -------
    the record of what was put there; None if there was nothing to put
    """
    found = _gather(entries, known)
    if not found.runs and not found.failures:
        return None
    name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
    place = work / name
    place.mkdir()
    try:
        files = [_written(place, number, *table, name) for number, table in enumerate(_tables(found))]
        record = {"files": files, "runs": len(found.runs), "failures": len(found.failures)}
        write_file(folder / layout.COMMITS / f"{name}.json", json.dumps(record, indent=1).encode(), work)
    except BaseException:
        if not (folder / layout.COMMITS / f"{name}.json").exists():  # else it is finished by whoever comes next
            shutil.rmtree(place, ignore_errors=True)
        raise
    return _finish(folder, place)


def _tables(found: _Gathered) -> Iterator[tuple[str, list[pa.Table]]]:
    """Folder of each table and its parts."""
    for scenario, runs in found.arrays.items():
        names = [key for key, _ in runs]
        inside = layout.partition(scenario)
        with_indicators = [own for _, own in runs if "indicators" in own]
        if with_indicators:
            keys = [key for key, own in runs if "indicators" in own]
            spans: dict[bytes, list[int]] = {}
            for place, own in enumerate(with_indicators):
                spans.setdefault(own["years"].tobytes(), []).append(place)
            slices: list[pa.Table] = []
            for places in spans.values():  # runs of one length at a time
                values = np.stack([with_indicators[place]["indicators"] for place in places])
                slices += indicator_slices(
                    [keys[place] for place in places], with_indicators[places[0]]["years"], values
                )
            yield f"{layout.INDICATORS}/{inside}", slices
        for table in LEDGER_TABLES:
            prefix = f"{table.name}/"
            whole = [
                {name.removeprefix(prefix): array for name, array in own.items() if name.startswith(prefix)}
                for _, own in runs
            ]
            have = [place for place, columns in enumerate(whole) if columns]
            if have:
                part = ledger_slice(table, [names[place] for place in have], [whole[place] for place in have])
                yield f"{table.name}/{inside}", [part]
    if found.runs:
        yield layout.TIMINGS, [_records(found.runs, _TIMING_COLUMNS)]
        yield layout.RUNS, [_records(found.runs, (*_RUN_COLUMNS, "first_quarter", "quarters"))]
    if found.failures:
        yield layout.FAILURES, [_records(found.failures, _FAILURE_COLUMNS)]


def _records(runs: Sequence[dict[str, Any]], columns: Sequence[str]) -> pa.Table:
    return pa.table({name: [run[name] for run in runs] for name in columns})


def _written(place: Path, number: int, folder: str, parts: list[pa.Table], name: str) -> dict[str, Any]:
    """Make a Parquet file and say what it is."""
    made = place / f"{number}.parquet"

    def write(file: Path) -> None:
        with pq.ParquetWriter(file, parts[0].schema, compression="zstd", write_page_checksum=True) as writer:
            for part in parts:
                writer.write_table(part)

    make_file(made, write)
    return {
        "path": f"{folder}/part-{name}.parquet",
        "made": made.name,
        "bytes": made.stat().st_size,
        "sha256": sha256_of(made),
        "rows": sum(part.num_rows for part in parts),
    }


def _finish(folder: Path, place: Path) -> Path:
    """Move the files of a commit to where they belong; may be done again where it was interrupted."""
    file = folder / layout.COMMITS / f"{place.name}.json"
    folders = set()
    for one in json.loads(file.read_bytes())["files"]:
        made, target = place / one["made"], folder / one["path"]
        if made.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            made.replace(target)
            folders.add(target.parent)
    for parent in folders:
        sync_folder(parent)
    shutil.rmtree(place)
    return file


def recover(folder: Path, alive: Collection[str]) -> None:
    """Finish what batches that are gone had begun, or drop it; only while nobody else writes.

    Parameters
    ----------
    alive : names of the batches that still run
    """
    for work in listed(folder / WORK):
        if work.name in alive or not work.is_dir():
            continue
        for place in listed(work):
            if place.is_dir() and (folder / layout.COMMITS / f"{place.name}.json").exists():
                _finish(folder, place)
        shutil.rmtree(work, ignore_errors=True)


def records(folder: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Every commit with the files that it put into the tables; an unreadable one has no files."""
    for file in sorted((folder / layout.COMMITS).glob("*.json")):
        try:
            files = json.loads(file.read_bytes())["files"]
            yield file, files if all(one.keys() >= _OF_FILE for one in files) else []
        except (ValueError, KeyError, TypeError, AttributeError):
            yield file, []


def damage(
    folder: Path, listed_files: Iterable[tuple[Path, list[dict[str, Any]]]], thorough: bool
) -> Iterator[tuple[Path, str]]:
    """What is wrong with the tables: the commit that it belongs to, and a line.

    Parameters
    ----------
    listed_files : from `records`, read while nobody was writing
    thorough : whether to compute every digest again, rather than look at sizes
    """
    for commit_file, files in listed_files:
        if not files:
            yield commit_file, f"{commit_file.relative_to(folder)} cannot be read"
        for one in files:
            file = folder / one["path"]
            try:
                size = file.stat().st_size
            except FileNotFoundError:
                yield commit_file, f"{one['path']} is missing"
                continue
            if size != one["bytes"]:
                yield commit_file, f"{one['path']} has {size} bytes instead of {one['bytes']}"
            elif thorough and sha256_of(file) != one["sha256"]:
                yield commit_file, f"{one['path']} has been altered"


def set_aside(folder: Path, commit_file: Path) -> None:
    """Take all that a commit put into the tables out of them, so that its runs are computed again."""
    aside = folder / DAMAGED / commit_file.stem
    aside.mkdir(parents=True, exist_ok=True)
    for file in sorted(folder.glob(f"*/**/part-{commit_file.stem}.parquet")):
        if DAMAGED not in file.relative_to(folder).parts:
            target = aside / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
    commit_file.replace(aside / commit_file.name)
