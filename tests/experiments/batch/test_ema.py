"""An experiment under the EMA workbench: its factors, its outcomes, and that the numbers are those of a batch."""

from __future__ import annotations

import logging
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("ema_workbench")

from ema_workbench import MultiprocessingEvaluator, Policy, Scenario, SequentialEvaluator
from ema_workbench.em_framework.parameters import CategoricalParameter, RealParameter

from experiments import load
from experiments.batch.ema import CareerFlowsModel
from experiments.batch.plan import Plan
from experiments.options import UserError
from tests.experiments.batch.conftest import experiment, stored, written

STUDY = """\
id: study
title: A study
scenarios: [baseline, part_time_availability]
uncertainties:
  productivity_growth: {range: [0.001, 0.03]}
  contacts: [4]
levers:
  part_time_availability.reach: {range: [0, 1]}
  part_time_availability.start: ["2022-01-01", "2023-01-01"]
replicates: 2
scale: 4000
until: 2025-01-01
seed: 3
"""
POINTS = ((0.0051234567890123, 0.9123456789, "2022-01-01"), (0.0212345678901234, 0.4, "2023-01-01"))
GROWTH, REACH, START = "productivity_growth", "part_time_availability.reach", "part_time_availability.start"
TECHNICIANS = "technicians__part_time_availability"


@pytest.fixture
def model(tmp_path: Path) -> CareerFlowsModel:
    return CareerFlowsModel(written(tmp_path, STUDY + "design: {kind: latin_hypercube, size: 4}\n"))


def given(points: Any = POINTS) -> dict[str, Any]:
    """The points as the workbench takes them, one scenario with one policy each."""
    return {
        "scenarios": [Scenario(str(k), **{GROWTH: growth}) for k, (growth, _, _) in enumerate(points)],
        "policies": [Policy(str(k), **{REACH: reach, START: day}) for k, (_, reach, day) in enumerate(points)],
        "combine": "sample",
    }


def in_a_batch(folder: Path) -> dict[str, Any]:
    """What a batch with a list of the same points stores: mean differences by outcome; shape (points, years)."""
    keys = (GROWTH, REACH, START)
    listed = [", ".join(f"{name}: {value!r}" for name, value in zip(keys, point, strict=True)) for point in POINTS]
    text = STUDY + "design:\n  kind: list\n  points:\n" + "".join(f"    - {{{one}, contacts: 4}}\n" for one in listed)
    stored(Plan(experiment(folder, text), None), folder / "store")
    frame = load(folder / "store").indicators(indicator=["technicians", "open_vacancies"], group=["all", "women"])
    wide = frame.pivot_table(
        index=["indicator", "group", "point", "year", "replicate"], columns="scenario", values="value", observed=True
    )
    gain = (wide["part_time_availability"] - wide["baseline"]).groupby(level=[0, 1, 2, 3], observed=True).mean()
    return {
        f"{name}__part_time_availability": gain.loc[indicator, group].unstack("year").to_numpy()
        for name, indicator, group in (
            ("technicians", "technicians", "all"),
            ("technicians_women", "technicians", "women"),
            ("open_vacancies", "open_vacancies", "all"),
        )
    }


def test_the_numbers_are_those_of_a_batch_with_the_same_points(tmp_path: Path, model: CareerFlowsModel) -> None:
    wanted = in_a_batch(tmp_path)
    with SequentialEvaluator(model) as evaluator:
        cases, outcomes = evaluator.perform_experiments(**given())
    assert cases[GROWTH].tolist() == [point[0] for point in POINTS]
    assert {*outcomes} == {*wanted, *(f"{name}__by_year" for name in wanted), "TIME"}
    assert outcomes["TIME"].tolist() == [[2022, 2023, 2024]] * 2
    for name, values in wanted.items():
        np.testing.assert_array_equal(outcomes[f"{name}__by_year"], values)
        np.testing.assert_array_equal(outcomes[name], values[:, -1])
    assert (wanted["open_vacancies__part_time_availability"] != 0.0).any()
    assert (wanted[TECHNICIANS][0] != wanted[TECHNICIANS][1]).any()


def test_processes_give_the_same(model: CareerFlowsModel) -> None:
    other = pickle.loads(pickle.dumps(model))
    with SequentialEvaluator(other) as evaluator:
        _, here = evaluator.perform_experiments(**given())
    with MultiprocessingEvaluator(model, n_processes=1) as evaluator:
        _, there = evaluator.perform_experiments(**given())
    assert {*here} == {*there}
    for name, values in here.items():
        np.testing.assert_array_equal(values, there[name])


