"""What the commands are told: options and scenarios, checked before any work, and the mistakes a user can make."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from calibration.posterior import Posterior
    from sim.scenario import Scenario

BASELINE: Final = "baseline"
DEFAULT_SCENARIOS: Final = (BASELINE, "part_time_availability", "hybrid_teachers", "ten_year_guarantee")
FIRST_DAY: Final = date(2022, 1, 1)
FIRST_END: Final = date(2023, 1, 1)
"""Earliest end of a run: results are given by whole year."""
LAST_END: Final = date(2060, 1, 1)
SEEDS: Final = 2**32
MOST_REPLICATES: Final = 10_000
MOST_THREADS: Final = 1024


class UserError(Exception):
    """A mistake of the user; its text is one line that says what is wrong, where, and what would be right."""


@dataclass(frozen=True)
class Given:
    """Which scenarios to compare, and what in them is to be different."""

    names: tuple[str, ...]
    sets: tuple[str, ...] = ()
    """Values given otherwise, as `--set` has them."""
    sweep: str | None = None
    """Values of a sweep, as `--sweep` has them."""
    under: str | None = None
    """Scenario that holds in all of them and takes the place of the baseline, such as a recession."""


@dataclass(frozen=True)
class Settings:
    """How often, how finely and how long a scenario is run."""

    scale: float
    replicates: int
    seed: int
    until: date
    threads: int
    since: date = FIRST_DAY
    """1 January from which ledgers record."""

    @property
    def years(self) -> int:
        """Whole years that a run covers."""
        return self.until.year - FIRST_END.year + 1


def settings(scale: float, replicates: int, seed: int, until: date, threads: int | None, least: int = 1) -> Settings:
    """The options together; UserError where they do not go together."""
    if replicates < least:
        what = "the interval comes from differences between replicates, so"
        raise UserError(f"--replicates: {replicates} is too few; {what} give {least} or more")
    if seed > SEEDS - 1 - replicates:
        highest = SEEDS - 1 - replicates
        what = f"with {replicates} replicates give a whole number from 0 to {highest}"
        raise UserError(f"--seed: {seed} is too high; {what}")
    return Settings(scale, replicates, seed, until, threads or processors())


def processors() -> int:
    """Processors that this process may use."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _whole(option: str, low: int, high: int, example: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        right = f"give a whole number from {low} to {high}, such as {example}"
        text = str(value).strip()
        if not text.lstrip("+-").isascii() or not text.lstrip("+-").isdigit() or len(text) > 30:
            raise UserError(f"{option}: {_shown(text)} is not a whole number; {right}")
        if not low <= int(text) <= high:
            raise UserError(f"{option}: {text} is too {'low' if int(text) < low else 'high'}; {right}")
        return int(text)

    return parse


def parse_scale(value: Any) -> float:
    """People for each agent."""
    right = "give the people for each agent, a number from 1 to 5000, such as 100"
    try:
        number = float(value)
    except ValueError:
        raise UserError(f"--scale: {_shown(str(value))} is not a number; {right}") from None
    if not 1.0 <= number <= 5000.0:
        raise UserError(f"--scale: {value} is outside the limits; {right}")
    return number


def parse_until(value: Any) -> date:
    """Day on which a run ends."""
    right = f"give a day as year-month-day from {FIRST_END} to {LAST_END}, such as 2036-01-01"
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        raise UserError(f"--until: {_shown(str(value))} is not a day; {right}") from None
    if not FIRST_END <= day <= LAST_END:
        raise UserError(f"--until: {day} is outside the limits; {right}")
    return day


def parse_precision(value: Any) -> float:
    """Half-width of an interval, in people."""
    right = "give a number of people of 1 or more, such as 500"
    try:
        number = float(value)
    except ValueError:
        raise UserError(f"--precision: {_shown(str(value))} is not a number; {right}") from None
    if not 1.0 <= number <= 1e9:
        raise UserError(f"--precision: {value} is outside the limits; {right}")
    return number


def parse_threshold(value: Any) -> float:
    """Part of the points of a region."""
    right = "give a number above 0, up to 1, such as 0.8"
    try:
        number = float(value)
    except ValueError:
        raise UserError(f"--threshold: {_shown(str(value))} is not a number; {right}") from None
    if not 0.0 < number <= 1.0:
        raise UserError(f"--threshold: {value} is outside the limits; {right}")
    return number


def parse_language(value: Any) -> str:
    """Language of texts."""
    if str(value).strip().casefold() not in ("en", "nl"):
        raise UserError(f"--language: {_shown(str(value))} is not known; give en for English or nl for Dutch")
    return str(value).strip().casefold()


