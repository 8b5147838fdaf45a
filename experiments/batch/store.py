"""A store of runs on disk: finished runs go into a journal at once and from there, many together, into tables."""

from __future__ import annotations

import hashlib
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.batch import layout
from experiments.batch.commits import commit, damage, records, recover
from experiments.batch.files import WORK, held, is_whole, listed, make_folder, sync_folder, write_file
from experiments.batch.gather import Failure
from experiments.batch.layout import EXPERIMENTS, FAILURES, JOURNAL, LOCKS, RUNS
from experiments.batch.packed import about
from experiments.batch.work import DONE
from experiments.options import UserError

ENTRY: Final = ".runs"
_LOCK: Final = "store.lock"
TOGETHER: Final = 256 << 20
"""Bytes of finished runs, as numbers in memory, that go into the tables together."""
AT_LEAST_EVERY: Final = 600.0
"""Seconds after which finished runs go into the tables however few they are."""


class Finished:
    """Which runs of a store are finished and which failed, as far as has been looked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: set[str] = set()
        """Keys of the runs in the tables."""
        self.done: set[str] = set()
        """Those, and the ones that are still in the journal."""
        self.failed: dict[str, str] = {}
        """Last message of each run that failed and was not done since."""
        self.failures: set[Failure] = set()
        """All failures in the tables."""
        self._read: set[str] = set()

    def look(self) -> None:
        """Look again, at what is new."""
        for entry in journal_entries(self.folder):
            if entry.name not in self._read:
                try:
                    told = about(entry.read_bytes())
                except (OSError, ValueError):  # put into the tables in between, or not whole
                    continue
                self.note(entry, told)
        for name in (FAILURES, RUNS):
            for file in listed(self.folder / name):
                self._take(name, file)
        for key in self.done & self.failed.keys():
            del self.failed[key]

    def forget_failures(self, keys: set[str]) -> None:
        """Take runs that failed as not tried."""
        for key in keys & self.failed.keys():
            del self.failed[key]

    def note(self, entry: Path, told: list[dict[str, Any]]) -> None:
        """Take in an entry of the journal."""
        self._read.add(entry.name)
        for run in told:
            if run["status"] == DONE:
                self.done.add(run["run"])
                self.failed.pop(run["run"], None)
            else:
                self.failed[run["run"]] = run["message"]

    def _take(self, name: str, file: Path) -> None:
        mark = f"{name}/{file.name}"
        if mark in self._read:
            return
        self._read.add(mark)
        if name == RUNS:
            keys = column(file, "run")
            self.tables.update(keys)
            self.done.update(keys)
        else:
            keys = column(file, "run")
            self.failed.update(zip(keys, column(file, "message"), strict=True))
            self.failures.update(zip(keys, column(file, "finished"), strict=True))


def journal_entries(folder: Path) -> list[Path]:
    """Entries in the journals of all batches."""
    return [entry for place in listed(folder / JOURNAL) for entry in listed(place) if entry.name.endswith(ENTRY)]


def column(file: Path, name: str) -> list[Any]:
    """One column of a Parquet file; UserError where it is damaged."""
    with told_as_damage(file, file.parents[1]):
        found: list[Any] = pq.read_table(file, columns=[name], partitioning=None).column(name).to_pylist()
    return found


@contextmanager
def told_as_damage(place: Path, store: Path) -> Iterator[None]:
    """Let what reading a damaged file raises be one line for the user."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        why = " ".join(str(error).split())
        raise UserError(f"{place} cannot be read: {why}; {_REPAIR.format(store)}") from None


def alive_in(folder: Path) -> list[str]:
    """Names of the batches that still write to a store."""
    return [place.name for place in listed(folder / WORK) if place.is_dir() and _runs(folder, place.name)]


def _runs(folder: Path, name: str) -> bool:
    with held(folder / LOCKS / f"{name}.lock", wait=0.0) as got:
        return not got


def writing(folder: Path) -> AbstractContextManager[bool]:
    """Hold the tables of a store, so that nobody else writes to them."""
    return held(folder / LOCKS / _LOCK)


