"""Which event happens in a quarter, by hand: values worked out on paper."""

from __future__ import annotations

from math import exp, log, nextafter

import numpy as np
import pytest

from agents import choose

from .conftest import about, just_above, just_below, told


def test_scaled() -> None:
    assert told(choose.scaled, 2.0, 0.0) == 2.0
    assert told(choose.scaled, 2.0, log(1.5)) == about(3.0)
    assert told(choose.scaled, 0.0, 5.0) == 0.0


def test_pick_shares_the_chance_in_proportion_to_the_rates() -> None:
    rates, dt = (1.0, 3.0), 0.25
    chance = 1.0 - exp(-1.0)
    assert told(choose.pick, 1e-12, dt, rates) == 0
    assert told(choose.pick, just_below(chance / 4), dt, rates) == 0
    assert told(choose.pick, just_above(chance / 4), dt, rates) == 1
    assert told(choose.pick, nextafter(chance, 0.0), dt, rates) == 1
    assert told(choose.pick, chance, dt, rates) == -1
    assert told(choose.pick, nextafter(1.0, 0.0), dt, rates) == -1


def test_pick_never_takes_an_event_without_a_rate() -> None:
    assert told(choose.pick, 1e-300, 0.25, (0.0, 0.0)) == -1
    assert told(choose.pick, 1e-300, 0.0, (1.0, 1.0)) == -1
    assert told(choose.pick, 1e-300, 0.25, (0.0, 2.0)) == 1
    rng = np.random.default_rng(3)
    for rates in rng.exponential(size=(500, 2)).tolist():  # at the very edge rounding could go past the last one
        edge = nextafter(1.0 - exp(-sum(rates) * 0.25), 0.0)
        assert told(choose.pick, edge, 0.25, (rates[0], rates[1], 0.0)) == 1
        assert told(choose.pick, edge, 0.25, (0.0, rates[0], 0.0)) in (1, -1)


def test_pick_over_all_uniform_numbers() -> None:
    rates = (0.5, 0.0, 1.5, 0.2)
    u = (np.arange(100_000) + 0.5) / 100_000
    events = np.bincount([choose.pick(x, 0.25, rates) + 1 for x in u.tolist()], minlength=5) / u.size
    happens = 1.0 - exp(-2.2 / 4)
    expected = [1.0 - happens, *(happens * rate / 2.2 for rate in rates)]
    assert events == pytest.approx(expected, abs=2e-5)


def test_any_chance() -> None:
    assert told(choose.any_chance, 0.5, (0.7, 1.3)) == about(1.0 - exp(-1.0))
    assert told(choose.any_chance, 0.25, (0.0, 0.0)) == 0.0


def test_shifted() -> None:
    assert told(choose.shifted, 0.5, log(3.0)) == about(0.75)
    assert told(choose.shifted, 0.9, -log(9.0)) == about(0.5)
    assert told(choose.shifted, 0.3, 0.0) == 0.3
    assert told(choose.shifted, 0.0, 2.0) == 0.0
    assert told(choose.shifted, 1.0, -2.0) == 1.0
