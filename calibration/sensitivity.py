"""Sensitivity: how much each parameter moves each target, over the whole priors and near the best draw."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import Emulator
from calibration.priors import Space

Array = NDArray[np.float64]
BASE: Final = 512
"""Base points of the Sobol analysis; a power of two."""
STEP: Final = 0.05
"""Step of the local analysis, as a part of the range of a prior."""
COLUMNS: Final = ("target", "parameter", "first_order", "total", "local")


@dataclass(frozen=True)
class Sensitivity:
    """Global and local sensitivity; each table has shape (targets, parameters)."""

    targets: tuple[str, ...]
    parameters: tuple[str, ...]
    first: Array
    """Sobol index of first order: the share of a target's variance over the priors that goes away once the parameter
    is known."""
    total: Array
    """The same with what the parameter does together with others."""
    local: Array
    """Change of the target, in tolerances, for a move of the parameter over its whole prior, as seen at the best
    draw."""

    def csv(self) -> str:
        """As a tidy table, to six digits."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for i, target in enumerate(self.targets):
            for j, parameter in enumerate(self.parameters):
                numbers = (self.first[i, j], self.total[i, j], self.local[i, j])
                writer.writerow([target, parameter, *(f"{number:.6g}" for number in numbers)])
        return stream.getvalue()


def read_sensitivity(text: str) -> Sensitivity:
    """The analysis from its table."""
    rows = list(csv.DictReader(io.StringIO(text)))
    targets, parameters = (tuple(dict.fromkeys(row[name] for row in rows)) for name in COLUMNS[:2])
    first, total, local = (
        np.array([float(row[name]) for row in rows]).reshape(len(targets), len(parameters)) for name in COLUMNS[2:]
    )
    return Sensitivity(targets, parameters, first, total, local)


def over_the_priors(emulator: Emulator, space: Space, seed: int) -> tuple[Array, Array]:
    """Sobol indices of first order and in total, each of shape (targets, parameters)."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    problem = {"num_vars": len(space.names), "names": list(space.names), "bounds": [[0.0, 1.0]] * len(space.names)}
    cube = design.sample(problem, BASE, calc_second_order=False, seed=seed)
    values = emulator(cube)
    first, total = np.zeros((2, values.shape[1], len(space.names)))
    for k in np.flatnonzero(np.ptp(values, axis=0) > 0.0):
        indices = analysis.analyze(problem, values[:, k], calc_second_order=False, num_resamples=2, seed=seed)
        first[k], total[k] = indices["S1"], indices["ST"]
    return first, total


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
