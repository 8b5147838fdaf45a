"""The file of an experiment: scenarios, uncertainties and levers with their design, draws, replicates, outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.batch.designs import Design, design_problem
from experiments.batch.factors import ALL, Factor, factor_of, ranged_names
from experiments.options import BASELINE, FIRST_END, LAST_END, SEEDS, UserError
from scenarios.errors import InputError, did_you_mean, shown
from scenarios.loading import load, together
from scenarios.names import Id
from scenarios.reading import Document, read
from scenarios.wording import Problem, problems_in
from sim.scenario import Scenario

Scale = Annotated[float, Field(ge=1.0, le=5000.0)]
MOST_LETTERS: Final = 200
"""Of an id, after which a folder of the store is named."""
Outcomes = Literal["indicators", "ledgers"]
INDICATORS: Final = "indicators"
LEDGERS: Final = "ledgers"
_SUFFIX: Final = ".yaml"
LEVERS: Final = "levers"
_ROLES: Final = ("uncertainties", LEVERS)


class ExperimentFile(BaseModel):
    """An experiment as its file has it: scenarios x design points x draws of the posterior x replicates x scales."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: Id
    """Short name for files and tables: letters, digits and _ . -"""
    title: str
    """Name in tables and pictures."""
    summary: str = ""
    """What the experiment is to find out, in a sentence or two."""
    scenarios: tuple[str, ...] = Field(min_length=1)
    """Scenarios, measures or scenario files; names joined by a plus sign are taken together."""
    uncertainties: Literal["all"] | dict[str, Any] = {}
    """What nobody knows well, by name: `provenance` for its own range, {range: [lowest, highest]}, or a list of values;
    or `all` that has a range of its own and that the posterior does not cover."""
    levers: dict[str, Any] = {}
    """What can be chosen, by name, such as part_time_availability.reach; values as for uncertainties."""
    design: Design = Design()
    """How uncertainties and levers are combined into points."""
    posterior: int = Field(default=0, ge=0, le=10_000)
    """Draws of the posterior; 0 for the values that stand in the scenarios."""
    replicates: int = Field(default=1, ge=1, le=10_000)
    """Runs of each point, each with its own chance; the same chances for every point and scenario."""
    scale: Scale | tuple[Scale, ...] = 100.0
    """People for each agent; or a list of scales."""
    until: date = date(2036, 1, 1)
    """Day on which the runs end."""
    seed: int = Field(default=1, ge=0, le=SEEDS - 2)
    """Of the first replicate, of the design and of the choice of draws."""
    outcomes: tuple[Outcomes, ...] = (INDICATORS,)
    """What is kept of each run: indicators by year, whole ledgers, or both."""


@dataclass(frozen=True)
class Experiment:
    """An experiment whose scenarios, factors and design have been checked."""

    file: ExperimentFile
    text: str
    """The file as it was read."""
    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]

    @cached_property
    def scales(self) -> tuple[float, ...]:
        """People for each agent; one scale or several."""
        return self.file.scale if isinstance(self.file.scale, tuple) else (self.file.scale,)

    @property
    def kept(self) -> tuple[str, ...]:
        """What is kept of each run, in a fixed order."""
        return tuple(name for name in (INDICATORS, LEDGERS) if name in self.file.outcomes)


