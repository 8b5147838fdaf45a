"""Scenarios run again and again with common random numbers: replicate r uses the same seed for every scenario."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from experiments.interrupts import on_interrupt
from experiments.options import Settings
from sim.clock import QUARTERS_PER_YEAR
from sim.ledger import Ledger
from sim.model import CareerModel
from sim.scenario import Scenario

T = TypeVar("T")
_GLANCE = 0.2
"""Seconds between two looks at whether the user wants to stop."""


@dataclass(frozen=True)
class Replicate(Generic[T]):
    """What is kept of one replicate: of every scenario, in their order."""

    number: int
    """From 0; the seed is that of the batch plus this number."""
    runs: tuple[T, ...]


class _Stopped(Exception):
    """The run was left because the user stopped the batch."""


class Batch(Generic[T]):
    """All replicates of some scenarios, worked out in parallel and handed over in order, one by one.

    The compiled engine works outside Python's lock, so threads are enough: one replicate for each, with all its
    scenarios one after the other, so that their common beginning is built once. What is handed over does not depend
    on the number of threads.

    Parameters
    ----------
    scenarios : the same ones for every replicate, or what gives those of a replicate by its number
    keep : takes from the ledger of a run what is needed; the rest of the run is dropped
    tick : called after every run, from any thread
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario] | Callable[[int], Sequence[Scenario]],
        settings: Settings,
        keep: Callable[[Ledger], T],
        tick: Callable[[], Any] = lambda: None,
    ) -> None:
        self._scenarios = scenarios
        self.settings = settings
        self.stopped = False
        """Whether Ctrl-C ended the batch before its last replicate."""
        self._keep = keep
        self._tick = tick
        self._stop = threading.Event()

    def __iter__(self) -> Iterator[Replicate[T]]:
        workers = min(self.settings.threads, self.settings.replicates)
        inner = max(1, self.settings.threads // workers)
        before = on_interrupt(self._interrupt)
        pool = ThreadPoolExecutor(workers, thread_name_prefix="replicate")
        try:
            waiting: dict[int, Future[Replicate[T]]] = {
                number: pool.submit(self._run, number, inner) for number in range(self.settings.replicates)
            }
            while waiting:
                number = min(waiting)
                if not self._finished(waiting[number]):
                    break
                yield waiting.pop(number).result()
            pool.shutdown(cancel_futures=True)
            for number in sorted(waiting):
                future = waiting.pop(number)
                if not future.cancelled() and future.exception() is None:
                    yield future.result()
                else:
                    self.stopped = True
        finally:
            self._stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            on_interrupt(before)

    def _finished(self, future: Future[Any]) -> bool:
        """Wait for a replicate; false if the user stops the batch first. Raises what went wrong in it."""
        while not self._stop.is_set():
            if wait([future], timeout=_GLANCE, return_when=FIRST_COMPLETED).done:
                error = future.exception()
                if error is not None and not isinstance(error, _Stopped):
                    raise error
                return error is None
        return False

    def _interrupt(self, *_: Any) -> None:
        """First Ctrl-C: stop what is under way; a second one ends everything at once."""
        self._stop.set()
        on_interrupt(signal.default_int_handler)
        if sys.stderr.isatty():
            print("\nstopping; press Ctrl-C again to leave at once without results", file=sys.stderr)

    def _run(self, number: int, threads: int) -> Replicate[T]:
        kept = []
        scenarios = self._scenarios(number) if callable(self._scenarios) else self._scenarios
        for scenario in scenarios:
            if self._stop.is_set():
                raise _Stopped
            model = CareerModel(
                scenario,
                scale=self.settings.scale,
                rng=self.settings.seed + number,
                until=self.settings.until,
                since=self.settings.since,
                threads=threads,
            )
            while model.advance(QUARTERS_PER_YEAR):
                if self._stop.is_set():
                    raise _Stopped
            kept.append(self._keep(model.ledger))
            self._tick()
        return Replicate(number, tuple(kept))


def prepare(scenario: Scenario) -> None:
    """Compile the engine, or load it compiled, with a run that costs nothing; Ctrl-C ends it at once.

    A thread does it while this one waits: an interrupt that meets the clearing away of a compiler's object is lost.
    """
    done: Future[None] = Future()

    def work() -> None:
        try:
            CareerModel(scenario, scale=5000.0, rng=0, until=date(2023, 1, 1), threads=1).run()
            done.set_result(None)
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, name="prepare", daemon=True).start()
    while not wait([done], timeout=_GLANCE).done:
        pass
    done.result()
