"""Loading a scenario: reading its files, laying them over each other and checking the result."""

from __future__ import annotations

import os
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.parameters import NAMES, axes_of, labels
from scenarios.checks import REACH_AXES, bounds, checked
from scenarios.errors import InputError, shown
from scenarios.packaged import available, find, folder, not_found
from scenarios.reading import Document, read
from scenarios.wording import Problem, wrong_type
from sim.scenario import Lever, Measure, Parameter, Reach, Scenario
from sim.schedule import array_of

__all__ = ["InputError", "available", "load"]


def load(name_or_path: str | Path) -> Scenario:
    """The complete scenario of a packaged name such as "baseline", or of a file.

    Raises InputError with one line that says what is wrong, where, and what would be right.
    """
    documents = _chain(str(name_or_path))
    parameters: dict[str, Parameter] = {}
    measures: list[Measure] = []
    homes: list[tuple[Document, int]] = []
    for document in reversed(documents):
        part = checked(document, parameters)
        parameters |= part.parameters
        for index, measure in enumerate(part.measures):
            for other, (home, _) in zip(measures, homes, strict=True):
                if other.id == measure.id:
                    what = f"measure {shown(measure.id)} stands already in {home.name}; give it another id"
                    raise document.error(("measures", index, "id"), what)
            measures.append(measure)
            homes.append((document, index))
    for measure, (document, index) in zip(measures, homes, strict=True):
        if problem := _moved_too_far(measure, index, parameters):
            raise document.error(problem.path, problem.message)
    return Scenario(
        id=part.id,
        title=part.title,
        summary=part.summary,
        parameters=parameters,
        measures=tuple(measures),
        files=tuple((document.name, document.sha256) for document in documents),
    )


def _chain(name_or_path: str) -> list[Document]:
    """The documents of a scenario: itself, what it extends, and so on."""
    source = find(name_or_path)
    if source is None:
        raise InputError(name_or_path, None, "", not_found(name_or_path))
    documents: list[Document] = []
    places: list[str] = []
    while True:
        documents.append(read(source))
        places.append(os.path.realpath(str(source)))
        document = documents[-1]
        if "extends" not in document.data:
            return documents
        name = document.data["extends"]
        if not isinstance(name, str) or not name.strip():
            takes = "the name of a packaged scenario, or a path relative to this file"
            raise document.error(("extends",), wrong_type(takes, name or None))
        beside: Traversable = source.parent if isinstance(source, Path) else folder()
        source = find(name, beside)
        if source is None:
            raise document.error(("extends",), f"{shown(name)} {not_found(name, beside)}")
        if not source.is_file():
            raise document.error(("extends",), f"{shown(name)} is not a file; give a scenario file")
        if (place := os.path.realpath(str(source))) in places:
            names = [one.name for one in documents[places.index(place) :]]
            circle = " -> ".join([*names, names[0]])
            raise document.error(("extends",), f"goes round in a circle: {circle}; extend another scenario")


def _moved_too_far(measure: Measure, index: int, parameters: dict[str, Parameter]) -> Problem | None:
    """A lever of the measure that takes a parameter out of the bounds of its unit."""
    for place, lever in enumerate(measure.levers):
        if lever.lever not in NAMES or _reaches_part(measure.reach, axes_of(lever.lever)):
            continue
        parameter = parameters[lever.lever]
        low, high = bounds(parameter.unit)
        before = array_of(parameter.value, axes_of(lever.lever))
        after = before + measure.reach.share * _change(before, lever)
        beyond = np.argwhere((after < low - 1e-9) | (after > high + 1e-9))
        if len(beyond):
            entry = tuple(int(i) for i in beyond[0])
            at = "".join(f".{labels(axis)[i]}" for axis, i in zip(axes_of(lever.lever), entry, strict=True))
            right = f"from {low:g} to {high:g}" if np.isfinite(high) else f"{low:g} or more"
            key = "multiply" if lever.add is None else "add"
            what = f"takes {lever.lever}{at} from {before[entry]:g} to {after[entry]:g}; it must stay {right}"
            return Problem(("measures", index, "levers", place, key), what)
    return None


def _reaches_part(reach: Reach, axes: tuple[str, ...]) -> bool:
    """Whether a reach leaves out labels of these axes."""
    return any(getattr(reach, key) is not None and axis in axes for key, axis in REACH_AXES.items())


def _change(before: NDArray[np.float64], lever: Lever) -> NDArray[np.float64]:
    axes = axes_of(lever.lever)
    if lever.add is not None:
        return array_of(lever.add, axes, 0.0)
    assert lever.multiply is not None
    return before * (array_of(lever.multiply, axes, 1.0) - 1.0)
