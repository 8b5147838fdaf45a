"""The report of a calibration: the direct fit, and how the fit stands up to recovery, sensitivity and back-test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from calibration.heat_map import heat_map
from calibration.posterior import Posterior
from calibration.recovery import SURE, Recovery
from calibration.report_page import Table, number, span
from calibration.sensitivity import Sensitivity

GLOBAL_PICTURE: Final = "pictures/sensitivity_global.svg"
LOCAL_PICTURE: Final = "pictures/sensitivity_local.svg"
FULL: Final = 10.0
"""Tolerances that a parameter moves a target over its range, from which the colour of the local picture is full."""


def direct_table(posterior: Posterior) -> Table:
    """Parameters that were set from a target, and what they give with the global fit of the others."""
    about = posterior.about
    reached, fitted = about["global_fit"], len(about["emulator"])
    text = (
        f"What follows from a target is set from it; the others are then fitted by the emulator of the first "
        f"generation. Run with the model, this gives {reached['within']} of {fitted} targets within tolerance, "
        f"distance {reached['distance']:.2f}."
    )
    spread = {name: posterior.interval(posterior.values[:, k], 0.9) for k, name in enumerate(posterior.space.names)}
    rows = tuple(
        (
            step["prior"],
            number(step["value"]),
            span(*spread[step["prior"]]),
            ", ".join(step["targets"]),
            step["why"],
        )
        for step in about["direct_fit"]
    )
    return Table("Direct fit", text, ("parameter", "direct fit", "posterior (90%)", "from", "relation"), rows)


def recovery_table(recovery: Recovery) -> Table:
    """Coverage of the intervals and their width, by parameter."""
    text = (
        f"{len(recovery.truth)} experiments: parameters drawn from the priors, targets made with the model by other "
        f"seeds, with the error that a documented value may have, and fitted blind. Of all {SURE:.0%} intervals "
        f"{recovery.coverage:.1%} hold the truth. Width: mean width of the interval against that of the prior."
    )
    held = recovery.held.mean(axis=0)
    rows = tuple((name, f"{held[k]:.0%}", f"{recovery.width[k]:.2f}") for k, name in enumerate(recovery.names))
    return Table("Parameter recovery", text, ("parameter", "intervals that hold the truth", "width"), rows)


def sensitivity_tables(found: Sensitivity) -> list[Table]:
    """Two heat maps: over the priors, and near the best draw."""
    everywhere = (
        "Sobol index in total: the share of the variance of a target over the priors in which a parameter has a part. "
        "Targets are rows, parameters columns."
    )
    here = (
        "Change of a target, in tolerances, when a parameter moves over its whole prior, as seen at the best draw: "
        f"blue up, orange down, full colour from {FULL:g} tolerances."
    )
    names = found.targets, found.parameters
    return [
        Table(
            "Sensitivity over the priors", everywhere, (), (),
            picture=heat_map(found.total, *names), picture_file=GLOBAL_PICTURE,
        ),
        Table(
            "Sensitivity near the best draw", here, (), (),
            picture=heat_map(found.local, *names, full=FULL), picture_file=LOCAL_PICTURE,
        ),
    ]  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(_text(part) for part in value)
    if isinstance(value, str) or value is None:
        return value or ""
    return number(float(value))


def _tested(record: Mapping[str, Any]) -> tuple[str, ...]:
    marks = {True: "in", False: "OUT", None: "cannot be judged"}
    known = record["predicted"] is not None
    ends = [record[name] for name in ("predicted", "predicted_low", "predicted_high")]
    return (
        record["id"],
        _text(record["documented"]),
        f"± {_text(record['tolerance'])}" if record["tolerance"] else "",
        span(*ends) if known else "",
        f"{number(ends[0])} {marks[record['hit']]}" if known else marks[None],
        record["unit"],
        record["source"],
        "" if record["hit"] is True else record["why"] or "",
    )


def backtest_table(records: Sequence[Mapping[str, Any]]) -> Table:
    """Facts that were never fitted beside the posterior predictive interval, hits and misses alike."""
    judged = [record["hit"] for record in records if record["hit"] is not None]
    text = f"{sum(judged)} of {len(judged)} hit: the median of the predictions lies within the tolerance."
    rows = tuple(_tested(record) for record in records)
    columns = (
        "fact",
        "documented",
        "tolerance",
        "predicted (95%)",
        "hit",
        "unit",
        "source",
        "why a miss is no surprise",
    )
    return Table("Back-test: never fitted", text, columns, rows)
