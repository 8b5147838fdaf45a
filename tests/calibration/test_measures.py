"""Every measure against ledgers filled by hand: who it counts, which days it needs, and what it says of nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import isnan
from typing import Any

import pytest

from agents.positions import POSITIONS
from calibration import school_measures
from calibration.counting import NotRecorded, percent
from calibration.measures import FITTED_UNTIL, MEASURES, PAIRED, SINCE, UNTIL, measured
from calibration.simulation import share_of_gap
from calibration.targets import fitted
from sim.clock import first_day, quarter_of
from sim.ledger import Ledger

from . import labour_cases, school_cases
from .hand_made import END, LEAVERS, MBO, MBO_TECHNICAL, OTHERS_AT_WORK, SCALE, TECHNICIANS, TOO_MANY, Book, Case

CASES: dict[str, Case] = {**labour_cases.CASES, **school_cases.CASES}


def filled(name: str) -> tuple[Ledger, float]:
    book = Book()
    return book.ledger, CASES[name].fill(book)


def test_every_measure_has_an_expected_value() -> None:
    assert sorted(CASES) == sorted(MEASURES)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_measure_counts_who_it_says_and_nobody_else(name: str) -> None:
    ledger, expected = filled(name)
    assert MEASURES[name](ledger) == pytest.approx(expected, rel=1e-12)


# ------------------------------------------------------------------ what is not recorded, and nobody


def recorded(ledger: Ledger, since: date, until: date) -> Ledger:
    """The ledger of a run that began on a day and has got as far as another."""
    start, end = quarter_of(since), quarter_of(until)
    rows = slice(start - ledger.first, None)
    tables: dict[str, Any] = {
        name: {year: table for year, table in getattr(ledger, name).items() if start <= 4 * (year - 2000) < end}
        for name in ("two_point", "ages", "staff")
    }
    arrays: dict[str, Any] = {name: getattr(ledger, name)[rows] for name in ("flows", "stocks", "vacancies", "posts")}
    return replace(ledger, first=start, rows=end - start, **arrays, **tables)


def quarters_later(day: date, number: int) -> date:
    return first_day(quarter_of(day) + number)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_measure_needs_its_own_years_and_not_a_quarter_less(name: str) -> None:
    ledger, expected = filled(name)
    since, until, _ = CASES[name]
    assert MEASURES[name](recorded(ledger, since, until)) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(NotRecorded, match=r"outside the ledger|nothing was counted|ledger ends before"):
        MEASURES[name](recorded(ledger, quarters_later(since, 1), END))
    with pytest.raises(NotRecorded, match=r"outside the ledger|nothing was counted|ledger ends before"):
        MEASURES[name](recorded(ledger, date(2012, 1, 1), quarters_later(until, -1)))


def test_what_lies_outside_the_ledger_is_told_with_its_days() -> None:
    ledger = recorded(Book().ledger, date(2018, 1, 1), date(2019, 4, 1))
    told = r"quarter 1 of 2022 lies outside the ledger, which covers 2018-01-01 to 2019-04-01"
    with pytest.raises(NotRecorded, match=told):
        MEASURES["technicians"](ledger)
    with pytest.raises(NotRecorded, match="nothing was counted on 1 January 2021"):
        MEASURES["mean_age_all"](ledger)
    with pytest.raises(NotRecorded, match="the ledger ends before the end of quarter 1 of 2022"):
        MEASURES["open_vacancies_2022_q1"](recorded(Book().ledger, date(2018, 1, 1), date(2022, 1, 1)))


def test_a_ledger_since_2012_has_every_measure_and_one_since_2022_those_of_2022() -> None:
    ledger = Book().ledger
    assert measured(ledger).keys() == MEASURES.keys()
    found = measured(recorded(ledger, date(2022, 1, 1), END))
    assert set(found) == {
        "unemployment_technical",
        "unemployment_all",
        "technically_educated_women",
        "technically_educated_15_34_women",
        "technically_educated_15_34_men",
        "technicians",
        "technicians_of_all",
        "open_vacancies_2022_q1",
    }
    assert found["open_vacancies_2022_q1"] == 4 * TOO_MANY * SCALE


def test_days_of_recording_cover_every_measure_and_every_fitted_one() -> None:
    ledger = Book().ledger
    assert END == UNTIL
    assert measured(recorded(ledger, SINCE, UNTIL)).keys() == MEASURES.keys()
    aimed_at = {target.measure for target in fitted()} - set(PAIRED)
    assert aimed_at <= measured(recorded(ledger, SINCE, FITTED_UNTIL)).keys()
    assert not aimed_at <= measured(recorded(ledger, SINCE, quarters_later(FITTED_UNTIL, -1))).keys()


PEOPLE = {
    "technically_educated_force",
    "technically_educated_15_34_women",
    "technically_educated_15_34_men",
    "technicians",
    "open_vacancies_2020_q3",
    "open_vacancies_2021_q4",
    "open_vacancies_2022_q1",
    "job_openings",
    "technical_entrants_mbo",
    "technical_entrants_hbo",
    "technical_entrants_wo",
    "technical_entrants_higher",
    "technical_diplomas_mbo",
}
MEAN_AGES = {"mean_age_technicians", "mean_age_all"}


def empty() -> Ledger:
    ledger = Book().ledger
    tables = (ledger.two_point, ledger.ages, ledger.staff)
    arrays = (ledger.flows, ledger.stocks, ledger.vacancies, ledger.posts)
    for table in (*arrays, *(table for by_year in tables for table in by_year.values())):
        table[:] = 0
    return ledger


@pytest.mark.parametrize("name", sorted(MEASURES.keys() - MEAN_AGES))
def test_a_share_of_nobody_is_not_a_number_and_a_count_of_nobody_is_0(name: str) -> None:
    value = MEASURES[name](empty())
    assert value == 0.0 if name in PEOPLE else isnan(value)


@pytest.mark.parametrize("name", sorted(MEAN_AGES))
def test_the_mean_age_of_nobody_is_not_a_number(name: str) -> None:
    assert isnan(MEASURES[name](empty()))


def test_a_percentage_of_one_person_is_one_and_of_nobody_is_not_a_number() -> None:
    assert percent(1, 1) == 100.0
    assert percent(0, 1) == 0.0
    assert isnan(percent(0, 0))


def test_a_ratio_to_no_move_of_men_is_not_a_number_and_one_to_a_small_move_is() -> None:
    book = Book()
    for gender in ("women", "men"):
        book.moves(TECHNICIANS, POSITIONS, 0, gender)
        book.moves(TECHNICIANS, TECHNICIANS, 9_900, gender)
    book.moves(TECHNICIANS, OTHERS_AT_WORK, 100, "women")
    assert isnan(MEASURES["occupation_switch_ratio"](book.ledger))
    book.moves(TECHNICIANS, OTHERS_AT_WORK, 50, "men")
    assert MEASURES["occupation_switch_ratio"](book.ledger) == pytest.approx((100 / 10_000) / (50 / 9_950))


def test_entrants_of_several_years_are_given_per_year() -> None:
    book = Book()
    book.flow(LEAVERS, MBO_TECHNICAL, 1600, 2018, 2019)
    assert school_measures.technical_entrants(book.ledger, MBO, range(2018, 2020)) == 1600 * SCALE / 2


def test_share_of_the_gap_that_the_mismatch_makes() -> None:
    found = {"occupation_switch_women": 5.5, "occupation_switch_men": 3.0}
    without = {"occupation_switch_women": 3.5, "occupation_switch_men": 2.5}
    assert share_of_gap(found, without) == pytest.approx(100 * (2.5 - 1.0) / 2.5)
    assert share_of_gap(found, found) == 0.0
    assert isnan(share_of_gap({"occupation_switch_women": 3.0, "occupation_switch_men": 3.0}, without))
