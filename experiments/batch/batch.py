"""`careerflows batch`: an experiment run into a store, on this machine or on a cluster."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from experiments.about import version
from experiments.batch import keys
from experiments.batch.experiment import Experiment, load_experiment
from experiments.batch.plan import Plan
from experiments.batch.run import Engine, Progress, Running
from experiments.batch.store import Store
from experiments.interrupts import on_interrupt
from experiments.options import UserError, packaged_posterior
from experiments.screen import notice, output, place_words, print_json, waiting
from experiments.wording import duration

INTERRUPTED: Final = 130
FAILED: Final = 1
_EVERY: Final = 30.0
"""Seconds between two lines about progress where there is no terminal."""


@dataclass(frozen=True)
class How:
    """How a batch is to be run."""

    store: Path | None
    processes: int
    cluster: str | None
    retry_failed: bool
    quiet: bool
    """Whether only records for programs are wanted."""


def batch(file: str, how: How, dry_run: bool) -> int:
    """Run the experiment of a file, or say what it would take; returns the exit code."""
    experiment = load_experiment(file)
    plan = planned(experiment, how.quiet)
    folder = how.store if how.store is not None else Path("results") / experiment.file.id
    if dry_run:
        from experiments.batch.estimate import estimate

        return estimate(plan, folder, how)
    begun = time.monotonic()
    try:
        progress, stopped = _run(plan, folder, how)
    except KeyboardInterrupt:
        notice("stopped at once: what was finished is kept; the same command goes on")
        return INTERRUPTED
    except OSError as error:
        if error.errno is None:  # not from a disk
            raise
        raise UserError(_disk_words(folder, error)) from None
    return _told(plan, folder, how, progress, stopped, time.monotonic() - begun)


def planned(experiment: Experiment, quiet: bool) -> Plan:
    """The plan of an experiment."""
    posterior = packaged_posterior() if experiment.file.posterior else None
    with waiting("Planning", quiet):
        try:
            return Plan(experiment, posterior)
        except ValueError as error:  # values that go together badly, though each alone can be had
            raise UserError(f"{experiment.file.id}: {error}") from None


def _disk_words(folder: Path, error: OSError) -> str:
    what = os.strerror(error.errno or 0).lower()
    kept = "what was finished is kept; " if folder.exists() else ""  # it may have been taken away
    return f"--store: {folder} cannot be written: {what}; {kept}mend it and run the same command again"


@contextmanager
def _engine(how: How) -> Iterator[Engine]:
    if how.cluster is not None:
        from experiments.batch.cluster import Cluster

        with ExitStack() as stack:
            with waiting("Reaching the cluster", how.quiet):
                cluster = stack.enter_context(Cluster(how.cluster))
            yield cluster
    else:
        from experiments.batch.local import Processes

        with Processes(how.processes) as processes:
            yield processes


def _run(plan: Plan, folder: Path, how: How) -> tuple[Progress, bool]:
    stop = threading.Event()
    with ExitStack() as stack:
        stack.enter_context(_on_termination(signal.default_int_handler))
        engine = stack.enter_context(_engine(how))
        store = stack.enter_context(Store(folder))
        if store.dropped:
            notice(f"{store.dropped} files of the journal were not whole; their runs are computed again")
        plan.settle(store.finished.done)
        if left := store.keep_experiment(plan.experiment.file.id, experiment_files(plan)):
            what = "belong to it no more; they stay in the store"
            notice(f"{left:,} runs of {plan.experiment.file.id} as it was before {what}")
        tell = stack.enter_context(_progress(how.quiet))
        stack.enter_context(_stoppable(stop))
        progress = Running(plan, store, engine, how.retry_failed, tell, stop).run()
    return progress, stop.is_set()


def experiment_files(plan: Plan) -> dict[str, bytes]:
    """What a store keeps of an experiment: its file, its design, and what it rests on."""
    return {
        "experiment.yaml": plan.experiment.text.encode(),
        "about.json": (json.dumps(about(plan), indent=1, ensure_ascii=False) + "\n").encode(),
        "design.parquet": design_bytes(plan),
    }


def design_bytes(plan: Plan) -> bytes:
    """The design as a Parquet file."""
    stream = io.BytesIO()
    pq.write_table(plan.design(), stream, compression="zstd")
    return stream.getvalue()


def about(plan: Plan) -> dict[str, Any]:
    """Where the numbers of an experiment come from, in full."""
    first = plan.experiment.scenarios[0]
    return {
        "careerflows": version(),
        "code": keys.code(),
        "facts": keys.facts(),
        "experiment": plan.experiment.file.model_dump(mode="json"),
        "factors": [
            {
                "name": factor.name,
                "role": factor.role,
                "range": factor.range,
                "values": factor.values,
                "unit": factor.unit,
                "meaning": factor.meaning,
                "moves": [scenario.id for scenario in plan.experiment.scenarios if factor.concerns(scenario)],
            }
            for factor in plan.experiment.factors
        ],
        "scenarios": [
            {
                "id": scenario.id,
                "title": scenario.title,
                "summary": scenario.summary,
                "files": [{"name": name, "sha256": sha256} for name, sha256 in scenario.files],
                "measures": [measure.model_dump(mode="json") for measure in scenario.measures],
                "changed_parameters": {
                    name: one.value
                    for name, one in scenario.parameters.items()
                    if one.value != first.parameters[name].value
                },
            }
            for scenario in plan.experiment.scenarios
        ],
        "posterior": _members(plan),
        "parameters_of": first.id,
        "parameters": {name: one.model_dump(mode="json", exclude_none=True) for name, one in first.parameters.items()},
    }


def _members(plan: Plan) -> dict[str, Any] | None:
    """The members of the posterior that are drawn: the names of what they give a value, and the values by row."""
    if plan.posterior is None:
        return None
    rows = {str(row): plan.posterior.values[row].tolist() for row in sorted(set(plan.draws))}
    return {"parameters": list(plan.posterior.space.names), "members": rows}


@contextmanager
def _stoppable(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C, and the signal with which a cluster ends a job, stop the batch; a second Ctrl-C ends it at once."""

    def ask(*_: Any) -> None:
        stop.set()
        on_interrupt(signal.default_int_handler)

    before = on_interrupt(ask)
    try:
        with _on_termination(ask):
            yield
    finally:
        on_interrupt(before)


