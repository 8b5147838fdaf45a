"""The posterior: weighted draws of the parameters with what each gave, as a table on disk."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.fitting import Fit
from calibration.likelihood import Aim
from calibration.priors import Space, load_space
from sim.scenario import Scenario

Array = NDArray[np.float64]
DRAWS: Final = "draws.csv"
ABOUT: Final = "posterior.json"
RECOVERY: Final = "recovery.csv"
SENSITIVITY: Final = "sensitivity.csv"
VALIDATION: Final = "validation.json"
"""What `careerflows validate` found of this posterior."""
LEAST: Final = 2
"""Lines of the smallest table: headings and a draw."""
_COUNTED: Final = ("draw", "weight", "distance", "missed", "firm", "first_seed", "runs")
"""Columns before the parameters: number, weight, distance and number of fitted targets missed, whether all firm ones
are within, first of the seeds it was run with (the others follow it), runs of the model that it took."""


@dataclass(frozen=True)
class Posterior:
    """Weighted draws with what each gave."""

    space: Space
    values: Array
    """Parameter values; shape (draws, priors)."""
    weights: Array
    """They add up to 1; shape (draws,)."""
    targets: Mapping[str, Array]
    """Simulated targets by id, the mean over the seeds; not a number where a draw was not run twice."""
    distance: Array
    """Root mean square deviation of the fitted targets, in tolerances."""
    firm: NDArray[np.bool_]
    """Whether all firm targets are within their tolerance."""
    missed: NDArray[np.int64]
    """Fitted targets outside their tolerance."""
    about: Mapping[str, Any]
    """Plan, seeds, scale, digests of code, facts and priors."""

    @property
    def best(self) -> int:
        """The draw that the baseline carries; see `best_of`."""
        return best_of(self.space.cube(self.values), self.weights, self.missed)

    def scenario(self, baseline: Scenario, draw: int) -> Scenario:
        """The baseline with the parameters of a draw."""
        return self.space.scenario(baseline, self.values[draw].tolist())

    def chosen(self, number: int, seed: int) -> NDArray[np.intp]:
        """Draws for runs that stand for the posterior: in proportion to the weights, spread evenly."""
        marks = (np.arange(number) + np.random.default_rng([seed, number]).random()) / number
        return np.minimum(np.searchsorted(np.cumsum(self.weights), marks), len(self.weights) - 1)

    def interval(self, values: Array, sure: float = 0.95) -> tuple[float, float, float]:
        """Weighted median and the ends of the central interval of numbers, one for each draw."""
        known = np.isfinite(values)
        order = np.argsort(values[known])
        passed = np.cumsum(self.weights[known][order])
        marks = np.array([0.5, (1.0 - sure) / 2.0, (1.0 + sure) / 2.0]) * passed[-1]
        rows = np.minimum(np.searchsorted(passed, marks), len(order) - 1)
        middle, low, high = values[known][order][rows]
        return float(middle), float(low), float(high)


def best_of(cube: Array, weights: Array, missed: NDArray[np.int64]) -> int:
    """The draw that misses fewest targets, and of those the one nearest to the middle of the posterior.

    Draws that miss none differ in distance by chance, but one of them alone may stand at the edge of what the targets
    leave open of a parameter; the middle speaks for all.

    Parameters
    ----------
    cube : the draws in the unit cube; shape (draws, priors)
    """
    away = (cube - weights @ cube) ** 2
    spread = weights @ away
    return int(np.lexsort((away @ (1.0 / np.where(spread > 0.0, spread, 1.0)), missed))[0])


def table_of(found: Fit, targets: Sequence[str], values: Array, runs: Sequence[int], seed: int) -> str:
    """The draws of a fit as CSV, with every digit.

    Parameters
    ----------
    targets, values : ids of all targets that were measured, and what the draws gave; shape (draws, targets)
    runs : runs of the model that each draw took
    seed : the first of the seeds of the runs
    """
    last = found.draws
    aim = found.aim
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*_COUNTED, *found.space.names, *(f"target:{name}" for name in targets)])
    distance, missed = aim.distance(last.targets), (~aim.within(last.targets)).sum(axis=1)
    firm = aim.firm_within(last.targets)
    for k in range(len(last.values)):
        counted = [k, found.weights[k], distance[k], missed[k], int(firm[k]), seed, runs[k]]
        numbers = [*counted, *last.values[k], *values[k]]
        writer.writerow([_written(number) for number in numbers])
    return stream.getvalue()


def _written(number: Any) -> str:
    value = number.item() if isinstance(number, np.generic) else number
    return "" if isinstance(value, float) and not np.isfinite(value) else repr(value)


def read_posterior(table: str, about: str, space: Space) -> Posterior:
    """The posterior from its two texts; ValueError where they are no posterior or do not fit the priors."""
    rows = list(csv.reader(io.StringIO(table)))
    if len(rows) < LEAST:
        raise ValueError("the posterior has no draws; calibrate again")
    columns = {name: k for k, name in enumerate(rows[0])}
    if missing := [name for name in (*_COUNTED, *space.names) if name not in columns]:
        raise ValueError(f"the posterior has no column {missing[0]!r}; calibrate again, the priors have changed")
    numbers = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows[1:]])

    def column(name: str) -> Array:
        return np.asarray(numbers[:, columns[name]])

    return Posterior(
        space=space,
        values=np.stack([column(name) for name in space.names], axis=1),
        weights=column("weight"),
        targets={name.removeprefix("target:"): column(name) for name in columns if name.startswith("target:")},
        distance=column("distance"),
        firm=column("firm") == 1.0,
        missed=column("missed").astype(np.int64),
        about=json.loads(about),
    )


@cache
def load_posterior() -> Posterior:
    """The packaged posterior."""
    folder = resources.files("calibration").joinpath("posterior")
    table, about = (folder.joinpath(name).read_text(encoding="utf-8") for name in (DRAWS, ABOUT))
    return read_posterior(table, about, load_space())


def fit_of(aim: Aim, posterior: Posterior, draw: int) -> Array:
    """Simulated values of the fitted targets of a draw, in the order of the aim."""
    return np.array([posterior.targets[name][draw] for name in aim.names])
