"""Keys: whatever changes a run changes its key, and nothing else does."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from experiments.batch import keys
from experiments.batch.plan import Plan
from scenarios.loading import load
from tests.experiments.batch.conftest import SMALL, experiment


def every_key(folder: Path, *changes: tuple[str, str]) -> set[str]:
    text = SMALL
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return set(Plan(experiment(folder, text), None).every_key())


@pytest.mark.parametrize(
    "change",
    [
        ("scale: 5000", "scale: 4000"),
        ("until: 2024-01-01", "until: 2025-01-01"),
        ("until: 2024-01-01", "until: 2024-01-01\nseed: 50"),
        ("until: 2024-01-01", "until: 2024-01-01\noutcomes: [ledgers]"),
        ("[baseline, part_time_availability]", "[hybrid_teachers, part_time_availability+hybrid_teachers]"),
    ],
)
def test_all_that_determines_a_run_is_in_its_key(tmp_path: Path, change: tuple[str, str]) -> None:
    text = ("part_time_availability.reach: [0, 0.5, 1]", "hybrid_teachers.reach: [0, 0.5, 1]")
    more = (text,) if "hybrid" in change[1] else ()
    assert not every_key(tmp_path) & every_key(tmp_path, change, *more)


@pytest.mark.parametrize("name", ["code", "facts"])
def test_the_code_and_the_facts_are_in_the_key(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = every_key(tmp_path)
    monkeypatch.setattr(keys, name, lambda: "another")
    assert not before & every_key(tmp_path)


def test_what_says_nothing_about_a_run_is_not_in_its_key(tmp_path: Path) -> None:
    before = every_key(tmp_path)
    assert every_key(tmp_path, ("title: A small experiment", "title: Another title")) == before
    assert every_key(tmp_path, ("id: small", "id: other")) == before
    again = every_key(tmp_path, ("{kind: grid, steps: 2}", "{kind: grid, steps: 3}"))
    assert before < again


def test_a_longer_list_adds_runs_and_changes_none(tmp_path: Path) -> None:
    assert every_key(tmp_path) < every_key(tmp_path, ("[0, 0.5, 1]", "[0, 0.25, 0.5, 1]"))
    assert every_key(tmp_path) < every_key(tmp_path, ("replicates: 2", "replicates: 3"))


def test_texts_and_costs_of_measures_do_nothing() -> None:
    (measure,) = load("part_time_availability").measures
    before = keys.measures_digest([measure])
    assert keys.measures_digest([measure.model_copy(update={"title": "Else", "cost": ()})]) == before
    changes: list[dict[str, Any]] = [
        {"start": date(2030, 1, 1)},
        {"delay_years": 9.0},
        {"phase_in_years": 9.0},
        {"duration_years": 9.0},
        {"reach": measure.reach.model_copy(update={"share": 0.123})},
        {"levers": measure.strengthened(0.5).levers},
        {"id": "other"},
    ]
    found = {keys.measures_digest([measure.model_copy(update=change)]) for change in changes}
    assert len(found) == len(changes)
    assert before not in found


def test_one_digit_of_a_parameter_is_enough() -> None:
    told = keys.Parameters(load("baseline"))
    value: Any = load("baseline").parameters["productivity_growth"].value
    assert told.digest({"productivity_growth": value}) == told.digest({})
    assert told.digest({"productivity_growth": value * (1 + 1e-15)}) != told.digest({})
