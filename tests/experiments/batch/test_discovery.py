"""Scenario discovery: the region that PRIM finds where it is known, and what is said where there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("ema_workbench")

from experiments import load
from experiments.batch.batch import experiment_files
from experiments.batch.boxes import FEWEST, NoBox, densest
from experiments.batch.discovery import Asked, discover, evidence, region
from experiments.batch.discovery_picture import discovery_picture
from experiments.batch.packed import pack
from experiments.batch.plan import Plan
from experiments.batch.store import Store
from experiments.batch.work import DONE, Task
from experiments.options import UserError
from sim import indicators
from tests.experiments.batch.conftest import experiment

PRETENDED = """\
id: pretended
title: Numbers whose answer is known
scenarios: [baseline, part_time_availability, hybrid_teachers]
uncertainties:
  productivity_growth: {range: [0, 0.02]}
  contacts: {range: [3, 6]}
levers:
  part_time_availability.reach: {range: [0, 1]}
design: {kind: latin_hypercube, size: 100}
replicates: 2
scale: 5000
until: 2024-01-01
"""
REACH, GROWTH = 0.6, 0.01
"""The corner in which the pretended measure adds enough: a reach of at least, a growth of at most."""
GOAL = "5000 more technicians by 2023"
ASKED = Asked(GOAL, scenario="part_time_availability")


def pretended(task: Task) -> bytes:
    """What `work` would give if the measure added 6000 technicians in the corner and 3000 elsewhere, give or take."""
    column, growth = indicators.keys().index(("technicians", "all")), task.values["productivity_growth"]
    told, numbers = [], []
    for run in task.runs:
        gain = {"baseline": 0.0, "hybrid_teachers": 4000.0}.get(run.scenario)
        if gain is None:
            assert run.measures is not None
            within = run.measures[0].reach.share >= REACH and growth <= GROWTH
            gain = (6000.0 if within else 3000.0) + (2000.0 if task.seed == 1 else -2000.0)
        values = np.zeros((2, len(indicators.keys())))
        values[1, column] = 1e6 * task.seed + round(1e7 * growth) + gain
        told.append(task.told(run) | {"status": DONE, "seconds": 0.0, "finished": 0.0, "host": "", "bytes": 1})
        years = np.array([2022, 2023], np.int16)
        numbers.append({"span": np.array([88, 8]), "years": years, "indicators": values})
    return pack(told, numbers)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pretended")
    plan = Plan(experiment(folder, PRETENDED), None)
    with Store(folder / "store") as kept:
        kept.keep_experiment("pretended", experiment_files(plan))
        for task in plan.tasks(kept.finished.done):
            kept.keep(pretended(task))
        kept.flush()
    return folder / "store"


def factor(name: str, span: Any = None, values: Any = None) -> dict[str, Any]:
    return {"name": name, "role": "levers", "range": span, "values": values, "unit": "", "meaning": ""}


def cloud(number: int = 500) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Points in two ranges, a list of numbers and a list of days, with these factors."""
    chance = np.random.default_rng(5)
    listed, days = [0.0, 0.25, 0.5, 0.75, 1.0], ["2025-01-01", "2026-01-01", "2027-01-01"]
    points = pd.DataFrame(
        {
            "a.x": chance.random(number),
            "b": chance.uniform(-1.0, 1.0, number),
            "c": chance.choice(listed, number),
            "d": chance.choice(days, number),
        }
    )
    return points, [factor("a.x", [0, 1]), factor("b", [-1, 1]), factor("c", None, listed), factor("d", None, days)]


def test_the_box_is_the_corner() -> None:
    points, factors = cloud()
    interest = ((points["a.x"] > 0.6) & (points["b"] < 0.2)).to_numpy()
    box = densest(points, interest, 0.9, factors)
    low, high = {one.factor: one for one in box.limits}["a.x"], {one.factor: one for one in box.limits}["b"]
    assert {one.factor for one in box.limits} == {"a.x", "b"}
    assert (low.lowest, low.highest) == (pytest.approx(0.6, abs=0.03), None)
    assert (high.lowest, high.highest) == (None, pytest.approx(0.2, abs=0.06))
    assert low.share == pytest.approx(0.4, abs=0.03)
    assert low.quasi_p[0] is not None
    assert low.quasi_p[0] < 1e-6
    assert low.quasi_p[1] is None
    assert [one.share for one in box.limits] == sorted(one.share for one in box.limits)


