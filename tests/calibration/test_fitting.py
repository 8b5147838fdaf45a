"""Fitting: with a model whose answers are known, and with the real one where runs are kept and shared."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

import scenarios
from calibration import candidates
from calibration.candidates import Laboratory, Runs, Stopped
from calibration.emulator import fit
from calibration.fitting import WARY, Fit, calibrate, chance_of, effective_draws
from calibration.journal import Journal
from calibration.likelihood import SPREAD, Aim
from calibration.posterior import Posterior, read_posterior, table_of
from calibration.priors import Prior, Space, load_space
from calibration.targets import Target, measured_targets

Array = NDArray[np.float64]
NAMES: Final = ("rate", "gap", "posts")
SPACE: Final = Space(
    tuple(
        Prior(id=name, parameter=name, how="value", range=span, reason="r", settled_by="s")
        for name, span in zip(NAMES, [(0.01, 0.05), (-1.0, 1.0), (1000.0, 3000.0)], strict=True)
    )
)
TARGETS: Final = ("share", "other", "people", "moves", "bounded")
NOISE: Final = np.array([0.3, 0.3, 15.0, 0.2, 0.5])
"""Standard deviation of one run, by target."""
SEEDS: Final = 4


def answers(values: Array) -> Array:
    """Targets of a model with known answers; shape (candidates, targets). The last stays between 46 and 54."""
    x, y, z = (2.0 * SPACE.cube(values) - 1.0).T
    share = 100.0 / (1.0 + np.exp(-(0.8 * x - 0.5 * y + 0.2 * x * y)))
    other = 100.0 / (1.0 + np.exp(-(-1.0 + 0.6 * y + 0.3 * y**3)))
    people = 2000.0 * np.exp(0.3 * z + 0.1 * x)
    moves = np.exp(1.0 + 0.3 * x + 0.2 * z * z + 0.2 * y)
    return np.stack([share, other, people, moves, 50.0 + 2.0 * (x + z)], axis=1)


def target(name: str, low: float, high: float, tolerance: float, unit: str = "percent") -> Target:
    return Target(name, low, high, unit, "w", "p", "2020", "s", None, None, "fitted", False, tolerance, "r", None)


TRUE: Final = np.array([0.036, -0.4, 1700.0])
MET: Final = tuple(
    target(name, value, value, tolerance, unit)
    for name, value, tolerance, unit in zip(
        TARGETS[:4],
        answers(TRUE[None])[0, :4].tolist(),
        (3.0, 2.0, 150.0, 0.4),
        ("percent", "percent", "people", "per year"),
        strict=True,
    )
)
AIM: Final = Aim.of(MET)


@dataclass(frozen=True)
class Known:
    """A laboratory with a model whose answers are known, and noise by seed that all candidates share in part."""

    seed: int = 1

    def values(self, first: int, values: Array, names: Sequence[str]) -> Array:
        shared = np.random.default_rng([self.seed, 0]).standard_normal((1, SEEDS, 5))
        own = np.random.default_rng([self.seed, 1, first]).standard_normal((len(values), SEEDS, 5))
        found = answers(values)[:, None] + NOISE * (0.8 * shared + 0.6 * own)
        return found[..., [TARGETS.index(name) for name in names]]


def fitted(aim: Aim = AIM, seed: int = 1, sizes: tuple[int, ...] = (32, 32, 64), known: Known | None = None) -> Fit:
    return calibrate(aim, SPACE, known or Known(), sizes, 256, seed)  # type: ignore[arg-type]


def posterior_of(found: Fit) -> Posterior:
    last = found.draws
    table = table_of(found, found.aim.names, last.targets, [SEEDS] * len(last.values), 1)
    return read_posterior(table, "{}", found.space)


def mean(found: Fit) -> Array:
    """Mean of the posterior in the unit cube."""
    return np.asarray(found.weights @ found.draws.cube)


# With known answers


def test_the_posterior_is_where_the_targets_are_met() -> None:
    told: list[int] = []
    found = calibrate(AIM, SPACE, Known(), (32, 32, 64), 256, 1, lambda f: told.append(len(f.generations)))  # type: ignore[arg-type]
    assert told == [1, 2, 3]
    assert [(g.first, len(g.values)) for g in found.generations] == [(0, 32), (32, 32), (64, 64)]
    np.testing.assert_array_equal(SPACE.values(found.draws.cube), found.draws.values)
    spread = np.sqrt(found.weights @ (found.draws.cube - mean(found)) ** 2)
    assert (spread < 0.5 / np.sqrt(12.0)).all(), "narrower than the prior"
    np.testing.assert_array_less(np.abs(mean(found) - SPACE.cube(TRUE)), 2.5 * spread)
    np.testing.assert_allclose(found.best, SPACE.cube(TRUE), atol=0.15)
    met = found.weights @ AIM.within(answers(found.draws.values)[:, :4])
    met_before = AIM.within(answers(found.generations[0].values)[:, :4]).mean(axis=0)
    assert (met > 0.9).all()
    assert (met_before < 0.6).all()
    assert found.weights.sum() == pytest.approx(1.0)
    assert effective_draws(found) > 32
    assert AIM.distance(found.draws.targets).mean() < 0.7 * AIM.distance(found.generations[0].targets).mean()


def test_each_generation_is_drawn_by_what_all_runs_before_it_taught() -> None:
    found = fitted()
    for number, factor in ((1, WARY), (2, 1.0)):
        before, drawn = found.generations[:number], found.generations[number]
        cube = np.concatenate([generation.cube for generation in before])
        targets = np.concatenate([generation.targets for generation in before])
        emulator = fit(cube, targets, AIM.percent, 1.0 / (1.0 + AIM.distance(targets) ** 2))
        np.testing.assert_array_equal(found.emulators[number - 1](drawn.cube), emulator(drawn.cube))
        noise = np.hypot(emulator.uncertainty, chance_of(before))
        np.testing.assert_allclose(drawn.drawn * factor, AIM.log_likelihood(emulator(drawn.cube), noise), rtol=1e-4)
    weights = np.exp(found.log_likelihood(found.draws.cube) - found.draws.drawn)
    np.testing.assert_allclose(found.weights, weights / weights.sum())


def test_noise_is_that_of_the_mean_over_the_seeds() -> None:
    found = fitted()
    np.testing.assert_allclose(found.chance, NOISE[:4] / np.sqrt(SEEDS), rtol=0.5)
    assert (found.noise() > found.chance).all()


def test_the_same_seed_gives_the_same_to_the_last_digit_and_another_another() -> None:
    one, same, other = fitted(seed=1), fitted(seed=1), fitted(seed=2)
    assert posterior_of(one).values.tobytes() == posterior_of(same).values.tobytes()
    assert one.weights.tobytes() == same.weights.tobytes()
    assert one.best.tobytes() == same.best.tobytes()
    for a, b in zip(one.generations, other.generations, strict=True):
        assert (a.values != b.values).all()


def test_an_impossible_target_ends_as_missed_and_the_others_are_met() -> None:
    aim = Aim.of((*MET, target("bounded", 90.0, 95.0, 8.0)))
    found = fitted(aim)
    within = aim.within(found.draws.targets)
    assert not within[:, 4].any()
    assert (found.weights @ within[:, :4]).min() > 0.5
    best = posterior_of(found).best
    assert within[best].tolist() == [True, True, True, True, False]


@pytest.mark.parametrize(
    ("place", "change", "parameter", "side"),
    [(2, 400.0, "posts", 1.0), (2, -400.0, "posts", -1.0), (1, 6.0, "gap", 1.0), (0, -10.0, "rate", -1.0)],
)
def test_another_documented_value_moves_the_fit_towards_it(
    place: int, change: float, parameter: str, side: float
) -> None:
    low = AIM.low.copy()
    low[place] += change
    before, after = fitted(), fitted(AIM.at(low))
    k = NAMES.index(parameter)
    assert side * (mean(after)[k] - mean(before)[k]) > 0.1
    moved = [found.weights @ found.draws.targets[:, place] for found in (before, after)]
    assert moved[1] - moved[0] == pytest.approx(change, rel=0.4)


def test_intervals_cover_the_parameters_that_made_the_targets() -> None:
    covered = []
    for experiment in range(20):
        rng = np.random.default_rng([7, experiment])
        truth = SPACE.values(rng.random(3))
        documented = answers(truth[None])[0, :4] + SPREAD * AIM.tolerance * rng.standard_normal(4)
        found = fitted(AIM.at(documented), experiment, (32, 32, 128), Known(experiment))
        posterior = posterior_of(found)
        for k in range(3):
            _, low, high = posterior.interval(posterior.values[:, k], 0.9)
            covered.append(low <= truth[k] <= high)
            assert high - low < 0.3 * np.subtract(*SPACE.priors[k].range[::-1]), "much narrower than the prior"
    assert 0.80 <= np.mean(covered) <= 0.98


# With the real model


class Counted:
    """`run_once` that counts its calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seeds: list[tuple[int, bool]] = []
        self._lock = threading.Lock()
        run = candidates.run_once

        def counted(scenario: Any, scale: float, seed: int, paired: bool) -> dict[str, float]:
            with self._lock:
                self.seeds.append((seed, paired))
            return run(scenario, scale, seed, paired)

        monkeypatch.setattr(candidates, "run_once", counted)


