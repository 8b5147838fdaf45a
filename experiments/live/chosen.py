"""What is chosen on the page: which measures hold, with what reach, start, strength and assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Final

import scenarios
from scenarios.catalogue import entry, files, two_readings
from scenarios.loading import moved_too_far
from sim.scenario import Lever, Measure, Parameter, Scenario

STRONGEST: Final = 2.0
"""Highest strength on the page: twice what the catalogue says."""
FIRST_YEAR: Final = 2022
LAST_YEAR: Final = 2035
"""Years in which a measure can be made to start on the page."""
FILE: Final = "file"
"""In place of a ready scenario, for one that was loaded."""


@dataclass(frozen=True)
class Setting:
    """How a measure is set."""

    reach: float
    start: date
    strength: float = 1.0
    values: tuple[tuple[str, float], ...] = ()
    """Assumptions given otherwise: a lever, and its value; for a lever with a table, a factor on all of it."""

    def valued(self, lever: str, value: float | None) -> Setting:
        """The same with the value of a lever given otherwise, or as the measure has it."""
        others = tuple(pair for pair in self.values if pair[0] != lever)
        return replace(self, values=others if value is None else tuple(sorted((*others, (lever, value)))))


@dataclass(frozen=True)
class Chosen:
    """A scenario as the page holds it: measures as they were given, and how each that holds is set."""

    parameters: dict[str, Parameter]
    preset: str = "baseline"
    """Ready scenario that it began with; `file` for one that was loaded."""
    originals: Mapping[str, Measure] = field(default_factory=dict)
    """Measures as the ready scenario or the file gives them; others stand in the catalogue."""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """Measures that hold, in their order."""

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for choices with equal results, as long as both exist."""
        originals = ((name, setting, id(self.originals.get(name))) for name, setting in self.settings.items())
        return id(self.parameters), *originals

    def original(self, name: str) -> Measure:
        """A measure before it is set; KeyError for one that nobody knows."""
        return self.originals[name] if name in self.originals else entry(name).measure()

    def usual(self, name: str) -> Setting:
        """How a measure is set if nobody sets it otherwise."""
        given = self.original(name)
        return Setting(given.reach.share, given.start)

    def setting(self, name: str) -> Setting:
        """How a measure is set; with no reach where it does not hold."""
        return self.settings.get(name) or replace(self.usual(name), reach=0.0)

    def measure(self, name: str) -> Measure:
        """A measure that holds, as it is set."""
        return applied(self.original(name), self.settings[name])

    def with_setting(self, name: str, setting: Setting) -> Chosen:
        """The same with a measure set otherwise; without reach it does not hold. ValueError where it cannot be so."""
        if setting.reach <= 0.0 or setting.strength <= 0.0:
            return replace(self, settings={key: value for key, value in self.settings.items() if key != name})
        original = self.original(name)
        spans = {lever.lever: span_of(lever) for lever in original.levers}
        for lever, value in setting.values:
            if lever not in spans:
                raise ValueError(f"{lever} is none of its levers; it has {', '.join(spans)}")
            low, high = spans[lever]
            if not low <= value <= high:
                raise ValueError(f"{lever} is {value:g}; give a number from {low:g} to {high:g}")
        moved = applied(original, setting)
        if problem := moved_too_far(moved, 0, self.parameters):
            raise ValueError(problem.message)
        settings = {**self.settings, name: setting}
        if twice := two_readings(settings):  # the one that was there makes room
            settings = {key: value for key, value in settings.items() if key == name or key not in twice}
        return replace(self, settings=settings)

    def scenario(self, id: str = "chosen", title: str = "Chosen on the page", summary: str = "") -> Scenario:
        """The scenario that the model runs."""
        return Scenario.model_construct(
            id=id,
            title=title,
            summary=summary or title,
            dutch=None,
            parameters=self.parameters,
            measures=tuple(self.measure(name) for name in self.settings),
            files=(),
            changes=(),
        )


def applied(measure: Measure, setting: Setting) -> Measure:
    """A measure as it is set."""
    values = dict(setting.values)
    levers = tuple(valued(one, values[one.lever]) if one.lever in values else one for one in measure.levers)
    reach = measure.reach.model_copy(update={"share": setting.reach})
    found = measure.model_copy(update={"reach": reach, "start": setting.start, "levers": levers})
    return found if setting.strength == 1.0 else found.strengthened(setting.strength)


def valued(lever: Lever, value: float) -> Lever:
    """A lever with another value; one with a table gets all of it times the value."""
    key = "add" if lever.add is not None else "multiply"
    if isinstance(getattr(lever, key), dict):
        return lever.strengthened(value)
    return lever.model_copy(update={key: value})


def value_of(lever: Lever) -> float:
    """The value of a lever, or 1 for one with a table."""
    value = lever.add if lever.add is not None else lever.multiply
    return 1.0 if isinstance(value, dict) else float(value or 0.0)


def span_of(lever: Lever) -> tuple[float, float]:
    """Lowest and highest value that the page lets a lever have; its own value alone where it has no range."""
    value = value_of(lever)
    low, high = lever.range or (value, value)
    return min(low, value), max(high, value)


@cache
def baseline() -> Scenario:
    """The baseline, read once."""
    return scenarios.load("baseline")


def nothing() -> Chosen:
    """No measure at all: the baseline."""
    return Chosen(baseline().parameters)


def of_scenario(scenario: Scenario, preset: str) -> Chosen:
    """What a scenario would be on the page."""
    known = {name: entry(name).measure() for name in files() if entry(name).not_judged is None}
    parameters = baseline().parameters if scenario.parameters == baseline().parameters else scenario.parameters
    originals = {one.id: one for one in scenario.measures if known.get(one.id) != one}
    if preset == FILE and not originals and parameters is baseline().parameters:
        preset = "baseline"  # nothing in it that a link could not tell
    return Chosen(
        parameters=parameters,
        preset=preset,
        originals=originals,
        settings={one.id: Setting(one.reach.share, one.start) for one in scenario.measures},
    )


@cache
def preset(name: str) -> Chosen:
    """A ready scenario as it stands on the page; InputError where there is none of that name."""
    return nothing() if name == "baseline" else of_scenario(scenarios.load(name), name)
