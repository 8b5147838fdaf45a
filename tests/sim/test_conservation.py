"""Nobody is lost or made: flows, stocks, columns, careers and employers' books tell the same story every quarter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.positions import ABROAD, GRADUATE, POSITIONS, PRIMARY_SCHOOL, RETIRED, TECHNICIAN
from sim import career_graph, engine
from sim.identity import ARRIVED
from sim.ledger import Ledger, LedgerError
from sim.model import CareerModel
from sim.scenario import Scenario

UNTIL = date(2027, 1, 1)
SCALE = 500.0
GRAPH = career_graph.load()
SOURCE = np.array([POSITIONS.index(edge.source) for edge in GRAPH.transitions])
TARGET = np.array([POSITIONS.index(edge.target) for edge in GRAPH.transitions])
MARKET_OF_LEVEL = np.array([0, 0, 0, 0, 0, 1, 2, 3])  # vmbo, havo, vwo, mbo 2 and mbo 3; mbo 4; hbo; wo


@dataclass
class Quarter:
    """What the columns and books held after a quarter."""

    count: int
    people: dict[str, NDArray[Any]]
    employers: dict[str, NDArray[Any]]
    stocks: NDArray[Any]


def taken(model: CareerModel) -> Quarter:
    state = model.state
    people = {name: column[: state.count].copy() for name, column in state.people.by_name().items()}
    employers = {name: column.copy() for name, column in state.employers._asdict().items()}
    return Quarter(state.count, people, employers, state.stocks.copy())


@dataclass
class Course:
    """A run with what stood in the columns before the first and after every quarter."""

    model: CareerModel
    quarters: list[Quarter]

    @property
    def ledger(self) -> Ledger:
        return self.model.ledger

    def steps(self) -> Iterator[tuple[int, Quarter, Quarter]]:
        """Number of each quarter, with the columns before and after it."""
        return zip(range(self.ledger.rows), self.quarters, self.quarters[1:], strict=False)


def follow(model: CareerModel) -> Course:
    quarters = [taken(model)]
    while model.advance():
        quarters.append(taken(model))
    return Course(model, quarters)


@pytest.fixture(scope="module")
def stirred(baseline: Scenario, with_measure: Any) -> Scenario:
    """Everything pulled hard: leaving, job changes, lay-offs, growth, arrivals, few seats, employers' practices."""
    strong = baseline
    for lever, change in {
        "leave_base": {"multiply": 6.0},
        "job_change_base": {"multiply": 4.0},
        "layoff_base": {"multiply": 8.0},
        "promotion_base": {"multiply": 10.0},
        "retraining_from_work": {"multiply": 20.0},
        "early_hiring": {"multiply": 20.0},
        "arrivals_technical": {"multiply": 10.0},
        "arrivals_students": {"multiply": 5.0},
        "students_per_teacher": {"multiply": 0.5},
        "hybrid_teachers": {"add": {"mbo": 20_000, "hbo": 10_000}},
        "emigration": {"multiply": 5.0},
        "employers.part_time": {"add": 1.0},
        "employers.culture": {"add": -1.0},
        "employers.training": {"add": 0.5, "share": 0.3},
        "employers.guarantee": {"add": 1.0, "share": 0.7},
    }.items():
        strong = with_measure(strong, lever, **change)
    booming = {"construction": 0.2, "metal": -0.3}
    return with_measure(strong, "demand_growth", add=booming, start=date(2023, 1, 1))


@pytest.fixture(scope="module", params=["baseline", "stirred"])
def course(request: pytest.FixtureRequest, baseline: Scenario, stirred: Scenario) -> Course:
    scenario = baseline if request.param == "baseline" else stirred
    return follow(CareerModel(scenario, scale=SCALE, rng=5, until=UNTIL, threads=1))


def test_the_runs_are_not_empty(course: Course) -> None:
    assert course.ledger.rows == 20
    assert course.ledger.flows.sum() > 10_000
    assert course.ledger.vacancies.sum() > 0
    if course.model.scenario.measures:
        unused = [f"{e.source} to {e.target}" for e in GRAPH.transitions if not course.ledger.flows[:, e.code].any()]
        assert len(unused) <= 4, unused  # a few are rare even here
        assert course.ledger.turned_away.sum() > 50
        assert (course.quarters[-1].people["guarantee"] > 0).sum() > 100


