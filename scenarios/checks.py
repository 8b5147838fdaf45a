"""Checks of one scenario file: its keys, names, tables, units and dates."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.parameters import NAMES, axes_of, labels
from scenarios.errors import Path, did_you_mean, shown
from scenarios.reading import Document
from scenarios.wording import Problem, outside, problems_in, wrong_type
from sim.scenario import PRACTICE_LEVERS, Measure, Parameter
from sim.schedule import REACH_OF_AXIS, array_of
from sim.start import all_axes

FIRST_START: Final = date(2022, 1, 1)
LAST_START: Final = date(2060, 12, 31)
NOT_NEGATIVE: Final = ("per year", "years", "people", "posts", "hours", "euro", "effect")
"""Units, or beginnings of units, of numbers that cannot be negative."""
SMALLEST: Final = 1e-6
"""How far a number stays away from a limit that it may not reach, because a rule divides by it."""
LIMITS: Final = {"contacts": (0.0, 16.0), "rounds": (0.0, 4.0), "hours a week, above 0": (SMALLEST, 168.0)}
"""Units with limits of their own; draws have addresses for 16 contacts in each of 4 rounds."""
ADDING_UP: Final = "adding up to 1"
"""End of the unit of a table whose last axis holds all parts of a whole."""
ID: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
AXES: Final = all_axes()
REACH_AXES: Final = {key: axis for axis, key in REACH_OF_AXIS.items()}
ON_EMPLOYERS: Final = ("sector", "size")
"""What the reach of a lever on employers can distinguish."""

Id = Annotated[str, Field(pattern=ID)]


class ScenarioFile(BaseModel):
    """A scenario file: what it changes in the scenario that it extends, or everything if it extends none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: Id
    """Short name for files and tables: letters, digits and _ . -"""
    title: str
    """Name in reports."""
    summary: str
    """What the scenario stands for, in a sentence or two."""
    extends: str | None = None
    """Packaged scenario such as baseline, or a path relative to this file; needless with every parameter."""
    parameters: dict[str, Parameter] = {}
    """Parameters by name; unit and meaning may be left out for a parameter of the extended scenario."""
    measures: tuple[Measure, ...] = ()
    """Measures, added after those of the extended scenario."""


def bounds(unit: str) -> tuple[float, float]:
    """Lowest and highest number that a unit allows."""
    if unit in LIMITS:
        return LIMITS[unit]
    if unit.startswith("share"):
        return (SMALLEST if "above 0" in unit else 0.0), (1.0 - SMALLEST if "below 1" in unit else 1.0)
    return (0.0 if unit.startswith(NOT_NEGATIVE) else -math.inf), math.inf


def checked(document: Document, extended: Mapping[str, Parameter]) -> ScenarioFile:
    """The file as a record; raises InputError about the first problem, in the order of the lines."""
    data = _filled(document.data, extended)
    problems = list(_problems(data, extended))
    try:
        part = ScenarioFile.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems += problems_in(error.errors(include_url=False), ScenarioFile)
        problems = problems or [Problem((), str(error).splitlines()[0])]
    else:
        problems += _outside_range(part)
    problems += _absent(data)
    unknown = {problem.path[:-1] for problem in problems if problem.kind == "unknown"}
    first = [p for p in problems if p.kind != "missing" or not any(p.path[:i] in unknown for i in range(len(p.path)))]
    for problem in sorted(first, key=lambda problem: document.place(problem.path)):
        raise document.error(problem.path, problem.message)
    return part


def _filled(data: dict[str, Any], extended: Mapping[str, Parameter]) -> dict[str, Any]:
    """The data with unit and meaning taken from the extended scenario where they are left out."""
    given = data.get("parameters")
    if not isinstance(given, dict):
        return data
    known = {name: {"unit": p.unit, "meaning": p.meaning} for name, p in extended.items()}
    full = {k: {**known.get(k, {}), **entry} if isinstance(entry, dict) else entry for k, entry in given.items()}
    return {**data, "parameters": full}


