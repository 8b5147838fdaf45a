"""Parameter recovery: known parameters, synthetic targets from the model itself, fitted blind.

Each experiment draws parameters from the priors, runs the model with seeds of its own, adds the error that a
documented value may have, and fits as if nothing else were known. The intervals have to hold the truth as often as
they say.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from calibration.candidates import Laboratory
from calibration.fitting import Fit, emulated
from calibration.likelihood import SPREAD
from calibration.smc import sample

Array = NDArray[np.float64]
SURE: Final = 0.9
"""Chance with which an interval should hold the truth."""
COLUMNS: Final = ("experiment", "parameter", "truth", "low", "high")


@dataclass(frozen=True)
class Recovery:
    """Known parameters and what was found of them, as places in the range of each prior."""

    names: tuple[str, ...]
    """Priors."""
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

    def csv(self) -> str:
        """As a tidy table."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for experiment, rows in enumerate(zip(self.truth, self.low, self.high, strict=True)):
            for name, *numbers in zip(self.names, *(row.tolist() for row in rows), strict=True):
                writer.writerow([experiment, name, *(repr(number) for number in numbers)])
        return stream.getvalue()


def read_recovery(text: str) -> Recovery:
    """The experiments from their table."""
    rows = list(csv.DictReader(io.StringIO(text)))
    names = tuple(dict.fromkeys(row["parameter"] for row in rows))
    truth, low, high = (np.array([float(row[name]) for row in rows]).reshape(-1, len(names)) for name in COLUMNS[2:])
    return Recovery(names, truth, low, high)


def recover(found: Fit, laboratory: Laboratory, experiments: int, particles: int, seed: int) -> Recovery:
    """Do the experiments with the candidates of the first generation, which know the whole range of the priors.

    Parameters
    ----------
    laboratory : runs the synthetic truth with other seeds than those of the fit, and every candidate twice, so that
        all targets are measured
    """
    rng = np.random.default_rng([seed, experiments])
    values = found.space.values(rng.random((experiments, len(found.space.names))))
    told = laboratory.values(0, values, found.aim.names).mean(axis=1)
    errors = rng.standard_normal(told.shape) * SPREAD * found.aim.tolerance
    ends = []
    with threadpool_limits(1):
        for number in range(experiments):
            aim = found.aim.at(told[number] + errors[number])
            emulator = emulated(aim, found.generations[:1])
            noise = np.hypot(emulator.uncertainty, found.chance)
            chance = np.random.default_rng([seed, experiments, number])
            points = sample(
                lambda cube, e=emulator, a=aim, n=noise: a.log_likelihood(e(cube), n),  # type: ignore[misc]
                len(found.space.names),
                particles,
                chance,
            )
            ends.append(np.quantile(points, [(1.0 - SURE) / 2.0, (1.0 + SURE) / 2.0], axis=0))
    low, high = np.stack(ends, axis=1)
    return Recovery(found.space.names, found.space.cube(values), low, high)
