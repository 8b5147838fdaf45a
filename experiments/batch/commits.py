"""Putting finished runs into the tables of a store, all of them or none, and looking whether they are still whole."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from experiments.batch import layout
from experiments.batch.files import WORK, listed, make_folder, sha256_of, sync_folder, write_file
from experiments.batch.gather import Failure, Files, gathered, write_tables

DAMAGED: Final = "damaged"
_OF_FILE: Final = {"path", "made", "bytes", "sha256", "rows"}
"""What a commit tells of each file."""


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
        runs = sum(len(of_scenario) for of_scenario in found.runs.values())
        record = {"files": files.told, "runs": runs, "failures": len(found.failures)}
        write_file(folder / layout.COMMITS / f"{name}.json", json.dumps(record, indent=1).encode(), work)
    except BaseException:
        if not (folder / layout.COMMITS / f"{name}.json").exists():  # else it is finished by whoever comes next
            shutil.rmtree(place, ignore_errors=True)
        raise
    return _finish(folder, place)


def _finish(folder: Path, place: Path) -> Path:
    """Move the files of a commit to where they belong; may be done again where it was interrupted."""
    file = folder / layout.COMMITS / f"{place.name}.json"
    folders = set()
    for one in json.loads(file.read_bytes())["files"]:
        made, target = place / one["made"], folder / one["path"]
        make_folder(target.parent)
        folders.add(target.parent)  # also where it was moved before an interruption: it may not be synced
        if made.exists():
            made.replace(target)
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
