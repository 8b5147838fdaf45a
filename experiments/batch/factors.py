"""Factors of an experiment: what is varied, between which values, and how a scenario is with one of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from calibration.assumed import assumptions, lever_with, parameter_with
from calibration.priors import load_space, rounded
from scenarios.errors import shown
from scenarios.measure_checks import is_number
from scenarios.overriding import KEYS, Change, change_of, changed_measure, changed_parameter
from scenarios.wording import kind_of
from sim.scenario import Lever, Measure, Parameter, Scenario

ALL: Final = "all"
PROVENANCE: Final = "provenance"
"""The range that stands with a number, in place of a range given in the file."""
Value = float | str
MOST_VALUES: Final = 10_000


@dataclass(frozen=True)
class Factor:
    """Something that an experiment varies: an uncertainty or a lever, evenly over a range or a list of values."""

    name: str
    """As the file has it: a parameter, a parameter and an entry of its table, or a measure and what of it."""
    role: str
    """`uncertainties` or `levers`."""
    values: tuple[Value, ...] | None
    """In their order; None for a range."""
    range: tuple[float, float] | None
    unit: str
    """Unit of the values; `factor` where they multiply all values of a table."""
    meaning: str
    change: Change
    """What of which scenarios it moves."""
    on_table: bool = False
    """Whether values are factors on a whole table."""
    members: frozenset[str] = frozenset()
    """Measures of the scenario that it is named after; none where it is named after a measure or parameter."""

    def at(self, place: float) -> Value:
        """Value at a place from 0 (the lowest, or first) to 1 (the highest, or last)."""
        if self.values is not None:
            return self.values[min(int(place * len(self.values)), len(self.values) - 1)]
        assert self.range is not None
        low, high = self.range
        return rounded(low + place * (high - low))

    @property
    def ends(self) -> tuple[Value, ...]:
        """All values, or the two ends of the range."""
        return self.values if self.values is not None else tuple(self.range or ())

    def parameter(self, parameter: Parameter, value: Value) -> Parameter:
        """A parameter with a value of this factor; ValueError where it cannot have it."""
        if self.on_table:
            moved = parameter_with(parameter, float(value))
            return parameter.model_copy(update={"value": moved, "range": None})
        return changed_parameter(parameter, self._given(value))

    def measure(self, measure: Measure, value: Value) -> Measure:
        """A measure with a value of this factor; ValueError where it cannot have it."""
        if not self.on_table:
            return changed_measure(measure, self._given(value))
        levers = (
            lever_with(lever, float(value)) if lever.lever == self.change.key else lever for lever in measure.levers
        )
        return measure.model_copy(update={"levers": tuple(levers)})

    def concerns(self, scenario: Scenario) -> bool:
        """Whether it can make a difference to a scenario."""
        return self.change.of_parameter or any(self.is_of(measure, scenario) for measure in scenario.measures)

    def is_of(self, measure: Measure, scenario: Scenario) -> bool:
        """Whether it moves a measure of a scenario.

        The name of a measure means it wherever it stands; that of a scenario all its measures, in the scenario itself
        and where it is taken together with others.
        """
        if self.change.of_parameter:
            return False
        name = self.change.name
        in_it = name in (scenario.id, *scenario.id.split("+"))
        return measure.id == name or (in_it and measure.id in self.members)

    def moves(self, scenarios: Sequence[Scenario]) -> set[tuple[str, ...]]:
        """All that it moves: a parameter and its entry, or what of which measure in each scenario."""
        key = self.change.key.removesuffix(".share")
        if self.change.of_parameter:
            return {(self.change.name, key)}
        return {(s.id, m.id, key) for s in scenarios for m in s.measures if self.is_of(m, s)}

    def _given(self, value: Value) -> Change:
        told = value if isinstance(value, str) else repr(value)
        return replace(self.change, value=told, text=f"{self.name}={told}")


def ranged_names(scenarios: Sequence[Scenario]) -> list[str]:
    """Names of all that has a range in some scenarios and that the posterior does not cover."""
    return list(dict.fromkeys(one.label.replace(": ", ".") for one in assumptions(scenarios)))


def factor_of(name: str, spec: Any, role: str, scenarios: Sequence[Scenario], posterior: bool) -> Factor:
    """The factor of a name, as a file gives it.

    Parameters
    ----------
    spec : `provenance`, a list of values, or {range: [lowest, highest]}
    scenarios : the baseline, then those of the experiment, then those that are put together in some of them
    posterior : whether draws of the posterior give the calibrated parameters their values

    Raises
    ------
    ValueError, with one clear line
    """
    if "=" in name or name != name.strip():
        raise ValueError("is no name; write it without '=' and without spaces around it")
    change = change_of(f"{name}=0", scenarios)
    target = _target(change, scenarios)
    if target is None:
        known = ", ".join(KEYS)
        raise ValueError(f"{change.name} has no {shown(change.key)}; give one of {known}, or a lever of it")
    if posterior and change.of_parameter and any(change.name in prior.parameters for prior in load_space().priors):
        raise ValueError("is drawn from the posterior too; leave it out, or give posterior: 0")
    on_table = _is_table(target) and (not change.of_parameter or not change.key)
    values, span = _values(spec, target, change)
    members = frozenset(m.id for s in scenarios[1:] if s.id == change.name for m in s.measures)
    factor = Factor(name, role, values, span, *_told(target, change, on_table), change, on_table, members)
    if on_table and any(not is_number(value) or float(value) < 0.0 for value in factor.ends):
        raise ValueError("is a table, so values are factors on all its numbers; give numbers of 0 or more")
    for value in factor.ends:
        for scenario in scenarios:
            _tried(factor, scenario, value)
    return factor


def _target(change: Change, scenarios: Sequence[Scenario]) -> Parameter | Lever | Measure | None:
    """What a factor moves: a parameter, a lever of a measure, or a measure itself."""
    if change.of_parameter:
        return scenarios[0].parameters[change.name]
    for scenario in scenarios:
        for measure in scenario.measures:
            if change.name not in (measure.id, scenario.id):
                continue
            if change.key in (*KEYS, "reach.share"):
                return measure
            for lever in measure.levers:
                if lever.lever == change.key:
                    return lever
    return None


def _number_of(target: Parameter | Lever) -> Any:
    if isinstance(target, Parameter):
        return target.value
    return target.add if target.add is not None else target.multiply


def _is_table(target: Parameter | Lever | Measure) -> bool:
    return not isinstance(target, Measure) and isinstance(_number_of(target), dict)


def _told(target: Parameter | Lever | Measure, change: Change, on_table: bool) -> tuple[str, str]:
    """Unit and meaning of a factor's values."""
    if isinstance(target, Measure):
        unit = {"reach": "share", "reach.share": "share", "strength": "factor", "start": "date"}.get(
            change.key, "years"
        )
        return unit, f"{change.key} of: {target.title}"
    if isinstance(target, Parameter):
        return ("factor" if on_table else target.unit), target.meaning
    what = "added" if target.add is not None else "factor"
    return ("factor" if on_table else what), f"effect on {target.lever}"


