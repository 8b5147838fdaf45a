"""The comparison as text: per scenario a table of differences, where the gain comes from, and a few plain words."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.comparison import Comparison, Estimate, reported, shown_years
from experiments.options import BASELINE
from experiments.outcomes import START
from experiments.screen import plain_table
from experiments.wording import change, count, indicator_words, listed, more_words, part_words, step, summing
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
    table = plain_table("More or fewer than in the baseline", *headings, f"Baseline {years[-1]}")
    section = ""
    for indicator, group in reported():
        kind = "leak" if indicator.startswith("leak_") else ""
        if kind != section:
            table.add_row()
            table.add_row("[dim]Leaks a year, at leak point")
            section = kind
        cells = [cell for year in years for cell in _estimate(comparison.estimate(scenario, year, indicator, group))]
        base = comparison.baseline(years[-1], indicator, group)
        table.add_row(indicator_words(indicator, group), *cells, f"[dim]{count(base, max(step(base / 100), 1))}")
    return table


def parts_table(comparison: Comparison, scenario: str, years: list[int]) -> Table:
    """What ways in and leak points add to the gain in technicians; the rows add up to the last one."""
    headings = [text for year in years for text in (f"to {year}", "95%")]
    table = plain_table("The gain in technicians since 2022, from", *headings)
    splits = [comparison.gain_by_part(scenario, year) for year in years]
    names = [name for name in splits[0][0] if name != START or any(split[START].mean for split, _ in splits)]
    columns: list[list[str]] = []
    bottom: list[str] = []
    for split, total in splits:
        to = step(total.half)
        numbers = summing([split[name].mean for name in names], to)
        columns.append([change(number) for number in numbers])
        columns.append([f"± {count(split[name].half, step(split[name].half))}" for name in names])
        bottom += [change(total.mean, to), f"± {count(total.half, to)}"]
    for row, name in enumerate(names):
        kind = "leak " if name.startswith("leak_") else "" if name == START else "way in: "
        table.add_row(kind + part_words(name), *(column[row] for column in columns))
    table.add_row("[bold]all: exactly the gain in technicians", *(f"[bold]{cell}" for cell in bottom))
    return table


def _named(parts: Mapping[str, Estimate], sign: int) -> list[str]:
    """The largest sure parts of one sign, in words."""
    found = [item for item in parts.items() if item[0] != START and item[1].sure and item[1].mean * sign > 0]
    found.sort(key=lambda item: -abs(item[1].mean))
    return [f"{count(abs(part.mean), step(part.half))} {more_words(name, part.mean)}" for name, part in found[:_NAMED]]


def sentences(comparison: Comparison, scenario: Scenario, year: int) -> str:
    """A few sentences that say what the numbers of a scenario mean."""
    gain = comparison.estimate(scenario.id, year, "technicians")
    to = step(gain.half)
    if gain.sure:
        number, share = count(abs(gain.mean), to), abs(gain.mean) / comparison.baseline(year, "technicians")
        text = (
            f"At the end of {year} there are about {number} {'more' if gain.mean > 0 else 'fewer'} technicians than "
            f"in the baseline ({share:.1%}; 95% interval {change(gain.low, to)} to {change(gain.high, to)})"
        )
    elif gain.low == gain.high == 0.0:
        text = f"At the end of {year} there are exactly as many technicians as in the baseline"
    else:
        most, runs = max(abs(gain.low), abs(gain.high)), len(comparison.replicates)
        text = (
            f"At the end of {year} the number of technicians is that of the baseline as far as {runs} pairs of runs "
            f"can tell: any difference is smaller than {count(most, to)}"
        )
    beside = [
        f"{change(other.mean, step(other.half))} {what}"
        for what, other in (
            ("women in technical work", comparison.estimate(scenario.id, year, "technicians", "women")),
            ("open vacancies", comparison.estimate(scenario.id, year, "open_vacancies")),
        )
        if other.sure
    ]
    if beside:
        text += f", with {listed(beside)}"
    split, _ = comparison.gain_by_part(scenario.id, year)
    for_it, against = (_named(split, sign) for sign in ((-1, 1) if gain.sure and gain.mean < 0 else (1, -1)))
    if for_it:
        text += (
            f". Since 2022 it comes from {listed(for_it)}" if gain.sure else f". Since 2022 there are {listed(for_it)}"
        )
    if against:
        text += f"; against that stand {listed(against)}" if for_it else f". Since 2022 there are {listed(against)}"
    return f"{text}."


def print_comparison(console: Console, comparison: Comparison, scenarios: list[Scenario]) -> None:
    """Everything about each scenario, one after the other."""
    years = shown_years(comparison.years)
    runs, scale = len(comparison.replicates), comparison.scale
    if scenarios[0].id != BASELINE:
        console.print(f"Compared with {scenarios[0].title} ({scenarios[0].id}), which stands for the baseline here.")
    for scenario in scenarios[1:]:
        if scenario.changes:
            console.print(escape(f"Changed: {', '.join(scenario.changes)}"))
        console.rule(f"[bold]{escape(scenario.title)}[/] [dim]({escape(scenario.id)})", align="left", style="dim")
        console.print(sentences(comparison, scenario, years[-1]))
        console.print()
        console.print(differences_table(comparison, scenario.id, years))
        console.print()
        console.print(parts_table(comparison, scenario.id, years))
        console.print()
    console.print(
        f"[dim]Means of {runs} pairs of runs with the same chance events, {scale:g} people for each agent; ± is the "
        "95% interval, grey where it includes zero. People and vacancies on 31 December, leaks and entrants a year. "
        "Rounded to what the interval supports."
    )
