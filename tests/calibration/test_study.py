"""A whole calibration, small: files, resuming, threads, what determines the posterior."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
import yaml

import scenarios
from calibration import sensitivity, smc
from calibration.candidates import Stopped
from calibration.facts import FactBook
from calibration.journal import NAME, JournalError
from calibration.likelihood import Aim
from calibration.posterior import ABOUT, DRAWS, read_posterior
from calibration.priors import load_space
from calibration.study import Plan, Study
from calibration.targets import fitted, read_targets

PLAN = Plan(seed=3, scale=5000.0, replicates=2, sizes=(16, 8), particles=64, paired=2, experiments=2)


@pytest.fixture(autouse=True)
def few_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smc, "SWEEPS", 2)
    monkeypatch.setattr(sensitivity, "BASE", 32)


def study(folder: Path, plan: Plan = PLAN, threads: int = 1, aim: Aim | None = None) -> Study:
    baseline = scenarios.load("baseline")
    return Study(plan, baseline, load_space(), aim or Aim.of(fitted()), folder, threads, threading.Event())


def texts(this: Study, stop_after: int | None = None) -> dict[str, str]:
    """Results of a study, which stops after so many runs if that is given."""
    done = 0

    def count(fresh: bool) -> None:
        nonlocal done
        done += fresh
        if done == stop_after:
            this.stop.set()

    return this.run(count, lambda _: None)


def aim_with(entry: str, old: str, new: str) -> Aim:
    """The aim after a change in the text of `facts.yaml`."""
    facts, targets = (
        resources.files("calibration").joinpath(name).read_text() for name in ("facts.yaml", "targets.yaml")
    )
    assert facts.count(entry) == 1
    book = FactBook.model_validate(yaml.safe_load(facts.replace(entry, entry.replace(old, new))))
    return Aim.of([target for target in read_targets(targets, book) if target.use == "fitted"])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smc, "SWEEPS", 2)
        patch.setattr(sensitivity, "BASE", 32)
        return texts(study(tmp_path_factory.mktemp("undisturbed")))


def test_the_table_has_every_draw_with_weight_fit_seeds_and_digests(undisturbed: dict[str, str]) -> None:
    posterior = read_posterior(undisturbed[DRAWS], undisturbed[ABOUT], load_space())
    assert len(posterior.weights) == PLAN.sizes[-1]
    assert posterior.weights.sum() == pytest.approx(1.0)
    assert {target.id for target in fitted()} <= set(posterior.targets)
    assert posterior.about["seeds"] == [3001, 3002]
    assert posterior.about["runs"] == PLAN.total == 2 * (16 + 8 + 2) + 2 * 13 + 2 * 2 * 2
    for name in ("model", "measures", "facts", "priors"):
        assert len(posterior.about[f"{name}_sha256"]) == 64


def test_threads_do_not_change_the_posterior(undisturbed: dict[str, str], tmp_path: Path) -> None:
    assert texts(study(tmp_path, threads=2)) == undisturbed


@pytest.mark.parametrize("after", [5, 30])
def test_a_stopped_calibration_goes_on_to_the_same_posterior(
    after: int, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(Stopped):
        texts(study(tmp_path, threads=2), stop_after=after)
    kept = len((tmp_path / NAME).read_text().splitlines())
    assert after < kept < PLAN.steps + 1
    assert texts(study(tmp_path)) == undisturbed


def test_a_killed_calibration_goes_on_to_the_same_posterior(undisturbed: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path\n"
        "from test_study import study, texts\n"
        "from calibration import sensitivity, smc; smc.SWEEPS, sensitivity.BASE = 2, 32\n"
        "texts(study(Path(sys.argv[1])))\n"
    )
    here = Path(__file__).parent
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(here), str(here.parents[1])])
    journal = tmp_path / NAME
    try:
        for _ in range(1200):
            if journal.exists() and journal.read_bytes().count(b"\n") > 6:
                break
            assert process.poll() is None, "the calibration ended before it was killed"
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    with journal.open("ab") as stream:
        stream.write(b'{"point": "cut o')  # what a kill in the middle of a write leaves
    assert texts(study(tmp_path)) == undisturbed


def test_another_seed_gives_another_posterior(undisturbed: dict[str, str], tmp_path: Path) -> None:
    other = replace(PLAN, seed=4)
    assert texts(study(tmp_path, other))[DRAWS] != undisturbed[DRAWS]


def test_a_folder_of_another_calibration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        texts(study(tmp_path), stop_after=1)
    other = replace(PLAN, scale=4000.0)
    with pytest.raises(JournalError, match=r"belongs to a calibration with other scale; give another folder"):
        study(tmp_path, other).run(lambda _: None, lambda _: None)


def test_a_changed_fact_changes_the_fit_and_reuses_the_first_generation(
    undisturbed: dict[str, str], tmp_path: Path
) -> None:
    texts(study(tmp_path))
    again = study(tmp_path, aim=aim_with("  - id: vmbo_boys_choose_tech\n    value: 36\n", "36", "20"))
    assert again.aim.low[again.aim.names.index("vmbo_boys_choose_tech")] == 20.0
    runs = 0

    def count(fresh: bool) -> None:
        nonlocal runs
        runs += fresh

    found = again.run(count, lambda _: None)
    assert found[DRAWS] != undisturbed[DRAWS]
    assert runs == PLAN.replicates * (PLAN.sizes[1] + 1), "and where the global fit ends"
