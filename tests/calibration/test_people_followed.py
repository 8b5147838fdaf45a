"""The ledger's counts, and the measures made of them, against people followed one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pytest

import scenarios
from agents.positions import ABROAD, POSITIONS, PRIMARY_SCHOOL, RETIRED, SECTORS
from calibration.counting import moved
from calibration.labour_measures import yearly_move
from calibration.measures import MEASURES
from sim.identity import ARRIVED
from sim.ledger import Ledger
from sim.model import CareerModel

from .hand_made import AT_WORK, INSIDE, OTHERS_AT_WORK, OUTSIDE, TECHNICIANS, WOMAN


class OnJanuary(NamedTuple):
    """One person on a 1 January."""

    position: str
    technical: int
    woman: int
    sector: int


@dataclass
class Followed:
    """A run, with everybody in it on each 1 January by identity."""

    ledger: Ledger
    days: dict[int, dict[int, OnJanuary]]

    def pairs(self, years: Iterable[int]) -> list[tuple[OnJanuary, OnJanuary]]:
        """Everybody who is in the model on the 1 January of a year and of the next, all years together."""
        days = [(self.days[year], self.days[year + 1]) for year in years]
        return [(before[who], after[who]) for before, after in days for who in before]


def everybody(model: CareerModel) -> dict[int, OnJanuary]:
    state = model.state
    rows = slice(0, state.count)
    columns = (state.people.identity[rows], state.people.cell[rows], state.people.employer[rows])
    sectors = state.employers.sector.tolist()
    found = {
        who: OnJanuary(POSITIONS[cell & 31], cell >> 7 & 1, cell >> 5 & 1, sectors[employer] if employer >= 0 else -1)
        for who, cell, employer in zip(*(column.tolist() for column in columns), strict=True)
    }
    assert len(found) == state.count
    return found


@pytest.fixture(scope="module")
def followed() -> Followed:
    baseline = scenarios.load("baseline")
    model = CareerModel(baseline, scale=1000.0, rng=7, since=date(2017, 1, 1), until=date(2023, 4, 1), threads=1)
    days = {}
    while model.running:
        if model.today.month == 1:
            days[model.today.year] = everybody(model)
        model.advance()
    assert list(days) == list(range(2017, 2024))
    return Followed(model.ledger, days)


@pytest.mark.parametrize("year", range(2018, 2024))
def test_two_point_table_is_a_count_of_the_people(followed: Followed, year: int) -> None:
    before, after = followed.days[year - 1], followed.days[year]
    counted = np.zeros((len(POSITIONS), 2, len(POSITIONS), 2), int)
    for who, now in after.items():
        new = POSITIONS[ABROAD if who >= ARRIVED else PRIMARY_SCHOOL]
        position, technical = before[who][:2] if who in before else (new, 0)
        counted[POSITIONS.index(position), technical, POSITIONS.index(now.position), now.woman] += 1
    assert np.array_equal(followed.ledger.two_point[year], counted)
    assert not counted[RETIRED, :, :RETIRED].any()
    assert not counted[RETIRED, :, RETIRED + 1 :].any()


@pytest.mark.parametrize("years", [[2018], range(2017, 2021), range(2017, 2023)], ids=["one", "four", "window"])
def test_people_moved_are_added_up_over_the_years_that_begin_with_the_first(
    followed: Followed, years: Sequence[int]
) -> None:
    found = moved(followed.ledger, years)
    counted = Counter(
        (POSITIONS.index(before.position), before.technical, POSITIONS.index(after.position), after.woman)
        for before, after in followed.pairs(years)
    )
    came = (PRIMARY_SCHOOL, ABROAD)  # newcomers of the year are in the table and not among the people of a year ago
    inside = {place: int(found[place]) for place in zip(*np.nonzero(found), strict=True) if place[0] not in came}
    assert inside == {place: number for place, number in counted.items() if place[0] not in came}
    assert sum(inside.values()) > 1000 * len(years)


MOVES = {
    "occupation_switch": (TECHNICIANS, OTHERS_AT_WORK, False),
    "occupation_switch_at_work": (TECHNICIANS, OTHERS_AT_WORK, True),
    "sector_switch": (INSIDE, OUTSIDE, True),
    "return_to_technology": (OTHERS_AT_WORK, TECHNICIANS, False),
}


def share_who_moved(
    pairs: Sequence[tuple[OnJanuary, OnJanuary]],
    sources: Sequence[str],
    targets: Sequence[str],
    gender: str,
    both: bool,
) -> float:
    part = whole = 0
    for before, after in pairs:
        if before.position not in sources or before.technical == 0 or (gender and before.woman != WOMAN[gender]):
            continue
        if both and after.position not in AT_WORK:
            continue
        whole += 1
        part += after.position in targets
    assert part >= 5
    return 100.0 * part / whole


@pytest.mark.parametrize("gender", ["women", "men", ""])
@pytest.mark.parametrize("move", MOVES)
def test_yearly_move_is_that_of_the_people(followed: Followed, move: str, gender: str) -> None:
    sources, targets, both = MOVES[move]
    for years in (range(2017, 2021), range(2017, 2023)):
        expected = share_who_moved(followed.pairs(years), sources, targets, gender, both)
        assert yearly_move(followed.ledger, sources, targets, gender, both, years) == expected
    name = f"{move}_{gender}" if gender else move
    if name in MEASURES:
        assert MEASURES[name](followed.ledger) == expected


def test_staff_is_a_count_of_technicians_by_sector_of_their_employer(followed: Followed) -> None:
    for year, people in followed.days.items():
        counted = np.zeros((len(SECTORS), 2), int)
        for person in people.values():
            assert (person.sector >= 0) == (person.position in TECHNICIANS)
            if person.sector >= 0:
                counted[person.sector, person.woman] += 1
        assert np.array_equal(followed.ledger.staff[year], counted), year
        assert (counted[:, 0] > 0).all()
