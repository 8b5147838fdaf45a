"""The calibrate command: files, resuming, adopting into a checkout, and what a user can do wrong."""

from __future__ import annotations

import json
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import calibration
import scenarios
from calibration import candidates, sensitivity, smc
from calibration.journal import NAME
from calibration.posterior import ABOUT, DRAWS, RECOVERY, SENSITIVITY, VALIDATION, Posterior, read_posterior
from calibration.priors import load_space
from calibration.report_checks import GLOBAL_PICTURE, LOCAL_PICTURE
from calibration.report_page import number
from calibration.study import Plan
from calibration.targets import load_targets
from experiments import calibrate
from experiments.adoption import REPORT_HTML, REPORT_MARKDOWN, adopt, checkout
from experiments.options import UserError
from scenarios.loading import load

PLAN: Final = Plan(seed=3, scale=5000.0, replicates=2, sizes=(16, 8), particles=64, paired=2, experiments=2)
TABLES: Final = {DRAWS, ABOUT, RECOVERY, SENSITIVITY, VALIDATION}
WRITTEN: Final = {*TABLES, REPORT_HTML, REPORT_MARKDOWN, GLOBAL_PICTURE, LOCAL_PICTURE}
CHECKOUT: Final = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """A calibration that takes no time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smc, "SWEEPS", 2)
        patch.setattr(sensitivity, "BASE", 32)
        patch.setattr(calibrate, "VALIDATION_DRAWS", 2)
        yield


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@dataclass(frozen=True)
class Done:
    """What a calibration left."""

    folder: Path
    code: int
    runs: int
    """Candidates run with a seed."""

    @property
    def texts(self) -> dict[str, str]:
        return {name: (self.folder / name).read_text(encoding="utf-8") for name in WRITTEN}

    @property
    def posterior(self) -> Posterior:
        return read_posterior(self.texts[DRAWS], self.texts[ABOUT], load_space())


def do(folder: Path) -> Done:
    """Calibrate into a folder and count the runs."""
    seeds: list[int] = []
    lock, run = threading.Lock(), candidates.run_once

    def counted(scenario: Any, scale: float, seed: int, paired: bool) -> dict[str, float]:
        with lock:
            seeds.append(seed)
        return run(scenario, scale, seed, paired)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "run_once", counted)
        code = calibrate.calibrate(PLAN, 2, folder, adopting=False, as_json=True)
    return Done(folder, code, len(seeds))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    return do(tmp_path_factory.mktemp("calibration") / "made" / "here")


# The command


def test_it_writes_posterior_checks_and_report_and_nothing_else(done: Done) -> None:
    assert done.code == 0
    assert set(contents(done.folder)) == {*WRITTEN, NAME}
    assert not list(done.folder.rglob("*.part"))
    assert done.runs == PLAN.steps
    assert len(done.posterior.weights) == PLAN.sizes[-1]
    assert len(done.texts[RECOVERY].splitlines()) == 1 + PLAN.experiments * len(load_space().names)


def test_the_report_carries_the_numbers_of_the_files(done: Done) -> None:
    texts, posterior = done.texts, done.posterior
    for name in (*load_space().names, *(target.id for target in load_targets())):
        assert name in texts[REPORT_HTML]
        assert name in texts[REPORT_MARKDOWN]
    for record in json.loads(texts[VALIDATION]):
        assert f"| {record['id']} |" in texts[REPORT_MARKDOWN]
    assert f"| runs of the model | {PLAN.total} |" in texts[REPORT_MARKDOWN]
    place = load_space().names.index("technical_posts")
    best = number(float(posterior.values[posterior.best, place]))
    start = f"| technical_posts | {number(1_550_000.0)} to "
    (row,) = (line for line in texts[REPORT_MARKDOWN].splitlines() if line.startswith(start))
    assert f"| {best} |" in row
    for name in (GLOBAL_PICTURE, LOCAL_PICTURE):
        assert texts[name].strip() in texts[REPORT_HTML]
        assert f"]({name})" in texts[REPORT_MARKDOWN]


def test_a_second_time_runs_nothing_and_leaves_the_same(done: Done, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(done.folder)
    again = do(done.folder)
    told = capsys.readouterr()
    assert (again.code, again.runs) == (0, 0)
    assert contents(done.folder) == before
    summary, posterior = json.loads(told.out), done.posterior
    judged = [record["hit"] for record in json.loads(done.texts[VALIDATION]) if record["hit"] is not None]
    assert summary["runs"] == PLAN.total
    assert summary["draws"] == 8
    assert summary["best_draw"] == posterior.best
    assert summary["fitted_targets"] == sum(target.use == "fitted" for target in load_targets())
    missed = summary["fitted_targets"] - summary["within_tolerance_at_the_best_draw"]
    assert missed == posterior.missed[posterior.best] == posterior.missed.min()
    assert (summary["back_test_judged"], summary["back_test_hit"]) == (len(judged), sum(judged))
    assert 0 <= summary["parameters_not_identified"] <= summary["parameters"] == len(load_space().names)
    lines = told.err.splitlines()
    assert lines[0].startswith("direct and global fit: ")
    assert [line.split(":")[0] for line in lines[1:3]] == ["generation 1 of 2", "generation 2 of 2"]
    assert f"of {PLAN.total} runs" in lines[2]
    assert lines[3].startswith(f"Results: {done.folder}")
    assert len(lines) == 4


def test_a_folder_of_another_calibration_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"scale": 1.0}\n')
    with pytest.raises(UserError, match=r"belongs to a calibration with other .*scale; give another folder"):
        do(tmp_path)
    assert set(contents(tmp_path)) == {NAME}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device", "runs.jsonl"), RuntimeError("wrong")])
def test_a_run_that_fails_is_told_and_not_taken_for_an_interrupt(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> dict[str, float]:
        raise error

    monkeypatch.setattr(candidates, "run_once", fail)
    with pytest.raises(type(error)):
        calibrate.calibrate(PLAN, 1, tmp_path, adopting=False, as_json=True)


def test_a_stop_by_the_user_keeps_what_was_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, handler, sent = candidates.run_once, signal.getsignal(signal.SIGINT), threading.Event()

    def interrupted(*given: Any) -> dict[str, float]:
        found = run(*given)
        if not sent.is_set():
            sent.set()
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return found

    monkeypatch.setattr(candidates, "run_once", interrupted)
    assert calibrate.calibrate(PLAN, 1, tmp_path, adopting=False, as_json=True) == calibrate.INTERRUPTED
    assert set(contents(tmp_path)) == {NAME}
    assert 2 <= len((tmp_path / NAME).read_text().splitlines()) < PLAN.steps, "a head and what was finished"
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("stopped; what was finished is in ")
    assert signal.getsignal(signal.SIGINT) == handler


# Adopting


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What of a checkout is needed, as it is before any calibration was adopted."""
    shutil.copytree(CHECKOUT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("*REPORT*", "sensitivity_*"))
    (tmp_path / "scenarios").mkdir()
    shutil.copy(Path(scenarios.__file__).parent / "baseline.yaml", tmp_path / "scenarios")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


