"""Pictures of the tornado and of the attribution over measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Final, NamedTuple

from matplotlib.figure import Figure

from experiments.comparison import Estimate
from experiments.drawing import BLUE, GREY, INK, VERMILLION, quiet_axes, save, signed, slide, source_line, style
from experiments.lever_words import measure_named, named, range_told
from experiments.texts import say
from experiments.wording import change, step

if TYPE_CHECKING:  # a report draws these from its records and need not load what made them
    from experiments.attribution import Attribution
    from experiments.tornado import Bar, Tornado
    from sim.scenario import Measure

MOST_MEASURES: Final = 16
"""Measures in the picture of an attribution; the others are taken together."""


class Sway(NamedTuple):
    """What an assumption does to the gain at either end of its range, in people."""

    name: str
    span: str
    """Its range, in words."""
    low: Estimate
    high: Estimate
    sure: bool
    """Whether it is told from chance."""


def draw_tornados(
    folder: Path,
    tornados: Mapping[str, Tornado],
    titles: Mapping[str, str],
    measures: Mapping[str, Measure],
    scale: float,
) -> None:
    """A picture for each scenario, as PNG and SVG; titles are those of the scenarios."""
    with style():
        for page, (name, found) in enumerate(tornados.items(), start=1):
            source = source_line(scale, say("picture", "draws", draws=found.draws, tried=found.tried))
            picture = tornado_picture([_sway(bar, measures) for bar in found.bars], titles[name], found.year, source)
            save(picture, folder, "tornado" if page == 1 else f"tornado_{page}")


def _sway(bar: Bar, measures: Mapping[str, Measure]) -> Sway:
    one = bar.assumption
    of = "" if one.measure is None else f"{measure_named(measures[one.measure])}: "
    return Sway(of + named(one.lever), range_told(*one.range, one.factors), bar.low, bar.high, bar.sure)


def tornado_picture(bars: Sequence[Sway], title: str, year: int, source: str) -> Figure:
    """What each assumption does at either end of its range to the gain in technicians at the end of a year."""
    figure = slide(
        say("picture", "tornado_title", scenario=title), say("picture", "tornado_subtitle", year=year), source
    )
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
    labels = [fill(f"{bar.name}, {bar.span}", 64) for bar in bars]
    axes.set_yticks(range(len(bars)), labels, color=INK, fontsize=8.5)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(signed)
    axes.text(0.0, 1.015, say("picture", "at_lowest"), transform=axes.transAxes, color=VERMILLION, fontsize=10)
    axes.text(1.0, 1.015, say("picture", "at_highest"), transform=axes.transAxes, color=BLUE, fontsize=10, ha="right")
    return figure


def draw_attribution(folder: Path, attributions: Sequence[Attribution], pairs: int) -> None:
    """A picture for each package, as PNG and SVG."""
    with style():
        for page, found in enumerate(attributions, start=1):
            source = source_line(found.scale, say("picture", "pairs", number=pairs))
            values = [(measure.title, found.value(k, 0)) for k, measure in enumerate(found.package.measures)]
            year, whole = found.columns[0].year, found.package_value(0)
            picture = attribution_picture(values, whole, found.package.title, year, source)
            save(picture, folder, "attribution" if page == 1 else f"attribution_{page}")


def attribution_picture(
    parts: Sequence[tuple[str, Estimate]], whole: Estimate, title: str, year: int | None, source: str
) -> Figure:
    """What each measure of a package adds to the gain in technicians; the bars add up to the package.

    Parameters
    ----------
    parts : title of each measure and what it adds, in people
    whole : what the package adds
    year : at the end of which the technicians are counted
    """
    figure = slide(
        say("picture", "attribution_title", scenario=title), say("picture", "attribution_subtitle", year=year), source
    )
    axes = figure.add_axes((0.36, 0.1, 0.6, 0.72))
    quiet_axes(axes, grid="x")
    values = sorted(parts, key=lambda part: -part[1].mean)
    shown = values
    if len(values) > MOST_MEASURES:
        kept = sorted(values, key=lambda part: -abs(part[1].mean))[: MOST_MEASURES - 1]
        shown = [part for part in values if part in kept]
    rest = sum(value.mean for _, value in values) - sum(value.mean for _, value in shown)
    for row, (_, value) in enumerate(shown):
        colour = BLUE if value.mean > 0 else VERMILLION
        axes.barh(row, value.mean, height=0.62, color=colour, alpha=1.0 if value.sure else 0.35)
        axes.plot([value.low, value.high], [row, row], color=GREY, linewidth=1.2)
        axes.text(max(value.high, 0.0), row, f" {change(value.mean, step(value.half))}", va="center", fontsize=9)
    labels = [fill(name, 48) for name, _ in shown]
    if len(shown) < len(values):
        axes.barh(len(shown), rest, height=0.62, color=GREY, alpha=0.6)
        labels.append(say("picture", "other_measures", number=len(values) - len(shown)))
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
