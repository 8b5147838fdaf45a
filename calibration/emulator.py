"""The emulator: what the model would give at parameters where it was not run, from the runs there are.

A polynomial of second degree in the parameters for each target, on a scale where effects add up (log or log-odds),
fitted by ridge regression; how much is smoothed away is chosen by leaving out one candidate at a time. Candidates that
agree with the documents weigh more, so that the surface is best, and its error known, where the posterior will be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Array = NDArray[np.float64]
PRODUCTS: Final = (0.03, 0.1, 0.3, 1.0)
"""Scales tried for squares and products against linear terms: how far the surface may bend."""
PENALTIES: Final = np.logspace(-4, 4, 33)
PERCENT: Final = 100.0
LEAST: Final = 2
"""Candidates without which there is nothing to fit."""


@dataclass(frozen=True)
class Surface:
    """The fitted surface of one target."""

    percent: bool
    """Whether the target is a share, emulated as log-odds; otherwise as a logarithm."""
    centre: float
    weights: Array
    """Coefficients of `features` with scale 1."""
    error: float
    """Standard deviation of left-out candidates around the surface, in the unit of the target."""
    uncertainty: float
    """Standard deviation of the surface itself at a typical candidate, in the unit of the target."""
    explained: float
    """Share of the variance between candidates that the surface explains when they are left out."""


@dataclass(frozen=True)
class Emulator:
    """Surfaces of all targets."""

    surfaces: tuple[Surface, ...]

    def __call__(self, cube: Array) -> Array:
        """Expected values of the targets at points of the unit cube; shape (points, targets)."""
        linear = features(cube) @ self._weights + np.array([surface.centre for surface in self.surfaces])
        percent = np.array([surface.percent for surface in self.surfaces])
        return np.where(percent, PERCENT * expit(linear), np.exp(np.where(percent, 0.0, linear)))

    @cached_property
    def _weights(self) -> Array:
        return np.stack([surface.weights for surface in self.surfaces], axis=1)

    @property
    def uncertainty(self) -> Array:
        """Standard deviation of each surface, in the unit of the target."""
        return np.array([surface.uncertainty for surface in self.surfaces])


def features(cube: Array, products: float = 1.0) -> Array:
    """Linear terms, squares and products of the parameters, seen from the middle of the cube."""
    x = 2.0 * cube - 1.0
    i, j = np.triu_indices(x.shape[1])
    return np.concatenate([x, products * x[:, i] * x[:, j]], axis=1)


def forward(values: Array, percent: bool) -> Array:
    """Values of a target on the scale where effects add up."""
    if percent:
        return np.asarray(logit(np.clip(values / PERCENT, 1e-4, 1.0 - 1e-4)))
    return np.log(np.maximum(values, 1e-6))


def backward(values: Array, percent: bool) -> Array:
    """The reverse of `forward`."""
    return PERCENT * expit(values) if percent else np.exp(values)


def fit(cube: Array, values: Array, percent: NDArray[np.bool_], weights: Array | None = None) -> Emulator:
    """Emulator of candidates that were run.

    Parameters
    ----------
    cube : the candidates; shape (candidates, parameters)
    values : their targets, not a number where one was not measured; shape (candidates, targets)
    percent : which targets are shares
    weights : how much each candidate counts; shape (candidates,), all alike when left out
    """
    if weights is None:
        weights = np.ones(len(cube))
    surfaces: list[Surface | None] = [None] * values.shape[1]
    known = np.isfinite(values)
    if (known.sum(axis=0) < LEAST).any():
        raise ValueError(f"a target was measured for fewer than {LEAST} candidates; run more")
    for pattern in np.unique(known, axis=1).T:
        targets = np.flatnonzero((known == pattern[:, None]).all(axis=0))
        together = _fit(cube[pattern], values[pattern][:, targets], percent[targets], weights[pattern])
        for target, surface in zip(targets, together, strict=True):
            surfaces[target] = surface
    return Emulator(tuple(surface for surface in surfaces if surface is not None))


def _fit(cube: Array, values: Array, percent: NDArray[np.bool_], weights: Array) -> list[Surface]:
    told = np.stack([forward(values[:, k], bool(percent[k])) for k in range(values.shape[1])], axis=1)
    weights = weights / weights.mean()
    root = np.sqrt(weights)[:, None]
    centre = np.average(told, axis=0, weights=weights)
    best: list[tuple[float, Array, Array, float]] = [(np.inf, np.empty(0), np.empty(0), 0.0)] * values.shape[1]
    linear = cube.shape[1]
    for products in PRODUCTS:
        basis = features(cube, products)
        mean = np.average(basis, axis=0, weights=weights)
        left, size, right = np.linalg.svd(root * (basis - mean), full_matrices=False)
        shadow = left.T @ (root * (told - centre))
        for penalty in PENALTIES:
            kept = size**2 / (size**2 + penalty)
            leverage = (left**2) @ kept + weights / len(cube)
            free = np.maximum(1.0 - leverage, 1e-9)
            missed = (told - centre - left @ (kept[:, None] * shadow) / root) / free[:, None]
            for k, score in enumerate(np.average(missed**2, axis=0, weights=weights)):
                if score < best[k][0]:
                    slopes = right.T @ (size / (size**2 + penalty) * shadow[:, k])
                    offset = float(mean @ slopes)
                    slopes[linear:] *= products
                    left_out = told[:, k] - missed[:, k]
                    best[k] = (float(score), np.append(slopes, centre[k] - offset), left_out, leverage.mean())
    surfaces = []
    for k, (_, slopes, left_out, share) in enumerate(best):
        error = _spread(values[:, k] - backward(left_out, bool(percent[k])), weights)
        spread = _spread(values[:, k], weights)
        explained = 1.0 - (error / spread) ** 2 if spread > 0.0 else 1.0
        uncertain = error * float(np.sqrt(share))
        surfaces.append(Surface(bool(percent[k]), float(slopes[-1]), slopes[:-1], error, uncertain, explained))
    return surfaces


def _spread(values: Array, weights: Array) -> float:
    """Weighted standard deviation."""
    return float(np.sqrt(np.cov(values, aweights=weights, ddof=0)))
