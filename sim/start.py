"""What the starting population and the employers are made from; values and sources in `scenarios/baseline.yaml`."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_type_hints

import numpy as np
from numpy.typing import NDArray

from agents import parameters
from agents.parameters import AXES, Vector
from sim.scenario import Scenario
from sim.schedule import array_of, kept

BIRTHS: Final = tuple(f"{year}-{(year + 4) % 100:02d}" for year in range(1930, 2025, 5))
"""Five-year classes of birth years, by their first year."""
AXES["birth"] = BIRTHS


class Start:
    """Parameters that are used once, when a model is built."""

    warm_up_years: float
    demand_growth_before: float
    people_per_birth_year: Annotated[Vector, "birth"]
    start_level: Annotated[Vector, "gender", "level"]
    start_technical: Annotated[Vector, "gender", "study"]
    start_inactive: Annotated[Vector, "gender", "age"]
    start_retired: Annotated[Vector, "age"]
    start_unemployed: Annotated[Vector, "field"]
    start_technician: Annotated[Vector, "gender", "field"]
    start_other_in_sector: Annotated[Vector, "gender", "field"]
    start_tenure_years: float
    teachers: Annotated[Vector, "faculty"]
    technical_posts: float
    start_vacancies: float
    sector_share: Annotated[Vector, "sector"]
    market_share: Annotated[Vector, "sector", "market"]
    size_posts: Annotated[Vector, "size"]
    size_share: Annotated[Vector, "size"]
    regions: float
    region_links: float
    start_part_time: Annotated[Vector, "sector"]
    start_culture: Annotated[Vector, "sector"]
    start_training: Annotated[Vector, "size"]
    practice_spread: float


_AXES: Final = {
    name: tuple(getattr(hint, "__metadata__", ())) for name, hint in get_type_hints(Start, include_extras=True).items()
}
NAMES: Final = tuple(_AXES)
DTYPE: Final = np.dtype([(name, np.float64, tuple(len(AXES[axis]) for axis in axes)) for name, axes in _AXES.items()])


@kept
def start_of(scenario: Scenario) -> NDArray[Any]:
    """The starting parameters of a scenario; shape (1,)."""
    record = np.zeros(1, DTYPE)
    for name, axes in _AXES.items():
        record[name][0] = array_of(scenario.parameters[name].value, axes)
    return record


def all_axes() -> dict[str, tuple[str, ...]]:
    """Axes of every parameter that a scenario gives, those of the rules first."""
    return {**{name: parameters.axes_of(name) for name in parameters.NAMES}, **_AXES}
