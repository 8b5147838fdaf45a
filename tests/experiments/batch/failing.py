"""Work that fails where very many people come from abroad: no file that is checked can make a run fail by itself."""

from __future__ import annotations

import importlib
from typing import Any

from experiments.batch.work import Task

TOO_MANY = 500_000.0
"""Technicians a year from abroad with which a run fails."""
_real: Any = importlib.import_module("experiments.batch.work")


def work(task: Task) -> bytes:
    """What `experiments.batch.work.work` gives, in whatever process it is asked for."""
    kept = _real._kept

    def fails(scenario: Any, of: Task) -> Any:
        if scenario.parameters["arrivals_technical"].value > TOO_MANY:
            raise OverflowError("more people than can be counted")
        return kept(scenario, of)

    _real._kept = fails
    try:
        return bytes(_real.work(task))
    finally:
        _real._kept = kept
