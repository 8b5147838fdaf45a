"""Levers and assumptions in words: names instead of identifiers, changes with their sign and unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.texts import as_written, number_text, say, spoken, table
from scenarios.catalogue import Entry, entry, files
from sim.scenario import PRACTICE_LEVERS, Lever, Measure, Parameter, Reach


def named(parameter: str) -> str:
    """Name of a parameter, or of a lever on employers."""
    return say("parameter", parameter) if parameter in table()["parameter"] else parameter.replace("_", " ")


def catalogued(measure: Measure) -> Entry | None:
    """The entry of the catalogue that a measure was taken from; None for one of a scenario's own, whatever its id."""
    found = entry(measure.id) if measure.id in files() else None
    return found if found is not None and found.title.en == measure.title else None


def measure_named(measure: Measure) -> str:
    """Title of a measure in the language that is spoken, as far as there is one."""
    if (found := catalogued(measure)) is not None:
        return found.title[spoken()]
    return measure.nl if spoken() == "nl" and measure.nl is not None else measure.title


def change_told(lever: Lever, parameters: Mapping[str, Parameter]) -> str:
    """What a lever changes, in words: `+0.3 (share)`, `mbo +600, hbo +400 (people)`, `x 0.9`."""
    change = lever.add if lever.add is not None else lever.multiply
    told = _cells(change, lever.add is not None)
    if lever.add is None:
        return told
    unit = "share" if lever.lever in PRACTICE_LEVERS else parameters[lever.lever].unit
    return f"{told} ({say('unit', unit) if unit in table()['unit'] else unit})"


def range_told(low: float, high: float, factors: bool) -> str:
    """A range: of a value, or of a factor on all values of a table."""
    lead = "x " if factors else ""
    ends = (f"{lead}{number_text(end, spoken())}" for end in (low, high))
    return f" {say('picture', 'to')} ".join(ends)


def reach_told(reach: Reach) -> str:
    """Whom a measure reaches: the share, and the groups if not everybody."""
    groups = [
        ", ".join(say("label", label) for label in getattr(reach, name))
        for name in ("sectors", "sizes", "genders", "schools", "studies", "levels")
        if getattr(reach, name) is not None
    ]
    return "; ".join((as_written(f"{reach.share:g}"), *groups))


def in_factors(lever: Lever) -> bool:
    """Whether the range of a lever holds factors: on all values of a table, or on the value that it multiplies."""
    return lever.multiply is not None or isinstance(lever.add, dict)


def _cells(change: Any, added: bool) -> str:
    """A number with its sign, or every number of a table behind its label."""
    if not isinstance(change, dict):
        told = number_text(change, spoken())
        return f"x {told}" if not added else told if told.startswith("-") else f"+{told}"
    deeper = any(isinstance(inner, dict) for inner in change.values())
    cells = []
    for label, inner in change.items():
        word = say("label", label) if label in table()["label"] else str(label)
        cells.append(f"{word}{':' if isinstance(inner, dict) else ''} {_cells(inner, added)}")
    return ("; " if deeper else ", ").join(cells)