def parse_generations(value: Any) -> tuple[int, ...]:
    """Candidates of each generation of a calibration."""
    right = "give the candidates of two or more generations, 8 to 100000 each, such as 512,256,256,256"
    if not re.fullmatch(r"\s*\d{1,7}\s*(,\s*\d{1,7}\s*)+", str(value), re.ASCII):
        raise UserError(f"--generations: {_shown(str(value))} is no list of whole numbers; {right}")
    sizes = tuple(int(part) for part in str(value).split(","))
    if min(sizes) < 8 or max(sizes) > 100_000:
        raise UserError(f"--generations: {value} is outside the limits; {right}")
    return sizes


parse_replicates: Final = _whole("--replicates", 1, MOST_REPLICATES, 20)
parse_draws: Final = _whole("--draws", 2, MOST_REPLICATES, 40)
parse_seed: Final = _whole("--seed", 0, SEEDS - 2, 1)
parse_pillar: Final = _whole("--pillar", 1, 4, 2)
parse_year: Final = _whole("--year", FIRST_DAY.year, LAST_END.year - 1, 2035)
parse_processes: Final = _whole("--processes", 1, MOST_THREADS, 4)
parse_port: Final = _whole("--port", 0, 65_535, 8350)
parse_threads: Final = _whole("--threads", 1, MOST_THREADS, 4)


def scenario_named(name: str) -> Scenario:
    """A packaged scenario or a scenario file; UserError where it is wrong."""
    from scenarios.loading import load
    from scenarios.reading import InputError

    try:
        return load(name)
    except InputError as error:
        raise UserError(str(error)) from None


def posterior_if_any() -> Posterior | None:
    """The posterior of the calibration, None where there is none yet; UserError where its files are damaged."""
    from calibration.posterior import load_posterior

    try:
        return load_posterior()
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UserError(f"calibration/posterior/ is damaged: {error}; install careerflows again") from None


def packaged_posterior() -> Posterior:
    """The posterior of the calibration; UserError where there is none yet."""
    found = posterior_if_any()
    if found is None:
        what = "careerflows calibrate makes draws.csv and posterior.json, which belong in calibration/posterior/"
        raise UserError(f"there is no posterior in this version; {what}")
    return found


def with_changes(scenarios: Sequence[Scenario], given: Given) -> list[Scenario]:
    """The scenarios, the baseline first, with what is to be different; UserError about a mistake in it."""
    from scenarios.overriding import changed, sweep

    try:
        found = changed(scenarios, given.sets)
    except ValueError as error:
        raise UserError(f"--set: {error}") from None
    if given.sweep is None:
        return found
    try:
        return sweep(found, given.sweep)
    except ValueError as error:
        raise UserError(f"--sweep: {error}") from None


def compared(given: Given) -> list[Scenario]:
    """Scenarios to compare, the packaged baseline first whether named or not."""
    scenarios = _named(given.names)
    return with_changes(scenarios if given.under is None else _under(scenarios, given.under), given)


def _under(scenarios: list[Scenario], name: str) -> list[Scenario]:
    """The scenarios with another one holding in all of them, which takes the place of the baseline."""
    from scenarios.combining import combined
    from scenarios.errors import InputError

    baseline, *others = scenarios
    reference = scenario_named(name)
    if reference.id in {scenario.id for scenario in scenarios}:
        raise UserError(f"--under: {reference.id} is one of the scenarios compared; give another one")
    found = [reference]
    for scenario in others:
        try:
            both = combined([scenario, reference], baseline)
        except InputError as error:
            raise UserError(f"--under: {error}") from None
        dutch = scenario.dutch
        texts = {"id": scenario.id, "title": scenario.title, "summary": scenario.summary, "dutch": dutch}
        found.append(both.model_copy(update={**texts, "changes": (f"under {reference.id}",)}))
    return found


def _named(names: Sequence[str]) -> list[Scenario]:
    scenarios = [scenario_named(name) for name in names]
    known: dict[str, str] = {}
    for name, scenario in zip(names, scenarios, strict=True):
        if scenario.id in known:
            first = known[scenario.id]
            same = "is given twice" if first == name else f"is the id of both {first} and {name}"
            raise UserError(f"scenario {scenario.id!r} {same}; give each scenario once, with an id of its own")
        known[scenario.id] = name
    if known.get(BASELINE, BASELINE) != BASELINE:
        what = "the id 'baseline' belongs to the packaged scenario; give the file another id"
        raise UserError(f"{known[BASELINE]}: {what}")
    others = [scenario for scenario in scenarios if scenario.id != BASELINE]
    if not others:
        more = ", ".join(DEFAULT_SCENARIOS[1:])
        raise UserError(f"nothing to compare baseline with; give a scenario file or one of {more}")
    return [scenario_named(BASELINE), *others]
