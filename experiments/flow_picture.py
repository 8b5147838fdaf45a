"""The career graph as a picture: lines as wide as the people who go along them in a year, or all equally wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from agents.positions import POSITIONS
from experiments.comparison import Estimate, interval
from experiments.drawing import BLUE, GREY, INK, VERMILLION, slide
from experiments.flow_layout import BOXES, HEAD, WIDEST, Box, End, Line, curve, lines, ports, within_technical_work
from experiments.texts import as_written, say
from experiments.wording import change, leak_words, step
from sim import career_graph

EVEN: Final = 0.045
"""Width of every line in the picture of the structure."""
THINNEST: Final = 0.012
ROOMY: Final = 0.2
"""From this width on, in inches, the words of a way in stand on its line."""
_TRACK: Final = "#9DA8AF"
_FILL: Final = {"technical": "#E3EEF6", "other": "#F1F3F4", "text": "none"}
_LINE: Final = 0.17
"""Height of a line of text in a box, in inches."""


def career_flows(
    people: NDArray[np.float64], stocks: NDArray[np.float64], years: Sequence[int], scenario: str, source: str
) -> Figure:
    """The flows of a scenario, mean over its years; see `flow_picture`."""
    subtitle = say("picture", "flows_subtitle", scenario=scenario, first=years[0], last=years[-1])
    return flow_picture(people, stocks, say("picture", "flows_title"), subtitle, source)


def changed_flows(flows: NDArray[np.float64], place: int, years: Sequence[int], scenario: str, source: str) -> Figure:
    """What changes in the flows of a scenario: width is people, colour and number the difference with the first.

    Parameters
    ----------
    flows : people a year by replicate, scenario, transition and technical diploma
    place : of the scenario
    """
    pairs = [[line.people for line in lines(run[place] - run[0])] for run in flows]
    mean, low, high = interval(np.array(pairs))
    found = lines(flows[0, 0])
    changes = {_key_of(line): Estimate(float(mean[k]), float(low[k]), float(high[k])) for k, line in enumerate(found)}
    subtitle = say("picture", "change_subtitle", first=years[0], last=years[-1])
    title = say("picture", "change_title", scenario=scenario)
    return flow_picture(flows[:, place].mean(axis=0), None, title, subtitle, source, changes)


def _key_of(line: Line) -> tuple[str, str, int, str]:
    return line.source, line.target, line.leak, line.way


def flow_picture(
    people: NDArray[np.float64] | None,
    stocks: NDArray[np.float64] | None,
    title: str,
    subtitle: str,
    source: str,
    changes: Mapping[tuple[str, str, int, str], Estimate] | None = None,
) -> Figure:
    """Draw the career graph.

    Parameters
    ----------
    people : a year, by transition and technical diploma; without it all lines are equally wide
    stocks : people by position
    changes : differences with the baseline by line, which then give colours and numbers
    """
    figure = slide(title, subtitle, source)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, figure.get_figwidth())
    axes.set_ylim(0, figure.get_figheight())
    axes.set_aspect("equal")
    axes.axis("off")
    drawn = sorted(lines(people), key=lambda line: -line.people)
    most = max(line.people for line in drawn)
    widths = [EVEN if people is None else max(THINNEST, WIDEST * line.people / most) for line in drawn]
    begins, ends = ports(drawn, widths, 0), ports(drawn, widths, 1)
    for line, width, begin, end in zip(drawn, widths, begins, ends, strict=True):
        _ribbon(axes, line, width, begin, end, _colour(line, changes))
    for name, box in BOXES.items():
        _box(axes, name, box, stocks)
    _inside(axes, people if changes is None else None)
    for line, width, begin, end in zip(drawn, widths, begins, ends, strict=True):
        number = "" if people is None else crowd(line.people)
        if changes is not None:
            found = changes[_key_of(line)]
            number = change(found.mean, step(found.half)) if found.sure else "0"
        _label(axes, line, width, begin, end, number)
    _key(axes, changes is not None)
    return figure


def _colour(line: Line, changes: Mapping[tuple[str, str, int, str], Estimate] | None) -> str:
    if changes is not None:
        found = changes[_key_of(line)]
        return (BLUE if found.mean > 0 else VERMILLION) if found.sure else _TRACK
    return BLUE if line.way else VERMILLION if line.leak else _TRACK


def _ribbon(
    axes: Axes,
    line: Line,
    width: float,
    begin: End,
    end: End,
    colour: str,
) -> None:
    points = curve(begin, end, HEAD + 0.25 * width)
    (x1, y1), (dx1, dy1) = points[-1], end[2:]
    path = Outline(points, [Outline.MOVETO, Outline.CURVE4, Outline.CURVE4, Outline.CURVE4])
    axes.add_patch(
        PathPatch(path, facecolor="none", edgecolor=colour, linewidth=72 * width, alpha=0.72, capstyle="butt")
    )
    half = width / 2 + 0.045
    tip = (end[0], end[1])
    across = (-dy1 * half, dx1 * half)
    corners = [tip, (x1 + across[0], y1 + across[1]), (x1 - across[0], y1 - across[1])]
    axes.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor="none"))


def _rounded(
    axes: Axes, corner: tuple[float, float], width: float, height: float, fill: str, edge: str, zorder: int
) -> None:
    shape = "round,pad=0,rounding_size=0.07"
    patch = FancyBboxPatch(corner, width, height, boxstyle=shape, facecolor=fill, edgecolor=edge, zorder=zorder)
    axes.add_patch(patch)


def _box(axes: Axes, name: str, box: Box, stocks: NDArray[np.float64] | None) -> None:
    if box.kind != "text":
        corner = (box.x - box.width / 2, box.y - box.height / 2)
        edge = BLUE if box.kind == "technical" else "#C5CCD1"
        _rounded(axes, corner, box.width, box.height, _FILL[box.kind], edge, 3)
    weight = "bold" if box.kind == "technical" else "normal"
    text: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 5}
    middle = box.y + box.height / 2 - 0.32 if box is BOXES["technicians"] else box.y
    counted = stocks is not None and box.counted
    up = _LINE / 2 if counted else 0.0
    colour = GREY if box.kind == "text" else INK
    label = say("box", name)
    axes.text(box.x, middle + up, label, fontsize=9.5, fontweight=weight, linespacing=1.1, color=colour, **text)
    if counted:
        assert stocks is not None
        number = sum(max(0.0, float(stocks[POSITIONS.index(position)])) for position in box.positions)
        down = _LINE * (label.count("\n") + 1) / 2
        axes.text(box.x, middle - down, crowd(number), fontsize=8.5, color=GREY, **text)


def crowd(number: float) -> str:
    """A number of people at three digits or fewer."""
    if number >= 999_500:
        told = f"{number / 1e6:.2f}" if number < 9.995e6 else f"{number / 1e6:.1f}"
        return f"{as_written(told)} {say('words', 'million')}"
    return as_written(f"{round(number, -3 if number >= 9_950 else -2):,.0f}")


def _inside(axes: Axes, people: NDArray[np.float64] | None) -> None:
    """The two halves of technical work, with leak point 7 between them."""
    outer = BOXES["technicians"]
    top, bottom = outer.y + 0.42, outer.y - 1.16
    for y, text in ((top, say("box", "inside_sectors")), (bottom, say("box", "other_sectors"))):
        corner = (outer.x - 0.6, y - 0.3)
        _rounded(axes, corner, 1.2, 0.6, "white", "#A9C4D8", 4)
        axes.text(outer.x, y, text, ha="center", va="center", fontsize=9, color=INK, zorder=5)
    counts = within_technical_work(people) if people is not None else (0.0, 0.0)
    for x, begin, end, colour, number in (
        (outer.x - 0.3, top - 0.3, bottom + 0.3, VERMILLION, counts[0]),
        (outer.x + 0.3, bottom + 0.3, top - 0.3, _TRACK, counts[1]),
    ):
        axes.annotate(
            "", (x, end), (x, begin), zorder=5,
            arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        if people is not None:
            axes.text(x, (top + bottom) / 2 - 0.16, crowd(number), ha="center", va="center", fontsize=8, zorder=7,
                      bbox={"facecolor": _FILL["technical"], "edgecolor": "none", "pad": 1.0})  # fmt: skip
    _badge(axes, outer.x - 0.3, (top + bottom) / 2 + 0.14, 7)


def _badge(axes: Axes, x: float, y: float, point: int) -> None:
    axes.add_patch(Circle((x, y), 0.115, facecolor="white", edgecolor=VERMILLION, linewidth=1.4, zorder=8))
    axes.text(
        x, y - 0.005, str(point), ha="center", va="center", fontsize=8, fontweight="bold", color=VERMILLION, zorder=9
    )


def _label(
    axes: Axes,
    line: Line,
    width: float,
    begin: End,
    end: End,
    number: str,
) -> None:
    halo = [withStroke(linewidth=2.5, foreground="white")]
    text: dict[str, Any] = {"fontsize": 8.5, "zorder": 10, "color": INK, "path_effects": halo}
    above = width / 2 + 0.035
    if line.way:
        name = f"{say('way_short', line.way)}  {number}".strip()
        if width < ROOMY:
            axes.text(end[0] - 0.2, end[1] + above, name, ha="right", va="bottom", **{**text, "color": BLUE})
        else:
            axes.text(end[0] - 0.45, end[1], name, ha="right", va="center", fontsize=8.5, zorder=10, color=INK)
        if line.leak:
            _badge(axes, end[0] - 1.55, end[1], line.leak)
    elif line.source == "technicians":
        _badge(axes, begin[0] + 0.22, begin[1], line.leak)
        axes.text(end[0] - 0.2, end[1] + above, number, ha="right", va="bottom", **text)
    elif line.target == "graduates_abroad":
        _badge(axes, (begin[0] + end[0]) / 2 + 0.02, begin[1] + 0.2, line.leak)
        axes.text(end[0] + 0.42, end[1] + 0.1, number, ha="left", va="center", **text)
    elif line.leak:
        x = begin[0] + (end[0] - begin[0]) * (0.5 if line.sides == "BT" else 0.2)
        y = begin[1] + (end[1] - begin[1]) * {"switch": 0.72, "drop_out": 0.62}.get(_name(line.leak), 0.5)
        _badge(axes, x, y, line.leak)
        aside = max(1.05 * width, 0.115) + 0.06  # clear of a line that slopes down to the right
        axes.text(x + aside, y + 0.06, number, ha="left", va="center", **text)
    elif line.sides == "RL":
        axes.text((begin[0] + end[0]) / 2, begin[1] + above, number, ha="center", va="bottom", **text)
    elif line.source == "from_abroad":
        axes.text(begin[0] + 0.5, begin[1] + 0.1, number, ha="left", va="center", **text)
    else:
        axes.text(begin[0] + 0.1, begin[1] + above, number, ha="left", va="bottom", **text)


def _name(point: int) -> str:
    return career_graph.load().leak_points[point][0]


def _key(axes: Axes, changes: bool) -> None:
    """What the colours and numbers mean, under the picture."""
    x = 0.5
    keys = ("key_fewer", "key_more", "key_same") if changes else ("key_leak", "key_way", "key_step")
    for colour, key in zip((VERMILLION, BLUE, _TRACK), keys, strict=True):
        words = say("picture", key)
        axes.plot([x, x + 0.35], [1.72, 1.72], color=colour, linewidth=6, solid_capstyle="butt")
        axes.text(x + 0.45, 1.72, words, fontsize=10, fontweight="bold", color=INK, va="center")
        x += 0.95 + 0.088 * len(words)
    points = list(career_graph.load().leak_points)
    rows = -(-len(points) // 4)
    for place, point in enumerate(points):
        x, y = 0.62 + 3.1 * (place // rows), 1.36 - 0.29 * (place % rows)
        _badge(axes, x, y, point)
        axes.text(x + 0.2, y, leak_words(point), fontsize=9, va="center")
