"""Every parameter of the rules by name and shape; values, units and sources stand in `scenarios/baseline.yaml`."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_type_hints

import numpy as np
from numpy.typing import NDArray

from agents import positions as words

AXES: Final[dict[str, tuple[str, ...]]] = {
    "gender": words.GENDERS,
    "background": words.BACKGROUNDS,
    "field": words.FIELDS,
    "school": words.SCHOOLS,
    "study": words.STUDIES,
    "level": words.LEVELS,
    "market": words.MARKETS,
    "faculty": words.FACULTIES,
    "sector": words.SECTORS,
    "size": words.SIZES,
    "age": words.AGES,
    "origin": words.ORIGINS,
    "pool": words.POOLS,
}
"""The labels along each axis that a parameter with more than one value can have."""

Vector = NDArray[np.float64]


class Parameters:
    """Parameters of one quarter as the rules read them: a float, or an array along the named axes."""

    # demography
    parent_technical: float
    school_type: Annotated[Vector, "school"]
    migrant_share: float
    women_share: float
    retirement: Annotated[Vector, "age"]
    inactive_retirement: Annotated[Vector, "age"]
    emigration: Annotated[Vector, "origin"]
    wish_part_time: Annotated[Vector, "gender", "age"]
    arrivals_technical: float
    arrivals_other: float
    arrivals_students: float
    arrivals_women: float
    arrivals_university: float

    # school and study
    profile_technical: Annotated[Vector, "gender", "school"]
    study_after_technical: Annotated[Vector, "gender", "school"]
    study_after_other: Annotated[Vector, "gender", "school"]
    choice_background: Annotated[Vector, "background", "school"]
    choice_parent: float
    choice_role_models: float
    choice_guarantee: float
    early_contact: Annotated[Vector, "gender", "school"]
    primary_contact: float
    primary_contact_from: float
    primary_contact_until: float
    primary_contact_choice: float
    primary_contact_girls: float
    profile_years: Annotated[Vector, "school"]
    upper_years: Annotated[Vector, "school"]
    continue_study: Annotated[Vector, "school"]
    vmbo_to: Annotated[Vector, "field", "mbo"]
    vwo_to_wo: float
    study_years: Annotated[Vector, "study"]
    study_finish: Annotated[Vector, "field", "study"]
    study_continue: Annotated[Vector, "study"]
    switch_base: Annotated[Vector, "study"]
    switch_women: float
    switch_no_parent: float
    practice_switch: float
    study_fit: Annotated[Vector, "study"]
    drop_out: Annotated[Vector, "field", "study"]
    drop_out_migrant: float
    scarcity_drop_out: float
    practice_drop_out: float
    early_hiring: Annotated[Vector, "study"]
    learning_places: Annotated[Vector, "faculty"]
    places_short: Annotated[Vector, "faculty"]
    place_exclusion: float
    fair_placement: float
    apprenticeships: float
    apprentice_drop_out: float
    apprentice_first_job: float

    # capacity of technical education
    students_per_teacher: Annotated[Vector, "faculty"]
    teacher_retirement: float
    teacher_replacement: float
    hybrid_teachers: Annotated[Vector, "faculty"]
    extra_teachers: Annotated[Vector, "faculty"]
    practice_learning: Annotated[Vector, "faculty"]
    hybrid_hours: float
    full_time_hours: float

    # staying in technical work
    leave_base: float
    leave_level: Annotated[Vector, "level"]
    leave_age: Annotated[Vector, "age"]
    leave_without_diploma: float
    leave_stays_in_sector: float
    career_paths: float
    mismatch_leave: float
    part_time_pay_leave: float
    minority_leave: float
    exclusion_leave: float
    pressure_leave: float
    training_leave: float
    pay_leave: float
    guarantee_leave: float
    promotion_base: float
    promotion_level: Annotated[Vector, "level"]
    promotion_age: Annotated[Vector, "age"]
    layoff_base: float
    layoff_age: Annotated[Vector, "age"]
    layoff_migrant: float
    slack_layoff: float
    slack_full: float
    inactivity: Annotated[Vector, "gender", "age"]
    pressure_inactivity: float
    job_change_base: float
    job_change_age: Annotated[Vector, "age"]
    mismatch_job_change: float

    # towards technical work
    pay_entry: float
    guarantee_entry: float
    part_time_entry: float
    inclusion_entry: float
    role_models_entry: float
    shortage_elsewhere: float
    elsewhere_response: float
    return_base: float
    return_age: Annotated[Vector, "age"]
    manager_return: float
    side_entry_base: Annotated[Vector, "gender", "level"]
    side_entry_age: Annotated[Vector, "age"]
    retraining_from_work: float
    retraining_from_unemployment: float
    programme_places: Annotated[Vector, "pool"]
    programme_take_up: float
    retraining_years: float
    retraining_patience: float
    retraining_give_up: float
    retraining_support: float
    income_loss: float
    income_loss_entry: float
    other_layoff: Annotated[Vector, "field"]
    sector_move: Annotated[Vector, "field"]
    first_job_other: float
    first_job_level: Annotated[Vector, "gender", "level"]
    graduate_abroad: float
    graduate_patience: float
    find_other_job: Annotated[Vector, "field"]
    find_age: Annotated[Vector, "age"]
    find_migrant: float
    other_job_in_sector: Annotated[Vector, "gender", "field"]
    discouraged: float
    search_technical: Annotated[Vector, "field"]
    activation: Annotated[Vector, "gender", "age"]

    # employers and the market for technical work
    demand_growth: Annotated[Vector, "sector"]
    productivity_growth: float
    contacts: float
    matching_rounds: float
    matching_efficiency: float
    mismatch_accept: float
    exclusion_hire: float
    threshold_hire: float
    threshold_no_diploma: float
    tightness_reference: float
    tightness_limit: float
    pay_elasticity: float
    pay_premium: float
    pay_limit: float
    women_reference: float
    women_limit: float
    pressure_full: float
    pressure_training: float
    critical_mass: float
    adoption_base: float
    adoption_shortage: float
    adoption_imitation: float
    adoption_step: float
    guarantee_years: float

    # measures
    fragmentation: float


def axes_of(name: str) -> tuple[str, ...]:
    """Names of the axes of a parameter; empty for a single number. Raises KeyError for an unknown parameter."""
    return _AXES[name]


def shape_of(name: str) -> tuple[int, ...]:
    """Lengths of the axes of a parameter."""
    return tuple(len(labels(axis)) for axis in _AXES[name])


def labels(axis: str) -> tuple[str, ...]:
    """Labels along an axis, in the order of their codes."""
    return words.STUDIES[:3] if axis == "mbo" else AXES[axis]


def _declared() -> dict[str, tuple[str, ...]]:
    hints: dict[str, Any] = get_type_hints(Parameters, include_extras=True)
    return {name: tuple(getattr(hint, "__metadata__", ())) for name, hint in hints.items()}


_AXES: Final = _declared()
NAMES: Final = tuple(_AXES)
"""Names of all parameters of the rules, in a fixed order."""

DTYPE: Final = np.dtype([(name, np.float64, shape_of(name)) for name in NAMES])
"""One record of this type holds the parameters of one quarter."""
