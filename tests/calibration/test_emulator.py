"""The emulator: right where the surface is quadratic, and honest where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.emulator import backward, features, fit, forward

Array = NDArray[np.float64]
COUNT_AND_SHARE = np.array([False, True])


def bent(cube: Array) -> Array:
    """A surface with linear terms, squares and a product."""
    x = 2.0 * cube - 1.0
    return 0.3 + 0.5 * x[:, 0] - 0.2 * x[:, 1] + 0.3 * x[:, 0] * x[:, 2] - 0.2 * x[:, 1] ** 2


def truth(cube: Array) -> Array:
    """The surface as logarithm of a count around 1000 and as log-odds of a percentage."""
    return np.stack([1000.0 * np.exp(bent(cube)), 100.0 / (1.0 + np.exp(-bent(cube)))], axis=1)


def test_terms_are_seen_from_the_middle_of_the_cube() -> None:
    found = features(np.array([[0.5, 0.5], [1.0, 0.25]]), products=0.1)
    np.testing.assert_allclose(found, [[0.0] * 5, [1.0, -0.5, 0.1, -0.05, 0.025]], atol=1e-15)


@pytest.mark.parametrize("percent", [True, False])
def test_scale_and_its_reverse(percent: bool) -> None:
    values = np.array([0.5, 12.0, 50.0, 99.0])
    np.testing.assert_allclose(backward(forward(values, percent), percent), values, rtol=1e-12)
    assert forward(np.array([50.0]), True)[0] == pytest.approx(0.0, abs=1e-12)
    assert np.isfinite(forward(np.array([0.0, 100.0]), percent)).all()


def test_a_quadratic_surface_is_found() -> None:
    rng = np.random.default_rng(1)
    cube, elsewhere = rng.random((60, 3)), rng.random((200, 3))
    emulator = fit(cube, truth(cube), COUNT_AND_SHARE)
    assert emulator(elsewhere).shape == (200, 2)
    np.testing.assert_allclose(emulator(elsewhere), truth(elsewhere), rtol=1e-4)
    for surface in emulator.surfaces:
        assert surface.explained > 0.999999
        assert surface.error < 0.05
    assert [surface.percent for surface in emulator.surfaces] == [False, True]


def test_left_out_error_is_the_noise_and_the_surface_is_surer_than_a_run() -> None:
    rng = np.random.default_rng(2)
    cube, elsewhere = rng.random((200, 3)), rng.random((200, 3))
    noise, copies = np.repeat([60.0, 2.0], 20), np.repeat([0, 1], 20)
    values = truth(cube)[:, copies] + noise * rng.standard_normal((200, 40))
    emulator = fit(cube, values, COUNT_AND_SHARE[copies])
    errors = np.array([surface.error for surface in emulator.surfaces])
    np.testing.assert_allclose(errors, noise, rtol=0.2)
    np.testing.assert_allclose(errors.reshape(2, 20).mean(axis=1), [60.0, 2.0], rtol=0.05)
    missed = ((emulator(elsewhere) - truth(elsewhere)[:, copies]) ** 2).mean(axis=0).reshape(2, 20)
    told = (emulator.uncertainty**2).reshape(2, 20)
    np.testing.assert_allclose(np.sqrt(told.mean(axis=1)), np.sqrt(missed.mean(axis=1)), rtol=0.25)


@pytest.mark.parametrize(("candidates", "parameters"), [(20, 8), (40, 12)])
def test_values_that_follow_from_nothing_are_not_explained(candidates: int, parameters: int) -> None:
    rng = np.random.default_rng(3)
    cube = rng.random((candidates, parameters))
    assert features(cube).shape[1] > candidates, "fewer points than terms, so all could be fitted exactly"
    values = 1000.0 * np.exp(0.1 * rng.standard_normal((candidates, 60)))
    surfaces = fit(cube, values, np.zeros(60, bool)).surfaces
    explained = np.array([surface.explained for surface in surfaces])
    assert explained.mean() < 0.05
    assert explained.max() < 0.5
    spread = values.std(axis=0)
    assert all(surface.error > 0.7 * wide for surface, wide in zip(surfaces, spread, strict=True))


def test_with_fewer_points_than_terms_the_error_told_is_the_error_made() -> None:
    rng = np.random.default_rng(4)
    cube, elsewhere = rng.random((30, 12)), rng.random((400, 12))
    surface = fit(cube, truth(cube), COUNT_AND_SHARE)
    missed = np.std(surface(elsewhere) - truth(elsewhere), axis=0)
    told = np.array([one.error for one in surface.surfaces])
    np.testing.assert_allclose(told, missed, rtol=0.4)
    assert all(0.2 < one.explained < 0.99 for one in surface.surfaces)


def test_a_target_measured_for_some_candidates_is_fitted_from_those() -> None:
    rng = np.random.default_rng(5)
    cube = rng.random((80, 3))
    values = np.concatenate([truth(cube), truth(cube)[:, ::-1]], axis=1)
    percent = np.array([False, True, True, False])
    measured = np.arange(80) % 4 == 0
    values[~measured, 2] = np.nan
    alone = fit(cube[measured], values[measured][:, [2]], percent[[2]])
    full = fit(cube, values[:, [0, 1, 3]], percent[[0, 1, 3]])
    both = fit(cube, values, percent)(cube)
    np.testing.assert_allclose(both[:, [2]], alone(cube), rtol=1e-9)
    np.testing.assert_allclose(both[:, [0, 1, 3]], full(cube), rtol=1e-9)
    np.testing.assert_allclose(both[:, 2], truth(cube)[:, 1], rtol=0.02)
