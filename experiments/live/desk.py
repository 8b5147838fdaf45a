"""Where choices are answered: the newest first, in one run paired with the baseline, then in more while people look."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from experiments.costs import Money
from experiments.live.chosen import Chosen
from experiments.live.country import Left, Runs
from experiments.live.summary import Summary, summary
from sim.model import CareerModel

_KEPT: Final = 60
"""Choices whose outcomes are kept."""
_BETWEEN: Final = 0.12
"""Seconds between two answers while more runs come in."""
_YOUNG: Final = 0.03
"""Seconds after its begin in which a first run is left for a newer move; later it is sooner done than begun anew."""
_LOG: Final = logging.getLogger(__name__)


@dataclass
class Found:
    """What is known of a choice: outcomes of its runs, each paired with the baseline of the same replicate."""

    chosen: Chosen
    outcomes: list[Summary] = field(default_factory=list)
    baseline: list[Summary] = field(default_factory=list)
    costs: dict[str, Money] | None = None
    """Euro by payer, once somebody has asked for it."""
    first: CareerModel | None = None
    """The whole first run, with everybody's events; only of what was asked last."""


@dataclass(frozen=True)
class Answer:
    """What the page shows: the runs that there are of a choice."""

    number: int
    """Of the move that it answers."""
    found: Found
    runs: int
    of: int
    seconds: float
    """Computing time of the run that came last."""

    @property
    def pairs(self) -> list[tuple[Summary, Summary]]:
        """Baseline and choice, replicate by replicate."""
        return list(zip(self.found.baseline[: self.runs], self.found.outcomes[: self.runs], strict=True))

    @property
    def complete(self) -> bool:
        """Whether all runs are there."""
        return self.runs >= self.of


class Desk:
    """A thread that answers moves, one at a time; a newer move takes the place of an older one.

    Parameters
    ----------
    runs : the simulated country
    tell : called with every answer, in this thread
    cannot : called with the number of a move that cannot be computed, in this thread
    """

    def __init__(self, runs: Runs, tell: Callable[[Answer], None], cannot: Callable[[int], None]) -> None:
        self._runs = runs
        self._tell = tell
        self._cannot = cannot
        self._changed = threading.Condition()
        self._wanted: tuple[int, Chosen] | None = None
        self._besides: list[tuple[Chosen, Callable[[Answer | None], None]]] = []
        self._closed = False
        self._left = False
        """Whether the last first run was left for a newer move: then the next one is finished."""
        self._kept: OrderedDict[tuple[object, ...], Found] = OrderedDict()
        self._current: Found | None = None
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def ask(self, number: int, chosen: Chosen) -> None:
        """Want the answer to a move; one that waits, or has its first run behind it, is given up for this one."""
        with self._changed:
            self._wanted = number, chosen
            self._changed.notify()

    def ask_besides(self, chosen: Chosen, tell: Callable[[Answer | None], None]) -> None:
        """Want all runs of a choice when there is nothing newer to do; `tell` is called once, in this thread, with
        nothing where the choice cannot be computed."""
        with self._changed:
            self._besides.append((chosen, tell))
            self._changed.notify()

    def close(self) -> None:
        """Stop answering, and wait until the run under way is left."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._closed:
            with self._changed:
                while not (self._wanted or self._besides or self._closed):
                    self._changed.wait()
                wanted, self._wanted = self._wanted, None
            try:
                if wanted:
                    self._answer(*wanted)
                elif self._besides:
                    self._beside()
            except Left:
                continue
            except Exception:  # numbers that no check foresaw: the choice is dropped, the next one is answered
                _LOG.exception("a choice cannot be computed")
                self._drop(wanted)

    def _drop(self, wanted: tuple[int, Chosen] | None) -> None:
        """Forget a choice that cannot be computed, and tell who asked for it."""
        if wanted:
            number, chosen = wanted
            self._current = None
            self._cannot(number)
        else:
            chosen, tell = self._besides.pop(0)
            tell(None)
        self._kept.pop(chosen.key, None)

    def _go_on(self) -> bool:
        return self._wanted is None and not self._closed

    def _answer(self, number: int, chosen: Chosen) -> None:
        found = self._found(chosen)
        if self._current is not None and self._current is not found:
            self._current.first = None
        self._current = found
        of, seconds, told = self._runs.country.replicates, 0.0, 0.0
        if found.first is None:
            seconds = self._first(found)
        self._tell(Answer(number, found, len(found.outcomes), of, seconds))
        told = time.perf_counter()
        while len(found.outcomes) < of:
            seconds = self._one(found, self._go_on)
            now = time.perf_counter()
            if now - told >= _BETWEEN or len(found.outcomes) == of:
                self._tell(Answer(number, found, len(found.outcomes), of, seconds))
                told = now

    def _first(self, found: Found) -> float:
        """The first run. It is left for a newer move only if it has just begun, and not twice: a hand that never
        rests sees the curve follow."""
        begin = time.perf_counter()

        def go_on() -> bool:
            finish = self._wanted is None or self._left or time.perf_counter() > begin + _YOUNG
            return finish and not self._closed

        baseline = self._runs.outcome(0, lambda: not self._closed)
        try:
            found.first = self._runs.run(found.chosen.scenario(), 0, go_on)
        except Left:
            self._left = True
            raise
        self._left = False
        if not found.outcomes:
            found.outcomes.append(summary(found.first.ledger))
            found.baseline.append(baseline)
        return time.perf_counter() - begin

    def _one(self, found: Found, go_on: Callable[[], bool]) -> float:
        begin = time.perf_counter()
        number = len(found.outcomes)
        baseline = self._runs.outcome(number, go_on)
        model = self._runs.run(found.chosen.scenario(), number, go_on)
        found.baseline.append(baseline)
        found.outcomes.append(summary(model.ledger))
        return time.perf_counter() - begin

    def _beside(self) -> None:
        chosen, tell = self._besides[0]
        found = self._found(chosen)
        of = self._runs.country.replicates
        while len(found.outcomes) < of:
            self._one(found, self._go_on)
        self._besides.pop(0)
        tell(Answer(-1, found, of, of, 0.0))

    def _found(self, chosen: Chosen) -> Found:
        found = self._kept.setdefault(chosen.key, Found(chosen))
        self._kept.move_to_end(chosen.key)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found
