"""Threads that take turns: each takes the next stretch of people, or market, until none is left."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numba import types
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

STRETCH: Final = 4096
"""Rows of people in a stretch."""
MOST_THREADS: Final = 1024
"""As many as all models that are stepped at the same time may ask for; only those needed are made."""
ROWS_PER_THREAD: Final = 12_500
"""Fewer people than this are not worth another thread."""


def stretches(count: int) -> NDArray[np.int64]:
    """First row of each stretch of people, and the end after the last."""
    return np.append(np.arange(0, count, STRETCH), count)


def take_turn(turns: NDArray[np.int64]) -> int:
    """Number of the next piece of work, from a counter of shape (1,) that all threads share; no two get the same."""
    turns[0] += 1
    return int(turns[0]) - 1


@intrinsic
def _count_one(context: Any, counter: Any) -> Any:
    """Add one to a counter, whole against all other threads; returns what it was before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.atomic_rmw("add", array.data, context.get_constant(types.int64, 1), "monotonic")

    return types.int64(counter), generate


@overload(take_turn)
def _take_turn(turns):  # type: ignore[no-untyped-def]  # Numba compares the signatures of the two functions
    return lambda turns: _count_one(turns)


def workers(threads: int, count: int) -> int:
    """How many of the threads are worth their while for a number of people."""
    return max(1, min(threads, count // ROWS_PER_THREAD))


def together(threads: int, work: Callable[[int], None]) -> None:
    """Call `work(thread)` for each thread, at the same time; the calling thread is one of them.

    Returns, or raises what was raised, only when all have ended: none goes on with arrays that others have again.
    """
    others = [_pool().submit(work, thread) for thread in range(1, threads)]
    try:
        work(0)
    finally:
        wait(others)
    for other in others:
        other.result()


@lru_cache(maxsize=1)
def _pool_of(process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="people")


def _pool() -> ThreadPoolExecutor:
    """Threads of this process beside the calling ones, made when needed; a forked child gets its own."""
    return _pool_of(os.getpid())
