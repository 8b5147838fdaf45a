"""Fitting: from the priors, generation by generation, to the posterior.

The first generation is spread evenly over the priors. An emulator of its runs gives the best fit (global fit) and the
posterior by sequential Monte Carlo; the next generation is drawn from there, run with the model itself, and the
emulator is fitted again to all runs. The last generation is the posterior, weighted by what its own runs taught.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from calibration.candidates import Laboratory
from calibration.emulator import Emulator, fit
from calibration.likelihood import Aim
from calibration.priors import Space
from calibration.smc import effective, normalised, resampled, sample, sobol

Array = NDArray[np.float64]
WARY: Final = 4.0
"""Factor on the variance of the likelihood when the second generation is drawn: its emulator is a first sketch."""
STARTS: Final = 24
"""Starts of the global fit."""
NUDGE: Final = 1e-6
"""Step of a difference, as a part of the range of a prior."""


@dataclass(frozen=True)
class Generation:
    """Candidates of one generation and what they gave."""

    first: int
    """Number of the first candidate."""
    cube: Array
    """Candidates in the unit cube; shape (candidates, priors)."""
    values: Array
    """Parameter values."""
    seeds: Array
    """Targets by seed; shape (candidates, seeds, targets)."""
    drawn: Array
    """Log-likelihood by which each was drawn; 0 for the first generation."""

    @property
    def targets(self) -> Array:
        """Targets, mean of the seeds; shape (candidates, targets)."""
        return np.asarray(self.seeds.mean(axis=1))


@dataclass
class Fit:
    """A calibration under way, and its result."""

    aim: Aim
    space: Space
    generations: list[Generation] = field(default_factory=list)
    emulators: list[Emulator] = field(default_factory=list)
    """Fitted after each generation, to all runs so far."""
    best: Array = field(default_factory=lambda: np.empty(0))
    """Point of the unit cube where the global fit ended."""
    weights: Array = field(default_factory=lambda: np.empty(0))
    """Weights of the last generation."""

    @property
    def draws(self) -> Generation:
        """The last generation: the posterior."""
        return self.generations[-1]

    @property
    def chance(self) -> Array:
        """Standard deviation of the mean over the seeds of a candidate, by target."""
        return chance_of(self.generations)

    def noise(self) -> Array:
        """Standard deviation with which the emulator knows each target: its own and that of the common seeds."""
        return np.hypot(self.emulators[-1].uncertainty, self.chance)

    def log_likelihood(self, cube: Array) -> Array:
        """Of points of the unit cube, by the last emulator."""
        return self.aim.log_likelihood(self.emulators[-1](cube), self.noise())


def chance_of(generations: list[Generation]) -> Array:
    """Standard deviation of the mean over the seeds of a candidate, by target, from the spread between seeds."""
    seeds = np.concatenate([generation.seeds for generation in generations])
    spread = np.nanmean(np.var(seeds, axis=1, ddof=1), axis=0)
    return np.asarray(np.sqrt(spread / seeds.shape[1]))


def calibrate(
    aim: Aim,
    space: Space,
    laboratory: Laboratory,
    sizes: tuple[int, ...],
    particles: int,
    seed: int,
    told: Callable[[Fit], None] = lambda _: None,
) -> Fit:
    """Fit the parameters to the targets.

    Parameters
    ----------
    sizes : candidates of each generation
    particles : particles of the sequential Monte Carlo
    seed : of the candidates drawn; the runs have seeds of their own
    told : called after each generation
    """
    found = Fit(aim, space)
    dimension = len(space.names)
    first = 0
    with threadpool_limits(1):  # sums in one order, whatever the machine's number of processors
        for number, size in enumerate(sizes):
            rng = np.random.default_rng([seed, number])
            if number == 0:
                cube, drawn = sobol(size, dimension, rng), np.zeros(size)
            else:
                cube, drawn = _drawn(found, size, particles, rng, WARY if number == 1 else 1.0)
            values = space.values(cube)
            seeds = laboratory.values(first, values, aim.names)
            found.generations.append(Generation(first, space.cube(values), values, seeds, drawn))
            found.emulators.append(_emulated(found))
            if number == 0:
                found.best = global_fit(found, rng)
            first += size
            told(found)
        last = found.draws
        found.weights = normalised(found.log_likelihood(last.cube) - last.drawn)
    return found


def _emulated(found: Fit) -> Emulator:
    cube = np.concatenate([generation.cube for generation in found.generations])
    targets = np.concatenate([generation.targets for generation in found.generations])
    return fit(cube, targets, found.aim.percent)


def _drawn(found: Fit, size: int, particles: int, rng: np.random.Generator, wary: float) -> tuple[Array, Array]:
    """Candidates from the posterior by the last emulator, and the log-likelihoods by which they were drawn."""

    def log_likelihood(cube: Array) -> Array:
        return found.log_likelihood(cube) / wary

    points = sample(log_likelihood, len(found.space.names), particles, rng)
    chosen = points[resampled(np.full(particles, 1.0 / particles), size, rng)]
    return chosen, log_likelihood(chosen)


def global_fit(found: Fit, rng: np.random.Generator) -> Array:
    """Point of the unit cube with the highest likelihood by the last emulator, from many starts."""
    dimension = len(found.space.names)
    cube = found.generations[0].cube
    order = np.argsort(-found.log_likelihood(cube))
    starts = [*cube[order[: STARTS // 2]], *rng.random((STARTS - STARTS // 2, dimension))]
    bounds = [(0.0, 1.0)] * dimension

    def cost(point: Array) -> tuple[float, Array]:
        """Minus the log-likelihood, and its slope by differences, all points in one go."""
        side = np.where(point + NUDGE <= 1.0, NUDGE, -NUDGE)
        told = -found.log_likelihood(np.vstack([point, point + np.diag(side)]))
        return float(told[0]), (told[1:] - told[0]) / side

    ends = [
        minimize(cost, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 200}) for start in starts
    ]
    return np.asarray(min(ends, key=lambda end: float(end.fun)).x, float)


def effective_draws(found: Fit) -> float:
    """How many equally weighted draws the weighted ones are worth."""
    return effective(found.weights)