def _problems(data: dict[str, Any], extended: Mapping[str, Parameter]) -> Iterator[Problem]:
    yield from _texts(data, ())
    given = data.get("parameters")
    if isinstance(given, dict):
        for name, entry in given.items():
            if name not in AXES:
                yield _unknown_parameter(name)
            elif isinstance(entry, dict):
                yield from _parameter(entry, name, extended.get(name))
    measures = data.get("measures")
    seen: set[str] = set()
    for index, measure in enumerate(measures if isinstance(measures, list) else ()):
        if isinstance(measure, dict):
            path = ("measures", index)
            yield from _measure(measure, path)
            name = measure.get("id")
            if isinstance(name, str):
                if name in seen:
                    yield Problem((*path, "id"), f"measure {shown(name)} stands twice; give each its own id")
                seen.add(name)


def _absent(data: dict[str, Any]) -> Iterator[Problem]:
    """The first parameter that a file without `extends` leaves out."""
    given = data.get("parameters", {})
    if isinstance(data.get("extends"), str) or not isinstance(given, dict):
        return
    for name in AXES:
        if name not in given:
            path: Path = ("parameters", name) if "parameters" in data else ("parameters",)
            what = "is missing; give every parameter, or extend a scenario that does: 'extends: baseline'"
            yield Problem(path, what, "missing")
            return


