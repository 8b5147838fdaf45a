"""Ctrl-C leaves finished replicates usable; help is there at once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

HEAVY = ("numpy", "pandas", "matplotlib", "mesa", "numba", "scipy", "pyarrow", "networkx", "yaml")


def hears() -> None:
    """Let a new process hear Ctrl-C also where the tests run in the background, which a shell makes deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def size_when_it_grows(folder: Path, than: int, process: subprocess.Popen[str]) -> int:
    """Wait until the table of indicators in the making is larger than a size."""
    end = time.monotonic() + 240
    while time.monotonic() < end and process.poll() is None:
        found = [file.stat().st_size for file in folder.glob(".*/indicators.parquet")]
        if found and found[0] > than:
            return found[0]
        time.sleep(0.02)
    raise AssertionError("no replicate came")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_interrupt_leaves_finished_replicates(python: list[str], environment: dict[str, str], tmp_path: Path) -> None:
    options = ["--scale", "2000", "--until", "2026-01-01", "--replicates", "5000", "--threads", "2", "--out", "here"]
    process = subprocess.Popen(
        [*python, "compare", *options, "hybrid_teachers"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hears,
    )  # fmt: skip
    try:
        size = 4
        for _ in range(4):
            size = size_when_it_grows(tmp_path, size, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, err
    manifest = json.loads((tmp_path / "here" / "manifest.json").read_text())
    finished = manifest["finished_replicates"]
    assert 2 <= finished < 5000
    assert err.splitlines() == [f"stopped: results of the {finished} replicates (of 5000) that had finished"]
    assert "Results: here" in out
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    for name in ("flows", "stocks", "indicators"):
        table = pd.read_parquet(tmp_path / "here" / f"{name}.parquet")
        assert table.replicate.nunique() == finished
        assert table.groupby("scenario", observed=True).replicate.nunique().tolist() == [finished, finished]
    assert [seed - 1 for seed in manifest["seeds"]] == sorted(table.replicate.unique())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_a_second_interrupt_ends_at_once_and_leaves_nothing(
    python: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [*python, "run", "baseline", "--scale", "10", "--replicates", "50", "--out", "here/deep"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hears,
    )  # fmt: skip
    try:
        end = time.monotonic() + 240
        while not list(tmp_path.glob("here/.*")) and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130
    assert out == ""
    assert err.startswith("stopped")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["--help"], ["compare", "--help"], ["--version"], []])
def test_help_loads_nothing_heavy(arguments: list[str], environment: dict[str, str], tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from experiments.cli import answer\n"
        f"code = answer({arguments!r})\n"
        f"print('loaded', sorted(set(sys.modules) & set({HEAVY!r})), code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded [] 0"


def test_a_report_loads_only_what_it_uses(environment: dict[str, str], tmp_path: Path) -> None:
    """The calibration and pandas take longer to load than a small report to make."""
    code = (
        "import sys, experiments.report\n"
        "print({name.partition('.')[0] for name in sys.modules} & {'calibration', 'pandas', 'SALib', 'mesa'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_output_that_nobody_reads_is_no_error(python: list[str], environment: dict[str, str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*python, "graph", "--json"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.wait(timeout=60)
    assert "Traceback" not in err
