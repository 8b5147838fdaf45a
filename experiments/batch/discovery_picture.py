"""The picture of a region in which a goal is reached: how it was chosen, and the points inside and outside it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from experiments.batch.answers import pairs_words
from experiments.batch.boxes import Box, Inside
from experiments.drawing import BLUE, GREY, INK, PALE, VERMILLION, quiet_axes, save, signed, slide, source_line, style

if TYPE_CHECKING:
    from experiments.batch.discovery import Asked, Evidence

_BESIDE: Final = 0.4
"""Half the width of the band of one value, where the values of a factor stand 1 apart."""

_NOT: Final[dict[str, Any]] = {"marker": "x", "color": GREY}
_ALL: Final[dict[str, Any]] = {"marker": "o", "color": BLUE}
_SOME: Final[dict[str, Any]] = {**_ALL, "fillstyle": "left", "markerfacecoloralt": "white"}
"""Marks of places of which no point is of interest, every one, and some."""


def draw_discovery(folder: Path, name: str, found: Evidence, asked: Asked, box: Box) -> None:
    """The picture as PNG and SVG."""
    with style():
        save(discovery_picture(found, asked, box), folder, name)


def discovery_picture(found: Evidence, asked: Asked, box: Box) -> Figure:
    """The trajectory of boxes beside the points in the two most restricted factors, with the box around them.

    Where the box restricts a single factor, the points stand at the difference that they make.
    """
    does = "missed" if asked.missed else "reached"
    step, of = box.step, f"{found.scenario} less {found.reference}"
    subtitle = (
        f"{of}; {does} at {step.density:.0%} of the points in the region, at {found.interest.mean():.0%} of all;\n"
        f"the region holds {step.coverage:.0%} of the points where the goal is {does}"
    )
    runs = f"{pairs_words(found.pairs)} at each of {len(found.points):,} points"
    figure = slide(f"Where the goal is {does}: {found.goal.text}", subtitle, source_line(found.scale, runs))
    _trajectory(figure.add_axes((0.07, 0.14, 0.34, 0.58)), box, asked.threshold)
    _points(figure.add_axes((0.52, 0.14, 0.45, 0.58)), found, box, does)
    return figure


def _trajectory(axes: Axes, box: Box, threshold: float) -> None:
    for direction in ("x", "y"):
        quiet_axes(axes, grid=direction)
    axes.plot([s.coverage for s in box.trajectory], [s.density for s in box.trajectory], color=PALE, zorder=1)
    axes.scatter([s.coverage for s in box.trajectory], [s.density for s in box.trajectory], color=GREY, s=18, zorder=2)
    axes.scatter([box.step.coverage], [box.step.density], color=VERMILLION, s=70, zorder=3)
    axes.axhline(threshold, color=INK, linewidth=1.0, linestyle=":")
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xlabel="coverage", ylabel="density")
    axes.text(0.0, 1.03, "boxes, the chosen one in red", transform=axes.transAxes, color=INK)


def _points(axes: Axes, found: Evidence, box: Box, does: str) -> None:
    quiet_axes(axes, grid="none")
    factors = {one["name"]: one for one in found.factors}
    first, second = box.limits[0], box.limits[1] if len(box.limits) > 1 else None
    across = _places(found.points[first.factor], factors[first.factor])
    up = found.gain if second is None else _places(found.points[second.factor], factors[second.factor])
    at = pd.DataFrame({"across": across, "up": up, "part": found.interest.astype(float)})
    places = at.groupby(["across", "up"], as_index=False)["part"].mean()  # several points may stand at one
    for wanted, kind in ((places["part"] == 0.0, _NOT), (places["part"] == 1.0, _ALL), (places["part"] % 1 > 0, _SOME)):
        axes.plot(places["across"][wanted], places["up"][wanted], linestyle="", markersize=6.5, alpha=0.8, **kind)
    _scale(axes, factors[first.factor], "x")
    if second is None:
        axes.set_ylabel("difference")
        axes.yaxis.set_major_formatter(signed)
        axes.axhline(found.goal.amount if found.goal.more else -found.goal.amount, color=INK, linestyle=":")
        spans = [axes.get_ylim()]
    else:
        _scale(axes, factors[second.factor], "y")
        spans = _spans(second, factors[second.factor])
    for (left, right), (low, high) in product(_spans(first, factors[first.factor]), spans):
        corner, width, height = (left, low), right - left, high - low
        axes.add_patch(Rectangle(corner, width, height, edgecolor=VERMILLION, facecolor="none", linewidth=1.8))
    axes.text(0.0, 1.03, f"● {does}", transform=axes.transAxes, color=BLUE)
    axes.text(0.19, 1.03, "× not", transform=axes.transAxes, color=GREY)
    axes.text(0.31, 1.03, "□ the region", transform=axes.transAxes, color=VERMILLION)
    if (places["part"] % 1 > 0).any():
        axes.text(0.58, 1.03, "half: points of both kinds", transform=axes.transAxes, color=BLUE)


def _places(values: pd.Series[Any], factor: dict[str, Any]) -> NDArray[np.float64]:
    """Where points stand along the axis of a factor: at its numbers, or at 0, 1, 2 and so on for a list of values."""
    if factor["values"] is None:
        return values.to_numpy(float)
    return np.array([factor["values"].index(value) for value in values], float)


def _spans(one: Inside, factor: dict[str, Any]) -> list[tuple[float, float]]:
    """What a box leaves along the axis of a factor: a part of a range, or a band for each value."""
    if one.values is not None:
        at = [factor["values"].index(value) for value in one.values]
        return [(place - _BESIDE, place + _BESIDE) for place in at]
    low, high = factor["range"]
    return [(low if one.lowest is None else one.lowest, high if one.highest is None else one.highest)]


def _scale(axes: Axes, factor: dict[str, Any], along: str) -> None:
    """Ends, ticks and name of the axis of a factor."""
    values, axis = factor["values"], axes.xaxis if along == "x" else axes.yaxis
    low, high = (-0.5, len(values) - 0.5) if values is not None else factor["range"]
    margin = 0.02 * (high - low)
    (axes.set_xlim if along == "x" else axes.set_ylim)(low - margin, high + margin)
    if values is not None:
        axis.set_ticks(range(len(values)), [one if isinstance(one, str) else f"{one:g}" for one in values])
    axis.set_label_text(fill(factor["name"], 48))
    axis.labelpad = 8.0
