"""The catalogue as text: a measure in full, and the list, in English or Dutch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from experiments.one_line import moved_line, shown
from experiments.options import UserError, scenario_named
from experiments.screen import output, plain_table, print_json
from experiments.texts import LANGUAGES, number_text, section, text
from scenarios.catalogue import PILLARS, Entry, entries
from scenarios.errors import InputError
from scenarios.packaged import available
from sim.scenario import Cost, Lever


def entry_told(entry: Entry, homes: Sequence[str], language: str = "en") -> dict[str, Any]:
    """All there is to say about a measure of the catalogue, by heading in a language; some of it empty."""
    word = section("catalogue", language)
    told: dict[str, Any] = {
        "meaning": entry.title[language],
        "summary": entry.summary[language],
        "not_judged": entry.not_judged and entry.not_judged[language],
        "pillar": f"{entry.pillar} {PILLARS[entry.pillar][language]}",
        "actor": ", ".join(text("payer", actor, language) for actor in entry.actor),
        "status": text("status", entry.status, language),
        "period": entry.period,
        "source": entry.source,
        "variant_of": entry.variant_of,
        "mechanism": entry.mechanism and entry.mechanism[language],
        "affects": entry.affects and entry.affects[language],
        "expect": _expected(entry, word),
    }
    if entry.start is not None:
        reach = entry.reach.model_dump(exclude_none=True)
        told |= {
            "start": entry.start.isoformat(),
            "delay": entry.delay_years and f"{entry.delay_years:g} {word['years']}",
            "study": entry.study_years and f"{entry.study_years:g} {word['years']}",
            "phase_in": entry.phase_in_years and f"{entry.phase_in_years:g} {word['years']}",
            "duration": f"{entry.duration_years:g} {word['years']}" if entry.duration_years else word["lasting"],
            "reach": ", ".join(f"{k} {shown(v) if k == 'share' else ' '.join(v)}" for k, v in reach.items()),
            "levers": [f"{moved_line(lever)} ({lever.kind})" for lever in entry.levers],
            "range": [
                f"{lever.lever}: {shown(lever.range)}{_factors(lever, word)}" for lever in entry.levers if lever.range
            ],
            "reason": [f"{lever.lever}: {lever.reason}" for lever in entry.levers if lever.reason],
        }
    told |= {
        "cost": [cost_told(cost, language) for cost in entry.cost],
        "check": entry.check and f"{entry.check[language]} ({entry.check.source})",
        "homes": list(homes),
    }
    return {word[key]: value for key, value in told.items()}


def _expected(entry: Entry, word: dict[str, str]) -> str | None:
    if entry.expect is None:
        return None
    group = "" if entry.expect.group == "all" else f", {entry.expect.group}"
    beside = f", {word['together']} {' + '.join(entry.expect.with_)}" if entry.expect.with_ else ""
    return f"{word[entry.expect.change]}: {entry.expect.indicator}{group}{beside}"


def _factors(lever: Lever, word: dict[str, str]) -> str:
    table = lever.add if lever.add is not None else lever.multiply
    return f" ({word['factors']})" if isinstance(table, dict) else ""


def cost_told(cost: Cost, language: str) -> str:
    """What a measure costs one payer, on one line."""
    payer = text("payer", cost.payer, language)
    if cost.value is None:
        return f"{payer}: {text('cost', 'unknown', language)}"
    over = "" if cost.years is None else f" {text('cost', 'over_years', language, years=f'{cost.years:g}')}"
    return (
        f"{payer}: {number_text(cost.value, language)} {text('cost_unit', cost.unit, language)}{over} ({cost.source})"
    )


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