def without_values(text: str, names: set[str]) -> str:
    """A scenario file with nothing where the values of some parameters stand."""
    spans = []

    def find(node: Any) -> None:
        if isinstance(node, yaml.MappingNode) and not node.flow_style:
            for _, part in node.value:
                find(part)
        else:
            spans.append((node.start_mark.index, node.end_mark.index))

    (parameters,) = (part for key, part in yaml.compose(text, yaml.SafeLoader).value if key.value == "parameters")
    for name, entry in parameters.value:
        if name.value in names:
            find(next(part for key, part in entry.value if key.value == "value"))
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def test_adopting_writes_all_into_its_place(done: Done, home: Path) -> None:
    before = contents(home)
    adopt(home, done.texts, load("baseline"), done.posterior)
    after = contents(home)
    places = {
        **{name: f"calibration/posterior/{name}" for name in TABLES},
        REPORT_HTML: "calibration/report/report.html",
        REPORT_MARKDOWN: "docs/CALIBRATION_REPORT.md",
        **{name: f"docs/{name}" for name in (GLOBAL_PICTURE, LOCAL_PICTURE)},
    }
    assert set(after) - set(before) == set(places.values())
    for name, place in places.items():
        assert after[place].decode() == done.texts[name]
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"scenarios/baseline.yaml"}

    old, new = (found["scenarios/baseline.yaml"].decode() for found in (before, after))
    posterior, baseline = done.posterior, load("baseline")
    best = load_space().tables(baseline, posterior.values[posterior.best].tolist())
    loaded = load(str(home / "scenarios" / "baseline.yaml"))
    values = {name: parameter.value for name, parameter in baseline.parameters.items()}
    assert {name: parameter.value for name, parameter in loaded.parameters.items()} == values | best
    assert values != values | best
    assert without_values(new, set(best)) == without_values(old, set(best))


def test_a_baseline_that_cannot_take_the_draw_leaves_everything(done: Done, home: Path) -> None:
    file = home / "scenarios" / "baseline.yaml"
    file.write_text(file.read_text().replace("\n  leave_base:", "\n  left_base:"))
    before = contents(home)
    with pytest.raises(KeyError, match="leave_base"):
        adopt(home, done.texts, load("baseline"), done.posterior)
    assert contents(home) == before


@pytest.mark.parametrize("missing", ["pyproject.toml", "docs"])
def test_only_a_checkout_can_adopt(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "__file__", str(tmp_path / "calibration" / "__init__.py"))
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "docs").mkdir()
    assert checkout() == tmp_path
    (tmp_path / missing).rename(tmp_path / "elsewhere")
    with pytest.raises(UserError, match=rf"--adopt: {tmp_path} is no checkout of careerflows; run it where"):
        checkout()
