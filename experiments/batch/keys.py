"""Keys: what determines a run, as one short text, so that a run that is in a store is never computed again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib import metadata
from typing import Any, Final

from sim.scenario import Measure, Scenario
from sim.versions import code_sha256, text_sha256

FORMAT: Final = 1
"""Of the tables in a store; higher where what they hold has changed."""
DIGITS: Final = 32
"""Hexadecimal digits of a key: two runs in 10**15 would share one with a chance below 10**-8."""
FACTS: Final = ("facts.yaml", "targets.yaml", "priors.yaml")
_ACTING: Final = {"id", "start", "delay_years", "phase_in_years", "duration_years", "reach", "levers"}
_CHANGE: Final = {"lever", "add", "multiply"}


def digest(*parts: Any) -> str:
    """Short digest of plain data."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


@cache
def code() -> str:
    """Digest of the model's text and of the libraries that compute in it: equal ones give equal runs."""
    return digest(FORMAT, code_sha256(), *(metadata.version(name) for name in ("numpy", "numba")))


@cache
def facts() -> str:
    """Digest of the documented facts, the targets and the priors."""
    return text_sha256("calibration", *FACTS)[:DIGITS]


def measures_digest(measures: Sequence[Measure]) -> str:
    """Digest of what measures do; texts, sources and costs do nothing in a run."""
    told = []
    for measure in measures:
        whole = measure.model_dump(mode="json", include=_ACTING)
        whole["levers"] = [{key: lever[key] for key in sorted(_CHANGE)} for lever in whole["levers"]]
        told.append(whole)
    return digest(told)


class Parameters:
    """Digests of the parameters of one scenario with some of them given otherwise."""

    def __init__(self, scenario: Scenario) -> None:
        self._texts = {name: json.dumps(one.value, sort_keys=True) for name, one in sorted(scenario.parameters.items())}

    def digest(self, values: Mapping[str, Any]) -> str:
        """Digest with these values."""
        changed = {name: json.dumps(value, sort_keys=True) for name, value in values.items()}
        return digest([[name, changed.get(name, text)] for name, text in self._texts.items()])


def content_digest(scenario: str, parameters: str, measures: str) -> str:
    """Digest of a scenario: its id, and what its parameters and measures are."""
    return digest(scenario, parameters, measures)


def run_key(content: str, scale: float, seed: int, until: date, kept: Sequence[str]) -> str:
    """Key of a run: its scenario, scale, seed, end, what is kept of it, the facts and the code."""
    return digest(content, scale, seed, until.isoformat(), list(kept), facts(), code())
