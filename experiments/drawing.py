"""How pictures look: one clean style, colours that colour-blind people can tell apart, saved as PNG and SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.about import version
from experiments.texts import as_written, say

BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
GREEN: Final = "#009E73"
INK: Final = "#1F2A33"
GREY: Final = "#6B7780"
PALE: Final = "#D5DBDF"
SERIES: Final = (BLUE, VERMILLION, GREEN, "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours of Okabe and Ito, for scenarios in their order."""
DPI: Final = 200
LONGEST: Final = 60
"""Letters of the title of a slide at full size."""
_STYLE: Final[Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": GREY,
    "axes.edgecolor": PALE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "svg.fonttype": "path",
    "svg.hashsalt": "careerflows",
    "path.simplify": False,
    "text.hinting": "none",
}


def style() -> Any:
    """Context in which pictures are made and saved."""
    return mpl.rc_context(_STYLE)


def slide(title: str, subtitle: str, source: str, size: tuple[float, float] = (13.333, 7.5)) -> Figure:
    """A figure the size of a slide with title, subtitle and a source line."""
    figure = Figure(figsize=size, facecolor="white")
    FigureCanvasAgg(figure)
    width, height = size
    left = 0.5 / width
    fits = 20.0 * min(1.0, LONGEST * width / 13.333 / max(1, len(title)))  # a longer title in smaller letters
    figure.text(left, 1 - 0.42 / height, title, fontsize=fits, fontweight="bold", va="top")
    figure.text(left, 1 - 0.92 / height, subtitle, fontsize=12, color=GREY, va="top", linespacing=1.4)
    figure.text(left, 0.25 / height, source, fontsize=9, color=GREY, va="bottom")
    return figure


def source_line(scale: float, runs: str) -> str:
    """Where the numbers of a picture come from."""
    number = version()
    name = "careerflows" if number == "not installed" else f"careerflows {number}"
    return say("picture", "source", name=name, scale=as_written(f"{scale:,g}"), runs=runs)


def quiet_axes(axes: Axes, grid: str = "y") -> None:
    """A light grid along one direction, if any, and no more lines than needed."""
    if grid in ("x", "y"):
        axes.grid(axis="x" if grid == "x" else "y", color="#EBEEF0", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def spread_out(heights: list[float], gap: float) -> list[float]:
    """Heights moved apart as little as needed so that labels are at least `gap` from each other."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    groups: list[tuple[list[int], float]] = []
    for i in order:
        members, centre = [i], heights[i]
        while groups and groups[-1][1] + gap * len(groups[-1][0]) / 2 > centre - gap * len(members) / 2:
            before, _ = groups.pop()
            members = before + members
            centre = sum(heights[k] for k in members) / len(members)
        groups.append((members, centre))
    placed = list(heights)
    for members, centre in groups:
        for rank, i in enumerate(members):
            placed[i] = centre + gap * (rank - (len(members) - 1) / 2)
    return placed


def signed(value: float, _: Any = None) -> str:
    """A tick label with its sign."""
    return as_written(f"{value:+,.0f}").replace("-", "\N{MINUS SIGN}") if round(value) else "0"


def save(figure: Figure, folder: Path, name: str) -> None:
    """Write a picture as PNG and SVG, without dates in it."""
    figure.savefig(folder / f"{name}.png", dpi=DPI)
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
