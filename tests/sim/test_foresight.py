"""Luck that is known already saves time; it never changes a run."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from agents.rule import interpreted
from sim.draws import RISK, words
from sim.foresight import NOTHING
from sim.model import CareerModel
from sim.scenario import Scenario

UNTIL = date(2026, 1, 1)


@pytest.fixture(scope="module")
def past(baseline: Scenario) -> CareerModel:
    """The baseline on 1 January 2022, with the luck of everybody in it up to 2026."""
    whole = CareerModel(baseline, scale=500.0, rng=6, until=UNTIL, threads=1)
    start = whole.branch(baseline)
    whole.run()
    whole.look_ahead()
    start.foresight = whole.foresight
    return start


def test_luck_is_that_of_the_draws(past: CareerModel) -> None:
    luck, draw = past.foresight, interpreted(words)
    for k in (0, 7, 15):
        for row in range(0, luck.identity.size, 997):
            x, _ = draw(past.seed_key, int(luck.identity[row]), luck.first + k, RISK)
            assert luck.top[k, row] == int(x) >> 24


@pytest.mark.parametrize("lever", ["leave_base", "arrivals_technical"])
def test_a_run_with_foresight_is_the_run_without(
    lever: str, past: CareerModel, baseline: Scenario, with_measure: Any
) -> None:
    """Also where others come from abroad, so that other people are in some of the rows."""
    scenario = with_measure(baseline, lever, multiply=1.5)
    seen = past.branch(scenario)
    assert seen.foresight is past.foresight
    plain = CareerModel(scenario, scale=500.0, rng=6, until=UNTIL, threads=1)
    assert plain.foresight is NOTHING
    assert seen.run().equal(plain.run())
    here = np.array_equal(seen.state.people.identity[: seen.state.count], past.foresight.identity)
    assert here is (lever == "leave_base")


def test_foresight_is_read_where_the_people_are_the_same(past: CareerModel, baseline: Scenario) -> None:
    """Guards the test above: luck that nobody has leaves everybody where they are, until others come into the rows."""
    spared = past.branch(baseline)
    spared.foresight = past.foresight._replace(top=np.full_like(past.foresight.top, 255))
    spared.advance()
    flows = spared.ledger.flows[0].sum()
    lived = past.branch(baseline)
    lived.advance()
    assert flows < 0.5 * lived.ledger.flows[0].sum()
