"""The likelihood: distances, agreement and log-likelihood against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from calibration.likelihood import SPREAD, Aim
from calibration.targets import Target, fitted

NAN = float("nan")


def target(name: str, low: float, high: float, tolerance: float, firm: bool = False, unit: str = "percent") -> Target:
    return Target(name, low, high, unit, "w", "p", "2020", "s", None, None, "fitted", firm, tolerance, "r", None)


TARGETS = (
    target("share", 48.0, 48.0, 4.0, firm=True),
    target("span", 3.0, 5.0, 0.5, unit="percent per year"),
    target("people", 1000.0, 1000.0, 200.0, firm=True, unit="people"),
)
AIM = Aim.of(TARGETS)


def test_targets_as_arrays() -> None:
    assert AIM.names == ("share", "span", "people")
    assert AIM.firm.tolist() == [True, False, True]
    assert AIM.percent.tolist() == [True, True, False]
    assert (AIM.low.tolist(), AIM.high.tolist()) == ([48.0, 3.0, 1000.0], [48.0, 5.0, 1000.0])


@pytest.mark.parametrize(
    ("values", "deviations"),
    [
        ((48.0, 3.0, 1000.0), (0.0, 0.0, 0.0)),
        ((50.0, 5.0, 900.0), (0.5, 0.0, -0.5)),
        ((42.0, 4.2, 1000.0), (-1.5, 0.0, 0.0)),
        ((48.0, 2.0, 1300.0), (0.0, -2.0, 1.5)),
        ((48.0, 6.5, 1000.0), (0.0, 3.0, 0.0)),
    ],
)
def test_deviations_in_tolerances_by_hand(values: tuple[float, ...], deviations: tuple[float, ...]) -> None:
    assert AIM.deviations(np.array(values)).tolist() == list(deviations)
    assert [t.distance(value) for t, value in zip(TARGETS, values, strict=True)] == list(deviations)


def test_distance_is_the_root_mean_square_of_what_was_measured() -> None:
    values = np.array([[52.0, 6.0, 1000.0], [52.0, NAN, 1000.0], [48.0, 4.0, 1000.0]])
    np.testing.assert_allclose(AIM.distance(values), [np.sqrt(5.0 / 3.0), np.sqrt(0.5), 0.0])


def test_agreement_up_to_the_tolerance_itself() -> None:
    assert AIM.within(np.array([52.0, 2.5, 1200.0])).tolist() == [True, True, True]
    assert AIM.within(np.array([52.1, 2.4, 1200.5])).tolist() == [False, False, False]


def test_a_target_that_was_not_measured_counts_as_within() -> None:
    assert AIM.within(np.array([NAN, NAN, 0.0])).tolist() == [True, True, False]


def test_only_firm_targets_make_a_candidate_unfit() -> None:
    values = np.array([[48.0, 99.0, 1000.0], [60.0, 4.0, 1000.0], [48.0, 4.0, 700.0], [NAN, 99.0, 1000.0]])
    assert AIM.firm_within(values).tolist() == [True, False, False, True]


def test_all_firm_targets_hold_together_with_95_in_100() -> None:
    firm = sum(target.firm for target in fitted())
    assert (norm.cdf(1.0 / SPREAD) - norm.cdf(-1.0 / SPREAD)) ** firm == pytest.approx(0.95, abs=0.001)


def test_log_likelihood_by_hand() -> None:
    values = np.array([[50.0, 4.0, 900.0], [48.0, 6.0, 1000.0]])
    exact = AIM.log_likelihood(values, np.zeros(3))
    np.testing.assert_allclose(exact, [-0.5 * (0.25 + 0.25) / SPREAD**2, -0.5 * 4.0 / SPREAD**2])
    noisy = AIM.log_likelihood(values, np.array([2.0, 1.0, 100.0]))  # in tolerances: 0.5, 2 and 0.5
    first = -0.5 * (0.25 / (SPREAD**2 + 0.25) + 0.25 / (SPREAD**2 + 0.25))
    np.testing.assert_allclose(noisy, [first, -0.5 * 4.0 / (SPREAD**2 + 4.0)])


def test_log_likelihood_is_that_of_a_normal_error_of_spread() -> None:
    one = Aim.of(TARGETS[:1])
    values, spread = np.array([[40.0], [47.0], [49.5]]), float(np.hypot(SPREAD * 4.0, 1.5))
    normal = norm.logpdf(values[:, 0], 48.0, spread) - norm.logpdf(48.0, 48.0, spread)
    np.testing.assert_allclose(one.log_likelihood(values, np.array([1.5])), normal)


def test_other_documented_values_move_the_aim_alone() -> None:
    other = AIM.at(np.array([50.0, 4.0, 1100.0]))
    assert other.deviations(np.array([50.0, 4.0, 1300.0])).tolist() == [0.0, 0.0, 1.0]
    assert other.names == AIM.names
    assert AIM.deviations(np.array([48.0, 5.0, 1000.0])).tolist() == [0.0, 0.0, 0.0]


def test_an_impossible_target_is_reported_as_missed_everywhere() -> None:
    aim = Aim.of((*TARGETS, target("impossible", 150.0, 150.0, 1.0)))
    shares = np.linspace(0.0, 100.0, 11)
    values = np.stack([np.full(11, 48.0), np.full(11, 4.0), np.full(11, 1000.0), shares], axis=1)
    assert aim.within(values).sum(axis=0).tolist() == [11, 11, 11, 0]
    assert np.isfinite(aim.log_likelihood(values, np.zeros(4))).all()


def test_arrays_say_the_same_as_the_packaged_targets() -> None:
    aim = Aim.of(fitted())
    rng = np.random.default_rng(1)
    values = aim.low + aim.tolerance * rng.normal(scale=2.0, size=len(aim.names))
    within = [t.within(value) for t, value in zip(aim.targets, values.tolist(), strict=True)]
    assert aim.within(values).tolist() == within
    assert 0 < sum(within) < len(within)
