"""The report of a calibration: what the model reproduces, and what is known of its parameters."""

from __future__ import annotations

from typing import Final

import numpy as np

from calibration.facts import load_facts
from calibration.posterior import Posterior
from calibration.report_page import Table, number, span
from calibration.targets import Target, Use, load_targets

TITLE: Final = "Calibration: what the model reproduces, and what is known of its parameters"
USES: Final[dict[Use, tuple[str, str]]] = {
    "fitted": ("Targets that were fitted", "The posterior aims at these; * marks what the documents say most plainly."),
    "shown": ("Measured, not fitted", "The reason stands beside each."),
}
UNIDENTIFIED: Final = 0.8
"""Posterior spread over prior spread above which the targets are said not to identify a parameter."""
_GENERATION: Final = ("candidates", "accepted", "distance_median", "distance_least")


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
    shown = span(middle, low, high)
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
        shown = span(middle, low, high)
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


def _unidentified(posterior: Posterior) -> Table:
    spreads = identified(posterior)
    rows = tuple(
        (prior.id, f"{spreads[prior.id]:.2f}", prior.settled_by)
        for prior in posterior.space.priors
        if spreads[prior.id] > UNIDENTIFIED
    )
    text = "The targets leave these about as open as before; results carry them along in the draws of the posterior."
    return Table("Not identified, and what would settle it", text, ("parameter", "spread", "would be settled by"), rows)


def contradictions() -> Table:
    """The contradictions of the documents that concern targets."""
    rows = tuple(
        (item.id, item.conflict, item.resolution, item.treatment, item.confidence)
        for item in load_facts().contradictions
        if item.facts
    )
    columns = ("contradiction", "what seems not to fit", "resolution", "what the calibration does", "confidence")
    return Table("Contradictions and how they were resolved", "", columns, rows)


def tables(posterior: Posterior) -> list[Table]:
    """What the posterior says: in short, the generations, target by target, parameter by parameter."""
    found = [_in_short(posterior), _generations(posterior)]
    columns = ("target", "documented", "tolerance", "simulated (95%)", "best draw", "draws within", "source", "reason")
    for use, (heading, about_it) in USES.items():
        rows = tuple(_target_row(target, posterior) for target in load_targets() if target.use == use)
        found.append(Table(heading, about_it, columns, rows))
    return [*found, _parameter_table(posterior), _unidentified(posterior), _correlations(posterior)]


def _in_short(posterior: Posterior) -> Table:
    about, best = posterior.about, posterior.best
    fit = [target for target in load_targets() if target.use == "fitted" and target.id in posterior.targets]
    rows = (
        ("runs of the model", number(float(about["runs"]))),
        ("draws, worth equally weighted ones", f"{len(posterior.weights)}, {about['effective_draws']:.0f}"),
        ("fitted targets within tolerance at the best draw", f"{len(fit) - int(posterior.missed[best])} of {len(fit)}"),
        ("posterior with every firm target within tolerance", f"{posterior.weights[posterior.firm].sum():.0%}"),
        ("scale, seeds", f"{about['plan']['scale']:g} people for each agent; {', '.join(map(str, about['seeds']))}"),
        ("digests of model, facts, priors", ", ".join(about[f"{n}_sha256"][:12] for n in ("model", "facts", "priors"))),
    )
    return Table("In short", "", ("", ""), rows)


def _generations(posterior: Posterior) -> Table:
    rows = tuple(
        (str(k + 1), *(number(float(found[name])) for name in _GENERATION))
        for k, found in enumerate(posterior.about["generations"])
    )
    text = "Distance: root mean square deviation from the documents in tolerances. Accepted: all firm targets within."
    return Table("Generations", text, ("generation", "candidates", "accepted", "median distance", "least"), rows)