def test_factors_are_parameters_of_the_workbench(model: CareerFlowsModel) -> None:
    (growth,), (reach, start) = model.uncertainties, model.levers
    assert isinstance(growth, RealParameter)
    assert (growth.name, growth.lower_bound, growth.upper_bound) == (GROWTH, 0.001, 0.03)
    assert (reach.name, reach.lower_bound, reach.upper_bound) == (REACH, 0.0, 1.0)
    assert isinstance(start, CategoricalParameter)
    assert [one.value for one in start.categories] == ["2022-01-01", "2023-01-01"]
    assert [(one.name, one.value) for one in model.constants] == [("contacts", 4.0)]


def test_the_workbench_samples_them(model: CareerFlowsModel) -> None:
    with SequentialEvaluator(model) as evaluator:
        cases, outcomes = evaluator.perform_experiments(scenarios=3, policies=2)
    assert len(cases) == 6
    assert cases[REACH].between(0.0, 1.0).all()
    assert np.isfinite(outcomes[TECHNICIANS]).all()
    assert len(model._known) == 3 * 2 + 6 * 2  # the baseline once for each scenario and replicate, the measure at each


def test_another_policy_of_the_same_name_is_not_the_one_before(model: CareerFlowsModel) -> None:
    with SequentialEvaluator(model) as evaluator:
        gains = [
            evaluator.perform_experiments(policies=[Policy("mine", **{REACH: reach, START: "2022-01-01"})])[1]
            for reach in (0.0, 1.0)
        ]
    assert gains[0][f"{TECHNICIANS}__by_year"].tolist() == [[0.0, 0.0, 0.0]]
    assert (gains[1][f"{TECHNICIANS}__by_year"] != 0.0).any()


def test_what_is_left_out_stays_as_it_stands(tmp_path: Path, model: CareerFlowsModel) -> None:
    plain = STUDY.partition("uncertainties:")[0] + "replicates" + STUDY.partition("replicates")[2]
    other = CareerFlowsModel(written(tmp_path, plain, "plain.yaml"))
    assert model.run_experiment({})[f"{TECHNICIANS}__by_year"].any()
    assert other.run_experiment({}).keys() == model.run_experiment({}).keys()
    assert {*model._known} == {*other._known}  # keys that tell all that determines a run


def test_a_point_that_cannot_be_is_masked_and_the_others_are_kept(
    model: CareerFlowsModel, caplog: pytest.LogCaptureFixture
) -> None:
    policies = [Policy("a", **{REACH: 1.0}), Policy("b", **{REACH: 7.0}), Policy("c", **{REACH: 1.0})]
    with SequentialEvaluator(model) as evaluator, caplog.at_level(logging.WARNING):
        _, outcomes = evaluator.perform_experiments(policies=policies)
    assert "7 is more than 1" in caplog.text
    assert np.ma.getmaskarray(outcomes[TECHNICIANS]).tolist() == [False, True, False]
    assert outcomes[TECHNICIANS][0] == outcomes[TECHNICIANS][2]


def test_outcomes_year_and_a_single_scenario(tmp_path: Path) -> None:
    text = STUDY.replace("[baseline, part_time_availability]", "[part_time_availability]")
    file = written(tmp_path, text + "design: {kind: latin_hypercube, size: 4}\n")
    model = CareerFlowsModel(file, ["technicians, mbo"], 2023)
    found = model.run_experiment(dict(zip((GROWTH, REACH, START), POINTS[0], strict=True)))
    name = "technicians_mbo__part_time_availability"
    assert found[name] == found[f"{name}__by_year"][1] > 100_000


@pytest.mark.parametrize(
    ("change", "outcomes", "year", "message"),
    [
        ("", ["technicans"], None, "outcomes: 'technicans' is no indicator of a group that it has; did you mean 'tech"),
        ("", ["technicians, cats"], None, "'technicians, cats' is no indicator of a group that it has; give one such"),
        ("", ["open_vacancies, women"], None, "'open_vacancies, women' is no indicator of a group that it has"),
        ("", [], None, "outcomes: give at least one"),
        ("", ["technicians", "technicians, all"], None, "and each once"),
        ("", ["technicians"], 2025, "year: the runs do not cover 2025; give one from 2022 to 2024"),
        ("[4000, 5000]", ["technicians"], None, "scale: is a list; for the EMA workbench give one scale"),
    ],
)
def test_mistakes(tmp_path: Path, change: str, outcomes: list[str], year: int | None, message: str) -> None:
    text = STUDY + "design: {kind: latin_hypercube, size: 4}\n"
    file = written(tmp_path, text.replace("4000", change) if change else text)
    with pytest.raises(UserError, match=r"^[^\n]*$") as error:
        CareerFlowsModel(file, outcomes, year)
    assert message in str(error.value)


def test_without_the_workbench(monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.batch import workbench

    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    monkeypatch.delitem(sys.modules, "ema_workbench.em_framework", raising=False)
    with pytest.raises(UserError, match=r"install it with the extra ema, as in: pip install 'careerflows\[ema\]'"):
        workbench.workbench("em_framework")
