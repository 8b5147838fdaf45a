"""Every measure that is judged moves an indicator in the direction that its mechanism says.

Some measures are small, so each is made up to thirty times as strong as it is, as far as its levers can go: what is
tested is the direction. Paired runs with common random numbers; the expected indicator is added up over the years.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from scenarios import load
from scenarios.catalogue import entries, entry
from scenarios.loading import moved_too_far
from sim import indicators
from sim.model import CareerModel
from sim.scenario import Measure

SEEDS = range(6)
SCALE = 250.0
STRENGTHS = (30.0, 10.0, 5.0, 3.0, 2.0, 1.0)
SMALLEST_T = 2.2
"""How many standard errors the mean of the pairs must be away from zero, on the right side."""
JUDGED = [one.id for one in entries().values() if one.not_judged is None]


def by_year(measures: tuple[Measure, ...], seed: int) -> NDArray[np.float64]:
    """Every indicator by year with some measures on the baseline."""
    scenario = load("baseline").model_copy(update={"measures": measures})
    model = CareerModel(scenario, scale=SCALE, rng=seed, until=date(2036, 1, 1), threads=1)
    return indicators.yearly(model.run())


@cache
def baseline_by_year(seed: int) -> NDArray[np.float64]:
    return by_year((), seed)


def strongest(measure: Measure) -> Measure:
    """The measure as strong as its levers can be, up to the first of STRENGTHS."""
    parameters = load("baseline").parameters
    for strength in STRENGTHS:
        strong = measure.strengthened(strength)
        if moved_too_far(strong, 0, parameters) is None:
            return strong
    return measure


@pytest.mark.parametrize("name", JUDGED)
def test_a_measure_moves_what_its_mechanism_says(name: str) -> None:
    found = entry(name)
    assert found.expect is not None
    beside = tuple(entry(other).measure() for other in found.expect.with_)
    column = indicators.keys().index((found.expect.indicator, found.expect.group))
    strong = strongest(found.measure())
    plain = [by_year(beside, seed) if beside else baseline_by_year(seed) for seed in SEEDS]
    moved = [by_year((*beside, strong), seed) for seed in SEEDS]
    pairs = np.array([(b - a)[:, column].sum() for a, b in zip(plain, moved, strict=True)])
    error = pairs.std(ddof=1) / np.sqrt(len(pairs))
    sign = 1.0 if found.expect.change == "more" else -1.0
    assert sign * pairs.mean() / max(error, 1e-9) > SMALLEST_T, (pairs.mean(), error)
