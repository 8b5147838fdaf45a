"""The catalogue of measures: every measure of the documents in a file of its own, and how a scenario uses one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scenarios.errors import did_you_mean, shown
from scenarios.measure_checks import measure_problems, texts_problems
from scenarios.names import Id
from scenarios.packaged import folder
from scenarios.reading import Document, read
from scenarios.wording import Problem, problems_in
from sim.indicators import GROUPS_SHOWN, all_indicators
from sim.scenario import Cost, Lever, Measure, Payer, Reach, Scenario

MEASURES: Final = "measures"
"""Folder of the catalogue, beside the scenarios."""
PILLARS: Final = {
    1: {"en": "Education", "nl": "Onderwijs"},
    2: {"en": "Retention and inflow on the labour market", "nl": "Behoud en instroom op de arbeidsmarkt"},
    3: {"en": "Productivity", "nl": "Productiviteit"},
    4: {"en": "Governance and funding", "nl": "Regie en financiering"},
}
"""The four pillars of the action plan (Kamerstuk 29 544, nr. 1173)."""
Status = Literal[
    "announced", "running", "granted", "in preparation", "exploration", "recommended", "signed", "claimed", "rejected",
    "ended", "example",
]  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Text(_Strict):
    """A text in English and Dutch."""

    en: str
    nl: str

    def __getitem__(self, language: str) -> str:
        return self.nl if language == "nl" else self.en


class Expect(_Strict):
    """What the mechanism says must move, and in which direction."""

    indicator: str
    group: str = "all"
    change: Literal["more", "fewer"]
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """Measures together with which it shows; for measures that act through others."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        names = [indicator.name for indicator in all_indicators()]
        if self.indicator not in names:
            raise ValueError(f"indicator {shown(self.indicator)} is unknown{did_you_mean(self.indicator, names)}")
        if self.group not in GROUPS_SHOWN:
            raise ValueError(f"group {shown(self.group)} is not one of {', '.join(GROUPS_SHOWN)}")
        return self


class Check(Text):
    """An independent statement or estimate of the sign and the order of magnitude of the effect."""

    source: str


