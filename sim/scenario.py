"""What a scenario says: parameters with their provenance, and measures that move levers for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.positions import GENDERS, LEVELS, SCHOOLS, SECTORS, SIZES, STUDIES
from sim.columns import PRACTICES

Kind = Literal["documented", "public", "calibrated", "assumed"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Table = float | dict[str, float] | dict[str, dict[str, float]]

PRACTICE_LEVERS: tuple[str, ...] = (*(f"employers.{name}" for name in PRACTICES), "employers.guarantee")
"""Levers on employers; every other lever is the name of a parameter."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Provenance(_Strict):
    """Where a number comes from."""

    kind: Kind
    """documented (a fact of the source documents), public (a public statistic), calibrated, or assumed."""
    source: str | None = None
    """Number and section of the document, or producer and table of the statistic."""
    facts: tuple[str, ...] = ()
    """Facts of `calibration/facts.yaml` that give the number, or that it was calibrated against."""
    range: tuple[float, float] | None = None
    """Lowest and highest plausible value; for a table, factors on all its values."""
    reason: str | None = None
    """Why an assumed number is plausible, and what would settle it."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.range is not None and self.range[0] > self.range[1]:
            raise ValueError(f"range {list(self.range)} runs from high to low; give [lowest, highest]")
        if self.kind in ("documented", "public") and not (self.source or self.facts):
            raise ValueError(f"a {self.kind} number needs a source or facts")
        if self.kind == "calibrated" and not self.facts:
            raise ValueError("a calibrated number needs facts: the facts it was calibrated against")
        if self.kind == "assumed" and (self.range is None or not self.reason):
            raise ValueError("an assumed number needs a range and a reason")
        return self


class Parameter(Provenance):
    """One parameter: a number, or a table by the labels of its axes."""

    value: Table
    unit: str
    meaning: str

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.range is not None and isinstance(self.value, float | int):
            low, high = self.range
            if not low <= self.value <= high:
                raise ValueError(f"value {self.value:g} lies outside its range {list(self.range)}")
        return self


def _each(table: Table, change: Callable[[float], float]) -> Any:
    """The table with every number changed."""
    if isinstance(table, dict):
        return {label: _each(inner, change) for label, inner in table.items()}
    return change(table)


class Lever(Provenance):
    """One change that a measure makes to a parameter or to a practice of employers."""

    lever: str
    """Name of a parameter, or one of PRACTICE_LEVERS."""
    add: Table | None = None
    """Added to the value."""
    multiply: Table | None = None
    """Factor on the value."""
    nl: str | None = None
    """Source and reason in Dutch."""

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if (self.add is None) == (self.multiply is None):
            raise ValueError("give exactly one of add and multiply")
        if self.lever in PRACTICE_LEVERS and not isinstance(self.add, float | int):
            raise ValueError(f"{self.lever} takes one number under add")
        return self

    def why(self, language: str) -> str:
        """Source and reason as sentences, in Dutch where they are given in Dutch."""
        if language == "nl" and self.nl is not None:
            return self.nl
        parts = (part.strip().rstrip(".") for part in (self.source, self.reason) if part)
        return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts)

    def strengthened(self, factor: float) -> Lever:
        """The same lever with its change `factor` times as large; so is the range of a single number."""
        if self.add is not None:
            change = {"add": _each(self.add, lambda x: x * factor)}
        else:
            assert self.multiply is not None
            change = {"multiply": _each(self.multiply, lambda x: 1.0 + (x - 1.0) * factor)}
        moved = next(iter(change.values()))
        if self.range is not None and not isinstance(moved, dict):
            low, high = (x * factor if self.add is not None else 1.0 + (x - 1.0) * factor for x in self.range)
            return self.model_copy(update={**change, "range": (min(low, high), max(low, high))})
        return self.model_copy(update=change)


class Reach(_Strict):
    """Whom a measure reaches; what is left out is reached in full."""

    share: Share = 1.0
    """Share of the employers (for levers on employers), or of the effect (for other levers)."""
    sectors: tuple[Literal[SECTORS], ...] | None = None  # type: ignore[valid-type]
    sizes: tuple[Literal[SIZES], ...] | None = None  # type: ignore[valid-type]
    genders: tuple[Literal[GENDERS], ...] | None = None  # type: ignore[valid-type]
    schools: tuple[Literal[SCHOOLS], ...] | None = None  # type: ignore[valid-type]
    studies: tuple[Literal[STUDIES], ...] | None = None  # type: ignore[valid-type]
    levels: tuple[Literal[LEVELS], ...] | None = None  # type: ignore[valid-type]


Payer = Literal["government", "employers", "schools", "regions", "eu", "private"]
CostUnit = Literal[
    "euro per year", "euro in total", "euro per retraining", "euro per learning place", "euro per hybrid teacher"
]


class Cost(_Strict):
    """What a measure costs one payer, as documented; `value: null` when no document says."""

    payer: Payer
    value: float | None = Field(default=None, ge=0)
    unit: CostUnit = "euro per year"
    years: float | None = Field(default=None, gt=0, le=100)
    """Years over which an amount in total is spent, from the start on."""
    shared: bool = False
    """Whether the amount also pays for other things than the measure does in the model."""
    source: str | None = None
    nl: str | None = None
    """The source in Dutch."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.unit == "euro in total" and self.value is not None and self.years is None:
            raise ValueError("years is missing; an amount in total needs the years over which it is spent")
        if self.years is not None and self.unit != "euro in total":
            raise ValueError(f"years goes with the unit 'euro in total', not with {self.unit!r}")
        if self.value is not None and self.source is None:
            raise ValueError("source is missing; say where the amount is documented, or give value: null")
        return self


