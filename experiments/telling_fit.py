"""What the calibration says of a parameter: prior, posterior, and whether the targets pin it down."""

from __future__ import annotations

from typing import Any

from calibration.posterior import Posterior
from calibration.priors import Prior, load_space
from calibration.report import UNIDENTIFIED, identified
from calibration.report_page import number, span
from experiments.options import posterior_if_any

SURE = 0.9
"""Chance of the intervals shown."""


def _line(prior: Prior, posterior: Posterior | None) -> str:
    place = " ".join(prior.cells)
    what = {"value": "", "factor": " (a factor)", "odds": " (a shift of log-odds)"}[prior.how]
    told = (
        f"{prior.id}{f', {place}' if place else ''}{what}: prior {number(prior.range[0])} to {number(prior.range[1])}"
    )
    if posterior is None:
        return told
    values = posterior.values[:, posterior.space.names.index(prior.id)]
    told += f", posterior {span(*posterior.interval(values, SURE))}"
    if identified(posterior)[prior.id] > UNIDENTIFIED:
        told += f"; the targets do not identify it, what would: {prior.settled_by}"
    return told


def calibration_told(parameter: str) -> list[str]:
    """A line for each number of a parameter that the calibration moves."""
    posterior = posterior_if_any()
    return [_line(prior, posterior) for prior in load_space().priors if parameter in prior.parameters]


def prior_told(prior: Prior) -> dict[str, Any]:
    """One number that the calibration moves."""
    spreads = identified(posterior) if (posterior := posterior_if_any()) is not None else {}
    return {
        "meaning": f"what the calibration moves of {' and '.join(prior.parameters)}",
        "fit": _line(prior, posterior),
        "where the prior is from": prior.reason,
        "posterior spread over prior spread": f"{spreads[prior.id]:.2f}" if spreads else None,
        "would be settled by": prior.settled_by,
    }
