"""Upper bounds of every person's chance of an event in a quarter, by cell: who cannot move is never looked at.

The first pass over people compares one random word with the bound of the cell; only for the few below it the exact
chance is computed from the same rules. A bound takes the worst workplace and climate that the rules allow, so
the result is exact; only the time depends on how tight the bounds are.
"""

from __future__ import annotations

from collections import OrderedDict
from math import floor
from typing import Any, Final

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
from agents.rule import kernel, rule, sweep
from agents.student import study_risks
from agents.worker import event_chance, programme_chance, technician_risks
from sim.cells import CELLS, age_of, level_of, migrant_of, position_of, technical_of, wish_of, woman_of

ALWAYS: Final = np.uint32(0xFFFFFFFF)
_KEPT: Final = 256
GRID: Final = Climate(
    pay=0.01, tightness=0.02, coverage=0.1, part_time=0.05, culture=0.05, women=0.02, drained=0.01, apprentices=0.05,
    places_work=0.0005, places_seeking=0.01, places_inactive=0.0005,
)  # fmt: skip
"""Steps in which bounds follow the climate; they change the time that a run takes, never its result."""
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


@rule
def _word(chance: float) -> np.uint32:
    return np.uint32(min(chance * 4294967296.0, 4294967295.0))


@kernel
def _fill(
    bound: NDArray[np.uint32],
    filled: NDArray[np.bool_],
    cells: NDArray[np.int64],
    dt: float,
    september: int,
    good: Climate,
    bad: Climate,
    params: Any,
) -> None:
    """Work out the bounds of some cells, those that are not filled yet."""
    p = params[0]
    school = School(1.0, 0.0, 0.0, 0.0)
    for n in range(cells.size):
        cell = int(cells[n])
        position = position_of(cell)
        if filled[cell] or position < SCHOOL or position > INACTIVE:
            continue
        filled[cell] = True
        wish, level, technical = wish_of(cell), level_of(cell), technical_of(cell)
        origin = 0
        if migrant_of(cell) == 1:
            origin = 2 if p.emigration[2] > p.emigration[1] else 1
        who = Person(woman_of(cell), migrant_of(cell), origin, level, technical, age_of(cell), wish, 0, 0, 0)
        if position < GRADUATE:
            if september == 1:
                bound[cell] = ALWAYS
            elif position >= STUDY_TECHNICAL:
                other = 1 if position >= STUDY_OTHER else 0
                study = position - (STUDY_OTHER if other == 1 else STUDY_TECHNICAL)
                bound[cell] = _word(any_chance(dt, study_risks(study, 1 - other, who, school, good, p)))
            else:
                bound[cell] = 0
        elif position == TECHNICIAN or position == TECHNICIAN + 1:
            worst = 0.0
            for mismatch in range(wish + 1):
                at = Workplace(mismatch, 0.0, 0.0, 1.0, 1.0, 1.0)
                chance = any_chance(dt, technician_risks(1, who, at, bad, p))
                worst = max(worst, chance)
            bound[cell] = _word(worst)
        elif position >= MANAGER and position != RETRAINING:
            chance = event_chance(dt, position, who, good, p)
            started = programme_chance(dt, position, who, good, p)
            bound[cell] = _word(started + (1.0 - started) * chance)


@sweep
def _mark(count: int, cell: NDArray[np.uint16], found: NDArray[np.bool_]) -> None:
    for i in range(count):
        found[cell[i]] = True


def cells_of(count: int, cell: NDArray[np.uint16]) -> NDArray[np.int64]:
    """The cells in which there is anybody, of the rows of people up to `count`."""
    found = np.zeros(CELLS, np.bool_)
    _mark(count, cell, found)
    return np.flatnonzero(found)


def _blank() -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Bounds before any is worked out: whoever is in the country is looked at in full, always."""
    bound = np.full((CELLS >> 5, 32), ALWAYS, np.uint32)
    bound[:, :SCHOOL] = bound[:, INACTIVE + 1 :] = 0
    return bound.reshape(-1), np.zeros(CELLS, np.bool_)


_cache: OrderedDict[tuple[bytes, float, int, Climate], tuple[NDArray[np.uint32], NDArray[np.bool_]]] = OrderedDict()


def person_parameters(params: NDArray[Any]) -> tuple[bytes, ...]:
    """The parameters that bounds depend on, quarter by quarter, as something that can be compared."""
    plain = params.copy()
    for name in UNREAD:
        plain[name] = 0.0
    known: dict[bytes, bytes] = {}
    return tuple(known.setdefault(text, text) for text in (plain[k].tobytes() for k in range(len(plain))))


def _beyond(climate: Climate, params: NDArray[Any]) -> tuple[Climate, Climate]:
    """The nearest climates on a grid that attract more and less than this one, field by field.

    Bounds hold for all climates in between, so that they need not be worked out anew for every small change; still
    less for what moves nobody: how much is drawn from other work, where that has no response.
    """
    if params["elsewhere_response"][0] == 0.0:
        climate = climate._replace(drained=0.0)
    steps = [floor(value / step) for value, step in zip(climate, GRID, strict=True)]
    good = Climate(*((k + 1) * step for k, step in zip(steps, GRID, strict=True)))
    bad = Climate(*(k * step for k, step in zip(steps, GRID, strict=True)))
    good = good._replace(drained=bad.drained, apprentices=bad.apprentices)  # the more of these, the fewer move
    return good, bad._replace(tightness=good.tightness)


def bounds(
    text: bytes, climate: Climate, params: NDArray[Any], dt: float, september: bool, cells: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """Bound of each cell as a 32-bit word, for one record of parameters and a climate; kept, since both change slowly.

    Of 45,000 cells a country of 100,000 agents fills some 8,000: only these are worked out. People in another cell are
    looked at in full each time, which takes longer and changes nothing.

    Parameters
    ----------
    text : the record as `person_parameters` gives it
    params : the record of `agents.parameters.DTYPE`, shape (1,)
    dt : length of the step in years
    september : whether schools and studies start and end in this quarter
    cells : those that people are in; see `cells_of`
    """
    good, bad = _beyond(climate, params)
    key = (text, dt, int(september), good)
    found = _cache.get(key)
    if found is None:
        found = _cache[key] = _blank()
        if len(_cache) > _KEPT:
            _cache.popitem(last=False)
    bound, filled = found
    _fill(bound, filled, cells, dt, int(september), good, bad, params)
    return bound
