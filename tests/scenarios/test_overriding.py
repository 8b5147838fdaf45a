"""Values given otherwise on the command line, and sweeps."""

from __future__ import annotations

import re
from datetime import date

import pytest

from scenarios import load
from scenarios.overriding import changed, sweep
from sim.scenario import Scenario


def given() -> list[Scenario]:
    return [load("baseline"), load("part_time_availability"), load("hybrid_teachers"), load("culture_of_inclusion")]


def test_a_reach_of_a_scenario() -> None:
    base, part_time, others, _ = changed(given(), ["part_time_availability.reach=0.6"])
    assert part_time.measures[0].reach.share == 0.6
    assert part_time.changes == ("part_time_availability.reach=0.6",)
    assert part_time.measures[0].levers == load("part_time_availability").measures[0].levers
    assert (base, others) == (load("baseline"), load("hybrid_teachers"))


def test_everything_that_a_measure_has() -> None:
    texts = [
        "hybrid_teachers_1000.start=2025-09-01", "hybrid_teachers.delay_years=1", "hybrid_teachers.phase_in_years=2",
        "hybrid_teachers.duration_years=5", "hybrid_teachers.strength=2", "hybrid_teachers.reach=0.5",
    ]  # fmt: skip
    (measure,) = changed(given(), texts)[2].measures
    assert (measure.start, measure.delay_years, measure.phase_in_years) == (date(2025, 9, 1), 1.0, 2.0)
    assert (measure.duration_years, measure.reach.share) == (5.0, 0.5)
    assert measure.levers[0].add == {"mbo": 1200.0, "hbo": 800.0}


def test_a_lever_and_all_measures_of_a_scenario() -> None:
    part_time = changed(given(), ["part_time_availability.employers.part_time=0.1"])[1]
    assert (part_time.measures[0].levers[0].add, part_time.measures[0].levers[0].range) == (0.1, (0.1, 0.1))
    culture = changed(given(), ["culture_of_inclusion.reach=0.1"])[3]
    assert [measure.reach.share for measure in culture.measures] == [0.1, 0.1]
    one = changed(given(), ["culture_of_inclusion.exclusion_hire=0.5"])[3]
    assert [lever.multiply for measure in one.measures for lever in measure.levers] == [None, None, None, 0.5]


def test_a_parameter_is_changed_everywhere() -> None:
    """Also where a scenario has the same name as a parameter: what is asked of it tells them apart."""
    every = changed(given(), ["contacts=5", "demand_growth.ict=0.03", "hybrid_teachers.mbo=900"])
    for scenario in every:
        assert (scenario.parameters["contacts"].value, scenario.parameters["contacts"].range) == (5.0, (5.0, 5.0))
        growth, teachers = (scenario.parameters[name].value for name in ("demand_growth", "hybrid_teachers"))
        assert isinstance(growth, dict)
        assert isinstance(teachers, dict)
        assert (growth["ict"], growth["metal"]) == (0.03, 0.008)
        assert teachers == {"mbo": 900.0, "hbo": 520.0, "wo": 0.0}
        assert len(scenario.changes) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "'x' is no name and value; write it as part_time_availability.reach=0.6"),
        ("=3", "'=3' is no name and value; write it as part_time_availability.reach=0.6"),
        ("part_time_availability=0.6", "part_time_availability has several values; write part_time_availability.reach"),
        ("part_time_availabilty.reach=1", "no parameter; did you mean 'part_time_availability'?"),
        ("part_time_availability.raech=1", "part_time_availability has no 'raech'; did you mean 'reach'?"),
        (
            "part_time_availability.reach=2",
            "reach=2: 2 is more than 1; give a number from 0 to 1",
        ),
        ("part_time_availability.reach=much", "takes a number, not the text 'much'"),
        ("part_time_availability.reach=nan", "is not a finite number"),
        ("part_time_availability.start=2023-13-01", "'2023-13-01' is not a date such as 2024-09-01"),
        ("part_time_availability.start=2019-01-01", "give a date from 2022-01-01 to 2060-12-31"),
        ("part_time_availability.strength=-1", "-1 is less than 0; give 0 or more"),
        ("part_time_availability.duration_years=0", "give a number from 0.25 to 50"),
        ("contacts=50", "contacts=50: 50 is more than 16"),
        ("contacts.ict=5", "contacts is one number; write contacts=5"),
        ("demand_growth=0.1", "is a table; write demand_growth.construction, of construction, metal"),
        ("demand_growth.itc=0.1", "no 'itc' in demand_growth; known: construction"),
        ("school_type.vmbo=0.9", "adds up to 1.39; give shares that add up to 1"),
        ("teachers.reach=1", "teachers is no scenario or measure given here; give it among the scenarios"),
        ("hybrid_teachers.foo=1", "no 'foo' in hybrid_teachers; known: mbo, hbo, wo"),
    ],
)
def test_a_mistake(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        changed(given(), [text])
    assert "\n" not in str(caught.value)


def test_a_lever_may_not_leave_the_bounds_of_its_unit() -> None:
    scenarios = [load("baseline"), load("cross_branch_career_paths")]
    with pytest.raises(ValueError, match=r"takes career_paths from 0 to 1\.2; it must stay from 0 to 0\.999999"):
        changed(scenarios, ["cross_branch_career_paths.strength=40"])


def test_a_sweep() -> None:
    found = sweep(given(), "part_time_availability.reach=0:1:3")
    assert [scenario.id for scenario in found[:4]] == [
        "baseline", "part_time_availability[reach=0]", "part_time_availability[reach=0.5]",
        "part_time_availability[reach=1]",
    ]  # fmt: skip
    assert [scenario.measures[0].reach.share for scenario in found[1:4]] == [0.0, 0.5, 1.0]
    assert found[2].title == "More part-time posts, reach 0.5"
    assert found[2].changes == ("part_time_availability.reach=0.5",)
    assert [scenario.id for scenario in found[4:]] == ["hybrid_teachers", "culture_of_inclusion"]
    inner = sweep(given(), "diversity_inclusion.strength=0.5,2")
    assert inner[3].id == "culture_of_inclusion[diversity_inclusion.strength=0.5]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("contacts=3,4", "concerns no single scenario; give a scenario or measure of just one of them"),
        ("part_time_availability.reach=0:1", "is no range; give values as 0,0.5,1 or as lowest:highest:number"),
        ("part_time_availability.reach=1:0:3", "is no range of 2 to 100 values"),
        ("part_time_availability.reach=0:1:1", "is no range of 2 to 100 values"),
        ("part_time_availability.reach=0:1:x", "is no range; give values as 0,0.5,1"),
        ("part_time_availability.reach=1,1", "is no list of different values"),
        ("part_time_availability.reach=", "is no name and value"),
        ("part_time_availability.reach=0,7", "7 is more than 1; give a number from 0 to 1"),
    ],
)
def test_a_mistake_in_a_sweep(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sweep(given(), text)