def _texts(value: Any, path: Path) -> Iterator[Problem]:
    """Texts with nothing in them."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*path, key))
    elif isinstance(value, str) and not value.strip():
        yield Problem(path, "is empty; give text, or leave the key out where it is optional")


def _unknown_parameter(name: str) -> Problem:
    near = did_you_mean(name, list(AXES))
    hint = near or "; the names stand in the packaged scenario 'baseline'"
    return Problem(("parameters", name), f"unknown parameter{hint}", "unknown")


def _parameter(entry: dict[str, Any], name: str, extended: Parameter | None) -> Iterator[Problem]:
    path = ("parameters", name)
    unit = entry.get("unit")
    if extended is not None and isinstance(unit, str) and unit != extended.unit:
        what = f"{shown(unit)} is not the unit of {name}; give {extended.unit!r}, or leave the unit out"
        yield Problem((*path, "unit"), what)
        unit = extended.unit
    low, high = bounds(unit) if isinstance(unit, str) else (-math.inf, math.inf)
    if "value" in entry:
        yield from table_problems(entry["value"], AXES[name], (*path, "value"), low, high, unit=unit)
        if isinstance(entry.get("range"), list) and not isinstance(entry["value"], dict):
            for index, number in enumerate(entry["range"]):
                if _is_number(number):
                    yield from table_problems(number, (), (*path, "range", index), low, high, unit=unit)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def table_problems(
    value: Any,
    axes: tuple[str, ...],
    path: Path,
    low: float,
    high: float,
    partial: bool = False,
    unit: Any = None,
) -> Iterator[Problem]:
    """What is wrong with a number or table; `partial`: labels may be left out, a number stand for a table."""
    if isinstance(value, dict):
        if not axes:
            yield Problem(path, "takes one number, not a table")
            return
        names = labels(axes[0])
        for label, inner in value.items():
            if label in names:
                yield from table_problems(inner, axes[1:], (*path, label), low, high, partial, unit)
            else:
                known = f"{', '.join(names)}{did_you_mean(label, names)}"
                yield Problem((*path, label), f"unknown {axes[0]}; known: {known}", "unknown")
        if not value:
            yield Problem(path, f"is an empty table; give {axes[0]}: {', '.join(names)}")
        elif all(label in names for label in value):
            yield from _labels(dict.fromkeys(value, 0.0), axes, path, partial)
            yield from _whole(value, axes, path, partial, unit)
    elif not _is_number(value):
        takes = f"a table by {axes[0]} ({', '.join(labels(axes[0]))})" if axes and not partial else "a number"
        yield Problem(path, wrong_type(takes, value))
    elif axes and not partial:
        yield from _labels(0.0, axes, path, partial)
    elif problem := outside(value, low, high):
        of_unit = f", as the unit is {unit!r}" if unit and math.isfinite(value) else ""
        yield Problem(path, problem + of_unit)


def _whole(value: dict[str, Any], axes: tuple[str, ...], path: Path, partial: bool, unit: Any) -> Iterator[Problem]:
    """Whether the parts of a whole, along the last axis of a table, add up to 1."""
    parts = [part for part in value.values() if _is_number(part)]
    if partial or len(axes) != 1 or not isinstance(unit, str) or not unit.endswith(ADDING_UP):
        return
    if len(parts) == len(value) and abs(sum(parts) - 1.0) > SMALLEST:
        yield Problem(path, f"adds up to {sum(parts):g}; give shares that add up to 1")


def _labels(stub: Any, axes: tuple[str, ...], path: Path, partial: bool) -> Iterator[Problem]:
    """Labels of the first axis that are missing."""
    try:
        array_of(stub, axes[:1], 0.0 if partial else None)
    except ValueError as error:
        yield Problem(path, str(error))


def _measure(measure: dict[str, Any], path: Path) -> Iterator[Problem]:
    start = measure.get("start")
    if isinstance(start, str):
        try:
            day = date.fromisoformat(start)
        except ValueError:
            day = FIRST_START
        if not FIRST_START <= day <= LAST_START:
            right = f"give a date from {FIRST_START} to {LAST_START}"
            yield Problem((*path, "start"), f"{day} lies outside the simulated period; {right}")
    axes: set[str] = set()
    levers = measure.get("levers")
    for index, lever in enumerate(levers if isinstance(levers, list) else ()):
        if isinstance(lever, dict):
            name = lever.get("lever")
            axes.update(ON_EMPLOYERS if name in PRACTICE_LEVERS else AXES.get(str(name), REACH_AXES.values()))
            yield from _lever(lever, (*path, "levers", index))
    reach = measure.get("reach")
    for key, chosen in reach.items() if isinstance(reach, dict) else ():
        if key in REACH_AXES and chosen == []:
            yield Problem((*path, "reach", key), f"is an empty list; leave {key} out to reach all")
        elif key in REACH_AXES and chosen is not None and axes and REACH_AXES[key] not in axes:
            what = f"no lever of this measure distinguishes {key}, so all would be reached; leave {key} out"
            yield Problem((*path, "reach", key), what)


def _lever(lever: dict[str, Any], path: Path) -> Iterator[Problem]:
    name = lever.get("lever")
    axes: tuple[str, ...] = ()
    if isinstance(name, str) and name in NAMES:
        axes = axes_of(name)
    elif isinstance(name, str) and name in AXES:
        yield Problem((*path, "lever"), f"{name!r} only makes the starting population; a measure cannot move it")
        return
    elif isinstance(name, str) and name not in PRACTICE_LEVERS:
        near = did_you_mean(name, [*NAMES, *PRACTICE_LEVERS])
        known = f"; give a parameter of the baseline or one of {', '.join(PRACTICE_LEVERS)}"
        yield Problem((*path, "lever"), f"unknown lever {shown(name)}{near or known}")
        return
    for key, low in (("add", -math.inf), ("multiply", 0.0)):
        if lever.get(key) is not None:
            yield from table_problems(lever[key], axes, (*path, key), low, math.inf, partial=True)


def _outside_range(part: ScenarioFile) -> Iterator[Problem]:
    """Changes outside their range, and ranges of tables that are not factors around 1."""
    for name, parameter in part.parameters.items():
        if isinstance(parameter.value, dict):
            yield from _range(parameter.value, parameter.range, ("parameters", name), "value")
    for index, measure in enumerate(part.measures):
        for place, lever in enumerate(measure.levers):
            key = "multiply" if lever.add is None else "add"
            yield from _range(getattr(lever, key), lever.range, ("measures", index, "levers", place), key)


def _range(value: Any, span: tuple[float, float] | None, path: Path, key: str) -> Iterator[Problem]:
    if span is None:
        return
    low, high = span
    if isinstance(value, dict) and not low <= 1.0 <= high:
        right = "the range of a table is two factors on all its values, such as [0.8, 1.2]"
        what = f"[{low:g}, {high:g}] leaves out 1; {right}"
        yield Problem((*path, "range"), what)
    elif not isinstance(value, dict) and not low <= value <= high:
        yield Problem((*path, key), f"{value:g} lies outside its range [{low:g}, {high:g}]")
