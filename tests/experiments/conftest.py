from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import experiments
from experiments.comparison import Comparison
from experiments.options import Given, Settings, compared
from experiments.outcomes import by_year
from experiments.replicates import Batch

Command = Callable[..., tuple[int, str, str]]

SMALL = ("--scale", "4000", "--until", "2025-01-01")
"""Options that make a run take no time."""
SAME = """\
id: same
title: The same again
summary: A scenario without any difference.
extends: baseline
"""


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command line in an empty folder; gives exit code, standard output and standard error."""
    from experiments.cli import answer

    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = answer(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """Environment in which a new Python finds the packages, installed or not."""
    home = str(Path(experiments.__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])}


@pytest.fixture(scope="session")
def python() -> list[str]:
    """The command line in a process of its own."""
    return [sys.executable, "-m", "experiments"]


def records(text: str) -> list[dict[str, Any]]:
    """JSON without NaN or Infinity, which are no JSON."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} in JSON")

    found = json.loads(text, parse_constant=refuse)
    assert isinstance(found, list)
    return found


def comparison_of(threads: int, *names: str, replicates: int = 3) -> Comparison:
    scenarios = compared(Given(tuple(names)))
    comparison = Comparison(tuple(scenario.id for scenario in scenarios))
    for replicate in Batch(scenarios, Settings(4000.0, replicates, 7, date(2026, 1, 1), threads), by_year):
        comparison.add(replicate.number, replicate.runs)
    return comparison


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """Three replicates of two measures, small."""
    return comparison_of(1, "part_time_availability", "ten_year_guarantee")
