"""Running a plan: tasks go to processes or a cluster, and what comes back goes into the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from experiments.batch.local import Answer
from experiments.batch.plan import Plan
from experiments.batch.store import Store
from experiments.batch.work import Task

GLANCE: Final = 0.2
"""Seconds between two looks at whether the user wants to stop."""
LOOK: Final = 5.0
"""Seconds between two looks at what other batches have put into the store."""
TRIES: Final = 2
"""How often a run is tried of which the process is lost."""


class Engine(Protocol):
    """What works on tasks."""

    def room(self) -> bool:
        """Whether another task can be given."""

    def give(self, task: Task) -> None:
        """Give it a task."""

    def answers(self, seconds: float) -> Iterator[Answer]:
        """What has been done within some seconds."""


@dataclass
class Progress:
    """How far a batch is, in runs."""

    runs: int
    """All that the experiment needs."""
    cached: int
    """Those that were in the store at the start."""
    done: int = 0
    """Those that were finished since."""
    failed: int = 0
    """Those that failed, before or since."""
    elsewhere: int = 0
    """Those that are finished, but that another batch has yet to put into the tables."""
    begun: float = field(default_factory=time.monotonic)

    @property
    def to_do(self) -> int:
        """Runs without a result."""
        return self.runs - self.cached - self.done - self.failed

    @property
    def remaining(self) -> float | None:
        """Seconds that the rest takes if it goes on like this; None before anything is done."""
        return (time.monotonic() - self.begun) / self.done * self.to_do if self.done else None


class Running:
    """A plan that is being run.

    Parameters
    ----------
    retry_failed : whether runs that failed before are tried again
    tell : told of progress, at the start and after every task
    stop : set by whoever wants the batch to end with what has come back so far
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        engine: Engine,
        retry_failed: bool,
        tell: Callable[[Progress], Any],
        stop: threading.Event,
    ) -> None:
        self._plan, self._store, self._engine, self._tell, self._stop = plan, store, engine, tell, stop
        self._finished = store.finished
        self._every = set(plan.every_key())
        if retry_failed:
            self._finished.forget_failures(self._every)
        self._left = self._every & self._finished.failed.keys()
        self._tries: dict[str, int] = {}
        self._looked = time.monotonic()
        self.progress = Progress(len(self._every), len(self._every & self._finished.done), failed=len(self._left))

    def run(self) -> Progress:
        """Compute what is not in the store; what is finished is on disk before it is counted."""
        self._tell(self.progress)
        start = 0.5 if self._store.others() else 0.0  # two batches with the same work begin at different places
        tasks = self._plan.tasks(self._finished.done, self._left, start)
        waiting = next(tasks, None)
        under_way = 0
        while (waiting is not None or under_way) and not self._stop.is_set():
            while waiting is not None and self._engine.room():
                self._engine.give(waiting)
                under_way += 1
                waiting = next(tasks, None)
            for answer in self._engine.answers(GLANCE):
                under_way -= 1
                for task in self._again(answer):
                    self._engine.give(task)
                    under_way += 1
                self._tell(self.progress)
            if time.monotonic() - self._looked > LOOK:
                self._look()
        self._look()
        self._store.flush()
        self.progress.elsewhere = len(self._every & self._finished.done - self._finished.tables)
        return self.progress

    def _again(self, answer: Answer) -> list[Task]:
        """Keep an answer; tasks to try again where the process was lost, each run by itself."""
        if answer.content is None:
            if len(answer.task.runs) > 1:
                return answer.task.alone()
            key = answer.task.runs[0].key
            self._tries[key] = self._tries.get(key, 0) + 1
            if self._tries[key] < TRIES:
                return [answer.task]
        for told in self._store.keep(answer.content or answer.task.failed(answer.lost)):
            if told["run"] in self._finished.failed:
                self.progress.failed += 1
            else:
                self.progress.done += 1
        return []

    def _look(self) -> None:
        """Look what other batches have done."""
        self._looked = time.monotonic()
        self._finished.look()
        self.progress.done = len(self._every & self._finished.done) - self.progress.cached
        self.progress.failed = len(self._every & self._finished.failed.keys())
