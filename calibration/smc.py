"""Sequential Monte Carlo: particles that go from the prior to the posterior in steps of rising temperature.

Tempered likelihood with adaptive steps, systematic resampling and random-walk Metropolis moves (Del Moral, Doucet and
Jasra 2006, Sequential Monte Carlo samplers). The prior is even over the unit cube.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import qmc

Array = NDArray[np.float64]
LogLikelihood = Callable[[Array], Array]
KEEP: Final = 0.5
"""Effective share of the particles that a step keeps."""
SWEEPS: Final = 40
"""Moves of every particle after each step, and LAST times as many after the last."""
LAST: Final = 4
WIDEST: Final = 4.0
"""Limit to the steps, against the spread of the particles: where nearly all are taken, wider ones gain nothing."""
OPTIMAL: Final = 2.38
"""Scale of a random walk that mixes best in many dimensions, over the square root of their number."""


def effective(weights: Array) -> float:
    """Number of equally weighted particles that tell as much."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def normalised(log_weights: Array) -> Array:
    """Weights that add up to 1."""
    weights = np.exp(log_weights - log_weights.max())
    return weights / weights.sum()


def resampled(weights: Array, number: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Systematic resampling: rows of the particles chosen, in proportion to their weights."""
    marks = (np.arange(number) + rng.random()) / number
    return np.minimum(np.searchsorted(np.cumsum(weights), marks), len(weights) - 1)


def sobol(number: int, dimension: int, rng: np.random.Generator) -> Array:
    """Points spread evenly over the unit cube."""
    return np.asarray(qmc.Sobol(dimension, rng=rng).random_base2((number - 1).bit_length())[:number])


def sample(log_likelihood: LogLikelihood, dimension: int, particles: int, rng: np.random.Generator) -> Array:
    """Equally weighted points of the posterior; shape (particles, dimension).

    Parameters
    ----------
    log_likelihood : of points of the unit cube, shape (points, dimension) to (points,)
    """
    points = sobol(particles, dimension, rng)
    told = log_likelihood(points)
    heat = 0.0
    while heat < 1.0:
        step = _step(told, heat)
        weights = normalised(step * told)
        heat = min(1.0, heat + step)
        spread = _root(points, weights) * (OPTIMAL / np.sqrt(dimension))
        rows = resampled(weights, particles, rng)
        points, told = points[rows], told[rows]
        points, told = _moved(points, told, log_likelihood, heat, spread, rng, SWEEPS * (LAST if heat == 1.0 else 1))
    return points


def _step(told: Array, heat: float) -> float:
    """Largest rise of the temperature that keeps enough particles alive."""
    left = 1.0 - heat

    def short(step: float) -> float:
        return effective(normalised(step * told)) - KEEP * len(told)

    return left if short(left) >= 0.0 else float(brentq(short, 0.0, left, xtol=1e-12))


def _root(points: Array, weights: Array) -> Array:
    """A square root of the covariance of weighted points."""
    covariance = np.atleast_2d(np.cov(points.T, aweights=weights))
    return np.asarray(np.linalg.cholesky(covariance + 1e-12 * np.eye(len(covariance))))


def _moved(
    points: Array,
    told: Array,
    log_likelihood: LogLikelihood,
    heat: float,
    spread: Array,
    rng: np.random.Generator,
    sweeps: int,
) -> tuple[Array, Array]:
    """Random-walk Metropolis; a step out of the cube is reflected back, and its size adapts to the acceptance."""
    size = 1.0
    for _ in range(sweeps):
        there = points + size * rng.standard_normal(points.shape) @ spread.T
        there = 1.0 - np.abs(1.0 - np.abs(there) % 2.0)
        new = log_likelihood(there)
        taken = np.log(rng.random(len(points))) < heat * (new - told)
        points, told = np.where(taken[:, None], there, points), np.where(taken, new, told)
        size = min(WIDEST, size * float(np.exp(0.5 * (taken.mean() - 0.25))))
    return points, told
