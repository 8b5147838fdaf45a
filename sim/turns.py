"""Threads that take turns: each takes the next stretch of people, or market, until none is left; then they meet."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any, Final

import numpy as np
from numba import types
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

from agents.rule import rule

STRETCH: Final = 4096
"""Rows of people in a stretch."""
_PATIENCE: Final = 0.2
"""Seconds after which a waiting thread looks whether what it waits for has ended."""
_LOOKS: Final = 1000
"""Looks of a waiting thread, some tenths of a millisecond, before it sleeps between two of them."""
_NAP: Final = 20
"""Microseconds between two looks of a thread that sleeps."""
ROWS_PER_THREAD: Final = 12_500
"""Fewer people than this are not worth another thread."""


ARRIVED, ROUND, BROKEN = 0, 1, 2
"""Rows of a gate: threads that wait there, times that all have met, and whether one has broken off."""


def counters(count: int) -> NDArray[np.int64]:
    """Counters that threads share, apart in memory so that they do not hold each other up; shape (count, 8)."""
    return np.zeros((count, 8), np.int64)


def new_gate() -> NDArray[np.int64]:
    """Where threads meet; see `meet`."""
    return counters(BROKEN + 1)


def take_turn(turns: NDArray[np.int64]) -> int:
    """Number of the next piece of work, from the first of `turns`, which threads share; no two get the same."""
    turns[0] += 1
    return int(turns[0]) - 1


def peek(turns: NDArray[np.int64]) -> int:
    """The first of `turns` as other threads have left it."""
    return int(turns[0])


def give_way() -> None:
    """Let whoever else wants this processor have it."""


def nap() -> None:
    """Leave this processor for a moment, to a thread that waits for another one too."""


@intrinsic
def _count(context: Any, counter: Any, more: Any) -> Any:
    """Add to a counter, whole against all other threads, which see all that was written before; returns what it was."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.atomic_rmw("add", array.data, arguments[1], "seq_cst")

    return types.int64(counter, types.int64), generate


_yield: Final = types.ExternalFunction("sched_yield", types.intc())
_usleep: Final = types.ExternalFunction("usleep", types.intc(types.uintc))


@overload(take_turn)
def _take_turn(turns):  # type: ignore[no-untyped-def]  # Numba compares the signatures of the two functions
    return lambda turns: _count(turns, 1)


@overload(peek)
def _peek(turns):  # type: ignore[no-untyped-def]
    return lambda turns: _count(turns, 0)


@overload(give_way)
def _give_way():  # type: ignore[no-untyped-def]
    if os.name == "nt":  # no such call there: a waiting thread keeps its processor
        return lambda: None
    return lambda: _yield()


@overload(nap)
def _nap():  # type: ignore[no-untyped-def]
    if os.name == "nt":
        return lambda: None
    return lambda: _usleep(_NAP)


@rule
def meet(gate: NDArray[np.int64], threads: int) -> bool:
    """Wait until all threads have come here; false if one has broken off and never will.

    Waiting threads look again and again: what they wait for takes less time than to fall asleep and be woken. Where it
    takes longer, another program holds up the thread that is waited for, and may be on the processor of this one: then
    they sleep between two looks.
    """
    if threads == 1:
        return True
    rounds = peek(gate[ROUND])
    if take_turn(gate[ARRIVED]) == threads - 1:
        gate[ARRIVED, 0] = 0
        take_turn(gate[ROUND])
        return True
    looks = 0
    while peek(gate[ROUND]) == rounds:
        if peek(gate[BROKEN]) > 0:
            return False
        looks += 1
        if looks < _LOOKS:
            give_way()
        else:
            nap()
    return True


def workers(threads: int, count: int) -> int:
    """How many of the threads are worth their while for a number of people."""
    return max(1, min(threads, count // ROWS_PER_THREAD))


def together(threads: int, work: Callable[[int], None], give_up: Callable[[], None] = lambda: None) -> None:
    """Call `work(thread)` for each thread, at the same time; the calling thread is one of them.

    Returns, or raises what was raised, only when all have ended: none goes on with arrays that others have again.
    `give_up` is called when the calling thread is struck, before it waits for others that may wait for it.
    """
    others = [_helper() for _ in range(1, threads)]
    try:
        for thread, helper in enumerate(others, 1):
            helper.begin(work, thread)
        work(0)
    except BaseException:
        give_up()
        raise
    finally:
        struck = [helper.join() for helper in others if helper.busy]
    for error in (*struck, *(helper.error for helper in others)):
        if error is not None:
            raise error
    _free.extend(others)


class _Helper:
    """A thread that waits for work: two locks hand it over and back, which costs less than a pool of futures."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.error: BaseException | None = None
        self._work: Callable[[int], None] = _nothing
        self._thread = 0
        self._begun, self._finished, self._joined = 0, 0, 0
        self._begin, self._ended = Lock(), Lock()
        self._begin.acquire()
        self._ended.acquire()
        Thread(target=self._loop, name="people", daemon=True).start()

    @property
    def busy(self) -> bool:
        """Whether it was given work that nobody has waited for."""
        return self._begun > self._joined

    def begin(self, work: Callable[[int], None], thread: int) -> None:
        """Let it work."""
        self._work, self._thread = work, thread
        self._begin.release()
        self._begun += 1

    def join(self) -> BaseException | None:
        """Wait until it has ended; returns the interrupt that struck meanwhile: then it is not to be used again."""
        struck: BaseException | None = None
        while True:
            try:
                if self._ended.acquire(timeout=_PATIENCE) or (struck is not None and self._finished >= self._begun):
                    break
            except KeyboardInterrupt as error:
                struck = error
        self._joined = self._begun
        return struck

    def _loop(self) -> None:
        while True:
            self._begin.acquire()
            try:
                self._work(self._thread)
            except BaseException as error:
                self.error = error
            self._work = _nothing
            self._finished += 1
            self._ended.release()


def _nothing(thread: int) -> None:
    """No work."""


_free: list[_Helper] = []


def _helper() -> _Helper:
    """A thread of this process beside the calling one, made when needed; a forked child gets its own."""
    while _free:
        try:
            helper = _free.pop()
        except IndexError:  # another thread was faster
            break
        if helper.process == os.getpid():
            return helper
    return _Helper()
