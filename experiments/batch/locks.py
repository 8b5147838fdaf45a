"""Who writes to a store: locks that end with the process that holds them, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Final

from experiments.batch.files import WORK, listed

LOCKS: Final = "locks"
_TABLES: Final = "store.lock"


@contextmanager
def held(lock: Path, wait: float = -1.0) -> Iterator[bool]:
    """Hold a lock; yields whether it was got.

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


def writing(folder: Path) -> AbstractContextManager[bool]:
    """Hold the tables of a store, so that nobody else writes to them and no batch begins."""
    return held(folder / LOCKS / _TABLES)


@contextmanager
def writing_if_it_can_be(folder: Path) -> Iterator[bool]:
    """Hold the tables of a store; yields false on a disk that cannot be written, where nobody writes anyway."""
    with ExitStack() as stack:
        try:
            stack.enter_context(writing(folder))
        except OSError:
            yield False
            return
        yield True


def lock_of(folder: Path, name: str) -> Path:
    """The lock that a batch holds as long as it runs; made only by who holds the tables."""
    return folder / LOCKS / f"{name}.lock"


def is_alive(folder: Path, name: str) -> bool:
    """Whether a batch still runs."""
    if not lock_of(folder, name).exists():
        return False
    with held(lock_of(folder, name), wait=0.0) as got:
        return not got


def alive_in(folder: Path) -> list[str]:
    """Names of the batches that still write to a store."""
    return [place.name for place in listed(folder / WORK) if place.is_dir() and is_alive(folder, place.name)]


def sweep(folder: Path) -> None:
    """Remove locks that were left by batches that are gone; only by who holds the tables."""
    for lock in listed(folder / LOCKS):
        if lock.name != _TABLES and not is_alive(folder, lock.stem):
            lock.unlink(missing_ok=True)
