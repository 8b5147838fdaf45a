"""One value of a scenario given otherwise, as `--set` and `--sweep` do: `part_time_availability.reach=0.6`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np

from agents.parameters import labels
from scenarios.errors import did_you_mean, shown
from scenarios.loading import moved_too_far
from scenarios.measure_checks import AXES, FIRST_START, LAST_START, bounds, table_problems
from scenarios.wording import outside
from sim.scenario import Lever, Measure, Parameter, Scenario

MOST_VALUES: Final = 100
"""Values of a sweep."""
_YEARS: Final = ("delay_years", "phase_in_years", "duration_years")
KEYS: Final = ("reach", "strength", "start", *_YEARS)
"""What can be given otherwise of a measure, beside its levers."""


@dataclass(frozen=True)
class Change:
    """One value given otherwise."""

    text: str
    """As the user wrote it."""
    name: str
    """A scenario, a measure or a parameter."""
    key: str
    """What of it; for a parameter the labels in its table, if it is one."""
    value: str
    of_parameter: bool
    """A scenario and a parameter may have the same name; what is asked of it tells them apart."""


def parsed(text: str, example: str) -> tuple[str, str]:
    """What stands before and after the first `=`; ValueError where one of them is missing."""
    path, equals, value = text.partition("=")
    if not (equals and path.strip() and value.strip()):
        raise ValueError(f"{shown(text)} is no name and value; write it as {example}")
    return path.strip(), value.strip()


def change_of(text: str, scenarios: Sequence[Scenario]) -> Change:
    """The change that a text asks for; ValueError where it names nothing in these scenarios."""
    path, value = parsed(text, "part_time_availability.reach=0.6")
    names = {scenario.id for scenario in scenarios[1:]} | {m.id for s in scenarios for m in s.measures}
    for name in sorted(names, key=len, reverse=True):
        key = path.removeprefix(f"{name}.")
        if key != path and (key in _known_keys(name, scenarios) or path.split(".")[0] not in AXES):
            return Change(text, name, key, value, of_parameter=False)
    first, _, rest = path.partition(".")
    if first in AXES and rest.split(".")[0] in (*KEYS, "reach.share") and rest not in _labels_of(first):
        raise ValueError(f"{first} is no scenario or measure given here; give it among the scenarios")
    if first in AXES:
        return Change(text, first, rest, value, of_parameter=True)
    if path in names:
        raise ValueError(f"{path} has several values; write {path}.reach=0.6, or one of {', '.join(KEYS[1:])}")
    near = did_you_mean(first, [*names, *AXES])
    raise ValueError(f"{shown(first)} is no scenario or measure given here, and no parameter{near}")


def _labels_of(parameter: str) -> tuple[str, ...]:
    return labels(AXES[parameter][0]) if AXES[parameter] else ()


def _known_keys(name: str, scenarios: Sequence[Scenario]) -> set[str]:
    levers = {lever.lever for s in scenarios for m in s.measures if name in (s.id, m.id) for lever in m.levers}
    return {*KEYS, "reach.share", *levers}


def changed(scenarios: Sequence[Scenario], texts: Sequence[str]) -> list[Scenario]:
    """The scenarios with every change made, in turn; the first is the baseline.

    A change of a measure holds wherever the measure stands, one of a scenario for all its measures. A change of a
    parameter holds for all scenarios, so that they stay comparable. ValueError with one clear line about a mistake.
    """
    every = list(scenarios)
    for text in texts:
        change = change_of(text, every)
        every = [apply(scenario, change) for scenario in every]
    return every


def apply(scenario: Scenario, change: Change) -> Scenario:
    """The scenario with a change made, or as it is where the change does not concern it."""
    if change.of_parameter:
        parameter = changed_parameter(scenario.parameters[change.name], change)
        update: dict[str, Any] = {"parameters": {**scenario.parameters, change.name: parameter}}
    else:
        concerned = [change.name in (scenario.id, measure.id) for measure in scenario.measures]
        if not any(concerned):
            return scenario
        measures = [changed_measure(m, change) if c else m for m, c in zip(scenario.measures, concerned, strict=True)]
        if all(a is b for a, b in zip(measures, scenario.measures, strict=True)):
            known = ", ".join(sorted(_known_keys(change.name, [scenario])))
            near = did_you_mean(change.key, _known_keys(change.name, [scenario]))
            raise ValueError(f"{change.name} has no {shown(change.key)}{near or f'; known: {known}'}")
        update = {"measures": tuple(measures)}
    moved = scenario.model_copy(update={**update, "changes": (*scenario.changes, change.text)})
    for index, measure in enumerate(moved.measures):
        if problem := moved_too_far(measure, index, moved.parameters):
            raise ValueError(f"{change.text} {problem.message}")
    return moved


def _number(change: Change, low: float = -math.inf, high: float = math.inf) -> float:
    try:
        number = float(change.value)
    except ValueError:
        raise ValueError(f"{change.text}: takes a number, not the text {shown(change.value)}") from None
    if problem := outside(number, low, high):
        raise ValueError(f"{change.text}: {problem}")
    return number


def changed_measure(measure: Measure, change: Change) -> Measure:
    """The measure with a change made; the very same one where it has nothing of that name."""
    if change.key in ("reach", "reach.share"):
        reach = measure.reach.model_copy(update={"share": _number(change, 0.0, 1.0)})
        return measure.model_copy(update={"reach": reach})
    if change.key == "strength":
        return measure.strengthened(_number(change, 0.0))
    if change.key == "start":
        return measure.model_copy(update={"start": _date(change)})
    if change.key in _YEARS:
        least = 0.25 if change.key == "duration_years" else 0.0
        return measure.model_copy(update={change.key: _number(change, least, 50.0)})
    if not any(lever.lever == change.key for lever in measure.levers):
        return measure
    levers = [_lever(lever, change) if lever.lever == change.key else lever for lever in measure.levers]
    return measure.model_copy(update={"levers": tuple(levers)})


def _date(change: Change) -> date:
    try:
        day = date.fromisoformat(change.value)
    except ValueError:
        raise ValueError(f"{change.text}: {shown(change.value)} is not a date such as 2024-09-01") from None
    if not FIRST_START <= day <= LAST_START:
        raise ValueError(f"{change.text}: give a date from {FIRST_START} to {LAST_START}")
    return day


def _lever(lever: Lever, change: Change) -> Lever:
    """The lever with another number; a table gets this one number for all that it names."""
    key = "add" if lever.add is not None else "multiply"
    number = _number(change, 0.0 if key == "multiply" else -math.inf)
    value: Any = number if not isinstance(getattr(lever, key), dict) else _filled(getattr(lever, key), number)
    span = None if isinstance(value, dict) else (number, number)
    return lever.model_copy(update={key: value, "range": span or (1.0, 1.0)})


def _filled(table: Any, number: float) -> Any:
    return {k: _filled(v, number) for k, v in table.items()} if isinstance(table, dict) else number


def changed_parameter(parameter: Parameter, change: Change) -> Parameter:
    """The parameter with a change made; ValueError where it cannot be."""
    low, high = bounds(parameter.unit)
    steps = change.key.split(".") if change.key else []
    value = _placed(parameter.value, steps, _number(change), change)
    for problem in table_problems(value, AXES[change.name], (change.name,), low, high, unit=parameter.unit):
        raise ValueError(f"{change.text}: {problem.message}")
    given = parameter.range and ((1.0, 1.0) if isinstance(value, dict) else (value, value))
    return parameter.model_copy(update={"value": value, "range": given})


def _placed(value: Any, steps: Sequence[str], number: float, change: Change) -> Any:
    """The number or table with one entry given otherwise."""
    if not steps:
        if isinstance(value, dict):
            known = ", ".join(value)
            raise ValueError(f"{change.text}: is a table; write {change.name}.{next(iter(value))}, of {known}")
        return number
    if not isinstance(value, dict):
        raise ValueError(f"{change.text}: {change.name} is one number; write {change.name}={number:g}")
    if steps[0] not in value:
        raise ValueError(f"{change.text}: no {shown(steps[0])} in {change.name}; known: {', '.join(value)}")
    return {**value, steps[0]: _placed(value[steps[0]], steps[1:], number, change)}


def sweep(scenarios: Sequence[Scenario], text: str) -> list[Scenario]:
    """The scenarios, with the one that a text names in as many variants as it gives values.

    Values are separated by commas, or written as lowest:highest:number. ValueError about a mistake.
    """
    example = "part_time_availability.reach=0:1:5"
    path, told = parsed(text, example)
    values = _values(told, text, example)
    first = change_of(f"{path}={values[0]}", scenarios)
    concerned = [s for s in scenarios[1:] if any(first.name in (s.id, m.id) for m in s.measures)]
    if len(concerned) != 1 or first.of_parameter:
        which = "several scenarios" if len(concerned) > 1 else "no single scenario"
        raise ValueError(f"{shown(text)} concerns {which}; give a scenario or measure of just one of them")
    (base,) = concerned
    found: list[Scenario] = []
    for scenario in scenarios:
        found += [_variant(base, first, value) for value in values] if scenario is base else [scenario]
    return found


def _variant(base: Scenario, change: Change, value: str) -> Scenario:
    path = f"{change.name}.{change.key}"
    moved = apply(base, replace(change, text=f"{path}={value}", value=value))
    told = f"{change.key}={value}" if change.name == base.id else f"{path}={value}"
    title = f"{base.title}, {told.replace('=', ' ')}"
    dutch = base.dutch and (f"{base.dutch[0]}, {told.replace('=', ' ')}", base.dutch[1])
    return moved.model_copy(update={"id": f"{base.id}[{told}]", "title": title, "dutch": dutch})


def _values(told: str, text: str, example: str) -> list[str]:
    right = f"give values as 0,0.5,1 or as lowest:highest:number, such as {example}"
    if told.count(":") not in (0, 2):
        raise ValueError(f"{shown(text)} is no range; {right}")
    if ":" not in told:
        values = [value.strip() for value in told.split(",")]
        if "" in values or len(set(values)) < len(values) or not 1 <= len(values) <= MOST_VALUES:
            raise ValueError(f"{shown(text)} is no list of different values; {right}")
        return values
    try:
        first, last, count = told.split(":")
        low, high, number = float(first), float(last), int(count)
    except ValueError:
        raise ValueError(f"{shown(text)} is no range; {right}") from None
    if not (2 <= number <= MOST_VALUES and low < high and math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{shown(text)} is no range of 2 to {MOST_VALUES} values; {right}")
    return [f"{value:g}" for value in np.linspace(low, high, number)]
