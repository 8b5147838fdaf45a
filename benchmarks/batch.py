"""What the batch layer costs against calling the model in a loop, how it uses processes, memory and disk.

    python benchmarks/batch.py [--replicates 40] [--runs 10000] [--ledgers]

The loop calls `CareerModel` for the runs of the same plan in the same order, so that it shares beginnings just as a
process of the batch does; it and `careerflows batch` on one and two processes are timed in one run of this file, and
their indicators are checked to be equal. Start-up (loading the compiled model) is told apart, by a batch of one run.
Then ten thousand small runs: memory of the parent while they go on, disk against what `--dry-run` says, and the time to
open the store and read one indicator of all runs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import experiments
from experiments.batch.experiment import load_experiment
from experiments.batch.plan import Plan
from experiments.batch.work import scenario_of
from experiments.replicates import prepare
from sim import beginning, indicators
from sim.model import CareerModel

HOME = Path(__file__).parents[1]
SWEEP = """\
id: sweep
title: A sweep at the default scale
scenarios: [baseline, part_time_availability]
levers:
  part_time_availability.reach: [0, 0.25, 0.5, 0.75, 1]
replicates: {replicates}
outcomes: [{outcomes}]
"""
ONE = """\
id: one
title: One run
scenarios: [baseline]
until: 2023-01-01
"""
MANY = """\
id: many
title: Small runs
scenarios: [baseline, part_time_availability]
uncertainties:
  productivity_growth: provenance
levers:
  part_time_availability.reach: {{range: [0, 1]}}
design: {{kind: latin_hypercube, size: {points}}}
replicates: 5
scale: 5000
"""


def command(*arguments: str) -> list[str]:
    """The command line as a process of its own."""
    return [sys.executable, "-m", "experiments", *arguments]


def timed(file: Path, store: Path, processes: int) -> float:
    """Seconds that a batch takes from start to end."""
    begun = time.perf_counter()
    options = ["--store", str(store), "--processes", str(processes), "--json"]
    subprocess.run(command("batch", str(file), *options), cwd=HOME, check=True, capture_output=True)
    return time.perf_counter() - begun


def loop(file: Path) -> tuple[float, dict[str, np.ndarray]]:
    """Seconds of calling the model for every run of a plan, and the technicians of each at the end."""
    beginning._kept.clear()
    plan = Plan(load_experiment(file), None)
    column = indicators.keys().index(("technicians", "all"))
    found = {}
    begun = time.perf_counter()
    with threadpool_limits(1):  # as the command line has it
        for task in plan.tasks(()):
            for run in task.runs:
                scenario = scenario_of(task, run)
                model = CareerModel(scenario, scale=task.scale, rng=task.seed, until=task.until, threads=1)
                found[run.key] = indicators.yearly(model.run())[-1, column]
    return time.perf_counter() - begun, found


def resident(pid: int) -> float:
    """Memory of a process in megabytes."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) / 1000 for line in text.splitlines() if line.startswith("VmRSS")), 0.0)


def compare(folder: Path, replicates: int, outcomes: str) -> None:
    """Print the overhead of the layer and the efficiency of two processes."""
    file, one = folder / "sweep.yaml", folder / "one.yaml"
    file.write_text(SWEEP.format(replicates=replicates, outcomes=outcomes))
    one.write_text(ONE)
    prepare(load_experiment(file).scenarios[0])
    rows = []
    for turn in range(3):
        start = timed(one, folder / f"one{turn}", 1)
        plain, values = loop(file)
        alone, pair = (timed(file, folder / f"s{turn}-{n}", n) for n in (1, 2))
        rows.append((plain, start, alone, pair))
        print(f"loop {plain:.1f} s; start {start:.1f} s; 1 process {alone:.1f} s, 2 processes {pair:.1f} s", flush=True)
    frame = experiments.load(folder / "s0-2").indicators(indicator="technicians", group="all", year=2035)
    told = frame.drop_duplicates("run").set_index("run")["value"]
    assert len(told) == len(values)
    assert all(told[key] == value for key, value in values.items()), "the batch finds other values than the loop"
    plain, start, alone, pair = np.median(rows, axis=0)
    print(f"{len(values)} runs, {outcomes}, medians of 3:")
    print(f"  overhead: 1 process / loop {alone / plain:.3f}, without starting up {(alone - start) / plain:.3f}")
    print(f"  efficiency of 2 processes: {alone / pair / 2:.1%}, without starting up ", end="")
    print(f"{(alone - start) / (pair - start) / 2:.1%}")


def many(folder: Path, runs: int) -> None:
    """Print memory, disk and reading times of many small runs."""
    file, store = folder / "many.yaml", folder / "many"
    file.write_text(MANY.format(points=runs // 10))
    options = ["--store", str(store), "--processes", "2", "--json"]
    said = subprocess.run(
        command("batch", str(file), *options, "--dry-run"), cwd=HOME, check=True, capture_output=True, text=True
    )
    begun = time.perf_counter()
    process = subprocess.Popen(command("batch", str(file), *options), cwd=HOME, stdout=subprocess.DEVNULL)
    sizes = []
    while process.poll() is None:
        time.sleep(0.5)
        sizes.append(resident(process.pid))
    seconds = time.perf_counter() - begun
    settled = np.array(sizes[len(sizes) // 10 : -2])
    told = json.loads(said.stdout)
    size = sum(one.stat().st_size for one in store.rglob("*") if one.is_file())
    print(f"{runs} small runs in {seconds:.0f} s (--dry-run: {told['seconds']:.0f} s), ", end="")
    print(f"{size / 1e6:.0f} MB on disk (--dry-run: {told['bytes'] / 1e6:.0f} MB)")
    middle = (settled.min() + settled.max()) / 2
    print(f"  memory of the parent: {settled.min():.0f} to {settled.max():.0f} MB, ", end="")
    print(f"so {middle:.0f} ± {settled.max() - middle:.0f} MB")
    code = "import time; t = time.perf_counter(); import experiments; r = experiments.load({!r}); "
    code += "d = r.indicators(indicator='technicians', group='all'); print(len(d), time.perf_counter() - t)"
    read = subprocess.run(
        [sys.executable, "-c", code.format(str(store))], cwd=HOME, check=True, capture_output=True, text=True
    )
    print(f"  opened and one indicator of all runs read, imports included (rows, seconds): {read.stdout.strip()}")
    again = time.perf_counter()
    subprocess.run(command("batch", str(file), *options), cwd=HOME, check=True, capture_output=True)
    print(f"  the same command again, with nothing to do: {time.perf_counter() - again:.1f} s")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replicates", type=int, default=40)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--ledgers", action="store_true", help="keep whole ledgers in the comparison with the loop")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), given.replicates, "indicators, ledgers" if given.ledgers else "indicators")
        if given.runs:
            many(Path(folder), given.runs)


if __name__ == "__main__":
    main()
