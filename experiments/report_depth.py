"""The parts of a report that look deeper: what each measure of a package adds, and how certain the answer is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from experiments.comparison import Estimate
from experiments.deeper_pictures import Sway
from experiments.document import Block, Cell, Heading, Number, Paragraph, Table
from experiments.lever_words import measure_named, named, range_told
from experiments.report_figures import Figures
from experiments.report_numbers import Told
from experiments.texts import say
from experiments.wording import change, count, step

KINDS: Final = ("shapley", "alone")
"""How a measure's part is counted: shared out over the package, and by itself."""


def attribution(told: Told, figures: Figures) -> Iterator[Block]:
    """What each measure of a package adds."""
    records = told.stored.table("attribution")
    if not records:
        return
    yield Heading(say("report", "attribution"), "attribution")
    yield Paragraph((say("report", "attribution_text"),), "note")
    for scenario in dict.fromkeys(record["scenario"] for record in records):
        mine = [r for r in records if r["scenario"] == scenario and r["indicator"] == "technicians"]
        at = {(r["measure"], r["kind"]): r for r in mine}
        names = [r["measure"] for r in mine if r["kind"] == "shapley"]
        names.sort(key=lambda name: -at[name, "shapley"]["people"])
        rows: list[tuple[Cell, ...]] = [
            (_title(told, scenario, name), *(_share(told, at, scenario, name, kind) for kind in KINDS))
            for name in names
        ]
        rows.append((say("report", "package"), _share(told, at, scenario, "package", "whole"), ""))
        rows.append((say("report", "interaction"), _share(told, at, scenario, "package", "interaction"), ""))
        bars = [(_title(told, scenario, name), _estimate(at[name, "shapley"])) for name in names]
        whole = _estimate(at["package", "whole"])
        yield figures.attribution(scenario, bars, whole, mine[0]["year"])
        columns = (say("report", "measure"), say("report", "shared"), say("report", "alone"))
        yield Table(f"attribution_{scenario}", told.title(scenario), columns, tuple(rows))


def _share(told: Told, at: dict[tuple[str, str], dict[str, Any]], scenario: str, name: str, kind: str) -> Cell:
    return told.estimate("attribution", f"{scenario}|technicians|{name}|{kind}", at[name, kind], "people")


def _title(told: Told, scenario: str, name: str) -> str:
    return measure_named(told.measure(scenario, name))


def _estimate(record: dict[str, Any]) -> Estimate:
    return Estimate(float(record["people"]), float(record["low"]), float(record["high"]))


def certainty(told: Told, figures: Figures) -> Iterator[Block]:
    """The three sources of uncertainty, and the assumptions that matter most."""
    year = told.shown[-1]
    yield Heading(say("report", "certainty"), "certainty")
    records = [
        r for r in told.stored.table("uncertainty")
        if r["year"] == year and r["indicator"] == "technicians" and r["group"] == "all"
    ]  # fmt: skip
    if not records:
        yield Paragraph((say("report", "certainty_chance_only"),))
    else:
        yield Paragraph((say("report", "certainty_text", year=year),), "note")
        heads = ("mean", "chance", "calibration", "assumed", "together")
        rows = [(told.title(r["scenario"]), *(_source(r, head) for head in heads)) for r in records]
        columns = (say("report", "option"), *(say("report", head) for head in heads))
        yield Table("uncertainty", say("report", "certainty"), columns, tuple(rows))
    tornado = told.stored.table("tornado")
    for scenario in dict.fromkeys(record["scenario"] for record in tornado):
        mine = [record for record in tornado if record["scenario"] == scenario]
        caption = f"{say('report', 'tornado')}: {told.title(scenario)}"
        names = tuple(say("report", name) for name in ("assumption", "range", "at_lowest", "at_highest"))
        bars = tuple(_bar(told, record) for record in mine)
        dim = frozenset((k, c) for k, record in enumerate(mine) if not record["sure"] for c in (2, 3))
        yield figures.tornado(scenario, [_sway(told, record) for record in mine], mine[0])
        yield Table(f"tornado_{scenario}", caption, names, bars, dim)


def _source(record: dict[str, Any], head: str) -> Cell:
    to = step(float(record["together"]))
    value = float(record[head])
    text = change(value, to) if head == "mean" else count(value, to)
    lead = "" if head == "mean" else "± "
    return lead, Number(text, value, f"uncertainty|{record['scenario']}|{record['year']}|technicians|all|{head}")


def _bar(told: Told, record: dict[str, Any]) -> tuple[Cell, ...]:
    cells = []
    for end in ("at_lowest", "at_highest"):
        span = {"low": record[f"{end}_low"], "high": record[f"{end}_high"], end: record[end]}
        cells.append(told.estimate("tornado", f"{record['scenario']}|{record['assumption']}", span, end))
    span_told = range_told(record["lowest"], record["highest"], record["factors"])
    words, name = _assumption(told, record)
    return f"{words} [{name}]", span_told, cells[0], cells[1]


def _assumption(told: Told, record: dict[str, Any]) -> tuple[str, str]:
    """A parameter, or the lever of a measure, in words; and its name in the files."""
    measure, _, place = str(record["assumption"]).rpartition("/")
    if not measure:
        return named(place), place
    found = told.measure(record["scenario"], measure)
    lever = found.levers[int(place)].lever
    return f"{measure_named(found)}: {named(lever)}", lever


def _sway(told: Told, record: dict[str, Any]) -> Sway:
    span = range_told(record["lowest"], record["highest"], record["factors"])
    low, high = (
        Estimate(record[end], record[f"{end}_low"], record[f"{end}_high"]) for end in ("at_lowest", "at_highest")
    )
    return Sway(_assumption(told, record)[0], span, low, high, record["sure"])
