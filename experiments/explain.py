"""Everything that has a name here, explained: parameters, facts, leak points, rules, measures, scenarios and more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from agents.positions import POSITIONS
from calibration.facts import load_facts
from calibration.measures import MEASURES
from calibration.priors import load_space
from calibration.targets import load_targets
from experiments import sources, telling
from experiments.catalogue_text import entry_told
from experiments.options import UserError, scenario_named
from experiments.screen import output, print_json
from experiments.telling_fit import prior_told
from scenarios.catalogue import entries as catalogue_entries
from scenarios.errors import InputError
from scenarios.packaged import available
from sim import career_graph, indicators
from sim.scenario import PRACTICE_LEVERS

NEAREST: Final = 4
"""Words suggested for an unknown name."""


@dataclass(frozen=True)
class Entry:
    """One thing with a name."""

    kind: str
    name: str
    tell: Callable[[], dict[str, Any]]
    also: tuple[str, ...] = ()
    """Other names by which it is found."""


def entries(language: str = "en") -> Iterator[Entry]:
    """Everything that can be explained; measures of the catalogue in a language."""
    packaged = {name: scenario_named(name) for name in available()}
    baseline = packaged["baseline"]
    catalogue = catalogue_entries()
    by_id = {name: entry.measure() for name, entry in catalogue.items() if entry.not_judged is None}
    by_id |= {m.id: m for scenario in packaged.values() for m in scenario.measures if m.id not in catalogue}
    measures = list(by_id.values())
    graph, book = career_graph.load(), load_facts()
    for name, parameter in baseline.parameters.items():
        yield Entry("parameter", name, partial(telling.parameter_told, name, parameter, measures))
    for name in PRACTICE_LEVERS:
        told = partial(telling.lever_told, name, baseline, measures)
        yield Entry("lever on employers", name, told, (name.removeprefix("employers."),))
    for fact in book.facts:
        yield Entry("fact", fact.id, partial(telling.fact_told, fact))
    for item in book.contradictions:
        yield Entry("contradiction", item.id, partial(telling.contradiction_told, item))
    for statistic in book.public:
        yield Entry("public statistic", statistic.id, partial(telling.statistic_told, statistic))
    given = {fact.id for fact in book.facts} | {statistic.id for statistic in book.public}
    for target in load_targets():
        if target.id not in given:
            yield Entry("target", target.id, partial(telling.target_told, target))
    for prior in load_space().priors:
        if prior.id not in baseline.parameters:
            yield Entry("calibrated number", prior.id, partial(prior_told, prior))
    for point, (name, _) in graph.leak_points.items():
        also = (str(point), f"leak_{point}", f"leak_point_{point}")
        yield Entry(f"leak point {point}", name, partial(telling.leak_told, point), also)
    for way in graph.ways_in:
        yield Entry("way in", way, partial(telling.way_told, way))
    for name in POSITIONS:
        yield Entry("position", name, partial(telling.position_told, name))
    for name in sources.rule_names():
        yield Entry("rule", name, partial(telling.rule_told, name))
    for indicator in indicators.all_indicators():
        yield Entry("indicator", indicator.name, partial(telling.indicator_told, indicator))
    for name in MEASURES:
        yield Entry("measure of a fact", name, partial(telling.fact_measure_told, name))
    homes = {
        name: [home for home, scenario in packaged.items() if any(measure.id == name for measure in scenario.measures)]
        for name in (*catalogue, *by_id)
    }
    for name, entry in catalogue.items():
        yield Entry("measure", name, partial(entry_told, entry, homes[name], baseline.parameters, language))
    for name, measure in by_id.items():
        if name not in catalogue:
            yield Entry("measure", name, partial(telling.measure_told, measure, homes[name]))
    for name, scenario in packaged.items():
        yield Entry("scenario", name, partial(telling.scenario_told, scenario, language))


def _plain(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())


def find(name: str, language: str = "en") -> list[Entry]:
    """The entries of a name; UserError with the nearest names if there is none."""
    everything = list(entries(language))
    wanted = _plain(name)
    found = [entry for entry in everything if wanted in {_plain(word) for word in (entry.name, *entry.also)}]
    if found:
        return found
    words = [word for entry in everything for word in (entry.name, *entry.also) if not word.isdigit()]
    near = get_close_matches(wanted, words, n=NEAREST, cutoff=0.7)
    near += [word for word in words if len(wanted) > 2 and wanted in word]
    near += get_close_matches(wanted, words, n=NEAREST, cutoff=0.5)
    near = list(dict.fromkeys(near))[:NEAREST]
    known = "give a parameter, fact, leak point, way in, position, rule, measure, scenario or indicator"
    hint = f"did you mean {', '.join(near)}?" if near else known
    given = repr(name if len(name) <= 40 else name[:37] + "...")
    raise UserError(f"explain: nothing here is called {given}; {hint}")


def explain(name: str, as_json: bool, language: str = "en") -> int:
    """Print what there is to say about a name; returns the exit code."""
    try:
        every = find(name, language)
    except InputError as error:
        raise UserError(str(error)) from None
    found = [(entry, {key: value for key, value in entry.tell().items() if value}) for entry in every]
    if as_json:
        print_json([{"kind": entry.kind, "name": entry.name, **told} for entry, told in found])
        return 0
    console = output()
    for entry, told in found:
        console.print(f"[bold]{entry.name}[/]  [dim]{entry.kind}")
        table = Table.grid(padding=(0, 1))
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        for key, value in told.items():
            text = "\n".join(value) if isinstance(value, list) else str(value)
            table.add_row(f"  {key}", Text(text))
        console.print(table)
        console.print()
    return 0
