"""Bounds are worked out anew when, and only when, something that they depend on has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.positions import AGES, INACTIVE, POOLS, SCHOOL
from agents.rule import interpreted
from agents.worker import pool_of
from sim.bounds import ALWAYS, ANEW, GRID, UNREAD, Limits, alike, fill, find_cells, follow, no_limits
from sim.cells import CELLS, age_of, position_of, technical_of
from sim.model import CareerModel
from sim.opening import count_pools
from sim.scenario import Scenario
from sim.schedule import record_of

CLIMATE = Climate(0.02, 0.05, 0.3, 0.4, 0.5, 0.03, 0.02, 0.1, 0.001, 0.02, 0.001)


def all_bounds(params: NDArray[Any], climate: Climate = CLIMATE) -> NDArray[np.uint32]:
    """Bounds of every cell, outside September and in it, worked out by two threads one after the other."""
    limits = followed(no_limits(), params, climate)
    limits.found[:] = True
    for thread in (0, 1):
        fill(thread, 2, 0.25, params, limits)
    return limits.bound


def followed(limits: Limits, params: NDArray[Any], climate: Climate = CLIMATE, number: int = 0) -> Limits:
    """Limits that have followed the climate and the parameters with a number."""
    interpreted(follow)(np.array(climate), number, params.view(np.recarray)[0], limits)
    return limits


def anew(before: tuple[NDArray[Any], Climate], after: tuple[NDArray[Any], Climate]) -> bool:
    """Whether bounds are worked out anew when what they depend on changes like this."""
    limits = followed(no_limits(), *before)
    assert limits.state[ANEW]
    limits.state[ANEW] = False
    return bool(followed(limits, *after).state[ANEW])


@pytest.fixture
def params(baseline: Scenario) -> NDArray[Any]:
    record = record_of(baseline)
    record["elsewhere_response"] = 2.0
    return record


def test_what_no_bound_depends_on_changes_none(params: NDArray[Any]) -> None:
    """Quarters that differ in nothing else count as alike."""
    known = all_bounds(params)
    for name in UNREAD:
        other = params.copy()
        other[name] = 1.7 * other[name] + 0.13
        assert np.array_equal(all_bounds(other), known), name
        assert alike(np.concatenate([params, other])).tolist() == [0, 0], name


def test_what_a_bound_depends_on_changes_it(params: NDArray[Any]) -> None:
    known = all_bounds(params)
    for name in ("leave_base", "emigration", "search_technical", "drop_out", "retirement", "elsewhere_response"):
        other = params.copy()
        other[name] = 1.7 * other[name]
        assert not np.array_equal(all_bounds(other), known), name
        assert alike(np.concatenate([params, other, params])).tolist() == [0, 1, 0], name


def test_bounds_follow_the_climate_and_the_parameters(params: NDArray[Any]) -> None:
    assert not anew((params, CLIMATE), (params, CLIMATE))
    for field, step in GRID._asdict().items():
        value = getattr(CLIMATE, field)
        assert anew((params, CLIMATE), (params, CLIMATE._replace(**{field: value + 1.01 * step}))), field
        near = CLIMATE._replace(**{field: round(value / step) * step})
        assert not anew((params, near), (params, near._replace(**{field: getattr(near, field) + 0.49 * step}))), field
    limits = followed(no_limits(), params)
    limits.state[ANEW] = False
    assert followed(limits, params, number=3).state[ANEW]


def test_bounds_hold_between_two_steps_of_the_grid(params: NDArray[Any]) -> None:
    limits = followed(no_limits(), params)
    more = dict(zip(Climate._fields, limits.good.tolist(), strict=True))
    less = dict(zip(Climate._fields, limits.bad.tolist(), strict=True))
    for field, value in CLIMATE._asdict().items():
        if field in ("drained", "apprentices"):  # the more of these, the fewer move
            assert more[field] == less[field] <= value
        elif field == "tightness":
            assert more[field] == less[field] >= value
        else:
            assert less[field] <= value <= more[field]


def test_what_is_drawn_from_other_work_counts_where_it_has_a_response(params: NDArray[Any]) -> None:
    more = CLIMATE._replace(drained=0.2)
    assert anew((params, CLIMATE), (params, more))
    assert not np.array_equal(all_bounds(params), all_bounds(params, more))
    params["elsewhere_response"] = 0.0
    assert not anew((params, CLIMATE), (params, more))
    assert np.array_equal(all_bounds(params), all_bounds(params, more))


def test_only_cells_that_somebody_is_in_are_worked_out(params: NDArray[Any]) -> None:
    """Whoever comes into another one is looked at in full; those who are found there later get a bound of their own."""
    everywhere = all_bounds(params)
    limits = followed(no_limits(), params)
    find_cells(1, 3, np.array([21, 5 * 256 + 21, 24, 25], np.uint16), limits.found)
    assert np.flatnonzero(limits.found).tolist() == [24, 5 * 256 + 21]
    fill(0, 1, 0.25, params, limits)
    limits.state[ANEW] = False
    inside = np.isin(np.arange(CELLS) & 31, np.arange(SCHOOL, INACTIVE + 1))
    assert (limits.bound[:, inside & ~limits.found] == ALWAYS).all()
    assert (limits.bound[:, ~inside] == 0).all()
    assert np.array_equal(limits.bound[:, limits.found], everywhere[:, limits.found])
    limits.found[21] = True
    fill(0, 1, 0.25, params, limits)
    assert np.array_equal(limits.bound[:, limits.found], everywhere[:, limits.found])


@pytest.mark.parametrize("odd", [0, 1])
def test_pools_are_counted_as_the_rule_says(baseline: Scenario, odd: int) -> None:
    state = CareerModel(baseline, scale=3000, rng=1).state
    count = state.count - (state.count + odd) % 2
    found = np.zeros((len(POOLS), len(AGES)), np.int64)
    count_pools(state.people, count, found)
    pool, position, technical, age = map(interpreted, (pool_of, position_of, technical_of, age_of))
    expected = np.zeros_like(found)
    for cell in state.people.cell[:count].tolist():
        of = pool(position(cell), technical(cell))
        if of >= 0:
            expected[of, age(cell)] += 1
    assert expected.sum() > 500
    assert np.array_equal(found, expected)
