"""Sequential Monte Carlo: points as the posterior says, and always inside the cube."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.smc import effective, normalised, resampled, sample, sobol

Array = NDArray[np.float64]
PARTICLES = 512
MEAN = np.array([0.4, 0.6])
COVARIANCE = np.array([[0.0016, 0.0012], [0.0012, 0.0025]])


def gaussian(cube: Array) -> Array:
    off = cube - MEAN
    return -0.5 * np.einsum("ij,jk,ik->i", off, np.linalg.inv(COVARIANCE), off)


def drawn(seed: int = 1) -> Array:
    return sample(gaussian, 2, PARTICLES, np.random.default_rng(seed))


def test_a_gaussian_has_its_mean_and_covariance() -> None:
    points = drawn()
    assert points.shape == (PARTICLES, 2)
    error = np.sqrt(np.diag(COVARIANCE) / PARTICLES)
    assert (np.abs(points.mean(axis=0) - MEAN) < 4.0 * error).all()
    np.testing.assert_allclose(np.cov(points.T), COVARIANCE, rtol=0.25)


def test_a_flat_likelihood_leaves_the_prior() -> None:
    points = sample(lambda cube: np.zeros(len(cube)), 3, PARTICLES, np.random.default_rng(1))
    counts = np.stack([np.histogram(points[:, k], bins=8, range=(0.0, 1.0))[0] for k in range(3)])
    assert counts.sum() == 3 * PARTICLES
    assert np.abs(counts - PARTICLES / 8).max() < 4.5 * np.sqrt(PARTICLES / 8)
    assert np.abs(np.corrcoef(points.T) - np.eye(3)).max() < 0.2


def test_a_likelihood_that_says_little_leaves_the_prior_nearly_as_it_was() -> None:
    points = sample(lambda cube: -0.5 * ((cube - 0.5) ** 2).sum(axis=1), 2, PARTICLES, np.random.default_rng(1))
    np.testing.assert_allclose(points.mean(axis=0), 0.5, atol=0.06)
    np.testing.assert_allclose(points.std(axis=0), 0.284, rtol=0.1)


@pytest.mark.parametrize("wall", [0.0, 1.0])
def test_a_likelihood_at_the_wall_keeps_points_inside(wall: float) -> None:
    points = sample(lambda cube: -np.abs(cube - wall).sum(axis=1) / 0.02, 2, PARTICLES, np.random.default_rng(1))
    away = np.abs(points - wall)
    assert (points >= 0.0).all()
    assert (points <= 1.0).all()
    np.testing.assert_allclose(away.mean(axis=0), 0.02, rtol=0.2)
    np.testing.assert_allclose(np.median(away, axis=0), 0.02 * np.log(2.0), rtol=0.25)


def test_two_modes_are_both_found() -> None:
    def log_likelihood(cube: Array) -> Array:
        both = [-0.5 * ((cube - middle) ** 2).sum(axis=1) / 0.04**2 for middle in (0.2, 0.8)]
        return np.logaddexp(both[0], both[1] + np.log(2.0))

    points = sample(log_likelihood, 2, PARTICLES, np.random.default_rng(1))
    upper = points.mean(axis=1) > 0.5
    assert upper.mean() == pytest.approx(2.0 / 3.0, abs=0.15)
    for mode, middle in ((~upper, 0.2), (upper, 0.8)):
        np.testing.assert_allclose(points[mode].mean(axis=0), middle, atol=0.02)
        np.testing.assert_allclose(points[mode].std(axis=0), 0.04, rtol=0.25)


def test_same_seed_same_points() -> None:
    np.testing.assert_array_equal(drawn(1), drawn(1))
    assert (drawn(1) != drawn(2)).all()


def test_points_of_the_first_generation_are_even() -> None:
    points = sobol(64, 3, np.random.default_rng(1))
    assert sobol(50, 3, np.random.default_rng(1)).tolist() == points[:50].tolist()
    for k in range(3):
        assert (np.histogram(points[:, k], bins=64, range=(0.0, 1.0))[0] == 1).all()


def test_effective_number() -> None:
    assert effective(np.full(5, 0.2)) == pytest.approx(5.0)
    assert effective(np.array([0.0, 3.0, 0.0])) == 1.0
    assert effective(np.array([1.0, 2.0])) == pytest.approx(9.0 / 5.0)


def test_weights_add_up_however_small_the_likelihood() -> None:
    np.testing.assert_allclose(normalised(np.log([1.0, 3.0]) - 5000.0), [0.25, 0.75], rtol=1e-10)
    np.testing.assert_array_equal(normalised(np.array([0.0, -np.inf])), [1.0, 0.0])


def test_resampling_takes_rows_in_proportion() -> None:
    for seed in range(20):
        rows = resampled(np.array([0.5, 0.0, 0.25, 0.25]), 8, np.random.default_rng(seed))
        assert rows.tolist() == [0, 0, 0, 0, 2, 2, 3, 3]
    seeds = [np.random.default_rng(seed) for seed in range(999)]
    counts = sum(np.bincount(resampled(np.array([0.3, 0.7]), 3, rng), minlength=2) for rng in seeds)
    np.testing.assert_allclose(counts / 2997, [0.3, 0.7], atol=0.02)


def test_resampling_stays_inside_when_the_weights_fall_short_of_one() -> None:
    assert resampled(np.array([0.5, 0.4]), 100, np.random.default_rng(1)).max() == 1
