"""How long `careerflows compare` takes, how that grows with scenarios and replicates, and against a plain loop.

    python benchmarks/compare.py [--replicates 20] [--scale 100]

The plain loop runs the same scenarios and seeds one after the other with `CareerModel`, each with its own start: what
a user would write. `compare` shares the start of a replicate among its scenarios and runs replicates side by side. Both
are timed in one run of this file; the differences that they find are checked to be equal. The report of each comparison
is timed as a command of its own, from start to end.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import scenarios
from experiments.compare import Wanted, compare
from experiments.options import Given, Settings, processors
from experiments.replicates import prepare
from sim import beginning, indicators
from sim.model import CareerModel

UNTIL = date(2036, 1, 1)


def timed(names: list[str], scale: float, replicates: int, threads: int, out: Path) -> float:
    """Seconds that a comparison takes, with its tables, text and pictures."""
    settings = Settings(scale, replicates, 1, UNTIL, threads)
    begun = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        code = compare(Given(tuple(names)), settings, out, False, Wanted())
    assert code == 0
    return time.perf_counter() - begun


def reported(results: Path) -> tuple[float, float]:
    """Seconds that `careerflows report` takes on results, and the size of its page in megabytes."""
    out = results.with_name(f"{results.name}-report")
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "experiments", "report", str(results), "--out", str(out)],
        cwd=Path(__file__).parents[1], check=True, capture_output=True,
    )  # fmt: skip
    return time.perf_counter() - begun, (out / "report.html").stat().st_size / 1e6


def loop(names: list[str], scale: float, replicates: int, threads: int) -> tuple[float, np.ndarray]:
    """Seconds of a plain loop over the same runs, and the gain in technicians at the end by scenario."""
    column = indicators.keys().index(("technicians", "all"))
    begun = time.perf_counter()
    found = np.empty((replicates, len(names) + 1))
    for seed in range(replicates):
        for place, name in enumerate(["baseline", *names]):
            beginning._kept.clear()
            model = CareerModel(scenarios.load(name), scale=scale, rng=1 + seed, until=UNTIL, threads=threads)
            found[seed, place] = indicators.yearly(model.run())[-1, column]
    return time.perf_counter() - begun, (found[:, 1:] - found[:, :1]).mean(axis=0)


def main() -> None:
    """Time comparisons of growing size and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--scale", type=float, default=100.0)
    parser.add_argument("--threads", type=int, default=processors())
    given = parser.parse_args()
    ready = [name for name in scenarios.available() if name != "baseline"]
    prepare(scenarios.load("baseline"))
    print(f"{given.scale:g} people for each agent, {given.threads} threads, to {UNTIL}")
    heads = f"{'scenarios':>9} {'replicates':>10} {'seconds':>8} {'per scenario and replicate':>27}"
    print(f"{heads} {'report':>8} {'page':>8}")
    with tempfile.TemporaryDirectory() as folder:
        sizes = [(n, given.replicates) for n in (1, 3, 12, len(ready))]
        sizes += [(len(ready), max(2, given.replicates // 4))]
        for number, (count, replicates) in enumerate(sizes):
            out = Path(folder) / str(number)
            seconds = timed(ready[:count], given.scale, replicates, given.threads, out)
            each = seconds / replicates / (count + 1)
            report, page = reported(out)
            line = (
                f"{count:>9} {replicates:>10} {seconds:>8.1f} {1000 * each:>24.0f} ms {report:>6.1f} s {page:>5.1f} MB"
            )
            print(line, flush=True)
        names, few = ready[:3], max(2, given.replicates // 4)
        seconds = timed(names, given.scale, few, given.threads, Path(folder) / "few")
        plain, gains = loop(names, given.scale, few, given.threads)
        table = pd.read_parquet(Path(folder) / "few" / "differences.parquet")
        last = table.query("indicator == 'technicians' and group == 'all' and year == 2035").set_index("scenario")
        assert np.allclose(last.loc[names].difference.to_numpy(), gains), "the loop finds other differences"
        print(f"plain loop over 3 scenarios and {few} replicates: {plain:.1f} s; compare: {seconds:.1f} s, ", end="")
        print(f"with tables and pictures; ratio {plain / seconds:.2f}")


if __name__ == "__main__":
    main()
