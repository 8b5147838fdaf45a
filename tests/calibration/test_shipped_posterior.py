"""The posterior in the repository: the model gives the stored fit again, and it is what the documents ask for."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import calibration
import scenarios
from calibration.likelihood import Aim
from calibration.posterior import RECOVERY, SENSITIVITY, VALIDATION, Posterior, fit_of, load_posterior
from calibration.priors import load_space
from calibration.simulation import run_once, target_values
from calibration.targets import fitted
from experiments.calibrate import reported

AGAIN = 5
"""Draws that are simulated again."""
PAIRED = "part_time_share_of_gap"
LEAST_DRAWS, MOST_RUNS = 200, 20_000
LEAST_WITHIN, LEAST_FIRM = 0.9, 0.65


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    return load_posterior()


def test_draws_give_their_stored_fit_again_to_the_last_digit(posterior: Posterior) -> None:
    rng, number = np.random.default_rng(5), len(posterior.weights)
    draws = [posterior.best, *rng.choice(np.delete(np.arange(number), posterior.best), AGAIN - 1, False).tolist()]
    seeds, scale = posterior.about["seeds"], posterior.about["plan"]["scale"]
    baseline = scenarios.load("baseline")

    def again(draw: int, seed: int) -> dict[str, float]:
        paired = bool(np.isfinite(posterior.targets[PAIRED][draw]))
        return target_values(run_once(posterior.scenario(baseline, draw), scale, seed, paired))

    with ThreadPoolExecutor(2) as pool:
        found = [list(pool.map(again, [draw] * len(seeds), seeds)) for draw in draws]
    for draw, runs in zip(draws, found, strict=True):
        known = {name: values[draw] for name, values in posterior.targets.items() if np.isfinite(values[draw])}
        means = np.array([[run[name] for name in known] for run in runs])[None].mean(axis=1)[0]
        assert dict(zip(known, means.tolist(), strict=True)) == known, f"draw {draw}"


def test_the_stored_fit_is_that_of_the_targets_as_they_are_now(posterior: Posterior) -> None:
    aim = Aim.of(fitted())
    values = np.stack([fit_of(aim, posterior, draw) for draw in range(len(posterior.weights))])
    np.testing.assert_allclose(posterior.distance, aim.distance(values), rtol=1e-12)
    assert posterior.missed.tolist() == (~aim.within(values)).sum(axis=1).tolist()
    assert posterior.firm.tolist() == aim.firm_within(values).tolist()


def test_it_is_as_good_as_asked(posterior: Posterior) -> None:
    aim = Aim.of(fitted())
    deviations = np.abs(aim.deviations(fit_of(aim, posterior, posterior.best)))
    known = np.isfinite(deviations)
    assert (deviations[known] <= 1.0).mean() >= LEAST_WITHIN
    assert deviations[known].max() <= 2.0
    assert len(posterior.weights) >= LEAST_DRAWS
    assert posterior.weights.sum() == pytest.approx(1.0)
    assert posterior.weights[posterior.firm].sum() >= LEAST_FIRM
    assert posterior.about["runs"] <= MOST_RUNS


def test_the_baseline_carries_the_best_draw(posterior: Posterior) -> None:
    baseline, space = scenarios.load("baseline"), load_space()
    tables = space.tables(baseline, posterior.values[posterior.best].tolist())
    assert {name: baseline.parameters[name].value for name in tables} == tables


def test_the_report_is_what_the_posterior_and_its_checks_give(posterior: Posterior) -> None:
    home = Path(calibration.__file__).parents[1]
    folder = home / "calibration" / "posterior"
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in (RECOVERY, SENSITIVITY, VALIDATION)}
    places = {"report.html": "calibration/report/report.html", "report.md": "docs/CALIBRATION_REPORT.md"}
    for name, text in reported(posterior, texts, json.loads(texts[VALIDATION])).items():
        assert (home / places.get(name, f"docs/{name}")).read_text(encoding="utf-8") == text, name


def test_calibrated_is_what_the_calibration_moves() -> None:
    moved = {name for prior in load_space().priors for name in prior.parameters}
    parameters = scenarios.load("baseline").parameters
    assert {name for name, parameter in parameters.items() if parameter.kind == "calibrated"} == moved
