"""Putting finished runs into the tables of a store, all of them or none."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import uuid
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from experiments.batch import layout
from experiments.batch.files import WORK, content_of, listed, make_folder, sync_folder, write_file
from experiments.batch.gather import Failure, Files, gathered, write_tables

_DIGEST: Final = "sha256"


def commit(
    folder: Path, work: Path, entries: Sequence[Path], known: Collection[str], failures_known: Collection[Failure]
) -> Path | None:
    """Put the runs of journal entries into the tables; only while nobody else writes to the store.

    Parameters
    ----------
    work : folder in which files are made
    known : keys of runs that are in the tables already
    failures_known : failures that are in the tables already

    Returns
    -------
    the record of what was put there; None if there was nothing to put
    """
    found = gathered(entries, known, failures_known)
    if not found.runs and not found.failures:
        return None
    name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
    place = work / name
    make_folder(place)
    try:
        with Files(place, name) as files:
            write_tables(found, files)
        sync_folder(place)  # before its record appears
        for one in files.told:
            make_folder((folder / one["path"]).parent)
        runs = sum(len(of_scenario) for of_scenario in found.runs.values())
        told = {"files": files.told, "runs": runs, "failures": len(found.failures)}
        record = json.dumps(told | {_DIGEST: _digest(told)}, indent=1)
        write_file(_record(folder, place), record.encode(), work)
    except BaseException:
        if not _record(folder, place).exists():  # else it is finished by whoever comes next
            shutil.rmtree(place, ignore_errors=True)
        raise
    return _finish(folder, place)


def _record(folder: Path, place: Path) -> Path:
    return folder / layout.COMMITS / f"{place.name}.json"


def _digest(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _finish(folder: Path, place: Path) -> Path:
    """Move the files of a commit to where they belong; may be done again where it was interrupted."""
    record = _record(folder, place)
    folders = set()
    for one in _files_of(record):
        made, target = place / one["made"], folder / one["path"]
        make_folder(target.parent)
        folders.add(target.parent)  # also where it was moved before an interruption: it may not be synced
        if made.exists():
            made.replace(target)
    for parent in folders:
        sync_folder(parent)
    shutil.rmtree(place)
    return record


def recover(folder: Path, alive: Collection[str]) -> None:
    """Finish what was interrupted, and drop what batches that are gone had only begun; only while nobody else writes.

    Parameters
    ----------
    alive : names of the batches that still run
    """
    for work in listed(folder / WORK):
        if not work.is_dir():
            work.unlink(missing_ok=True)
            continue
        for place in listed(work):
            if place.is_dir() and _files_of(_record(folder, place)):
                _finish(folder, place)
        if work.name not in alive:
            shutil.rmtree(work, ignore_errors=True)


def _files_of(record: Path) -> list[dict[str, Any]]:
    """The files that a commit put into the tables; none where its record is not there or not as it was written.

    Raises OSError where it cannot be read now, which may not last: nothing may be dropped for that.
    """
    try:
        told = json.loads(content_of(record) or b"")
        files: list[dict[str, Any]] = told["files"]
        return files if told.pop(_DIGEST) == _digest(told) else []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def records(folder: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Every commit with the files that it put into the tables; one that is not as it was written has none."""
    for record in sorted((folder / layout.COMMITS).glob("*.json")):
        yield record, _files_of(record)
