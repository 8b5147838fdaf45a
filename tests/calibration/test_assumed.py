"""Draws of the assumed ranges."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import scenarios
from calibration.assumed import assumptions, drawn, lever_at, parameter_at, ranged_parameters
from calibration.priors import load_space
from sim.scenario import Parameter, Scenario
from sim.schedule import record_of
from sim.start import start_of

NAMES = ("baseline", "part_time_availability", "ten_year_guarantee")


@cache
def loaded() -> tuple[Scenario, ...]:
    return tuple(scenarios.load(name) for name in NAMES)


def parameter(value: Any, unit: str = "per year", low: float = 0.5, high: float = 1.5) -> Parameter:
    return Parameter(value=value, unit=unit, meaning="m", kind="assumed", range=(low, high), reason="r")


def numbers(value: Any) -> list[float]:
    return [x for part in value.values() for x in numbers(part)] if isinstance(value, dict) else [value]


def test_all_that_has_a_range_is_drawn_but_what_the_calibration_moves() -> None:
    baseline = loaded()[0]
    names = ranged_parameters(baseline)
    moved = {name for prior in load_space().priors for name in prior.parameters}
    assert not moved & set(names)
    left = {name for name, one in baseline.parameters.items() if one.range is not None} - moved - set(names)
    assert left == {"warm_up_years"}
    assert {baseline.parameters[name].kind for name in names} == {"assumed", "documented", "public"}


def test_a_number_is_drawn_from_its_range_and_a_table_gets_a_factor() -> None:
    assert parameter_at(parameter(1.0), 0.25) == pytest.approx(0.75)
    assert parameter_at(parameter({"a": 2.0, "b": 4.0}), 1.0) == pytest.approx({"a": 3.0, "b": 6.0})
    assert parameter_at(parameter({"x": {"a": 2.0}}), 0.0) == {"x": {"a": 1.0}}


def test_shares_stay_shares() -> None:
    assert parameter_at(parameter({"a": 0.9, "b": 0.2}, "share"), 1.0) == pytest.approx({"a": 1.0, "b": 0.3})
    whole = parameter_at(parameter({"a": 0.5, "b": 0.3, "c": 0.2}, "share, adding up to 1", 0.8, 1.2), 1.0)
    assert whole == pytest.approx({"a": 0.6, "b": 0.24, "c": 0.16})


def test_an_effect_of_a_measure_is_drawn_from_its_own_range() -> None:
    (lever,) = loaded()[1].measures[0].levers[:1]
    assert lever.range is not None
    assert lever_at(lever, 0.0).add == lever.range[0]
    assert lever_at(lever, 1.0).add == lever.range[1]


def test_a_draw_gives_all_scenarios_the_same_country_and_measures_their_own_effects() -> None:
    draws = drawn(loaded(), 4, 1)
    assert len(draws) == 4
    for row in draws:
        records = [record_of(scenario).tobytes() + start_of(scenario).tobytes() for scenario in row]
        assert len(set(records)) == 1
    effects = {row[1].measures[0].levers[0].add for row in draws}
    assert len(effects) == 4
    assert all(row[0].measures == () for row in draws)


def test_draws_fill_every_range_evenly_and_depend_on_the_seed_alone() -> None:
    values = [row[0].parameters["choice_parent"].value for row in drawn(loaded(), 8, 1)]
    low, high = loaded()[0].parameters["choice_parent"].range or (0.0, 0.0)
    places = (np.array(values) - low) / (high - low)
    assert sorted((places * 8).astype(int).tolist()) == list(range(8))
    assert values == [row[0].parameters["choice_parent"].value for row in drawn(loaded(), 8, 1)]
    assert values != [row[0].parameters["choice_parent"].value for row in drawn(loaded(), 8, 2)]


@pytest.mark.parametrize("place", [0.0, 1.0])
def test_the_ends_of_every_range_are_a_country_that_can_be_run(place: float) -> None:
    baseline = loaded()[0]
    values = {name: parameter_at(baseline.parameters[name], place) for name in ranged_parameters(baseline)}
    record = record_of(baseline.with_values(**values))
    for name, value in values.items():
        if "share" in baseline.parameters[name].unit and "above" not in baseline.parameters[name].unit:
            assert min(numbers(value)) >= 0.0, name
            assert max(numbers(value)) <= 1.0, name
    assert all(np.isfinite(record[name]).all() for name in record.dtype.names or ())


def test_a_measure_at_another_strength_has_its_own_range_and_no_range_is_left_at_strength_zero() -> None:
    baseline, once, _ = loaded()
    (measure,) = once.measures

    def at(factor: float) -> Scenario:
        levers = tuple(lever.strengthened(factor) for lever in measure.levers)
        return once.model_copy(update={"measures": (measure.model_copy(update={"levers": levers}),)})

    key = f"{measure.id}/0"
    for order in ((at(0.0), once, at(2.0)), (at(2.0), at(0.0), once)):
        (found,) = [one for one in assumptions([baseline, *order]) if one.name == key]
        low, high = found.as_in(once).range
        assert low < high
        assert found.as_in(at(2.0)).range == pytest.approx((2.0 * low, 2.0 * high))
        assert found.as_in(at(2.0)).place == pytest.approx(found.as_in(once).place)
        assert not found.as_in(at(0.0)).has_width
        assert found.as_in(baseline) == found
