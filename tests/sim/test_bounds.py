"""Bounds are worked out anew when, and only when, something that they depend on has changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.circumstances import Climate
from agents.positions import AGES, POOLS
from agents.rule import interpreted
from agents.worker import pool_of
from sim.bounds import UNREAD, _beyond, bounds, person_parameters
from sim.cells import CELLS, age_of, position_of, technical_of
from sim.model import CareerModel
from sim.opening import count_pools
from sim.scenario import Scenario
from sim.schedule import record_of

CLIMATE = Climate(0.02, 0.05, 0.3, 0.4, 0.5, 0.03, 0.02, 0.1, 0.001, 0.02, 0.001)


def all_bounds(params: NDArray[Any], climate: Climate = CLIMATE) -> NDArray[np.uint32]:
    """Bounds of every cell, outside September and in it."""
    text, cells = person_parameters(params)[0], np.arange(CELLS)
    return np.stack([bounds(text, climate, params, 0.25, september, cells) for september in (False, True)])


@pytest.fixture
def params(baseline: Scenario) -> NDArray[Any]:
    record = record_of(baseline)
    record["elsewhere_response"] = 2.0
    return record


def test_what_no_bound_depends_on_changes_none(params: NDArray[Any]) -> None:
    """The text that bounds are kept under leaves it out, so it must not count: told under a text of its own."""
    known = all_bounds(params)
    for name in UNREAD:
        other = params.copy()
        other[name] = 1.7 * other[name] + 0.13
        for september in (0, 1):
            own = bounds(name.encode(), CLIMATE, other, 0.25, bool(september), np.arange(CELLS))
            assert np.array_equal(own, known[september]), name


def test_what_a_bound_depends_on_changes_it(params: NDArray[Any]) -> None:
    known = all_bounds(params)
    for name in ("leave_base", "emigration", "search_technical", "drop_out", "retirement", "elsewhere_response"):
        other = params.copy()
        other[name] = 1.7 * other[name]
        assert not np.array_equal(all_bounds(other), known), name


def test_what_is_drawn_from_other_work_counts_where_it_has_a_response(params: NDArray[Any]) -> None:
    more = CLIMATE._replace(drained=0.2)
    assert _beyond(CLIMATE, params) != _beyond(more, params)
    params["elsewhere_response"] = 0.0
    assert _beyond(CLIMATE, params) == _beyond(more, params)
    assert np.array_equal(all_bounds(params), all_bounds(params, more))


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
