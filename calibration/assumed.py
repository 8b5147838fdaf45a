"""Assumed ranges: what nobody knows well and no fact settles, drawn to see how far it moves an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from calibration.priors import load_space, rounded
from sim.scenario import Lever, Measure, Parameter, Scenario

Vector = NDArray[np.float64]
STRUCTURAL: Final = ("warm_up_years",)
"""Assumed parameters that say how the model is run and nothing about the country."""
TOTAL: Final = "adding up to 1"
"""In the unit of a table whose rows are shares of a whole."""


def assumed_parameters(scenario: Scenario) -> tuple[str, ...]:
    """Parameters with an assumed range that the calibration does not move."""
    moved = {name for prior in load_space().priors for name in prior.parameters}
    return tuple(
        name
        for name, parameter in scenario.parameters.items()
        if parameter.kind == "assumed" and name not in moved and name not in STRUCTURAL
    )


def drawn(scenarios: Sequence[Scenario], number: int, seed: int) -> list[tuple[Scenario, ...]]:
    """The scenarios with assumed parameters and assumed effects of measures drawn anew, a draw a row.

    A draw gives the same parameters to all scenarios, and the same effect to a measure in whichever it stands. Draws
    fill each range evenly (Latin hypercube). A scalar is drawn from its range, a table gets a factor on all its values.

    Parameters
    ----------
    number : draws
    seed : of the draws
    """
    names = assumed_parameters(scenarios[0])
    levers = sorted({key for scenario in scenarios for key, _ in assumed_levers(scenario)})
    hypercube = qmc.LatinHypercube(len(names) + len(levers), rng=np.random.default_rng([seed, number]))
    rows = hypercube.random(number)
    return [tuple(_moved(scenario, names, levers, row) for scenario in scenarios) for row in rows]


def assumed_levers(scenario: Scenario) -> list[tuple[str, Lever]]:
    """Levers of measures whose effect is assumed, each with its measure and its place there."""
    return [
        (f"{measure.id}/{place}", lever)
        for measure in scenario.measures
        for place, lever in enumerate(measure.levers)
        if lever.kind == "assumed"
    ]


def _moved(scenario: Scenario, names: Sequence[str], levers: Sequence[str], row: Vector) -> Scenario:
    values = {name: parameter_at(scenario.parameters[name], float(u)) for name, u in zip(names, row, strict=False)}
    effects = dict(zip(levers, row[len(names) :].tolist(), strict=True))
    measures = tuple(_measure_at(measure, effects) for measure in scenario.measures)
    return scenario.with_values(**values).model_copy(update={"measures": measures})


def parameter_at(parameter: Parameter, u: float) -> Any:
    """Value of an assumed parameter at a place in its range, 0 (lowest) to 1 (highest)."""
    assert parameter.range is not None
    low, high = parameter.range
    at = rounded(low + u * (high - low))
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
    """A lever with its change at a place in its assumed range, 0 (lowest) to 1 (highest)."""
    assert lever.range is not None
    at = rounded(lever.range[0] + u * (lever.range[1] - lever.range[0]))
    name = "add" if lever.add is not None else "multiply"
    value = getattr(lever, name)
    new = _scaled(value, at, False, False) if isinstance(value, dict) else at
    return lever.model_copy(update={name: new})
