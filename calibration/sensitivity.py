"""Sensitivity: how much each parameter moves each target, over the whole priors and near the best draw."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import Emulator
from calibration.priors import Space

Array = NDArray[np.float64]
BASE: Final = 256
"""Base points of the Sobol analysis; a power of two."""
STEP: Final = 0.05
"""Step of the local analysis, as a part of the range of a prior."""


def over_the_priors(emulator: Emulator, space: Space, seed: int) -> tuple[Array, Array]:
    """Sobol indices of first order and in total, each of shape (targets, parameters).

    The first is the share of a target's variance over the priors that goes away once the parameter is known; the
    second adds what it does together with others.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    problem = {"num_vars": len(space.names), "names": list(space.names), "bounds": [[0.0, 1.0]] * len(space.names)}
    cube = design.sample(problem, BASE, calc_second_order=False, seed=seed)
    values = emulator(cube)
    found = [
        analysis.analyze(problem, values[:, k], calc_second_order=False, num_resamples=2, seed=seed)
        for k in range(values.shape[1])
    ]
    return np.stack([indices["S1"] for indices in found]), np.stack([indices["ST"] for indices in found])


def near(emulator: Emulator, point: Array, tolerance: Array) -> Array:
    """Change of each target, in tolerances, for a move of each parameter over its whole range, as seen at a point.

    Parameters
    ----------
    point : in the unit cube; shape (parameters,)

    Returns
    -------
    shape (targets, parameters)
    """
    steps = STEP * np.eye(len(point))
    above, below = np.clip(point + steps, 0.0, 1.0), np.clip(point - steps, 0.0, 1.0)
    width = (above - below).max(axis=1)
    return np.asarray(((emulator(above) - emulator(below)) / width[:, None] / tolerance).T)
