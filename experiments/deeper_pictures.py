"""Pictures of the tornado and of the attribution over measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Final

from matplotlib.figure import Figure

from experiments.attribution import Attribution
from experiments.drawing import BLUE, GREY, INK, VERMILLION, quiet_axes, save, signed, slide, source_line, style
from experiments.texts import as_written, say
from experiments.tornado import Bar, Tornado
from experiments.wording import change, step

MOST_MEASURES: Final = 16
"""Measures in the picture of an attribution; the others are taken together."""


def draw_tornados(folder: Path, tornados: Mapping[str, Tornado], titles: Mapping[str, str], scale: float) -> None:
    """A picture for each scenario, as PNG and SVG."""
    with style():
        for page, (name, found) in enumerate(tornados.items(), start=1):
            source = source_line(scale, say("picture", "draws", draws=found.draws, tried=found.tried))
            save(tornado_picture(found, titles[name], source), folder, "tornado" if page == 1 else f"tornado_{page}")


def tornado_picture(found: Tornado, title: str, source: str) -> Figure:
    """What each assumption does at either end of its range to the gain in technicians."""
    figure = slide(
        say("picture", "tornado_title", scenario=title),
        say("picture", "tornado_subtitle", year=found.year),
        source,
    )
    bars = found.bars
    axes = figure.add_axes((0.36, 0.12, 0.6, 0.64))
    quiet_axes(axes, grid="x")
    for row, bar in enumerate(bars):
        for end, colour, hatch in ((bar.low, VERMILLION, "///"), (bar.high, BLUE, "")):
            alpha = 1.0 if bar.sure else 0.35
            axes.barh(
                row, end.mean, height=0.62, color=colour, alpha=alpha, hatch=hatch, edgecolor="white", linewidth=0
            )
            axes.plot([end.low, end.high], [row, row], color=GREY, linewidth=1.2)
    axes.axvline(0.0, color=INK, linewidth=1.2)
    labels = [_span(bar) for bar in bars]
    axes.set_yticks(range(len(bars)), labels, color=INK, fontsize=9)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(signed)
    axes.text(0.0, 1.015, say("picture", "at_lowest"), transform=axes.transAxes, color=VERMILLION, fontsize=10)
    axes.text(1.0, 1.015, say("picture", "at_highest"), transform=axes.transAxes, color=BLUE, fontsize=10, ha="right")
    return figure


def _span(bar: Bar) -> str:
    low, high = bar.assumption.range
    factors = "x " if bar.assumption.factors else ""
    ends = f"{factors}{as_written(f'{low:g}')} {say('picture', 'to')} {factors}{as_written(f'{high:g}')}"
    return f"{fill(bar.assumption.label.replace('_', ' '), 46)}\n{ends}"


def draw_attribution(folder: Path, attributions: Sequence[Attribution], pairs: int) -> None:
    """A picture for each package, as PNG and SVG."""
    with style():
        for page, found in enumerate(attributions, start=1):
            source = source_line(found.scale, say("picture", "pairs", number=pairs))
            save(attribution_picture(found, source), folder, "attribution" if page == 1 else f"attribution_{page}")


def attribution_picture(found: Attribution, source: str) -> Figure:
    """What each measure of a package adds to the gain in technicians; the bars add up to the package."""
    year = found.columns[0].year
    figure = slide(
        say("picture", "attribution_title", scenario=found.package.title),
        say("picture", "attribution_subtitle", year=year),
        source,
    )
    axes = figure.add_axes((0.36, 0.1, 0.6, 0.72))
    quiet_axes(axes, grid="x")
    values = [(found.value(k, 0), measure.title) for k, measure in enumerate(found.package.measures)]
    values.sort(key=lambda pair: -pair[0].mean)
    shown = values
    if len(values) > MOST_MEASURES:
        kept = sorted(values, key=lambda pair: -abs(pair[0].mean))[: MOST_MEASURES - 1]
        shown = [pair for pair in values if pair in kept]
    rest = sum(value.mean for value, _ in values) - sum(value.mean for value, _ in shown)
    for row, (value, _) in enumerate(shown):
        colour = BLUE if value.mean > 0 else VERMILLION
        axes.barh(row, value.mean, height=0.62, color=colour, alpha=1.0 if value.sure else 0.35)
        axes.plot([value.low, value.high], [row, row], color=GREY, linewidth=1.2)
        axes.text(max(value.high, 0.0), row, f" {change(value.mean, step(value.half))}", va="center", fontsize=9)
    labels = [fill(title, 48) for _, title in shown]
    if len(shown) < len(values):
        axes.barh(len(shown), rest, height=0.62, color=GREY, alpha=0.6)
        labels.append(say("picture", "other_measures", number=len(values) - len(shown)))
    whole = found.package_value(0)
    last = len(labels) + 0.4
    axes.barh(last, whole.mean, height=0.62, color=INK)
    axes.plot([whole.low, whole.high], [last, last], color=GREY, linewidth=1.2)
    axes.text(max(whole.high, 0.0), last, f" {change(whole.mean, step(whole.half))}", va="center", fontweight="bold")
    axes.axvline(0.0, color=INK, linewidth=1.2)
    axes.set_yticks([*range(len(labels)), last], [*labels, say("picture", "the_package")], color=INK, fontsize=9)
    axes.set_ylim(last + 0.6, -0.6)
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter(signed)
    return figure
