"""Priors: which parameters the calibration may move, how far, and what that does to a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import Any, Final, Literal, Self

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import Field, model_validator

from calibration.facts import Id, Number, Text, _Record
from sim.scenario import Scenario

Vector = NDArray[np.float64]
DIGITS: Final = 8
"""Significant digits of a drawn value, so that a table on disk holds it exactly."""


class Prior(_Record):
    """One number that the calibration moves: a parameter, a cell of a table, or a factor or shift of one."""

    id: Id
    parameter: Id | tuple[Id, ...]
    """Parameter of the baseline; two where one shift moves both."""
    cells: tuple[Text, ...] = ()
    """Labels that lead to the cell or row that moves, all of the table when empty."""
    how: Literal["value", "factor", "odds"]
    """value: it is the number; factor: it multiplies `shape`; odds: it is added to the log-odds of `shape`."""
    range: tuple[Number, Number]
    shape: Mapping[str, Number] | tuple[Number, ...] | None = Field(default=None)
    """Values before fitting: a row of the table, or one number for each parameter."""
    reason: Text
    """Where the range comes from."""
    settled_by: Text
    """The observation that would pin it down, should the targets not do so."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.range[0] < self.range[1]:
            raise ValueError(f"{self.id}: range {list(self.range)} has no room; give [lowest, highest]")
        if (self.how == "value") != (self.shape is None):
            raise ValueError(f"{self.id}: a value has no shape, a factor or shift needs one")
        if self.how == "odds" and not isinstance(self.shape, tuple):
            raise ValueError(f"{self.id}: a shift of odds takes one number for each parameter as shape")
        return self

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that it moves."""
        return (self.parameter,) if isinstance(self.parameter, str) else self.parameter

    def values(self, at: float) -> tuple[Any, ...]:
        """What the parameters, or their cells, become: one number or row for each."""
        if self.how == "value":
            return tuple(at for _ in self.parameters)
        if isinstance(self.shape, Mapping):
            return tuple({label: rounded(at * base) for label, base in self.shape.items()} for _ in self.parameters)
        assert self.shape is not None
        if self.how == "factor":
            return tuple(rounded(at * base) for base in self.shape)
        odds = [base / (1.0 - base) * exp(at) for base in self.shape]
        return tuple(rounded(share / (1.0 + share)) for share in odds)


def rounded(value: float) -> float:
    """Value with DIGITS significant digits."""
    return float(f"{value:.{DIGITS}g}")


@dataclass(frozen=True)
class Space:
    """The priors together: a box, seen as the unit cube."""

    priors: tuple[Prior, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the numbers that move, in order."""
        return tuple(prior.id for prior in self.priors)

    @property
    def low(self) -> Vector:
        """Lower ends of the ranges."""
        return np.array([prior.range[0] for prior in self.priors])

    @property
    def high(self) -> Vector:
        """Upper ends of the ranges."""
        return np.array([prior.range[1] for prior in self.priors])

    def values(self, cube: Vector) -> Vector:
        """Values at points of the unit cube, rounded to DIGITS; shape (..., priors)."""
        values = self.low + cube * (self.high - self.low)
        return np.vectorize(rounded, otypes=[float])(values)

    def cube(self, values: Vector) -> Vector:
        """Points of the unit cube where the values are."""
        return (values - self.low) / (self.high - self.low)

    def tables(self, baseline: Scenario, values: Sequence[float]) -> dict[str, Any]:
        """Parameters of the baseline that move, with these values."""
        changed: dict[str, Any] = {}
        for prior, at in zip(self.priors, values, strict=True):
            for name, new in zip(prior.parameters, prior.values(float(at)), strict=True):
                if name not in changed:
                    changed[name] = deepcopy(baseline.parameters[name].value)
                changed[name] = _set(changed[name], prior.cells, new)
        return changed

    def scenario(self, baseline: Scenario, values: Sequence[float]) -> Scenario:
        """The baseline with these values."""
        return baseline.with_values(**self.tables(baseline, values))

    def values_in(self, baseline: Scenario) -> Vector:
        """The values that stand in a scenario now; a factor or shift is read from the first entry of its shape."""
        return np.array([_found(prior, baseline) for prior in self.priors])


def _set(table: Any, cells: tuple[str, ...], new: Any) -> Any:
    if not cells:
        return new
    table[cells[0]] = _set(table[cells[0]], cells[1:], new)
    return table


def _found(prior: Prior, baseline: Scenario) -> float:
    value: Any = baseline.parameters[prior.parameters[0]].value
    for cell in prior.cells:
        value = value[cell]
    if prior.how == "value":
        return float(value)
    if isinstance(prior.shape, Mapping):
        label, base = next((label, base) for label, base in prior.shape.items() if base != 0.0)
        return float(value[label]) / base
    assert prior.shape is not None
    base = prior.shape[0]
    if prior.how == "factor":
        return float(value) / base
    return float(np.log(value / (1.0 - value)) - np.log(base / (1.0 - base)))


def drawn_names(scenario: Scenario, usual: Scenario, names: Iterable[str]) -> list[str]:
    """Which parameters of a draw of the posterior a scenario takes: what a user gave another value keeps it.

    Parameters
    ----------
    usual : the packaged baseline
    names : of the parameters that the posterior moves
    """
    return [name for name in names if scenario.parameters[name].value == usual.parameters[name].value]


class _File(_Record):
    priors: tuple[Prior, ...]


@cache
def load_space() -> Space:
    """The packaged priors."""
    text = resources.files("calibration").joinpath("priors.yaml").read_text(encoding="utf-8")
    return Space(_File.model_validate(yaml.safe_load(text)).priors)
