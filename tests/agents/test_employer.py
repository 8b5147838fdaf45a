"""The rules of employers by hand: values worked out on paper."""

from __future__ import annotations

from math import exp

from agents import employer

from .conftest import MAN, about, given_parameters, just_above, just_below, told


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
