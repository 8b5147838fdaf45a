"""The region of some factors in which most points are of interest, found with PRIM (the patient rule induction method).

PRIM peels thin slices off the whole region, each time the one that makes the rest densest, and so gives a trajectory
of boxes: the smaller, the larger the part of their points that is of interest (density), and the smaller the part of
all points of interest that they hold (coverage).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.batch.factors import Value
from experiments.batch.workbench import workbench

PEEL: Final = 0.05
"""Part of the points of a box that is peeled off in a step, and the least part of all points that a box holds."""
FEWEST: Final = round(1.0 / PEEL)
"""Points below which a step would peel off less than one."""


@dataclass(frozen=True)
class Inside:
    """What a box leaves of one factor."""

    factor: str
    lowest: float | None
    """Limit from below; None where there is none, or where the factor has values without order."""
    highest: float | None
    """Limit from above."""
    values: tuple[Value, ...] | None
    """Those of its values that are inside; None for a range."""
    share: float
    """Part of its range, or of its values, that is inside."""
    quasi_p: tuple[float | None, float | None]
    """Chance of a density as high as that of the box if the limit from below, or above, made no difference (a
    one-sided binomial test); None where there is no such limit. The first is that of values without order."""

    def holds(self, values: pd.Series[Any]) -> NDArray[np.bool_]:
        """Which values of the factor are inside."""
        if self.lowest is None and self.highest is None:
            return values.isin(self.values or ()).to_numpy()
        low = -np.inf if self.lowest is None else self.lowest
        return values.between(low, np.inf if self.highest is None else self.highest).to_numpy()


@dataclass(frozen=True)
class Step:
    """A box of the trajectory."""

    coverage: float
    """Part of all points of interest that it holds."""
    density: float
    """Part of its points that is of interest."""
    mass: float
    """Part of all points that it holds."""
    points: int
    of_interest: int
    restricted: int
    """Number of factors that it restricts."""


@dataclass(frozen=True)
class Box:
    """The box chosen from a trajectory."""

    step: Step
    limits: tuple[Inside, ...]
    """The factors that it restricts, the most restricted first."""
    trajectory: tuple[Step, ...]
    """From the whole region to the densest box."""

    def holds(self, points: pd.DataFrame) -> NDArray[np.bool_]:
        """Which points are inside."""
        return np.logical_and.reduce(
            [np.ones(len(points), bool), *(one.holds(points[one.factor]) for one in self.limits)]
        )


class NoBox(Exception):
    """No box is as dense as asked; its text says which density is the highest found, for which part of the points."""


def densest(
    points: pd.DataFrame, interest: NDArray[np.bool_], density: float, factors: Sequence[Mapping[str, Any]]
) -> Box:
    """Of the boxes that are dense enough the one that covers most; the densest of them where several do.

    Parameters
    ----------
    points : a column for each factor, numbers, or texts for values without order
    interest : which points are of interest; some are and some are not
    density : least part of the points in the box that is of interest, above 0 and up to 1
    factors : `name`, `range` and `values` of each factor, as in the record of an experiment

    Raises
    ------
    NoBox
    """
    found, initial = _trajectory(points, interest)
    table = found.peeling_trajectory
    steps = tuple(
        Step(float(row.coverage), float(row.density), float(row.mass), int(row.n), int(row.k), int(row.res_dim))
        for row in table.itertuples()
    )
    enough = [place for place, step in enumerate(steps) if step.density >= density]
    if not enough:
        best = max(steps, key=lambda step: (step.density, step.coverage))
        raise NoBox(f"the densest has density {best.density:.3g} and coverage {best.coverage:.3g}")
    chosen = max(enough, key=lambda place: (steps[place].coverage, steps[place].density))
    known = {factor["name"]: factor for factor in factors}
    limits = [
        _inside(known[name], found.box_lims[chosen][name].tolist(), initial[name].tolist(), quasi_p)
        for name, quasi_p in found.qp[chosen].items()
    ]
    return Box(steps[chosen], tuple(sorted(limits, key=lambda one: one.share)), steps)


def _trajectory(points: pd.DataFrame, interest: NDArray[np.bool_]) -> tuple[Any, pd.DataFrame]:
    """The boxes of the workbench, and the one that holds all points."""
    prim = workbench("analysis.prim")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of pandas, about how the workbench uses it
        one_point = 1.0 / len(points)  # the whole trajectory is wanted, however thin the boxes are
        search = prim.Prim(points, interest.astype(int), threshold=one_point, peel_alpha=PEEL, mass_min=PEEL)
        return search.find_box(), search.box_init


def _inside(factor: Mapping[str, Any], limits: list[Any], initial: list[Any], quasi_p: list[float]) -> Inside:
    values = None if factor["values"] is None else tuple(factor["values"])
    p_low, p_high = (float(p) if p >= 0.0 else None for p in quasi_p)
    if isinstance(limits[0], set):
        kept = tuple(value for value in values or () if value in limits[0])
        return Inside(factor["name"], None, None, kept, len(kept) / len(values or kept), (p_low, p_high))
    low, high = (None if ours == whole else float(ours) for ours, whole in zip(limits, initial, strict=True))
    if values is not None:
        kept = tuple(value for value in values if limits[0] <= value <= limits[1])
        return Inside(factor["name"], low, high, kept, len(kept) / len(values), (p_low, p_high))
    first, last = factor["range"]
    span = (last if high is None else high) - (first if low is None else low)
    return Inside(factor["name"], low, high, None, span / (last - first), (p_low, p_high))
