"""The report of a calibration: the same content as Markdown and as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from calibration.facts import load_facts
from calibration.posterior import Posterior
from calibration.targets import Target, Use, load_targets

TITLE: Final = "Calibration: what the model reproduces, and what is known of its parameters"
USES: Final[dict[Use, tuple[str, str]]] = {
    "fitted": ("Targets that were fitted", "The posterior aims at these; * marks what the documents say most plainly."),
    "shown": ("Measured, not fitted", "The reason stands beside each."),
    "validation": (
        "Never fitted",
        "What the runs of the calibration cover of the back-test; the rest: `careerflows validate`.",
    ),
}
UNIDENTIFIED: Final = 0.8
"""Posterior spread over prior spread above which the targets are said not to identify a parameter."""
_GENERATION: Final = ("candidates", "accepted", "distance_median", "distance_least")
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


def number(value: float) -> str:
    """A number as people read it."""
    if not np.isfinite(value):
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def _documented(target: Target) -> str:
    unit = "%" if target.unit.startswith("percent") else ""
    ends = number(target.low) if target.low == target.high else f"{number(target.low)} to {number(target.high)}"
    return f"{ends}{unit}"


def _target_row(target: Target, posterior: Posterior) -> tuple[str, ...]:
    name = f"{target.id}{' *' if target.firm else ''}"
    values = posterior.targets.get(target.id)
    why = target.why or target.reason or ""
    if values is None or target.tolerance is None or not np.isfinite(values).any():
        return (name, _documented(target), "", "", "", "", target.source, why)
    middle, low, high = posterior.interval(values)
    best = float(values[posterior.best])
    known = np.isfinite(values)
    inside = np.array([target.within(float(value)) for value in values[known]])
    share = float(posterior.weights[known][inside].sum() / posterior.weights[known].sum())
    shown = f"{number(middle)} ({number(low)} to {number(high)})"
    at_best = "" if not np.isfinite(best) else f"{number(best)} {'in' if target.within(best) else 'OUT'}"
    return (
        name,
        _documented(target),
        f"± {number(target.tolerance)}",
        shown,
        at_best,
        f"{share:.0%}",
        target.source,
        why,
    )


def identified(posterior: Posterior) -> dict[str, float]:
    """Spread of the posterior of each parameter against that of its prior: 0 is pinned down, 1 is not touched."""
    cube = posterior.space.cube(posterior.values)
    mean = posterior.weights @ cube
    spread = np.sqrt(posterior.weights @ (cube - mean) ** 2)
    return dict(zip(posterior.space.names, (spread * np.sqrt(12.0)).tolist(), strict=True))


def _parameter_table(posterior: Posterior) -> Table:
    cube, spreads = posterior.space.cube(posterior.values), identified(posterior)
    rows, bars = [], []
    for k, prior in enumerate(posterior.space.priors):
        middle, low, high = posterior.interval(posterior.values[:, k], 0.9)
        bar_middle, bar_low, bar_high = posterior.interval(cube[:, k], 0.9)
        at_best = number(float(posterior.values[posterior.best, k]))
        known = "no" if spreads[prior.id] > UNIDENTIFIED else "yes"
        prior_ends = f"{number(prior.range[0])} to {number(prior.range[1])}"
        shown = f"{number(middle)} ({number(low)} to {number(high)})"
        rows.append((prior.id, prior_ends, shown, at_best, f"{spreads[prior.id]:.2f}", known, prior.reason))
        bars.append((bar_low, bar_middle, bar_high))
    text = (
        "The prior is even over its range; the bar shows the 90% interval of the posterior within it. Spread is that "
        f"of the posterior over that of the prior: above {UNIDENTIFIED} the targets do not identify the parameter."
    )
    columns = ("parameter", "prior", "posterior (90%)", "best draw", "spread", "identified", "where the prior is from")
    return Table("Parameters", text, columns, tuple(rows), tuple(bars))


def _correlations(posterior: Posterior, most: int = 15) -> Table:
    cube = posterior.space.cube(posterior.values)
    covariance = np.cov(cube.T, aweights=posterior.weights)
    spread = np.sqrt(np.diag(covariance))
    matrix = covariance / np.outer(spread, spread)
    i, j = np.triu_indices(len(spread), 1)
    order = np.argsort(-np.abs(matrix[i, j]))[:most]
    names = posterior.space.names
    rows = tuple((names[i[k]], names[j[k]], f"{matrix[i[k], j[k]]:+.2f}") for k in order)
    text = "The strongest correlations of the posterior: what the targets know only together."
    return Table("Parameters that trade off", text, ("parameter", "and", "correlation"), rows)


def _contradictions() -> Table:
    rows = tuple(
        (item.id, item.conflict, item.resolution, item.treatment, item.confidence)
        for item in load_facts().contradictions
        if item.facts
    )
    columns = ("contradiction", "what seems not to fit", "resolution", "what the calibration does", "confidence")
    return Table("Contradictions and how they were resolved", "", columns, rows)


def tables(posterior: Posterior) -> list[Table]:
    """All tables of the report."""
    about = posterior.about
    fit = [target for target in load_targets() if target.use == "fitted" and target.id in posterior.targets]
    best = posterior.best
    found: list[Table] = []
    summary = (
        ("runs of the model", number(float(about["runs"]))),
        ("draws, worth equally weighted ones", f"{len(posterior.weights)}, {about['effective_draws']:.0f}"),
        ("fitted targets within tolerance at the best draw", f"{len(fit) - int(posterior.missed[best])} of {len(fit)}"),
        ("posterior with every firm target within tolerance", f"{posterior.weights[posterior.firm].sum():.0%}"),
        ("scale, seeds", f"{about['plan']['scale']:g} people for each agent; {', '.join(map(str, about['seeds']))}"),
        ("digests of model, facts, priors", ", ".join(about[f"{n}_sha256"][:12] for n in ("model", "facts", "priors"))),
    )
    found.append(Table("In short", "", ("", ""), summary))
    generations = tuple(
        (str(k + 1), *(number(float(g[name])) for name in _GENERATION)) for k, g in enumerate(about["generations"])
    )
    text = "Distance: root mean square deviation from the documents in tolerances. Accepted: all firm targets within."
    headings = ("generation", "candidates", "accepted", "median distance", "least")
    found.append(Table("Generations", text, headings, generations))
    columns = ("target", "documented", "tolerance", "simulated (95%)", "best draw", "draws within", "source", "reason")
    for use, (heading, about_it) in USES.items():
        rows = tuple(_target_row(target, posterior) for target in load_targets() if target.use == use)
        found.append(Table(heading, about_it, columns, rows))
    return [*found, _parameter_table(posterior), _correlations(posterior), _contradictions()]


def markdown(found: Sequence[Table]) -> str:
    """The report as Markdown."""
    parts = [f"# {TITLE}", "Made by `careerflows calibrate`; do not edit."]
    for table in found:
        parts += [f"## {table.heading}", *([table.text] if table.text else [])]
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
.out{color:#b23a00;font-weight:600}@media print{body{max-width:none;font-size:11px}}
"""


def html(found: Sequence[Table]) -> str:
    """The report as one page that loads nothing."""
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(TITLE)}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>',
        f"<body><h1>{escape(TITLE)}</h1>",
    ]
    for table in found:
        parts.append(f"<h2>{escape(table.heading)}</h2>")
        parts += [f"<p>{escape(table.text)}</p>"] if table.text else []
        extra = "<th>within the prior</th>" if table.bars else ""
        parts.append(
            f"<table><thead><tr>{''.join(f'<th>{escape(name)}</th>' for name in table.columns)}{extra}</tr></thead>"
        )
        for place, row in enumerate(table.rows):
            cells = "".join(f"<td{' class=out' if cell.endswith(' OUT') else ''}>{escape(cell)}</td>" for cell in row)
            parts.append(f"<tr>{cells}{_bar(table.bars[place]) if table.bars else ''}</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]) + "\n"
