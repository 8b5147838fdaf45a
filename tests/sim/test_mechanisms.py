"""Every documented mechanism moves what it should, in the documented direction, and nothing that it should not.

Each row of the tables in `mechanisms_*.py` moves one lever from 1 January 2022 on and compares with the baseline, pair
by pair with common random numbers. What must not change is compared exactly: the same number in every quarter up to a
given one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.ledger import Ledger
from sim.model import CareerModel
from sim.scenario import Scenario

from .mechanism import Row
from .mechanisms_around_work import AROUND_WORK
from .mechanisms_at_work import AT_WORK
from .mechanisms_of_measures import OF_MEASURES

SEEDS = range(8)
SCALE = 250.0
SMALLEST_T = 3.0
"""How many standard errors the mean difference of the pairs must be away from zero, on the right side."""


def _table(value: Any) -> Any:
    """A table of a lever, which rows hold as pairs so that they can be kept by."""
    return dict(value) if isinstance(value, tuple) else value


@pytest.fixture(scope="module")
def ledgers(baseline: Scenario, with_measure: Any) -> Callable[[Row], tuple[list[Ledger], list[Ledger]]]:
    """Ledgers of all seeds with some levers moved; kept, since many rows share a baseline."""

    def run(levers: Any, until: date) -> list[Ledger]:
        scenario = baseline
        for lever, change in levers:
            scenario = with_measure(scenario, lever, **{key: _table(value) for key, value in dict(change).items()})
        return [CareerModel(scenario, scale=SCALE, rng=seed, until=until, threads=1).run() for seed in SEEDS]

    kept = cache(run)

    def found(row: Row) -> tuple[list[Ledger], list[Ledger]]:
        until = date(2022 + row.years, 1, 1)
        return kept(row.base, until), run((*row.base, (row.lever, row.change)), until)

    return found


@pytest.mark.parametrize("row", AT_WORK + AROUND_WORK + OF_MEASURES, ids=lambda row: row.mechanism)
def test_mechanism(row: Row, ledgers: Any) -> None:
    plain, moved = ledgers(row)
    told = {}
    for sign, paths in ((1.0, row.up), (-1.0, row.down)):
        for name, path in paths.items():
            pairs = [
                float((path(b)[: row.first] - path(a)[: row.first]).sum()) for a, b in zip(plain, moved, strict=True)
            ]
            error = np.std(pairs, ddof=1) / np.sqrt(len(pairs))
            told[name] = round(float(sign * np.mean(pairs) / max(error, 1e-12)), 1)
    assert told
    assert min(told.values()) > SMALLEST_T, told
    for name, (path, quarters) in row.same.items():
        for a, b in zip(plain, moved, strict=True):
            assert np.array_equal(path(a)[:quarters], path(b)[:quarters]), name
        assert any(path(a)[:quarters].any() for a in plain), f"{name}: nothing there that could change"
