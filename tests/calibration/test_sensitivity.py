"""Sensitivity: indices and slopes of surfaces for which they are known on paper."""

from __future__ import annotations

import warnings
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.emulator import Emulator, Surface, features, fit
from calibration.priors import Prior, Space
from calibration.sensitivity import STEP, Sensitivity, near, over_the_priors, read_sensitivity
from calibration.smc import sobol

Array = NDArray[np.float64]
NAMES: Final = ("strong", "weak", "partner", "inert")
SPACE: Final = Space(
    tuple(Prior(id=name, parameter=name, how="value", range=(2.0, 7.0), reason="r", settled_by="s") for name in NAMES)
)
CUBE: Final = sobol(128, len(NAMES), np.random.default_rng(1))
EXACT: Final = 0.03
"""How near an index is from so many points."""


def fitted(*targets: Array, percent: bool = False) -> Emulator:
    """An emulator of targets at the points of CUBE."""
    return fit(CUBE, np.stack(targets, axis=1), np.full(len(targets), percent))


def centred(cube: Array) -> Array:
    return 2.0 * cube.T - 1.0


def products_of(effects: list[float]) -> tuple[Array, Array]:
    """Indices of exp(a x) exp(b y) ..., each even over -1 to 1: the variance of a product of independent factors."""
    a = np.array(effects)
    with np.errstate(invalid="ignore"):
        mean = np.where(a == 0.0, 1.0, np.sinh(a) / a)
        square = np.where(a == 0.0, 1.0, np.sinh(2.0 * a) / (2.0 * a))
    part = square / mean**2 - 1.0
    together = np.prod(1.0 + part) - 1.0
    return part / together, part * (1.0 + together) / (1.0 + part) / together


# Over the priors


def test_a_sum_has_the_shares_of_its_variances() -> None:
    x, y, z, _ = centred(CUBE)
    people = 1000.0 + 4.0 * x + 2.0 * y + z
    first, total = over_the_priors(fitted(people), SPACE, 1)
    shares = np.array([16.0, 4.0, 1.0, 0.0]) / 21.0
    assert first.shape == total.shape == (1, 4)
    np.testing.assert_allclose(first[0], shares, atol=EXACT)
    np.testing.assert_allclose(total[0], shares, atol=EXACT)
    assert (np.abs([first[0, 3], total[0, 3]]) < 1e-6).all(), "an inert parameter has none"


def test_a_share_is_analysed_in_percent_and_each_target_apart() -> None:
    x, y, z, _ = centred(CUBE)
    emulator = fitted(50.0 + 0.3 * x - 0.4 * y, 20.0 + 0.5 * z, percent=True)
    first, total = over_the_priors(emulator, SPACE, 1)
    for found in (first, total):
        np.testing.assert_allclose(found, [[0.36, 0.64, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]], atol=EXACT)


def test_effects_that_multiply_have_more_in_total_than_by_themselves() -> None:
    effects = [1.2, -0.8, 0.5, 0.0]
    emulator = fitted(np.exp(3.0 + np.array(effects) @ centred(CUBE)))
    first, total = over_the_priors(emulator, SPACE, 2)
    expected_first, expected_total = products_of(effects)
    np.testing.assert_allclose(first[0], expected_first, atol=2.0 * EXACT)
    np.testing.assert_allclose(total[0], expected_total, atol=2.0 * EXACT)
    assert (expected_total[:3] - expected_first[:3] > 0.02).all()


def test_a_pure_product_does_nothing_by_one_of_its_parts_alone() -> None:
    _, y, z, _ = centred(CUBE)
    first, total = over_the_priors(fitted(1000.0 + 10.0 * y * z), SPACE, 3)
    np.testing.assert_allclose(first[0], [0.0, 0.0, 0.0, 0.0], atol=2.0 * EXACT)
    np.testing.assert_allclose(total[0], [0.0, 1.0, 1.0, 0.0], atol=2.0 * EXACT)


