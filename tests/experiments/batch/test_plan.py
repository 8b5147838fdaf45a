"""The plan: every run once, in tasks with one beginning, and a design that finds each run again."""

from __future__ import annotations

import dataclasses
import itertools
import pickle
from pathlib import Path

import numpy as np
import pytest

from calibration.priors import drawn_names
from experiments.batch import packed
from experiments.batch.plan import Plan, summary
from experiments.batch.work import scenario_of, work
from experiments.options import packaged_posterior
from scenarios.loading import load
from scenarios.overriding import changed
from sim import indicators
from sim.model import CareerModel
from tests.experiments.batch.conftest import SMALL, experiment


def test_each_run_is_planned_once_and_shared_where_it_is_the_same(tmp_path: Path) -> None:
    plan = Plan(experiment(tmp_path), None)
    assert summary(plan) == {
        "scenarios": 2, "points": 6, "draws": 1, "replicates": 2, "scales": 1, "rows": 24, "runs": 16,
    }  # fmt: skip
    every = list(plan.every_key())
    assert len(set(every)) == len(every) == 16
    design = plan.design().to_pandas()
    assert len(design) == 24
    assert set(design["run"]) == set(every)
    base = design[design["scenario"] == "baseline"]
    assert base.groupby(["productivity_growth", "replicate"])["run"].nunique().eq(1).all()
    assert base["run"].nunique() == 4
    other = design[design["scenario"] != "baseline"]
    assert other["run"].is_unique


def test_tasks_hold_every_run_once_and_skip_what_is_done(tmp_path: Path) -> None:
    plan = Plan(experiment(tmp_path), None)
    tasks = list(plan.tasks(()))
    runs = [run.key for task in tasks for run in task.runs]
    assert sorted(runs) == sorted(plan.every_key())
    assert [run.key for task in plan.tasks(runs[:5], left=runs[5:7]) for run in task.runs] == runs[7:]
    turned = [run.key for task in plan.tasks((), start=0.5) for run in task.runs]
    assert turned != runs
    assert sorted(turned) == sorted(runs)


def test_a_run_is_what_the_scenario_with_these_values_gives(tmp_path: Path) -> None:
    plan = Plan(experiment(tmp_path), None)
    design = plan.design().to_pandas().set_index("run")
    checked = 0
    for task in plan.tasks(()):
        content = work(task)
        for place, run in enumerate(task.runs):
            row = design.loc[[run.key]].iloc[0]
            texts = [f"productivity_growth={float(row['productivity_growth'])!r}"]
            texts += [f"part_time_availability.reach={float(row['part_time_availability.reach'])!r}"]
            scenarios = changed([load("baseline"), load("part_time_availability")], texts)
            scenario = next(one for one in scenarios if one.id == row["scenario"])
            model = CareerModel(scenario, scale=5000, rng=int(row["seed"]), until=task.until, threads=1)
            found = packed.unpack(content, place)["indicators"]
            np.testing.assert_array_equal(found, indicators.yearly(model.run()))
            checked += 1
    assert checked == 16


def test_scales_and_draws_of_the_posterior_are_crossed(tmp_path: Path) -> None:
    text = SMALL.replace("scale: 5000", "scale: [5000, 4000]\nposterior: 3")
    posterior = packaged_posterior()
    plan = Plan(experiment(tmp_path, text), posterior)
    assert plan.rows == 2 * 6 * 3 * 2 * 2
    rows = sorted({int(row) for row in posterior.chosen(3, 1)})
    assert sorted(set(plan.draws)) == rows
    usual = load("baseline")
    for draw, row in enumerate(plan.draws):
        values = posterior.space.tables(usual, posterior.values[row].tolist())
        told = plan.values(0, 0, draw)
        assert {name: told[name] for name in values} == values
        assert set(told) == {*values, "productivity_growth"}


def test_a_scenario_keeps_what_it_gives_another_value_than_the_baseline() -> None:
    usual = load("baseline")
    other = usual.with_values(leave_base=0.5)
    assert drawn_names(other, usual, ["leave_base", "layoff_base"]) == ["layoff_base"]


def test_with_ledgers_in_the_store_indicators_are_not_computed_again(tmp_path: Path) -> None:
    both = Plan(experiment(tmp_path, SMALL + "outcomes: [indicators, ledgers]\n"), None)
    known = set(both.every_key())
    alone, late, early = (Plan(experiment(tmp_path), None) for _ in range(3))
    assert not set(alone.every_key()) & known
    late.settle(known)
    assert set(late.every_key()) == known
    assert not list(late.tasks(known))
    both.settle(set(alone.every_key()))
    assert list(both.tasks(set(alone.every_key())))
    early.settle(())
    wanted = set(early.every_key())  # what another batch finishes meanwhile does not change what is wanted
    assert {run.key for task in early.tasks(known) for run in task.runs} == wanted
    assert set(early.design().column("run").to_pylist()) == wanted


