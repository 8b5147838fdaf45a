"""Parameter recovery: known parameters, synthetic targets from the model itself, fitted blind.

Each experiment draws parameters from the priors, runs the model with seeds of its own, adds the error that a
documented value may have, and fits as if nothing else were known. The intervals have to hold the truth as often as
they say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from calibration.candidates import Laboratory
from calibration.fitting import Fit
from calibration.likelihood import SPREAD, Aim
from calibration.smc import sample

Array = NDArray[np.float64]
SURE: Final = 0.9
"""Chance with which an interval should hold the truth."""


@dataclass(frozen=True)
class Recovery:
    """Known parameters and what was found of them, as places in the range of each prior."""

    truth: Array
    """Shape (experiments, priors)."""
    low: Array
    high: Array

    @property
    def held(self) -> NDArray[np.bool_]:
        """Whether each interval holds the truth; shape (experiments, priors)."""
        return np.asarray((self.low <= self.truth) & (self.truth <= self.high))

    @property
    def coverage(self) -> float:
        """Share of all intervals that hold the truth."""
        return float(self.held.mean())

    @property
    def width(self) -> Array:
        """Mean width of the intervals of each parameter, against that of the prior."""
        return np.asarray((self.high - self.low).mean(axis=0) / SURE)


def recover(found: Fit, laboratory: Laboratory, experiments: int, particles: int, seed: int) -> Recovery:
    """Do the experiments with the emulator of the first generation, which knows the whole range of the priors.

    Parameters
    ----------
    laboratory : runs the synthetic truth with other seeds than those of the fit, and every candidate twice, so that
        all targets are measured
    """
    rng = np.random.default_rng([seed, experiments])
    truth = rng.random((experiments, len(found.space.names)))
    values = found.space.values(truth)
    told = laboratory.values(0, values, found.aim.names).mean(axis=1)
    errors = rng.standard_normal(told.shape) * SPREAD * found.aim.tolerance
    emulator, noise = found.emulators[0], np.hypot(found.emulators[0].uncertainty, found.chance)
    ends = []
    with threadpool_limits(1):
        for number in range(experiments):
            aim = found.aim.at(told[number] + errors[number])

            def log_likelihood(cube: Array, aim: Aim = aim) -> Array:
                return aim.log_likelihood(emulator(cube), noise)

            chance = np.random.default_rng([seed, experiments, number])
            points = sample(log_likelihood, truth.shape[1], particles, chance)
            ends.append(np.quantile(points, [(1.0 - SURE) / 2.0, (1.0 + SURE) / 2.0], axis=0))
    low, high = np.stack(ends, axis=1)
    return Recovery(found.space.cube(values), low, high)
