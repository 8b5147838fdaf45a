"""What stores hold, and an engine that fills them."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.batch.batch import experiment_files
from experiments.batch.local import Answer
from experiments.batch.plan import Plan
from experiments.batch.run import Running
from experiments.batch.store import Store
from experiments.batch.work import Task, work

TABLES = ("runs", "indicators", "flows", "stocks", "posts", "climate", "turned_away", "year_moves", "ages", "staff")


def content(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table of a store, its rows in one order."""
    found = {}
    for name in TABLES:
        if (folder / name).exists():
            frame = pd.read_parquet(folder / name)
            for column in frame.columns[frame.dtypes == "category"]:
                frame[column] = frame[column].astype(str)
            found[name] = frame.sort_values(list(frame.columns), ignore_index=True)
    return found


content_of_reference = cache(content)


def assert_same(one: Path, reference: Path) -> None:
    """A store holds the same as an undisturbed one, run by run, bit by bit."""
    a, b = content(one), content_of_reference(reference)
    assert a.keys() == b.keys()
    for name, frame in a.items():
        assert len(frame) > 0
        pd.testing.assert_frame_equal(frame, b[name], check_exact=True)


class Here:
    """An engine that computes in this process, and remembers what it was given."""

    def __init__(self, lost: int = 0) -> None:
        self.given: list[Task] = []
        self.lost = lost
        self._waiting: list[Task] = []

    def room(self) -> bool:
        return not self._waiting

    def give(self, task: Task) -> None:
        self._waiting.append(task)
        self.given.append(task)

    def answers(self, seconds: float) -> Any:
        task = self._waiting.pop()
        if len(task.runs) == 1 and self.lost:
            self.lost -= 1
            yield Answer(task, None, "killed")
        elif self.lost:
            yield Answer(task, None, "killed")
        else:
            yield Answer(task, work(task))


def ran(plan: Plan, folder: Path, engine: Here, retry: bool = False) -> Any:
    with Store(folder) as store:
        store.keep_experiment(plan.experiment.file.id, experiment_files(plan))
        return Running(plan, store, engine, retry, lambda progress: None, threading.Event()).run()


def leave(store: Store) -> None:
    """What is left where a batch was killed: its locks are gone, its files are not."""
    store._stack.close()
