"""What a rule may know: the person, their workplace, their school and the climate of the quarter."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    """Circumstances of one person at the start of a quarter; codes are those of `agents.positions`."""

    woman: int
    """1 for a woman, 0 for a man."""
    migrant: int
    """1 with a migration background."""
    origin: int
    """Code in ORIGINS; 2 for someone who came for study or work and whose tie to the country is loose."""
    level: int
    """Highest level reached (for a pupil: the school type), a code in LEVELS."""
    technical: int
    """1 with a technical diploma."""
    age: int
    """Age group on the last 1 January, a code in AGES."""
    wish: int
    """1 if the person wishes to work part-time."""
    parent: int
    """1 with a parent in a technical occupation."""
    guaranteed: int
    """1 while a ten-year guarantee runs."""
    quarters: int
    """Quarters since the position last changed."""


class Workplace(NamedTuple):
    """What an employer is like this quarter for one of its people."""

    mismatch: int
    """1 if the person wishes to work part-time and the post does not allow it."""
    culture: float
    """Culture of inclusion, 0 to 1."""
    training: float
    """Learning culture after what work pressure leaves of it, 0 to 1."""
    pressure: float
    """Work pressure from unfilled posts, 0 to 1."""
    minority: float
    """How far women are from a critical mass among the technicians here: 0 (reached) to 1 (no women)."""
    slack: float
    """How far the technicians are in excess of the posts wanted, 0 to 1."""


class School(NamedTuple):
    """State of technical education for one faculty this quarter."""

    scarcity: float
    """Shortage of technical teachers against what the students need, 0 to 1."""
    practice: float
    """Share of the technical teaching that is given by people from practice or in practice, 0 to 1."""
    short: float
    """Share of the technical students without a placement or apprenticeship."""
    short_before: float
    """The same in 2022, which the documented shares of diplomas include."""


class Climate(NamedTuple):
    """What everybody shares this quarter."""

    pay: float
    """Log of real technical pay relative to other pay, against 2022."""
    tightness: float
    """Open technical vacancies per technical post."""
    coverage: float
    """Share of technical posts with employers that give the ten-year guarantee."""
    part_time: float
    """Share of technical posts that can be worked part-time."""
    culture: float
    """Mean culture of inclusion over technical posts, 0 to 1."""
    women: float
    """Share of women among technicians, over that of 2022 in points."""
    drained: float
    """People that technical work has drawn from other work on balance since 2022, per person in other work."""
    apprentices: float
    """Technical mbo students who learn at work beyond those of 2022, as a share of the technical mbo students."""
    places_work: float
    """Places in retraining programmes that are taken up, a year, by people in other work: for each person of an age
    without any effect on side entry, so that those of all ages add up to the places."""
    places_seeking: float
    """The same for people without work who look for it."""
    places_inactive: float
    """The same for people outside the labour force."""