TWO: Final = load_space().values(np.random.default_rng(1).random((2, len(load_space().names))))
MEASURED: Final = [t.id for t in measured_targets()]


def measured(folder: Path, number: int, threads: int, done: list[bool] | None = None) -> Array:
    """Targets of the first candidates by the real model, with a journal in the folder."""
    journal = Journal(folder, {})
    ticks = done if done is not None else []
    laboratory = Laboratory(
        scenarios.load("baseline"),
        load_space(),
        Runs(5000.0, (11, 12), 2),
        journal,
        threads,
        threading.Event(),
        ticks.append,
    )
    try:
        return laboratory.values(0, TWO[:number], MEASURED)
    finally:
        journal.close()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Array:
    return measured(tmp_path_factory.mktemp("alone"), 2, 1)


def test_threads_do_not_change_the_table(alone: Array, tmp_path: Path) -> None:
    np.testing.assert_array_equal(measured(tmp_path, 2, 2), alone)
    assert alone.shape == (2, 2, len(MEASURED))
    assert len(np.unique(alone[..., MEASURED.index("technical_occupations_2021")])) == 4, "four runs, all different"


def test_only_the_first_of_two_candidates_is_run_twice(alone: Array, monkeypatch: Any, tmp_path: Path) -> None:
    counted = Counted(monkeypatch)
    measured(tmp_path, 2, 1)
    assert counted.seeds == [(11, True), (12, True), (11, False), (12, False)]
    assert np.isnan(alone[1, :, MEASURED.index("part_time_share_of_gap")]).all()


def test_runs_in_the_journal_are_not_done_again(alone: Array, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(tmp_path, 1, 1)
    counted, done = Counted(monkeypatch), list[bool]()
    np.testing.assert_array_equal(measured(tmp_path, 2, 2, done), alone)
    assert sorted(counted.seeds) == [(11, False), (12, False)]
    assert done == [False, False, True, True]
    np.testing.assert_array_equal(measured(tmp_path, 2, 2, done), alone)
    assert (len(counted.seeds), done[4:]) == (2, 4 * [False])


def test_a_laboratory_that_is_stopped_runs_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, stop, journal = Counted(monkeypatch), threading.Event(), Journal(tmp_path, {})
    baseline, runs = scenarios.load("baseline"), Runs(5000.0, (11, 12), 2)
    laboratory = Laboratory(baseline, load_space(), runs, journal, 1, stop, lambda _: stop.set())
    with pytest.raises(Stopped):
        laboratory.values(0, TWO, MEASURED)
    journal.close()
    assert 1 <= len(journal) == len(counted.seeds) < 4
