"""Scenarios that use the catalogue, extend several others, leave measures out, and are taken together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from scenarios import InputError, available, load
from scenarios.catalogue import entries, entry
from sim.model import CareerModel
from sim.scenario import Scenario
from sim.schedule import compile_schedule

Writer = Callable[[str | bytes], Path]


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load("baseline")


HEAD = "id: mine\ntitle: Mine\nsummary: A test.\n"


def run(scenario: Scenario, until: date = date(2027, 1, 1)) -> CareerModel:
    model = CareerModel(scenario, scale=500.0, rng=3, until=until, threads=1)
    model.run()
    return model


def test_a_measure_of_the_catalogue_with_some_of_it_otherwise(write: Writer) -> None:
    text = f"""{HEAD}extends: baseline
measures:
  - use: part_time_and_flexible_hours
    start: 2025-01-01
    delay_years: 1
    phase_in_years: 0
    duration_years: 3
    reach: {{share: 0.2, sectors: [ict]}}
    strength: 0.5
"""
    (measure,) = load(write(text)).measures
    packaged = entry("part_time_and_flexible_hours").measure()
    assert (measure.start, measure.delay_years, measure.duration_years) == (date(2025, 1, 1), 1.0, 3.0)
    assert (measure.reach.share, measure.reach.sectors) == (0.2, ("ict",))
    assert (measure.levers[0].add, measure.levers[0].range) == (0.15, (0.05, 0.25))
    assert (measure.id, measure.title, measure.cost) == (packaged.id, packaged.title, packaged.cost)


def test_a_reach_keeps_what_is_not_given_otherwise(write: Writer) -> None:
    text = f"{HEAD}extends: baseline\nmeasures:\n  - use: ten_year_work_guarantee\n    reach: {{share: 0.1}}\n"
    (measure,) = load(write(text)).measures
    assert measure.reach.share == 0.1
    assert measure.reach.sectors == entry("ten_year_work_guarantee").reach.sectors


def test_implementation_delays_the_change(baseline: Scenario) -> None:
    measure = entry("hybrid_teachers_1000").measure().model_copy(
        update={"start": date(2022, 1, 1), "delay_years": 0.5, "phase_in_years": 0.0}
    )  # fmt: skip
    scenario = baseline.model_copy(update={"measures": (measure,)})
    teachers = compile_schedule(scenario, 88, 91).params["hybrid_teachers"][:, 0]
    assert teachers.tolist() == [780.0, 780.0, 1380.0, 1380.0]


def test_a_package_of_one_equals_the_measure(write: Writer) -> None:
    alone = run(load("third_pathway_mbo"))
    packaged = run(load(write(f"{HEAD}extends: baseline\nmeasures: [{{use: third_pathway_mbo}}]\n")))
    extending = run(load(write(f"{HEAD}extends: [retraining_places]\n")))
    assert alone.ledger.equal(packaged.ledger)
    assert alone.ledger.equal(extending.ledger)
    assert not alone.ledger.equal(run(load("baseline")).ledger)


@pytest.mark.parametrize("name", [name for name in available() if name != "baseline"])
def test_reach_zero_gives_exactly_zero(name: str, baseline: Scenario) -> None:
    """Without anybody reached, every packaged scenario of measures is the baseline, to the last bit."""
    scenario = load(name)
    nobody = tuple(
        measure.model_copy(update={"reach": measure.reach.model_copy(update={"share": 0.0})})
        for measure in scenario.measures
    )
    assert scenario.parameters == baseline.parameters
    assert run(scenario.model_copy(update={"measures": nobody})).ledger.equal(run(baseline).ledger)


def test_the_order_of_names_does_not_matter() -> None:
    one, other = load("hybrid_teachers+golden_gate"), load("golden_gate + hybrid_teachers")
    assert one.id == "hybrid_teachers+golden_gate"
    assert {m.id for m in one.measures} == {m.id for m in other.measures} == {"hybrid_teachers_1000", "golden_gate"}
    assert np.array_equal(run(one).ledger.stocks, run(other).ledger.stocks)


def test_a_measure_in_both_stands_once() -> None:
    both = load("hybrid_teachers+pillar_education")
    assert [measure.id for measure in both.measures].count("hybrid_teachers_1000") == 1
    assert len(both.measures) == len(load("pillar_education").measures)


def test_scenarios_that_disagree_are_not_combined(write: Writer, tmp_path: Path) -> None:
    weaker = tmp_path / "weaker.yaml"
    weaker.write_text(f"{HEAD}extends: baseline\nmeasures:\n  - use: golden_gate\n    strength: 0.5\n")
    with pytest.raises(InputError, match="holds measure 'golden_gate' with other settings"):
        load(f"golden_gate+{weaker}")
    number = "{value: 8, kind: assumed, range: [3, 10], reason: a test}"
    more = write(f"{HEAD}extends: baseline\nparameters:\n  contacts: {number}\n")
    fewer = tmp_path / "fewer.yaml"
    fewer.write_text(
        f"{HEAD.replace('mine', 'fewer')}extends: baseline\nparameters:\n  contacts: {number}\n".replace("8,", "5,")
    )
    with pytest.raises(InputError, match="gives contacts another value"):
        load(f"{more}+{fewer}")
    assert load(f"{more}+golden_gate").parameters["contacts"].value == 8
    text = f"{HEAD}extends: [{weaker.name}, gate_to_technology]\n"
    again = tmp_path / "again.yaml"
    again.write_text(text)
    with pytest.raises(InputError, match=r"measure 'golden_gate' stands in .* with different settings; extend one"):
        load(again)


def test_the_whole_plan_holds_its_pillars() -> None:
    plan = {measure.id for measure in load("action_plan").measures}
    pillars = ("pillar_education", "pillar_retention_and_inflow", "pillar_productivity", "pillar_governance")
    assert plan == {measure.id for name in pillars for measure in load(name).measures}
    judged = {name for name, one in entries().items() if one.not_judged is None and one.variant_of is None}
    assert judged - plan == {"beta_networks_subsidy_end", "hybrid_teacher_tax_facility", "employer_and_cabinet_funding"}
    without = {measure.id for measure in load("action_plan_without_part_time").measures}
    assert plan - without == {"part_time_and_flexible_hours", "culture_change"}
    reported = {measure.id for measure in load("action_plan_as_reported").measures}
    assert reported - plan == {"ten_year_work_guarantee", "stap_directed_decided"}
    part_time = [lever.lever for m in load("action_plan_without_part_time").measures for lever in m.levers]
    assert "employers.part_time" not in part_time
    assert len(available()) > 15


def test_packaged_scenarios_speak_dutch_too() -> None:
    for name in available():
        scenario = load(name)
        assert name == "baseline" or scenario.dutch is not None
        assert scenario.dutch is None or scenario.dutch[0] != scenario.title


def test_two_readings_of_one_measure_are_not_combined(write: Writer) -> None:
    with pytest.raises(InputError, match="ten_year_perspective and ten_year_work_guarantee are two readings of one"):
        load("ten_year_perspective+ten_year_guarantee")
    text = f"{HEAD}extends: ten_year_guarantee\nmeasures: [{{use: ten_year_perspective}}]\n"
    with pytest.raises(InputError, match="are two readings of one; leave one out"):
        load(write(text))


@pytest.mark.parametrize("name", ["golden_gate+", "+golden_gate", "golden_gate+golden_gate"])
def test_a_plus_sign_joins_different_names(name: str) -> None:
    with pytest.raises(InputError, match="join different names, such as hybrid_teachers"):
        load(name)
