"""Whether the files of a store are as they were written, and setting aside those that are not."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from experiments.batch import layout
from experiments.batch.commits import records, recover
from experiments.batch.files import SUMS, altered, content_of, footer_sha256, is_whole, listed, make_folder, sha256_of
from experiments.batch.locks import alive_in, writing_if_it_can_be
from experiments.folders import MANIFEST
from experiments.options import UserError

ASIDE: Final = "damaged"
REPAIR: Final = "careerflows store verify {} --repair sets aside what is damaged, and a batch makes it anew"
DECIDING: Final = (layout.RUNS, layout.FAILURES)
"""Tables that say what is to be computed; small, so that their digests are computed whenever a store is opened."""


class Damage(NamedTuple):
    """Something of a store that is not as it was written."""

    what: Path
    """A file or folder by itself, or the record of a commit, with which all its files are meant."""
    line: str
    """What is wrong; begins with a place within the store."""


class Tables:
    """The files of the tables and what the records of the commits tell of them, at one moment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found = {file for table in layout.COLUMNS for file in layout.files_of(folder / table)}
        self._records = list(records(folder))  # after the files: by now each of them has a record

    def damage(self, digests_of: Collection[str]) -> Iterator[Damage]:
        """What is wrong with them.

        Parameters
        ----------
        digests_of : tables of which the digest of every file is computed again; of others, that of the footer
        """
        named = set()
        unreadable = set()
        for record, files in self._records:
            if not files:
                unreadable.add(record.stem)
                yield Damage(record, f"{record.relative_to(self._folder)} has been altered")
            for one in files:
                named.add(self._folder / one["path"])
                wrong = _wrong(self._folder / one["path"], one, one["path"].split("/")[0] in digests_of)
                if wrong is not None:
                    yield Damage(record, f"{one['path']} {wrong}")
        for file in sorted(self._found - named):
            if file.stem.removeprefix(_PART) not in unreadable:
                yield Damage(file, f"{file.relative_to(self._folder)} is in no record of commits")

    @property
    def number(self) -> int:
        """How many files there are to be."""
        return sum(len(files) for _, files in self._records)


_PART: Final = "part-"


def _wrong(file: Path, told: dict[str, object], with_digest: bool) -> str | None:
    try:
        if not file.is_file():
            return "is missing"
        size = file.stat().st_size
        if size != told["bytes"]:
            return f"has {size} bytes instead of {told['bytes']}"
        if with_digest or "footer" not in told:  # of a store that is older than these digests
            same = sha256_of(file) == told["sha256"]
        else:
            same = footer_sha256(file) == told["footer"]
    except FileNotFoundError:
        return "is missing"
    return None if same else "has been altered"


def settled(folder: Path) -> Tables:
    """The tables of a store between two commits, with what was interrupted finished where the disk can be written."""
    with writing_if_it_can_be(folder) as may_write:
        if may_write:
            recover(folder, alive_in(folder))
        return Tables(folder)


def check_tables(folder: Path) -> None:
    """UserError where a file of the tables is missing, or another than was written as far as a quick look tells."""
    if any(Tables(folder).damage(DECIDING)):  # or a batch was just putting it there
        for _, line in settled(folder).damage(DECIDING):
            raise UserError(f"{folder / line}; {REPAIR.format(folder)}")


def damage_beside_tables(folder: Path) -> Iterator[Damage]:
    """What is wrong with the manifest, the experiments and the journal of a store."""
    if altered(folder, [MANIFEST]):
        yield Damage(folder / MANIFEST, f"{MANIFEST} is not as it was written")
    for place in layout.experiments(folder):
        for name in altered(place, layout.EXPERIMENT_FILES):
            yield Damage(place, f"{(place / name).relative_to(folder)} is not as it was written")
    for entry in layout.journal_entries(folder):
        content = content_of(entry)
        if content is None and not entry.is_dir() and not entry.is_symlink():
            continue  # put into the tables meanwhile
        if not is_whole(entry, content):
            yield Damage(entry, f"{entry.relative_to(folder)} has been altered")


def set_aside(folder: Path, damaged: Iterable[Path]) -> Path:
    """Take what is damaged out of a store, so that a batch makes it anew; only while nobody writes to it.

    Parameters
    ----------
    damaged : `what` of each damage

    Returns
    -------
    the folder where it is now
    """
    aside = folder / ASIDE / f"{time.time_ns():020d}"
    for what in dict.fromkeys(damaged):
        if what.name == MANIFEST:
            for name in (MANIFEST, SUMS):
                if content_of(folder / name) is None and os.path.lexists(folder / name):
                    _move(folder / name, folder, aside)
            layout.write_manifest(folder)
            continue
        if what.parent == folder / layout.COMMITS:
            for table in layout.COLUMNS:
                for file in sorted(layout.files_of(folder / table)):
                    if file.stem == f"{_PART}{what.stem}":
                        _move(file, folder, aside)
        if os.path.lexists(what):
            _move(what, folder, aside)
    return aside


def _move(what: Path, folder: Path, aside: Path) -> None:
    target = aside / what.relative_to(folder)
    make_folder(target.parent)
    what.replace(target)
    if what.relative_to(folder).parts[0] in layout.COLUMNS:
        for parent in (what.parent, what.parent.parent):
            if parent != folder and not listed(parent):
                parent.rmdir()
