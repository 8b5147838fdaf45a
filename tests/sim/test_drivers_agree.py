"""The keystone: the column engine and plain Mesa write the same ledger, bit for bit, at every step."""

from __future__ import annotations

import gc
import weakref
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scenarios
from agents.parameters import NAMES
from agents.positions import LEVELS, SECTORS, SIZES
from sim.clock import first_day
from sim.ledger import Ledger
from sim.model import CareerModel
from sim.objects import Employer, ObjectCareerModel, Student, Worker
from sim.scenario import PRACTICE_LEVERS, Lever, Measure, Reach, Scenario
from sim.schedule import array_of
from sim.start import NAMES as START_NAMES
from sim.start import all_axes
from sim.views import EmployerView, PersonView

ARRAYS = ("flows", "stocks", "vacancies", "posts", "climate", "turned_away")
AXES = all_axes()


@cache
def baseline() -> Scenario:
    return scenarios.load("baseline")


def differences(a: Ledger, b: Ledger) -> str:
    """Where two ledgers differ, for the message of a failing test."""
    found = []
    for name in ARRAYS:
        places = np.argwhere(getattr(a, name) != getattr(b, name))
        if len(places):
            found.append(f"{name} at {places[:3].tolist()} and {len(places) - 1} more")
    for name in ("two_point", "ages", "staff"):
        mine, other = getattr(a, name), getattr(b, name)
        found += [f"{name} of {y}" for y in mine if y not in other or not np.array_equal(mine[y], other[y])]
    return "; ".join(found) or "the first quarter, the scale or the number of rows"


def run_both(scenario: Scenario, scale: float, seed: int, until: date) -> tuple[CareerModel, ObjectCareerModel]:
    """Run both drivers side by side and compare after every step."""
    columns = CareerModel(scenario, scale=scale, rng=seed, until=until, threads=1)
    objects = ObjectCareerModel(scenario, scale=scale, rng=seed, until=until)
    assert len(columns.people) == len(objects.people)
    while columns.running:
        columns.step()
        objects.step()
        assert columns.ledger.equal(objects.ledger), differences(columns.ledger, objects.ledger)
        assert columns.today == objects.today
    assert not objects.running
    return columns, objects


@pytest.mark.parametrize("seed", [1, 2**32 - 1])
@pytest.mark.parametrize("scale", [2000.0, 5000.0])
def test_baseline(scale: float, seed: int) -> None:
    columns, objects = run_both(baseline(), scale, seed, date(2025, 1, 1))
    assert columns.ledger.rows == 12
    assert columns.datacollector.get_model_vars_dataframe().equals(objects.datacollector.get_model_vars_dataframe())


def test_every_lever_of_the_plan() -> None:
    """Places, programmes, contacts, practices: all that measures set in motion, on both sides of a new year."""
    columns, _ = run_both(scenarios.load("action_plan"), 2500, 3, date(2028, 7, 1))
    assert (columns.ledger.climate[-1, -3:] > 0.0).all()  # places in programmes, from all pools


def test_everybody_is_the_same_in_both() -> None:
    columns, objects = run_both(baseline(), 4000, 7, date(2026, 1, 1))
    assert len(columns.people) == len(objects.people)
    names = [field.name for field in fields(PersonView) if field.name != "model"]
    for view, agent in zip(columns.people, objects.people, strict=True):
        assert type(view).__name__ == type(agent).__name__
        assert {n: getattr(view, n) for n in names} == {n: getattr(agent, n) for n in names}
        assert view.history() == agent.history()
    names = [field.name for field in fields(EmployerView)]
    for employer, other in zip(columns.employers, objects.employers, strict=True):
        assert {n: getattr(employer, n) for n in names} == {n: getattr(other, n) for n in names}


# ------------------------------------------------------------------ any scenario


def scaled(value: Any, factor: float, most: float) -> Any:
    if isinstance(value, dict):
        return {label: scaled(inner, factor, most) for label, inner in value.items()}
    return min(most, value * factor)


FACTORS = st.floats(0.5, 1.6)
KEPT = {"people_per_birth_year", "contacts", "matching_rounds"}
"""The number of people, and what draws leave room for: not changed here."""


