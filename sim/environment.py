"""What nobody decides alone: pay, tightness, and the capacity of technical education."""

from __future__ import annotations

from typing import Any

from agents.circumstances import Climate
from agents.rule import rule


@rule
def between(value: float, low: float, high: float) -> float:
    """Value kept between two limits."""
    return low if value < low else (high if value > high else value)


@rule
def climate_of(
    posts: int, vacant: int, covered: int, part_time: float, culture: float, women: int, filled: int, p: Any
) -> Climate:
    """Climate of a quarter from totals over employers.

    Real pay of technical work barely reacts to shortage (SEO/ROA in Kamerstuk 29 544, nr. 1173).

    Parameters
    ----------
    posts, vacant, covered : technical posts, those that stand open, those under the guarantee
    part_time : posts that can be worked part-time
    culture : culture of inclusion, added up over posts
    women, filled : women among technicians, and all technicians
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
    """Share of the technical teaching that is given by people from practice."""
    hybrid = hybrid_full_time(faculty, p)
    return hybrid / (teachers + hybrid) if teachers + hybrid > 0.0 else 0.0


@rule
def seats(teachers: float, faculty: int, scale: float, p: Any) -> float:
    """Technical students, in agents, that a faculty can teach."""
    return (teachers + hybrid_full_time(faculty, p)) * p.students_per_teacher[faculty] / scale


@rule
def admitted_share(free: float, applicants: int) -> float:
    """Share of the applicants for whom there is a seat."""
    if applicants <= 0 or free >= applicants:
        return 1.0
    return free / applicants if free > 0.0 else 0.0
