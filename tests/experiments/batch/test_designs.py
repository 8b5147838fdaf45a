"""Designs: the points of every kind, the same for the same seed, and as many as are said beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.batch.designs import Design, number_of_points, places, points
from experiments.batch.factors import Factor, factor_of
from scenarios.loading import load

SCENARIOS = (load("baseline"), load("part_time_availability"))


def factors(*specs: Any) -> tuple[Factor, ...]:
    names = ("productivity_growth", "elsewhere_response", "mismatch_accept")
    return tuple(
        factor_of(name, spec, "uncertainties", SCENARIOS, posterior=False)
        for name, spec in zip(names, specs, strict=False)
    )


RANGES = factors({"range": [0.0, 0.01]}, {"range": [2.0, 4.0]}, "provenance")
KINDS = [
    (Design(kind="grid", steps=3), 27),
    (Design(kind="latin_hypercube", size=17), 17),
    (Design(kind="sobol", size=8), 8 * 5),
    (Design(kind="sobol", size=8, second_order=True), 8 * 8),
    (Design(kind="morris", size=6), 6 * 4),
]


@pytest.mark.parametrize(("design", "number"), KINDS, ids=lambda value: getattr(value, "kind", None))
def test_points_lie_in_the_ranges_and_are_as_many_as_said(design: Design, number: int) -> None:
    found = points(design, RANGES, seed=3)
    assert len(found) == number == number_of_points(design, RANGES)
    assert found == points(design, RANGES, seed=3)
    low, high = np.array(found).min(axis=0), np.array(found).max(axis=0)
    ends = [factor.range for factor in RANGES if factor.range]
    assert (low >= [end[0] for end in ends]).all()
    assert (high <= [end[1] for end in ends]).all()
    if design.kind != "grid":
        assert found != points(design, RANGES, seed=4)


def test_a_grid_has_all_combinations_in_order() -> None:
    two = factors([0.004, 0.008], {"range": [0.0, 10.0]})
    assert points(Design(kind="grid", steps=3), two, 1) == [
        (a, b) for a in (0.004, 0.008) for b in (0.0, 5.0, 10.0)
    ]  # fmt: skip


def test_a_list_is_taken_as_it_is() -> None:
    given = (
        {"elsewhere_response": 3, "productivity_growth": 0.005},
        {"elsewhere_response": 1, "productivity_growth": 0},
    )
    two = factors({"range": [0.0, 0.01]}, {"range": [0.0, 4.0]})
    assert points(Design(kind="list", points=given), two, 1) == [(0.005, 3.0), (0.0, 1.0)]


def test_a_hypercube_meets_every_slice_of_every_range_once() -> None:
    rows = places(Design(kind="latin_hypercube", size=20), RANGES, 5)
    for column in rows.T:
        assert sorted((column * 20).astype(int)) == list(range(20))


def test_a_hypercube_takes_every_value_of_a_list_as_often() -> None:
    two = factors([0.004, 0.008], {"range": [0.0, 10.0]})
    found = [point[0] for point in points(Design(kind="latin_hypercube", size=30), two, 1)]
    assert found.count(0.004) == found.count(0.008) == 15


def test_morris_moves_one_factor_at_a_time() -> None:
    rows = places(Design(kind="morris", size=4), RANGES, 2).reshape(4, 4, 3)
    moved = (np.diff(rows, axis=1) != 0.0).sum(axis=2)
    assert (moved == 1).all()


def test_without_factors_there_is_one_point() -> None:
    assert points(Design(), (), 1) == [()]
