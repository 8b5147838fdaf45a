"""What the documents say of the country as it is holds for the baseline."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from calibration.labour_measures import yearly_move
from sim.ledger import Ledger
from sim.model import CareerModel
from sim.scenario import Scenario

from .paths import OTHER_WORK, TECHNICIANS, climate


@pytest.fixture(scope="module")
def baseline_ledgers(baseline: Scenario) -> list[Ledger]:
    return [CareerModel(baseline, scale=100.0, rng=seed, until=date(2027, 1, 1), threads=1).run() for seed in range(4)]


def gap(ledger: Ledger) -> float:
    """Points by which more women than men leave technical occupations in a year."""
    years = range(2022, 2026)
    women, men = (yearly_move(ledger, TECHNICIANS, OTHER_WORK, gender, years=years) for gender in ("women", "men"))
    return women - men


@pytest.mark.parametrize("before", [False, True], ids=["from 2022 on", "in the warm-up too"])
def test_part_time_mismatch_makes_at_least_half_of_the_gap_between_women_and_men(
    before: bool, baseline: Scenario, baseline_ledgers: list[Ledger], with_measure: Any
) -> None:
    """Kamerstuk 29 544, nr. 1173: the higher leak of women is mainly put down to part-time work being uncommon."""
    if before:
        without = baseline.with_values(mismatch_leave=0.0, part_time_pay_leave=0.0)
    else:
        without = with_measure(baseline, "mismatch_leave", multiply=0.0)
        without = with_measure(without, "part_time_pay_leave", multiply=0.0)
    shares = []
    for seed, ledger in enumerate(baseline_ledgers):
        other = CareerModel(without, scale=100.0, rng=seed, until=date(2027, 1, 1), threads=1).run()
        assert gap(ledger) > 1.0
        shares.append(1.0 - gap(other) / gap(ledger))
    assert np.mean(shares) >= 0.5
    assert np.mean(shares) < 1.0  # culture and minority position are there as well


def test_employers_adapt_only_weakly(baseline_ledgers: list[Ledger]) -> None:
    """SEO/ROA in Kamerstuk 29 544, nr. 1173: adaptation by employers has been weak so far."""
    for ledger in baseline_ledgers:
        for name in ("part_time", "culture"):
            path = climate(name)(ledger)
            assert 0.0 < path[-1] - path[0] < 0.05


def test_real_pay_barely_reacts_to_shortage(baseline_ledgers: list[Ledger]) -> None:
    for ledger in baseline_ledgers:
        pay, tightness = climate("pay")(ledger), climate("tightness")(ledger)
        assert 0.0 < np.ptp(pay) < 0.02
        assert tightness.max() > 0.04