class Measure(_Strict):
    """A measure: levers with a start, a delay, a phase-in, a duration, a reach, costs and a source."""

    id: str
    title: str
    nl: str | None = None
    """Title in Dutch."""
    source: str
    start: date
    """Day of the decision, or of the start of what comes on top of 2022."""
    delay_years: float = Field(default=0.0, ge=0, le=50)
    """Years of implementation between the start and the first change."""
    phase_in_years: float = Field(default=0.0, ge=0, le=50)
    """Years over which the change grows from nothing to full, in equal steps."""
    duration_years: float | None = Field(default=None, gt=0, le=100)
    """Years until the measure ends, counted from the first change; left out for a lasting one."""
    reach: Reach = Reach()
    levers: tuple[Lever, ...] = Field(min_length=1)
    cost: tuple[Cost, ...] = ()
    """What it costs, payer by payer; nothing where no document names a payer."""

    def strengthened(self, factor: float) -> Measure:
        """The same measure with every change, its range and its budget `factor` times as large.

        A price for each person or place stays: there are more of them.
        """
        levers = tuple(lever.strengthened(factor) for lever in self.levers)
        cost = tuple(
            one if one.value is None or " per " in one.unit.replace("per year", "")
            else one.model_copy(update={"value": one.value * factor})
            for one in self.cost
        )  # fmt: skip
        return self.model_copy(update={"levers": levers, "cost": cost})


class Scenario(_Strict):
    """A complete scenario: every parameter, and the measures on top."""

    id: str
    title: str
    summary: str
    dutch: tuple[str, str] | None = None
    """Title and summary in Dutch."""
    parameters: dict[str, Parameter]
    measures: tuple[Measure, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    """Name and SHA-256 of each file that the scenario was read from, itself first."""
    changes: tuple[str, ...] = ()
    """What was changed after reading, such as `part_time_availability.reach=0.6`."""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [measure.id for measure in self.measures]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"measure {twice[0]!r} stands twice")
        return self

    def texts(self, language: str) -> tuple[str, str]:
        """Title and summary in a language; in English where there is no Dutch."""
        return self.dutch if language == "nl" and self.dutch is not None else (self.title, self.summary)

    def without(self, *ids: str) -> Scenario:
        """The same scenario without some measures; all of them when no id is given."""
        keep = tuple(m for m in self.measures if ids and m.id not in ids)
        return self.model_copy(update={"measures": keep})

    def with_values(self, **values: Any) -> Scenario:
        """The same scenario with other parameter values, for experiments; KeyError for an unknown name."""
        changed = dict(self.parameters)
        for name, value in values.items():
            changed[name] = changed[name].model_copy(update={"value": value, "range": None})
        return self.model_copy(update={"parameters": changed})
