"""What nobody decides alone: pay, tightness, and the capacity of technical education."""

from __future__ import annotations

from math import exp
from typing import Any

from agents.circumstances import Climate
from agents.positions import AGES
from agents.rule import rule


@rule
def between(value: float, low: float, high: float) -> float:
    """Value kept between two limits."""
    return low if value < low else (high if value > high else value)


@rule
def climate_of(
    posts: int,
    vacant: int,
    covered: int,
    part_time: float,
    culture: float,
    women: int,
    filled: int,
    drained: float,
    apprentices: float,
    places: tuple[float, float, float],
    p: Any,
) -> Climate:
    """Climate of a quarter from totals over employers.

    Real pay of technical work barely reacts to shortage (SEO/ROA in Kamerstuk 29 544, nr. 1173).

    Parameters
    ----------
    posts, vacant, covered : technical posts, those that stand open, those under the guarantee
    part_time : posts that can be worked part-time
    culture : culture of inclusion, added up over posts
    women, filled : women among technicians, and all technicians
    drained, apprentices : as in the climate
    places : places in retraining programmes per person, see `taken_up`, from other work, unemployment and inactivity
    """
    tightness = between(vacant / posts, 0.0, p.tightness_limit) if posts > 0 else 0.0
    pay = p.pay_premium + p.pay_elasticity * (tightness - p.tightness_reference)
    share = women / filled - p.women_reference if filled > 0 else 0.0
    return Climate(
        between(pay, -p.pay_limit, p.pay_limit),
        tightness,
        covered / posts if posts > 0 else 0.0,
        part_time / posts if posts > 0 else 0.0,
        culture / posts if posts > 0 else 0.0,
        between(share, -p.women_limit, p.women_limit),
        drained,
        apprentices,
        places[0],
        places[1],
        places[2],
    )


@rule
def teachers_left(teachers: float, dt: float, p: Any) -> float:
    """Full-time technical teachers after `dt` years: some retire, and not all of them can be replaced."""
    return teachers * (1.0 - p.teacher_retirement * (1.0 - p.teacher_replacement) * dt)


@rule
def hybrid_full_time(faculty: int, p: Any) -> float:
    """Full-time equivalent of the hybrid teachers of a faculty, in people."""
    return p.hybrid_teachers[faculty] * p.hybrid_hours / p.full_time_hours


@rule
def practice_share(teachers: float, faculty: int, p: Any) -> float:
    """Share of the technical teaching that is given by people from practice, or takes place in practice."""
    hybrid = hybrid_full_time(faculty, p)
    own = teachers + p.extra_teachers[faculty]
    share = hybrid / (own + hybrid) if own + hybrid > 0.0 else 0.0
    return min(1.0, share + p.practice_learning[faculty])


@rule
def seats(teachers: float, faculty: int, scale: float, p: Any) -> float:
    """Technical students, in agents, that a faculty can teach."""
    own = teachers + p.extra_teachers[faculty]
    return (own + hybrid_full_time(faculty, p)) * p.students_per_teacher[faculty] / scale


@rule
def per_person(people: float, count: float, scale: float) -> float:
    """A number of people for each person of a group of `count` agents; 0 where the group is empty."""
    return people / (count * scale) if count > 0 else 0.0


@rule
def offers_programmes(p: Any) -> bool:
    """Whether there are places in retraining programmes at all."""
    places = p.programme_places
    return places[0] > 0.0 or places[1] > 0.0 or places[2] > 0.0


@rule
def taken_up(pool: int, could: Any, scale: float, p: Any) -> float:
    """Places in retraining programmes that are taken up a year, for each person of a pool who would as gladly as
    somebody of an age without any effect on side entry; `could` are the agents of each pool by age group.
    """
    keen = 0.0
    for age in range(len(AGES)):
        keen += could[pool, age] * exp(p.side_entry_age[age])
    return per_person(p.programme_places[pool] * p.programme_take_up, keen, scale)


@rule
def short_of_places(students: int, faculty: int, scale: float, p: Any) -> float:
    """Share of the technical students of a faculty without a placement or apprenticeship.

    Firms offer as many for each student as in 2022; places on top lower the shortage until nobody is without one.
    """
    short = p.places_short[faculty] - per_person(p.learning_places[faculty], students, scale)
    return between(short, 0.0, 1.0)


@rule
def admitted_share(free: float, applicants: int) -> float:
    """Share of the applicants for whom there is a seat."""
    if applicants <= 0 or free >= applicants:
        return 1.0
    return free / applicants if free > 0.0 else 0.0
