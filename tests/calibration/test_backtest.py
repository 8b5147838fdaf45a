"""The country started from the stocks of 2013."""

from __future__ import annotations

import pytest

import scenarios
from calibration.backtest import DIRECTIONS, SINCE_2013, START, UNTIL_2022, course_of, scenario_of_2013, stocks_of
from calibration.counting import TECHNICAL_WORK, stock
from sim.ledger import Ledger
from sim.model import CareerModel

SCALE, SEED = 500.0, 5


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    scenario = scenario_of_2013(scenarios.load("baseline"), SCALE, SEED)
    return CareerModel(scenario, scale=SCALE, rng=SEED, since=SINCE_2013, until=UNTIL_2022, threads=1).run()


def test_it_starts_with_the_documented_women_and_men(ledger: Ledger) -> None:
    men, women = (stock(ledger, TECHNICAL_WORK, START).sum(axis=(0, 1, 2)) * SCALE).tolist()
    wanted = stocks_of()
    assert wanted == {"men": 1_301_000.0, "women": 188_000.0}
    assert men == pytest.approx(wanted["men"], rel=0.05)
    assert women / (men + women) == pytest.approx(188 / 1489, rel=0.05)


def test_the_course_runs_from_2013_to_2022(ledger: Ledger) -> None:
    course = course_of(ledger)
    assert set(course) == {direction.id for direction in DIRECTIONS}
    holders = stock(ledger, TECHNICAL_WORK, 2022).sum(axis=(0, 1, 2))
    assert course["women_among_technicians"][1] == pytest.approx(100.0 * holders[1] / holders.sum())


def test_technicians_age(ledger: Ledger) -> None:
    """Kamerstuk 29 544, nr. 1120: technical sectors age."""
    course = course_of(ledger)
    assert course["age_55_74_technicians"][1] > course["age_55_74_technicians"][0]
