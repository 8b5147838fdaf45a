"""What a report says: the results of a comparison as a document, in the language that is spoken now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

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
        parts.attribution,
        parts.groups,
        parts.people,
        parts.certainty,
        parts.assumptions,
        parts.not_judged,
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
        changes = f" {say('report', 'changed', changes=', '.join(scenario.changes))}" if scenario.changes else ""
        yield Paragraph((f"{told.title(scenario.id)}. {scenario.texts(spoken())[1]}{changes}",))


def _answer(told: Told, figures: Figures) -> Iterator[Block]:
    del figures
    yield Heading(say("report", "answer"), "answer")
    yield Paragraph((*_first(told), " ", *_second(told), " ", *_third(told)), "lead")


def _first(told: Told) -> tuple[Any, ...]:
    year = told.shown[-1]
    best = told.best
    gain = told.option(best, "technicians", year)
    if gain["low"] <= 0.0 <= gain["high"]:
        return filled(
            "report",
            "none",
            year=year,
            pairs=told.manifest_number("finished_replicates"),
            smallest=told.option_number(best, "smallest", None, "value", signed=False),
        )
    return filled(
        "report",
        "most_one" if len(told.options) == 1 else "most_many",
        number=len(told.options),
        title=told.title(best),
        gain=told.option_number(best, "technicians", year, "value", signed=False),
        change=say("words", "more" if gain["value"] > 0 else "fewer"),
        year=year,
        low=told.option_number(best, "technicians", year, "low"),
        high=told.option_number(best, "technicians", year, "high"),
    )


def _second(told: Told) -> tuple[Any, ...]:
    year = told.shown[-1]
    ids = [scenario.id for scenario in told.options]
    vacancies = max(ids, key=lambda name: abs(told.option(name, "open_vacancies", year)["value"]))
    women = max(ids, key=lambda name: abs(told.option(name, "women", year)["value"]))
    return filled(
        "report",
        "beside_both",
        vacancies_title=told.title(vacancies),
        vacancies=told.option_number(vacancies, "open_vacancies", year, "value"),
        women_title=told.title(women),
        women=told.option_number(women, "women", year, "value"),
    )


def _third(told: Told) -> tuple[Any, ...]:
    records = {record["scenario"]: record for record in told.stored.table("careers")}
    if told.best not in records:  # the comparison was stopped before that
        return ()
    found = records[told.best]
    gained, lost = (told.career_number(told.best, key) for key in ("gained", "lost"))
    crowded = found["lost"] > found["gained"] / 2
    key = "careers_sentence" if crowded and found["gained"] > found["lost"] else "careers_sentence_plain"
    return filled("report", key, title=told.title(told.best), gained=gained, lost=lost)


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
