"""Every parameter of the rules acts."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from agents.parameters import NAMES
from sim.ledger import Ledger
from sim.model import CareerModel
from sim.scenario import Scenario

SMALL = {"pay_limit": 0.001, "women_limit": 0.001}
"""Factors on parameters for which a tenth is not small enough."""
BROUGHT_BY_MEASURES: dict[str, Any] = {
    "primary_contact": 0.8, "places_short": {"mbo": 0.3}, "place_exclusion": 0.5,
    "learning_places": {"mbo": 5000}, "apprenticeships": 20_000,
    "programme_places": {"work": 20_000, "unemployment": 20_000, "inactivity": 20_000}, "elsewhere_response": 20.0,
}  # fmt: skip
"""What is nothing in the baseline, and must be something for other parameters to matter."""
MUCH: dict[str, float] = {"extra_teachers": 2_000.0, "learning_places": 50_000.0, "fair_placement": 1.0}
"""Moves of parameters that are nothing in the baseline, where a tenth is nothing too."""


@pytest.fixture(scope="module")
def guaranteed(baseline: Scenario, with_measure: Any) -> tuple[Scenario, Ledger]:
    """A scenario in which the parameters of the guarantee, of lay-offs and of measures matter, and its ledger."""
    scenario = with_measure(baseline, "employers.guarantee", add=1.0)
    scenario = with_measure(scenario, "demand_growth", add={"metal": -0.1})
    for name, change in BROUGHT_BY_MEASURES.items():
        scenario = with_measure(scenario, name, add=change)
    return scenario, CareerModel(scenario, scale=1000.0, rng=1, until=date(2030, 1, 1), threads=1).run()


@pytest.mark.parametrize("name", NAMES)
def test_no_parameter_is_dead(name: str, guaranteed: tuple[Scenario, Ledger], with_measure: Any) -> None:
    """Every parameter of the rules, moved far enough by a measure, changes the run."""
    scenario, plain = guaranteed
    value = np.array(plain_numbers(scenario.parameters[name].value))
    for change in (
        ({"multiply": SMALL.get(name, 0.1)}, {"multiply": 10.0}) if value.any() else ({"add": MUCH.get(name, 0.1)},)
    ):
        moved = with_measure(scenario, name, **change)
        ledger = CareerModel(moved, scale=1000.0, rng=1, until=date(2030, 1, 1), threads=1).run()
        if not ledger.equal(plain):
            return
    pytest.fail(f"{name} changes nothing")


def plain_numbers(value: Any) -> list[float]:
    return [x for part in value.values() for x in plain_numbers(part)] if isinstance(value, dict) else [value]
