"""A report of tables and pictures: the same content as Markdown and as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

NO_BREAK: Final = "\u00a0"
THOUSAND: Final = 999.5
"""From here on three digits are not enough."""
BAR: Final = 160
"""Width of the bars on the page, in pixels."""


@dataclass(frozen=True)
class Table:
    """Rows under headings; a bar is drawn for a row with a place in 0 to 1."""

    heading: str
    text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[tuple[float, float, float] | None, ...] = ()
    """For each row the ends and the middle of an interval within 0 to 1."""
    picture: str = ""
    """An SVG beside the rows, and the name of its file for Markdown."""
    picture_file: str = ""


def number(value: float) -> str:
    """A number as people read it."""
    if not np.isfinite(value):
        return ""
    if abs(value) >= THOUSAND:
        return f"{value:,.0f}".replace(",", NO_BREAK)
    return f"{value:.3g}"


def span(middle: float, low: float, high: float) -> str:
    """A value with its interval."""
    return f"{number(middle)} ({number(low)} to {number(high)})"


def markdown(title: str, found: Sequence[Table]) -> str:
    """The report as Markdown, with its pictures in files beside it."""
    parts = [f"# {title}", "Made by `careerflows calibrate`; do not edit."]
    for table in found:
        parts += [f"## {table.heading}", *([table.text] if table.text else [])]
        if table.picture:
            parts.append(f"![{table.heading}]({table.picture_file})")
        if not table.rows:
            continue
        lines = [table.columns, tuple("---" for _ in table.columns), *table.rows]
        parts.append("\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in lines))
    return "\n\n".join(parts) + "\n"


def _bar(ends: tuple[float, float, float] | None) -> str:
    if ends is None:
        return "<td></td>"
    low, middle, high = (BAR * min(1.0, max(0.0, end)) for end in ends)
    label = f"90% interval from {ends[0]:.0%} to {ends[2]:.0%} of the range of the prior"
    return (
        f'<td><svg width="{BAR}" height="12" role="img" aria-label="{label}">'
        f'<rect width="{BAR}" height="12" class="prior"/>'
        f'<rect x="{low:.1f}" width="{max(high - low, 1.0):.1f}" height="12" class="posterior"/>'
        f'<rect x="{middle:.1f}" width="2" height="12"/></svg></td>'
    )


STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:1200px;margin:2em auto;padding:0 1em;color:#1a1a1a}
table{border-collapse:collapse;font-size:13px;width:100%}th,td{text-align:left;vertical-align:top;padding:4px 8px;
border-bottom:1px solid #ddd}th{border-bottom:2px solid #444}.prior{fill:#e6e6e6}.posterior{fill:#0072b2}
.wide{overflow-x:auto}.out{color:#b23a00;font-weight:600}@media print{body{max-width:none;font-size:11px}}
"""


def html(title: str, found: Sequence[Table]) -> str:
    """The report as one page that loads nothing."""
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>',
        f"<body><h1>{escape(title)}</h1>",
    ]
    for table in found:
        parts.append(f"<h2>{escape(table.heading)}</h2>")
        parts += [f"<p>{escape(table.text)}</p>"] if table.text else []
        parts += [f'<div class="wide">{table.picture}</div>'] if table.picture else []
        if not table.rows:
            continue
        extra = "<th>within the prior</th>" if table.bars else ""
        parts.append(
            f"<table><thead><tr>{''.join(f'<th>{escape(name)}</th>' for name in table.columns)}{extra}</tr></thead>"
        )
        for place, row in enumerate(table.rows):
            cells = "".join(f"<td{' class=out' if cell.endswith(' OUT') else ''}>{escape(cell)}</td>" for cell in row)
            parts.append(f"<tr>{cells}{_bar(table.bars[place]) if table.bars else ''}</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]) + "\n"
