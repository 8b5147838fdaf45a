"""Levers and assumptions in words: names instead of identifiers, changes with their sign and unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.texts import as_written, say, spoken, table
from scenarios.catalogue import entry, files
from sim.scenario import PRACTICE_LEVERS, Lever, Measure, Parameter, Reach


def named(parameter: str) -> str:
    """Name of a parameter, or of a lever on employers."""
    return say("parameter", parameter) if parameter in table()["parameter"] else parameter.replace("_", " ")


def measure_named(measure: Measure) -> str:
    """Title of a measure, from the catalogue where it stands there."""
    if measure.id in files():
        return titled(measure.id)
    return measure.nl if spoken() == "nl" and measure.nl is not None else measure.title


def titled(measure: str) -> str:
    """Title of a measure of the catalogue; of others what they are called in their file."""
    return entry(measure).title[spoken()] if measure in files() else measure.replace("_", " ")


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
    ends = (f"{lead}{as_written(f'{end:,g}')}" for end in (low, high))
    return f" {say('picture', 'to')} ".join(ends)


def reach_told(reach: Reach) -> str:
    """Whom a measure reaches: the share, and the groups if not everybody."""
    groups = [
        ", ".join(say("label", label) for label in getattr(reach, name))
        for name in ("sectors", "sizes", "genders", "schools", "studies", "levels")
        if getattr(reach, name) is not None
    ]
    return "; ".join((as_written(f"{reach.share:g}"), *groups))


def is_table(lever: Lever) -> bool:
    """Whether a lever changes several values, of which the range holds a factor."""
    return isinstance(lever.add if lever.add is not None else lever.multiply, dict)


def _cells(change: Any, added: bool) -> str:
    """A number with its sign, or every number of a table behind its label."""
    if not isinstance(change, dict):
        return as_written(f"{change:+,g}") if added else f"x {as_written(f'{change:,g}')}"
    deeper = any(isinstance(inner, dict) for inner in change.values())
    cells = []
    for label, inner in change.items():
        word = say("label", label) if label in table()["label"] else str(label)
        cells.append(f"{word}{':' if isinstance(inner, dict) else ''} {_cells(inner, added)}")
    return ("; " if deeper else ", ").join(cells)