def test_the_strength_of_a_measure_is_of_all_that_is_changed(tmp_path: Path) -> None:
    strength = "  part_time_availability.strength: [0.5, 1]\n"
    effect = "  part_time_availability.employers.part_time: [0.2, 0.4]\n"
    reach = "  part_time_availability.reach: [0, 0.5, 1]\n"
    texts = [SMALL.replace(reach, both) for both in (strength + effect, effect + strength)]
    found = [Plan(experiment(tmp_path, text), None) for text in texts]
    one, other = (set(plan.every_key()) for plan in found)
    assert one == other
    moved = {plan.measures(1, point)[0].levers[0].add for plan in found for point in range(len(plan.points))}
    assert moved == {0.1, 0.2, 0.4}


TOGETHER = SMALL.replace(
    "[baseline, part_time_availability]",
    "[baseline, hybrid_teachers+part_time_availability, part_time_availability, action_plan]",
)


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        ("part_time_availability", [False, True, True, False]),
        ("part_time_and_flexible_hours", [False, True, True, True]),
        ("hybrid_teachers+part_time_availability", [False, True, False, False]),
        ("hybrid_teachers", [False, True, False, False]),
    ],
)
def test_a_lever_moves_its_measures_also_where_scenarios_are_taken_together(
    tmp_path: Path, name: str, moved: list[bool]
) -> None:
    found = experiment(tmp_path, TOGETHER.replace("part_time_availability.reach:", f"{name}.reach:"))
    plan = Plan(found, None)
    reach = [factor.name for factor in found.factors].index(f"{name}.reach")
    whole = next(k for k, values in enumerate(plan.points) if values[reach] == 1.0)
    none = next(k for k, values in enumerate(plan.points) if values[reach] == 0.0)
    assert [bool(plan.table[whole, 0, k] != plan.table[none, 0, k]) for k in range(4)] == moved
    assert [found.factors[reach].concerns(scenario) for scenario in found.scenarios] == moved
    for place in (place for place, is_moved in enumerate(moved) if is_moved):
        of_name = {m.id for m in load(name).measures}
        reaches = {m.id: m.reach.share for m in plan.measures(place, whole) or ()}
        stood = {m.id: m.reach.share for m in found.scenarios[place].measures}
        assert reaches == {**stood, **dict.fromkeys(of_name, 1.0)}


def test_points_with_the_same_values_are_planned_once(tmp_path: Path) -> None:
    text = SMALL.replace("productivity_growth: provenance", "productivity_growth: [0.004, 0.006]")
    plan = Plan(experiment(tmp_path, text.replace("kind: grid, steps: 2", "kind: latin_hypercube, size: 60")), None)
    assert len(plan.points) == 60
    assert len(plan.variants) == 2 * 4
    rows = {(values, *plan.table[point, 0]) for point, values in enumerate(plan.points)}
    assert len(rows) == 6


def test_a_measure_goes_to_the_bounds_of_a_parameter_at_most(tmp_path: Path) -> None:
    text = SMALL.replace("part_time_availability", "curriculum_technology").replace("[0, 0.5, 1]", "[1]")
    plan = Plan(experiment(tmp_path, text.replace("growth: provenance", "growth: [0.006]")), None)
    (task, *_) = plan.tasks(())
    (run,) = (run for run in task.runs if run.scenario == "curriculum_technology")
    high = dataclasses.replace(task, values={**task.values, "primary_contact": 0.9})
    (before,) = load("curriculum_technology").measures
    (after,) = scenario_of(high, run).measures
    at = [lever.lever for lever in before.levers].index("primary_contact")
    assert before.levers[at].add > 0.1
    assert after.levers[at].add == pytest.approx(0.1, abs=1e-9)
    assert [b for k, b in enumerate(after.levers) if k != at] == [b for k, b in enumerate(before.levers) if k != at]
    (told,) = packed.about(work(dataclasses.replace(high, runs=(run,))))
    assert told["status"] == "done"


def test_a_task_is_small_enough_to_be_sent(tmp_path: Path) -> None:
    plan = Plan(experiment(tmp_path, SMALL.replace("scenarios: [", "scenarios: [hybrid_teachers, ")), None)
    for task in itertools.islice(plan.tasks(()), 3):
        assert len(pickle.dumps(task)) < 500_000


def test_too_many_runs_are_refused(tmp_path: Path) -> None:
    text = SMALL.replace("replicates: 2", "replicates: 10000").replace("steps: 2", "steps: 500")
    with pytest.raises(Exception, match="makes 30,000,000 runs; give fewer points, draws or replicates"):
        Plan(experiment(tmp_path, text), None)
