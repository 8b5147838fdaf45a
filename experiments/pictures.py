"""Pictures of a comparison: paths over time, leak points per scenario, and where a gain comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import Comparison, Estimate, shown_years
from experiments.drawing import (
    BLUE,
    GREY,
    INK,
    PALE,
    SERIES,
    VERMILLION,
    quiet_axes,
    save,
    signed,
    slide,
    source_line,
    spread_out,
    style,
)
from experiments.flow_picture import career_flows
from experiments.outcomes import START
from experiments.texts import as_written, say
from experiments.wording import batched, change, indicator_words, part_words, step
from sim import career_graph, indicators
from sim.scenario import Scenario

PANELS: Final = (
    ("technicians", "all", "paths_technicians"),
    ("technicians", "women", "paths_women"),
    ("open_vacancies", "all", "paths_vacancies"),
)
LINES: Final = ("-", (0, (6, 2)), (0, (2, 1.2)), (0, (8, 2, 2, 2)), (0, (4, 1, 1, 1, 1, 1)), (0, (10, 3)), (0, (1, 1)))
"""Line styles of scenarios, so that they can be told apart without colour; the baseline is a thin straight line."""
MOST_COLUMNS: Final = 4
"""Scenarios beside each other in one picture."""


def comparison_source(comparison: Comparison) -> str:
    """Where the numbers of a picture come from."""
    return source_line(comparison.scale, say("picture", "pairs", number=len(comparison.replicates)))


def draw_comparison(folder: Path, comparison: Comparison, scenarios: Sequence[Scenario]) -> None:
    """All pictures of a comparison, as PNG and SVG."""
    titles = {scenario.id: scenario.title for scenario in scenarios if scenario.id in comparison.others}
    typical = comparison.typical
    with style():
        picture = career_flows(
            typical.flows, typical.stocks, comparison.years, scenarios[0].title, comparison_source(comparison)
        )
        save(picture, folder, "career_flows")
        for name, draw, most in (
            ("time_paths", time_paths, len(SERIES)),
            ("leak_points", leak_points, MOST_COLUMNS),
            ("gain", gain, MOST_COLUMNS),
        ):
            for page, ids in enumerate(batched(titles, most), start=1):
                shown = {scenario: titles[scenario] for scenario in ids}
                save(draw(comparison, shown), folder, name if page == 1 else f"{name}_{page}")


def time_paths(comparison: Comparison, titles: Mapping[str, str]) -> Figure:
    """Differences with the baseline over the years, with their intervals."""
    years = comparison.years
    days = np.array([years[0] - 1, *years], float)
    figure = slide(
        say("picture", "paths_title", first=years[0], last=years[-1]),
        say("picture", "paths_subtitle"),
        comparison_source(comparison),
    )
    grid = figure.subplots(
        1,
        len(PANELS),
        sharey=True,
        gridspec_kw={"left": 0.07, "right": 0.985, "top": 0.76, "bottom": 0.12, "wspace": 0.08},
    )
    keys = indicators.keys()
    spans = []
    for axes, (indicator, group, title) in zip(grid, PANELS, strict=True):
        column = keys.index((indicator, group))
        for place, scenario in enumerate(titles):
            mean, low, high = (np.concatenate([[0.0], part[:, column]]) for part in comparison.estimates(scenario))
            colour = SERIES[place % len(SERIES)]
            axes.fill_between(days, low, high, color=colour, alpha=0.16, linewidth=0)
            axes.plot(days, mean, color=colour, linewidth=2.4, linestyle=LINES[place % len(LINES)])
            axes.plot(days[-1], mean[-1], "o", color=colour, markersize=5)
            spans += [low.min(), high.max()]
        axes.plot(days[[0, -1]], [0.0, 0.0], color=INK, linewidth=1.2)
        base = comparison.baseline(years[-1], indicator, group)
        axes.set_title(say("picture", title), pad=24, fontsize=13)
        note = say("picture", "paths_baseline", year=years[-1], number=as_written(f"{round(base, -3):,.0f}"))
        axes.text(0, 1.025, note, transform=axes.transAxes, color=GREY, fontsize=10)
        quiet_axes(axes, grid="none")
        axes.set_xlim(days[0], days[-1] + 0.55 * (days[-1] - days[0]))
        axes.set_xticks(range(2025, years[-1] + 1, 5) if years[-1] >= 2030 else years[-4:])
        axes.yaxis.set_major_formatter(signed)
    low, high = min(spans), max(spans)
    pad = 0.06 * (high - low) or 1.0
    for axes, (indicator, group, _) in zip(grid, PANELS, strict=True):
        axes.set_ylim(low - pad, high + pad)
        _label_ends(axes, comparison, titles, indicator, group, 0.125 * (high - low + 2 * pad))
        axes.hlines(axes.get_yticks()[1:-1], days[0], days[-1], color="#EBEEF0", linewidth=0.8, zorder=0)
    grid[0].text(days[0] + 0.1, -0.1 * pad, say("words", "baseline"), va="top", color=INK, fontsize=9)
    return figure


def _label_ends(
    axes: Axes, comparison: Comparison, titles: Mapping[str, str], indicator: str, group: str, gap: float
) -> None:
    last = comparison.years[-1]
    ends = [comparison.estimate(scenario, last, indicator, group) for scenario in titles]
    heights = spread_out([end.mean for end in ends], gap)
    unclear = say("picture", "no_clear_change")
    for place, (title, end, height) in enumerate(zip(titles.values(), ends, heights, strict=True)):
        number = change(end.mean, step(end.half)).replace("-", "\N{MINUS SIGN}") if end.sure else unclear
        text = f"{number}\n{fill(title, 17, break_on_hyphens=False)}"
        colour = SERIES[place % len(SERIES)]
        axes.text(last + 0.5, height, text, color=colour, va="center", fontsize=9.5, fontweight="bold", linespacing=1.1)


def _columns(figure: Figure, titles: Mapping[str, str], rows: int) -> list[Axes]:
    """One panel for each scenario, with common axes."""
    grid = figure.subplots(
        1,
        len(titles),
        sharex=True,
        sharey=True,
        squeeze=False,
        gridspec_kw={"left": 0.3, "right": 0.975, "top": 0.78, "bottom": 0.13, "wspace": 0.12},
    )[0]
    for axes, title in zip(grid, titles.values(), strict=True):
        axes.set_title(fill(title, 30), pad=10)
        quiet_axes(axes, grid="x")
        axes.axvline(0.0, color=INK, linewidth=1.2)
        axes.set_ylim(rows - 0.4, -0.6)
        axes.xaxis.set_major_formatter(signed)
        axes.locator_params(axis="x", nbins=5)
        axes.tick_params(axis="x", labelsize=9)
    return list(grid)


def leak_points(comparison: Comparison, titles: Mapping[str, str]) -> Figure:
    """Change at each leak point in the last year shown, per scenario."""
    year = shown_years(comparison.years)[-1]
    names = [f"leak_{point}_{name}" for point, (name, _) in career_graph.load().leak_points.items()]
    figure = slide(
        say("picture", "leaks_title", year=year),
        say("picture", "leaks_subtitle"),
        comparison_source(comparison),
    )
    grid = _columns(figure, titles, len(names))
    for axes, scenario in zip(grid, titles, strict=True):
        for row, name in enumerate(names):
            _dot(axes, row, comparison.estimate(scenario, year, name), good=-1)
        below: dict[str, Any] = {"y": -0.085, "transform": axes.transAxes, "fontsize": 9.5}
        axes.text(x=0.0, s=f"\N{LEFTWARDS ARROW} {say('picture', 'fewer_leave')}", color=BLUE, **below)
        axes.text(
            x=1.0, s=f"{say('picture', 'more_leave')} \N{RIGHTWARDS ARROW}", color=VERMILLION, ha="right", **below
        )
    grid[0].set_yticks(range(len(names)), [indicator_words(name) for name in names], color=INK)
    return figure


def _dot(axes: Axes, row: int, estimate: Estimate, good: int) -> None:
    colour = BLUE if estimate.mean * good > 0 else VERMILLION
    colour = colour if estimate.sure else "#A9B3BA"
    axes.plot([estimate.low, estimate.high], [row, row], color=colour, linewidth=3, alpha=0.55, solid_capstyle="round")
    axes.plot(estimate.mean, row, "o", color=colour, markersize=7)


def gain(comparison: Comparison, titles: Mapping[str, str]) -> Figure:
    """What ways in and leak points add to the gain in technicians, per scenario."""
    year = shown_years(comparison.years)[-1]
    figure = slide(
        say("picture", "gain_title", first=comparison.years[0], year=year),
        say("picture", "gain_subtitle"),
        comparison_source(comparison),
    )
    splits = [comparison.gain_by_part(scenario, year) for scenario in titles]
    names = [name for name in splits[0][0] if name != START or any(split[START].mean for split, _ in splits)]
    grid = _columns(figure, titles, len(names) + 2)
    for axes in grid:
        axes.margins(x=0.42)  # room for numbers beside the bars
        axes.locator_params(axis="x", nbins=4)
    most = max(abs(part.mean) for split, _ in splits for part in split.values())
    for axes, (split, total) in zip(grid, splits, strict=True):
        for row, part in [*((names.index(name), split[name]) for name in names), (len(names) + 0.5, total)]:
            last = row > len(names)
            colour = INK if last else BLUE if part.mean > 0 else VERMILLION
            axes.barh(row, part.mean, height=0.62, color=colour, alpha=1.0 if part.sure else 0.35)
            axes.plot([part.low, part.high], [row, row], color=GREY, linewidth=1.2)
            if last or (part.sure and abs(part.mean) > most / 10):
                number = change(part.mean, step(part.half)).replace("-", "\N{MINUS SIGN}")
                text = f" {number if part.sure else say('picture', 'no_clear_change')} "
                edge, side = (max(part.high, 0.0), "left") if part.mean >= 0 else (min(part.low, 0.0), "right")
                weight, size = ("bold", 11) if last else ("normal", 9)
                axes.text(edge, row, text, va="center", ha=side, fontweight=weight, fontsize=size)
        axes.axhline(len(names) - 0.25, color=PALE, linewidth=1)
    leak = say("words", "leak")
    labels = [f"{leak} {part_words(name)}" if name.startswith("leak_") else part_words(name) for name in names]
    grid[0].set_yticks([*range(len(names)), len(names) + 0.5], [*labels, say("words", "gain")], color=INK)
    return figure
