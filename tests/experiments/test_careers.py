"""Careers side by side: counted person by person, and told as they were lived."""

from __future__ import annotations

from datetime import date

import pytest

import scenarios
from experiments.careers import LONGEST, Careers, career_records, careers, story_records
from experiments.deeper_text import story_lines
from experiments.options import Settings
from sim.model import CareerModel
from sim.views import PersonView

SETTINGS = Settings(2000.0, 2, 3, date(2028, 1, 1), 2)
NAMES = ("baseline", "ten_year_guarantee", "talent_from_abroad")


@pytest.fixture(scope="module")
def found() -> list[Careers]:
    return careers([scenarios.load(name) for name in NAMES], SETTINGS, lambda: None)


def everybody(name: str) -> dict[int, PersonView]:
    model = CareerModel(scenarios.load(name), scale=2000.0, rng=3, until=date(2028, 1, 1), threads=1)
    model.run()
    return {person.identity: person for person in model.people}


def test_careers_are_counted_person_by_person(found: list[Careers]) -> None:
    """Against the histories of all people, compared one by one; also where more people come from abroad."""
    plain = everybody("baseline")
    for one in found:
        moved = everybody(one.scenario)
        everyone = plain.keys() | moved.keys()
        changed, gained, lost = 0, 0, 0
        for identity in everyone:
            if identity not in plain or identity not in moved:
                changed += 1
                continue
            a, b = plain[identity], moved[identity]
            changed += a.history() != b.history()
            before, after = a.position.startswith("technician"), b.position.startswith("technician")
            gained += after and not before
            lost += before and not after
        assert one.people == len(everyone) * 2000.0
        assert (one.changed, one.gained, one.lost) == (changed * 2000.0, gained * 2000.0, lost * 2000.0)
        assert 0 < changed < len(everyone) / 2


def test_stories_are_of_real_lives(found: list[Careers]) -> None:
    plain = everybody("baseline")
    told = [(one.scenario, story) for one in found for story in one.stories]
    assert {story.kind for _, story in told} == {"kept", "came_in", "missed"}
    for scenario, story in told:
        a, b = plain[story.identity], everybody(scenario)[story.identity]
        assert (list(story.without), list(story.with_)) == (a.history(), b.history())
        assert story.without != story.with_
        assert max(len(story.without), len(story.with_)) <= LONGEST
        ends = a.position.startswith("technician"), b.position.startswith("technician")
        assert ends == ((True, False) if story.kind == "missed" else (False, True))
        assert (story.gender, story.level, story.born) == (b.gender, b.level, b.born.year)
        lines = story_lines(story)
        assert len(lines) == 3
        assert str(story.born) in lines[0]


def test_nothing_changes_without_a_difference() -> None:
    baseline = scenarios.load("baseline")
    (same,) = careers([baseline, baseline.model_copy(update={"id": "same"})], SETTINGS, lambda: None)
    assert (same.changed, same.gained, same.lost, same.stories) == (0.0, 0.0, 0.0, ())


def test_records(found: list[Careers]) -> None:
    assert [record["scenario"] for record in career_records(found)] == list(NAMES[1:])
    records = story_records(found)
    assert {record["life"] for record in records} == {"with", "without"}
    assert len(records) == sum(len(s.without) + len(s.with_) for one in found for s in one.stories)
