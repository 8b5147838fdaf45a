"""How near the fit comes to the targets, against ABC-SMC of pyABC at an equal number of runs of the model.

    python benchmarks/abc_smc.py                  as docs/PERFORMANCE.md reports it (about five minutes)
    python benchmarks/abc_smc.py --candidates 256

Both methods have the same targets, priors (even over the unit cube), seeds of the runs, distance, number of candidates
and threads, and every 4th candidate is run twice. What each ends with is run again with seeds that neither has seen,
every candidate twice, so that all targets count and none was fitted to chance.

pyABC is no dependency of careerflows. It gets what serves it best here. Its first population is the prior, at no extra
cost. Its kernel is drawn from all particles alike, and narrow: with so many parameters the weights collapse onto one or
two particles, the kernel then has no width left in most directions, and pyABC stops with an error; a wide one leaves
the cube nearly always. Weights take account of any kernel, so what it samples remains right. pyABC looks at the number
of candidates only between populations: the table has the last one within the number, and the one that goes over it.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

import scenarios
from calibration.candidates import Laboratory
from calibration.direct import direct_fit
from calibration.fitting import BESIDE, calibrate, effective_draws
from calibration.journal import Journal
from calibration.likelihood import Aim
from calibration.priors import load_space
from calibration.smc import effective
from calibration.study import Plan, identity
from calibration.targets import fitted
from experiments.replicates import prepare

Array = NDArray[np.float64]
SEEDS = 2
"""Runs of a candidate, and threads: pyABC has one candidate at a time."""
POPULATION = 64
"""Particles of pyABC: few, for many populations, but more than there are parameters."""
NEARER = 0.5
"""Quantile of the distances in a population that the next one has to keep to."""
SCALING = 0.05
"""Of the covariance of pyABC's kernel: wider did worse on an emulator, narrower no better (0.02 to 0.5 tried)."""
EVERYTHING = 1e9
"""Distance that the first population of pyABC has to keep to."""
HEADINGS = ("candidates", "runs", "seconds", "effective", "as fitted", "median", "least", "within", "all firm")


@dataclass(frozen=True)
class Outcome:
    """What a method ended with."""

    method: str
    candidates: int
    """Candidates that it ran."""
    seconds: float
    values: Array
    """Parameters of its last candidates; shape (candidates, priors)."""
    distance: Array
    """Their distances when they were fitted."""
    effective: float
    """How many equally weighted candidates the weighted ones are worth."""


def emulated(aim: Aim, laboratory: Laboratory, plan: Plan) -> Iterator[Outcome]:
    """The fit of this project: an emulator and sequential Monte Carlo on it."""
    start = time.perf_counter()
    space = laboratory.space
    directly = partial(direct_fit, laboratory.baseline, space, aim)
    found = calibrate(aim, space, laboratory, plan.sizes, plan.particles, plan.seed, directly=directly)
    distance = aim.distance(found.draws.targets)
    seconds = time.perf_counter() - start
    number = sum(plan.sizes) + BESIDE
    yield Outcome("emulator and SMC", number, seconds, found.draws.values, distance, effective_draws(found))


