"""The parts of a report that tell what comes out: options, gain, groups, people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from experiments.comparison import DIVISIONS
from experiments.document import Block, Cell, Heading, Number, Paragraph, Table
from experiments.outcomes import START, components
from experiments.report_figures import Figures
from experiments.report_numbers import Told
from experiments.texts import as_written, say
from experiments.wording import batched, count, indicator_words, part_words, step
from sim.indicators import GROUPS_SHOWN
from sim.scenario import Measure

SIDE_BY_SIDE: Final = 4
"""Options in one table."""
FEW: Final = 10
"""Agents of a group, in all runs of the baseline together, below which a cell says nothing."""
SHOWN_COLUMNS: Final = (
    "technicians", "women", "leaving", "open_vacancies", "drawn_from_other_work", "technician_years",
)  # fmt: skip


def option_tables(told: Told, figures: Figures) -> Iterator[Block]:
    """The option table, a few options side by side."""
    del figures
    yield Heading(say("report", "options"), "options")
    yield Paragraph((say("report", "options_text", last=told.last),), "note")
    reference = told.scenarios[0].measures
    posts = [one for one in told.options if any(_moves_posts(m) for m in one.measures if m not in reference)]
    if posts:
        titles = ", ".join(told.title(option.id) for option in posts)
        yield Paragraph((say("report", "fewer_posts", titles=titles),), "note")
    for page, options in enumerate(batched(told.options, SIDE_BY_SIDE), start=1):
        ids = [option.id for option in options]
        rows: list[tuple[Cell, ...]] = []
        dim: set[tuple[int, int]] = set()
        for name, year in told.columns():
            if name not in SHOWN_COLUMNS:
                continue
            cells = []
            for place, scenario in enumerate(ids, start=1):
                record = told.option(scenario, name, year)
                cells.append(told.estimate("options", f"{scenario}|{name}|{year or ''}", record, "value"))
                if record["low"] <= 0.0 <= record["high"]:
                    dim.add((len(rows), place))
            rows.append((say("report", f"column_{name}", year=year), *cells))
        rows += _cost_rows(told, ids)
        rows += _goal_rows(told, ids)
        smallest = (told.smallest(scenario) for scenario in ids)
        rows.append((say("report", "smallest"), *smallest))
        columns = (say("report", "option"), *(told.title(scenario) for scenario in ids))
        caption = say("report", "options")
        yield Table(f"options_{page}", caption, columns, tuple(rows), frozenset(dim))


def _moves_posts(measure: Measure) -> bool:
    """Whether a measure changes how many technicians are asked for."""
    return any(lever.lever in ("productivity_growth", "demand_growth") for lever in measure.levers)


def _cost_rows(told: Told, ids: list[str]) -> list[tuple[Cell, ...]]:
    records = {(r["scenario"], r["payer"]): r for r in told.stored.table("costs")}
    payers = list(dict.fromkeys(payer for scenario, payer in records if scenario in ids))
    rows: list[tuple[Cell, ...]] = []
    for payer in payers:
        cells: list[Cell] = []
        for scenario in ids:
            record = records.get((scenario, payer))
            cells.append("-" if record is None else _money(scenario, payer, record))
        rows.append((say("report", "cost_to", payer=say("payer", payer)), *cells))
    rows.append((say("report", "per_year"), *(_per_year(told, scenario, records) for scenario in ids)))
    return rows


def _mark(complete: bool, shared: bool) -> str:
    if shared:
        return "< " if complete else "~ "
    return "" if complete else "> "


def _money(scenario: str, payer: str, record: dict[str, Any]) -> Cell:
    euro = float(record["euro"])
    if not record["complete"] and euro == 0.0:
        return say("report", "not_documented")
    text = f"{euro / 1e6:,.0f}" if euro >= 1e7 or euro == 0.0 else f"{euro / 1e6:,.1f}"
    mark = _mark(record["complete"], record["shared"])
    return mark, Number(as_written(text), euro, f"costs|{scenario}|{payer}|euro")


def _per_year(told: Told, scenario: str, records: dict[tuple[str, str], dict[str, Any]]) -> Cell:
    mine = [record for (name, _), record in records.items() if name == scenario]
    known = sum(record["euro"] for record in mine)
    complete = all(record["complete"] for record in mine)
    if known == 0.0:
        return say("report", "no_cost" if complete else "not_documented")
    years = told.option(scenario, "technician_years", None)
    if years["low"] <= 0.0:
        return say("report", "no_gain")
    mark = _mark(complete, any(record["shared"] for record in mine))
    found = {end: known / years[of] for end, of in (("mean", "value"), ("low", "high"), ("high", "low"))}
    to = step((found["high"] - found["low"]) / 2.0)
    cells = [
        Number(count(euro, to), euro, f"costs|{scenario}|per_technician_year|{end}") for end, euro in found.items()
    ]
    return mark, cells[0], " (", cells[1], f" {say('picture', 'to')} ", cells[2], ")"


def _goal_rows(told: Told, ids: list[str]) -> list[tuple[Cell, ...]]:
    records = told.stored.table("goals")
    rows: list[tuple[Cell, ...]] = []
    for goal in dict.fromkeys(record["goal"] for record in records):
        for source, key in (("chance", "goal"), ("all", "goal_all")):
            found = {r["scenario"]: r for r in records if r["goal"] == goal and r["uncertainty"] == source}
            if not found:
                continue
            cells: list[Cell] = []
            for scenario in ids:
                record = found[scenario]
                place = f"goals|{scenario}|{goal}|{source}"
                ends = [Number(f"{record[end]:.0%}", record[end], f"{place}|{end}") for end in ("low", "high")]
                share = Number(f"{record['chance']:.0%}", record["chance"], f"{place}|chance")
                cells.append((share, " (", ends[0], f" {say('picture', 'to')} ", ends[1], ")"))
            first = next(iter(found.values()))
            told_goal = say("report", key, goal=_goal_words(first)) if key == "goal" else say("report", key)
            rows.append((told_goal, *cells))
    return rows


def _goal_words(record: dict[str, Any]) -> str:
    what = indicator_words(record["indicator"], record["group"])
    amount = as_written(f"{record['amount']:,.0f}")
    return say(
        "report", "goal_words", amount=amount, what=what, year=record["year"],
        change=say("words", "more" if record["more"] else "fewer"),
    )  # fmt: skip


def gain(told: Told, figures: Figures) -> Iterator[Block]:
    """Where the gain comes from, by way in and leak point."""
    year = told.shown[-1]
    yield Heading(say("report", "gain"), "gain")
    yield Paragraph((say("report", "gain_text", year=year),), "note")
    yield from figures.gain()
    records = {
        (r["scenario"], r["part"]): r
        for r in told.stored.table("decomposition")
        if r["year"] == year and r["group"] == "all"
    }
    names = [n for n in components() if n != START or any(records[o.id, n]["agents"] for o in told.options)]
    for page, options in enumerate(batched(told.options, SIDE_BY_SIDE), start=1):
        rows: list[tuple[Cell, ...]] = []
        dim: set[tuple[int, int]] = set()
        for name in (*names, "total"):
            cells = []
            for place, option in enumerate(options, start=1):
                record = records[option.id, name]
                cells.append(told.estimate("decomposition", f"{option.id}|{year}|all|{name}", record, "people"))
                if record["low"] <= 0.0 <= record["high"]:
                    dim.add((len(rows), place))
            lead = f"{say('words', 'leak')} " if name.startswith("leak_") else ""
            label = say("report", "total") if name == "total" else lead + part_words(name)
            rows.append((label, *cells))
        columns = (say("report", "part"), *(told.title(option.id) for option in options))
        yield Table(f"gain_{page}", say("report", "gain"), columns, tuple(rows), frozenset(dim))


def groups(told: Told, figures: Figures) -> Iterator[Block]:
    """The gain in technicians by group; thin cells are left out."""
    del figures
    year = told.shown[-1]
    yield Heading(say("report", "who"), "who")
    yield Paragraph((say("report", "who_text", year=year),), "note")
    records = {(r["scenario"], r["division"], r["group"]): r for r in told.stored.table("groups") if r["year"] == year}
    for page, options in enumerate(batched(told.options, SIDE_BY_SIDE), start=1):
        rows: list[tuple[Cell, ...]] = []
        for division, members in DIVISIONS.items():
            for name, plus, minus in members:
                thin = _agents(told, plus, minus) < FEW
                cells: list[Cell] = []
                for option in options:
                    key = f"{option.id}|{year}|{division}|{name}"
                    record = records[option.id, division, name]
                    cells.append("." if thin else told.estimate("groups", key, record, "people"))
                rows.append((f"{say('report', f'division_{division}')}: {say('group', name)}", *cells))
        columns = ("", *(told.title(option.id) for option in options))
        yield Table(f"groups_{page}", say("report", "who"), columns, tuple(rows))


def _agents(told: Told, plus: str, minus: str | None) -> float:
    """Technicians of a group at the end of the baseline, in agents, all runs together."""
    comparison = told.stored.comparison
    year, runs = told.shown[-1], len(comparison.replicates)
    assert plus in GROUPS_SHOWN
    people = comparison.baseline(year, "technicians", plus)
    people -= comparison.baseline(year, "technicians", minus) if minus is not None else 0.0
    return people / comparison.scale * runs


def people(told: Told, figures: Figures) -> Iterator[Block]:
    """How many careers change, and a few of them as stories."""
    del figures
    records = {record["scenario"]: record for record in told.stored.table("careers")}
    if not records:  # the comparison was stopped before that
        return
    yield Heading(say("report", "careers"), "careers")
    yield Paragraph((say("report", "careers_text"),), "note")
    rows: list[tuple[Cell, ...]] = []
    for option in told.options:
        record = records[option.id]
        share = record["changed"] / record["people"]
        cells = [told.career_number(option.id, key) for key in ("changed", "gained", "lost")]
        rows.append((
            told.title(option.id), cells[0],
            Number(as_written(f"{share:.1%}"), share, f"careers|{option.id}|share"), cells[1], cells[2],
        ))  # fmt: skip
    heads = ("careers_changed", "careers_share", "careers_gained", "careers_lost")
    columns = (say("report", "option"), *(say("report", head) for head in heads))
    yield Table("careers", say("report", "careers"), columns, tuple(rows))
    stories = [r for r in told.stored.table("stories") if r["scenario"] == told.best]
    for kind in dict.fromkeys(record["kind"] for record in stories):
        yield from _story([record for record in stories if record["kind"] == kind])


def _story(records: list[dict[str, Any]]) -> Iterator[Block]:
    first = records[0]
    diploma = "with_diploma" if first["technical_diploma"] else "without_diploma"
    who = say(
        "report", "story_who", who=say("report", f"a_{first['gender']}"), born=first["born"],
        level=first["level"], diploma=say("report", diploma), kind=say("report", f"story_{first['kind']}"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for life in ("without", "with"):
        mine = [record for record in records if record["life"] == life]
        steps = ", ".join(f"{date.fromisoformat(r['day']).year} {say('position', r['target'])}" for r in mine)
        rows.append((say("report", f"life_{life}"), steps or say("report", "nothing_happens")))
    yield Table(f"story_{first['kind']}", who, ("", ""), tuple(rows))
