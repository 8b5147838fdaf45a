"""Attribution over measures: contributions add up exactly, and are the Shapley values where all orders are run."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import numpy as np
import pytest

import scenarios
from experiments.attribution import (
    Attribution,
    attribute,
    attribution_records,
    orders,
    runs_needed,
    subsets,
)
from experiments.options import Settings
from sim import indicators
from sim.model import CareerModel

SETTINGS = Settings(2000.0, 3, 5, date(2027, 1, 1), 2)


def attribution_of(name: str) -> Attribution:
    found = attribute(scenarios.load(name), SETTINGS, lambda: None)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def three() -> Attribution:
    return attribution_of("part_time_and_flexible_hours+third_pathway_mbo+cross_branch_career_paths")


def test_orders() -> None:
    assert orders(3, 0, 1) == list(permutations(range(3)))
    drawn, backwards = orders(9, 4, 1)
    assert sorted(drawn) == list(range(9))
    assert backwards == drawn[::-1]
    assert orders(9, 4, 1) == orders(9, 4, 1) != orders(9, 5, 1)
    assert frozenset() in subsets([drawn])
    assert frozenset(range(9)) in subsets([drawn])
    assert all(frozenset({k}) in subsets([drawn]) for k in range(9))
    assert runs_needed(3, 4) == 4 * 8


@pytest.mark.parametrize("name", ["culture_of_inclusion", "pillar_governance", "employers_plan"])
def test_contributions_add_up_to_the_package(name: str) -> None:
    found = attribution_of(name)
    assert found.adds_up()
    for column in range(len(found.columns)):
        total = sum(found.value(k, column).mean for k in range(len(found.package.measures)))
        assert total == pytest.approx(found.package_value(column).mean, abs=1e-6)
        alone = sum(found.by_itself(k, column).mean for k in range(len(found.package.measures)))
        assert found.interaction(column).mean == pytest.approx(found.package_value(column).mean - alone, abs=1e-6)


def test_values_are_those_of_shapley(three: Attribution) -> None:
    """Against the definition, with runs of every subset made here."""
    column = indicators.keys().index(("technicians", "all"))
    measures = three.package.measures
    for replicate in range(3):
        game = {}
        for chosen in range(8):
            keep = tuple(m for k, m in enumerate(measures) if chosen >> k & 1)
            scenario = three.package.model_copy(update={"measures": keep})
            ledger = CareerModel(scenario, scale=2000.0, rng=5 + replicate, until=date(2027, 1, 1)).run()
            game[chosen] = indicators.yearly(ledger)[-1, column]
        for k in range(3):
            others = [chosen for chosen in range(8) if not chosen >> k & 1]
            weights = [{0: 1 / 3, 1: 1 / 6, 2: 1 / 3}[chosen.bit_count()] for chosen in others]
            shapley = sum(w * (game[chosen | 1 << k] - game[chosen]) for w, chosen in zip(weights, others, strict=True))
            assert three.added[replicate, :, k, 0].mean() * 2000.0 == pytest.approx(shapley)
            assert three.alone[replicate, k, 0] * 2000.0 == game[1 << k] - game[0]
        assert three.whole[replicate, 0] * 2000.0 == game[7] - game[0]


def test_a_measure_that_does_nothing_adds_nothing(three: Attribution) -> None:
    idle = three.package.measures[0].model_copy(
        update={"id": "idle", "reach": three.package.measures[0].reach.model_copy(update={"share": 0.0})}
    )
    package = three.package.model_copy(update={"measures": (three.package.measures[1], idle)})
    found = attribute(package, SETTINGS, lambda: None)
    assert found is not None
    assert not found.added[:, :, 1].any()
    assert np.array_equal(found.added[:, 0, 0], found.whole)


def test_records_add_up_in_whole_agents(three: Attribution) -> None:
    records = attribution_records(three)
    for column in three.columns:
        rows = [r for r in records if r["indicator"] == column.name]
        shares = sum(r["agents"] for r in rows if r["kind"] == "shapley")
        (whole,) = [r["agents"] for r in rows if r["kind"] == "whole"]
        assert shares == whole
