"""The posterior: what is written is read again, and draws stand for it by their weights."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pytest

from calibration.fitting import Fit, Generation
from calibration.likelihood import Aim
from calibration.posterior import Posterior, fit_of, read_posterior, table_of
from calibration.priors import Prior, Space
from calibration.targets import Target
from sim.versions import text_sha256

ABOUT = json.dumps({"runs": 7, "plan": {"seed": 1}})


def prior(name: str, low: float, high: float) -> Prior:
    return Prior(id=name, parameter=name, how="value", range=(low, high), reason="r", settled_by="s")


def target(name: str, value: float, firm: bool) -> Target:
    return Target(name, value, value, "percent", "w", "p", "2020", "s", None, None, "fitted", firm, 1.0, "r", None)


SPACE = Space((prior("first", 0.0, 1.0), prior("second", 100.0, 200.0)))
AIM = Aim.of([target("easy", 50.0, True), target("hard", 10.0, False)])
TARGETS = [[50.0, 10.5], [50.25, 12.0], [53.0, 10.0], [50.0, 1.0 / 3.0]]
RUNS = [4, 2, 2, 4]


@pytest.fixture
def found() -> Fit:
    """A fit that ended with four draws of two seeds each."""
    rng = np.random.default_rng(1)
    values = SPACE.values(rng.random((4, 2)))
    means = np.array(TARGETS)
    seeds = np.stack([means - 0.5, means + 0.5], axis=1)
    last = Generation(8, SPACE.cube(values), values, seeds, np.zeros(4))
    return Fit(AIM, SPACE, [last], weights=np.array([0.1, 0.2, 0.3, 0.4]) / (0.1 + 0.2 + 0.3 + 0.4))


@pytest.fixture
def table(found: Fit) -> str:
    shown = np.array([[1 / 3], [np.nan], [5e-324], [-1e22]])
    return table_of(found, ["easy", "hard", "shown"], np.concatenate([found.draws.targets, shown], axis=1), RUNS, 1)


def a_posterior(**changes: Any) -> Posterior:
    number = len(next(iter(changes.values())))
    given: dict[str, Any] = {
        "space": SPACE,
        "values": np.zeros((number, 2)),
        "weights": np.full(number, 1.0 / number),
        "targets": {},
        "distance": np.zeros(number),
        "firm": np.ones(number, bool),
        "missed": np.zeros(number, np.int64),
        "about": {},
    }
    return Posterior(**given | changes)


def test_a_table_is_read_again_with_every_digit(found: Fit, table: str) -> None:
    posterior = read_posterior(table, ABOUT, SPACE)
    np.testing.assert_array_equal(posterior.values, found.draws.values)
    np.testing.assert_array_equal(posterior.weights, found.weights)
    np.testing.assert_array_equal(posterior.distance, AIM.distance(found.draws.targets))
    np.testing.assert_array_equal(posterior.targets["hard"], found.draws.targets[:, 1])
    np.testing.assert_array_equal(posterior.targets["shown"], [1 / 3, np.nan, 5e-324, -1e22])
    assert posterior.missed.tolist() == [0, 1, 1, 1]
    assert posterior.firm.tolist() == [True, True, False, True]
    assert posterior.about == json.loads(ABOUT)
    assert fit_of(AIM, posterior, 1).tolist() == found.draws.targets[1].tolist()


def test_a_table_says_what_each_draw_took_and_leaves_blank_what_was_not_measured(table: str) -> None:
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["draw"] for row in rows] == ["0", "1", "2", "3"]
    assert [int(row["runs"]) for row in rows] == RUNS
    assert [row["target:shown"] for row in rows] == ["0.3333333333333333", "", "5e-324", "-1e+22"]


def test_priors_in_another_order_find_their_columns(found: Fit, table: str) -> None:
    other = Space(SPACE.priors[::-1])
    np.testing.assert_array_equal(read_posterior(table, ABOUT, other).values, found.draws.values[:, ::-1])


def test_a_table_without_the_column_of_a_prior_is_refused_in_one_line(table: str) -> None:
    more = Space((*SPACE.priors, prior("third", 0.0, 1.0)))
    with pytest.raises(ValueError, match="has no column 'third'; calibrate again, the priors have changed") as caught:
        read_posterior(table, ABOUT, more)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("missed", "first", "second", "best"),
    [
        ([2, 1, 1, 3], [0.5, 0.0, 0.4, 0.5], [150.0, 100.0, 140.0, 150.0], 2),
        ([1, 1, 1, 0], [0.5, 0.5, 0.5, 0.0], [150.0, 150.0, 150.0, 100.0], 3),
        ([0, 0, 0, 0], [0.0, 0.4, 0.6, 1.0], [150.0, 150.0, 190.0, 150.0], 1),
        ([0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5], [100.0, 110.0, 200.0, 152.0], 3),
    ],
)
def test_best_misses_fewest_and_is_in_the_middle_of_those(
    missed: list[int], first: list[float], second: list[float], best: int
) -> None:
    assert a_posterior(missed=np.array(missed), values=np.stack([first, second], axis=1)).best == best


def test_the_middle_is_that_of_the_weights() -> None:
    values, missed = np.array([[0.0, 150.0], [0.1, 150.0], [0.9, 150.0], [1.0, 150.0]]), np.zeros(4, int)
    for weights, best in (([0.4, 0.4, 0.1, 0.1], 1), ([0.1, 0.1, 0.4, 0.4], 2)):
        assert a_posterior(missed=missed, values=values, weights=np.array(weights)).best == best


def test_draws_are_chosen_in_proportion_to_their_weights() -> None:
    posterior = a_posterior(weights=np.array([0.25, 0.0, 0.5, 0.25]))
    for seed in range(10):
        assert posterior.chosen(8, seed).tolist() == [0, 0, 2, 2, 2, 2, 3, 3]
    uneven = a_posterior(weights=np.array([0.15, 0.85]))
    share = np.mean([uneven.chosen(3, seed) == 0 for seed in range(999)])
    assert share == pytest.approx(0.15, abs=0.02)
    np.testing.assert_array_equal(uneven.chosen(50, 1), uneven.chosen(50, 1))
    assert len({tuple(uneven.chosen(3, seed).tolist()) for seed in range(50)}) == 2


@pytest.mark.parametrize(
    ("values", "sure", "expected"),
    [
        # sorted 1 2 3 4 with weights .1 .2 .3 .4: .1 .3 .6 1 have passed
        ([4.0, 3.0, 2.0, 1.0], 0.9, (3.0, 1.0, 4.0)),
        ([4.0, 3.0, 2.0, 1.0], 0.5, (3.0, 2.0, 4.0)),
        ([4.0, 3.0, 2.0, 1.0], 0.1, (3.0, 3.0, 3.0)),
        # without the second, 1 2 4 with weights .1 .2 .4 of .7: the middle at .35
        ([4.0, float("nan"), 2.0, 1.0], 0.5, (4.0, 2.0, 4.0)),
        # without the second, 1 2 4 with weights .4 .1 .2 of .7: quarters at .175 and .525
        ([1.0, float("nan"), 4.0, 2.0], 0.5, (1.0, 1.0, 4.0)),
        ([1.0, float("nan"), float("nan"), float("nan")], 0.9, (1.0, 1.0, 1.0)),
    ],
)
def test_weighted_median_and_interval_by_hand(
    values: list[float], sure: float, expected: tuple[float, float, float]
) -> None:
    posterior = a_posterior(weights=np.array([0.4, 0.3, 0.2, 0.1]))
    assert posterior.interval(np.array(values), sure) == expected


def test_an_interval_of_many_even_draws_has_the_quantiles() -> None:
    numbers = np.random.default_rng(1).permutation(1001) / 1000.0
    assert a_posterior(weights=np.full(1001, 1.0 / 1001.0)).interval(numbers, 0.95) == pytest.approx(
        (0.5, 0.025, 0.975), abs=0.0011
    )


def test_a_digest_depends_on_every_file() -> None:
    digests = {
        text_sha256("calibration"),
        text_sha256("calibration", "facts.yaml"),
        text_sha256("calibration", "facts.yaml", "priors.yaml"),
    }
    assert len(digests) == 3
    assert text_sha256("calibration", "facts.yaml") == text_sha256("calibration", "facts.yaml")