def test_the_same_seed_gives_the_same() -> None:
    x, y, _, _ = centred(CUBE)
    emulator = fitted(1000.0 + 5.0 * x * y + x)
    one, same, other = (over_the_priors(emulator, SPACE, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one[0][0, :2] != other[0][0, :2]).all()


def a_surface(slope: float, value: float) -> Surface:
    weights = np.zeros(features(CUBE[:1]).shape[1])
    weights[0] = slope
    return Surface(False, float(np.log(value)), weights, 0.0, 0.0, 1.0)


def test_a_target_that_nothing_moves_has_zeros_and_causes_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, total = over_the_priors(Emulator((a_surface(0.0, 50.0), a_surface(0.01, 50.0))), SPACE, 1)
    for found in (first, total):
        assert found[0].tolist() == [0.0, 0.0, 0.0, 0.0]
        np.testing.assert_allclose(found[1], [1.0, 0.0, 0.0, 0.0], atol=EXACT)


def test_a_target_that_was_the_same_in_every_run_has_zeros() -> None:
    x = centred(CUBE)[0]
    weights = np.random.default_rng(1).random(len(CUBE))
    told = np.stack([np.full(len(CUBE), 0.1), 1000.0 + x], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, total = over_the_priors(fit(CUBE, told, np.array([True, False]), weights), SPACE, 1)
    assert first[0].tolist() == total[0].tolist() == [0.0, 0.0, 0.0, 0.0]


# Near a point

POINTS: Final = [
    [0.5, 0.5, 0.5, 0.5],
    [0.3, 0.8, 0.6, 0.1],
    [0.0, 1.0, 0.5, 0.5],
    [1.0, 0.0, 1.0, 0.0],
    [0.02, 0.97, 0.99, 0.4],
]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_near_a_point_the_change_is_the_slope_in_tolerances(point: list[float]) -> None:
    def people(cube: Array) -> Array:
        x, y, z, _ = cube.T
        return 1000.0 * np.exp(0.5 * x - 0.3 * y + 0.1 * z)

    def share(cube: Array) -> Array:
        return 100.0 / (1.0 + np.exp(-(0.4 * cube[:, 0] + 0.2 * cube[:, 2] - 1.0)))

    emulator = fit(CUBE, np.stack([people(CUBE), share(CUBE)], axis=1), np.array([False, True]))
    here = np.array(point)
    found = near(emulator, here, np.array([50.0, 4.0]))
    at, percent = people(here[None]).item(), share(here[None]).item()
    slopes = np.array([[0.5, -0.3, 0.1, 0.0], [0.4, 0.0, 0.2, 0.0]])
    expected = slopes * np.array([[at / 50.0], [percent * (1.0 - percent / 100.0) / 4.0]])
    assert found.shape == (2, 4)
    np.testing.assert_allclose(found, expected, rtol=0.6 * STEP, atol=2e-3)


def test_a_slope_at_an_edge_is_that_of_the_inner_side() -> None:
    curved = fitted(np.exp(5.0 + centred(CUBE)[0] ** 2))
    for place, side in ((0.0, 1.0), (1.0, -1.0)):
        point = np.array([place, 0.5, 0.5, 0.5])
        inner = point + side * STEP * np.eye(4)[0]
        change = side * (curved(inner[None]) - curved(point[None])).item() / STEP
        assert near(curved, point, np.array([2.0]))[0, 0] == pytest.approx(change / 2.0)
    level = near(curved, np.full(4, 0.5), np.array([2.0]))
    assert level[0, 0] == pytest.approx(0.0, abs=1e-2), "flat at the bottom of a valley"


# On disk


def test_the_table_is_read_again() -> None:
    rng = np.random.default_rng(1)
    first, total, local = rng.normal(size=(3, 2, 3)) * 10.0 ** rng.integers(-9, 9, (3, 2, 3))
    found = Sensitivity(("share", "people, all"), ("a", "b", "c"), first, total, local)
    again = read_sensitivity(found.csv())
    assert (again.targets, again.parameters) == (found.targets, found.parameters)
    for name in ("first", "total", "local"):
        np.testing.assert_allclose(getattr(again, name), getattr(found, name), rtol=5e-6)
    assert again.csv() == found.csv()
    lines = found.csv().splitlines()
    assert lines[0] == "target,parameter,first_order,total,local"
    assert lines[6].startswith(f'"people, all",c,{first[1, 2]:.6g},{total[1, 2]:.6g},')
    assert len(lines) == 1 + 2 * 3
