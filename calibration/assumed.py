"""Ranges: what nobody knows well and no fact settles, drawn to see how far it moves an answer.

Most of these numbers are assumed; a documented or public one with a range is drawn as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.priors import load_space, rounded
from scenarios.loading import within_bounds
from sim.scenario import Lever, Measure, Parameter, Scenario

Vector = NDArray[np.float64]
STRUCTURAL: Final = ("warm_up_years",)
"""Parameters that say how the model is run and nothing about the country."""
TOTAL: Final = "adding up to 1"
"""In the unit of a table whose rows are shares of a whole."""


def ranged_parameters(scenario: Scenario) -> tuple[str, ...]:
    """Parameters with a range that the calibration does not move."""
    moved = {name for prior in load_space().priors for name in prior.parameters}
    return tuple(
        name
        for name, parameter in scenario.parameters.items()
        if parameter.range is not None and name not in moved and name not in STRUCTURAL
    )


@dataclass(frozen=True)
class Assumption:
    """Something that has a range: a parameter, or the effect of a measure."""

    name: str
    """Name of the parameter, or measure, slash and place of the lever."""
    lever: str
    """The parameter, or the lever of the measure."""
    range: tuple[float, float]
    factors: bool
    """Whether the range holds factors: on a table, or of a lever that multiplies."""
    place: float
    """Where in the range the value of the scenario stands, 0 (lowest) to 1 (highest)."""
    measure: str | None = None
    """Measure whose effect it is; None for a parameter."""

    @property
    def label(self) -> str:
        """What it is about, by the names in the files."""
        return self.lever if self.measure is None else f"{self.measure}: {self.lever}"

    @property
    def has_width(self) -> bool:
        """Whether there is anything to draw."""
        return self.range[0] < self.range[1]

    def concerns(self, scenario: Scenario) -> bool:
        """Whether the scenario rests on it."""
        return self.measure is None or any(measure.id == self.measure for measure in scenario.measures)

    def as_in(self, scenario: Scenario) -> Assumption:
        """The same with the range and the place of a scenario, which may have the measure at another strength."""
        lever = dict(ranged_levers(scenario)).get(self.name)
        return self if lever is None else _of_lever(self.name, lever)


@dataclass(frozen=True)
class Design:
    """Draws of all assumptions of some scenarios together, evenly over their ranges (Latin hypercube)."""

    of_scenarios: tuple[Scenario, ...]
    assumptions: tuple[Assumption, ...]
    rows: Vector
    """Places in the ranges, 0 (lowest) to 1 (highest); shape (draws, assumptions)."""

    @classmethod
    def of(cls, scenarios: Sequence[Scenario], number: int, seed: int) -> Design:
        """A number of draws; a draw gives the same parameters to all scenarios, and the same effect to a measure in
        whichever it stands."""
        from scipy.stats import qmc  # takes half a second to load

        found = assumptions(scenarios)
        hypercube = qmc.LatinHypercube(len(found), rng=np.random.default_rng([seed, number]))
        return cls(tuple(scenarios), found, hypercube.random(number))

    def scenarios(self, draw: int) -> tuple[Scenario, ...]:
        """The scenarios with all assumptions as a draw has them."""
        names = [one.name for one in self.assumptions if one.measure is None]
        levers = [one.name for one in self.assumptions if one.measure is not None]
        return tuple(_moved(scenario, names, levers, self.rows[draw]) for scenario in self.of_scenarios)


def assumptions(scenarios: Sequence[Scenario]) -> tuple[Assumption, ...]:
    """All that has a range in some scenarios: parameters in the order of the first, then effects of measures."""
    found = []
    for name in ranged_parameters(scenarios[0]):
        parameter = scenarios[0].parameters[name]
        assert parameter.range is not None
        table = isinstance(parameter.value, dict)
        value = 1.0 if isinstance(parameter.value, dict) else float(parameter.value)
        found.append(Assumption(name, name, parameter.range, table, _place(value, parameter.range)))
    by_key: dict[str, Assumption] = {}
    for key, lever in (each for scenario in scenarios for each in ranged_levers(scenario)):
        if (one := _of_lever(key, lever)).has_width:  # at strength zero nothing is left of a range
            by_key.setdefault(key, one)
    found = [one for one in found if one.has_width]
    return (*found, *(by_key[key] for key in sorted(by_key)))


def _of_lever(key: str, lever: Lever) -> Assumption:
    assert lever.range is not None
    change = lever.add if lever.add is not None else lever.multiply
    value = 1.0 if isinstance(change, dict) else float(change or 0.0)
    measure = key.rpartition("/")[0]
    place = _place(value, lever.range)
    factors = isinstance(change, dict) or lever.multiply is not None
    return Assumption(key, lever.lever, lever.range, factors, place, measure)


def _place(value: float, span: tuple[float, float]) -> float:
    low, high = span
    return (value - low) / (high - low) if high > low else 0.0


def drawn(scenarios: Sequence[Scenario], number: int, seed: int) -> list[tuple[Scenario, ...]]:
    """The scenarios with parameters and effects of measures drawn anew from their ranges, a draw a row.

    A scalar is drawn from its range, a table gets a factor on all its values. A measure that would take a parameter out
    of its bounds takes it there.

    Parameters
    ----------
    number : draws
    seed : of the draws
    """
    design = Design.of(scenarios, number, seed)
    return [design.scenarios(draw) for draw in range(number)]


def ranged_levers(scenario: Scenario) -> list[tuple[str, Lever]]:
    """Levers of measures whose effect has a range, each with its measure and its place there."""
    return [
        (f"{measure.id}/{place}", lever)
        for measure in scenario.measures
        for place, lever in enumerate(measure.levers)
        if lever.range is not None
    ]


def _moved(scenario: Scenario, names: Sequence[str], levers: Sequence[str], row: Vector) -> Scenario:
    values = {
        name: parameter_at(scenario.parameters[name], float(u))
        for name, u in zip(names, row, strict=False)
        if scenario.parameters[name].range is not None  # a scenario may know better than the first
    }
    effects = dict(zip(levers, row[len(names) :].tolist(), strict=True))
    moved = scenario.with_values(**values)
    measures = (_measure_at(measure, effects) for measure in scenario.measures)
    held = tuple(within_bounds(measure, moved.parameters) for measure in measures)
    return moved.model_copy(update={"measures": held})


def parameter_at(parameter: Parameter, u: float) -> Any:
    """Value of a parameter at a place in its range, 0 (lowest) to 1 (highest)."""
    assert parameter.range is not None
    low, high = parameter.range
    return parameter_with(parameter, rounded(low + u * (high - low)))


def parameter_with(parameter: Parameter, at: float) -> Any:
    """Value of a parameter given otherwise: the number itself, or for a table the factor on all its values."""
    if not isinstance(parameter.value, dict):
        return at
    share = parameter.unit.startswith("share")
    return _scaled(parameter.value, at, share, TOTAL in parameter.unit)


def _scaled(table: Any, factor: float, share: bool, total: bool) -> Any:
    if any(isinstance(part, dict) for part in table.values()):
        return {key: _scaled(part, factor, share, total) for key, part in table.items()}
    if total:  # the first share moves, the others make room in proportion
        first, *others = table
        new = min(0.95, table[first] * factor)
        rest = (1.0 - new) / (1.0 - table[first])
        return {first: new, **{key: table[key] * rest for key in others}}
    return {key: min(1.0, value * factor) if share else value * factor for key, value in table.items()}


def _measure_at(measure: Measure, effects: dict[str, float]) -> Measure:
    changed = tuple(
        lever_at(lever, effects[key]) if (key := f"{measure.id}/{place}") in effects else lever
        for place, lever in enumerate(measure.levers)
    )
    return measure.model_copy(update={"levers": changed})


def lever_at(lever: Lever, u: float) -> Lever:
    """A lever with its change at a place in its range, 0 (lowest) to 1 (highest)."""
    assert lever.range is not None
    return lever_with(lever, rounded(lever.range[0] + u * (lever.range[1] - lever.range[0])))


def lever_with(lever: Lever, at: float) -> Lever:
    """A lever with another change: the number itself, or for a table the factor on all its values."""
    name = "add" if lever.add is not None else "multiply"
    value = getattr(lever, name)
    new = _scaled(value, at, False, False) if isinstance(value, dict) else at
    return lever.model_copy(update={name: new})