def test_density_coverage_and_mass_are_those_of_the_points_inside() -> None:
    points, factors = cloud()
    noise = np.random.default_rng(1).random(len(points)) < 0.1
    interest = ((points["a.x"] > 0.5) & (points["d"] != "2026-01-01")).to_numpy() ^ noise
    for density in (0.5, 0.7, 0.9):
        box = densest(points, interest, density, factors)
        inside = box.holds(points)
        assert box.step.points == inside.sum()
        assert box.step.of_interest == (inside & interest).sum()
        assert box.step.density >= density
        assert box.step.density == pytest.approx(interest[inside].mean())
        assert box.step.coverage == pytest.approx((inside & interest).sum() / interest.sum())
        assert box.step.mass == pytest.approx(inside.mean())
        assert box.step.coverage == max(step.coverage for step in box.trajectory if step.density >= density)
    assert box.trajectory[0].points == len(points)


def test_values_of_lists_that_are_inside() -> None:
    points, factors = cloud()
    interest = ((points["c"] >= 0.5) & (points["d"] != "2026-01-01")).to_numpy()
    limits = {one.factor: one for one in densest(points, interest, 1.0, factors).limits}
    assert limits.keys() == {"c", "d"}
    assert (limits["c"].values, limits["c"].share) == ((0.5, 0.75, 1.0), 0.6)
    assert (limits["d"].values, limits["d"].lowest) == (("2025-01-01", "2027-01-01"), None)


def test_chance_has_no_dense_box() -> None:
    points, factors = cloud()
    interest = np.random.default_rng(2).random(len(points)) < 0.3
    with pytest.raises(NoBox, match="the densest has density 0"):
        densest(points, interest, 0.99, factors)


def test_the_region_of_a_store(store: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert discover(store, ASKED, tmp_path / "found", as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["scenario"], told["reference"], told["points"]) == ("part_time_availability", "baseline", 100)
    assert (told["pairs_at_each"], told["missed"]) == (2, False)
    assert told["box"]["density"] >= 0.8
    assert told["box"]["coverage"] == 1.0
    limits = {one["factor"]: one for one in told["limits"]}
    assert limits["part_time_availability.reach"]["lowest"] == pytest.approx(REACH, abs=0.06)
    assert limits["productivity_growth"]["highest"] == pytest.approx(GROWTH, abs=0.0015)
    assert limits["productivity_growth"]["whole"] == [0.0, 0.02]

    points = pd.read_parquet(tmp_path / "found" / "discovery.parquet")
    corner = (points["part_time_availability.reach"] >= REACH) & (points["productivity_growth"] <= GROWTH)
    np.testing.assert_array_equal(points["of_interest"], corner)
    np.testing.assert_allclose(points["difference"], np.where(corner, 6000.0, 3000.0))
    assert points["inside"].sum() == told["box"]["points"]
    assert len(pd.read_parquet(tmp_path / "found" / "trajectory.parquet")) == len(told["trajectory"])
    assert json.loads((tmp_path / "found" / "manifest.json").read_text())["made_by"] == "careerflows"
    assert {one.name for one in (tmp_path / "found").glob("*.*g")} == {"discovery.png", "discovery.svg"}


def test_it_is_printed_as_a_table(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert discover(store, ASKED, None, as_json=False) == 0
    told = capsys.readouterr().out
    (row,) = (line for line in told.splitlines() if line.startswith(" productivity_growth"))
    assert row.split()[1:3] == ["0", "to"]
    assert "0 to 0.02" in row
    assert "coverage 1.00" in told.replace("\n", " ")
    assert "mean of 2 pairs of runs, part_time_availability less baseline" in told.replace("\n", " ")


def test_where_it_is_missed_and_other_references(store: Path) -> None:
    results = load(store)
    reached, missed = evidence(results, ASKED), evidence(results, replace(ASKED, missed=True))
    np.testing.assert_array_equal(reached.interest, ~missed.interest)
    inside = region(missed, replace(ASKED, missed=True, threshold=0.95)).holds(missed.points)
    assert (~reached.interest[inside]).mean() >= 0.95
    other = evidence(
        results, Asked("1000 fewer technicians by 2023", reference="hybrid_teachers", scenario=ASKED.scenario)
    )
    np.testing.assert_allclose(other.gain, reached.gain - 4000.0)
    np.testing.assert_array_equal(other.interest, missed.interest)
    for amount, reached_anywhere in ((4000, True), (4001, False)):
        goal = f"{amount} fewer technicians by 2023"
        behind = evidence(results, Asked(goal, scenario="baseline", reference="hybrid_teachers"))
        np.testing.assert_array_equal(behind.gain, np.full(100, -4000.0))
        np.testing.assert_array_equal(behind.interest, np.full(100, reached_anywhere))


def test_pairs_of_real_runs(small_store: Path) -> None:
    found = evidence(load(small_store), Asked("1 more technicians by 2023"))
    frame = load(small_store).indicators(indicator="technicians", group="all", year=2023)
    wide = frame.pivot_table(index="point", columns="scenario", values="value", aggfunc="mean", observed=True)
    np.testing.assert_allclose(found.gain, wide["part_time_availability"] - wide["baseline"], atol=1e-6)
    assert found.pairs == 2
    with pytest.raises(UserError, match=f"small has 6 points; a region takes {FEWEST} or more"):
        region(found, Asked("1 more technicians by 2023"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"goal": "7000 more technicians by 2023"},
            "--goal: no point of the 100 reaches '7000 more technicians by 2023'",
        ),
        ({"goal": "2000 more technicians by 2023"}, "--goal: every point of the 100 reaches '2000 more"),
        ({"goal": "2000 more technicians by 2023", "missed": True}, "--goal: every point of the 100 reaches"),
        ({"goal": "7000 more technicians by 2023", "missed": True}, "--goal: no point of the 100 reaches"),
        ({"missed": True, "threshold": 0.5}, "of all 100 points miss the goal, density 0."),
        ({"goal": "many technicians"}, "--goal: 'many technicians' is no goal; write it as"),
        ({"goal": "5000 more technicians by 2024"}, "the runs do not cover 2024; give a year from 2022 to 2023"),
        ({"scenario": None}, "the experiment has part_time_availability, hybrid_teachers; say which with --scenario"),
        ({"scenario": "baseline"}, "--scenario: baseline is what others are compared with; give one of part_time"),
        (
            {"scenario": "hybrid_teacher"},
            "--scenario: the experiment has no scenario 'hybrid_teacher'; did you mean 'hyb",
        ),
        ({"reference": "none"}, "--reference: the experiment has no scenario 'none'; it has baseline, part_time"),
        ({"experiment": "pretend"}, "--experiment: "),
    ],
)
def test_mistakes(store: Path, tmp_path: Path, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=r"^[^\n]*$") as error:
        discover(store, replace(ASKED, **asked), tmp_path / "found", as_json=False)
    assert message in str(error.value)
    assert not any(tmp_path.iterdir())