def by_pyabc(pyabc: Any, aim: Aim, laboratory: Laboratory, plan: Plan, database: Path) -> Iterator[Outcome]:
    """ABC-SMC on the model itself: the last population within the number of candidates, and the last of all."""
    space, numbers = laboratory.space, count()
    budget = sum(plan.sizes) + BESIDE

    class Kernel(pyabc.MultivariateNormalTransition):
        """A normal kernel around every particle alike."""

        def fit(self, X: Any, w: Array) -> None:
            """Covariance and density without the weights."""
            super().fit(X, np.full(len(w), 1.0 / len(w)))

    def model(parameters: Any) -> dict[str, float]:
        values = space.values(np.array([parameters[name] for name in space.names]))
        targets = laboratory.values(next(numbers), values[None], aim.names).mean(axis=1)[0]
        return {"distance": float(aim.distance(targets))}

    logging.getLogger("ABC").setLevel(logging.ERROR)
    np.random.seed(plan.seed)  # noqa: NPY002 - pyABC draws from the one generator of NumPy
    fit = pyabc.ABCSMC(
        model,
        pyabc.Distribution(**{name: pyabc.RV("uniform", 0.0, 1.0) for name in space.names}),
        lambda found, _: found["distance"],
        population_size=POPULATION,
        transitions=Kernel(scaling=SCALING),
        eps=pyabc.QuantileEpsilon(initial_epsilon=EVERYTHING, alpha=NEARER, weighted=False),
        sampler=pyabc.SingleCoreSampler(),
    )
    fit.new(f"sqlite:///{database}", {"distance": 0.0})
    with threadpool_limits(1):
        history = fit.run(max_total_nr_simulations=budget)
    populations = history.get_all_populations().query("t >= 0")
    candidates, seconds = populations.samples.cumsum().tolist(), populations.wall_time.cumsum().tolist()
    within = max((t for t, number in enumerate(candidates) if number <= budget), default=0)
    for t in sorted({within, len(candidates) - 1}):
        frame, weights = history.get_distribution(t=t)
        yield Outcome(
            f"pyABC, {t + 1} populations",
            candidates[t],
            seconds[t],
            space.values(frame[list(space.names)].to_numpy()),
            history.get_weighted_distances(t)["distance"].to_numpy(),
            effective(np.asarray(weights)),
        )


def row(aim: Aim, plan: Plan, outcome: Outcome, targets: Array) -> str:
    """A line of the table; `targets` are those of the runs with new seeds."""
    distance = aim.distance(targets)
    cells = (
        f"{outcome.candidates}",
        f"{plan.runs.number(range(outcome.candidates))}",
        f"{outcome.seconds:.0f}",
        f"{outcome.effective:.0f} of {len(outcome.values)}",
        f"{np.median(outcome.distance):.3f}",
        f"{np.median(distance):.3f}",
        f"{distance.min():.3f}",
        f"{aim.within(targets).sum(axis=1).mean():.1f}",
        f"{aim.firm_within(targets).mean():.1%}",
    )
    return f"{outcome.method:22}" + "".join(f"{cell:>12}" for cell in cells)


def main() -> int:
    """Fit in both ways and print the table; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=512, help="candidates of the fit, in 3 generations")
    parser.add_argument("--scale", type=float, default=200.0, help="people for each agent")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    try:
        pyabc = importlib.import_module("pyabc")
    except ImportError:
        print("pyABC is not installed; this installs it: python -m pip install pyabc", file=sys.stderr)
        return 2
    later = given.candidates // 4
    sizes = (given.candidates - 2 * later, later, later)
    plan = Plan(given.seed, given.scale, SEEDS, sizes, experiments=0)
    baseline, space, aim = scenarios.load("baseline"), load_space(), Aim.of(fitted())
    prepare(baseline)
    medians: list[float] = []
    print(f"{len(space.names)} parameters, {len(aim.names)} targets, {SEEDS} seeds, scale {given.scale:g}")
    print(f"{'method':22}" + "".join(f"{heading:>12}" for heading in HEADINGS), flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for method in (emulated, partial(by_pyabc, pyabc, database=folder / "pyabc.db")):
            journal = Journal(folder / str(len(medians)), identity(plan, baseline, space))
            laboratory = Laboratory(baseline, space, plan.runs, journal, SEEDS, threading.Event())
            again = replace(laboratory, runs=plan.blind_runs)
            for outcome in method(aim=aim, laboratory=laboratory, plan=plan):
                targets = again.values(0, outcome.values, aim.names).mean(axis=1)
                print(row(aim, plan, outcome, targets), flush=True)
                medians.append(float(np.median(aim.distance(targets))))
            journal.close()
    ratios = " and ".join(f"{median / medians[0]:.2f}" for median in medians[1:])
    print(f"Median distance of pyABC over that of the fit: {ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
