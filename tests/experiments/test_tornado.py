"""The tornado: the regression finds effects that are put in, and tells them from chance."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats

import scenarios
from calibration.assumed import Assumption, Design, assumptions, drawn
from experiments import tornado
from experiments.options import Settings
from experiments.tornado import SHOWN, regressed, tornado_records, tornados
from sim.scenario import Scenario

NAMES = ("baseline", "part_time_availability", "gate_to_technology")


def plan() -> list[Scenario]:
    return [scenarios.load(name) for name in NAMES]


def some(number: int) -> list[Assumption]:
    return [Assumption(f"x{k}", f"x{k}", (0.0, 2.0), False, 0.25) for k in range(number)]


def test_effects_that_are_put_in_are_found() -> None:
    draw = np.random.default_rng(4)
    rows = draw.random((400, 40))
    gains = 5000.0 + 8000.0 * rows[:, 3] - 4000.0 * rows[:, 7] + draw.normal(0.0, 2000.0, 400)
    found = regressed(gains, rows, some(40), 2035)
    first, second = found.bars[:2]
    assert [bar.assumption.name for bar in found.bars[:2]] == ["x3", "x7"]
    assert (first.sure, second.sure) == (True, True)
    assert sum(bar.sure for bar in found.bars) == 2
    assert first.low.mean == pytest.approx(-2000.0, abs=300.0)  # the value stands at a quarter of the range
    assert first.high.mean == pytest.approx(6000.0, abs=800.0)
    assert first.low.low < -2000.0 < first.low.high
    expected = (np.var(8000.0 * rows[:, 3] - 4000.0 * rows[:, 7])) / np.var(gains)
    assert found.explained == pytest.approx(expected, abs=0.08)
    assert (found.tried, found.draws, len(found.bars)) == (40, 400, SHOWN)


def test_chance_alone_is_seldom_sure() -> None:
    draw = np.random.default_rng(5)
    sure = [
        any(bar.sure for bar in regressed(draw.normal(0.0, 1.0, 200), draw.random((200, 30)), some(30), 2035).bars)
        for _ in range(100)
    ]
    assert sum(sure) <= stats.binom.ppf(0.999, 100, 0.05)


def test_every_assumption_is_in_it_once() -> None:
    found = assumptions(plan())
    names = [one.name for one in found]
    assert len(set(names)) == len(names)
    measures = {one.measure for one in found if one.measure is not None}
    assert measures == {"part_time_and_flexible_hours", "golden_gate", "skills_passport"}
    assert {"contacts", "programme_take_up", "elsewhere_response"} <= set(names)
    assert "leave_base" not in names  # calibrated
    assert all(0.0 <= one.place <= 1.0 for one in found)
    part_time = next(one for one in found if one.measure == "part_time_and_flexible_hours")
    assert (part_time.range, part_time.place, part_time.factors) == ((0.1, 0.5), pytest.approx(0.5), False)
    assert [part_time.concerns(scenario) for scenario in plan()] == [False, True, False]


def test_the_design_is_that_of_the_uncertainty() -> None:
    design = Design.of(plan(), 6, 3)
    assert [design.scenarios(draw) for draw in range(6)] == drawn(plan(), 6, 3)


def test_a_tornado_of_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tornado, "FEWEST", 150)
    monkeypatch.setattr(tornado, "FOR_EACH", 1)
    pair = plan()[:2]
    found = tornados(pair, Settings(5000.0, 2, 1, date(2025, 1, 1), 2), lambda: None, 2024)
    assert found is not None
    (one,) = found.values()
    assert one.tried == len(assumptions(pair))
    records = tornado_records("part_time_availability", one)
    assert len(records) == len(one.bars)
    assert records[0]["assumption"] == one.bars[0].assumption.name
