"""A run that goes on from another one is the run from the start, to the last bit."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import scenarios
from scenarios.catalogue import scenario_of
from sim import CareerModel
from sim.branching import agree_until
from sim.clock import quarter_of
from sim.schedule import compile_schedule, record_of

UNTIL = date(2031, 1, 1)
BASELINE = scenarios.load("baseline")


def model(scenario, **more):
    return CareerModel(scenario, scale=400, rng=3, until=UNTIL, threads=1, **more)


def assert_same_run(one, other):
    for name in ("flows", "stocks", "vacancies", "posts", "climate", "turned_away"):
        np.testing.assert_array_equal(getattr(one.ledger, name), getattr(other.ledger, name))
    assert one.ledger.two_point.keys() == other.ledger.two_point.keys()
    for mine, others in zip(one.events, other.events, strict=True):
        np.testing.assert_array_equal(mine[0], others[0])
        np.testing.assert_array_equal(mine[1], others[1])


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("part_time_availability", date(2023, 1, 1)),  # a lever on employers
        ("technology_at_school", date(2023, 4, 1)),  # contact at primary school is read years after it was offered
        ("shock_recession", date(2026, 1, 1)),  # a parameter
        ("action_plan", date(2022, 1, 1)),
    ],
)
def test_branch_is_the_run_from_the_start(name, day):
    scenario = scenarios.load(name)
    past = model(BASELINE)
    apart = min(agree_until(past.schedule, model(scenario).schedule), quarter_of(day))
    while past.state.now < apart:
        past.advance()
    branch, whole = past.branch(scenario), model(scenario)
    branch.run(), whole.run()
    assert_same_run(branch, whole)
    past.run(), (fresh := model(BASELINE)).run()
    assert_same_run(past, fresh)  # what branched off has not touched it


def test_contact_at_primary_school_counts_when_it_is_read():
    """Children who are reached from 2024 on are at secondary school some years later, so runs agree long after it."""
    reached = BASELINE.model_copy(update={"measures": (scenario_of("technology_promotion", BASELINE).measures[0],)})
    only = reached.measures[0].model_copy(update={"levers": reached.measures[0].levers[:1]})
    assert only.levers[0].lever == "primary_contact"
    scenario = reached.model_copy(update={"measures": (only,)})
    first, last = quarter_of(date(2022, 1, 1)), quarter_of(UNTIL) - 1
    one, other = compile_schedule(BASELINE, first, last), compile_schedule(scenario, first, last)
    assert agree_until(one, one) == last + 1
    assert agree_until(one, other) == quarter_of(date(2024, 1, 1))  # the parameter itself changes here


def test_branch_after_the_runs_came_apart_is_refused():
    past = model(BASELINE)
    while past.today < date(2026, 1, 1):
        past.advance()
    assert past.branch(scenarios.load("shock_recession")).today == past.today
    past.advance()
    with pytest.raises(ValueError, match=r"come apart on 2026-01-01; branch on that day, not on 2026-04-01"):
        past.branch(scenarios.load("shock_recession"))


def test_branch_into_another_country_is_refused():
    other = BASELINE.with_values(programme_take_up=0.5)
    with pytest.raises(ValueError, match="begins with another country"):
        model(BASELINE).branch(other)


def test_parameters_are_read_anew_where_they_differ():
    """The table of numbers is kept by the mapping it was made from, never by the name of a scenario."""
    before = record_of(BASELINE)
    changed = record_of(BASELINE.with_values(programme_take_up=0.123))
    assert float(changed["programme_take_up"][0]) == 0.123
    assert record_of(BASELINE).tobytes() == before.tobytes()
    before["programme_take_up"] = 9.0
    assert float(record_of(BASELINE)["programme_take_up"][0]) != 9.0
