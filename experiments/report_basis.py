"""The parts of a report that tell what it rests on: what each measure moves and why, and what cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from experiments.catalogue_text import cost_told
from experiments.document import Block, Cell, Heading, Paragraph, Table
from experiments.lever_words import catalogued, change_told, in_factors, measure_named, named, range_told, reach_told
from experiments.report_figures import Figures
from experiments.report_numbers import Told
from experiments.texts import cited, say, spoken
from scenarios.catalogue import entries
from sim.scenario import Lever, Measure, Parameter


def assumptions(told: Told, figures: Figures) -> Iterator[Block]:
    """What every measure moves, and where that comes from."""
    del figures
    yield Heading(say("report", "assumptions"), "assumptions")
    yield Paragraph((say("report", "assumptions_text"),), "note")
    reference = told.scenarios[0]
    seen: list[Measure] = []
    for option in told.options:
        for measure in option.measures:
            if measure in seen or measure in reference.measures:
                continue
            seen.append(measure)
            yield from _measure(told, option.id, measure, len(seen))


def _measure(told: Told, scenario: str, measure: Measure, number: int) -> Iterator[Block]:
    name = measure.id
    title = f"{measure_named(measure)} ({told.title(scenario)})"
    rows = tuple(_lever(lever, told.scenarios[0].parameters) for lever in measure.levers)
    heads = ("lever", "change", "range", "kind", "reason")
    yield Table(f"measure_{number}_{name}", title, tuple(say("report", head) for head in heads), rows)
    notes = [say("report", "reach", reach=reach_told(measure.reach))]
    if measure.cost:
        notes.append(
            f"{say('catalogue', 'cost').capitalize()}: {'; '.join(cost_told(c, spoken()) for c in measure.cost)}."
        )
    if (found := catalogued(measure)) is not None and (check := found.check) is not None:
        notes.append(f"{say('report', 'check')}: {check[spoken()]} ({cited(check.source, spoken())})")
    yield Paragraph((" ".join(notes),), "note")


def _lever(lever: Lever, parameters: Mapping[str, Parameter]) -> tuple[Cell, ...]:
    span = "" if lever.range is None else range_told(*lever.range, in_factors(lever))
    name = f"{named(lever.lever)} [{lever.lever}]"
    return name, change_told(lever, parameters), span, say("report", f"kind_{lever.kind}"), lever.why(spoken())


def not_judged(told: Told, figures: Figures) -> Iterator[Block]:
    """What the model cannot say anything about."""
    del told, figures
    yield Heading(say("report", "not_judged"), "not_judged")
    yield Paragraph((say("report", "not_judged_text"),))
    found = [one for one in entries().values() if one.not_judged is not None]
    rows = tuple((one.title[spoken()], one.not_judged[spoken()] if one.not_judged else "") for one in found)
    yield Table("not_judged", say("report", "not_judged"), (say("report", "measure"), say("report", "reason")), rows)
