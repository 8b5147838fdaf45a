"""Tasks on processes of this machine, each started fresh; a process that dies concerns nothing but its own task."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, Self

from threadpoolctl import threadpool_limits

from experiments.batch.work import Fault, OtherCode, Task, work
from experiments.options import UserError

QUEUED: Final = 2
"""Tasks given to a process at a time: the one it works on and the next, so that it never waits."""


@dataclass(frozen=True)
class Answer:
    """What came of a task."""

    task: Task
    content: bytes | None
    """What `work` gives; None where the process was lost."""
    lost: str = ""
    """How, if it was lost."""


def _begin(line: Connection) -> None:
    """In a new process: leave Ctrl-C to the batch, end with it, however it ends, and keep to one thread."""
    threadpool_limits(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        line.recv_bytes()
    os._exit(1)


def _came(future: Future[bytes]) -> bytes:
    try:
        return future.result()
    except OtherCode:
        raise UserError("the model was changed while the batch ran; run the same command again") from None
    except Fault as error:
        right = "what was finished is kept; mend it and run the same command again"
        raise UserError(f"a process cannot work: {error}; {right}") from None


class _Process:
    """One process with the tasks it has been given."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        theirs, self.line = context.Pipe(duplex=False)
        self.pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(theirs,))
        self.tasks: dict[Future[bytes], Task] = {}

    def give(self, task: Task) -> None:
        self.tasks[self.pool.submit(work, task)] = task

    def end(self) -> None:
        """End it at once, whatever it is doing."""
        self.line.close()
        self.pool.shutdown(wait=True, cancel_futures=True)


class Processes(AbstractContextManager["Processes"]):
    """Processes that work on tasks.

    Parameters
    ----------
    number : how many
    """

    def __init__(self, number: int) -> None:
        self.workers = number
        self._processes: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.line.close()
        for process in self._processes:
            process.end()
        self._processes.clear()

    def room(self) -> bool:
        """Whether another task can be given."""
        return len(self._processes) < self.workers or any(len(one.tasks) < QUEUED for one in self._processes)

    def give(self, task: Task) -> None:
        """Give a task to the process that has fewest."""
        least = min(self._processes, key=lambda one: len(one.tasks), default=None)
        if least is None or (least.tasks and len(self._processes) < self.workers):
            least = _Process()
            self._processes.append(least)
        try:
            least.give(task)
        except BrokenProcessPool:  # gone since the last look; what it had is found to be lost at the next one
            if not least.tasks:
                self._processes.remove(least)
                least.end()
            fresh = _Process()
            self._processes.append(fresh)
            fresh.give(task)

    def answers(self, seconds: float) -> Iterator[Answer]:
        """What has been done within some seconds."""
        futures = [future for process in self._processes for future in process.tasks]
        done = wait(futures, timeout=seconds, return_when=FIRST_COMPLETED).done
        for process in list(self._processes):
            finished = [future for future in process.tasks if future in done]
            if any(isinstance(future.exception(), BrokenProcessPool) for future in finished):
                yield from self._lost(process)
                continue
            for future in finished:
                task = process.tasks.pop(future)
                yield Answer(task, _came(future))

    def _lost(self, process: _Process) -> Iterator[Answer]:
        """A process is gone: the task it worked on may be why, the next one is given to another."""
        self._processes.remove(process)
        waiting: list[tuple[Future[Any], Task]] = list(process.tasks.items())
        process.end()
        first = True
        for future, task in waiting:
            if future.done() and future.exception() is None:
                yield Answer(task, _came(future))
            elif first:
                first = False
                yield Answer(task, None, "the process that computed it was killed, perhaps for want of memory")
            else:
                self.give(task)
