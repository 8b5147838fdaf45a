"""How good a fit is after a number of runs: sequential Monte Carlo on an emulator against pyABC on the model itself.

    python benchmarks/fitting.py

Both get the same priors, targets, seeds, distance and number of candidates, on a small country. pyABC (ABC-SMC) is no
dependency of careerflows: `pip install pyabc` first.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import scenarios
from calibration.candidates import Laboratory, Runs
from calibration.fitting import calibrate
from calibration.journal import Journal
from calibration.likelihood import Aim
from calibration.priors import load_space
from calibration.targets import fitted
from experiments.replicates import prepare

Array = NDArray[np.float64]
THREADS: Final = 2
PARTICLES: Final = 512
HALVES: Final = 0.5
"""Share of a population of pyABC that is nearer than the next limit."""


def laboratory(folder: Path, scale: float) -> Laboratory:
    """Runs candidates with the seeds that all have in common."""
    baseline = scenarios.load("baseline")
    journal = Journal(folder, {"scale": scale})
    return Laboratory(baseline, load_space(), Runs(scale, (1, 2), 4), journal, THREADS, threading.Event())


def ours(lab: Laboratory, aim: Aim, candidates: int, seed: int) -> Array:
    """Targets of the last generation; half of the candidates are spread over the priors."""
    sizes = (candidates // 2, candidates // 4, candidates - candidates // 2 - candidates // 4)
    return calibrate(aim, lab.space, lab, sizes, PARTICLES, seed).draws.targets


def pyabc_fit(lab: Laboratory, aim: Aim, candidates: int, seed: int, population: int) -> tuple[Array, int]:
    """Targets of the last full population of pyABC, and the candidates that it ran."""
    import pyabc

    logging.getLogger("ABC").setLevel(logging.ERROR)
    np.random.seed(seed)  # noqa: NPY002 - pyABC draws from the global generator
    names, told = lab.space.names, list[Array]()

    def model(parameters: dict[str, float]) -> dict[str, Any]:
        values = lab.space.values(np.array([parameters[name] for name in names]))
        told.append(lab.values(len(told), values[None], aim.names).mean(axis=1)[0])
        return {"distance": float(aim.distance(told[-1])), "number": len(told) - 1}

    fit = pyabc.ABCSMC(
        model,
        pyabc.Distribution(**{name: pyabc.RV("uniform", 0.0, 1.0) for name in names}),
        lambda found, _: found["distance"],
        population_size=population,
        eps=pyabc.QuantileEpsilon(initial_epsilon=1e9, alpha=HALVES),
        sampler=pyabc.SingleCoreSampler(),
    )
    fit.new("sqlite://", {"distance": 0.0, "number": 0})
    history = fit.run(max_total_nr_simulations=candidates)
    statistics = history.get_weighted_sum_stats(history.max_t)[1]
    return np.stack([told[int(found["number"])] for found in statistics]), len(told)


def line(method: str, aim: Aim, targets: Array, candidates: int, seconds: float) -> str:
    """A row of the table."""
    distance, within = aim.distance(targets), aim.within(targets).mean(axis=1)
    return (
        f"{method:32s} {candidates:10d} {seconds:8.0f} {np.median(distance):8.2f} {distance.min():6.2f} "
        f"{within.mean() * len(aim.names):10.1f} {aim.firm_within(targets).mean():10.0%}"
    )


def main() -> int:
    """Run both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=512)
    parser.add_argument("--population", type=int, default=64, help="population of pyABC")
    parser.add_argument("--scale", type=float, default=200.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    try:
        import pyabc  # noqa: F401
    except ImportError:
        print("pyABC is not installed; give: pip install pyabc", file=sys.stderr)
        return 2
    aim = Aim.of(fitted())
    prepare(scenarios.load("baseline"))
    print(f"{'method':32s} candidates  seconds   median  least  of {len(aim.names)} within  all firm")
    medians = []
    with tempfile.TemporaryDirectory() as folder:
        for method in ("emulator, sequential Monte Carlo", f"pyABC, population {given.population}"):
            lab = laboratory(Path(folder) / method[:5], given.scale)
            begun = time.perf_counter()
            if method.startswith("pyABC"):
                targets, number = pyabc_fit(lab, aim, given.candidates, given.seed, given.population)
            else:
                targets, number = ours(lab, aim, given.candidates, given.seed), given.candidates
            print(line(method, aim, targets, number, time.perf_counter() - begun), flush=True)
            medians.append(float(np.median(aim.distance(targets))))
            lab.journal.close()
    print(f"median distance, pyABC over emulator: {medians[1] / medians[0]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
