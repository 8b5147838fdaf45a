"""Checks of one scenario file: its keys, names, tables, units and dates."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from scenarios.catalogue import filled, used
from scenarios.errors import Path, did_you_mean, shown
from scenarios.measure_checks import AXES, bounds, is_number, measure_problems, table_problems, texts_problems
from scenarios.names import Id
from scenarios.reading import Document
from scenarios.wording import Problem, outside, problems_in, wrong_type
from sim.scenario import Measure, Parameter


class Translation(BaseModel):
    """Title and summary in Dutch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    summary: str


class ScenarioFile(BaseModel):
    """A scenario file: what it changes in the scenarios that it extends, or everything if it extends none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: Id
    """Short name for files and tables: letters, digits and _ . -"""
    title: str
    """Name in reports."""
    summary: str
    """What the scenario stands for, in a sentence or two."""
    nl: Translation | None = None
    """Title and summary in Dutch, for reports in that language."""
    extends: str | tuple[str, ...] | None = None
    """Packaged scenario such as baseline, or a path relative to this file; or a list of them, which are then
    combined. Needless with every parameter."""
    without: tuple[str, ...] = ()
    """Measures of the extended scenarios that are left out."""
    parameters: dict[str, Parameter] = {}
    """Parameters by name; unit and meaning may be left out for a parameter of the extended scenario."""
    measures: tuple[Measure, ...] = ()
    """Measures, added after those of the extended scenarios: each in full, or `use: ID` for one of the catalogue with
    what is to be different: start, delay_years, phase_in_years, duration_years, reach, strength."""


def checked(document: Document, extended: Mapping[str, Parameter]) -> ScenarioFile:
    """The file as a record; raises InputError about the first problem, in the order of the lines."""
    _refuse_unusable(document)
    data = _filled(document.data, extended)
    problems = [*_problems(data, extended), *_strength_problems(document.data)]
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
    strengths = [float(entry.get("strength", 1.0)) for entry in document.data.get("measures") or ()]
    whole = tuple(m if s == 1.0 else m.strengthened(s) for m, s in zip(part.measures, strengths, strict=True))
    return part.model_copy(update={"measures": whole})


def _using(data: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Place and entry of each measure that is taken from the catalogue."""
    measures = data.get("measures")
    for index, entry in enumerate(measures if isinstance(measures, list) else ()):
        if isinstance(entry, dict) and "use" in entry:
            yield index, entry


def _refuse_unusable(document: Document) -> None:
    """Raise InputError about a measure that cannot be taken from the catalogue."""
    for index, entry in _using(document.data):
        for problem in used(entry):
            raise document.error(("measures", index, *problem.path), problem.message)


def _strength_problems(data: dict[str, Any]) -> Iterator[Problem]:
    for index, entry in _using(data):
        if "strength" in entry:
            path: Path = ("measures", index, "strength")
            if not is_number(entry["strength"]):
                yield Problem(path, wrong_type("a number", entry["strength"]))
            elif problem := outside(entry["strength"], 0.0, math.inf):
                yield Problem(path, problem)


def _filled(data: dict[str, Any], extended: Mapping[str, Parameter]) -> dict[str, Any]:
    """The data with measures taken from the catalogue, and unit and meaning from the extended scenarios."""
    using = dict(_using(data))
    if using:
        measures = [filled(using[k]) if k in using else entry for k, entry in enumerate(data["measures"])]
        data = {**data, "measures": measures}
    given = data.get("parameters")
    if not isinstance(given, dict):
        return data
    known = {name: {"unit": p.unit, "meaning": p.meaning} for name, p in extended.items()}
    full = {k: {**known.get(k, {}), **entry} if isinstance(entry, dict) else entry for k, entry in given.items()}
    return {**data, "parameters": full}


def _problems(data: dict[str, Any], extended: Mapping[str, Parameter]) -> Iterator[Problem]:
    yield from texts_problems(data, ())
    given = data.get("parameters")
    if isinstance(given, dict):
        for name, entry in given.items():
            if name not in AXES:
                yield Problem(("parameters", name), partial(_unknown_parameter, name), "unknown")
            elif isinstance(entry, dict):
                yield from _parameter(entry, name, extended.get(name))
    measures = data.get("measures")
    seen: set[str] = set()
    for index, measure in enumerate(measures if isinstance(measures, list) else ()):
        if isinstance(measure, dict):
            path = ("measures", index)
            yield from measure_problems(measure, path)
            name = measure.get("id")
            if isinstance(name, str):
                if name in seen:
                    yield Problem((*path, "id"), f"measure {shown(name)} stands twice; give each its own id")
                seen.add(name)


def _absent(data: dict[str, Any]) -> Iterator[Problem]:
    """The first parameter that a file without `extends` leaves out."""
    given = data.get("parameters", {})
    if isinstance(data.get("extends"), str | list) or not isinstance(given, dict):
        return
    for name in AXES:
        if name not in given:
            path: Path = ("parameters", name) if "parameters" in data else ("parameters",)
            what = "is missing; give every parameter, or extend a scenario that does: 'extends: baseline'"
            yield Problem(path, what, "missing")
            return


def _unknown_parameter(name: str) -> str:
    hint = did_you_mean(name, list(AXES)) or "; the names stand in the packaged scenario 'baseline'"
    return f"unknown parameter{hint}"


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
                if is_number(number):
                    yield from table_problems(number, (), (*path, "range", index), low, high, unit=unit)


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
