"""The catalogue as text: a measure in full, and the list, in English or Dutch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from experiments.lever_words import change_told, in_factors, named, range_told, reach_told
from experiments.options import UserError, scenario_named
from experiments.screen import output, plain_table, print_json
from experiments.texts import LANGUAGES, as_written, cited, number_text, say, section, speaking, text
from experiments.wording import indicator_words
from scenarios.catalogue import PILLARS, Entry, entries
from scenarios.errors import InputError
from scenarios.packaged import available
from sim.scenario import Cost, Lever, Parameter


def entry_told(
    entry: Entry, homes: Sequence[str], parameters: Mapping[str, Parameter], language: str = "en"
) -> dict[str, Any]:
    """All there is to say about a measure of the catalogue, by heading in a language; some of it empty."""
    with speaking(language):
        return _told(entry, homes, parameters, language)


def _told(entry: Entry, homes: Sequence[str], parameters: Mapping[str, Parameter], language: str) -> dict[str, Any]:
    word = section("catalogue", language)
    told: dict[str, Any] = {
        "meaning": entry.title[language],
        "summary": entry.summary[language],
        "not_judged": entry.not_judged and entry.not_judged[language],
        "pillar": f"{entry.pillar} {PILLARS[entry.pillar][language]}",
        "actor": ", ".join(text("payer", actor, language) for actor in entry.actor),
        "status": text("status", entry.status, language),
        "period": section("period", language).get(entry.period, entry.period),
        "source": cited(entry.source, language),
        "variant_of": entry.variant_of,
        "mechanism": entry.mechanism and entry.mechanism[language],
        "affects": entry.affects and entry.affects[language],
        "expect": _expected(entry, word),
    }
    if entry.start is not None:
        told |= {
            "start": entry.start.isoformat(),
            "delay": _years(entry.delay_years, word),
            "study": _years(entry.study_years, word),
            "phase_in": _years(entry.phase_in_years, word),
            "duration": _years(entry.duration_years or 0.0, word) or word["lasting"],
            "reach": reach_told(entry.reach),
            "levers": [_lever(lever, parameters) for lever in entry.levers],
            "range": [
                f"{lever.lever}: {range_told(*lever.range, in_factors(lever))}" for lever in entry.levers if lever.range
            ],
            "reason": [f"{lever.lever}: {lever.why(language)}" for lever in entry.levers],
        }
    told |= {
        "cost": [cost_told(cost, language) for cost in entry.cost],
        "check": entry.check and f"{entry.check[language]} ({cited(entry.check.source, language)})",
        "homes": list(homes),
    }
    return {word[key]: value for key, value in told.items()}


def _years(years: float, word: dict[str, str]) -> str:
    return f"{as_written(f'{years:g}')} {word['years']}" if years else ""


def _expected(entry: Entry, word: dict[str, str]) -> str | None:
    if entry.expect is None:
        return None
    beside = f", {word['together']} {' + '.join(entry.expect.with_)}" if entry.expect.with_ else ""
    what = indicator_words(entry.expect.indicator, entry.expect.group)
    return f"{word[entry.expect.change]}: {what} [{entry.expect.indicator}]{beside}"


def _lever(lever: Lever, parameters: Mapping[str, Parameter]) -> str:
    kind = say("report", f"kind_{lever.kind}")
    return f"{lever.lever}: {named(lever.lever)} {change_told(lever, parameters)}, {kind}"


def cost_told(cost: Cost, language: str) -> str:
    """What a measure costs one payer, on one line."""
    payer = text("payer", cost.payer, language)
    if cost.value is None:
        return f"{payer}: {text('cost', 'unknown', language)}"
    source = cost.nl if language == "nl" and cost.nl is not None else cost.source
    over = (
        ""
        if cost.years is None
        else f" {text('cost', 'over_years', language, years=number_text(cost.years, language))}"
    )
    return f"{payer}: {number_text(cost.value, language)} {text('cost_unit', cost.unit, language)}{over} ({source})"


def found(words: Sequence[str], pillar: int | None) -> list[Entry]:
    """Measures of the catalogue that hold all words somewhere in their texts, levers or source."""
    wanted = [word.casefold() for word in words]
    return [
        entry
        for entry in entries().values()
        if (pillar is None or entry.pillar == pillar) and all(word in _searched(entry) for word in wanted)
    ]


def _searched(entry: Entry) -> str:
    told = [entry.title, entry.summary, entry.mechanism, entry.affects]
    parts = [part[language] for part in told if part is not None for language in LANGUAGES]
    levers = [lever.lever for lever in entry.levers]
    plain = [entry.id, entry.id.replace("_", " "), entry.status, entry.source, *entry.actor, *levers]
    return "\n".join((*parts, *plain)).casefold()


def measures(words: Sequence[str], pillar: int | None, language: str, as_json: bool) -> int:
    """List the measures of the catalogue that hold all words; returns the exit code."""
    try:
        chosen = found(words, pillar)
    except InputError as error:
        raise UserError(str(error)) from None
    if as_json:
        print_json([_record(entry) for entry in chosen])
        return 0
    word = section("catalogue", language)
    console = output()
    for number, title in PILLARS.items():
        here = [entry for entry in chosen if entry.pillar == number]
        if not here:
            continue
        table = plain_table(
            word["id"], word["title"], word["status"], word["judged"], title=f"{number} {title[language]}"
        )
        for column in table.columns[1:3]:
            column.justify, column.no_wrap = "left", False
        for entry in here:
            judged = word["yes"] if entry.not_judged is None else word["no"]
            table.add_row(entry.id, Text(entry.title[language]), text("status", entry.status, language), judged)
        console.print(table)
        console.print()
    told = text("catalogue", "list_end", language, number=len(chosen), all=len(entries()))
    console.print(f"[dim]{told}")
    return 0


def scenarios(language: str, as_json: bool) -> int:
    """List the packaged scenarios; returns the exit code."""
    found = [scenario_named(name) for name in available()]
    told = [(one.id, *one.texts(language), len(one.measures)) for one in found]
    if as_json:
        keys = ("id", "title", "summary", "measures")
        print_json([dict(zip(keys, row, strict=True)) for row in told])
        return 0
    word = section("catalogue", language)
    table = plain_table(word["scenario"], word["title"], word["measures"])
    table.columns[1].justify = "left"
    for name, title, _, number in told:
        table.add_row(name, Text(title), str(number))
    console = output()
    console.print(table)
    console.print()
    console.print(f"[dim]{text('catalogue', 'scenarios_end', language)}")
    return 0


def _record(entry: Entry) -> dict[str, Any]:
    record: dict[str, Any] = entry.model_dump(mode="json", by_alias=True, exclude_none=True)
    return record
