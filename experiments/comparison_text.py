"""The comparison as text: per scenario a table of differences, where the gain comes from, and a few plain words."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from experiments.comparison import Comparison, Estimate, reported, shown_years
from experiments.outcomes import START
from experiments.screen import plain_table
from experiments.wording import change, count, indicator_words, listed, part_words, step, summing
from sim.scenario import Scenario

_NAMED = 3
"""Parts of a gain that the sentences name at most."""


def _estimate(estimate: Estimate) -> tuple[str, str]:
    to = step(estimate.half)
    style = "" if estimate.sure else "[dim]"
    half = f"± {count(estimate.half, to)}"
    return f"{style}{change(estimate.mean, to)}", f"{style}{half}"


def differences_table(comparison: Comparison, scenario: str, years: list[int]) -> Table:
    """Difference with the baseline and its 95% interval, for the reported indicators."""
    headings = [text for year in years for text in (f"{year}", "95%")]
    table = plain_table("People more or fewer than in the baseline", *headings, f"Baseline {years[-1]}")
    section = ""
    for indicator, group in reported():
        kind = "leak" if indicator.startswith("leak_") else ""
        if kind != section:
            table.add_row()
            table.add_row("[dim]Leaks a year, at leak point")
            section = kind
        cells = [
            cell for year in years for cell in _estimate(comparison.estimate(scenario, year, indicator, group))
        ]
        base = comparison.baseline(years[-1], indicator, group)
        table.add_row(indicator_words(indicator, group), *cells, f"[dim]{count(base, max(step(base / 100), 1))}")
    return table


def parts_table(comparison: Comparison, scenario: str, years: list[int]) -> Table:
    """What ways in and leak points add to the gain in technicians; the rows add up to the last one."""
    headings = [text for year in years for text in (f"to {year}", "95%")]
    table = plain_table("The gain in technicians since 2022, from", *headings)
    columns: list[list[str]] = []
    names: list[str] = []
    bottom: list[str] = []
    for year in years:
        split, total = comparison.gain_by_part(scenario, year)
        to = step(total.half)
        names = [name for name in split if name != START or split[name].mean]
        numbers = summing([split[name].mean for name in names], to)
        columns.append([change(number) for number in numbers])
        columns.append([f"± {count(split[name].half, to)}" for name in names])
        bottom += [change(total.mean, to), f"± {count(total.half, to)}"]
    for row, name in enumerate(names):
        kind = "leak " if name.startswith("leak_") else "" if name == START else "way in: "
        table.add_row(kind + part_words(name), *(column[row] for column in columns))
    table.add_row("[bold]all, exactly the gain in technicians", *(f"[bold]{cell}" for cell in bottom))
    return table


def _named(parts: Mapping[str, Estimate], sign: int, to: int) -> list[str]:
    """The largest sure parts of one sign, in words."""
    found = [
        (name, part)
        for name, part in parts.items()
        if name != START and part.sure and part.mean * sign > 0 and abs(part.mean) >= to
    ]
    found.sort(key=lambda item: -abs(item[1].mean))
    return [_named_part(name, part) for name, part in found[:_NAMED]]


def _named_part(name: str, part: Estimate) -> str:
    number = count(abs(part.mean), step(part.half))
    if name.startswith("leak_"):
        fewer = "fewer" if part.mean > 0 else "more"
        return f"{number} {fewer} losses at leak point {part_words(name)}"
    more = "more" if part.mean > 0 else "fewer"
    return f"{number} {more} through {part_words(name)}"


def sentences(comparison: Comparison, scenario: Scenario, year: int) -> str:
    """One or two sentences that say what the numbers of a scenario mean."""
    gain = comparison.estimate(scenario.id, year, "technicians")
    women = comparison.estimate(scenario.id, year, "technicians", "women")
    open_posts = comparison.estimate(scenario.id, year, "open_vacancies")
    to = step(gain.half)
    runs = len(comparison.replicates)
    if not gain.sure:
        if gain.low == gain.high == 0.0:
            return f"{scenario.title}: no difference at all with the baseline at the end of {year}."
        most = max(abs(gain.low), abs(gain.high))
        text = (
            f"{scenario.title}: no change in the number of technicians at the end of {year} that {runs} runs can "
            f"tell from chance; it is smaller than {count(most, to)} either way."
        )
    else:
        more = "more" if gain.mean > 0 else "fewer"
        text = (
            f"{scenario.title}: at the end of {year} about {count(abs(gain.mean), to)} {more} technicians than in the "
            f"baseline (95% interval {change(gain.low, to)} to {change(gain.high, to)})"
        )
        base = comparison.baseline(year, "technicians")
        text += f", {abs(gain.mean) / base:.1%} of all." if base else "."
    if women.sure:
        text += f" Women in technical work: {change(women.mean, step(women.half))}."
    if open_posts.sure:
        text += f" Open vacancies: {change(open_posts.mean, step(open_posts.half))}."
    split, _ = comparison.gain_by_part(scenario.id, year)
    sign = -1 if gain.sure and gain.mean < 0 else 1
    for lead, direction in (("Since 2022 it brings", sign), ("against", -sign)):
        named = _named(split, direction, 10)
        if named:
            text += f" {lead} {listed(named)}" if lead != "against" else f", against {listed(named)}"
    return text if text.endswith(".") else text + "."


def print_comparison(console: Console, comparison: Comparison, scenarios: list[Scenario]) -> None:
    """Everything about each scenario, one after the other."""
    years = shown_years(comparison.years)
    runs, scale = len(comparison.replicates), comparison.scale
    for scenario in scenarios[1:]:
        console.rule(f"[bold]{scenario.title}[/] [dim]({scenario.id})", align="left", style="dim")
        console.print(sentences(comparison, scenario, years[-1]))
        console.print()
        console.print(differences_table(comparison, scenario.id, years))
        console.print()
        console.print(parts_table(comparison, scenario.id, years))
        console.print()
    console.print(
        f"[dim]Means of {runs} pairs of runs with the same chance events, {scale:g} people for each agent. ± is the 95% "
        "interval, grey where it\nincludes zero. Stocks are of 31 December. Numbers are rounded to what the interval "
        "supports."
    )
