"""What a report says: the results of a comparison as a document, in the language that is spoken now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from experiments import report_basis as basis
from experiments import report_depth as depth
from experiments import report_parts as parts
from experiments.document import Block, Document, Heading, Paragraph, Table, filled
from experiments.report_figures import Figures
from experiments.report_numbers import Told
from experiments.stored import Stored
from experiments.texts import say, spoken


def document(stored: Stored, figures: Figures) -> Document:
    """The whole report; `figures` makes and keeps its pictures."""
    told = Told(stored)
    options = told.options
    if len(options) == 1:
        title = say("report", "title_one", title=told.title(options[0].id))
    else:
        title = say("report", "title_many", number=len(options))
    sections: tuple[Callable[[Told, Figures], Iterator[Block]], ...] = (
        _opening,
        _answer,
        parts.option_tables,
        _paths,
        _flows,
        parts.gain,
        depth.attribution,
        parts.groups,
        parts.people,
        depth.certainty,
        basis.assumptions,
        basis.not_judged,
        _reproduce,
    )
    blocks = [block for section in sections for block in section(told, figures)]
    return Document(title, spoken(), tuple(blocks), stored.folder)


def _opening(told: Told, figures: Figures) -> Iterator[Block]:
    del figures
    manifest = told.stored.manifest
    pairs = told.manifest_number("finished_replicates")
    scale = told.manifest_number("settings|scale")
    number = manifest["versions"]["careerflows"]
    version = "careerflows" if number == "not installed" else f"careerflows {number}"
    yield Paragraph(filled("report", "made_by", version=version, pairs=pairs, last=told.last, scale=scale), "note")
    yield Heading(say("report", "question"), "question")
    yield Paragraph((say("report", "question_text"),))
    reference = told.scenarios[0]
    if reference.id != "baseline":
        yield Paragraph((say("report", "under", title=told.title(reference.id)),))
    for scenario in told.options:
        changed = [one for one in scenario.changes if one != f"under {reference.id}"]  # said above
        changes = f" {say('report', 'changed', changes=', '.join(changed))}" if changed else ""
        yield Paragraph((f"{told.title(scenario.id)}. {scenario.texts(spoken())[1]}{changes}",))


def _answer(told: Told, figures: Figures) -> Iterator[Block]:
    del figures
    yield Heading(say("report", "answer"), "answer")
    year = told.shown[-1]
    sentences = (_first(told), _most(told, "open_vacancies", "vacancies", year), _most(told, "women", "women", year))
    yield Paragraph(tuple(part for sentence in sentences for part in (*sentence, " ")), "lead")


def _first(told: Told) -> tuple[Any, ...]:
    """What happens to the number of technicians: the best option that is told from chance, or that none is."""
    year = told.shown[-1]
    if not told.sure(told.best, "technicians", year):
        widest = max(told.options, key=lambda one: told.option(one.id, "smallest", None)["value"]).id
        smallest = told.smallest(widest)
        pairs = told.manifest_number("finished_replicates")
        return filled("report", "none", year=year, pairs=pairs, smallest=smallest)
    gain = told.option(told.best, "technicians", year)
    rival = told.rival()
    key = "most_one" if len(told.options) == 1 or gain["value"] < 0 else "most_close" if rival else "most_many"
    return filled(
        "report",
        key,
        number=len(told.options),
        title=told.title(told.best),
        next_title=told.title(rival) if rival else "",
        gain=told.option_number(told.best, "technicians", year, "value", signed=False),
        change=say("words", "more" if gain["value"] > 0 else "fewer"),
        year=year,
        low=told.option_number(told.best, "technicians", year, "low"),
        high=told.option_number(told.best, "technicians", year, "high"),
    )


def _most(told: Told, column: str, words: str, year: int) -> tuple[Any, ...]:
    """The largest change of a column that is told from chance, or that there is none."""
    sure = [one.id for one in told.options if told.sure(one.id, column, year)]
    if not sure:
        return (say("report", f"{words}_none"),)
    most = max(sure, key=lambda name: abs(told.option(name, column, year)["value"]))
    value = told.option_number(most, column, year, "value", signed=False)
    ends = {name: told.option_number(most, column, year, name) for name in ("low", "high")}
    more = say("words", "more" if told.option(most, column, year)["value"] > 0 else "fewer")
    key = f"{words}_one" if len(told.options) == 1 else f"{words}_many"
    return filled("report", key, title=told.title(most), value=value, change=more, year=year, **ends)


def _paths(told: Told, figures: Figures) -> Iterator[Block]:
    yield Heading(say("report", "paths"), "paths")
    yield from figures.paths(told)


def _flows(told: Told, figures: Figures) -> Iterator[Block]:
    yield Heading(say("report", "flows"), "flows")
    yield from figures.flows(told)


def _reproduce(told: Told, figures: Figures) -> Iterator[Block]:
    del figures
    manifest = told.stored.manifest
    yield Heading(say("report", "reproduce"), "reproduce")
    yield Paragraph((say("report", "reproduce_text"),))
    versions = ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())
    seeds = manifest["seeds"]
    rows = (
        (say("report", "command"), manifest["command_line"]),
        (say("report", "seeds"), f"{seeds[0]} - {seeds[-1]}"),
        (say("report", "version"), versions),
        (say("report", "model"), manifest["model_sha256"]),
    )
    yield Table("reproduce", say("report", "reproduce"), ("", ""), rows)
