"""Whatever is killed, at whatever moment: after going on, the store is that of an undisturbed batch, bit by bit.

A few faults at every run of the tests; with CAREERFLOWS_FAULTS=all as many as the project promises.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.batch.layout import journal_entries
from experiments.batch.plan import Plan
from tests.experiments.batch.conftest import ALL, SMALL, experiment, stored, written
from tests.experiments.batch.stores import assert_same

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
BATCHES, WORKERS, SCHEDULERS = (25, 5, 2) if ALL else (1, 1, 1)
"""How often a batch, a worker and a scheduler are killed."""
MANY = SMALL.replace("[0, 0.5, 1]", "[0, 0.2, 0.4, 0.6, 0.8, 1]").replace("replicates: 2", "replicates: 12")
LARGE = MANY.replace("12", "24" if ALL else "8") + "outcomes: [indicators, ledgers]\n"


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undisturbed store."""
    folder = tmp_path_factory.mktemp("reference")
    stored(Plan(experiment(folder, LARGE), None), folder / "store")
    return folder / "store"


def begun(folder: Path, python: list[str], environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*python, "batch", "mine.yaml", "--store", "s", "--processes", "2", *options],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finished_tasks(folder: Path) -> int:
    return len(journal_entries(folder / "s"))


def wait_for_more(folder: Path, than: int, process: subprocess.Popen[str]) -> None:
    """Wait until tasks were finished beyond a number of them, or the batch has ended."""
    end = time.monotonic() + 120
    while finished_tasks(folder) <= than and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)


def children(process: subprocess.Popen[str]) -> list[int]:
    """Processes of a batch."""
    told = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(word) for word in told.read_text().split()] if told.exists() else []


def test_batches_killed_at_random_moments(
    python: list[str], environment: dict[str, str], reference: Path, tmp_path: Path
) -> None:
    written(tmp_path, LARGE)
    chance = random.Random(4)
    killed = compared = 0
    while killed < BATCHES or not compared:
        process = begun(tmp_path, python, environment)
        workers: list[int] = []
        if killed < BATCHES:
            if chance.random() < 0.7:
                wait_for_more(tmp_path, finished_tasks(tmp_path), process)
                time.sleep(chance.uniform(0.0, 1.5))
            else:
                time.sleep(chance.uniform(0.0, 4.0))
            workers = children(process)
            process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=240)
        if process.returncode == -signal.SIGKILL:
            killed += 1
            end = time.monotonic() + 20
            while any(alive(worker) for worker in workers) and time.monotonic() < end:
                time.sleep(0.05)
            assert not any(alive(worker) for worker in workers), "processes outlive their batch"
            continue
        assert process.returncode == 0, err
        assert_same(tmp_path / "s", reference)
        compared += 1
        shutil.rmtree(tmp_path / "s")
    assert killed == BATCHES


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_process_of_the_batch_killed(
    python: list[str], environment: dict[str, str], reference: Path, tmp_path: Path
) -> None:
    written(tmp_path, LARGE)
    process = begun(tmp_path, python, environment)
    wait_for_more(tmp_path, 0, process)
    at_work = [
        pid for pid in children(process) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]  # fmt: skip
    os.kill(at_work[0], signal.SIGKILL)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert ", 0 failed" in out
    assert_same(tmp_path / "s", reference)


class Cluster:
    """A real scheduler and real workers on loopback."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.started = 0

    @property
    def file(self) -> Path:
        return self.folder / f"scheduler{self.started}.json"

    def start(self) -> None:
        self.started += 1
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file)]
        self.scheduler = self._process("distributed.cli.dask_scheduler", *options)
        end = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < end:
            time.sleep(0.05)

    def worker(self, home: Path | None = None) -> subprocess.Popen[bytes]:
        options = ["--scheduler-file", str(self.file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        options += ["--death-timeout", "60", "--local-directory", str(self.folder)]
        process = self._process("distributed.cli.dask_worker", *options, home=home)
        self.workers.append(process)
        return process

    def _process(self, module: str, *options: str, home: Path | None = None) -> subprocess.Popen[bytes]:
        environment = self.environment if home is None else {**self.environment, "PYTHONPATH": str(home)}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *options], cwd=self.folder, env=environment, stdout=log, stderr=log
            )

    def end(self) -> None:
        for process in (*self.workers, *filter(None, [self.scheduler])):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    one = Cluster(tmp_path_factory.mktemp("cluster"), environment)
    one.start()
    yield one
    one.end()


def test_workers_and_schedulers_killed(
    cluster: Cluster, python: list[str], environment: dict[str, str], reference: Path, tmp_path: Path
) -> None:
    written(tmp_path, LARGE)
    workers, schedulers = WORKERS, SCHEDULERS
    at_work = [cluster.worker(), cluster.worker()]
    while True:
        process = begun(tmp_path, python, environment, "--cluster", str(cluster.file))
        if workers:
            wait_for_more(tmp_path, finished_tasks(tmp_path), process)
            at_work.pop(0).kill()
            workers -= 1
            at_work.append(cluster.worker())
        if schedulers:
            wait_for_more(tmp_path, finished_tasks(tmp_path), process)
            assert cluster.scheduler is not None
            cluster.scheduler.kill()
            schedulers -= 1
            _, err = process.communicate(timeout=120)
            assert process.returncode == 2
            assert err.startswith("error: --cluster: the scheduler at ")
            assert err.endswith(" is gone; start it again and run the same command; what was finished is kept\n")
            for worker in at_work:
                worker.kill()
            cluster.start()
            at_work = [cluster.worker(), cluster.worker()]
            continue
        _, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        assert_same(tmp_path / "s", reference)
        if not workers:
            break
        shutil.rmtree(tmp_path / "s")


def test_a_worker_with_other_code_is_told(
    cluster: Cluster, python: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    written(tmp_path, SMALL)
    home = tmp_path / "other"
    checkout = Path(__file__).parents[3]
    for package in ("agents", "sim", "scenarios", "calibration", "experiments"):
        shutil.copytree(checkout / package, home / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (home / "agents" / "worker.py").open("a") as stream:
        stream.write("\n# another version\n")
    cluster.worker(home)
    process = begun(tmp_path, python, environment, "--cluster", str(cluster.file))
    out, err = process.communicate(timeout=240)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("error: --cluster: worker tcp://127.0.0.1:")
    assert err.endswith(" has another version of the model; install the same one on all machines\n")
    assert not (tmp_path / "s").exists()


def test_no_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from experiments.batch import cluster
    from experiments.options import UserError

    monkeypatch.setattr(cluster, "WAIT", 1.0)
    message = r"no scheduler answers at tcp://127.0.0.1:9 .*dask scheduler"
    with pytest.raises(UserError, match=message), cluster.Cluster("tcp://127.0.0.1:9"):
        pass


def test_a_worker_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from experiments.batch import cluster
    from experiments.options import UserError

    monkeypatch.setattr(cluster, "WAIT", 0.2)
    released = threading.Event()
    one = cluster.Cluster("tcp://127.0.0.1:9")
    one._client = SimpleNamespace(run=lambda *_, **__: released.wait(60), wait_for_workers=lambda *_, **__: None)
    try:
        with pytest.raises(
            UserError, match=r"a worker of tcp://127.0.0.1:9 does not answer; end it, or start it again"
        ):
            one._check()
    finally:
        released.set()
