"""The people behind a comparison: how many careers a scenario changes, and a few of them told side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import TECHNICIAN, TECHNICIAN_OTHER_SECTOR
from experiments.options import Settings
from sim import career_graph
from sim.cells import position_of
from sim.model import CareerModel
from sim.scenario import Scenario
from sim.views import Passage, PersonView

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_OTHER_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
LONGEST: Final = 9
"""Events of a career that is told."""
KINDS: Final = ("kept", "came_in", "missed")
"""Stories: stays a technician who would have left; becomes one who would not have; the other way round."""


@dataclass(frozen=True)
class Story:
    """The same person, without and with the measures."""

    kind: str
    """One of KINDS."""
    identity: int
    gender: str
    background: str
    born: int
    """Year of birth."""
    level: str
    technical_diploma: bool
    without: tuple[Passage, ...]
    """Career since 2022 in the baseline."""
    with_: tuple[Passage, ...]
    """Career since 2022 in the scenario."""


@dataclass(frozen=True)
class Careers:
    """What a scenario does to the careers of all people, in one pair of runs."""

    scenario: str
    people: float
    """People alive in the model at any moment of the run."""
    changed: float
    """Of these, how many have another career than in the baseline: any event, or any moment of one."""
    gained: float
    """Technicians at the end who are none in the baseline."""
    lost: float
    """Technicians at the end of the baseline who are none here."""
    stories: tuple[Story, ...]


class _Lives:
    """Everybody of a run by identity: a fingerprint of the career, and whether a technician at the end."""

    def __init__(self, model: CareerModel) -> None:
        self.model = model
        count = model.state.count
        self.identity = model.state.people.identity[:count].copy()
        self.print = np.zeros(count, np.uint64)
        self.events = np.zeros(count, np.int64)
        for quarter, (rows, codes) in enumerate(model.events):
            moment = np.full(1, quarter + 1, np.uint64)
            word = (moment * _MIX) ^ ((codes.astype(np.uint64) + np.uint64(1)) * _OTHER_MIX)
            word ^= word >> np.uint64(32)
            np.add.at(self.print, rows, word * _MIX)
            np.add.at(self.events, rows, 1)
        position = position_of.py_func(model.state.people.cell[:count])  # type: ignore[attr-defined]
        self.technician = (position == TECHNICIAN) | (position == TECHNICIAN_OTHER_SECTOR)


def careers(scenarios: Sequence[Scenario], settings: Settings, tick: Callable[[], Any]) -> list[Careers]:
    """Compare everybody's career in each scenario with that in the first, in the first pair of runs."""
    found: list[Careers] = []
    reference: _Lives | None = None
    for scenario in scenarios:
        model = CareerModel(
            scenario, scale=settings.scale, rng=settings.seed, until=settings.until, threads=settings.threads
        )
        model.run()
        lives = _Lives(model)
        if reference is None:
            reference = lives
        else:
            found.append(_compared(scenario.id, reference, lives))
        tick()
    return found


def _compared(scenario: str, before: _Lives, after: _Lives) -> Careers:
    _, a, b = np.intersect1d(before.identity, after.identity, assume_unique=True, return_indices=True)
    scale = after.model.state.scale
    alone = len(before.identity) + len(after.identity) - 2 * len(a)
    changed = before.print[a] != after.print[b]
    gained = after.technician[b] & ~before.technician[a]
    lost = before.technician[a] & ~after.technician[b]
    started = _technicians_at_start(before)[a]
    few = (before.events[a] <= LONGEST) & (after.events[b] <= LONGEST) & changed
    candidates = {"kept": gained & started & few, "came_in": gained & ~started & few, "missed": lost & few}
    stories = []
    for kind in KINDS:
        chosen = _chosen(candidates[kind], after, b)
        if chosen is not None:
            stories.append(_story(kind, before.model.people[int(a[chosen])], after.model.people[int(b[chosen])]))
    return Careers(
        scenario=scenario,
        people=float(len(a) + alone) * scale,
        changed=float(changed.sum() + alone) * scale,
        gained=float(gained.sum()) * scale,
        lost=float(lost.sum()) * scale,
        stories=tuple(stories),
    )


def _technicians_at_start(lives: _Lives) -> NDArray[np.bool_]:
    """Who was a technician on 1 January of the first year: by the source of the first event, or by the end if none."""
    ends = career_graph.load().ends
    first = np.full(len(lives.identity), -1, np.int64)
    for rows, codes in reversed(lives.model.events):
        first[rows[::-1]] = ends[codes[::-1], 0]
    return np.where(first >= 0, (first == TECHNICIAN) | (first == TECHNICIAN_OTHER_SECTOR), lives.technician)


def _chosen(candidates: NDArray[np.bool_], lives: _Lives, rows: NDArray[np.int64]) -> int | None:
    """Who is told of: the candidate in the middle of all by identity, so that nobody picks."""
    places = np.flatnonzero(candidates)
    if not len(places):
        return None
    return int(places[np.argsort(lives.identity[rows[places]], kind="stable")[len(places) // 2]])


def _story(kind: str, without: PersonView, with_: PersonView) -> Story:
    return Story(
        kind=kind,
        identity=with_.identity,
        gender=with_.gender,
        background=with_.background,
        born=with_.born.year,
        level=with_.level,
        technical_diploma=with_.technical_diploma,
        without=tuple(without.history()),
        with_=tuple(with_.history()),
    )


def career_records(found: Sequence[Careers]) -> list[dict[str, Any]]:
    """How many careers each scenario changes, in people."""
    return [
        {"scenario": one.scenario, "people": one.people, "changed": one.changed, "gained": one.gained, "lost": one.lost}
        for one in found
    ]


def story_records(found: Sequence[Careers]) -> list[dict[str, Any]]:
    """The careers that are told, an event a record: scenario, person, without or with the measures, day, from, to."""
    return [
        {
            "scenario": one.scenario,
            "kind": story.kind,
            "identity": story.identity,
            "gender": story.gender,
            "background": story.background,
            "born": story.born,
            "level": story.level,
            "technical_diploma": story.technical_diploma,
            "life": life,
            "day": passage.day.isoformat(),
            "source": passage.source,
            "target": passage.target,
            "leak_point": passage.leak_point,
        }
        for one in found
        for story in one.stories
        for life, passages in (("without", story.without), ("with", story.with_))
        for passage in passages
    ]