def test_stocks_follow_from_flows(course: Course) -> None:
    """For every position, and for women, men and both backgrounds apart, since these never change."""
    ledger = course.ledger
    for kind in range(4):
        groups = np.flatnonzero((np.arange(64) & 3) == kind)
        for row in range(ledger.rows):
            now = ledger.stocks[row][:, groups].sum(axis=1).astype(int)
            flows = ledger.flows[row][:, groups].sum(axis=1)
            for code, number in enumerate(flows.tolist()):
                now[SOURCE[code]] -= number
                now[TARGET[code]] += number
            assert now.tolist() == ledger.stocks[row + 1][:, groups].sum(axis=1).tolist()


def test_stocks_are_a_count_of_the_people(course: Course) -> None:
    for row, quarter in enumerate(course.quarters):
        cell = quarter.people["cell"].astype(int)
        position = cell & 31
        group = (cell >> 13) * 8 + (cell >> 7 & 1) * 4 + (cell >> 12 & 1) * 2 + (cell >> 5 & 1)
        counted = np.zeros((len(POSITIONS), 64), int)
        np.add.at(counted, (position, group), 1)
        assert np.array_equal(counted[RETIRED + 1 :], quarter.stocks[RETIRED + 1 :])
        assert np.array_equal(quarter.stocks, course.ledger.stocks[row])
        assert counted[RETIRED].sum() == quarter.stocks[RETIRED].sum()
        fresh = quarter.people["identity"][course.quarters[0].count :]
        from_abroad = int((fresh >= ARRIVED).sum())
        assert counted[ABROAD].sum() - from_abroad == quarter.stocks[ABROAD].sum()
        assert -(fresh.size - from_abroad) == quarter.stocks[PRIMARY_SCHOOL].sum()


def test_no_count_is_negative(course: Course) -> None:
    ledger = course.ledger
    for counts in (ledger.flows, ledger.stocks[:, RETIRED:], ledger.vacancies, ledger.posts, ledger.turned_away):
        assert counts.min() >= 0
    for quarter in course.quarters:
        for name in ("filled", "women", "open", "posts"):
            assert quarter.employers[name].min() >= 0
        assert (quarter.employers["women"] <= quarter.employers["filled"]).all()


def test_events_add_up_to_the_flows_and_lead_from_position_to_position(course: Course) -> None:
    for row, before, after in course.steps():
        rows, codes = course.model.events[row]
        assert np.bincount(codes, minlength=len(SOURCE)).tolist() == course.ledger.flows[row].sum(axis=1).tolist()
        place = np.full(after.count, PRIMARY_SCHOOL)
        place[: before.count] = before.people["cell"] & 31
        place[before.count :][after.people["identity"][before.count :] >= ARRIVED] = ABROAD
        for who, code in zip(rows.tolist(), codes.tolist(), strict=True):
            assert place[who] == SOURCE[code]
            place[who] = TARGET[code]
        assert np.array_equal(place, after.people["cell"] & 31)


def test_nobody_is_lost_or_becomes_somebody_else(course: Course) -> None:
    for _, before, after in course.steps():
        assert after.count >= before.count
        assert np.unique(after.people["identity"]).size == after.count
        for name in ("identity", "birth", "wish", "roots"):
            assert np.array_equal(before.people[name], after.people[name][: before.count])
        old, new = before.people["cell"].astype(int), after.people["cell"][: before.count].astype(int)
        for bits in (1 << 5, 1 << 12):  # gender, background
            assert np.array_equal(old & bits, new & bits)
        assert ((old >> 7 & 1) <= (new >> 7 & 1)).all()  # a technical diploma is for life
        gone = (old & 31) <= RETIRED
        assert np.array_equal(old[gone], new[gone])


