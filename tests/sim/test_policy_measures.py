"""Measures start, grow and end when they say, and combine."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.clock import FIRST_QUARTER
from sim.model import CareerModel
from sim.scenario import Scenario
from sim.schedule import compile_schedule


@pytest.mark.parametrize(
    ("phase_in_years", "duration_years", "expected"),
    [
        (0.0, None, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]),
        (1.0, None, [0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1]),
        (0.0, 0.75, [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]),
        (1.0, 1.5, [0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 0]),
    ],
)
def test_a_measure_starts_grows_and_ends_when_it_says(
    phase_in_years: float, duration_years: float | None, expected: list[float], baseline: Scenario, with_measure: Any
) -> None:
    """From April 2023 on; both a parameter and a practice of the employers that are reached."""
    when = {"start": date(2023, 4, 1), "phase_in_years": phase_in_years, "duration_years": duration_years}
    scenario = with_measure(baseline, "leave_base", multiply=1.5, **when)
    scenario = with_measure(scenario, "employers.training", add=-0.5, **when, share=0.5)
    schedule = compile_schedule(scenario, FIRST_QUARTER, FIRST_QUARTER + len(expected) - 1)
    base = float(baseline.parameters["leave_base"].value)  # type: ignore[arg-type]
    assert schedule.params["leave_base"] == pytest.approx([base * (1.0 + 0.5 * part) for part in expected])
    plain = CareerModel(baseline, scale=1000.0, rng=2, threads=1)
    moved = CareerModel(scenario, scale=1000.0, rng=2, threads=1)
    for part in expected:
        plain.advance()
        moved.advance()
        employers = moved.state.employers
        added = np.where(employers.reach[:, 2] < 0.5, -0.5 * part, 0.0)
        assert employers.practice[:, 2] == pytest.approx(np.clip(employers.own[:, 2] + added, 0.0, 1.0))
        assert moved.ledger.rows <= 5 or not np.array_equal(plain.ledger.flows[5:], moved.ledger.flows[5:])
    assert np.array_equal(plain.ledger.flows[:5], moved.ledger.flows[:5])


def test_measures_combine(baseline: Scenario, with_measure: Any) -> None:
    """A second measure on the guarantee takes it from nobody; practices that measures add, add up to 1 at most."""
    first = with_measure(baseline, "employers.guarantee", add=1.0, share=0.5)
    second = with_measure(first, "employers.guarantee", add=1.0, sectors=("ict",))
    second = with_measure(second, "employers.guarantee", add=0.1)
    for lever in ("employers.part_time", "employers.culture"):
        second = with_measure(with_measure(second, lever, add=0.2, share=0.5), lever, add=0.7, sectors=("ict",))
    plain, one, two = (CareerModel(s, scale=500.0, rng=2, threads=1) for s in (baseline, first, second))
    for model in (plain, one, two):
        model.advance()
    employers = plain.state.employers
    assert (two.state.employers.guarantee >= one.state.employers.guarantee).all()
    assert two.state.employers.guarantee.sum() > one.state.employers.guarantee.sum() > 0
    for k in (0, 1):
        added = 0.2 * (employers.reach[:, k] < 0.5) + 0.7 * (employers.sector == 3)
        expected = np.minimum(1.0, employers.own[:, k] + added)
        assert two.state.employers.practice[:, k] == pytest.approx(expected)
        assert len(np.unique(added)) == 4
