"""The flow diagram of the career graph as a drawing whose lines only change in width and colour."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.flow_layout import BOXES, HEAD, TECHNICIANS, WIDEST, Line, curve, lines, ports
from experiments.texts import say
from experiments.wording import leak_words
from sim import career_graph
from sim.indicators import GROUP_MASKS
from sim.ledger import TRANSITIONS

PIXELS: Final = 100.0
"""Pixels of the drawing for an inch of the printed one."""
WIDTH: Final = 1330.0
HEIGHT: Final = 440.0
_TOP: Final = 6.35
"""Height, in inches, at which the drawing begins; what stands above and below it in print is not drawn."""
_DIPLOMA: Final = (np.arange(len(GROUP_MASKS["all"])) & 4) > 0


@cache
def drawn() -> tuple[Line, ...]:
    """The lines, in the order in which they are drawn and told; the two within technical work come last."""
    inside = (
        Line(TECHNICIANS[0], TECHNICIANS[1], 7, "", 1.0),
        Line(TECHNICIANS[1], TECHNICIANS[0], 0, "", 1.0),
    )
    return (*lines(), *inside)


@cache
def _counting() -> NDArray[np.float64]:
    """What each line counts; shape (lines, transitions x 2)."""
    table = np.zeros((len(drawn()), 2 * TRANSITIONS))
    for place in range(2 * TRANSITIONS):
        one = np.zeros(2 * TRANSITIONS)
        one[place] = 1.0
        people = one.reshape(TRANSITIONS, 2)
        told = [line.people for line in lines(people)]
        graph = career_graph.load()
        told += [float(people[graph.between(*ends).code].sum()) for ends in (TECHNICIANS, TECHNICIANS[::-1])]
        table[:, place] = told
    return table


@cache
def _fields(group: str) -> NDArray[np.float64]:
    """Who of the groups of the ledger are in a group, without and with a technical diploma; shape (groups, 2)."""
    mask = GROUP_MASKS[group]
    return np.stack([mask & ~_DIPLOMA, mask & _DIPLOMA], axis=1).astype(float)


def by_line(flows: NDArray[np.floating[Any]], group: str) -> NDArray[np.float64]:
    """People a year on each line, of a group; shape (..., lines).

    Parameters
    ----------
    flows : people a year by transition and group of the ledger; shape (..., transitions, groups)
    """
    fields = flows @ _fields(group)
    return fields.reshape(*flows.shape[:-2], -1) @ _counting().T


def drawing(baseline: NDArray[np.float64]) -> dict[str, Any]:
    """Boxes, lines and labels in pixels, for the widths that the lines have in the baseline.

    Parameters
    ----------
    baseline : people a year on each line
    """
    track = [line for line in drawn() if line.source not in TECHNICIANS]
    most = max(float(baseline[: len(track)].max()), 1.0)
    widths = [max(0.02, WIDEST * people / most) for people in baseline[: len(track)]]
    begins, ends = ports(track, widths, 0), ports(track, widths, 1)
    paths = []
    for line, width, begin, end in zip(track, widths, begins, ends, strict=True):
        points = [_pixel(*point) for point in curve(begin, end, HEAD + 0.05)]
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
        tip = _pixel(end[0], end[1])
        paths.append(
            {
                "path": f"M{x0} {y0}C{x1} {y1} {x2} {y2} {x3} {y3}",
                "tip": [*tip, -end[2], end[3]],
                "label": _label(line, width, points, tip),
                "leak": line.leak,
                "name": _name(line),
            }
        )
    return {"size": [WIDTH, HEIGHT], "boxes": _boxes(), "lines": paths, "inside": _inside(), "most": most,
            "widest": WIDEST * PIXELS}  # fmt: skip


def _pixel(x: float, y: float) -> tuple[float, float]:
    return round(PIXELS * (x - 0.2), 1), round(PIXELS * (_TOP - y), 1)


def _label(line: Line, width: float, points: list[tuple[float, float]], tip: tuple[float, float]) -> list[Any]:
    """Where the number of a line stands, and how it is aligned."""
    above = PIXELS * width / 2 + 6
    if line.target == "technicians" and line.sides[1] == "L":
        return [tip[0] - 24, tip[1] - above, "end"]
    if line.source == "technicians":
        return [tip[0] - 24, tip[1] - above, "end"]
    (x0, y0), (x1, y1) = points[0], points[-1]
    if line.sides == "BT":
        return [round((x0 + x1) / 2 + max(0.6 * PIXELS * width, 9) + 8, 1), round((y0 + y1) / 2 + 12, 1), "start"]
    return [round((x0 + x1) / 2, 1), round(min(y0, y1) - above, 1), "middle"]


def _name(line: Line) -> str:
    """What a line is, for a reader who points at it or hears it."""
    if line.leak:
        return f"{line.leak} {leak_words(line.leak)}"
    if line.way:
        return say("way_short", line.way)
    return " → ".join(_box_words(name) for name in (line.source, line.target))


def _box_words(name: str) -> str:
    return " ".join(say("box", name).split())


def _boxes() -> list[dict[str, Any]]:
    found = []
    for name, box in BOXES.items():
        x, y = _pixel(box.x - box.width / 2, box.y + box.height / 2)
        found.append(
            {"x": x, "y": y, "width": box.width * PIXELS, "height": box.height * PIXELS, "kind": box.kind,
             "text": say("box", name).split("\n"), "top": name == "technicians"}
        )  # fmt: skip
    return found


def _inside() -> dict[str, Any]:
    """The two halves of technical work, and the lines between them."""
    outer = BOXES["technicians"]
    top, bottom = outer.y + 0.42, outer.y - 1.16
    boxes = []
    for y, key in ((top, "inside_sectors"), (bottom, "other_sectors")):
        x0, y0 = _pixel(outer.x - 0.6, y + 0.3)
        boxes.append({"x": x0, "y": y0, "width": 120, "height": 60, "text": say("box", key).split("\n")})
    lines_inside = []
    down = drawn()[-2].leak
    for x, begin, end, name, leak in (
        (outer.x - 0.3, top - 0.3, bottom + 0.3, f"{down} {leak_words(down)}", down),
        (outer.x + 0.3, bottom + 0.3, top - 0.3, say("box", "inside_sectors").replace("\n", " "), 0),
    ):
        (x0, y0), (x1, y1) = _pixel(x, begin), _pixel(x, end)
        lines_inside.append({"path": f"M{x0} {y0}L{x1} {y1}", "tip": [x1, y1, 0, 1 if y1 > y0 else -1],
                             "label": [x0, (y0 + y1) / 2, "middle"], "name": name, "leak": leak})  # fmt: skip
    return {"boxes": boxes, "lines": lines_inside}
