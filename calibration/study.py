"""A whole calibration: plan, runs, posterior, and the texts that it leaves."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.candidates import Laboratory, Runs
from calibration.direct import direct_fit
from calibration.fitting import BESIDE, Fit, calibrate, effective_draws
from calibration.journal import Journal
from calibration.likelihood import Aim
from calibration.posterior import ABOUT, DRAWS, RECOVERY, SENSITIVITY, best_of, table_of
from calibration.priors import Space
from calibration.recovery import recover
from calibration.sensitivity import Sensitivity, near, over_the_priors
from calibration.targets import measured_targets
from sim.scenario import Scenario
from sim.schedule import record_of
from sim.start import start_of
from sim.versions import code_sha256, text_sha256

SEEDS_FROM: Final = 1000
"""Seeds of the runs are the seed of the plan times this, and on: others than those of replicates by default."""
BLIND_FROM: Final = 500
"""What the seeds of the recovery experiments are on from those of the candidates."""
MEASURING: Final = ("counting.py", "labour_measures.py", "school_measures.py", "measures.py", "simulation.py")
"""Files that say what a run is measured by."""


@dataclass(frozen=True)
class Plan:
    """How a calibration is done; with the facts and the code it determines the posterior."""

    seed: int = 1
    """Of the candidates drawn."""
    scale: float = 20.0
    """People for each agent."""
    replicates: int = 4
    """Runs of each candidate."""
    sizes: tuple[int, ...] = (512, 256, 256, 256)
    """Candidates of each generation."""
    particles: int = 1024
    """Particles of the sequential Monte Carlo on the emulator."""
    paired: int = 4
    """Of how many candidates one is run twice."""
    experiments: int = 24
    """Recovery experiments."""

    @property
    def runs(self) -> Runs:
        """How every candidate is run."""
        first = SEEDS_FROM * self.seed + 1
        return Runs(self.scale, tuple(range(first, first + self.replicates)), self.paired)

    @property
    def blind_runs(self) -> Runs:
        """How every recovery experiment is run: with seeds of its own, and twice."""
        return Runs(self.scale, tuple(seed + BLIND_FROM for seed in self.runs.seeds), 1)

    @property
    def steps(self) -> int:
        """Candidates times seeds: a paired candidate's two runs with a seed count once."""
        return self.replicates * (sum(self.sizes) + BESIDE + self.experiments)

    @property
    def total(self) -> int:
        """Runs of the model in all."""
        return self.runs.number(range(sum(self.sizes) + BESIDE)) + self.blind_runs.number(range(self.experiments))


def identity(plan: Plan, baseline: Scenario, space: Space) -> dict[str, Any]:
    """What determines the result of a run, beside the candidate and the seed.

    The values that the baseline has now for what the calibration moves are no part of it.
    """
    middle = space.scenario(baseline, ((space.low + space.high) / 2.0).tolist())
    numbers = record_of(middle).tobytes() + start_of(middle).tobytes()
    return {
        "scale": plan.scale,
        "model_sha256": code_sha256(),
        "measures_sha256": text_sha256("calibration", *MEASURING),
        "parameters_sha256": hashlib.sha256(numbers).hexdigest(),
    }


@dataclass(frozen=True)
class Study:
    """A calibration in a folder, where its journal is and its results will be."""

    plan: Plan
    baseline: Scenario
    space: Space
    aim: Aim
    folder: Path
    threads: int
    stop: threading.Event

    def run(self, done: Callable[[bool], None], told: Callable[[Fit], None]) -> dict[str, str]:
        """Do all that the journal does not have yet; returns the texts of the result by file name.

        Parameters
        ----------
        done : called for every run of a candidate that is there, with whether it had to be done
        told : called after each generation
        """
        journal = Journal(self.folder, identity(self.plan, self.baseline, self.space))
        runs = self.plan.runs
        try:
            laboratory = Laboratory(self.baseline, self.space, runs, journal, self.threads, self.stop, done)
            found = calibrate(
                self.aim,
                self.space,
                laboratory,
                self.plan.sizes,
                self.plan.particles,
                self.plan.seed,
                told,
                partial(direct_fit, self.baseline, self.space, self.aim),
            )
            last = found.draws
            names = [target.id for target in measured_targets()]
            everything = replace(laboratory, done=lambda _: None).values(last.first, last.values, names)
            blind = replace(laboratory, runs=self.plan.blind_runs)
            recovery = recover(found, blind, self.plan.experiments, self.plan.particles // 2, self.plan.seed)
        finally:
            journal.close()
        known = np.asarray(np.isfinite(everything).any(axis=(0, 1)))
        means = everything[..., known].mean(axis=1)
        candidates = range(last.first, last.first + len(last.values))
        taken = [runs.number(range(candidate, candidate + 1)) for candidate in candidates]
        table = table_of(
            found, [name for name, here in zip(names, known, strict=True) if here], means, taken, runs.seeds[0]
        )
        return {
            DRAWS: table,
            ABOUT: json.dumps(self._about(found), indent=1) + "\n",
            RECOVERY: recovery.csv(),
            SENSITIVITY: self._sensitivity(found).csv(),
        }

    def _sensitivity(self, found: Fit) -> Sensitivity:
        """Over the priors by the first emulator, which knows them best; near the best draw by the last."""
        first, total = over_the_priors(found.emulators[0], self.space, self.plan.seed)
        last = found.draws
        best = best_of(last.cube, found.weights, (~self.aim.within(last.targets)).sum(axis=1))
        local = near(found.emulators[-1], last.cube[best], self.aim.tolerance)
        return Sensitivity(self.aim.names, self.space.names, first, total, local)

    def _about(self, found: Fit) -> dict[str, Any]:
        aim = self.aim
        surfaces = found.emulators[-1].surfaces
        return {
            "plan": asdict(self.plan) | {"sizes": list(self.plan.sizes)},
            "seeds": list(self.plan.runs.seeds),
            "runs": self.plan.total,
            "effective_draws": effective_draws(found),
            "model_sha256": code_sha256(),
            "measures_sha256": text_sha256("calibration", *MEASURING),
            "facts_sha256": text_sha256("calibration", "facts.yaml", "targets.yaml"),
            "priors_sha256": text_sha256("calibration", "priors.yaml"),
            "direct_fit": [asdict(step) for step in found.direct],
            "global_fit": {
                "values": dict(zip(self.space.names, self.space.values(found.best).tolist(), strict=True)),
                "distance": float(aim.distance(found.reached)),
                "within": int(aim.within(found.reached).sum()),
                "all_firm": bool(aim.firm_within(found.reached)),
            },
            "generations": [
                {
                    "candidates": len(generation.values),
                    "distance_median": float(np.median(aim.distance(generation.targets))),
                    "distance_least": float(aim.distance(generation.targets).min()),
                    "accepted": int(aim.firm_within(generation.targets).sum()),
                }
                for generation in found.generations
            ],
            "emulator": {
                name: {"explained": surface.explained, "error": surface.error, "chance": float(chance)}
                for name, surface, chance in zip(aim.names, surfaces, found.chance, strict=True)
            },
        }
