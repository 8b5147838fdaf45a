"""The command: an experiment run, gone on with, changed, stopped, read by other programs; one line about mistakes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import experiments
from tests.experiments.batch import failing
from tests.experiments.batch.conftest import SMALL, written
from tests.experiments.batch.sql import told_by_duckdb
from tests.experiments.batch.stores import assert_same
from tests.experiments.conftest import Command
from tests.experiments.test_stopping import hears

BOTH = SMALL + "outcomes: [indicators, ledgers]\n"
FAILING = """\
id: failing
title: More people than can be counted
scenarios: [baseline, curriculum_technology]
uncertainties:
  arrivals_technical: [11000, 1.0e+6]
scale: 5000
until: 2023-01-01
"""


@pytest.fixture(scope="session")
def made(python: list[str], environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small experiment run by the command on two processes; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    file = written(folder, BOTH)
    options = ["batch", str(file), "--store", "store", "--processes", "2"]
    done = subprocess.run([*python, *options], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(" of 16 runs: " in line for line in done.stderr.splitlines()), "progress, where compiling takes long"
    title, told, place = done.stdout.splitlines()
    assert title == "A small experiment (small)"
    assert told.startswith("16 of 16 runs: 16 done, 0 from the store, 0 failed. This took ")
    assert place == "Store: store"
    return folder


def test_processes_give_what_this_process_gives(made: Path, small_store: Path) -> None:
    assert_same(made / "store", small_store)


def test_what_is_in_the_store_is_never_computed_again(made: Path, command: Command) -> None:
    code, out, err = command("batch", str(made / "mine.yaml"), "--store", str(made / "store"), "--json")
    told = json.loads(out)
    assert (code, err, told["done"], told["from_the_store"], told["to_do"]) == (0, "", 0, 16, 0)


def test_a_dry_run_says_what_it_takes_and_writes_nothing(made: Path, command: Command, tmp_path: Path) -> None:
    text = BOTH.replace("replicates: 2", "replicates: 3")
    file = written(tmp_path, text)
    code, out, err = command("batch", str(file), "--dry-run", "--json", "--processes", "2")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]
    assert (told["rows"], told["runs"], told["from_the_store"], told["to_do"]) == (36, 24, 0, 24)
    assert told["seconds"] * 2 == pytest.approx(told["processor_seconds"], abs=0.11)
    files = [file for file in (made / "store").rglob("part-*.parquet") if "timings" not in file.parts]
    size = sum(file.stat().st_size for file in files) * 24 / 16
    assert 0.2 * size < told["bytes"] < 2.0 * size
    code, out, _ = command("batch", str(file), "--dry-run", "--store", str(made / "store"))
    assert code == 0
    assert " to do                        8" in out
    assert "processes here, " in out


def test_failures_are_data_and_stop_nothing(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.batch.local.work", failing.work)
    file = written(tmp_path, FAILING)
    code, out, err = command("batch", str(file), "--store", "s", "--processes", "1")
    assert code == 1
    assert "4 of 4 runs: 2 done, 0 from the store, 2 failed." in out
    assert err == "2 runs failed: careerflows store status s says why; --retry-failed tries again\n"
    code, out, _ = command("store", "status", "s")
    assert code == 0
    assert out.splitlines()[-1].startswith("2 failed: OverflowError: ")
    failures = experiments.load("s").failures
    assert sorted(failures["scenario"]) == ["baseline", "curriculum_technology"]
    code, out, _ = command("batch", str(file), "--store", "s", "--json")
    told = json.loads(out)
    assert (code, told["done"], told["failed"], told["from_the_store"]) == (1, 0, 2, 2)
    code, out, _ = command("batch", str(file), "--store", "s", "--json", "--retry-failed", "--processes", "1")
    assert json.loads(out)["failed"] == 2
    assert len(experiments.load("s").failures) == 4
    written(tmp_path, FAILING.replace("1.0e+6", "12000"))
    code, out, _ = command("batch", str(file), "--store", "s", "--json", "--processes", "1")
    told = json.loads(out)
    assert (code, told["done"], told["failed"], told["from_the_store"]) == (0, 2, 0, 2)


def test_other_programs_read_the_store(made: Path, tmp_path: Path) -> None:
    place = made / "store" / "indicators"
    rows = 16 * 2 * 180
    pandas = pd.read_parquet(place)
    polars = pl.read_parquet(place)
    assert len(pandas) == len(polars) == rows
    query = f"""
        select d.scenario, d."part_time_availability.reach" as reach, avg(i.value) as value
        from '{made}/store/experiments/small/design.parquet' d
        join read_parquet('{place}/*/*.parquet', hive_partitioning = true) i using (run)
        where i.indicator = 'technicians' and i."group" = 'all' and i.year = 2023
        group by all order by all
    """
    found = told_by_duckdb(query, tmp_path)
    ours = experiments.load(made / "store").indicators(indicator="technicians", group="all", year=2023)
    ours = ours.rename(columns={"part_time_availability.reach": "reach"})
    wanted = ours.groupby(["scenario", "reach"], observed=True)["value"].mean().reset_index()
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False, check_categorical=False)


def test_differences_are_of_the_same_point_and_luck(made: Path) -> None:
    results = experiments.load(made / "store")
    asked = {"indicator": ["technicians", "open_vacancies"], "group": ["all", "mbo"]}
    frame = results.indicators(**asked)
    same = ["point", "draw", "replicate", "scale", "indicator", "group", "year"]
    values = frame.set_index(["scenario", *same])["value"]
    found = results.differences(**asked)
    assert found["scenario"].cat.categories.tolist() == ["part_time_availability"]
    assert [*found] == [*frame]
    assert len(found) == len(frame) / 2
    assert (found["value"] != 0.0).any()
    expected = values["part_time_availability"] - values["baseline"]
    pd.testing.assert_series_equal(found.set_index(same)["value"].sort_index(), expected.sort_index())
    zero = found[found["part_time_availability.reach"] == 0.0]
    assert (zero["value"] == 0.0).all()
    runs = set(frame.loc[frame["scenario"] == "part_time_availability", "run"])
    assert set(found["run"]) == runs


def test_frames_are_tidy(made: Path) -> None:
    results = experiments.load(made / "store")
    frame = results.indicators()
    assert list(frame.columns) == [
        "run", "scenario", "point", "draw", "posterior_row", "replicate", "seed", "scale", "productivity_growth",
        "part_time_availability.reach", "year", "indicator", "group", "value",
    ]  # fmt: skip
    assert len(frame) == 24 * 2 * 180
    assert not frame["value"].isna().any()
    flows = results.table("flows")
    assert flows["agents"].min() > 0
    assert results.factors() == ("productivity_growth", "part_time_availability.reach")
    assert len(results.runs) == len(results.timings) == 16
    assert results.about()["parameters"]["leave_base"]["kind"] == "calibrated"


@pytest.mark.parametrize("suffix", ["csv", "parquet", "feather", "xlsx"])
def test_export_gives_the_same_in_every_kind_of_file(made: Path, command: Command, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    wanted = ["--indicator", "technicians", "--group", "all", "--group", "women", "--year", "2023"]
    code, told, _ = command("store", "export", str(made / "store"), "--out", str(out), *wanted)
    assert (code, told) == (0, f"48 rows: {out}\n")
    readers = {"csv": pd.read_csv, "parquet": pd.read_parquet, "feather": pd.read_feather, "xlsx": pd.read_excel}
    frame = readers[suffix](out)
    ours = experiments.load(made / "store").indicators(indicator="technicians", group=["all", "women"], year=2023)
    assert frame["value"].tolist() == ours["value"].tolist()
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_status_and_verify_for_programs(made: Path, command: Command) -> None:
    _, out, _ = command("store", "status", str(made / "store"), "--json")
    told = json.loads(out)
    assert told["experiments"] == [{"id": "small", "runs": 16, "done": 16, "failed": 0, "to_do": 0}]
    assert (told["in_journal"], told["failures"]) == (0, {})
    code, out, _ = command("store", "verify", str(made / "store"), "--json")
    assert (code, json.loads(out)["damaged"]) == (0, [])


MISTAKES = [
    (["batch", "none.yaml"], "is neither a file nor an experiment"),
    (["batch", "lever_sweep", "--processes", "0"], "--processes: 0 is too low"),
    (["batch", "lever_sweep", "--store", "file"], "--store: file is a file; give a folder"),
    (["batch", "lever_sweep", "--store", "/proc/none"], "/proc/none cannot be"),
    (["batch", "lever_sweep", "--cluster", "nowhere"], "--cluster: nowhere is no address and no file"),
    (["batch", "lever_sweep", "--cluster", "wrong.json"], "--cluster: wrong.json holds no address of a scheduler"),
    (["batch", "lever_sweep", "--cluster", "tcp://127.0.0.1"], "no scheduler answers at tcp://127.0.0.1 (missing port"),
    (["store", "status", "none"], "none: there is no such folder"),
    (["store", "export", "none", "--out", "a.doc"], "'a.doc' ends in none of .csv"),
    (["store", "veriy", "none"], "No such command 'veriy'. Did you mean 'verify'?"),
    (["sensitivity", "none", "--year", "soon"], "--year: 'soon' is not a whole number"),
    (["discover", "none"], "Missing option '--goal'"),
    (["discover", "none", "--goal", "x", "--threshold", "0"], "--threshold: 0 is outside the limits; give a number ab"),
    (["discover", "none", "--goal", "x", "--threshold", "most"], "--threshold: 'most' is not a number; give a number"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[message[:30] for _, message in MISTAKES])
def test_mistakes_are_told_in_one_line(command: Command, tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "wrong.json").write_text("[]")
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "wrong.json"]


def test_store_alone_shows_what_it_can(command: Command) -> None:
    code, out, err = command("store")
    assert (code, err) == (0, "")
    assert "verify" in out


def test_what_is_asked_of_a_store_must_be_there(made: Path, command: Command) -> None:
    for wanted, message in (
        (["--indicator", "technician"], "'technician' is no indicator; did you mean 'technicians'?"),
        (["--group", "elves"], "'elves' is no group; known: all, women"),
        (["--experiment", "smal"], "did you mean 'small'?"),
        (["--year", "1900"], "--year: 1900 is too low; give a whole number from 2022 to 2059"),
        (["--year", "2055"], "holds no such numbers; careerflows store status"),
    ):
        code, _, err = command("store", "export", str(made / "store"), "--out", "a.csv", *wanted)
        assert code == 2
        assert message in err


def test_results_of_another_command_never_replace_a_store(made: Path, command: Command) -> None:
    before = sorted(path for path in (made / "store").rglob("*"))
    code, out, err = command(
        "run", "baseline", "--scale", "5000", "--until", "2023-01-01", "--out", str(made / "store")
    )
    assert (code, out) == (2, "")
    assert "holds other files than earlier results" in err
    assert sorted(path for path in (made / "store").rglob("*")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_batch_goes_on(
    how: signal.Signals, python: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    written(tmp_path, SMALL.replace("replicates: 2", "replicates: 400"))
    options = ["batch", "mine.yaml", "--store", "s", "--processes", "2", "--json"]
    process = subprocess.Popen(
        [*python, *options], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=hears,
    )  # fmt: skip
    end = time.monotonic() + 120
    while not list(tmp_path.glob("s/journal/*/*.runs")) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "stopped: what was finished is kept; the same command goes on\n"
    told = json.loads(out)
    assert 0 < told["done"] < told["runs"] == 3200
    assert len(experiments.load(tmp_path / "s").runs) == told["done"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_a_closed_output_is_no_failure(made: Path, python: list[str], environment: dict[str, str]) -> None:
    given = [*python, "batch", "mine.yaml", "--store", "store"]
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *given], cwd=made, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
