"""The priors: each moves just what it says, and every corner of them is a scenario that runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

import scenarios
from calibration.priors import Prior, Space, load_space, rounded
from scenarios.measure_checks import bounds
from sim.scenario import Scenario
from sim.schedule import record_of
from sim.start import start_of

SPACE = load_space()
Cell = tuple[str, ...]


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return scenarios.load("baseline")


def cells(table: Any, path: Cell = ()) -> dict[Cell, float]:
    """Every number of a table by the labels that lead to it."""
    if not isinstance(table, dict):
        return {path: table}
    return {k: v for label, part in table.items() for k, v in cells(part, (*path, label)).items()}


def numbers(scenario: Scenario) -> dict[Cell, float]:
    """Every number of a scenario."""
    return {k: v for name, p in scenario.parameters.items() for k, v in cells(p.value, (name,)).items()}


def moved_by(prior: Prior, scenario: Scenario) -> set[Cell]:
    """Cells that a prior says it moves; a factor leaves a 0 as it is."""
    fixed = {label for label, base in prior.shape.items() if base == 0.0} if isinstance(prior.shape, dict) else set()
    starts = [(name, *prior.cells) for name in prior.parameters]
    return {
        cell for cell in numbers(scenario) for s in starts if cell[: len(s)] == s and not fixed & set(cell[len(s) :])
    }


def corners() -> dict[str, list[float]]:
    """Values at the ends of the priors: all low, all high, and every second one."""
    low, high, odd = SPACE.low, SPACE.high, np.arange(len(SPACE.names)) % 2 == 1
    found = {"low": low, "high": high, "mixed": np.where(odd, low, high), "mixed_back": np.where(odd, high, low)}
    return {name: values.tolist() for name, values in found.items()}


def a_prior(**changes: Any) -> dict[str, Any]:
    return {
        "id": "a",
        "parameter": "leave_base",
        "how": "value",
        "range": (0.0, 1.0),
        "reason": "r",
        "settled_by": "s",
    } | changes


# What each moves


@pytest.mark.parametrize("k", range(len(SPACE.names)), ids=SPACE.names)
def test_a_prior_moves_all_that_it_says_and_nothing_else(baseline: Scenario, k: int) -> None:
    prior = SPACE.priors[k]
    values = SPACE.values_in(baseline)
    before = numbers(SPACE.scenario(baseline, values.tolist()))
    for end in prior.range:
        if end == values[k]:
            continue
        values[k] = end
        after = numbers(SPACE.scenario(baseline, values.tolist()))
        assert before.keys() == after.keys()
        assert {cell for cell in before if before[cell] != after[cell]} == moved_by(prior, baseline)


def test_no_two_priors_move_the_same_number(baseline: Scenario) -> None:
    times = Counter(cell for prior in SPACE.priors for cell in moved_by(prior, baseline))
    assert [cell for cell, number in times.items() if number > 1] == []


def test_a_value_a_factor_and_a_shift_by_hand(baseline: Scenario) -> None:
    text = (
        "{id: a, parameter: [x, y], cells: [men], how: odds, shape: [0.5, 0.2], range: [-1, 1], "
        "reason: r, settled_by: s}"
    )
    shift = Prior.model_validate(yaml.safe_load(text))
    assert shift.values(float(np.log(3.0))) == (0.75, rounded(0.75 / 1.75))
    factor = Prior.model_validate(a_prior(how="factor", shape={"hbo": 0.02, "wo": 0.0}))
    assert factor.values(1.5) == ({"hbo": 0.03, "wo": 0.0},)
    place = SPACE.names.index("profile_vmbo_men")
    values = SPACE.values_in(baseline)
    values[place] = 0.41
    profile = SPACE.scenario(baseline, values.tolist()).parameters["profile_technical"].value
    assert profile["men"]["vmbo"] == 0.41  # type: ignore[index,call-overload]


def test_the_baseline_is_left_as_it_is(baseline: Scenario) -> None:
    before = numbers(baseline)
    SPACE.scenario(baseline, SPACE.high.tolist())
    assert numbers(baseline) == before


# Values and points


def test_values_of_the_baseline_give_the_baseline(baseline: Scenario) -> None:
    again = numbers(SPACE.scenario(baseline, SPACE.values_in(baseline).tolist()))
    before = numbers(baseline)
    assert again.keys() == before.keys()
    for cell, number in again.items():
        assert number == pytest.approx(before[cell], rel=1e-6, abs=1e-12), cell


def test_drawn_values_are_read_back_from_their_scenario(baseline: Scenario) -> None:
    for cube in np.random.default_rng(1).random((5, len(SPACE.names))):
        values = SPACE.values(cube)
        found = SPACE.values_in(SPACE.scenario(baseline, values.tolist()))
        np.testing.assert_allclose(found, values, rtol=1e-6, atol=1e-6)


def test_values_of_the_baseline_lie_inside_the_priors(baseline: Scenario) -> None:
    cube = SPACE.cube(SPACE.values_in(baseline))
    assert [name for name, at in zip(SPACE.names, cube, strict=True) if not -1e-6 <= at <= 1.0 + 1e-6] == []


def test_cube_and_values_are_inverse() -> None:
    cube = np.random.default_rng(2).random((50, len(SPACE.names)))
    values = SPACE.values(cube)
    assert values.shape == cube.shape
    np.testing.assert_allclose(SPACE.cube(values), cube, atol=1e-6)
    np.testing.assert_array_equal(SPACE.values(SPACE.cube(values)), values)
    np.testing.assert_array_equal(SPACE.values(np.zeros(len(SPACE.names))), SPACE.low)
    np.testing.assert_array_equal(SPACE.values(np.ones(len(SPACE.names))), SPACE.high)


def test_a_drawn_value_has_eight_digits_and_no_more() -> None:
    values = SPACE.values(np.random.default_rng(3).random((20, len(SPACE.names)))).ravel().tolist()
    assert [value for value in values if float(f"{value:.8g}") != value] == []
    assert max(len(f"{value:.17g}") for value in values) > 10, "not all of them are short by chance"
    assert rounded(0.123456784999) == 0.12345678
    assert rounded(1234567890.0) == 1234567900.0


@pytest.mark.parametrize("prior", SPACE.priors, ids=SPACE.names)
def test_ends_of_a_range(prior: Prior) -> None:
    low, high = prior.range
    assert low < high
    assert all(rounded(end) == end for end in prior.range), "an end with more digits could not be drawn"
    if prior.how != "value":
        assert low < (1.0 if prior.how == "factor" else 0.0) < high, "the shape itself has to be possible"


# Corners


@pytest.mark.parametrize("corner", corners())
def test_a_corner_is_a_valid_scenario(baseline: Scenario, tmp_path: Path, corner: str) -> None:
    tables = SPACE.tables(baseline, corners()[corner])
    entries = {name: {"value": table, "kind": "public", "source": "a corner"} for name, table in tables.items()}
    data = {"id": "corner", "title": "t", "summary": "s", "extends": "baseline", "parameters": entries}
    (tmp_path / "corner.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    loaded = scenarios.load(tmp_path / "corner.yaml")
    scenario = SPACE.scenario(baseline, corners()[corner])
    assert numbers(loaded) == numbers(scenario)
    for compiled in (record_of, start_of):
        record = compiled(scenario)
        assert record.tobytes() == compiled(loaded).tobytes()
        assert record.tobytes() != compiled(baseline).tobytes()
        assert all(np.isfinite(record[name]).all() for name in record.dtype.names or ())


@pytest.mark.parametrize("corner", corners())
def test_shares_stay_shares_and_rates_stay_positive(baseline: Scenario, corner: str) -> None:
    scenario = SPACE.scenario(baseline, corners()[corner])
    for name in SPACE.tables(baseline, corners()[corner]):
        unit = scenario.parameters[name].unit
        low, high = bounds(unit)
        if unit.startswith("share"):
            low, high = max(low, 0.0), min(high, 1.0)
        for cell, number in cells(scenario.parameters[name].value).items():
            assert low <= number <= high, (name, cell, unit)


# What the schema refuses


def test_priors_are_read_once_and_have_their_own_names() -> None:
    assert load_space() is SPACE
    assert len(set(SPACE.names)) == len(SPACE.names)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"range": (1.0, 1.0)}, "has no room"),
        ({"range": (2.0, 1.0)}, "has no room"),
        ({"shape": (1.0,)}, "a value has no shape"),
        ({"how": "factor"}, "a factor or shift needs one"),
        ({"how": "odds", "shape": {"hbo": 0.5}}, "takes one number for each parameter"),
        ({"reason": " "}, "at least 1 character"),
        ({"mean": 0.5}, "Extra inputs"),
    ],
)
def test_an_unsound_prior_is_refused(changes: dict[str, Any], message: str) -> None:
    assert Space((Prior.model_validate(a_prior()),)).names == ("a",)
    with pytest.raises(ValidationError, match=message):
        Prior.model_validate(a_prior(**changes))
