"""The documented facts: what the documents print, for whom, when and where, as typed records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Role: TypeAlias = Literal["target", "validation", "input"]
"""target: the model is fitted to it; validation: compared after fitting; input: taken as given."""

Confidence: TypeAlias = Literal["high", "medium", "low"]
"""How sure the resolution of a contradiction is."""

Grade: TypeAlias = Literal["A", "B", "C"]
"""A: the producer's own page was read; B: a page that names the producer; C: computed from A or B."""

Number: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text: TypeAlias = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Id: TypeAlias = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][A-Za-z0-9_]*$")]

FactValue: TypeAlias = Number | tuple[Number, Number] | Mapping[str, Number]
"""A number, a (low, high) range, or numbers by name."""

PublicValue: TypeAlias = Number | Mapping[str, Number | Mapping[str, Number]]
"""A number, numbers by name, or numbers by group and name."""


class _Record(BaseModel):
    """Read-only record that refuses unknown keys, so that a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """Where a fact is printed."""

    number: Text
    """Number of the document itself, for example "Kamerstuk 29 544, nr. 1120"."""
    section: Text
    """Heading, answer or footnote inside that document."""
    origin: Text
    """Producer of the figure according to the document, or that it names none."""


class Fact(_Record):
    """One documented figure."""

    id: Id
    """Name by which measures, parameters and reports refer to the figure."""
    value: FactValue | None
    """The figure in `unit`; None where the document gives words but no number."""
    unit: Text
    """Unit of `value`, for example "percent", "percent per year" or "open vacancies"."""
    what: Text
    """What was counted."""
    population: Text
    """Over whom or what: the denominator of a share, the holders of the first position of a move."""
    period: Text
    """Year, quarter or span of the figure; says so where it is inferred or not printed."""
    source: Source
    """Where it is printed."""
    role: Role
    """What the model does with it."""
    caveat: Text | None = None
    """What to know before using the figure; None where nothing is known against it."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if isinstance(self.value, tuple) and self.value[0] > self.value[1]:
            raise ValueError(f"{self.id}: range {self.value} runs downwards; write [low, high]")
        if self.value is None and self.role != "input":
            raise ValueError(f"{self.id}: a {self.role} needs a value")
        return self


class Contradiction(_Record):
    """Facts that seem to exclude each other, and how they are read together."""

    id: Id
    """Name of the contradiction."""
    facts: tuple[Id, ...]
    """The facts of this book that are involved; empty if all of it is context."""
    also: tuple[Id, ...] = ()
    """Context and scenario material that is involved but is no fact of this book."""
    conflict: Text
    """What seems not to fit."""
    resolution: Text
    """The reading under which it does, or that none is confirmed."""
    confidence: Confidence
    """How sure that reading is."""
    treatment: Text
    """What the model or the measures do in consequence."""


class PublicStatistic(_Record):
    """A figure from outside the documents, for the base population and the exogenous series."""

    id: Id
    """Name by which parameters refer to it; a list of its own, apart from the ids of facts."""
    value: PublicValue
    """The figure or figures in `unit`."""
    unit: Text
    """Unit, with the population and what else the figure needs to be read."""
    period: Text
    """Year, school year, quarter or cohorts."""
    grade: Grade
    """How close to its producer the figure was read."""
    source: Text
    """Producer and, for grade B, the page that reports it."""


class FactBook(_Record):
    """All documented facts, the contradictions between them, and the public statistics."""

    facts: tuple[Fact, ...]
    contradictions: tuple[Contradiction, ...]
    public: tuple[PublicStatistic, ...]

    @model_validator(mode="after")
    def _linked(self) -> Self:
        groups: tuple[tuple[str, list[str]], ...] = (
            ("fact", [fact.id for fact in self.facts]),
            ("contradiction", [item.id for item in self.contradictions]),
            ("public statistic", [item.id for item in self.public]),
        )
        for kind, ids in groups:
            if twice := [name for name, count in Counter(ids).items() if count > 1]:
                raise ValueError(f"{kind} given more than once: {', '.join(twice)}")
        known = set(groups[0][1])
        for item in self.contradictions:
            if missing := [name for name in item.facts if name not in known]:
                raise ValueError(f"contradiction {item.id} names unknown facts: {', '.join(missing)}")
            if own := [name for name in item.also if name in known]:
                raise ValueError(f"contradiction {item.id} has facts of this book under also: {', '.join(own)}")
        return self

    def fact(self, name: str) -> Fact:
        """The fact with this id; a KeyError for an unknown id names the nearest one."""
        return _named(self.facts, name, "fact")

    def statistic(self, name: str) -> PublicStatistic:
        """The public statistic with this id; a KeyError for an unknown id names the nearest one."""
        return _named(self.public, name, "public statistic")

    def with_role(self, role: Role) -> tuple[Fact, ...]:
        """The facts with this role, in the order of the file."""
        return tuple(fact for fact in self.facts if fact.role == role)


_R = TypeVar("_R", Fact, PublicStatistic)


def _named(records: tuple[_R, ...], name: str, kind: str) -> _R:
    for record in records:
        if record.id == name:
            return record
    nearest = get_close_matches(name, [record.id for record in records], n=1, cutoff=0.0)
    hint = f"; the nearest is {nearest[0]!r}" if nearest else ""
    raise KeyError(f"unknown {kind} {name!r}{hint}")


@cache
def load_facts() -> FactBook:
    """Read and check the packaged `facts.yaml`; later calls return the same book."""
    text = resources.files("calibration").joinpath("facts.yaml").read_text(encoding="utf-8")
    return FactBook.model_validate(yaml.safe_load(text))
