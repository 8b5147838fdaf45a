"""The packaged scenarios, and measures made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import scenarios
from sim import model, turns
from sim.engine import Event, State
from sim.lived import ASKING, EVENTS, LEAVING, Lived
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
    """What people decide in each quarter that is run in a test, one at a time, as the engine hands it to the market."""
    found: list[Lived] = []
    advance: Callable[..., list[Event]] = model.advance

    def noted(state: State, *arguments: Any) -> list[Event]:
        before = state.count
        events = advance(state, *arguments)
        assert len(events) == 1
        assert state.room is not None
        found.append(_put_together(state.room.lived, np.arange(0, before, turns.STRETCH)))
        return events

    monkeypatch.setattr(model, "advance", noted)
    return found


def _put_together(lived: Lived, low: NDArray[np.int64]) -> Lived:
    """The lists of all stretches of people, given the first row of each, as lists of their real length."""
    counts = lived.counts[: len(low)]
    events = np.concatenate([np.arange(2 * a, 2 * a + n) for a, n in zip(low, counts[:, EVENTS], strict=True)])
    asking = np.concatenate([np.arange(a, a + n) for a, n in zip(low, counts[:, ASKING], strict=True)])
    leaving = np.concatenate([np.arange(a, a + n) for a, n in zip(low, counts[:, LEAVING], strict=True)])
    rows = [events] * 2 + [asking] * 5 + [leaving] * 2
    columns = [column[which] for column, which in zip(lived, rows, strict=False)]
    return Lived(*columns, lived.flows.copy(), lived.change.copy(), counts.copy())
