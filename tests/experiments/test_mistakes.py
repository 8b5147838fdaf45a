"""Mistakes of users: one clear line on standard error, exit code 2, and nothing written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import SAME, Command

MISTAKES = [
    (["compare", "--scale", "0"], "1 to 5000"),
    (["compare", "--scale", "5001"], "1 to 5000"),
    (["compare", "--scale", "lots"], "not a number"),
    (["compare", "--scale", "nan"], "1 to 5000"),
    (["compare", "--replicates", "1"], "2 or more"),
    (["compare", "--replicates", "0"], "whole number"),
    (["run", "baseline", "--replicates", "2.5"], "whole number"),
    (["compare", "--replicates", "1000000"], "too high"),
    (["compare", "--seed", "-1"], "too low"),
    (["compare", "--seed", "4294967290"], "4294967275"),
    (["run", "baseline", "--seed", "4294967295"], "too high"),
    (["compare", "--seed", "one"], "not a whole number"),
    (["compare", "--until", "2022-06-01"], "2023-01-01"),
    (["compare", "--until", "2061-01-01"], "2060-01-01"),
    (["compare", "--until", "soon"], "year-month-day"),
    (["compare", "--until", "2030-02-30"], "year-month-day"),
    (["compare", "--threads", "0"], "too low"),
    (["compare", "part_time"], "part_time_availability"),
    (["compare", "hybrid_techers"], "hybrid_teachers"),
    (["compare", "hybrid_teachers", "hybrid_teachers"], "given twice"),
    (["compare", "baseline"], "nothing to compare"),
    (["compare", "same.yaml", "also_same.yaml"], "both same.yaml and also_same.yaml"),
    (["compare", "own_baseline.yaml"], "another id"),
    (["compare", "no/such/file.yaml"], "neither a packaged scenario, a measure nor a file"),
    (["compare", "broken.yaml"], "broken.yaml:2"),
    (["compare", "--out", "a_file"], "is a file"),
    (["compare", "--out", "a_file/inside"], "no folder can be made"),
    (["compare", "--out", "full"], "holds other files"),
    (["compare", "--out", "."], "the folder you are in"),
    (["compare", "--out", "/"], "give a new"),
    (["compare", "--out", "x" * 300], "no folder can be made"),
    (["run", "baseline", "--out", "full"], "holds other files"),
    (["run"], "Missing argument"),
    (["run", "nobody"], "nobody"),
    (["run", "baseline", "hybrid_teachers"], "unexpected"),
    (["facts", "--until", "2023-01-01"], "2023-04-01"),
    (["explain", "mismatch_leav"], "mismatch_leave"),
    (["explain", "qqqqqq"], "give a parameter"),
    (["explain", ""], "nothing here is called"),
    (["check"], "Missing argument"),
    (["check", "full"], "directory"),
    (["compar"], "compare"),
    (["compare", "--replicate", "3"], "--replicates"),
    (["compare", "--scale"], "--scale"),
    (["graph", "--out", "a_file"], "is a file"),
    (["compare", "disability_inclusion"], "the model cannot judge this measure: The model knows no disability"),
    (["compare", "golden_gate+nobody"], "nobody: is neither a packaged scenario, a measure nor a file"),
    (["compare", "--set", "part_time_availability.reach=2"], "--set: part_time_availability.reach=2: 2 is more than 1"),
    (["compare", "--set", "part_time_availability"], "is no name and value"),
    (["run", "hybrid_teachers", "--set", "hybrid_teachers.strt=1"], "no 'strt' in hybrid_teachers"),
    (["compare", "--sweep", "contacts=1,2"], "--sweep: 'contacts=1,2' concerns no single scenario"),
    (["compare", "--sweep", "part_time_availability.reach=0:1:0"], "is no range of 2 to 100 values"),
    (["compare", "--goal", "less vacancies"], "--goal: 'less vacancies' is no goal; write it as"),
    (["compare", "--goal", "5 more technicians by 2040"], "give a year from 2022 to 2035"),
    (["compare", "--precision", "much"], "--precision: 'much' is not a number"),
    (["compare", "--precision", "0"], "--precision: 0 is outside the limits"),
    (["measures", "--pillar", "5"], "--pillar: 5 is too high"),
    (["measures", "--language", "de"], "--language: 'de' is not known; give en for English or nl for Dutch"),
]


@pytest.mark.parametrize(
    ("arguments", "expected"), MISTAKES, ids=lambda value: " ".join(value)[:60] if value else "empty"
)
def test_a_mistake_is_told_in_one_line(command: Command, arguments: list[str], expected: str) -> None:
    Path("a_file").write_text("here first")
    Path("full").mkdir()
    Path("full/thesis.txt").write_text("years of work")
    Path("same.yaml").write_text(SAME)
    Path("also_same.yaml").write_text(SAME)
    Path("own_baseline.yaml").write_text(SAME.replace("id: same", "id: baseline"))
    Path("broken.yaml").write_text("id: broken\n  title: [\n")
    before = sorted(Path().rglob("*"))
    code, out, err = command(*arguments)
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("error: ")
    assert expected in err
    assert "Traceback" not in err
    assert sorted(Path().rglob("*")) == before
    assert Path("full/thesis.txt").read_text() == "years of work"


def test_mistakes_in_a_process_of_its_own(python: list[str], environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*python, "compare", "--scale", "0"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_crash_leaves_nothing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("experiments.pictures.draw_comparison", fail)
    code, _, err = command("compare", "--scale", "5000", "--until", "2023-01-01", "--replicates", "2")
    assert code == 2
    assert "no space left" in err
    assert not list(Path().iterdir())


def test_partial_results_go_beside_earlier_ones(tmp_path: Path) -> None:
    from experiments.folders import results_folder
    from experiments.manifest import write_manifest

    places = []
    for partial in (True, False, True, True):
        with results_folder(tmp_path / "mine") as folder:
            write_manifest(folder.work, {"made_by": "careerflows", "partial": partial})
            places.append(folder.keep(partial=partial).name)
    assert places == ["mine", "mine", "mine-partial", "mine-partial-2"]
    assert '"partial": false' in (tmp_path / "mine" / "manifest.json").read_text()
    assert len(list(tmp_path.iterdir())) == 3


def test_the_latest_end_is_one_that_the_model_can_reach() -> None:
    from experiments.options import LAST_END
    from sim.model import last_quarter

    assert last_quarter(LAST_END) > 0