def examples() -> tuple[str, ...]:
    """Names of the experiments that come with the package."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _folder().iterdir() if file.name.endswith(_SUFFIX)))


def _folder() -> Traversable:
    return resources.files("experiments.batch").joinpath("examples")


def load_experiment(name_or_path: str | Path) -> Experiment:
    """The experiment of a file, or of the name of one that comes with the package.

    Raises UserError with one line that says what is wrong, where, and what would be right.
    """
    try:
        source = _source(str(name_or_path))
        return experiment_of(read(source, "experiment"), source.read_text(encoding="utf-8-sig"), _beside(source))
    except InputError as error:
        raise UserError(str(error)) from None


def _source(name: str) -> Traversable:
    path = Path(name)
    if name in examples() and not path.is_file():
        return _folder().joinpath(f"{name}{_SUFFIX}")
    if not path.exists():
        near = did_you_mean(path.name, [*examples(), *_files_beside(path)])
        known = near or f"; ready examples: {', '.join(examples())}"
        raise InputError(name, None, "", f"is neither a file nor an experiment that comes with careerflows{known}")
    return path


def _files_beside(path: Path) -> list[str]:
    try:
        return sorted(file.name for file in path.parent.iterdir() if file.suffix in (_SUFFIX, ".yml"))
    except OSError:
        return []


def _beside(source: Traversable) -> Path | None:
    return source.parent if isinstance(source, Path) else None


def experiment_of(document: Document, text: str, beside: Path | None = None) -> Experiment:
    """The experiment of a document; InputError about the first mistake in it, in the order of the lines.

    Parameters
    ----------
    beside : folder in which scenario files are looked for, before the current one
    """
    try:
        file = ExperimentFile.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems = [_named_better(p) for p in problems_in(found, ExperimentFile)] or [Problem((), str(error))]
        unknown = {p.path[:-1] for p in problems if p.kind == "unknown"}
        told = [p for p in problems if p.kind != "missing" or p.path[:-1] not in unknown]
        first = min(told, key=lambda p: document.place(p.path))
        raise document.error(first.path, first.message) from None
    for problem in _problems(file):
        raise document.error(problem.path, problem.message)
    scenarios, parts = _scenarios(file, document, beside)
    factors = _factors(file, document, scenarios, parts)
    if (wrong := design_problem(file.design, factors)) is not None:
        path, message = wrong
        raise document.error(("design", *path), message)
    _check_distinct(document, factors, scenarios)
    return Experiment(file, text, scenarios, factors)


def _check_distinct(document: Document, factors: tuple[Factor, ...], scenarios: tuple[Scenario, ...]) -> None:
    """InputError where two factors move the same."""
    known: dict[tuple[str, ...], Factor] = {}
    for factor in factors:
        for one in factor.moves(scenarios):
            first = known.setdefault(one, factor)
            if first is not factor:
                where = f" in {one[0]}" if len(one) > 2 else ""
                raise document.error(
                    (factor.role, factor.name), f"is what {first.name} is already{where}; give it once"
                )


def _named_better(problem: Problem) -> Problem:
    """The keys of a union lead to a place that is in no file."""
    path = tuple(step for step in problem.path if not (isinstance(step, str) and ("[" in step or "float" in step)))
    if path[:1] == ("uncertainties",):
        return Problem(path[:1], "takes names with their range or values under it, or the word all")
    if path[:1] == ("scale",):
        return Problem(path, "takes the people for each agent, a number from 1 to 5000, or a list of such numbers")
    return Problem(path, problem.message, problem.kind)


def _problems(file: ExperimentFile) -> Iterator[Problem]:
    """What each key may not be, beside its type."""
    if len(file.id) > MOST_LETTERS:
        yield Problem(
            ("id",), f"has {len(file.id)} letters, and folders are named after it; give {MOST_LETTERS} at most"
        )
    if not FIRST_END <= file.until <= LAST_END:
        yield Problem(("until",), f"{file.until} is outside the limits; give a day from {FIRST_END} to {LAST_END}")
    if file.seed + file.replicates > SEEDS - 1:
        yield Problem(("seed",), f"{file.seed} is too high; give {SEEDS - 1 - file.replicates} or less")
    for key in ("outcomes", "scale"):
        value = getattr(file, key)
        if isinstance(value, tuple) and not value:
            what = "one of indicators, ledgers" if key == "outcomes" else "one scale, such as 100"
            yield Problem((key,), f"is empty; give at least {what}")
        if isinstance(value, tuple) and len(set(value)) < len(value):
            yield Problem((key,), "gives the same twice; give each once")


def _scenarios(
    file: ExperimentFile, document: Document, beside: Path | None
) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...]]:
    """The scenarios, and those of which some of them are put together."""
    found: dict[str, Scenario] = {}
    parts: dict[str, Scenario] = {}
    for index, name in enumerate(file.scenarios):
        whole = _local(name, beside)
        names = [name] if "+" not in name or _is_file(Path(whole)) else name.split("+")
        places = [_local(part.strip(), beside) for part in names]
        try:
            scenario = together(places, name)
            parts |= {part.id: part for part in map(load, places)} if len(places) > 1 else {}
        except InputError as error:
            raise document.error(("scenarios", index), str(error)) from None
        if len(scenario.id) > MOST_LETTERS:
            right = "put them together in a scenario file, with `extends` or `use`, under a short id"
            what = f"has an id of {len(scenario.id)} letters, more than {MOST_LETTERS}; {right}"
            raise document.error(("scenarios", index), what)
        if scenario.id in found:
            what = f"{shown(scenario.id)} stands there already; give each scenario once, with an id of its own"
            raise document.error(("scenarios", index), what)
        found[scenario.id] = scenario
    return tuple(found.values()), tuple(part for part in parts.values() if part.id not in found)


def _local(name: str, beside: Path | None) -> str:
    """A scenario file beside the experiment, if there is one of that name; else the name."""
    file = beside / name if beside is not None and name.endswith((_SUFFIX, ".yml")) else None
    return str(file) if file is not None and _is_file(file) else name


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:  # a name that no file can have
        return False


def _factors(
    file: ExperimentFile, document: Document, scenarios: tuple[Scenario, ...], parts: tuple[Scenario, ...]
) -> tuple[Factor, ...]:
    factors = []
    reference = load(BASELINE)
    for role in _ROLES:
        given: str | dict[str, Any] = getattr(file, role)
        named = dict.fromkeys(ranged_names(scenarios), "provenance") if isinstance(given, str) else given
        for name, spec in named.items():
            path = (role,) if given == ALL else (role, name)
            try:
                factor = factor_of(name, spec, role, (reference, *scenarios, *parts), posterior=file.posterior > 0)
            except ValueError as error:
                raise document.error(path, str(error)) from None
            factors.append(factor)
    return tuple(factors)