@contextmanager
def _on_termination(handler: Any) -> Iterator[None]:
    """Set what the signal does with which a cluster ends a job; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal, a line now and then elsewhere, nothing when quiet."""
    console = Console(stderr=True)
    if quiet:
        yield lambda progress: None
    elif not console.is_terminal:
        yield _lines()
    else:
        columns = (TextColumn("Runs"), BarColumn(bar_width=30), TextColumn("{task.description}"))
        with Bar(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=None)

            def tell(progress: Progress) -> None:
                finished = progress.runs - progress.to_do
                bar.update(task, total=max(1, progress.runs), completed=finished, description=words(progress))

            yield tell


def _lines() -> Callable[[Progress], None]:
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            print(words(progress), file=sys.stderr, flush=True)

    return tell


def words(progress: Progress) -> str:
    """How far a batch is: `120 of 500 runs: 80 done, 40 from the store, 0 failed; 2 min left`."""
    finished = progress.runs - progress.to_do
    told = f"{finished:,} of {progress.runs:,} runs: {progress.done:,} done, {progress.cached:,} from the store"
    told += f", {progress.failed:,} failed"
    left = progress.remaining
    return told if left is None or not progress.to_do else f"{told}; {duration(left)} left"


def _told(plan: Plan, folder: Path, how: How, progress: Progress, stopped: bool, seconds: float) -> int:
    name = plan.experiment.file.id
    record = {
        "experiment": name,
        "store": str(folder),
        "runs": progress.runs,
        "done": progress.done,
        "from_the_store": progress.cached,
        "failed": progress.failed,
        "to_do": progress.to_do,
        "elsewhere": progress.elsewhere,
        "seconds": round(seconds, 3),
        "stopped": stopped,
    }
    if how.quiet:
        print_json(record)
    else:
        console = output()
        console.print(f"[bold]{escape(plan.experiment.file.title)}[/] [dim]({name})")
        console.print(f"{words(progress)}. This took {duration(seconds)}.", soft_wrap=True)
        console.print(f"Store: {place_words(folder.resolve())}", soft_wrap=True)
    if progress.elsewhere:
        notice(f"{progress.elsewhere} of the runs are in the tables as soon as another batch puts them there")
    if stopped:
        notice("stopped: what was finished is kept; the same command goes on")
        return INTERRUPTED
    if progress.to_do:
        notice(f"{progress.to_do} runs have no result; run the same command again")
        return FAILED
    if progress.failed:
        notice(f"{progress.failed} runs failed: careerflows store status {folder} says why; --retry-failed tries again")
        return FAILED
    return 0
