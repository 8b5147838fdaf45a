"""A heat map as SVG text, with every value readable by its tooltip."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CELL: Final = 15
LEFT: Final = 330
TOP: Final = 210
LETTER: Final = 11
ABOVE: Final = (0, 114, 178)
BELOW: Final = (213, 94, 0)
"""Colours of full cells, safe for colour-blind readers."""
WHITE: Final = 255
FAINT: Final = 0.01
"""Below this a cell stays empty."""


def _colour(value: float) -> str:
    full = ABOVE if value > 0.0 else BELOW
    share = min(1.0, abs(value))
    return "#" + "".join(f"{round(WHITE + share * (part - WHITE)):02x}" for part in full)


def heat_map(values: Array, rows: Sequence[str], columns: Sequence[str], full: float = 1.0) -> str:
    """Cells coloured from white at 0 to full colours at `full` and its negative.

    Parameters
    ----------
    values : shape (rows, columns)
    """
    width, height = LEFT + CELL * len(columns) + TOP, TOP + CELL * len(rows) + CELL
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="heat map of {len(rows)} targets and {len(columns)} parameters" '
        f'font-family="system-ui, sans-serif" font-size="{LETTER}">',
        f'<rect x="{LEFT}" y="{TOP}" width="{CELL * len(columns)}" height="{CELL * len(rows)}" '
        'fill="none" stroke="#bbb"/>',
    ]
    for j, name in enumerate(columns):
        x = LEFT + CELL * j + CELL - 4
        parts.append(f'<text transform="translate({x},{TOP - 6}) rotate(-60)">{escape(name)}</text>')
    for i, name in enumerate(rows):
        y = TOP + CELL * i
        parts.append(f'<text x="{LEFT - 6}" y="{y + CELL - 4}" text-anchor="end">{escape(name)}</text>')
        for j, column in enumerate(columns):
            value = float(values[i, j])
            if abs(value) < FAINT * full:
                continue
            parts.append(
                f'<rect x="{LEFT + CELL * j}" y="{y}" width="{CELL}" height="{CELL}" fill="{_colour(value / full)}">'
                f"<title>{escape(name)}, {escape(column)}: {value:.2f}</title></rect>"
            )
    return "\n".join([*parts, "</svg>"]) + "\n"
