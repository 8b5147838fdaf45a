"""A ledger that records the warm-up too holds the same from 2022 on; it can begin on a 1 January only."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import scenarios
from agents.positions import ABROAD, POSITIONS, RETIRED
from sim.ledger import Ledger
from sim.model import CareerModel


@pytest.fixture(scope="module", params=["baseline", "ten_year_guarantee"])
def ledgers(request: pytest.FixtureRequest) -> tuple[Ledger, Ledger]:
    scenario = scenarios.load(request.param)
    days = (date(2012, 1, 1), date(2022, 1, 1))
    early, late = (
        CareerModel(scenario, scale=2000.0, rng=3, since=since, until=date(2025, 4, 1), threads=1).run()
        for since in days
    )
    assert (early.rows, late.rows) == (53, 13)
    return early, late


@pytest.mark.parametrize("name", ["flows", "vacancies", "posts", "climate", "turned_away"])
def test_recording_the_warm_up_changes_no_quarter_after_it(ledgers: tuple[Ledger, Ledger], name: str) -> None:
    early, late = (getattr(ledger, name) for ledger in ledgers)
    assert np.array_equal(early[40:], late)
    assert late.any()


def test_recording_the_warm_up_changes_no_stock_of_people_in_the_country(ledgers: tuple[Ledger, Ledger]) -> None:
    """Outside the country's schools and labour market the counts begin from nothing on the first day recorded."""
    early, late = ledgers
    assert [POSITIONS[place] for place in range(RETIRED + 1)] == ["primary_school", "abroad", "retired"]
    assert np.array_equal(early.stocks[40:, RETIRED + 1 :], late.stocks[:, RETIRED + 1 :])
    assert not late.stocks[0, : RETIRED + 1].any()


@pytest.mark.parametrize("name", ["ages", "staff"])
def test_recording_the_warm_up_changes_no_count_on_1_january(ledgers: tuple[Ledger, Ledger], name: str) -> None:
    early, late = (getattr(ledger, name) for ledger in ledgers)
    assert sorted(early) == list(range(2012, 2026))
    assert sorted(late) == list(range(2022, 2026))
    for year, table in late.items():
        assert np.array_equal(early[year], table), year


def test_recording_the_warm_up_changes_no_move_from_2022_on(ledgers: tuple[Ledger, Ledger]) -> None:
    """But for people who have left for good and stay away: those of before the first day recorded are not kept."""
    early, late = ledgers
    assert sorted(late.two_point) == list(range(2022, 2026))
    for year in (2023, 2024, 2025):
        differ = np.argwhere(early.two_point[year] != late.two_point[year])
        assert {(before, now) for before, _, now, _ in differ.tolist()} <= {(ABROAD, ABROAD), (RETIRED, RETIRED)}


@pytest.mark.parametrize(
    ("since", "message"),
    [
        (date(2017, 1, 2), "since is 2017-01-02; give a 1 January, 2022-01-01 at the latest"),
        (date(2017, 4, 1), "since is 2017-04-01; give a 1 January, 2022-01-01 at the latest"),
        (date(2022, 4, 1), "since is 2022-04-01; give a 1 January, 2022-01-01 at the latest"),
        (date(2023, 1, 1), "since is 2023-01-01; give a 1 January, 2022-01-01 at the latest"),
        (date(2011, 1, 1), "since is 2011-01-01; the warm-up begins on 2012-01-01, give that day or later"),
        (date(1990, 1, 1), "since is 1990-01-01; the warm-up begins on 2012-01-01, give that day or later"),
    ],
)
def test_a_ledger_can_only_begin_on_a_1_january_from_the_warm_up_to_2022(since: date, message: str) -> None:
    with pytest.raises(ValueError, match="since is") as refused:
        CareerModel(scenarios.load("baseline"), scale=2000.0, rng=3, since=since, threads=1)
    assert str(refused.value) == message


def test_a_ledger_can_begin_with_the_warm_up_and_with_2022() -> None:
    for year in (2012, 2022):
        model = CareerModel(scenarios.load("baseline"), scale=5000.0, rng=3, since=date(year, 1, 1), threads=1)
        assert (model.today, model.ledger.first) == (date(year, 1, 1), 4 * (year - 2000))
