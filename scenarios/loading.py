"""Loading a scenario: reading its files, laying them over each other and checking the result."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.parameters import NAMES, axes_of, labels
from scenarios.catalogue import MEASURES, entry, files, scenario_of, two_readings
from scenarios.catalogue import document as catalogue_document
from scenarios.checks import ScenarioFile, checked
from scenarios.combining import combined
from scenarios.errors import InputError, did_you_mean, shown
from scenarios.measure_checks import REACH_AXES, bounds
from scenarios.packaged import FIRST, available, find, folder, not_found
from scenarios.reading import Document, parse, read
from scenarios.wording import Problem, wrong_type
from sim.scenario import Lever, Measure, Parameter, Reach, Scenario
from sim.schedule import array_of

__all__ = ["InputError", "available", "load", "load_text", "together"]


def load(name_or_path: str | Path) -> Scenario:
    """The complete scenario of a packaged name such as "baseline", of a measure of the catalogue, or of a file.

    Names joined by a plus sign, such as "hybrid_teachers+golden_gate", are combined into one scenario.
    Raises InputError with one line that says what is wrong, where, and what would be right.
    """
    name = str(name_or_path)
    if find(name) is None and "+" in name:
        return together([part.strip() for part in name.split("+")], name)
    if (alone := _measure_of(name)) is not None:
        return alone
    return _scenario(_sources(name))


def load_text(content: bytes, name: str) -> Scenario:
    """The complete scenario of YAML text, which may extend packaged scenarios only, and reads no other file.

    Parameters
    ----------
    name : of the text, for messages

    Raises InputError with one line that says what is wrong, where, and what would be right.
    """
    document = parse(content, name)
    found: Sources = {}
    parents: list[str] = []
    for path, parent in _extends(document):
        if parent not in available():
            raise document.error(path, f"{shown(str(parent))} is no ready scenario; extend one, such as baseline")
        _visit(folder() / f"{parent}.yaml", found, [])
        parents.append(os.path.realpath(str(folder() / f"{parent}.yaml")))
    found[name] = document, parents
    scenario = _scenario(found)
    for key, parameter in load(FIRST).parameters.items():  # a unit of its own would take a number out of its limits
        if (unit := scenario.parameters[key].unit) != parameter.unit:
            what = f"{shown(unit)} is not the unit of {key}; give {parameter.unit!r}"
            raise document.error(("parameters", key, "unit"), what)
    return scenario


def _scenario(sources: Sources) -> Scenario:
    """The scenario of the last document, laid over those that it extends."""
    built: dict[str, _Built] = {}
    for place, (document, parents) in sources.items():
        built[place] = _build(document, [built[parent] for parent in parents])
    part, parameters, measures = built[place]
    if twice := two_readings(measures):
        what = f"measures {twice[0]} and {twice[1]} are two readings of one; leave one out"
        raise document.error(("measures",), what)
    for measure, (document, index) in measures.values():
        if problem := moved_too_far(measure, index, parameters):
            raise document.error(problem.path, problem.message)
    return Scenario(
        id=part.id,
        title=part.title,
        summary=part.summary,
        dutch=None if part.nl is None else (part.nl.title, part.nl.summary),
        parameters=parameters,
        measures=tuple(measure for measure, _ in measures.values()),
        files=_files([document for document, _ in sources.values()]),
    )


def together(parts: Sequence[str], name: str) -> Scenario:
    """The scenario of a name or path, or several combined into one.

    Parameters
    ----------
    name : what is given for all of them together, for a message about it
    """
    if len(parts) == 1:
        return load(parts[0])
    if "" in parts or len(set(parts)) < len(parts):
        what = "names nothing before or after a plus sign" if "" in parts else "names a scenario twice"
        raise InputError(name, None, "", f"{what}; join different names, such as hybrid_teachers+golden_gate")
    return combined([load(part) for part in parts], load(FIRST))


class _Built(NamedTuple):
    """What a document and all that it extends say."""

    part: ScenarioFile
    parameters: dict[str, Parameter]
    measures: dict[str, tuple[Measure, tuple[Document, int]]]
    """Measures by id, each with the document and the place where it stands."""


def _build(document: Document, parents: list[_Built]) -> _Built:
    parameters = {name: parameter for parent in parents for name, parameter in parent.parameters.items()}
    measures: dict[str, tuple[Measure, tuple[Document, int]]] = {}
    for parent in parents:
        for name, (measure, home) in parent.measures.items():
            if measures.setdefault(name, (measure, home))[0] != measure:
                first = measures[name][1][0].name
                what = f"measure {shown(name)} stands in {first} and in {home[0].name} with different settings"
                raise document.error(("extends",), f"{what}; extend one of them")
    part = checked(document, parameters)
    for index, name in enumerate(part.without):
        if name not in measures:
            near = did_you_mean(name, measures) or f"; they hold {', '.join(measures) or 'none'}"
            raise document.error(("without", index), f"{shown(name)} is no measure of what this extends{near}")
        del measures[name]
    for index, measure in enumerate(part.measures):
        if measure.id in measures:
            home = measures[measure.id][1]
            what = f"measure {shown(measure.id)} stands already in {home[0].name}; give it another id"
            key = "use" if "use" in document.data["measures"][index] else "id"
            raise document.error(("measures", index, key), what)
        measures[measure.id] = measure, (document, index)
    return _Built(part, parameters | part.parameters, measures)


def _files(documents: list[Document]) -> tuple[tuple[str, str], ...]:
    """Name and SHA-256 of each file, the scenario itself first and measures of the catalogue last."""
    own = {document.name: document.sha256 for document in reversed(documents)}
    for document in documents:
        for measure in document.data.get("measures") or ():
            if "use" in measure:
                own[f"{MEASURES}/{measure['use']}.yaml"] = catalogue_document(measure["use"]).sha256
    return tuple(own.items())


def _measure_of(name: str) -> Scenario | None:
    """The scenario of a measure of the catalogue, if the name is of one and of no scenario."""
    if name not in files() or find(name) is not None:
        return None
    if (reason := entry(name).not_judged) is not None:
        raise InputError(name, None, "", f"the model cannot judge this measure: {reason.en}")
    return scenario_of(name, load(FIRST))


_MOST_EXTENDED: Final = 20
"""Scenarios that one may extend; more than there are that go together."""
Sources = dict[str, tuple[Document, list[str]]]
"""Documents by place, each with the places of those that it extends."""


def _sources(name_or_path: str) -> Sources:
    """The documents of a scenario, each once: those that it extends first, itself last."""
    source = find(name_or_path)
    if source is None:
        raise InputError(name_or_path, None, "", not_found(name_or_path, measures=files()))
    found: Sources = {}
    _visit(source, found, [])
    return found


def _visit(source: Traversable, found: Sources, asking: list[tuple[str, str]]) -> None:
    """Add a document to those found, after all that it extends; `asking` holds place and name of who asks for it."""
    document, place = read(source), os.path.realpath(str(source))
    asking.append((place, document.name))
    parents: list[str] = []
    for path, name in _extends(document):
        parent = _extended(document, source, path, name)
        parents.append(os.path.realpath(str(parent)))
        places = [one for one, _ in asking]
        if parents[-1] in places:
            circle = [one for _, one in asking[places.index(parents[-1]) :]]
            circle.append(circle[0])
            raise document.error(path, f"goes round in a circle: {' -> '.join(circle)}; extend another scenario")
        if parents[-1] not in found:
            _visit(parent, found, asking)
    asking.pop()
    found[place] = document, parents


def _extends(document: Document) -> list[tuple[tuple[str | int, ...], Any]]:
    """What a document extends, each with its place."""
    if "extends" not in document.data:
        return []
    given = document.data["extends"]
    if not isinstance(given, list):
        return [(("extends",), given)]
    if not given:
        raise document.error(("extends",), "is an empty list; give at least one scenario, such as baseline")
    if len(given) > _MOST_EXTENDED:
        raise document.error(("extends",), f"names {len(given)} scenarios; give {_MOST_EXTENDED} at most")
    for index, name in enumerate(given):
        if name in given[:index]:
            raise document.error(("extends", index), f"names {shown(name)} twice; name each scenario once")
    return [(("extends", index), name) for index, name in enumerate(given)]


def _extended(document: Document, source: Traversable, path: tuple[str | int, ...], name: Any) -> Traversable:
    """The file that a scenario extends."""
    if not isinstance(name, str) or not name.strip():
        takes = "the name of a packaged scenario, or a path relative to this file"
        raise document.error(path, wrong_type(takes, name or None))
    beside: Traversable = source.parent if isinstance(source, Path) else folder()
    parent = find(name, beside)
    if parent is None:
        if name in files():
            what = f"{shown(name)} is a measure of the catalogue; put it under measures as '- use: {name}'"
            raise document.error(path, what)
        raise document.error(path, f"{shown(name)} {not_found(name, beside)}")
    if not parent.is_file():
        raise document.error(path, f"{shown(name)} is not a file; give a scenario file")
    return parent


def moved_too_far(measure: Measure, index: int, parameters: Mapping[str, Parameter]) -> Problem | None:
    """A lever of the measure that takes a parameter out of the bounds of its unit."""
    for place, lever in enumerate(measure.levers):
        before, after = _moved(measure, lever, parameters)
        low, high = _bounds(lever, parameters)
        beyond = np.argwhere((after < low - _SLACK) | (after > high + _SLACK))
        if len(beyond):
            entry = tuple(int(i) for i in beyond[0])
            at = "".join(f".{labels(axis)[i]}" for axis, i in zip(axes_of(lever.lever), entry, strict=True))
            right = f"from {low:.12g} to {high:.12g}" if np.isfinite(high) else f"{low:g} or more"
            key = "multiply" if lever.add is None else "add"
            what = f"takes {lever.lever}{at} from {before[entry]:g} to {after[entry]:g}; it must stay {right}"
            return Problem(("measures", index, "levers", place, key), what)
    return None


def within_bounds(measure: Measure, parameters: Mapping[str, Parameter]) -> Measure:
    """The measure with each lever that would take a parameter out of the bounds of its unit only as strong as takes it
    there; the very same one where none would.

    For values that are drawn: nobody looks whether those of a parameter and of a measure can be together.
    """
    if moved_too_far(measure, 0, parameters) is None:
        return measure
    return measure.model_copy(update={"levers": tuple(_held(measure, lever, parameters) for lever in measure.levers)})


def _held(measure: Measure, lever: Lever, parameters: Mapping[str, Parameter]) -> Lever:
    before, after = _moved(measure, lever, parameters)
    low, high = _bounds(lever, parameters)
    beyond = (after < low - _SLACK) | (after > high + _SLACK)
    if not beyond.any():
        return lever
    room = np.clip(after, low, high)[beyond] - before[beyond]
    return lever.strengthened(float((room / (after - before)[beyond]).min()))


def _moved(
    measure: Measure, lever: Lever, parameters: Mapping[str, Parameter]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A parameter before and after a lever; nothing of it where the lever moves no parameter or a part of its table."""
    if lever.lever not in NAMES or _reaches_part(measure.reach, axes_of(lever.lever)):
        return np.zeros(0), np.zeros(0)
    before = array_of(parameters[lever.lever].value, axes_of(lever.lever))
    return before, before + measure.reach.share * _change(before, lever)


def _bounds(lever: Lever, parameters: Mapping[str, Parameter]) -> tuple[float, float]:
    return bounds(parameters[lever.lever].unit) if lever.lever in NAMES else (-np.inf, np.inf)


_SLACK: Final = 1e-9
"""How far beyond a bound rounding may take a value."""


def _reaches_part(reach: Reach, axes: tuple[str, ...]) -> bool:
    """Whether a reach leaves out labels of these axes."""
    return any(getattr(reach, key) is not None and axis in axes for key, axis in REACH_AXES.items())


def _change(before: NDArray[np.float64], lever: Lever) -> NDArray[np.float64]:
    axes = axes_of(lever.lever)
    if lever.add is not None:
        return array_of(lever.add, axes, 0.0)
    assert lever.multiply is not None
    return before * (array_of(lever.multiply, axes, 1.0) - 1.0)