def _values(
    spec: Any, target: Parameter | Lever | Measure, change: Change
) -> tuple[tuple[Value, ...] | None, tuple[float, float] | None]:
    right = "give provenance, {range: [lowest, highest]} or a list of values"
    if spec == PROVENANCE:
        whole = isinstance(target, Lever) or (isinstance(target, Parameter) and not change.key)
        if not whole or isinstance(target, Measure) or target.range is None or target.range[0] >= target.range[1]:
            raise ValueError("has no range of its own; give {range: [lowest, highest]} or a list of values")
        return None, target.range
    if isinstance(spec, list):
        if not 1 <= len(spec) <= MOST_VALUES or any(not is_number(v) and not isinstance(v, str) for v in spec):
            raise ValueError(f"takes a list of 1 to {MOST_VALUES} numbers or days, such as [0, 0.5, 1]")
        if change.key != "start" and (words := [one for one in spec if isinstance(one, str)]):
            raise ValueError(f"takes numbers, not the text {shown(words[0])}; write numbers without quotes")
        values = tuple(value if isinstance(value, str) else float(value) for value in spec)
        if len(set(values)) < len(values):
            raise ValueError("gives a value twice; give each once")
        return values, None
    if isinstance(spec, Mapping) and set(spec) == {"range"}:
        span = spec["range"]
        if not isinstance(span, list) or len(span) != 2 or not all(is_number(v) and math.isfinite(v) for v in span):
            raise ValueError("range takes two numbers [lowest, highest]")
        if not math.isfinite(span[1] - span[0]):
            raise ValueError(f"range {span} is wider than any number; give a narrower one")
        if not span[0] < span[1]:
            raise ValueError(f"range {span} does not run from low to high; give [lowest, highest]")
        return None, (float(span[0]), float(span[1]))
    raise ValueError(f"takes a range or values, {kind_of(spec)}; {right}")


def _tried(factor: Factor, scenario: Scenario, value: Value) -> None:
    """Raise ValueError where a scenario cannot have a value."""
    if factor.change.of_parameter:
        factor.parameter(scenario.parameters[factor.change.name], value)
    for measure in scenario.measures:
        if factor.is_of(measure, scenario):
            factor.measure(measure, value)
