"""Upper bounds of every person's chance of an event in a quarter, by cell: who cannot move is never looked at.

The first pass over people compares one random word with the bound of the cell; only for the few below it the exact
chance is computed from the same rules. A bound takes the worst workplace and climate that the rules allow, so
the result is exact; only the time depends on how tight the bounds are.
"""

from __future__ import annotations

from math import floor
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.choose import any_chance
from agents.circumstances import Climate, Person, School, Workplace
from agents.positions import (
    GRADUATE,
    INACTIVE,
    MANAGER,
    RETRAINING,
    SCHOOL,
    STUDY_OTHER,
    STUDY_TECHNICAL,
    TECHNICIAN,
)
from agents.rule import rule, sweep
from agents.student import study_risks
from agents.worker import event_chance, programme_chance, technician_risks
from sim.cells import CELLS, age_of, level_of, migrant_of, position_of, technical_of, wish_of, woman_of

ALWAYS: Final = np.uint32(0xFFFFFFFF)
GRID: Final = Climate(
    pay=0.02, tightness=0.1, coverage=0.1, part_time=0.05, culture=0.05, women=0.02, drained=0.01, apprentices=0.05,
    places_work=0.0005, places_seeking=0.01, places_inactive=0.0005,
)  # fmt: skip
"""Steps in which bounds follow the climate; they change the time that a run takes, never its result."""
_STEP: Final = np.array(GRID)
_TIGHTNESS, _DRAINED, _APPRENTICES = map(Climate._fields.index, ("tightness", "drained", "apprentices"))
_CELLS_IN_TURN: Final = 256
UNREAD: Final = (
    "demand_growth", "productivity_growth", "students_per_teacher", "teacher_retirement",
    "teacher_replacement", "hybrid_teachers", "hybrid_hours", "arrivals_technical", "arrivals_other",
    "arrivals_students", "arrivals_women", "adoption_base", "adoption_shortage", "adoption_imitation",
    "adoption_step", "learning_places", "apprenticeships", "programme_places", "programme_take_up", "extra_teachers",
    "practice_learning", "primary_contact", "primary_contact_from", "primary_contact_until", "fragmentation",
    "contacts", "matching_rounds", "matching_efficiency", "pay_premium", "pay_elasticity",
    "primary_contact_girls", "primary_contact_choice", "early_contact", "profile_technical", "choice_role_models",
    "choice_parent", "choice_guarantee", "choice_background", "vmbo_to", "vwo_to_wo", "continue_study",
    "study_after_technical", "study_after_other", "study_continue", "study_finish", "place_exclusion",
    "fair_placement", "first_job_other", "first_job_level", "apprentice_first_job", "graduate_abroad",
    "career_paths", "leave_stays_in_sector", "other_job_in_sector",
)  # fmt: skip
"""Parameters that no bound depends on; they may change without new bounds."""


class Limits(NamedTuple):
    """Bounds of a run, and what they were worked out for."""

    bound: NDArray[np.uint32]
    """Bound of each cell as a 32-bit word, outside September and in it; shape (2, cells)."""
    top: NDArray[np.uint8]
    """Highest byte of each bound: what decides who is looked at; shape (2, cells)."""
    filled: NDArray[np.bool_]
    """Cells whose bounds are worked out; who is in another one is looked at in full, which only takes longer."""
    found: NDArray[np.bool_]
    """Cells that there was anybody in on the last 1 January, or when the run went on."""
    step: NDArray[np.int64]
    """Number of the parameters, and the step on the grid of each field of the climate."""
    good: NDArray[np.float64]
    """The climate on the grid that attracts more than the present one, field by field."""
    bad: NDArray[np.float64]
    """The one that attracts less."""
    state: NDArray[np.bool_]
    """Whether bounds must be worked out anew, and whether `found` is known."""


ANEW, KNOWN = 0, 1


def no_limits() -> Limits:
    """Limits before anything is worked out."""
    fields = len(Climate._fields)
    return Limits(
        np.empty((2, CELLS), np.uint32),
        np.empty((2, CELLS), np.uint8),
        np.zeros(CELLS, np.bool_),
        np.zeros(CELLS, np.bool_),
        np.full(1 + fields, -1, np.int64),
        np.zeros(fields),
        np.zeros(fields),
        np.array([True, False]),
    )


@rule
def climate_from(fields: Any) -> Climate:
    """A climate from an array of its fields."""
    return Climate(
        fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7], fields[8], fields[9],
        fields[10],
    )  # fmt: skip


