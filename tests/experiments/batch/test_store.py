"""The store: finished runs are never lost and never twice."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import experiments
from experiments.batch import layout, local, locks
from experiments.batch.batch import experiment_files
from experiments.batch.packed import about
from experiments.batch.plan import Plan
from experiments.batch.store import Store
from experiments.batch.whole import Tables
from experiments.batch.work import Fault, Task, work
from experiments.options import UserError
from tests.experiments.batch.conftest import ALL, BOTH, experiment
from tests.experiments.batch.stores import TABLES, Here, assert_same, leave, ran


def test_what_is_kept_is_known_at_once_and_stays(plan: Plan, done: list[tuple[Task, bytes]], tmp_path: Path) -> None:
    with Store(tmp_path / "s") as store:
        assert not store.finished.done
        for task, content_ in done[:3]:
            store.keep(content_)
            assert {run.key for run in task.runs} <= store.finished.done
        assert not (tmp_path / "s" / "runs").exists()
        store.flush()
        assert len(pd.read_parquet(tmp_path / "s" / "runs")) == sum(len(task.runs) for task, _ in done[:3])
    with Store(tmp_path / "s") as again:
        assert again.finished.done == {run.key for task, _ in done[:3] for run in task.runs}


def test_a_killed_batch_loses_nothing_that_was_finished(
    done: list[tuple[Task, bytes]], small_store: Path, tmp_path: Path
) -> None:
    killed = Store(tmp_path / "s").__enter__()
    for _, content_ in done[:2]:
        killed.keep(content_)
    leave(killed)
    with Store(tmp_path / "s") as store:
        assert len(store.finished.done) == sum(len(task.runs) for task, _ in done[:2])
        for _, content_ in done[1:]:  # the second comes twice
            store.keep(content_)
        store.flush()
    assert_same(tmp_path / "s", small_store)
    assert not list((tmp_path / "s" / "journal").iterdir())
    assert not list((tmp_path / "s" / "_work").iterdir())


@pytest.mark.parametrize("killed_at_once", [True, False])
@pytest.mark.parametrize("step", range(0, 105, 1 if ALL else 8))
def test_a_batch_ended_at_any_step_of_putting_runs_into_the_tables(
    step: int,
    killed_at_once: bool,
    done: list[tuple[Task, bytes]],
    small_store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Killed(BaseException):
        pass

    left = step

    def maybe(function: Any) -> Any:
        def called(*given: Any, **named: Any) -> Any:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return function(*given, **named)

        return called

    killed = Store(tmp_path / "s").__enter__()
    killed.keep(done[0][0].failed("for want of memory, at first"))
    for _, content_ in done:
        killed.keep(content_)
    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", maybe(shutil.rmtree))
        broken.setattr(Path, "replace", maybe(Path.replace))
        broken.setattr(Path, "unlink", maybe(Path.unlink))
        broken.setattr(os, "fsync", maybe(os.fsync))
        try:
            killed.flush()
        except Killed:
            pass
        else:
            assert step > 100
    if killed_at_once:
        leave(killed)
    else:  # it ends in good order, as after a second Ctrl-C or an error of the disk
        killed.__exit__(Killed, Killed(), None)
    with Store(tmp_path / "s") as store:
        assert len(store.finished.done) == 16
        store.flush()
    assert_same(tmp_path / "s", small_store)
    assert len(pd.read_parquet(tmp_path / "s" / "failures")) == len(done[0][0].runs)
    assert not list(Tables(tmp_path / "s").damage(layout.COLUMNS))


def test_an_entry_that_is_altered_meanwhile_is_not_put_into_the_tables(
    done: list[tuple[Task, bytes]], small_store: Path, tmp_path: Path
) -> None:
    one = Store(tmp_path / "s").__enter__()
    for _, content_ in done:
        one.keep(content_)
    (entry, *_) = sorted((tmp_path / "s" / "journal").glob("*/*.runs"))
    changed = bytearray(entry.read_bytes())
    changed[len(changed) // 2] ^= 1
    entry.write_bytes(changed)
    with pytest.raises(UserError, match=r"has been altered; run the same command again"):
        one.flush()
    one.__exit__(UserError, UserError(), None)
    with Store(tmp_path / "s") as again:
        assert again.dropped == 1
        for _, content_ in done:
            if not {run["run"] for run in about(content_)} <= again.finished.done:
                again.keep(content_)
        again.flush()
    assert_same(tmp_path / "s", small_store)


def test_a_journal_entry_that_is_not_whole_is_dropped(done: list[tuple[Task, bytes]], tmp_path: Path) -> None:
    killed = Store(tmp_path / "s").__enter__()
    for _, content_ in done[:3]:
        killed.keep(content_)
    leave(killed)
    one, two, _ = sorted((tmp_path / "s" / "journal").glob("*/*.runs"))
    one.write_bytes(one.read_bytes()[:-10])
    changed = bytearray(two.read_bytes())
    changed[len(changed) // 2] ^= 1
    two.write_bytes(changed)
    with Store(tmp_path / "s") as store:
        assert store.dropped == 2
        store.flush()
        store.finished.look()
        assert store.finished.done == store.finished.tables
        assert len(store.finished.done) in {len(task.runs) for task, _ in done[:3]}


def test_two_batches_at_a_time_keep_each_run_once(
    done: list[tuple[Task, bytes]], small_store: Path, tmp_path: Path
) -> None:
    with Store(tmp_path / "s") as one, Store(tmp_path / "s") as two:
        assert one.others() == two.others() == 1
        for number, (_, content_) in enumerate(done):
            one.keep(content_)
            two.keep(content_)
            if number == 1:
                one.flush()
        two.flush()
        one.flush()
    assert_same(tmp_path / "s", small_store)


def test_what_another_batch_has_finished_is_seen(done: list[tuple[Task, bytes]], tmp_path: Path) -> None:
    with Store(tmp_path / "s") as one, Store(tmp_path / "s") as two:
        one.keep(done[0][1])
        two.finished.look()
        assert two.finished.done == one.finished.done != set()
        one.flush()
        two.finished.look()
        assert two.finished.tables == one.finished.done


def test_a_run_whose_process_is_lost_is_tried_alone_and_again(plan: Plan, small_store: Path, tmp_path: Path) -> None:
    engine = Here(lost=1)
    found = ran(plan, tmp_path / "s", engine)
    assert (found.done, found.failed) == (16, 0)
    assert len(engine.given[0].runs) > 1
    assert [len(task.runs) for task in engine.given[1:3]] == [1, 1]
    assert_same(tmp_path / "s", small_store)


def test_a_run_that_always_loses_its_process_is_a_failure_and_stops_nothing(
    plan: Plan, small_store: Path, tmp_path: Path
) -> None:
    class Poisoned(Here):
        def answers(self, seconds: float) -> Any:
            from experiments.batch.local import Answer

            task = self._waiting.pop()
            if any(run.key == poison for run in task.runs):
                yield Answer(task, None, "killed")
            else:
                yield Answer(task, work(task))

    poison = next(plan.every_key())
    found = ran(plan, tmp_path / "s", Poisoned())
    assert (found.done, found.failed, found.to_do) == (15, 1, 0)
    results = experiments.load(tmp_path / "s")
    assert results.failures["message"].tolist() == ["killed"]
    assert results.failures["run"].tolist() == [poison]
    (status,) = results.status()
    assert (status.done, status.failed, status.to_do) == (15, 1, 0)
    left = Here()
    assert ran(plan, tmp_path / "s", left).failed == 1
    assert not left.given
    again = ran(plan, tmp_path / "s", left, retry=True)
    assert (again.done, again.failed) == (1, 0)
    assert_same(tmp_path / "s", small_store)


def test_a_full_disk_loses_nothing(
    done: list[tuple[Task, bytes]], small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "s") as store:
        for _, content_ in done[:2]:
            store.keep(content_)

        def full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                store.keep(done[2][1])
            with pytest.raises(OSError, match="No space"):
                store.flush()
        assert not list((tmp_path / "s" / "_work").glob("*/*"))
        assert not (tmp_path / "s" / "runs").exists()
    with Store(tmp_path / "s") as store:
        assert len(store.finished.done) == sum(len(task.runs) for task, _ in done[:2])
        for _, content_ in done[2:]:
            store.keep(content_)
        store.flush()
    assert_same(tmp_path / "s", small_store)


def test_a_process_that_died_unseen_is_replaced(plan: Plan) -> None:
    from experiments.batch.local import Processes

    tasks = list(plan.tasks(()))
    with Processes(1) as processes:
        processes.give(tasks[0])
        (first,) = processes.answers(60.0)
        assert first.content is not None
        (process,) = processes._processes
        (pid,) = process.pool._processes
        os.kill(pid, 9)
        time.sleep(0.5)
        processes.give(tasks[1])
        (second,) = processes.answers(60.0)
        assert second.content is not None
        processes.give(replace(tasks[2], code="other"))
        with pytest.raises(UserError, match="the model was changed while the batch ran"):
            list(processes.answers(60.0))


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    (tmp_path / "file").write_text("")
    for name, message in (("mine", "holds other files than a store"), ("file", "is a file; give a folder")):
        with pytest.raises(UserError, match=message), Store(tmp_path / name):
            pass
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    for name, message in (("mine", "is no store"), ("none", "there is no such folder")):
        with pytest.raises(UserError, match=message):
            experiments.load(tmp_path / name)


def test_the_manifest_tells_every_column(small_store: Path) -> None:
    told = json.loads((small_store / "manifest.json").read_text())["tables"]
    for name, table in told.items():
        if (small_store / name).exists():
            assert set(pd.read_parquet(small_store / name).columns) == set(table["columns"])
    assert set(told) == {*TABLES, "timings", "failures"}


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    with locks.held(tmp_path / "a.lock") as got:
        assert got
        with locks.held(tmp_path / "a.lock", wait=0.0) as twice:
            assert not twice
    with locks.held(tmp_path / "a.lock", wait=0.0) as again:
        assert again


def test_a_machine_that_cannot_work_says_nothing_of_its_runs(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    task = next(plan.tasks(()))
    with monkeypatch.context() as broken:
        broken.setattr("experiments.batch.work._kept", full)
        with pytest.raises(Fault, match=r"OSError: \[Errno 28\] No space left on device \(on "):
            work(task)
    came: Future[bytes] = Future()
    came.set_exception(Fault("OSError: no space (on here)"))
    message = r"a process cannot work: OSError: no space \(on here\); what was finished is kept; mend it"
    with pytest.raises(UserError, match=message):
        local._came(came)


def test_runs_that_a_changed_experiment_leaves_are_counted(plan: Plan, tmp_path: Path) -> None:
    fewer = Plan(experiment(tmp_path, BOTH.replace("replicates: 2", "replicates: 1")), None)
    with Store(tmp_path / "s") as store:
        assert store.keep_experiment("small", experiment_files(plan)) == 0
        assert store.keep_experiment("small", experiment_files(plan)) == 0
        assert store.keep_experiment("small", experiment_files(fewer)) == 8
        assert store.keep_experiment("small", experiment_files(plan)) == 0