class Entry(_Strict):
    """A measure of the catalogue: what it is, what it moves and by how much, or why it cannot be judged."""

    id: Id
    title: Text
    summary: Text
    pillar: Annotated[int, Field(ge=1, le=4)]
    actor: tuple[Payer, ...] = Field(min_length=1)
    status: Status
    period: str
    source: str
    """Number and section of the document."""
    variant_of: str | None = None
    """Measure that this one is another reading of, where documents differ."""
    mechanism: Text | None = None
    """Through which circumstance the levers act."""
    affects: Text | None = None
    """Who is reached."""
    expect: Expect | None = None
    start: date | None = None
    """Day of the decision, or of the start of what comes on top of 2022."""
    delay_years: float = Field(default=0.0, ge=0, le=50)
    """Years of implementation before anything changes."""
    study_years: float = Field(default=0.0, ge=0, le=50)
    """Years of school, study or course until the first people reached are on the labour market; told, not used: they
    follow from the lives of the people."""
    phase_in_years: float = Field(default=0.0, ge=0, le=50)
    duration_years: float | None = Field(default=None, gt=0, le=100)
    reach: Reach = Reach()
    levers: tuple[Lever, ...] = ()
    cost: tuple[Cost, ...] = Field(min_length=1)
    check: Check | None = None
    not_judged: Text | None = None
    """Why the model cannot judge it."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"mechanism": self.mechanism, "affects": self.affects, "expect": self.expect, "start": self.start}
        if self.not_judged is not None:
            given = [name for name, value in needed.items() if value is not None and name != "affects"]
            if given or self.levers:
                raise ValueError(f"{(given or ['levers'])[0]} stands beside not_judged; leave one of them out")
            return self
        for name, value in needed.items():
            if value is None:
                raise ValueError(f"{name} is missing; give it, or not_judged with the reason")
        if not self.levers:
            raise ValueError("levers is missing; give at least one lever, or not_judged with the reason")
        return self

    def measure(self) -> Measure:
        """The measure as a scenario holds it; ValueError for one that the model cannot judge."""
        if self.start is None:
            raise ValueError(f"the model cannot judge {self.id}")
        return Measure(
            id=self.id,
            title=self.title.en,
            source=self.source,
            start=self.start,
            delay_years=self.delay_years,
            phase_in_years=self.phase_in_years,
            duration_years=self.duration_years,
            reach=self.reach,
            levers=self.levers,
            cost=self.cost,
        )


def files() -> dict[str, Traversable]:
    """File of each measure of the catalogue, by id."""
    place = folder() / MEASURES
    if not place.is_dir():
        return {}
    found = {file.name.removesuffix(".yaml"): file for file in place.iterdir() if file.name.endswith(".yaml")}
    return dict(sorted(found.items()))


@cache
def document(name: str) -> Document:
    """The file of a measure as it was read; KeyError for an unknown measure."""
    return read(files()[name])


@cache
def entry(name: str) -> Entry:
    """A measure of the catalogue; KeyError for an unknown one, InputError where its file is wrong."""
    return checked_entry(document(name))


def entries() -> dict[str, Entry]:
    """The whole catalogue, by pillar and then by id."""
    every = [entry(name) for name in files()]
    return {one.id: one for one in sorted(every, key=lambda one: (one.pillar, one.id))}


def checked_entry(found: Document) -> Entry:
    """The file of a measure as a record; raises InputError about the first problem, in the order of the lines."""
    problems = [*texts_problems(found.data, ()), *measure_problems(found.data, ())]
    try:
        record = Entry.model_validate_json(json.dumps(found.data), strict=True)
    except ValidationError as error:
        problems += problems_in(error.errors(include_url=False), Entry)
        problems = problems or [Problem((), str(error).splitlines()[0])]
    for problem in sorted(problems, key=lambda problem: found.place(problem.path)):
        raise found.error(problem.path, problem.message)
    if found.name.removesuffix(".yaml") != record.id:
        raise found.error(("id",), f"{record.id!r} is not the name of the file; call the file {record.id}.yaml")
    return record


def two_readings(names: Iterable[str]) -> tuple[str, str] | None:
    """A measure and another reading of it that both stand among some measures, if any."""
    known = list(names)
    if len(known) < 2:
        return None
    listed = files()
    known = [name for name in known if name in listed]
    for name in known:
        main = entry(name).variant_of
        if main in known:
            return main, name
    return None


def not_in_catalogue(name: str) -> str:
    """What to say about a measure that the catalogue does not hold."""
    near = did_you_mean(name, files())
    return f"{shown(name)} is not in the catalogue{near or '; careerflows measures lists it'}"


def used(entry_of: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with the entry of a scenario that uses a measure of the catalogue, apart from its other keys."""
    name = entry_of.get("use")
    if not isinstance(name, str) or name not in files():
        yield Problem(("use",), not_in_catalogue(str(name)))
    elif (reason := entry(name).not_judged) is not None:
        yield Problem(("use",), f"the model cannot judge {name}: {reason.en}")
    for key in entry_of:
        if key in CATALOGUE_KEYS:
            yield Problem((key,), "stands in the catalogue; leave it out here, or give the whole measure without 'use'")


CATALOGUE_KEYS: Final = ("id", "title", "source", "levers", "cost")
"""Keys of a measure that a scenario cannot change while it uses the catalogue."""


def filled(entry_of: dict[str, Any]) -> dict[str, Any]:
    """A measure as a scenario file would hold it in full, from an entry that uses the catalogue.

    What the entry gives is laid over the catalogue: start, delays, phase-in, duration, reach key by key; `strength`
    is a factor on all levers.
    """
    given = {key: value for key, value in entry_of.items() if key not in ("use", "strength", *CATALOGUE_KEYS)}
    own = {key: value for key, value in document(entry_of["use"]).data.items() if key in Measure.model_fields}
    own["title"] = own["title"]["en"]
    if isinstance(given.get("reach"), dict):
        given["reach"] = {**own.get("reach", {}), **given["reach"]}
    return {**own, **given}


def scenario_of(name: str, baseline: Scenario) -> Scenario:
    """The scenario in which a measure of the catalogue stands alone on the baseline."""
    found = entry(name)
    here = document(name)
    return baseline.model_copy(
        update={
            "id": found.id,
            "title": found.title.en,
            "summary": found.summary.en,
            "dutch": (found.title.nl, found.summary.nl),
            "measures": (found.measure(),),
            "files": ((f"{MEASURES}/{here.name}", here.sha256), *baseline.files),
        }
    )