@rule
def follow(climate: Any, alike: int, p: Any, limits: Limits) -> None:
    """Let bounds follow the climate, an array of its fields, and the parameters, known by their number.

    Bounds hold for all climates between two steps of the grid, so that they need not be worked out anew for every
    small change; still less for what moves nobody: how much is drawn from other work, where that has no response.
    """
    good, bad, step = limits.good, limits.bad, limits.step
    anew = step[good.size] != alike
    step[good.size] = alike
    for field in range(good.size):
        value = climate[field]
        if field == _DRAINED and p.elsewhere_response == 0.0:
            value = 0.0
        steps = floor(value / _STEP[field] + 0.5)  # in the middle of a step where nothing differs from 2022
        anew |= step[field] != steps
        step[field] = steps
        good[field], bad[field] = (steps + 0.5) * _STEP[field], (steps - 0.5) * _STEP[field]
    good[_DRAINED], good[_APPRENTICES] = bad[_DRAINED], bad[_APPRENTICES]  # the more of these, the fewer move
    bad[_TIGHTNESS] = good[_TIGHTNESS]
    limits.state[ANEW] |= anew


@rule
def _word(chance: float) -> np.uint32:
    return np.uint32(min(chance * 4294967296.0, 4294967295.0))


@rule
def _bounds_of(cell: int, dt: float, good: Climate, bad: Climate, p: Any) -> tuple[Any, Any]:
    """Bounds of a cell of people in the country, outside September and in it."""
    position = position_of(cell)
    wish, level, technical = wish_of(cell), level_of(cell), technical_of(cell)
    origin = 0
    if migrant_of(cell) == 1:
        origin = 2 if p.emigration[2] > p.emigration[1] else 1
    who = Person(woman_of(cell), migrant_of(cell), origin, level, technical, age_of(cell), wish, 0, 0, 0)
    if position < STUDY_TECHNICAL:
        return np.uint32(0), ALWAYS
    if position < GRADUATE:
        school = School(1.0, 0.0, 0.0, 0.0)
        other = 1 if position >= STUDY_OTHER else 0
        study = position - (STUDY_OTHER if other == 1 else STUDY_TECHNICAL)
        return _word(any_chance(dt, study_risks(study, 1 - other, who, school, good, p))), ALWAYS
    word = ALWAYS
    if position == TECHNICIAN or position == TECHNICIAN + 1:
        worst = 0.0
        for mismatch in range(wish + 1):
            at = Workplace(mismatch, 0.0, 0.0, 1.0, 1.0, 1.0)
            worst = max(worst, any_chance(dt, technician_risks(1, who, at, bad, p)))
        word = _word(worst)
    elif position >= MANAGER and position != RETRAINING:
        chance = event_chance(dt, position, who, good, p)
        started = programme_chance(dt, position, who, good, p)
        word = _word(started + (1.0 - started) * chance)
    return word, word


@rule
def _set(cell: int, usual: Any, september: Any, limits: Limits) -> None:
    limits.bound[0, cell], limits.bound[1, cell] = usual, september
    limits.top[0, cell], limits.top[1, cell] = int(usual) >> 24, int(september) >> 24


@sweep
def fill(thread: int, threads: int, dt: float, params: Any, limits: Limits) -> None:
    """Work out this thread's share of the bounds: of the cells that anybody was found in, unless that is done.

    Of 45,000 cells a country of 100,000 agents fills some 8,000.
    """
    p = params[0]
    good, bad = climate_from(limits.good), climate_from(limits.bad)
    for turn in range(thread, CELLS // _CELLS_IN_TURN, threads):
        for cell in range(turn * _CELLS_IN_TURN, (turn + 1) * _CELLS_IN_TURN):
            position = position_of(cell)
            inside = position >= SCHOOL and position <= INACTIVE
            if limits.state[ANEW]:
                limits.filled[cell] = False
                word = ALWAYS if inside else np.uint32(0)
                _set(cell, word, word, limits)
            if inside and limits.found[cell] and not limits.filled[cell]:
                limits.filled[cell] = True
                usual, september = _bounds_of(cell, dt, good, bad, p)
                _set(cell, usual, september, limits)


@sweep
def find_cells(low: int, high: int, cell: NDArray[np.uint16], found: NDArray[np.bool_]) -> None:
    """Note the cells of the people in rows `low` to `high`."""
    for i in range(low, high):
        found[cell[i]] = True


def alike(params: NDArray[Any]) -> NDArray[np.int64]:
    """For each quarter, the first one whose parameters give the same bounds; shape (quarters,)."""
    plain = params.copy()
    for name in UNREAD:
        plain[name] = 0.0
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(plain[k].tobytes(), k) for k in range(len(plain))], np.int64)
