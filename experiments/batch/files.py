"""Files that appear complete or not at all: written under another name, synced to disk, then renamed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

WORK: Final = "_work"
"""Folder of a store in which files are made; what a killed batch left there is no part of the store."""
_BLOCK: Final = 1 << 20


def write_file(target: Path, content: bytes, work: Path) -> None:
    """Write a file at once: made in the folder `work`, on the same disk, then renamed over what was there."""
    made = work / f"{target.name}.{uuid.uuid4().hex[:12]}"
    try:
        with made.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        make_folder(target.parent)
        made.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            made.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it where they are missing, and sync their names to disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_file(made: Path) -> None:
    """Sync a file to disk."""
    with made.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network disks have no such thing
            os.fsync(handle)
    finally:
        os.close(handle)


def listed(folder: Path) -> list[Path]:
    """What is in a folder, by name; nothing where somebody else has taken it away meanwhile."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def is_whole(file: Path, content: bytes) -> bool:
    """Whether a file that has the digest of its content as its name holds just that."""
    return file.stem == hashlib.sha256(content).hexdigest()


def sha256_of(file: Path) -> str:
    """Digest of a file."""
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


@contextmanager
def held(lock: Path, wait: float = -1.0) -> Iterator[bool]:
    """Hold a lock that ends with the process, however it ends; yields whether it was got.

    Parameters
    ----------
    wait : seconds to wait for it; negative for as long as it takes
    """
    from filelock import FileLock, Timeout

    one = FileLock(lock)
    try:
        one.acquire(timeout=wait)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        one.release()
