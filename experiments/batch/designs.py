"""Designs: how uncertainties and levers are combined into the points of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from experiments.batch.factors import Factor, Value
from scenarios.errors import Path, did_you_mean

Kind = Literal["grid", "list", "latin_hypercube", "sobol", "morris"]
MOST_POINTS: Final = 1_000_000
FEWEST_SOBOL: Final = 8
"""Base sample below which intervals of Sobol indices mean nothing."""
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "grid": ("steps",),
    "list": ("points",),
    "latin_hypercube": ("size",),
    "sobol": ("size", "second_order"),
    "morris": ("size", "levels"),
}
"""Keys that go with each kind."""


class Design(BaseModel):
    """How the points are chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = "grid"
    """grid (all combinations), list (the points as given), latin_hypercube, sobol (Saltelli's scheme) or morris."""
    steps: int | None = Field(default=None, ge=2, le=10_000)
    """Of a grid: values over each range, evenly, both ends included. Lists have their own values."""
    points: tuple[dict[str, Any], ...] | None = None
    """Of a list: values by name, point by point."""
    size: int | None = Field(default=None, ge=1, le=MOST_POINTS)
    """latin_hypercube: points. sobol: base sample, a power of two, 8 or more. morris: trajectories."""
    second_order: bool = False
    """sobol: whether indices of pairs are wanted as well, which takes about twice as many points."""
    levels: int | None = Field(default=None, ge=2, le=100)
    """morris: levels of the grid, an even number; 4 when left out."""


def design_problem(design: Design, factors: Sequence[Factor]) -> tuple[Path, str] | None:
    """What is wrong with a design for some factors: the place in it and one clear line."""
    given = design.model_fields_set - {"kind"}
    if extra := sorted(given - set(_KEYS[design.kind])):
        of = ", ".join(_KEYS[design.kind])
        return (extra[0],), f"does not go with kind {design.kind}, which takes {of}"
    ranges = [factor.name for factor in factors if factor.range is not None]
    if not factors:
        return (
            (("kind",), "there is nothing to vary; give uncertainties or levers")
            if given or design.kind != "grid"
            else None
        )
    if design.kind == "grid":
        if ranges and design.steps is None:
            return ("steps",), f"is missing; say how many values {ranges[0]} takes over its range, such as 5"
        return _too_many(prod(_number(factor, design) for factor in factors))
    if design.kind == "list":
        return _list_problem(design.points or (), factors)
    if design.size is None:
        what = {"latin_hypercube": "the number of points", "sobol": "the base sample", "morris": "the trajectories"}
        return ("size",), f"is missing; give {what[design.kind]}, such as 64"
    if design.kind in ("sobol", "morris"):
        listed = [factor.name for factor in factors if factor.values is not None]
        if listed:
            return ("kind",), f"{design.kind} takes ranges, and {listed[0]} has a list of values; give it a range"
        if len(factors) < 2:
            return ("kind",), f"{design.kind} takes two uncertainties or levers or more"
    if design.kind == "sobol" and design.size < FEWEST_SOBOL:
        return ("size",), f"{design.size} is too few to tell indices from chance; give {FEWEST_SOBOL} or more"
    if design.kind == "sobol" and design.size & (design.size - 1):
        return ("size",), f"{design.size} is no power of two; give one such as {1 << design.size.bit_length()}"
    if design.kind == "morris" and (design.size < 2 or (design.levels or 4) % 2):
        return (
            "levels" if design.size >= 2 else "size",
        ), "morris takes two trajectories or more, and an even number of levels"
    return _too_many(number_of_points(design, factors))


def _too_many(number: int) -> tuple[Path, str] | None:
    if number > MOST_POINTS:
        return (), f"makes {number:,} points; give a smaller one, of {MOST_POINTS:,} at most"
    return None


def _list_problem(points: Sequence[Mapping[str, Any]], factors: Sequence[Factor]) -> tuple[Path, str] | None:
    names = [factor.name for factor in factors]
    if not points:
        return ("points",), f"is missing; give points, each with {', '.join(names)}"
    for index, point in enumerate(points):
        if unknown := [name for name in point if name not in names]:
            near = did_you_mean(unknown[0], names) or f"; known: {', '.join(names)}"
            return ("points", index, unknown[0]), f"is no uncertainty or lever of this experiment{near}"
        if missing := [name for name in names if name not in point]:
            return ("points", index), f"gives no {missing[0]}; give each of {', '.join(names)}"
        for factor in factors:
            if (problem := _value_problem(factor, point[factor.name])) is not None:
                return ("points", index, factor.name), problem
    return _too_many(len(points))


def _value_problem(factor: Factor, value: Any) -> str | None:
    if factor.values is not None:
        known = [v if isinstance(v, str) else float(v) for v in factor.values]
        found = value if isinstance(value, str) else _float(value)
        return None if found in known else f"{value!r} is none of the values of {factor.name}"
    assert factor.range is not None
    low, high = factor.range
    number = _float(value)
    return None if number is not None and low <= number <= high else f"{value!r} is no number from {low:g} to {high:g}"


def _float(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(factor: Factor, design: Design) -> int:
    return len(factor.values) if factor.values is not None else design.steps or 2


def number_of_points(design: Design, factors: Sequence[Factor]) -> int:
    """Points of a design."""
    if not factors:
        return 1
    if design.kind == "grid":
        return prod(_number(factor, design) for factor in factors)
    if design.kind == "list":
        return len(design.points or ())
    size = design.size or 0
    if design.kind == "latin_hypercube":
        return size
    if design.kind == "sobol":
        return size * ((2 if design.second_order else 1) * len(factors) + 2)
    return size * (len(factors) + 1)


def places(design: Design, factors: Sequence[Factor], seed: int) -> NDArray[np.float64]:
    """Places of the points in the ranges, 0 (lowest) to 1 (highest); shape (points, factors). Not for a list."""
    if not factors:
        return np.zeros((1, 0))
    if design.kind == "grid":
        axes = [_axis(factor, design) for factor in factors]
        return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    names = [factor.name for factor in factors]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    assert design.size is not None
    if design.kind == "latin_hypercube":
        from scipy.stats import qmc

        return np.asarray(
            qmc.LatinHypercube(len(names), rng=np.random.default_rng([seed, design.size])).random(design.size)
        )
    if design.kind == "sobol":
        from SALib.sample import sobol

        return np.asarray(sobol.sample(problem, design.size, calc_second_order=design.second_order, seed=seed))
    from SALib.sample import morris

    return np.asarray(morris.sample(problem, design.size, num_levels=design.levels or 4, seed=seed))


def _axis(factor: Factor, design: Design) -> NDArray[np.float64]:
    number = _number(factor, design)
    if factor.values is not None:
        return (np.arange(number) + 0.5) / number
    return np.linspace(0.0, 1.0, number)


def points(design: Design, factors: Sequence[Factor], seed: int) -> list[tuple[Value, ...]]:
    """Values of the factors at every point, in the order of the factors."""
    if design.kind == "list":
        return [
            tuple(v if isinstance(v := point[factor.name], str) else float(v) for factor in factors)
            for point in design.points or ()
        ]
    rows = places(design, factors, seed)
    return [tuple(factor.at(float(u)) for factor, u in zip(factors, row, strict=True)) for row in rows]
