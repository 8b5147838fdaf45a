"""A store of runs on disk: finished runs go into a journal at once and from there, many together, into tables."""

from __future__ import annotations

import hashlib
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.batch import layout
from experiments.batch.commits import commit, recover
from experiments.batch.files import (
    WORK,
    altered,
    content_of,
    is_whole,
    listed,
    make_folder,
    sync_folder,
    write_file,
    write_together,
)
from experiments.batch.gather import Failure
from experiments.batch.layout import ENTRY, EXPERIMENTS, FAILURES, JOURNAL, RUNS, journal_entries
from experiments.batch.locks import alive_in, held, is_alive, lock_of, sweep, writing
from experiments.batch.packed import about
from experiments.batch.whole import DECIDING, REPAIR, Tables
from experiments.batch.work import DONE
from experiments.options import UserError

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
                content = content_of(entry)
                if content is not None and is_whole(entry, content):  # else put into the tables in between
                    self.note(entry, about(content))
        for name in (FAILURES, RUNS):
            for file in sorted(layout.files_of(self.folder / name)):
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


def column(file: Path, name: str) -> list[Any]:
    """One column of a Parquet file; UserError where it is damaged."""
    with told_as_damage(file, file.parents[1]):
        table = pq.read_table(file, columns=[name], partitioning=None, page_checksum_verification=True)
        found: list[Any] = table.column(name).to_pylist()
    return found


@contextmanager
def told_as_damage(place: Path, store: Path) -> Iterator[None]:
    """Let what reading a damaged file raises be one line for the user."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        raise UserError(f"{place} cannot be read: {why}; {REPAIR.format(store)}") from None


def _size(told: list[dict[str, Any]]) -> int:
    """Bytes of the numbers of some runs in memory."""
    return sum(int(run["bytes"]) for run in told)


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
        layout.make(self.folder)
        lock = lock_of(self.folder, self._name)
        with ExitStack() as stack, writing(self.folder):
            stack.callback(lock.unlink, missing_ok=True)
            stack.enter_context(held(lock))
            layout.write_manifest(self.folder)
            layout.checked(self.folder)
            stack.callback(self._leave_journal)
            make_folder(self._journal)
            make_folder(self._work)
            self._settle()
            for _, line in Tables(self.folder).damage(DECIDING):
                raise UserError(f"{self.folder / line}; {REPAIR.format(self.folder)}")
            self.finished.look()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # else what had been begun is finished by whoever comes next
            shutil.rmtree(self._work, ignore_errors=True)
        self._stack.close()

    def _leave_journal(self) -> None:
        if not self._entries:
            shutil.rmtree(self._journal, ignore_errors=True)

    def others(self) -> int:
        """How many other batches are writing to the store."""
        return sum(name != self._name for name in alive_in(self.folder))

    def _settle(self) -> None:
        """Finish what batches that are gone have begun; only while nobody else writes to the store."""
        recover(self.folder, {self._name, *alive_in(self.folder)})
        self._adopt()
        sweep(self.folder)

    def _adopt(self) -> None:
        """Take over what batches that are gone have left in the journal."""
        for place in listed(self.folder / JOURNAL):
            if not place.is_dir() or place == self._journal or is_alive(self.folder, place.name):
                continue
            for entry in listed(place):
                content = content_of(entry)
                if content is not None and is_whole(entry, content):
                    entry.replace(self._journal / entry.name)
                    self._entries.append(self._journal / entry.name)
                    self._bytes += _size(about(content))
                else:  # goes with its folder
                    self.dropped += 1
            sync_folder(self._journal)
            shutil.rmtree(place, ignore_errors=True)

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
        """Put the finished runs of this batch, and of those that are gone, from the journal into the tables."""
        with writing(self.folder):
            self._settle()
            self.finished.look()
            if commit(self.folder, self._work, self._entries, self.finished.tables, self.finished.failures):
                self.finished.look()
        for entry in self._entries:
            entry.unlink(missing_ok=True)
        self._entries, self._bytes, self._flushed = [], 0, time.monotonic()

    def keep_experiment(self, name: str, files: dict[str, bytes]) -> int:
        """Keep an experiment: its file, its design, what it rests on.

        Returns
        -------
        how many runs of an experiment of the same name that was kept before are not in its design any more
        """
        place = self.folder / EXPERIMENTS / name
        with writing(self.folder):
            before = [] if altered(place, [layout.DESIGN]) else _runs_of(pq.read_table(place / layout.DESIGN))
            write_together(place, files, self._work)
        return len(set(before) - set(_runs_of(pq.read_table(pa.BufferReader(files[layout.DESIGN])))))


def _runs_of(design: pa.Table) -> list[str]:
    found: list[str] = pc.unique(design.column("run")).to_pylist()
    return found
