"""Sensitivity: functions whose indices are known give them; a store gives what its runs say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import experiments
from calibration.posterior import Posterior
from experiments.batch.answers import Answers, answers, chance_share, chance_words
from experiments.batch.designs import Design, places
from experiments.batch.plan import Plan
from experiments.batch.sensitivity import analysed, records
from experiments.options import UserError, packaged_posterior
from tests.experiments.batch import failing
from tests.experiments.batch.conftest import SMALL, experiment, stored
from tests.experiments.batch.test_designs import RANGES
from tests.experiments.conftest import Command

TEXT = """\
id: {kind}
title: Which moves it
scenarios: [baseline, part_time_availability]
uncertainties:
  productivity_growth: provenance
levers:
  part_time_availability.reach: {{range: [0, 1]}}
design: {{kind: {kind}, size: {size}}}
replicates: 2
scale: 4000
until: 2025-01-01
"""


def told(design: Design, values: np.ndarray) -> Answers:
    return Answers("one", None, values, pd.DataFrame(places(design, RANGES, 1), columns=["a", "b", "c"]), float("nan"))


def test_sobol_finds_the_indices_of_a_function_that_has_them() -> None:
    design = Design(kind="sobol", size=1024, second_order=True)
    cube = places(design, RANGES, 1)
    a, b, c = (np.sqrt(12.0) * (column - 0.5) for column in cube.T)  # each of variance 1
    found = analysed("sobol", told(design, 2.0 * a + b + 1.0 * b * c), True, 4, 1)
    table = found.table
    whole = 4.0 + 1.0 + 1.0
    np.testing.assert_allclose(table["first"], [4.0 / whole, 1.0 / whole, 0.0], atol=0.03)
    np.testing.assert_allclose(table["total"], [4.0 / whole, 2.0 / whole, 1.0 / whole], atol=0.03)
    assert (table["total_half"] < 0.1).all()
    assert found.pairs is not None
    pair = found.pairs.set_index(["one", "other"])["second"]
    np.testing.assert_allclose(pair, [0.0, 0.0, 1.0 / whole], atol=0.06)
    by_factor = {one["factor"]: one["pairs"] for one in records([found])}
    assert by_factor["b"]["c"] == by_factor["c"]["b"] == {"second": pair["b", "c"], "half": found.pairs["half"].iloc[2]}
    assert by_factor["a"].keys() == {"b", "c"}


def test_morris_finds_the_effects_of_a_line() -> None:
    design = Design(kind="morris", size=10)
    a, b, c = places(design, RANGES, 1).T
    table = analysed("morris", told(design, 30.0 * a - 10.0 * b + 0.0 * c), False, 4, 1).table
    np.testing.assert_allclose(table["mean"], [30.0, -10.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["mean_abs"], [30.0, 10.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(table["spread"], 0.0, atol=1e-9)


def test_what_never_moves_has_no_indices() -> None:
    design = Design(kind="sobol", size=8)
    found = analysed("sobol", told(design, np.ones(8 * 5)), False, 4, 1)
    assert (found.table == 0.0).all(axis=None)
    assert chance_words(found.told, "an index") == "No point differs from another: there is nothing to explain."


def test_chance_is_told_from_what_differs_between_points() -> None:
    chance = np.random.default_rng(1)
    points, replicates = 400, 4
    real = chance.normal(size=(points, 1)) * 3.0
    luck = chance.normal(size=(1, replicates)) * 50.0  # of a replicate everywhere
    table = real + luck + chance.normal(size=(points, replicates)) * 2.0
    draws = np.zeros(replicates)
    assert chance_share(table, draws, draws) == pytest.approx(1.0 / (9.0 + 1.0), abs=0.02)
    assert chance_share(real + luck, draws, draws) == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(chance_share(real, draws[:1], draws[:1]))
    by_draw = np.array([0, 0, 1, 1])  # what differs between draws is no chance
    assert chance_share(real + real * by_draw * 0.5, by_draw, by_draw) == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(chance_share(table, np.arange(replicates), np.arange(replicates)))
    again = np.hstack([table, table])  # the same row of the posterior, drawn twice, leaves as much to chance
    twice = chance_share(again, np.repeat([0, 1], replicates), np.zeros(2 * replicates))
    assert twice == pytest.approx(chance_share(table, draws, draws))


@pytest.fixture(scope="module", params=["sobol", "morris"])
def sampled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    plan = Plan(experiment(folder, TEXT.format(kind=request.param, size=8)), None)
    stored(plan, folder / "store")
    return folder / "store"


def test_answers_are_pairs_in_the_order_of_the_design(sampled: Path) -> None:
    results = experiments.load(sampled)
    (name,) = results.experiments
    year, (found,) = answers(results, name, None, "technicians", "women", None)
    assert (year, found.reference, found.scenario) == (2024, "baseline", "part_time_availability")
    frame = results.indicators(indicator="technicians", group="women", year=2024)
    for point in (0, 3, len(found.values) - 1):
        rows = frame[frame["point"] == point].set_index(["scenario", "replicate"])["value"]
        differences = rows["part_time_availability"] - rows["baseline"]
        assert len(differences) == 2
        assert found.values[point] == differences.mean()
        design = results.design()
        row = design[design["point"] == point].iloc[0]
        assert found.factors.iloc[point].tolist() == [row[factor] for factor in results.factors()]


def test_the_command_shows_and_writes_it(sampled: Path, command: Command, tmp_path: Path) -> None:
    code, out, err = command("sensitivity", str(sampled), "--out", "here")
    assert (code, err) == (0, "")
    assert "technicians, 2024: part_time_availability less baseline" in out
    assert out.index("part_time_availability.reach  ") > 0
    names = {path.name for path in (tmp_path / "here").iterdir()}
    assert names == {
        "sensitivity.parquet", "sensitivity.csv", "sensitivity.png", "sensitivity.svg", "manifest.json",
    }  # fmt: skip
    code, out, _ = command("sensitivity", str(sampled), "--json", "--scenario", "baseline")
    told = json.loads(out)
    by_factor = {one["factor"]: one for one in told}
    size = "total" if "total" in told[0] else "mean_abs"
    assert by_factor["part_time_availability.reach"][size] == 0.0
    assert by_factor["productivity_growth"][size] > 0.0
    assert {one["reference"] for one in told} == {None}


def test_it_is_said_where_there_is_no_answer(sampled: Path, small_store: Path, command: Command) -> None:
    for arguments, message in (
        ([str(small_store)], "has a design of kind grid; sensitivity needs design: {kind: sobol"),
        ([str(sampled), "--year", "2030"], "--year: the runs do not cover 2030; give a year from 2022 to 2024"),
        ([str(sampled), "--scenario", "hybrid"], "holds no 'hybrid'; it holds baseline, part_time_availability"),
        ([str(sampled), "--indicator", "technician"], "did you mean 'technicians'?"),
    ):
        code, out, err = command("sensitivity", *arguments)
        assert (code, out) == (2, "")
        assert message in err


def test_a_row_of_the_posterior_that_is_drawn_twice_counts_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posterior = packaged_posterior()
    monkeypatch.setattr(Posterior, "chosen", lambda *_: np.array([7, 7, 9]))
    text = SMALL.replace("[0, 0.5, 1]", "[1]").replace("provenance", "[0.01]") + "posterior: 3\n"
    plan = Plan(experiment(tmp_path, text), posterior)
    stored(plan, tmp_path / "s")
    results = experiments.load(tmp_path / "s")
    design = results.design()
    assert plan.rows == len(design) == 2 * 3 * 2
    assert plan.runs == design["run"].nunique() == 2 * 2 * 2
    assert design.groupby("draw")["posterior_row"].unique().map(list).to_dict() == {0: [7], 1: [7], 2: [9]}
    drawn = results.posterior()
    assert drawn.index.tolist() == [7, 9]
    assert drawn.columns.tolist() == list(posterior.space.names)
    np.testing.assert_array_equal(drawn.to_numpy(), posterior.values[[7, 9]])
    _, (found,) = answers(results, "small", "baseline", "technicians", "all", None)
    frame = results.indicators(indicator="technicians", group="all", year=2023).query("scenario == 'baseline'")
    of_row = frame.groupby("posterior_row")["value"].mean()
    assert of_row[7] != of_row[9]
    assert found.values == pytest.approx([(2.0 * of_row[7] + of_row[9]) / 3.0])


def test_an_experiment_without_draws_has_no_posterior(small_store: Path) -> None:
    with pytest.raises(UserError, match=r"small draws nothing from the posterior; posterior: 20 would"):
        experiments.load(small_store).posterior()


def test_missing_runs_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.experiments.batch.conftest.work", failing.work)
    text = SMALL.replace("productivity_growth: provenance", "arrivals_technical: [11000, 1.0e+6]")
    text = text.replace("[0, 0.5, 1]", "[0, 1]")
    plan = Plan(experiment(tmp_path, text), None)
    stored(plan, tmp_path / "s")
    with pytest.raises(UserError, match=r"8 rows of the design of small have no run; careerflows store status"):
        answers(experiments.load(tmp_path / "s"), "small", None, "technicians", "all", None)
