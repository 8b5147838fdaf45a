"""The rules by hand: values worked out on paper, and the compiled rule against the plain one on any input."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from math import exp, log, nextafter
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scenarios
from agents import choose, employer, student, worker
from agents.circumstances import Climate, Person, School, Workplace
from agents.parameters import DTYPE, axes_of, labels
from agents.positions import (
    ABROAD,
    GRADUATE,
    INACTIVE,
    MANAGER,
    OTHER_JOB,
    OTHER_JOB_TECHNICAL_SECTOR,
    RETIRED,
    RETRAINING,
    SCHOOL_OTHER,
    SCHOOL_TECHNICAL,
    SEARCH,
    SEEKING,
    STAY,
    STUDY_OTHER,
    TECHNICIAN,
    TECHNICIAN_OTHER_SECTOR,
)
from agents.rule import interpreted
from sim.schedule import record_of

MODULES = (choose, employer, student, worker)
RULES = {
    f"{module.__name__.split('.')[1]}.{name}": rule
    for module in MODULES
    for name, rule in vars(module).items()
    if hasattr(rule, "py_func") and rule.py_func.__module__ == module.__name__
}


def given_parameters(**values: Any) -> Any:
    """A record of parameters: those given, and 0 for all others; a table is given by its labels, along its axes."""
    record = np.zeros(1, DTYPE)
    for name, value in values.items():
        record[name][0] = along(value, axes_of(name))
    return record.view(np.recarray)[0]


def along(value: Any, axes: tuple[str, ...]) -> Any:
    """Numbers along axes; a label that is not given counts as 0, a number stands for all labels."""
    if not axes:
        return value
    names = labels(axes[0])
    if not isinstance(value, dict):
        return [along(value, axes[1:]) for _ in names]
    assert set(value) <= set(names)
    return [along(value.get(name, 0.0), axes[1:]) for name in names]


def told(rule: Callable[..., Any], *arguments: Any) -> Any:
    """What a rule says, which is the same compiled and interpreted."""
    plain, compiled = interpreted(rule)(*arguments), rule(*arguments)
    assert plain == compiled
    return plain


def about(value: float) -> Any:
    return pytest.approx(value, rel=1e-12)


def just_below(value: float) -> float:
    return value * (1.0 - 1e-9)


def just_above(value: float) -> float:
    return value * (1.0 + 1e-9)


MAN = Person(woman=0, migrant=0, origin=0, level=0, technical=0, age=0, wish=0, parent=0, guaranteed=0, quarters=0)
CALM = Climate(pay=0.0, tightness=0.0, coverage=0.0, part_time=0.0, culture=0.0, women=0.0)
WORK = Workplace(mismatch=0, culture=0.0, training=0.0, pressure=0.0, minority=0.0, slack=0.0)
CLASS = School(scarcity=0.0, practice=0.0)
MBO4, HBO, WO = 5, 6, 7  # level codes; 3 is mbo 2
NONE = given_parameters()

# ------------------------------------------------------------------ choose


def test_scaled() -> None:
    assert told(choose.scaled, 2.0, 0.0) == 2.0
    assert told(choose.scaled, 2.0, log(1.5)) == about(3.0)
    assert told(choose.scaled, 0.0, 5.0) == 0.0


def test_pick_shares_the_chance_in_proportion_to_the_rates() -> None:
    rates, dt = (1.0, 3.0), 0.25
    chance = 1.0 - exp(-1.0)
    assert told(choose.pick, 1e-12, dt, rates) == 0
    assert told(choose.pick, just_below(chance / 4), dt, rates) == 0
    assert told(choose.pick, just_above(chance / 4), dt, rates) == 1
    assert told(choose.pick, nextafter(chance, 0.0), dt, rates) == 1
    assert told(choose.pick, chance, dt, rates) == -1
    assert told(choose.pick, nextafter(1.0, 0.0), dt, rates) == -1


def test_pick_never_takes_an_event_without_a_rate() -> None:
    assert told(choose.pick, 1e-300, 0.25, (0.0, 0.0)) == -1
    assert told(choose.pick, 1e-300, 0.0, (1.0, 1.0)) == -1
    assert told(choose.pick, 1e-300, 0.25, (0.0, 2.0)) == 1
    rng = np.random.default_rng(3)
    for rates in rng.exponential(size=(500, 2)).tolist():  # at the very edge rounding could go past the last one
        edge = nextafter(1.0 - exp(-sum(rates) * 0.25), 0.0)
        assert told(choose.pick, edge, 0.25, (rates[0], rates[1], 0.0)) == 1
        assert told(choose.pick, edge, 0.25, (0.0, rates[0], 0.0)) in (1, -1)


def test_pick_over_all_uniform_numbers() -> None:
    rates = (0.5, 0.0, 1.5, 0.2)
    u = (np.arange(100_000) + 0.5) / 100_000
    events = np.bincount([choose.pick(x, 0.25, rates) + 1 for x in u.tolist()], minlength=5) / u.size
    happens = 1.0 - exp(-2.2 / 4)
    expected = [1.0 - happens, *(happens * rate / 2.2 for rate in rates)]
    assert events == pytest.approx(expected, abs=2e-5)


def test_any_chance() -> None:
    assert told(choose.any_chance, 0.5, (0.7, 1.3)) == about(1.0 - exp(-1.0))
    assert told(choose.any_chance, 0.25, (0.0, 0.0)) == 0.0


def test_shifted() -> None:
    assert told(choose.shifted, 0.5, log(3.0)) == about(0.75)
    assert told(choose.shifted, 0.9, -log(9.0)) == about(0.5)
    assert told(choose.shifted, 0.3, 0.0) == 0.3
    assert told(choose.shifted, 0.0, 2.0) == 0.0
    assert told(choose.shifted, 1.0, -2.0) == 1.0


# ------------------------------------------------------------------ employer


def test_posts_grow_with_demand_less_productivity() -> None:
    assert told(employer.grown, 100.0, 0.03, 0.01, 0.5) == about(100.0 * exp(0.01))
    assert told(employer.grown, 100.0, 0.01, 0.01, 0.25) == 100.0


def test_posts_are_whole_and_include_the_hours_lent() -> None:
    assert told(employer.posts, 10.4, 0.3, 0.2) == 10
    assert told(employer.posts, 10.4, 0.3, 0.35) == 11
    assert told(employer.posts, 0.0, 0.0, 0.99) == 0


def test_vacancies() -> None:
    assert [told(employer.vacancies, 10, filled) for filled in (7, 10, 12)] == [3, 0, 0]


def test_pressure() -> None:
    p = given_parameters(pressure_full=0.2)
    assert told(employer.pressure, 10, 1, p) == about(0.5)
    assert told(employer.pressure, 10, 2, p) == 1.0
    assert told(employer.pressure, 10, 9, p) == 1.0
    assert told(employer.pressure, 0, 0, p) == 0.0


def test_slack() -> None:
    p = given_parameters(slack_full=0.5)
    assert told(employer.slack, 8, 10, p) == about(0.4)
    assert told(employer.slack, 10, 10, p) == 0.0
    assert told(employer.slack, 12, 10, p) == 0.0
    assert told(employer.slack, 1, 10, p) == 1.0


def test_minority() -> None:
    p = given_parameters(critical_mass=0.3)
    assert told(employer.minority, 3, 20, p) == about(0.5)
    assert told(employer.minority, 0, 20, p) == 1.0
    assert told(employer.minority, 6, 20, p) == 0.0
    assert told(employer.minority, 20, 20, p) == 0.0
    assert told(employer.minority, 0, 0, p) == 1.0


def test_training_left_under_pressure() -> None:
    assert told(employer.trains, 0.6, 0.5, given_parameters(pressure_training=0.5)) == about(0.45)


def test_adoption_from_shortage_and_imitation() -> None:
    p = given_parameters(adoption_base=0.04, adoption_shortage=0.8, adoption_imitation=0.4)
    chance = 1.0 - exp(-(0.04 * exp(0.4) + 0.4 * 0.3) / 4)
    assert told(employer.adoption_chance, 0.25, 0.2, 0.5, 0.5, p) == about(chance)
    alone = 1.0 - exp(-0.04 / 4)  # who is ahead of the neighbours does not fall back to them
    assert told(employer.adoption_chance, 0.25, 0.9, 0.5, 0.0, p) == about(alone)


def test_practices_and_measures() -> None:
    p = given_parameters(adoption_step=0.02, guarantee_years=10.0)
    assert told(employer.taken_further, 0.5, p) == about(0.52)
    assert told(employer.taken_further, 0.99, p) == 1.0
    assert told(employer.supported, 0.5, 0.3) == about(0.8)
    assert told(employer.supported, 0.9, 0.3) == 1.0
    assert told(employer.supported, 0.1, -0.3) == 0.0
    assert told(employer.takes_part, 0.5, 0.19, 0.4)  # luck below the share, and within half of those within reach
    assert not told(employer.takes_part, 0.5, 0.21, 0.4)
    assert told(employer.guarantee_until, 94, p) == 134


def test_part_time_posts() -> None:
    assert told(employer.allows_part_time, 0.2, 0.3)
    assert not told(employer.allows_part_time, 0.3, 0.3)
    assert told(employer.mismatch, 1, 63, 0.25) == 0  # 63.5 / 256 is just below a quarter
    assert told(employer.mismatch, 1, 64, 0.25) == 1
    assert told(employer.mismatch, 0, 64, 0.25) == 0


def test_meeting() -> None:
    p = given_parameters(
        matching_efficiency=0.75, mismatch_accept=0.7, exclusion_hire=0.3, threshold_hire=0.2,
        threshold_no_diploma=4.0, tightness_reference=0.06,
    )  # fmt: skip
    graduate, migrant = MAN._replace(technical=1), MAN._replace(migrant=1)
    for who, mismatch, effect in (
        (graduate, 0, 0.0),
        (graduate, 1, -0.7),
        (MAN, 0, 4.0 * 0.04 - 0.2),
        (migrant, 1, -0.7 - 0.3 * 0.5 + 4.0 * 0.04 - 0.2),
    ):
        chance = 0.75 * exp(effect)
        assert told(employer.meets, just_below(chance), who, mismatch, 0.5, 0.1, p)
        assert not told(employer.meets, just_above(chance), who, mismatch, 0.5, 0.1, p)


def test_order_of_applicants() -> None:
    diploma, guaranteed = MAN._replace(technical=1), MAN._replace(guaranteed=1)
    applicants = ((guaranteed, 0), (diploma, 0), (MAN, 1), (MAN, 0))
    assert [told(employer.rank, who, retrained) for who, retrained in applicants] == [0, 1, 2, 3]


# ------------------------------------------------------------------ student

PUPIL = MAN._replace(level=1)  # havo


def test_school_type() -> None:
    p = given_parameters(school_type={"vmbo": 0.5, "havo": 0.3, "vwo": 0.2})
    found = [told(student.school_type, u, p) for u in (0.1, just_below(0.5), 0.5, just_below(0.8), 0.8, 0.99)]
    assert found == [0, 0, 1, 1, 2, 2]


def test_interest() -> None:
    p = given_parameters(choice_parent=0.5, parent_technical=0.3, choice_guarantee=0.15, choice_role_models=2.0)
    climate = CALM._replace(coverage=0.4, women=0.05)
    assert told(student.interest, PUPIL, climate, p) == about(-0.15 + 0.06)
    assert told(student.interest, PUPIL._replace(parent=1), climate, p) == about(0.35 + 0.06)
    assert told(student.interest, PUPIL._replace(woman=1), climate, p) == about(-0.15 + 0.06 + 0.1)


def test_profile() -> None:
    p = given_parameters(profile_technical={"men": {"havo": 0.5}, "women": {"havo": 0.25}}, early_contact=log(3.0))
    for woman, share in ((0, 0.75), (1, 0.5)):
        who = PUPIL._replace(woman=woman)
        assert told(student.profile, just_below(share), who, CALM, p) == SCHOOL_TECHNICAL
        assert told(student.profile, just_above(share), who, CALM, p) == SCHOOL_OTHER


def test_continuing() -> None:
    p = given_parameters(continue_study={"havo": 0.95})
    assert told(student.continues, just_below(0.95), PUPIL, p)
    assert not told(student.continues, 0.95, PUPIL, p)


def test_study_field() -> None:
    p = given_parameters(
        study_after_technical={"men": {"havo": 0.8}}, study_after_other={"men": {"havo": 0.2}},
        choice_background={"migration": {"havo": log(0.5)}},
    )  # fmt: skip
    migrant = PUPIL._replace(migrant=1)
    for profile, who, share in ((1, PUPIL, 0.8), (0, PUPIL, 0.2), (1, migrant, 2 / 3), (0, migrant, 1 / 9)):
        assert told(student.technical_study, just_below(share), profile, who, CALM, p) == 1
        assert told(student.technical_study, just_above(share), profile, who, CALM, p) == 0


def test_study_level() -> None:
    p = given_parameters(vmbo_to={"technical": {"mbo2": 0.25, "mbo3": 0.25, "mbo4": 0.5}}, vwo_to_wo=0.8)
    vmbo, vwo = MAN, MAN._replace(level=2)
    assert [told(student.study_level, u, 1, vmbo, p) for u in (0.2, 0.25, 0.49, 0.5, 0.9)] == [0, 1, 1, 2, 2]
    assert [told(student.study_level, u, 1, PUPIL, p) for u in (0.01, 0.99)] == [3, 3]
    assert [told(student.study_level, u, 0, vwo, p) for u in (just_below(0.8), 0.8)] == [4, 3]


def test_times_at_school_and_in_study() -> None:
    p = given_parameters(
        profile_years={"havo": 3}, upper_years={"havo": 2},
        study_years={"mbo4": 4}, study_finish={"technical": {"mbo4": 0.85}}, study_continue={"mbo4": 0.3, "wo": 0.3},
    )  # fmt: skip
    assert [told(student.chooses_profile, q, PUPIL, p) for q in (11, 12)] == [False, True]
    assert [told(student.leaves_school, q, PUPIL, p) for q in (7, 8)] == [False, True]
    assert not told(student.graduates, 0.1, 2, 1, 15, p)
    assert told(student.graduates, just_below(0.85), 2, 1, 16, p)
    assert not told(student.graduates, 0.85, 2, 1, 16, p)
    assert not told(student.graduates, 0.1, 2, 0, 16, p)
    assert [told(student.goes_on, u, 2, p) for u in (just_below(0.3), 0.3)] == [True, False]
    assert not told(student.goes_on, 0.1, 4, p)  # there is nothing above wo
    assert [told(student.diploma_level, study) for study in range(5)] == [3, 4, 5, 6, 7]


def test_leaving_a_study() -> None:
    p = given_parameters(
        switch_base={"hbo": 0.03}, practice_switch=1.5, switch_no_parent=0.4, parent_technical=0.25, switch_women=0.2,
        drop_out={"technical": {"hbo": 0.08}, "other": {"hbo": 0.1}}, drop_out_migrant=0.35,
        scarcity_drop_out=0.5, practice_drop_out=1.0, early_hiring={"hbo": 0.01}, tightness_reference=0.05,
    )  # fmt: skip
    school, climate = School(scarcity=0.4, practice=0.2), CALM._replace(tightness=0.1)
    girl = MAN._replace(woman=1, migrant=1)
    assert told(student.switch_rate, 3, MAN._replace(parent=1), school, p) == about(0.03 * exp(-0.3 - 0.3))
    assert told(student.switch_rate, 3, girl, school, p) == about(0.03 * exp(-0.3 + 0.1 + 0.2))
    assert told(student.drop_out_rate, 3, girl, school, 1, p) == about(0.08 * exp(0.35 + 0.2 - 0.2))
    assert told(student.drop_out_rate, 3, MAN, school, 0, p) == about(0.1)
    assert told(student.early_hiring_rate, 3, climate, p) == about(0.02)
    risks = told(student.study_risks, 3, 1, MAN, school, climate, p)
    assert risks == about((0.03 * exp(-0.3 + 0.1), 0.08, 0.02))
    assert told(student.study_risks, 3, 0, MAN, school, climate, p) == about((0.0, 0.1, 0.0))


def test_a_quarter_in_a_study() -> None:
    p = given_parameters(
        switch_base={"hbo": 1.0}, drop_out={"technical": {"hbo": 1.0}, "other": {"hbo": 4.0}},
        early_hiring={"hbo": 2.0}, tightness_reference=0.1,
    )  # fmt: skip
    climate = CALM._replace(tightness=0.1)
    chance = 1.0 - exp(-1.0)
    for part, event in ((0.1, STUDY_OTHER + 3), (0.3, SEEKING), (0.6, SEARCH), (0.99, SEARCH), (1.01, STAY)):
        assert told(student.study_quarter, part * chance, 0.25, 3, 1, MAN, CLASS, climate, p) == event
    for part, event in ((0.1, SEEKING), (0.99, SEEKING), (1.01, STAY)):
        assert told(student.study_quarter, part * chance, 0.25, 3, 0, MAN, CLASS, climate, p) == event


# ------------------------------------------------------------------ worker


def test_leaving_the_occupation() -> None:
    p = given_parameters(
        leave_base=0.02, leave_level={"mbo4": 0.1}, leave_age={"25-29": 0.3}, leave_without_diploma=0.5,
        mismatch_leave=2.0, part_time_pay_leave=0.15, minority_leave=1.0, exclusion_leave=0.2, pressure_leave=0.25,
        training_leave=0.4, pay_leave=1.5, guarantee_leave=0.35,
    )  # fmt: skip
    at = Workplace(mismatch=0, culture=0.4, training=0.5, pressure=0.8, minority=0.5, slack=0.9)
    climate = CALM._replace(pay=0.02, tightness=0.2)
    man = MAN._replace(level=MBO4, technical=1, age=2)
    common = 0.1 + 0.3 + 0.25 * 0.8 - 0.4 * 0.5 - 1.5 * 0.02
    for who, place, effect in (
        (man, at, 0.0),
        (man._replace(technical=0), at, 0.5),
        (man._replace(wish=1), at, 0.15),
        (man._replace(wish=1), at._replace(mismatch=1), 2.0),
        (man._replace(woman=1), at, 1.0 * 0.5 * 0.6),
        (man._replace(migrant=1), at, 0.2 * 0.6),
        (man._replace(guaranteed=1), at, -0.35),
    ):
        assert told(worker.leave_occupation_rate, who, place, climate, p) == about(0.02 * exp(common + effect))


def test_promotion_layoff_inactivity_and_change_of_job() -> None:
    p = given_parameters(
        promotion_base=0.003, promotion_level={"hbo": 0.5}, promotion_age={"25-29": 1.4},
        layoff_base=0.02, layoff_age={"25-29": 0.3}, layoff_migrant=0.5, slack_layoff=1.2,
        inactivity={"women": {"25-29": 0.03}, "men": {"25-29": 0.01}}, pressure_inactivity=0.15,
        job_change_base=0.14, job_change_age={"25-29": 0.5}, mismatch_job_change=0.4,
    )  # fmt: skip
    who = MAN._replace(level=HBO, age=2)
    busy = WORK._replace(slack=0.5, mismatch=1)
    assert told(worker.promotion_rate, who, p) == about(0.003 * exp(0.5) * 1.4)
    assert told(worker.layoff_rate, who, WORK, p) == about(0.02 * exp(0.3))
    assert told(worker.layoff_rate, who._replace(migrant=1), busy, p) == about(0.02 * exp(0.3 + 0.5 + 0.6))
    assert told(worker.inactivity_rate, who, 0.0, p) == 0.01
    assert told(worker.inactivity_rate, who._replace(woman=1), 0.8, p) == about(0.03 * exp(0.12))
    assert told(worker.job_change_rate, who, WORK, p) == about(0.14 * exp(0.5))
    assert told(worker.job_change_rate, who, busy, p) == about(0.14 * exp(0.9))


ONE_EACH = given_parameters(
    leave_base=1.0, promotion_base=1.0, promotion_age=1.0, layoff_base=1.0, inactivity=1.0, retirement=1.0,
    emigration=1.0, job_change_base=1.0, leave_stays_in_sector=0.5,
)  # fmt: skip
"""Every event of a technician at a rate of 1 a year."""


def test_risks_of_a_technician() -> None:
    assert told(worker.technician_risks, 1, MAN, WORK, CALM, ONE_EACH) == (1.0,) * 7
    assert told(worker.technician_risks, 0, MAN, WORK, CALM, ONE_EACH) == (1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("in_sector", "v", "who", "events"),
    [
        (1, 0.49, MAN, [OTHER_JOB_TECHNICAL_SECTOR, MANAGER, SEEKING, INACTIVE, RETIRED, ABROAD, SEARCH]),
        (1, 0.51, MAN, [OTHER_JOB, MANAGER, SEEKING, INACTIVE, RETIRED, ABROAD, SEARCH]),
        (0, 0.49, MAN, [OTHER_JOB, SEEKING, INACTIVE, RETIRED, ABROAD, SEARCH]),
        (1, 0.51, MAN._replace(guaranteed=1), [OTHER_JOB, MANAGER, SEARCH, INACTIVE, RETIRED, ABROAD, SEARCH]),
    ],
)
def test_a_quarter_of_a_technician(in_sector: int, v: float, who: Person, events: list[int]) -> None:
    number = len(events)
    chance = 1.0 - exp(-number / 4)
    for k, event in enumerate(events):
        for part in (k + 0.01, k + 0.99):
            u = part / number * chance
            assert told(worker.technician_quarter, u, v, 0.25, in_sector, who, WORK, CALM, ONE_EACH) == event
    u = just_above(chance)
    assert told(worker.technician_quarter, u, v, 0.25, in_sector, who, WORK, CALM, ONE_EACH) == STAY


def test_attraction() -> None:
    p = given_parameters(
        pay_entry=0.8, guarantee_entry=0.3, part_time_entry=0.6, role_models_entry=2.0, inclusion_entry=1.4
    )
    climate = Climate(pay=0.05, tightness=0.1, coverage=0.5, part_time=0.25, culture=0.5, women=0.02)
    common = 0.04 + 0.15
    assert told(worker.attraction, MAN, climate, p) == about(common)
    assert told(worker.attraction, MAN._replace(wish=1), climate, p) == about(common - 0.45)
    assert told(worker.attraction, MAN._replace(woman=1), climate, p) == about(common + 0.04 - 0.7)


def test_entry_from_other_work() -> None:
    p = given_parameters(
        return_base=0.05, return_age={"25-29": 0.5}, side_entry_base={"women": {"mbo4": 0.03}, "men": {"mbo4": 0.04}},
        side_entry_age={"25-29": 0.4}, pay_entry=1.0, income_loss=0.5, retraining_years=0.5, retraining_support=0.2,
        income_loss_entry=3.0,
    )  # fmt: skip
    who, climate = MAN._replace(level=MBO4, age=2), CALM._replace(pay=0.1)
    assert told(worker.return_rate, who, climate, p) == about(0.05 * exp(0.6))
    assert told(worker.side_entry_rate, who, climate, p) == about(0.04 * exp(0.5))
    assert told(worker.side_entry_rate, who._replace(woman=1), climate, p) == about(0.03 * exp(0.5))
    assert told(worker.retraining_rate, who, 0.01, climate, p) == about(0.01 * exp(0.4 + 0.1 - 3.0 * 0.2))


OTHER_ONE_EACH = given_parameters(
    return_base=1.0, side_entry_base=1.0, retraining_from_work=1.0, other_layoff=1.0, inactivity=1.0, retirement=1.0,
    emigration=1.0, sector_move=1.0, manager_return=0.5,
)  # fmt: skip


def test_risks_in_other_work() -> None:
    diploma = MAN._replace(technical=1)
    ones = OTHER_ONE_EACH
    assert told(worker.other_worker_risks, 0, 0, MAN, CALM, ones) == (1.0,) * 7
    assert told(worker.other_worker_risks, 0, 0, diploma, CALM, ones) == (1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    assert told(worker.other_worker_risks, 1, 1, MAN, CALM, ones) == (0.5, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    p = given_parameters(
        other_layoff={"other": 0.03, "technical": 0.02}, layoff_age={"25-29": 0.3}, layoff_migrant=0.5,
        sector_move={"other": 0.004, "technical": 0.045}, pressure_inactivity=9.0, inactivity=0.01,
    )  # fmt: skip
    migrant = MAN._replace(age=2, migrant=1)
    laid_off = 0.03 * exp(0.8)
    assert told(worker.other_worker_risks, 0, 0, migrant, CALM, p)[2:] == about((laid_off, 0.01, 0.0, 0.0, 0.004))
    assert told(worker.other_worker_risks, 1, 0, diploma, CALM, p)[2:] == about((0.02, 0.01, 0.0, 0.0, 0.045))


@pytest.mark.parametrize(
    ("in_sector", "last"), [(0, OTHER_JOB_TECHNICAL_SECTOR), (1, OTHER_JOB)], ids=["outside", "inside"]
)
def test_a_quarter_in_other_work(in_sector: int, last: int) -> None:
    chance = 1.0 - exp(-7 / 4)
    for k, event in enumerate((SEARCH, RETRAINING, SEEKING, INACTIVE, RETIRED, ABROAD, last)):
        u = (k + 0.5) / 7 * chance
        assert told(worker.other_worker_quarter, u, 0.25, in_sector, 0, MAN, CALM, OTHER_ONE_EACH) == event
    assert told(worker.other_worker_quarter, just_above(chance), 0.25, in_sector, 0, MAN, CALM, OTHER_ONE_EACH) == STAY


def test_first_job() -> None:
    p = given_parameters(
        first_job_other=0.25, first_job_level={"women": {"mbo4": log(3.0)}}, graduate_abroad=0.4,
        guarantee_entry=log(2.0),
    )  # fmt: skip
    man = MAN._replace(level=MBO4, technical=1)
    covered = CALM._replace(coverage=1.0)
    for who, climate, share in (
        (man, CALM, 0.25),
        (man._replace(woman=1), CALM, 0.5),
        (man, covered, 1 / 7),  # odds of a third, halved
    ):
        assert told(worker.first_job, 0.1, just_below(share), who, climate, p) == OTHER_JOB
        assert told(worker.first_job, 0.1, just_above(share), who, climate, p) == SEARCH
    student_from_abroad = man._replace(origin=2, migrant=1)
    assert told(worker.first_job, just_below(0.4), 0.1, student_from_abroad, CALM, p) == ABROAD
    assert told(worker.first_job, 0.4, 0.1, student_from_abroad, CALM, p) == OTHER_JOB
    assert told(worker.first_job, 0.1, 0.9, man._replace(origin=1, migrant=1), CALM, p) == SEARCH


SEEKER = given_parameters(
    find_other_job={"other": 1.0, "technical": 2.0}, find_age={"25-29": 0.3}, find_migrant=0.2,
    retraining_from_unemployment=0.5, discouraged=0.4, retirement={"25-29": 0.1}, emigration={"migration": 0.02},
    search_technical={"other": 0.05, "technical": 0.6}, other_job_in_sector={"men": {"other": 0.1, "technical": 0.35}},
)  # fmt: skip


def test_risks_of_a_seeker() -> None:
    who = MAN._replace(age=2, migrant=1, origin=1)
    expected = (exp(0.3 - 0.2), 0.5, 0.4, 0.1, 0.02)
    assert told(worker.seeking_risks, who, CALM, SEEKER) == about(expected)
    expected = (2.0 * exp(0.1), 0.0, 0.4, 0.1, 0.02)
    assert told(worker.seeking_risks, who._replace(technical=1), CALM, SEEKER) == about(expected)
    assert told(worker.technical_search, who, CALM, SEEKER) == 0.05
    assert told(worker.technical_search, who._replace(technical=1), CALM, SEEKER) == 0.6


def test_a_quarter_of_a_seeker() -> None:
    rates = (1.0, 0.5, 0.4)  # at an age at which nobody retires
    chance = 1.0 - exp(-1.9 / 4)
    for event, low, high in ((RETRAINING, 1.0, 1.5), (INACTIVE, 1.5, 1.9)):
        for mark in (just_above(low), just_below(high)):
            assert told(worker.seeking_quarter, mark / sum(rates) * chance, 0.5, 0.25, MAN, CALM, SEEKER) == event
    found = 0.5 / sum(rates) * chance
    assert told(worker.seeking_quarter, found, 0.09, 0.25, MAN, CALM, SEEKER) == OTHER_JOB_TECHNICAL_SECTOR
    assert told(worker.seeking_quarter, found, 0.11, 0.25, MAN, CALM, SEEKER) == OTHER_JOB
    search = chance + (1.0 - chance) * 0.05  # of those to whom nothing happens
    assert told(worker.seeking_quarter, just_above(chance), 0.5, 0.25, MAN, CALM, SEEKER) == SEARCH
    assert told(worker.seeking_quarter, just_below(search), 0.5, 0.25, MAN, CALM, SEEKER) == SEARCH
    assert told(worker.seeking_quarter, just_above(search), 0.5, 0.25, MAN, CALM, SEEKER) == STAY


def test_a_quarter_of_retraining() -> None:
    p = given_parameters(retraining_give_up=0.25, retraining_years=0.5, retraining_patience=0.75)
    chance = 1.0 - exp(-0.25 / 4)
    assert told(worker.retraining_quarter, just_below(chance), 0.25, MAN, p) == SEEKING
    found = [told(worker.retraining_quarter, 0.5, 0.25, MAN._replace(quarters=q), p) for q in (0, 1, 2, 4, 5)]
    assert found == [STAY, STAY, SEARCH, SEARCH, SEEKING]


def test_a_quarter_outside_the_labour_force() -> None:
    p = given_parameters(activation={"men": 1.0, "women": 2.0}, inactive_retirement=1.0, emigration={"dutch": 2.0})
    assert told(worker.inactive_risks, MAN, p) == (1.0, 1.0, 2.0)
    assert told(worker.inactive_risks, MAN._replace(woman=1), p) == (2.0, 1.0, 2.0)
    chance = 1.0 - exp(-1.0)
    for part, event in ((0.24, SEEKING), (0.26, RETIRED), (0.49, RETIRED), (0.51, ABROAD), (1.01, STAY)):
        assert told(worker.inactive_quarter, part * chance, 0.25, MAN, p) == event


def test_a_graduate_is_patient_for_a_while() -> None:
    p = given_parameters(first_job_other=0.25, graduate_patience=0.75)
    who = MAN._replace(technical=1, level=WO)
    for quarters, event in ((1, SEARCH), (2, SEARCH), (3, SEEKING)):
        assert told(worker.graduate_quarter, 0.5, 0.9, who._replace(quarters=quarters), CALM, p) == event
        assert told(worker.graduate_quarter, 0.5, 0.2, who._replace(quarters=quarters), CALM, p) == OTHER_JOB


def test_everybody_on_the_labour_market_has_a_rule() -> None:
    """Each position is sent to its own rule: told apart by what only that rule says."""

    def said(position: int, p: Any, who: Person = MAN, u: float = 0.5, v: float = 0.5) -> int:
        return int(told(worker.labour_quarter, u, v, 0.25, position, who, WORK, CALM, p))

    often = 1e6
    assert said(TECHNICIAN, given_parameters(promotion_base=often, promotion_age=1.0)) == MANAGER
    assert said(TECHNICIAN_OTHER_SECTOR, given_parameters(promotion_base=often, promotion_age=1.0)) == STAY
    assert said(TECHNICIAN_OTHER_SECTOR, given_parameters(layoff_base=often)) == SEEKING
    moving = given_parameters(sector_move=often)
    assert said(OTHER_JOB, moving) == OTHER_JOB_TECHNICAL_SECTOR
    assert said(OTHER_JOB_TECHNICAL_SECTOR, moving) == OTHER_JOB
    assert said(MANAGER, moving) == OTHER_JOB
    courses = given_parameters(retraining_from_work=often)
    assert said(OTHER_JOB, courses) == said(OTHER_JOB_TECHNICAL_SECTOR, courses) == RETRAINING
    assert said(MANAGER, courses) == STAY
    assert said(SEEKING, given_parameters(find_other_job=often)) == OTHER_JOB
    assert said(RETRAINING, given_parameters(retraining_give_up=often)) == SEEKING
    assert said(INACTIVE, given_parameters(activation=often)) == SEEKING
    assert said(GRADUATE, given_parameters(first_job_other=0.5), v=0.4) == OTHER_JOB
    assert said(RETIRED, NONE) == STAY


# ------------------------------------------------------------------ any input

BASELINE = record_of(scenarios.load("baseline"))


def varied(seed: int) -> Any:
    """Parameters of the baseline, every one moved by up to a half; shares stay shares."""
    rng = np.random.default_rng(seed)
    record = BASELINE.copy()
    for name in DTYPE.names or ():
        record[name] *= rng.uniform(0.5, 1.5, record[name].shape)
        if name in ("first_job_other", "profile_technical", "study_after_technical", "study_after_other"):
            record[name] = np.minimum(record[name], 0.99)
    return record.view(np.recarray)[0]


RECORDS = [varied(seed) for seed in range(4)]
uniform = st.integers(0, 2**32 - 1).map(lambda word: (word + 0.5) * 2.0**-32)
share = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0, allow_subnormal=False))
effect = st.floats(-3.0, 3.0, allow_subnormal=False)
bit = st.integers(0, 1)
count = st.integers(0, 40)
quarters = st.integers(0, 30)


def people(levels: int) -> Any:
    level, age = st.integers(0, levels - 1), st.integers(0, 15)
    return st.builds(Person, bit, bit, st.integers(0, 2), level, bit, age, bit, bit, bit, quarters)


BY_NAME: dict[str, Any] = {
    "u": uniform, "v": uniform, "luck": uniform, "dt": st.sampled_from([0.25, 1 / 12, 1.0]),
    "base": st.floats(0.0, 2.0, allow_subnormal=False), "effect": effect, "shift": effect,
    "rates": st.tuples(*[st.one_of(st.just(0.0), st.floats(0.0, 3.0, allow_subnormal=False))] * 5),
    "wanted": st.floats(0.0, 200.0, allow_subnormal=False), "demand": effect, "productivity": effect, "lent": share,
    "study": st.integers(0, 4), "position": st.integers(GRADUATE, INACTIVE), "quarters": quarters,
    "now": st.integers(48, 240), "amount": effect,
}  # fmt: skip
"""Inputs of rules by the name of the argument; the others by their type."""


def inputs(name: str) -> Any:
    """What a rule may be given."""
    rule = RULES[name].py_func  # type: ignore[attr-defined]
    hints = typing.get_type_hints(rule)
    pupil = name.startswith("student.")
    by_type = {
        "float": share, "int": bit, "Person": people(3 if pupil else 8),
        "Workplace": st.builds(Workplace, bit, share, share, share, share, share),
        "School": st.builds(School, share, share),
        "Climate": st.builds(Climate, st.floats(-0.1, 0.1), share, share, share, share, st.floats(-0.1, 0.1)),
        "Parameters": st.sampled_from(RECORDS),
    }  # fmt: skip
    counts = dict.fromkeys(("posts_wanted", "filled", "open_posts", "women", "technicians"), count)
    posts = {"post": st.integers(0, 255)} if hints.get("post") is int else {}
    reached = {"share": st.floats(0.01, 1.0)} if name == "employer.takes_part" else {}  # asked only of who is reached
    known = {**BY_NAME, **counts, **posts, **reached}
    found = []
    for argument in inspect.signature(rule).parameters:
        by_name = known.get(argument)
        found.append(by_name if by_name is not None else by_type[hints[argument].__name__])
    return st.tuples(*found)


@pytest.mark.parametrize("name", RULES)
def test_the_compiled_rule_says_what_the_plain_one_says(name: str) -> None:
    """To the last bit, for whatever a rule may be given."""
    compiled, plain = RULES[name], interpreted(RULES[name])
    assert isinstance(plain, types.FunctionType)
    assert plain is not compiled

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(inputs(name))
    def check(arguments: tuple[Any, ...]) -> None:
        assert plain(*arguments) == compiled(*arguments)

    check()


def test_every_rule_is_here() -> None:
    assert len(RULES) >= 50
    assert {"choose.pick", "employer.meets", "student.profile", "worker.labour_quarter"} <= set(RULES)
