"""The packaged scenarios, and measures made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

import scenarios
from sim import engine
from sim.persons import Lived
from sim.scenario import Lever, Measure, Reach, Scenario

WithMeasure = Callable[..., Scenario]


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    return scenarios.load("baseline")


@pytest.fixture(scope="session")
def with_measure() -> WithMeasure:
    """Add one measure that moves one lever to a scenario; from 2022 on and in full if not said otherwise."""

    def add_measure(
        scenario: Scenario,
        lever: str,
        add: Any = None,
        multiply: Any = None,
        start: date = date(2022, 1, 1),
        phase_in_years: float = 0.0,
        duration_years: float | None = None,
        **reach: Any,
    ) -> Scenario:
        number = len(scenario.measures)
        moved = Lever(lever=lever, add=add, multiply=multiply, kind="assumed", range=(0.0, 1.0), reason="a test")
        measure = Measure(
            id=f"test_{number}",
            title=lever,
            source="a test",
            start=start,
            phase_in_years=phase_in_years,
            duration_years=duration_years,
            levers=(moved,),
            reach=Reach(**reach),
        )
        return scenario.model_copy(update={"measures": (*scenario.measures, measure)})

    return add_measure


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[Lived]:
    """What people decide in each quarter that is run in a test, as the engine hands it to the market."""
    found: list[Lived] = []
    together: Callable[..., Lived] = engine.put_together

    def noted(*arguments: Any) -> Lived:
        lived = together(*arguments)
        found.append(Lived(*(np.copy(column) for column in lived)))
        return lived

    monkeypatch.setattr(engine, "put_together", noted)
    return found
