from __future__ import annotations

import os
from pathlib import Path

import pytest

from experiments.batch.batch import experiment_files
from experiments.batch.experiment import Experiment, load_experiment
from experiments.batch.plan import Plan
from experiments.batch.store import Store
from experiments.batch.work import Task, work

ALL = os.environ.get("CAREERFLOWS_FAULTS") == "all"
"""Whether to try as many faults as the project promises, not only a few."""
SMALL = """\
id: small
title: A small experiment
scenarios: [baseline, part_time_availability]
uncertainties:
  productivity_growth: provenance
levers:
  part_time_availability.reach: [0, 0.5, 1]
design: {kind: grid, steps: 2}
replicates: 2
scale: 5000
until: 2024-01-01
"""
"""Two scenarios, two values of an uncertainty, three of a lever: 12 rows and 8 different runs for each replicate."""
BOTH = SMALL + "outcomes: [indicators, ledgers]\n"


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    """An experiment file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def experiment(folder: Path, text: str = SMALL) -> Experiment:
    """An experiment from its text."""
    return load_experiment(written(folder, text))


def stored(plan: Plan, folder: Path) -> Store:
    """The store of a plan, computed here."""
    with Store(folder) as store:
        store.keep_experiment(plan.experiment.file.id, experiment_files(plan))
        for task in plan.tasks(store.finished.done):
            store.keep(work(task))
        store.flush()
    return store


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the small experiment with ledgers; not to be changed."""
    folder = tmp_path_factory.mktemp("small")
    plan = Plan(experiment(folder, BOTH), None)
    stored(plan, folder / "store")
    return folder / "store"


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return Plan(experiment(tmp_path_factory.mktemp("plan"), BOTH), None)


@pytest.fixture(scope="session")
def done(plan: Plan) -> list[tuple[Task, bytes]]:
    """Every task with what came of it."""
    return [(task, work(task)) for task in plan.tasks(())]


@pytest.fixture
def store(plan: Plan, tmp_path: Path) -> Path:
    stored(plan, tmp_path / "s")
    return tmp_path / "s"
