"""The rules of people on the labour market by hand: values worked out on paper."""

from __future__ import annotations

from math import exp, log
from typing import Any

import pytest

from agents import worker
from agents.circumstances import Person, Workplace
from agents.positions import (
    ABROAD,
    GRADUATE,
    INACTIVE,
    MANAGER,
    OTHER_JOB,
    OTHER_JOB_TECHNICAL_SECTOR,
    RETIRED,
    RETRAINING,
    SEARCH,
    SEEKING,
    STAY,
    TECHNICIAN,
    TECHNICIAN_OTHER_SECTOR,
)

from .conftest import CALM, HBO, MAN, MBO4, NONE, WO, WORK, about, given_parameters, just_above, just_below, told


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
    climate = CALM._replace(pay=0.05, tightness=0.1, coverage=0.5, part_time=0.25, culture=0.5, women=0.02)
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


@pytest.mark.parametrize(
    ("position", "places"),
    [
        (OTHER_JOB, 0.2), (OTHER_JOB_TECHNICAL_SECTOR, 0.2), (SEEKING, 0.4), (INACTIVE, 0.8), (MANAGER, 0.0),
        (RETRAINING, 0.0),
    ],
)  # fmt: skip
def test_places_in_programmes_go_to_who_would_have_stayed(position: int, places: float) -> None:
    """By age, to people without a technical diploma, however much else happens; others do what they would have done."""
    p = given_parameters(
        side_entry_age={"25-29": log(2.0), "35-39": log(100.0)}, activation=1.0, other_layoff=1.0, discouraged=1.0,
    )  # fmt: skip
    climate = CALM._replace(places_work=0.2, places_seeking=0.4, places_inactive=0.8)
    young = MAN._replace(age=2)
    chance = 2.0 * places / 4
    assert told(worker.programme_chance, 0.25, position, young, climate, p) == about(chance)
    assert told(worker.programme_chance, 0.25, position, young._replace(technical=1), climate, p) == 0.0
    assert told(worker.programme_chance, 0.25, position, MAN._replace(age=4), climate, p) == (places > 0.0)

    def said(u: float, age: int = 2) -> int:
        who = MAN._replace(age=age)
        return int(told(worker.labour_quarter, u, 0.5, 0.25, position, who, WORK, climate, p))

    if position == RETRAINING:
        return
    event = INACTIVE if position == SEEKING else SEEKING
    first = (1.0 - chance) * (1.0 - exp(-0.25))
    assert said(just_below(first)) == event
    assert said(just_above(first)) == (RETRAINING if chance > 0.0 else STAY)
    assert said(just_below(first + chance)) == (RETRAINING if chance > 0.0 else event)
    assert said(just_above(first + chance)) == STAY
    if chance > 0.0:  # so many places that everybody of this age has one
        assert {said(u, age=4) for u in (0.01, 0.5, 0.99)} == {RETRAINING}


def test_other_sectors_are_short_too() -> None:
    p = given_parameters(shortage_elsewhere=0.2, elsewhere_response=4.0, leave_base=0.03)
    assert told(worker.attraction, MAN, CALM, p) == about(-0.2)
    assert told(worker.attraction, MAN, CALM._replace(drained=0.05), p) == about(-0.4)
    assert told(worker.leave_occupation_rate, MAN, WORK, CALM, p) == about(0.03 * exp(0.2))


def test_career_paths_lead_to_another_technical_post() -> None:
    p = given_parameters(leave_base=4.0, career_paths=0.25, leave_stays_in_sector=0.5)
    found = [told(worker.technician_quarter, 0.1, v, 0.25, 1, MAN, WORK, CALM, p) for v in (0.24, 0.26, 0.62, 0.63)]
    assert found == [SEARCH, OTHER_JOB_TECHNICAL_SECTOR, OTHER_JOB_TECHNICAL_SECTOR, OTHER_JOB]


def test_apprentices_stay_in_technology() -> None:
    p = given_parameters(first_job_other=0.5, apprentice_first_job=log(3.0))
    climate = CALM._replace(apprentices=1.0)
    for level, share in ((MBO4, 0.25), (WO, 0.5)):
        who = MAN._replace(technical=1, level=level)
        assert told(worker.first_job, 0.9, just_below(share), who, climate, p) == OTHER_JOB
        assert told(worker.first_job, 0.9, just_above(share), who, climate, p) == SEARCH


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
