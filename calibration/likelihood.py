"""How well values of the targets agree with the documents: distance, agreement, likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.targets import Target

Array = NDArray[np.float64]
SPREAD: Final = 1.0 / 3.0
"""Standard deviation of a documented value around the truth, in tolerances: a tolerance is meant as a limit, so it is
three standard deviations, and all 19 firm targets hold together with a chance of 95 percent."""


@dataclass(frozen=True)
class Aim:
    """The targets of a fit, as arrays."""

    targets: tuple[Target, ...]
    low: Array
    high: Array
    tolerance: Array
    firm: NDArray[np.bool_]
    percent: NDArray[np.bool_]

    @classmethod
    def of(cls, targets: Sequence[Target]) -> Aim:
        """Aim at these targets."""
        return cls(
            targets=tuple(targets),
            low=np.array([t.low for t in targets]),
            high=np.array([t.high for t in targets]),
            tolerance=np.array([t.tolerance for t in targets], float),
            firm=np.array([t.firm for t in targets]),
            percent=np.array([t.unit.startswith("percent") for t in targets]),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the targets."""
        return tuple(target.id for target in self.targets)

    def at(self, values: Array) -> Aim:
        """The same aim at other documented values, for experiments with known answers."""
        return Aim(self.targets, values, values, self.tolerance, self.firm, self.percent)

    def deviations(self, values: Array) -> Array:
        """Distance from the nearer end of each documented range, in tolerances; the sign is the side."""
        return (np.maximum(values - self.high, 0.0) + np.minimum(values - self.low, 0.0)) / self.tolerance

    def distance(self, values: Array) -> Array:
        """Root mean square of the deviations over the targets that were measured: 0 is perfect, 1 is poor."""
        return np.sqrt(np.nanmean(self.deviations(values) ** 2, axis=-1))

    def within(self, values: Array) -> NDArray[np.bool_]:
        """Whether each target is within its tolerance; one that was not measured counts as within."""
        return np.asarray(~(np.abs(self.deviations(values)) > 1.0))

    def firm_within(self, values: Array) -> NDArray[np.bool_]:
        """Whether every firm target is within its tolerance."""
        return np.asarray(self.within(values)[..., self.firm].all(axis=-1))

    def log_likelihood(self, values: Array, noise: Array) -> Array:
        """Log of the likelihood of expected values, up to a constant; a documented value that is none tells nothing.

        Parameters
        ----------
        noise : standard deviation with which each expected value is known, in the unit of the target
        """
        variance = SPREAD**2 + (noise / self.tolerance) ** 2
        return np.asarray(-0.5 * np.nansum(self.deviations(values) ** 2 / variance, axis=-1))
