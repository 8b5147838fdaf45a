"""Checks of texts, tables of numbers and measures, wherever they stand in a file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from functools import partial as partial_of
from typing import Any, Final

from agents.parameters import NAMES, axes_of, labels
from scenarios.errors import Path, did_you_mean, shown
from scenarios.wording import Problem, outside, wrong_type
from sim.scenario import PRACTICE_LEVERS
from sim.schedule import REACH_OF_AXIS, array_of
from sim.start import all_axes

FIRST_START: Final = date(2022, 1, 1)
LAST_START: Final = date(2060, 12, 31)
NOT_NEGATIVE: Final = ("per year", "years", "people", "posts", "hours", "euro", "effect")
"""Units, or beginnings of units, of numbers that cannot be negative."""
SMALLEST: Final = 1e-6
"""How far a number stays away from a limit that it may not reach, because a rule divides by it."""
LIMITS: Final = {
    "contacts": (0.0, 16.0),
    "rounds": (0.0, 4.0),
    "hours a week": (0.0, 168.0),
    "hours a week, above 0": (SMALLEST, 168.0),
    "years": (0.0, 100.0),
    "people": (0.0, 1e6),
    "people per year": (0.0, 1e6),
    "posts": (1.0, 1e7),
    "regions": (1.0, 1000.0),
    "links": (0.0, 1000.0),
    "students per full-time teacher": (0.0, 1000.0),
}
"""Units with limits of their own; draws have addresses for 16 contacts in each of 4 rounds. Years and counts end far
beyond what the Netherlands could have, and before a run would end for want of memory or time; employers have posts."""
ADDING_UP: Final = "adding up to 1"
"""End of the unit of a table whose last axis holds all parts of a whole."""
AXES: Final = all_axes()
REACH_AXES: Final = {key: axis for axis, key in REACH_OF_AXIS.items()}
ON_EMPLOYERS: Final = ("sector", "size")
"""What the reach of a lever on employers can distinguish."""


def bounds(unit: str) -> tuple[float, float]:
    """Lowest and highest number that a unit allows."""
    if unit in LIMITS:
        return LIMITS[unit]
    if unit.startswith("share"):
        return (SMALLEST if "above 0" in unit else 0.0), (1.0 - SMALLEST if "below 1" in unit else 1.0)
    return (0.0 if unit.startswith(NOT_NEGATIVE) else -math.inf), math.inf


def texts_problems(value: Any, path: Path) -> Iterator[Problem]:
    """Texts with nothing in them, wherever they stand."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_problems(inner, (*path, key))
    elif isinstance(value, str) and not value.strip():
        yield Problem(path, "is empty; give text, or leave the key out where it is optional")


def is_number(value: object) -> bool:
    """Whether a value is a number, and not true or false."""
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
                yield Problem((*path, label), partial_of(_unknown_label, label, axes[0]), "unknown")
        if not value:
            yield Problem(path, f"is an empty table; give {axes[0]}: {', '.join(names)}")
        elif all(label in names for label in value):
            yield from _labels(dict.fromkeys(value, 0.0), axes, path, partial)
            yield from _whole(value, axes, path, partial, unit)
    elif not is_number(value):
        takes = f"a table by {axes[0]} ({', '.join(labels(axes[0]))})" if axes and not partial else "a number"
        yield Problem(path, wrong_type(takes, value))
    elif axes and not partial:
        yield from _labels(0.0, axes, path, partial)
    elif problem := outside(value, low, high):
        of_unit = f", as the unit is {unit!r}" if unit and math.isfinite(value) else ""
        yield Problem(path, problem + of_unit)


def _unknown_label(label: str, axis: str) -> str:
    names = labels(axis)
    return f"unknown {axis}; known: {', '.join(names)}{did_you_mean(label, names)}"


def _whole(value: dict[str, Any], axes: tuple[str, ...], path: Path, partial: bool, unit: Any) -> Iterator[Problem]:
    """Whether the parts of a whole, along the last axis of a table, add up to 1."""
    parts = [part for part in value.values() if is_number(part)]
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


def measure_problems(measure: dict[str, Any], path: Path) -> Iterator[Problem]:
    """What is wrong with the dates, the reach and the levers of a measure."""
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


def _unknown_lever(name: str) -> str:
    near = did_you_mean(name, [*NAMES, *PRACTICE_LEVERS])
    known = f"; give a parameter of the baseline or one of {', '.join(PRACTICE_LEVERS)}"
    return f"unknown lever {shown(name)}{near or known}"


def _lever(lever: dict[str, Any], path: Path) -> Iterator[Problem]:
    name = lever.get("lever")
    axes: tuple[str, ...] = ()
    if isinstance(name, str) and name in NAMES:
        axes = axes_of(name)
    elif isinstance(name, str) and name in AXES:
        yield Problem((*path, "lever"), f"{name!r} only makes the starting population; a measure cannot move it")
        return
    elif isinstance(name, str) and name not in PRACTICE_LEVERS:
        yield Problem((*path, "lever"), partial_of(_unknown_lever, name))
        return
    for key, low in (("add", -math.inf), ("multiply", 0.0)):
        if lever.get(key) is not None:
            yield from table_problems(lever[key], axes, (*path, key), low, math.inf, partial=True)