def test_pupils_come_in_september_only_and_every_birth_quarter_once(course: Course) -> None:
    for row, before, after in course.steps():
        fresh = slice(before.count, after.count)
        here = after.people["identity"][fresh] < ARRIVED
        births = after.people["birth"][fresh][here]
        if row % 4 == 2:
            first = (row // 4 + 2022 - 2000 - 12) * 4
            assert sorted(set(births.tolist())) == list(range(first, first + 4))
            assert ((after.people["cell"][fresh][here] & 31) == POSITIONS.index("school")).all()
        else:
            assert births.size == 0


def test_the_books_of_employers_are_a_count_of_their_people(course: Course) -> None:
    for quarter in course.quarters:
        cell, employer = quarter.people["cell"].astype(int), quarter.people["employer"]
        at_work = ((cell & 31) == TECHNICIAN) | ((cell & 31) == TECHNICIAN + 1)
        assert (employer[at_work] >= 0).all()
        assert (employer[~at_work] == -1).all()
        filled = np.zeros_like(quarter.employers["filled"])
        np.add.at(filled, (employer[at_work], MARKET_OF_LEVEL[cell[at_work] >> 13]), 1)
        assert np.array_equal(filled, quarter.employers["filled"])
        women = np.zeros_like(quarter.employers["women"])
        np.add.at(women, (employer[at_work], MARKET_OF_LEVEL[cell[at_work] >> 13]), cell[at_work] >> 5 & 1)
        assert np.array_equal(women, quarter.employers["women"])
        in_sector = quarter.employers["sector"][employer[at_work]] < 7
        assert np.array_equal(in_sector, (cell[at_work] & 31) == TECHNICIAN)


def test_every_open_post_is_filled_at_most_once(course: Course) -> None:
    """Posts open at the start of a quarter, less the people hired at that level, are the posts open at its end."""
    for row, before, after in course.steps():
        rows, codes = course.model.events[row]
        hired = rows[np.isin(TARGET[codes], (TECHNICIAN, TECHNICIAN + 1))]
        taken_up = np.zeros_like(after.employers["open"])
        level = after.people["cell"][hired].astype(int) >> 13
        np.add.at(taken_up, (after.people["employer"][hired], MARKET_OF_LEVEL[level]), 1)
        opened = np.maximum(after.employers["posts"] - before.employers["filled"], 0)
        assert np.array_equal(opened - taken_up, after.employers["open"])
        assert after.employers["open"].sum(axis=0).tolist() == course.ledger.vacancies[row].tolist()
        assert after.employers["posts"].sum(axis=0).tolist() == course.ledger.posts[row].tolist()


def test_yearly_counts_on_1_january_hold_everybody(course: Course) -> None:
    """The two-point table ends with the stocks of 31 December and begins with the year before."""
    ledger = course.ledger
    for year, table in ledger.two_point.items():
        row = (year - 2022) * 4
        assert table.sum(axis=(0, 1))[RETIRED + 1 :].sum(axis=1).tolist() == (
            ledger.stocks[row, RETIRED + 1 :].sum(axis=1).tolist()
        )
        if year > 2022:
            start = ledger.stocks[row - 4, RETIRED + 1 :].sum(axis=1)
            assert table.sum(axis=(1, 2, 3))[RETIRED + 1 :].tolist() == start.tolist()
        people = ledger.ages[year].sum(axis=(1, 3))
        women = ledger.stocks[row, RETIRED + 1 :, 1::2].sum(axis=1)
        assert people[RETIRED + 1 :, 1].tolist() == women.tolist()


# ------------------------------------------------------------------ the check itself


def test_the_ledger_notices_one_person_too_many(course: Course) -> None:
    ledger = course.ledger
    for position in range(len(POSITIONS)):
        ledger.stocks[3, position, 10] += 1
        try:
            with pytest.raises(LedgerError, match=f"2022-07-01: .* {POSITIONS[position]} do not balance"):
                ledger.check(2)
        finally:
            ledger.stocks[3, position, 10] -= 1
    ledger.check(2)


def test_the_ledger_notices_one_event_too_many(course: Course) -> None:
    """Every transition, except changes of employer that leave the position as it is."""
    ledger = course.ledger
    for edge in GRAPH.transitions:
        ledger.flows[4, edge.code, 7] += 1
        try:
            if edge.source == edge.target:
                ledger.check(4)
            else:
                with pytest.raises(LedgerError, match="do not balance"):
                    ledger.check(4)
        finally:
            ledger.flows[4, edge.code, 7] -= 1
    ledger.check(4)


def test_a_transition_outside_the_career_graph_stops_the_run(
    baseline: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source, target in (("other_job", "seeking"), ("other_job", "technician_technical_sector")):
        codes = engine.TRANSITION_CODES.copy()
        codes[POSITIONS.index(source), POSITIONS.index(target)] = -1
        model = CareerModel(baseline, scale=SCALE, rng=5, until=date(2022, 4, 1), threads=1)
        with monkeypatch.context() as patched:
            patched.setattr(engine, "TRANSITION_CODES", codes)
            with pytest.raises(LedgerError, match="2022-01-01: somebody made a transition that the career graph"):
                model.run()


def test_graduates_are_counted_on_their_way_to_work(course: Course) -> None:
    """A technical diploma always passes through the position of a graduate, so that diplomas can be counted."""
    for row, before, after in course.steps():
        old = before.people["cell"].astype(int) >> 7 & 1
        new = after.people["cell"][: before.count].astype(int) >> 7 & 1
        rows, codes = course.model.events[row]
        assert set(np.flatnonzero(new > old).tolist()) <= set(rows[TARGET[codes] == GRADUATE].tolist())
