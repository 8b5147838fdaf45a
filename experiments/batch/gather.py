"""From entries of the journal to Parquet files, a few runs at a time, so that memory does not grow with the runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.batch import layout
from experiments.batch.files import footer_sha256, is_whole, sha256_of, sync_file
from experiments.batch.packed import about, unpack
from experiments.batch.tables import LEDGER_TABLES, indicator_slices, ledger_slice
from experiments.batch.work import DONE
from experiments.options import UserError

AT_ONCE: Final = 8 << 20
"""Bytes of numbers that are put into tables at a time."""
_RUN_COLUMNS: Final = ("run", "scenario", "scale", "seed", "until", "kept", "facts", "code")
_FAILURE_COLUMNS: Final = ("run", "scenario", "scale", "seed", "message", "finished", "host")
_TIMING_COLUMNS: Final = ("run", "seconds", "finished", "host")


Failure = tuple[str, float]
"""Key of a run that failed, and when."""


class _Run(NamedTuple):
    """A finished run in an entry of the journal."""

    entry: Path
    place: int
    """Which of the runs of the entry it is."""
    told: dict[str, Any]


class _Numbers(NamedTuple):
    """The numbers of a run, by name."""

    key: str
    arrays: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Gathered:
    """What is to be put into the tables."""

    runs: dict[str, list[_Run]]
    """By scenario, each run once."""
    failures: list[dict[str, Any]]


def gathered(entries: Sequence[Path], known: Collection[str], failures_known: Collection[Failure]) -> Gathered:
    """What entries of the journal hold beside the runs and failures that are known.

    Raises UserError where an entry is not what was written.
    """
    runs: dict[str, list[_Run]] = {}
    failures, seen = [], set(known)
    for entry in entries:
        content = entry.read_bytes()
        if not is_whole(entry, content):
            raise _altered(entry)
        for place, told in enumerate(about(content)):
            if told["status"] != DONE:
                if (told["run"], told["finished"]) not in failures_known:
                    failures.append(told)
            elif told["run"] not in seen:
                seen.add(told["run"])
                runs.setdefault(told["scenario"], []).append(_Run(entry, place, told))
    return Gathered(runs, failures)


def _altered(entry: Path) -> UserError:
    return UserError(f"{entry} has been altered; run the same command again: its runs are then computed again")


def write_tables(found: Gathered, files: Files) -> None:
    """Write all tables of what was gathered."""
    spans: list[dict[str, Any]] = []
    for scenario, runs in found.runs.items():
        for some in _some(runs):
            for folder, part in _parts(scenario, some):
                files.add(folder, part)
            spans += [
                dict(zip(("first_quarter", "quarters"), one.arrays["span"].tolist(), strict=True)) for one in some
            ]
        files.close()
    told = [run.told for runs in found.runs.values() for run in runs]
    if told:
        files.add(layout.TIMINGS, _records(told, _TIMING_COLUMNS))
        whole = [one | span for one, span in zip(told, spans, strict=True)]
        files.add(layout.RUNS, _records(whole, (*_RUN_COLUMNS, "first_quarter", "quarters")))
    if found.failures:
        files.add(layout.FAILURES, _records(found.failures, _FAILURE_COLUMNS))
    files.close()


def _some(runs: Sequence[_Run]) -> Iterator[list[_Numbers]]:
    """The numbers of runs of one scenario, in their order, some runs at a time."""
    some: list[_Numbers] = []
    size, entry, content = 0, None, b""
    for run in runs:
        if run.entry != entry:
            entry, content = run.entry, run.entry.read_bytes()
        try:
            some.append(_Numbers(run.told["run"], unpack(content, run.place)))
        except ValueError:  # since it was looked at
            raise _altered(run.entry) from None
        size += sum(one.nbytes for one in some[-1].arrays.values())
        if size >= AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _parts(scenario: str, runs: Sequence[_Numbers]) -> Iterator[tuple[str, pa.Table]]:
    """Folder and rows of each table for some runs."""
    inside = layout.partition(scenario)
    spans: dict[bytes, list[_Numbers]] = {}
    for one in runs:
        if "indicators" in one.arrays:
            spans.setdefault(one.arrays["years"].tobytes(), []).append(one)
    for same in spans.values():  # runs of one length at a time
        values = [one.arrays["indicators"] for one in same]
        for part in indicator_slices([one.key for one in same], same[0].arrays["years"], values):
            yield f"{layout.INDICATORS}/{inside}", part
    for table in LEDGER_TABLES:
        prefix = f"{table.name}/"
        have = {
            one.key: {name.removeprefix(prefix): array for name, array in one.arrays.items() if name.startswith(prefix)}
            for one in runs
            if any(name.startswith(prefix) for name in one.arrays)
        }
        if have:
            yield f"{table.name}/{inside}", ledger_slice(table, list(have), list(have.values()))


def _records(runs: Sequence[dict[str, Any]], columns: Sequence[str]) -> pa.Table:
    return pa.table({name: [run[name] for run in runs] for name in columns})


class Files(AbstractContextManager["Files"]):
    """Parquet files of a commit, which are made in one folder.

    Parameters
    ----------
    place : folder in which they are made
    name : of the commit
    """

    def __init__(self, place: Path, name: str) -> None:
        self.told: list[dict[str, Any]] = []
        """What the commit tells of each file that is closed."""
        self._place, self._name = place, name
        self._open: dict[str, tuple[Path, pq.ParquetWriter]] = {}
        self._rows: dict[str, int] = {}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, writer in self._open.values():  # of a commit that has failed
            with suppress(OSError):
                writer.close()

    def add(self, folder: str, part: pa.Table) -> None:
        """Add rows to the file in a folder of the store."""
        if folder not in self._open:
            made = self._place / f"{len(self._rows)}.parquet"
            writer = pq.ParquetWriter(made, part.schema, compression="zstd", write_page_checksum=True)
            self._open[folder] = made, writer
        self._open[folder][1].write_table(part)
        self._rows[folder] = self._rows.get(folder, 0) + part.num_rows

    def close(self) -> None:
        """Finish the files that are open, and sync them to disk."""
        for folder, (made, writer) in self._open.items():
            writer.close()
            sync_file(made)
            self.told.append(
                {
                    "path": f"{folder}/part-{self._name}.parquet",
                    "made": made.name,
                    "bytes": made.stat().st_size,
                    "sha256": sha256_of(made),
                    "footer": footer_sha256(made),
                    "rows": self._rows[folder],
                }
            )
        self._open = {}