def most(name: str) -> float:
    return 0.9 if baseline().parameters[name].unit == "share" else 1e9


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Other values for some parameters."""
    names = draw(
        st.lists(st.sampled_from([n for n in (*NAMES, *START_NAMES) if n not in KEPT]), max_size=4, unique=True)
    )
    return {name: scaled(baseline().parameters[name].value, draw(FACTORS), most(name)) for name in names}


def on_employers(draw: st.DrawFn) -> Lever:
    name = draw(st.sampled_from(PRACTICE_LEVERS))
    add = draw(st.floats(0.0, 1.0) if name.endswith("guarantee") else st.floats(-0.6, 1.0))
    return Lever(kind="assumed", range=(-1.0, 1.0), reason="a test", lever=name, add=add)


def on_parameters(draw: st.DrawFn) -> Lever:
    name = draw(st.sampled_from([n for n in NAMES if n not in KEPT]))
    highest = float(array_of(baseline().parameters[name].value, AXES[name]).max())
    if highest <= 0.0:
        change = {"add": draw(st.floats(0.0, 0.5))}
    else:
        change = {"multiply": draw(st.floats(0.3, max(0.3, min(2.5, most(name) / highest))))}
    return Lever(kind="assumed", range=(0.0, 10.0), reason="a test", lever=name, **change)


@st.composite
def measures(draw: st.DrawFn) -> tuple[Measure, ...]:
    """A few measures with any reach, phase-in and duration."""
    built = []
    for number in range(draw(st.integers(0, 3))):
        start = first_day(draw(st.integers(88, 96)))
        reach = Reach(
            share=draw(st.floats(0.0, 1.0)),
            sectors=draw(st.none() | st.lists(st.sampled_from(SECTORS), min_size=1, unique=True).map(tuple)),
            sizes=draw(st.none() | st.lists(st.sampled_from(SIZES), min_size=1, unique=True).map(tuple)),
            genders=draw(st.sampled_from([None, ("women",)])),
            levels=draw(st.none() | st.lists(st.sampled_from(LEVELS), min_size=1, unique=True).map(tuple)),
        )
        kinds = draw(st.lists(st.sampled_from([on_employers, on_parameters]), min_size=1, max_size=3))
        built.append(
            Measure(
                id=f"measure-{number}",
                title="A measure",
                source="a test",
                start=start,
                phase_in_years=draw(st.sampled_from([0.0, 0.5, 1.3, 4.0])),
                duration_years=draw(st.sampled_from([None, 0.25, 1.0, 2.0])),
                reach=reach,
                levers=tuple(kind(draw) for kind in kinds),
            )
        )
    return tuple(built)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    values=changes(),
    extra=measures(),
    scale=st.floats(1500, 5000),
    seed=st.integers(0, 2**32 - 1),
    quarters=st.integers(3, 9),
)
def test_any_scenario(
    values: dict[str, Any], extra: tuple[Measure, ...], scale: float, seed: int, quarters: int
) -> None:
    scenario = baseline().with_values(**values).model_copy(update={"measures": extra})
    run_both(scenario, scale, seed, first_day(88 + quarters))


# ------------------------------------------------------------------ plain Mesa


def test_is_plain_mesa() -> None:
    model = ObjectCareerModel(baseline(), scale=5000, rng=3)
    assert isinstance(model, mesa.Model)
    pupil = next(person for person in model.people if isinstance(person, Student) and person.age == 17)
    for _ in range(8):
        model.step()
    now = model.people[pupil.row]
    assert now.identity == pupil.identity
    assert model.steps == 8
    assert set(model.agent_types) == {Student, Worker, Employer}
    assert len(model.agents) == len(model.people) + len(model.employers)
    assert set(model.agents_by_type[Student]) == {person for person in model.people if type(person) is Student}
    assert len(model.datacollector.get_model_vars_dataframe()) == 8


def test_a_dropped_model_leaves_memory() -> None:
    model = ObjectCareerModel(baseline(), scale=5000, rng=3)
    model.step()
    dropped = weakref.ref(model)
    del model
    gc.collect()
    assert dropped() is None