def test_no_region_dense_enough_says_which_there_is(store: Path) -> None:
    found = evidence(load(store), ASKED)
    mixed = replace(found, interest=np.random.default_rng(3).random(100) < 0.2)
    with pytest.raises(UserError, match=r"--threshold: no region has density 1: the densest has density 0\.\d+ and"):
        region(mixed, replace(ASKED, threshold=1.0))


@pytest.mark.parametrize("factors", [1, 2, 4])
def test_the_picture_shows_every_point_and_the_box(store: Path, factors: int) -> None:
    points, every = cloud()
    interest = {1: points["a.x"] > 0.6, 2: (points["a.x"] > 0.6) & (points["d"] != "2026-01-01"), 4: points["c"] > 0.3}
    found = replace(
        evidence(load(store), ASKED),
        points=points,
        factors=tuple(every),
        interest=interest[factors].to_numpy(),
        gain=np.where(interest[factors], 6000.0, 3000.0),
    )
    box = region(found, ASKED)
    _, axes = discovery_picture(found, ASKED, box).axes
    drawn = [line for line in axes.lines if line.get_linestyle() == "None"]
    first, *others = [one.factor for one in box.limits]
    places = points[[first, others[0]]] if others else pd.DataFrame({"x": points[first], "y": found.gain})
    kinds = places.assign(part=found.interest).groupby([*places.columns])["part"].mean()
    wanted = [(kinds == 0.0).sum(), (kinds == 1.0).sum(), ((kinds > 0.0) & (kinds < 1.0)).sum()]
    assert [len(line.get_xdata()) for line in drawn] == wanted
    assert [line.get_fillstyle() for line in drawn] == ["full", "full", "left"]
    bands = [one.values for one in box.limits[:2] if one.values is not None]
    assert len(axes.patches) == np.prod([len(values) for values in bands])
    if factors == 1:
        corner = axes.patches[0]
        assert corner.get_x() == pytest.approx(0.6, abs=0.03)
        assert corner.get_x() + corner.get_width() == pytest.approx(1.0)
