"""Fitting: from a direct fit and a global one, generation by generation, to the posterior.

What has an analytic relation to a target is set from it (direct fit). The first generation is spread evenly over the
priors; an emulator of its runs gives the best values of the rest (global fit), which are run, and the posterior by
sequential Monte Carlo. The next generation is drawn from there, run with the model itself, and the emulator is fitted
again to all runs. The last generation is the posterior, weighted by what its own runs taught.
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
from calibration.direct import Step
from calibration.emulator import Emulator, fit
from calibration.likelihood import Aim
from calibration.priors import Space
from calibration.smc import effective, normalised, resampled, sample, sobol

Array = NDArray[np.float64]
Directly = Callable[[Array], tuple[Step, ...]]
"""Parameters that follow from targets, given the targets of a run in the middle of the priors."""
BESIDE: Final = 2
"""Candidates run beside the generations: where the direct and global fit ended, and the middle of the priors."""
WARY: Final = 4.0
"""Factor on the variance of the likelihood when the second generation is drawn: its emulator is a first sketch."""
STARTS: Final = 24
"""Starts of the global fit."""
ITERATIONS: Final = 200
"""Limit to the steps from each start."""
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
    direct: tuple[Step, ...] = ()
    """What the direct fit set."""
    best: Array = field(default_factory=lambda: np.empty(0))
    """Point of the unit cube where the direct and the global fit ended."""
    reached: Array = field(default_factory=lambda: np.empty(0))
    """Targets of runs at this point, mean of the seeds."""
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
    directly: Directly = lambda _: (),
) -> Fit:
    """Fit the parameters to the targets.

    Parameters
    ----------
    sizes : candidates of each generation
    particles : particles of the sequential Monte Carlo
    seed : of the candidates drawn; the runs have seeds of their own
    told : called after each generation
    directly : the direct fit; nothing is set directly when left out
    """
    found = Fit(aim, space)
    dimension = len(space.names)
    first, beside = 0, sum(sizes)
    with threadpool_limits(1):  # sums in one order, whatever the machine's number of processors
        found.direct = directly(_single(laboratory, beside + 1, space.values(np.full(dimension, 0.5)), aim))
        for number, size in enumerate(sizes):
            rng = np.random.default_rng([seed, number])
            if number == 0:
                cube, drawn = sobol(size, dimension, rng), np.zeros(size)
            else:
                cube, drawn = _drawn(found, size, particles, rng, WARY if number == 1 else 1.0)
            values = space.values(cube)
            seeds = laboratory.values(first, values, aim.names)
            found.generations.append(Generation(first, space.cube(values), values, seeds, drawn))
            found.emulators.append(emulated(aim, found.generations))
            if number == 0:
                values = space.values(global_fit(found, rng))
                found.best = space.cube(values)
                found.reached = _single(laboratory, beside, values, aim)
            first += size
            told(found)
        last = found.draws
        found.weights = normalised(found.log_likelihood(last.cube) - last.drawn)
    return found


def _single(laboratory: Laboratory, number: int, values: Array, aim: Aim) -> Array:
    """Targets of one candidate, mean of the seeds."""
    return np.asarray(laboratory.values(number, values[None], aim.names).mean(axis=1)[0])


def emulated(aim: Aim, generations: list[Generation]) -> Emulator:
    """Emulator of the candidates of some generations, each weighted by how near it is to the aim."""
    cube = np.concatenate([generation.cube for generation in generations])
    targets = np.concatenate([generation.targets for generation in generations])
    return fit(cube, targets, aim.percent, 1.0 / (1.0 + aim.distance(targets) ** 2))


def _drawn(found: Fit, size: int, particles: int, rng: np.random.Generator, wary: float) -> tuple[Array, Array]:
    """Candidates from the posterior by the last emulator, and the log-likelihoods by which they were drawn."""

    def log_likelihood(cube: Array) -> Array:
        return found.log_likelihood(cube) / wary

    points = sample(log_likelihood, len(found.space.names), particles, rng)
    chosen = points[resampled(np.full(particles, 1.0 / particles), size, rng)]
    return chosen, log_likelihood(chosen)


def global_fit(found: Fit, rng: np.random.Generator) -> Array:
    """Point of the unit cube with the highest likelihood by the last emulator, from many starts.

    What the direct fit set stays as it is.
    """
    dimension = len(found.space.names)
    lows, highs = np.zeros(dimension), np.ones(dimension)
    for step in found.direct:
        place = found.space.names.index(step.prior)
        width = found.space.high[place] - found.space.low[place]
        lows[place] = highs[place] = (step.value - found.space.low[place]) / width
    cube = found.generations[0].cube
    order = np.argsort(-found.log_likelihood(cube))
    starts = [*cube[order[: STARTS // 2]], *rng.random((STARTS - STARTS // 2, dimension))]
    free = np.diag(NUDGE * (lows < highs))

    def cost(point: Array) -> tuple[float, Array]:
        """Minus the log-likelihood, and its slope by differences, all points in one go."""
        side = np.where(point + NUDGE <= 1.0, 1.0, -1.0)
        told = -found.log_likelihood(np.vstack([point, point + side[:, None] * free]))
        return float(told[0]), (told[1:] - told[0]) / (NUDGE * side)

    bounds = list(zip(lows, highs, strict=True))
    ends = [
        minimize(
            cost,
            np.clip(start, lows, highs),
            jac=True,
            bounds=bounds,
            method="L-BFGS-B",
            options={"maxiter": ITERATIONS},
        )
        for start in starts
    ]
    return np.asarray(min(ends, key=lambda end: float(end.fun)).x, float)


def effective_draws(found: Fit) -> float:
    """How many equally weighted draws the weighted ones are worth."""
    return effective(found.weights)
