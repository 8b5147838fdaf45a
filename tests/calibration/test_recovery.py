"""Recovery: intervals hold known parameters as often as they say, and are as wide as what is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.fitting import Fit, calibrate
from calibration.likelihood import SPREAD, Aim
from calibration.priors import Prior, Space
from calibration.recovery import SURE, Recovery, read_recovery, recover

from .test_fitting import AIM, SPACE, Known

Array = NDArray[np.float64]
INERT: Final = Prior(id="inert", parameter="inert", how="value", range=(-5.0, 15.0), reason="r", settled_by="s")
WIDER: Final = Space((*SPACE.priors, INERT))
SHARP: Final = replace(AIM, tolerance=np.array([3.0, 2.0, 100.0, 0.4]))
"""An aim that knows people, and with them posts, more exactly than the rest."""
EXPERIMENTS: Final = 30


@dataclass
class Laboratory:
    """The known model with a parameter more, which does nothing; what it was asked is kept."""

    known: Known
    asked: list[tuple[int, Array, tuple[str, ...]]]

    def values(self, first: int, values: Array, names: Sequence[str]) -> Array:
        self.asked.append((first, values, tuple(names)))
        return self.known.values(first, values[:, : len(SPACE.names)], names)


def laboratory(seed: int) -> Laboratory:
    return Laboratory(Known(seed), [])


def fitted(aim: Aim) -> Fit:
    return calibrate(aim, WIDER, laboratory(1), (64,), 128, 1)  # type: ignore[arg-type]


def recovered(found: Fit, seed: int = 1, experiments: int = EXPERIMENTS, particles: int = 256) -> Recovery:
    return recover(found, laboratory(2), experiments, particles, seed)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found() -> Fit:
    return fitted(SHARP)


@pytest.fixture(scope="module")
def recovery(found: Fit) -> Recovery:
    return recovered(found)


def test_intervals_hold_the_truth_as_often_as_they_say(recovery: Recovery) -> None:
    assert recovery.names == WIDER.names
    assert recovery.truth.shape == recovery.low.shape == recovery.high.shape == (EXPERIMENTS, 4)
    assert 0.80 <= recovery.coverage <= 0.98
    known = recovery.held[:, :3]
    assert 0.80 <= known.mean() <= 0.98
    assert (recovery.low >= 0.0).all()
    assert (recovery.low < recovery.high).all()
    assert (recovery.high <= 1.0).all()


def test_width_tells_what_the_targets_know(recovery: Recovery) -> None:
    width = dict(zip(recovery.names, recovery.width.tolist(), strict=True))
    assert width["inert"] == pytest.approx(1.0, abs=0.1)
    assert width["posts"] < 0.15, "pinned by people"
    assert width["rate"] < 0.6
    assert width["gap"] < 0.6


def test_a_coarser_tolerance_gives_wider_intervals(recovery: Recovery) -> None:
    coarse = recovered(fitted(replace(AIM, tolerance=3.0 * SHARP.tolerance)), experiments=8)
    assert (coarse.width[:3] > 1.5 * recovery.width[:3]).all()


def test_the_truth_is_run_by_the_laboratory_given_and_drawn_over_the_whole_priors(found: Fit) -> None:
    blind = laboratory(2)
    recovery = recover(found, blind, 64, 8, 1)  # type: ignore[arg-type]
    ((first, values, names),) = blind.asked
    assert first == 0
    assert names == SHARP.names
    np.testing.assert_array_equal(recovery.truth, WIDER.cube(values))
    assert (recovery.truth.min(axis=0) < 0.1).all()
    assert (recovery.truth.max(axis=0) > 0.9).all()
    np.testing.assert_allclose(recovery.truth.mean(axis=0), 0.5, atol=0.15)


def test_intervals_follow_the_truth_around_it_by_the_error_of_a_documented_value(recovery: Recovery) -> None:
    middle, truth = (recovery.low + recovery.high)[:, 2] / 2.0, recovery.truth[:, 2]
    assert np.corrcoef(middle, truth)[0, 1] > 0.98
    slope = 2000.0 * 0.3 * 2.0  # people for a move of posts over its prior
    assert 0.7 < np.std(middle - truth) / (SPREAD * SHARP.tolerance[2] / slope) < 1.7


def test_the_same_seed_gives_the_same_and_another_another(found: Fit) -> None:
    one, same, other = (recovered(found, seed, 3, 16) for seed in (1, 1, 2))
    assert one.csv() == same.csv()
    assert (one.truth != other.truth).all()


def test_the_table_is_read_again_with_every_digit(recovery: Recovery) -> None:
    again = read_recovery(recovery.csv())
    assert again.names == recovery.names
    for name in ("truth", "low", "high"):
        np.testing.assert_array_equal(getattr(again, name), getattr(recovery, name))
    assert again.csv() == recovery.csv()
    rows = list(csv.DictReader(io.StringIO(recovery.csv())))
    assert len(rows) == 4 * EXPERIMENTS
    assert rows[5] == {
        "experiment": "1", "parameter": "gap", "truth": repr(recovery.truth[1, 1].item()),
        "low": repr(recovery.low[1, 1].item()), "high": repr(recovery.high[1, 1].item()),
    }  # fmt: skip


def test_coverage_and_width_by_hand() -> None:
    truth = np.array([[0.5, 0.1], [0.3, 0.9]])
    low, high = np.array([[0.4, 0.1], [0.31, 0.0]]), np.array([[0.6, 0.2], [0.4, 0.89]])
    recovery = Recovery(("a", "b"), truth, low, high)
    assert recovery.held.tolist() == [[True, True], [False, False]]
    assert recovery.coverage == 0.5
    assert recovery.width == pytest.approx([0.145 / SURE, 0.495 / SURE])
