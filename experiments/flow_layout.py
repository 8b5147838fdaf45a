"""Which boxes and lines the picture of the career graph has, and what each line stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import POSITIONS
from sim import career_graph

End = tuple[float, float, float, float]
"""Where a line meets a box, and the direction outwards."""
WIDEST: Final = 0.5
"""Width of the widest line, in inches."""
HEAD: Final = 0.11
"""Length of the head of a line without width, in inches."""
TECHNICIANS: Final = ("technician_technical_sector", "technician_other_sector")
_STUDY_TECHNICAL: Final = tuple(name for name in POSITIONS if name.startswith("study_") and name.endswith("technical"))
_STUDY_OTHER: Final = tuple(name for name in POSITIONS if name.startswith("study_") and name.endswith("other"))
_OTHER_WORK: Final = ("manager", "other_job_technical_sector", "other_job")


@dataclass(frozen=True)
class Box:
    """Positions drawn as one box; centre, width and height in inches."""

    positions: tuple[str, ...]
    x: float
    y: float
    width: float = 1.2
    height: float = 0.5
    kind: str = "other"
    """technical, other, or text (without a frame)."""
    counted: bool = True
    """Whether the number of people in it stands under its label."""

    def side(self, name: str) -> tuple[float, float, float, float]:
        """Middle of a side (L, R, T, B) and the direction outwards."""
        dx, dy = {"L": (-1, 0), "R": (1, 0), "T": (0, 1), "B": (0, -1)}[name]
        return self.x + dx * self.width / 2, self.y + dy * self.height / 2, dx, dy


BOXES: Final[Mapping[str, Box]] = {
    "pupils": Box(("primary_school", "school"), 1.05, 5.15, 1.1, 0.95),
    "technical_profile": Box(("school_technical",), 2.65, 5.15, 1.1, 0.85, "technical"),
    "other_profile": Box(("school_other",), 2.0, 2.65, 1.3, 0.56),
    "technical_study": Box(_STUDY_TECHNICAL, 4.25, 5.15, 1.1, 0.85, "technical"),
    "other_study": Box(_STUDY_OTHER, 4.25, 2.65, 1.3, 0.56),
    "graduates": Box(("graduate",), 6.1, 5.15, 1.3, 0.56, "technical", counted=False),
    "other_work": Box(_OTHER_WORK, 6.1, 4.16, 1.3, 0.62),
    "seeking": Box(("seeking",), 6.1, 3.48, 1.3, 0.5),
    "retraining": Box(("retraining",), 6.1, 2.92, 1.3, 0.46),
    "abroad": Box(("abroad",), 6.1, 2.42, 1.3, 0.34, counted=False),
    "from_abroad": Box((), 4.205, 6.02, 1.0, 0.2, "text", counted=False),
    "graduates_abroad": Box((), 6.7, 6.22, 0.7, 0.2, "text", counted=False),
    "technicians": Box(TECHNICIANS, 9.35, 4.12, 1.5, 3.86, "technical"),
    "out_other_work": Box((), 12.08, 5.68, 1.5, 0.5, counted=False),
    "out_management": Box((), 12.08, 5.05, 1.5, 0.34, counted=False),
    "out_seeking": Box((), 12.08, 4.46, 1.5, 0.4, counted=False),
    "out_inactive": Box((), 12.08, 3.78, 1.5, 0.48, counted=False),
    "out_retired": Box((), 12.08, 3.1, 1.5, 0.4, counted=False),
    "out_abroad": Box((), 12.08, 2.5, 1.5, 0.34, counted=False),
}
DOORS: Final = {
    "early_hiring": 5.72, "graduates": 5.15, "return": 4.5, "side_entry": 3.99, "unemployed": 3.48, "retrained": 2.92,
    "migration": 2.42,
}  # fmt: skip
"""Height at which each way in meets technical work, in inches."""
_OUT: Final = {
    "other_job": "out_other_work",
    "other_job_technical_sector": "out_other_work",
    "manager": "out_management",
    "seeking": "out_seeking",
    "inactive": "out_inactive",
    "retired": "out_retired",
    "abroad": "out_abroad",
}
_TRACK: Final = (
    ("pupils", "technical_profile"),
    ("technical_profile", "technical_study"),
    ("other_profile", "technical_study"),
    ("technical_study", "graduates"),
    ("from_abroad", "technical_study"),
)
"""Steps that are neither a leak nor a way in and still belong to the picture."""
_SIDES: Final = {
    ("pupils", "other_profile"): "BT",
    ("technical_profile", "other_study"): "BT",
    ("technical_study", "other_study"): "BT",
    ("technical_study", "seeking"): "BL",
    ("other_profile", "technical_study"): "RB",
    ("graduates", "other_work"): "BT",
    ("graduates", "graduates_abroad"): "TB",
    ("from_abroad", "technical_study"): "BT",
    ("technical_study", "technicians"): "TL",
}
"""Sides of the boxes at which a line begins and ends, where these are not right and left."""
_HOME: Final = {name: key for key, box in BOXES.items() for name in box.positions}


@dataclass(frozen=True)
class Line:
    """One line of the picture: people who go from one box to another and count as the same."""

    source: str
    target: str
    leak: int
    way: str
    people: float

    @property
    def sides(self) -> str:
        """Sides of the two boxes."""
        return _SIDES.get((self.source, self.target), "RL")


def _boxes(source: str, target: str) -> tuple[str, str] | None:
    """Boxes of a transition; None where it stays within one."""
    if source in TECHNICIANS:
        return None if target in TECHNICIANS else ("technicians", _OUT[target])
    if source == "abroad" and target in _STUDY_TECHNICAL:
        return "from_abroad", "technical_study"
    if source == "graduate" and target == "abroad":
        return "graduates", "graduates_abroad"
    ends = _HOME.get(source, ""), _HOME.get(target, "")
    return ends if ends[0] != ends[1] else None


def lines(people: NDArray[np.float64] | None = None) -> list[Line]:
    """All lines: every leak point and way in, and the track through school and study.

    Parameters
    ----------
    people : a year, by transition and technical diploma (shape transitions x 2); 1 for every line when left out
    """
    found: dict[tuple[str, str, int, str], float] = {}
    for edge in career_graph.load().transitions:
        ends = _boxes(edge.source, edge.target)
        if ends is None or not (edge.leak or any(edge.ways_in) or ends in _TRACK):
            continue
        for field in (0, 1):
            key = (*ends, edge.leak, edge.ways_in[field])
            found[key] = found.get(key, 0.0) + (0.0 if people is None else float(people[edge.code, field]))
    return [Line(*key, people=1.0 if people is None else number) for key, number in found.items()]


def within_technical_work(people: NDArray[np.float64]) -> tuple[float, float]:
    """People who leave technical sectors for technical work elsewhere (leak point 7), and the other way, a year."""
    graph = career_graph.load()
    there, back = graph.between(*TECHNICIANS).code, graph.between(*reversed(TECHNICIANS)).code
    return float(people[there].sum()), float(people[back].sum())


def ports(drawn: Sequence[Line], widths: Sequence[float], end: int) -> list[End]:
    """Where each line meets its box at one end, and the direction outwards; lines on a side stand beside each other."""
    sides: dict[tuple[str, str], list[tuple[float, int, int]]] = {}
    for i, line in enumerate(drawn):
        for which, name in enumerate((line.source, line.target)):
            other = BOXES[line.target if which == 0 else line.source]
            side = line.sides[which]
            along = other.x if side in "TB" else -other.y
            sides.setdefault((name, side), []).append((along, i, which))
    found: dict[tuple[int, int], End] = {}
    for (name, side), members in sides.items():
        box = BOXES[name]
        x, y, dx, dy = box.side(side)
        members.sort(key=lambda member: (member[0], drawn[member[1]].way))
        for (_, i, which), offset in zip(members, _offsets(name, side, members, widths, drawn), strict=True):
            found[i, which] = (x + offset, y, dx, dy) if dx == 0 else (x, y - offset, dx, dy)
    return [found[i, end] for i in range(len(drawn))]


def _offsets(
    name: str, side: str, members: Sequence[tuple[float, int, int]], widths: Sequence[float], drawn: Sequence[Line]
) -> list[float]:
    """Offsets along a side from its middle: packed, or opposite the other box on the sides of technical work."""
    box = BOXES[name]
    if name == "technicians" and side == "R":
        return [box.y - BOXES[drawn[i].target].y for _, i, _ in members]
    if name == "technicians":
        return [box.y - DOORS[drawn[i].way] for _, i, _ in members]
    gap = 0.06
    total = sum(widths[i] for _, i, _ in members) + gap * (len(members) - 1)
    offsets, at = [], -total / 2
    for _, i, _ in members:
        offsets.append(at + widths[i] / 2)
        at += widths[i] + gap
    return offsets


def curve(begin: End, end: End, head: float) -> list[tuple[float, float]]:
    """Four points of the cubic line between two boxes, which ends `head` before the second one."""
    x0, y0, dx0, dy0 = begin
    x1, y1, dx1, dy1 = end[0] + end[2] * head, end[1] + end[3] * head, end[2], end[3]
    reach = max(0.5 * (abs(x1 - x0) if dx0 else abs(y1 - y0)), 0.05)
    back = max(0.5 * (abs(x1 - x0) if dx1 else abs(y1 - y0)), 0.05)
    return [(x0, y0), (x0 + dx0 * reach, y0 + dy0 * reach), (x1 + dx1 * back, y1 + dy1 * back), (x1, y1)]
