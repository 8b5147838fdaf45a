"""Targets: what the simulation is held against, how it is measured, and how near is near enough."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self, TypeAlias

import yaml
from pydantic import Field, model_validator

from calibration.facts import Fact, FactBook, Id, Number, PublicStatistic, Text, _Record, load_facts
from calibration.measures import MEASURES, PAIRED

Use: TypeAlias = Literal["fitted", "shown", "validation"]
"""fitted: the calibration aims at it; shown: measured beside it; validation: never fitted, the back-test."""
Value: TypeAlias = Number | tuple[Number, Number]


class Statement(_Record):
    """A target that no single printed figure gives: words of a document, or a figure computed from printed ones."""

    value: Value
    unit: Text
    what: Text
    population: Text
    period: Text
    source: Text

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        if isinstance(self.value, tuple) and self.value[0] > self.value[1]:
            raise ValueError(f"range {self.value} runs downwards; write [low, high]")
        return self


class TargetRecord(_Record):
    """One entry of `targets.yaml`."""

    id: Id | None = None
    """Name of the target; that of the fact or statistic when left out."""
    of: Id | None = None
    """Fact or public statistic that gives the value."""
    key: Text | None = None
    """Which number of a statistic that gives several."""
    statement: Statement | None = None
    measure: Text | None = None
    """Name of the measure; None where the model cannot measure it."""
    use: Use
    firm: bool = False
    """Whether the documents say it plainly enough that every good fit has it."""
    tolerance: Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)] | None = None
    reason: Text | None = None
    """Why the tolerance is as wide as it is."""
    why: Text | None = None
    """Why it is not fitted, or why a miss is no surprise."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        name = self.id or self.of or "a target"
        if (self.of is None) == (self.statement is None):
            raise ValueError(f"{name}: give just one of `of` and `statement`")
        if self.statement is not None and self.id is None:
            raise ValueError("a statement needs an id")
        if self.statement is not None and self.key is not None:
            raise ValueError(f"{name}: a statement has no key")
        if self.measure is not None and self.measure not in MEASURES and self.measure not in PAIRED:
            raise ValueError(f"{name}: there is no measure {self.measure!r}")
        if (self.measure is None) != (self.tolerance is None) or (self.tolerance is None) != (self.reason is None):
            raise ValueError(f"{name}: measure, tolerance and reason go together")
        if self.measure is None and (self.use == "fitted" or self.why is None):
            raise ValueError(f"{name}: without a measure it cannot be fitted, and `why` has to say so")
        if self.use == "shown" and self.why is None:
            raise ValueError(f"{name}: say under `why` for which reason it is not fitted")
        if self.firm and self.use != "fitted":
            raise ValueError(f"{name}: only a fitted target can be firm")
        return self


@dataclass(frozen=True)
class Target:
    """A target with all that its fact, statistic or statement says."""

    id: str
    low: float
    """Lower end of the documented range; equal to `high` for one number."""
    high: float
    unit: str
    what: str
    population: str
    period: str
    source: str
    of: str | None
    """Fact or public statistic that gives the value."""
    measure: str | None
    use: Use
    firm: bool
    tolerance: float | None
    reason: str | None
    why: str | None

    def distance(self, simulated: float) -> float:
        """Distance of a simulated value from the documented range, in tolerances; above or below 0 by its side.

        Not a number where the value is none, which is no agreement.
        """
        assert self.tolerance is not None
        if self.low <= simulated <= self.high:
            return 0.0
        return (simulated - (self.high if simulated > self.high else self.low)) / self.tolerance

    def within(self, simulated: float) -> bool:
        """Whether a simulated value agrees with the documents."""
        return abs(self.distance(simulated)) <= 1.0


def _number(value: object, name: str) -> tuple[float, float]:
    if isinstance(value, tuple):
        return float(value[0]), float(value[1])
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value), float(value)
    raise ValueError(f"{name}: gives no single number or range; name one with `key`")


def _resolved(record: TargetRecord, book: FactBook) -> Target:
    given: Fact | PublicStatistic | None = None
    if record.statement is not None:
        name, value, told = record.id or "", record.statement.value, record.statement
        unit, what, population, period, source = told.unit, told.what, told.population, told.period, told.source
    else:
        assert record.of is not None
        known = {statistic.id: statistic for statistic in book.public} | {fact.id: fact for fact in book.facts}
        if record.of not in known:
            nearest = get_close_matches(record.of, list(known), n=1, cutoff=0.0)[0]
            raise ValueError(f"{record.of}: is neither a fact nor a public statistic; the nearest is {nearest!r}")
        given = known[record.of]
        name, found, unit, period = record.id or given.id, given.value, given.unit, given.period
        if record.key is not None:
            if not hasattr(found, "get") or record.key not in found:  # type: ignore[operator]
                raise ValueError(f"{name}: {given.id} has no number {record.key!r}")
            found = dict(found)[record.key]  # type: ignore[arg-type]
        value = found  # type: ignore[assignment]
        if isinstance(given, Fact):
            what, population = given.what, given.population
            source = f"{given.source.number}: {given.source.section} (from {given.source.origin})"
            if given.role == "validation" and record.use == "fitted":
                raise ValueError(f"{name}: a fact with role validation is never fitted")
        else:
            what, population, source = given.id.replace("_", " "), record.key or "", given.source
    low, high = _number(value, name)
    return Target(
        name, low, high, unit, what, population, period, source, record.of, record.measure, record.use, record.firm,
        record.tolerance, record.reason, record.why,
    )  # fmt: skip


class _File(_Record):
    targets: tuple[TargetRecord, ...]


def read_targets(text: str, book: FactBook) -> tuple[Target, ...]:
    """Targets of a YAML text; ValueError with one line where it is wrong."""
    found = tuple(_resolved(record, book) for record in _File.model_validate(yaml.safe_load(text)).targets)
    names = [target.id for target in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"target given more than once: {', '.join(twice)}")
    return found


@cache
def load_targets() -> tuple[Target, ...]:
    """The packaged targets, in the order of the file."""
    text = resources.files("calibration").joinpath("targets.yaml").read_text(encoding="utf-8")
    return read_targets(text, load_facts())


def fitted() -> tuple[Target, ...]:
    """Targets that the calibration aims at."""
    return tuple(target for target in load_targets() if target.use == "fitted")


def measured_targets() -> tuple[Target, ...]:
    """Targets that a simulation measures."""
    return tuple(target for target in load_targets() if target.measure is not None)