def _size(told: list[dict[str, Any]]) -> int:
    """Bytes of the numbers of some runs in memory."""
    return sum(int(run["bytes"]) for run in told)


_REPAIR: Final = "careerflows store verify {} --repair sets damaged files aside, and the batch does their runs again"


class Store:
    """A store that a batch writes to; several may do so at the same time.

    Finished runs are kept in this batch's part of the journal, a file for each task with its digest as its name, until
    they are put into the tables (`flush`). What a batch that is gone has left in its journal is taken over.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.finished = Finished(folder)
        self.dropped = 0
        """Entries of the journal that were not whole; their runs are done again."""
        self._name = uuid.uuid4().hex[:12]
        self._journal = folder / JOURNAL / self._name
        self._work = folder / WORK / self._name
        self._entries: list[Path] = []
        self._bytes = 0
        self._flushed = time.monotonic()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        layout.made(self.folder)
        layout.checked(self.folder)
        with ExitStack() as stack:
            stack.callback(self._lock(self._name).unlink, missing_ok=True)
            stack.enter_context(held(self._lock(self._name)))
            make_folder(self._journal)
            make_folder(self._work)
            with writing(self.folder):
                recover(self.folder, {self._name, *alive_in(self.folder)})
                for _, what in damage(self.folder, records(self.folder), thorough=False):
                    raise UserError(f"{self.folder / what}; {_REPAIR.format(self.folder)}")
                self._adopt()
            self.finished.look()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # else what had been begun is finished by whoever comes next
            shutil.rmtree(self._work, ignore_errors=True)
        if not self._entries:
            shutil.rmtree(self._journal, ignore_errors=True)
        self._stack.close()

    def _lock(self, name: str) -> Path:
        return self.folder / LOCKS / f"{name}.lock"

    def _folders(self, of: str) -> list[Path]:
        return [place for place in listed(self.folder / of) if place.is_dir()]

    def _alive(self, name: str) -> bool:
        """Whether a batch still runs."""
        if name == self._name:
            return True
        return _runs(self.folder, name)

    def others(self) -> int:
        """How many other batches are writing to the store."""
        return sum(self._alive(place.name) for place in self._folders(JOURNAL) if place != self._journal)

    def _adopt(self) -> None:
        """Take over what batches that are gone have left in the journal."""
        for place in self._folders(JOURNAL):
            if self._alive(place.name):
                continue
            for entry in listed(place):
                if is_whole(entry, entry.read_bytes()):
                    entry.replace(self._journal / entry.name)
                    self._entries.append(self._journal / entry.name)
                    self._bytes += _size(about(self._entries[-1].read_bytes()))
                else:
                    entry.unlink()
                    self.dropped += 1
            sync_folder(self._journal)
            shutil.rmtree(place, ignore_errors=True)
            self._lock(place.name).unlink(missing_ok=True)

    def keep(self, content: bytes) -> list[dict[str, Any]]:
        """Keep the finished runs of a task as `work` gives them, on disk before this returns; what they say of
        themselves."""
        entry = self._journal / f"{hashlib.sha256(content).hexdigest()}{ENTRY}"
        write_file(entry, content, self._work)
        told: list[dict[str, Any]] = about(content)
        self._entries.append(entry)
        self.finished.note(entry, told)
        self._bytes += _size(told)
        if self._bytes >= TOGETHER or time.monotonic() - self._flushed >= AT_LEAST_EVERY:
            self.flush()
        return told

    def flush(self) -> None:
        """Put the finished runs of this batch from the journal into the tables."""
        if self._entries:
            with writing(self.folder):
                self.finished.look()
                commit(self.folder, self._work, self._entries, self.finished.tables, self.finished.failures)
            for entry in self._entries:
                entry.unlink(missing_ok=True)
        self._entries, self._bytes, self._flushed = [], 0, time.monotonic()

    def keep_experiment(self, name: str, files: dict[str, bytes]) -> None:
        """Keep an experiment: its file, its design, what it rests on."""
        for file, content in files.items():
            write_file(self.folder / EXPERIMENTS / name / file, content, self._work)
