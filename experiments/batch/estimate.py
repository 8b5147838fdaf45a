"""What a batch will take, before it is run: runs, time and disk, from a few runs of this very experiment."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

from rich.markup import escape

from experiments.batch.experiment import LEDGERS, LEVERS
from experiments.batch.layout import is_store
from experiments.batch.plan import Plan, summary
from experiments.batch.store import Finished
from experiments.batch.whole import check_tables
from experiments.batch.work import Task, work
from experiments.screen import output, plain_table, print_json, waiting
from experiments.wording import duration, size_words

if TYPE_CHECKING:
    from experiments.batch.batch import How

TASKS: Final = 3
"""Tasks of a scale that are tried, spread over the plan."""
FINE: Final = 10.0
"""Scale below which one task is tried only, since its runs take many seconds."""
OF_PACKED: Final = {False: 0.5, True: 0.85}
"""Size of a run in the tables as a part of its packed size, without and with ledgers; see benchmarks/batch.py."""


@dataclass(frozen=True)
class Cost:
    """What runs take."""

    beginning: float
    """Seconds for the beginning that the runs of a task share."""
    run: float
    """Seconds for each run besides."""
    disk: float
    """Bytes for each run."""


def _cost(tasks: Sequence[Task]) -> Cost:
    """What runs of tasks of one scale take, from some of them."""
    number = TASKS if tasks[0].scale >= FINE else 1
    costs = [_measured(task) for task in tasks[:: -(-len(tasks) // number)]]
    return Cost(*(fmean(part) for part in zip(*(astuple(cost) for cost in costs), strict=True)))


def _measured(task: Task) -> Cost:
    """Time and size of runs of a task: the first with its beginning, the last without."""
    begun = time.perf_counter()
    work(replace(task, runs=task.runs[:1]))
    middle = time.perf_counter()
    content = work(replace(task, runs=task.runs[-1:]))
    last = time.perf_counter() - middle
    return Cost(max(0.0, middle - begun - last), last, len(content) * OF_PACKED[LEDGERS in task.kept])


def estimate(plan: Plan, folder: Path, how: How) -> int:
    """Say what a batch will take; writes nothing."""
    finished = Finished(folder)
    if is_store(folder):
        check_tables(folder)
        finished.look()
    plan.settle(finished.done)
    every = list(plan.every_key())
    stored = sum(key in finished.done for key in every)
    tasks = list(plan.tasks(finished.done))
    seconds, disk = 0.0, 0.0
    if tasks:
        with waiting("Trying a few runs", how.quiet):
            first = replace(tasks[0], scale=5000.0, seed=tasks[0].seed + 1, runs=tasks[0].runs[:1])
            work(first)  # so that the model is compiled, or loaded compiled; a beginning of its own is not used again
            scales = plan.experiment.scales
            by_scale = {scale: [task for task in tasks if task.scale == scale] for scale in scales}
            costs = {scale: _cost(some) for scale, some in by_scale.items() if some}
        for task in tasks:
            cost = costs[task.scale]
            seconds += cost.beginning + cost.run * len(task.runs)
            disk += cost.disk * len(task.runs)
    _tell(plan, every, stored, seconds, disk, how)
    return 0


def _tell(plan: Plan, every: Sequence[str], stored: int, seconds: float, disk: float, how: How) -> None:
    told: dict[str, Any] = {
        "experiment": plan.experiment.file.id,
        **summary(plan),
        "from_the_store": stored,
        "to_do": len(every) - stored,
        "processor_seconds": round(seconds, 1),
        "processes": how.processes,
        "seconds": round(seconds / how.processes, 1),
        "bytes": round(disk),
    }
    if how.quiet:
        print_json(told)
        return
    console = output()
    console.print(f"[bold]{escape(plan.experiment.file.title)}[/] [dim]({plan.experiment.file.id})")
    table = plain_table("", "number")
    for name in ("scenarios", "points", "draws", "replicates", "scales"):
        table.add_row(
            {"points": "points of the design", "draws": "draws of the posterior"}.get(name, name), f"{told[name]:,}"
        )
    table.add_row("all of these together", f"{told['rows']:,}")
    table.add_row("different runs", f"{told['runs']:,}")
    table.add_row("of which in the store", f"{stored:,}")
    table.add_row("to do", f"{told['to_do']:,}")
    console.print(table)
    scenarios = plan.experiment.scenarios
    for factor in plan.experiment.factors:
        moved = [scenario.id for scenario in scenarios if factor.concerns(scenario)]
        if factor.role == LEVERS and len(moved) < len(scenarios):
            console.print(f"{factor.name} moves {', '.join(moved)}.", markup=False, soft_wrap=True)
    processes = f"{how.processes} process{'' if how.processes == 1 else 'es'}"
    console.print(
        f"\nAbout {duration(seconds / how.processes)} with {processes} here, {duration(seconds)} of one processor; "
        f"about {size_words(disk)} of disk; and a few seconds to start.",
        soft_wrap=True,
    )
