"""Tasks on a Dask cluster that is already running; it needs the extra `cluster`."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Final, Self

from experiments.batch import keys
from experiments.batch.local import Answer
from experiments.batch.work import Task, work
from experiments.options import UserError

WAIT: Final = 30.0
"""Seconds to wait for the scheduler, and for a first worker."""
_QUEUED: Final = 3
"""Tasks given to the cluster for each thread of its workers."""
_START: Final = "dask scheduler and dask worker start one, see docs/EXPERIMENTS.md"


async def _greet(address: str) -> None:
    """Open a connection to a scheduler and close it again; raises where none answers."""
    from distributed.comm import connect
    from distributed.security import Security

    line = await connect(address, timeout=WAIT, **Security().get_connection_args("client"))
    await line.close()


class Cluster(AbstractContextManager["Cluster"]):
    """A Dask cluster that works on tasks.

    Parameters
    ----------
    address : of the scheduler, such as tcp://10.0.0.1:8786, or its scheduler file
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.workers = 0
        """Threads of all workers."""
        self._tasks: dict[Any, Task] = {}
        self._done: Queue[Any] = Queue()

    def __enter__(self) -> Self:
        try:
            import distributed
        except ImportError:
            what = "install it with the extra cluster, as in: pip install 'careerflows[cluster]'"
            raise UserError(f"--cluster: Dask is not installed; {what}") from None
        for name in (
            "distributed",
            "distributed.client",
            "distributed.core",
            "distributed.comm",
            "distributed.batched",
        ):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said by us, in one line
        target = self._target()
        try:
            asyncio.run(_greet(target))  # a client that reaches nobody would keep the process alive for a minute
            self._client = distributed.Client(target, timeout=WAIT, set_as_default=False)
        except Exception as error:  # Dask raises of many kinds where an address is wrong
            why = " ".join(str(error).split()) or type(error).__name__
            raise UserError(f"--cluster: no scheduler answers at {self.address} ({why}); {_START}") from None
        try:
            with self._reachable():
                self._check()
        except BaseException:
            self._client.close(timeout=2)
            raise
        return self

    def _target(self) -> str:
        """Address of the scheduler."""
        if "://" in self.address:
            return self.address
        right = "give tcp://HOST:PORT, or the scheduler file of dask scheduler --scheduler-file"
        file = Path(self.address).expanduser()
        if not file.is_file():
            raise UserError(f"--cluster: {self.address} is no address and no file; {right}")
        try:
            return str(json.loads(file.read_text(encoding="utf-8"))["address"])
        except (ValueError, KeyError, TypeError):
            raise UserError(f"--cluster: {self.address} holds no address of a scheduler; {right}") from None

    def _check(self) -> None:
        """Workers that are there, with the model of this process."""
        try:
            self._client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError:
            raise UserError(
                f"--cluster: {self.address} has no workers; dask worker {self.address} starts one"
            ) from None
        told = self._codes()
        for worker, code in sorted(told.items()):
            if isinstance(code, BaseException):
                what = "careerflows cannot be loaded there; install the same version on all machines"
                raise UserError(f"--cluster: worker {worker}: {what} ({type(code).__name__}: {code})")
            if code != keys.code():
                raise UserError(f"--cluster: worker {worker} has another version of the model; {_SAME}")
        self._count()

    def _codes(self) -> dict[str, Any]:
        """What the workers say of their code; UserError where one of them says nothing."""
        found: list[dict[str, Any]] = []
        asking = threading.Thread(
            target=lambda: found.append(self._client.run(keys.code, on_error="return")), daemon=True
        )
        asking.start()
        asking.join(WAIT)
        if not found:
            raise UserError(f"--cluster: a worker of {self.address} does not answer; end it, or start it again")
        return found[0]

    def _count(self) -> None:
        self.workers = sum(self._client.nthreads().values())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for future in self._tasks:
            future.release()
        self._client.close(timeout=2)

    def room(self) -> bool:
        """Whether another task can be given."""
        return len(self._tasks) < max(1, self.workers) * _QUEUED

    def give(self, task: Task) -> None:
        """Give a task to the cluster."""
        with self._reachable():
            future = self._client.submit(work, task, pure=False)
        self._tasks[future] = task
        future.add_done_callback(self._done.put)

    def answers(self, seconds: float) -> Iterator[Answer]:
        """What has been done within some seconds; UserError if the scheduler is gone."""
        done: list[Any] = []
        with suppress(Empty):
            done.append(self._done.get(timeout=seconds))
            while True:
                done.append(self._done.get_nowait())
        with self._reachable():
            answers = [self._answer(future, self._tasks.pop(future)) for future in done]
            self._count()
        yield from answers

    def _answer(self, future: Any, task: Task) -> Answer:
        from distributed import KilledWorker

        error = future.exception() if future.status == "error" else None
        if future.status in ("cancelled", "lost"):
            raise self._gone()
        if error is None:
            return Answer(task, future.result())
        if isinstance(error, KilledWorker):
            return Answer(task, None, "the workers that computed it were killed, perhaps for want of memory")
        if type(error).__name__ == "OtherCode":
            raise UserError(f"--cluster: a worker {error}; {_SAME}")
        why = " ".join(str(error).split()) if type(error).__name__ == "Fault" else f"{type(error).__name__}: {error}"
        right = "what was finished is kept; mend it and run the same command again"
        raise UserError(f"--cluster: a worker cannot work: {' '.join(why.split())}; {right}")

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """UserError if the scheduler is gone."""
        try:
            if self._client.status != "running":
                raise self._gone()
            yield
        except (OSError, TimeoutError, CancelledError):
            raise self._gone() from None

    def _gone(self) -> UserError:
        what = "start it again and run the same command; what was finished is kept"
        return UserError(f"--cluster: the scheduler at {self.address} is gone; {what}")


_SAME: Final = "install the same one on all machines"
