"""What the page answers is what the model gives, the newest move first."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from experiments.comparison import Comparison
from experiments.live import chosen, flows, people
from experiments.live.chosen import nothing
from experiments.live.country import Country, Left, Runs
from experiments.live.desk import Answer, Desk, Found
from experiments.live.predicting import about_here
from experiments.live.session import Session
from experiments.live.summary import summary
from experiments.live.view import view
from experiments.live.workshop import Workshop
from experiments.outcomes import by_year
from sim import CareerModel, career_graph
from sim.indicators import GROUPS_SHOWN
from sim.scenario import Scenario

PART_TIME = "part_time_and_flexible_hours"
SMALL = Country(scale=1500, until=date(2030, 1, 1), seed=5, threads=1, replicates=3)


def moved(reach: float, measure: str = PART_TIME) -> chosen.Chosen:
    return nothing().with_setting(measure, replace(nothing().usual(measure), reach=reach))


def model(found: chosen.Chosen, replicate: int) -> CareerModel:
    return CareerModel(found.scenario(), scale=SMALL.scale, rng=SMALL.seed + replicate, until=SMALL.until, threads=1)


@pytest.mark.parametrize(
    "name", ["part_time_availability", "action_plan", "nothing_adapts", "shock_recession", "baseline"]
)
def test_runs_are_those_from_the_start(name: str) -> None:
    runs = Runs(chosen.baseline(), SMALL)
    for replicate in (0, 1):
        mine = runs.run(chosen.preset(name).scenario(), replicate).ledger
        plain = model(chosen.preset(name), replicate).run()
        np.testing.assert_array_equal(mine.flows, plain.flows)
        np.testing.assert_array_equal(mine.stocks, plain.stocks)


def test_order_of_moves_does_not_matter() -> None:
    """Baselines that are kept for one move are not touched by it."""
    runs = Runs(chosen.baseline(), SMALL)
    late = replace(nothing().usual(PART_TIME), start=date(2027, 1, 1))
    choices = [moved(0.5), nothing().with_setting(PART_TIME, late), chosen.preset("shock_recession"), moved(0.9)]
    first = [runs.run(one.scenario(), 0).ledger.stocks.copy() for one in choices]
    again = [runs.run(one.scenario(), 0).ledger.stocks for one in reversed(choices)]
    for one, other in zip(first, reversed(again), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(first[0], first[1])


def test_a_run_is_left_between_two_quarters() -> None:
    runs = Runs(chosen.baseline(), SMALL)
    runs.outcome(0)
    asked = iter([True, True, False])
    with pytest.raises(Left):
        runs.run(moved(0.4).scenario(), 0, lambda: next(asked))
    np.testing.assert_array_equal(runs.run(moved(0.4).scenario(), 0).ledger.stocks, model(moved(0.4), 0).run().stocks)


def test_a_run_leaves_memory_with_whoever_holds_it() -> None:
    """Mesa's models hold themselves; a hand that drags would fill the memory with them until a collector comes."""
    runs = Runs(chosen.baseline(), SMALL)
    runs.outcome(0)
    gc.disable()
    try:
        found = runs.run(moved(0.4).scenario(), 0)
        assert found.state.room is None
        here = weakref.ref(found)
        del found
        assert here() is None
    finally:
        gc.enable()


class Heard:
    """Answers in the order in which they came."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.numbers: list[int] = []
        """Moves that could not be computed."""
        self.came = threading.Condition()

    def __call__(self, answer: Answer) -> None:
        with self.came:
            self.answers.append(answer)
            self.came.notify_all()

    def refused(self, number: int) -> None:
        """Hear that a move cannot be computed."""
        with self.came:
            self.numbers.append(number)
            self.came.notify_all()

    def wait(self, number: int, runs: int) -> Answer:
        """The first answer to a move with so many runs."""
        with self.came:
            fits = lambda: [one for one in self.answers if one.number == number and one.runs >= runs]  # noqa: E731
            assert self.came.wait_for(fits, timeout=60)
            return fits()[0]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def desk(heard: Heard) -> Iterator[Desk]:
    found = Desk(Runs(chosen.baseline(), SMALL), heard, heard.refused)
    found.start()
    yield found
    found.close()
    assert heard.numbers == []


def test_one_run_first_and_then_the_interval(desk: Desk, heard: Heard) -> None:
    desk.ask(1, moved(0.7))
    answer = heard.wait(1, SMALL.replicates)
    assert heard.answers[0].runs == 1
    assert answer.complete
    comparison = Comparison(("baseline", "chosen"))
    for replicate in range(SMALL.replicates):
        pair = (by_year(model(nothing(), replicate).run()), by_year(model(moved(0.7), replicate).run()))
        comparison.add(replicate, pair)
    told = view(answer, "all", SMALL.until)
    expected = comparison.estimate("chosen", 2029, "technicians")
    curve = told["curves"]["technicians"]
    assert (curve["mean"][-1], curve["low"][-1], curve["high"][-1]) == pytest.approx(
        (expected.mean, expected.low, expected.high), abs=0.06
    )
    women = comparison.estimate("chosen", 2029, "technicians", "women")
    assert view(answer, "women", SMALL.until)["curves"]["technicians"]["mean"][-1] == pytest.approx(
        women.mean, abs=0.06
    )
    assert told["years"][0] == 2021
    assert view(heard.answers[0], "all", SMALL.until)["curves"]["technicians"]["low"][-1] is None


def test_the_newest_move_is_answered_and_older_ones_are_given_up(desk: Desk, heard: Heard) -> None:
    desk.ask(1, nothing())
    heard.wait(1, SMALL.replicates)
    for number in range(2, 60):
        desk.ask(number, moved(0.2 + 0.01 * number))
        time.sleep(0.004)
    last = heard.wait(59, SMALL.replicates)
    numbers = [one.number for one in heard.answers]
    assert numbers == sorted(numbers)
    assert last.found.chosen == moved(0.79)
    first_runs = [one for one in heard.answers if 1 < one.number < 59]
    assert 0 < len(first_runs) < 57, "some moves are seen while the hand moves, not all are worked out"


def test_what_was_asked_before_is_known(desk: Desk, heard: Heard) -> None:
    desk.ask(1, moved(0.7))
    heard.wait(1, SMALL.replicates)
    desk.ask(2, moved(0.3))
    heard.wait(2, 1)
    desk.ask(3, moved(0.7))
    assert heard.wait(3, 1).runs == SMALL.replicates


def test_besides_is_answered_when_nothing_newer_is_asked(desk: Desk, heard: Heard) -> None:
    besides = Heard()
    desk.ask_besides(moved(0.6), besides)
    desk.ask(1, moved(0.4))
    heard.wait(1, SMALL.replicates)
    answer = besides.wait(-1, SMALL.replicates)
    assert answer.found.chosen == moved(0.6)
    assert len(answer.pairs) == SMALL.replicates


class Fragile(Runs):
    """Runs that a reach of more than 0.8 breaks."""

    def run(
        self,
        scenario: Scenario,
        replicate: int,
        go_on: Callable[[], bool] = lambda: True,
    ) -> CareerModel:
        if any(one.reach.share > 0.8 for one in scenario.measures):
            raise OverflowError("cannot convert float infinity to integer")
        return super().run(scenario, replicate, go_on)


def test_a_choice_that_cannot_be_computed_is_dropped_and_told(heard: Heard) -> None:
    desk = Desk(Fragile(chosen.baseline(), SMALL), heard, heard.refused)
    desk.start()
    beside: list[Answer | None] = []
    desk.ask_besides(moved(0.9), beside.append)
    desk.ask(1, moved(0.9))
    with heard.came:
        assert heard.came.wait_for(lambda: heard.numbers == [1], timeout=60)
    desk.ask(2, moved(0.4))
    assert heard.wait(2, SMALL.replicates).found.chosen == moved(0.4)
    desk.close()
    assert beside == [None]
    assert {one.number for one in heard.answers} == {2}


def test_pages_are_told_that_a_choice_cannot_be_computed(tmp_path: Path) -> None:
    session, told = Session(SMALL, Workshop(tmp_path)), list[str]()
    session.pages.add(told.append)
    session.move("x", moved(0.9))
    session._not_computed(session.number - 1)
    assert not session.cannot, "an older move does not matter any more"
    session._not_computed(session.number)
    assert session.cannot
    assert told == ["choice", "cannot"]
    assert session.headline()["change"] is None
    session.move("x", moved(0.4))
    assert not session.cannot


def test_a_question_that_the_model_cannot_compute_can_only_be_ended(tmp_path: Path) -> None:
    async def asked() -> None:
        session = Session(SMALL, Workshop(tmp_path))
        session._loop = asyncio.get_running_loop()
        session.desk = Desk(Fragile(chosen.baseline(), SMALL), lambda _: None, lambda _: None)
        known = asyncio.Event()
        session.pages.add(lambda what: known.set() if what == "model" else None)
        session.chosen = moved(0.9)
        session.ask_room(about_here("technicians", "all"))
        session.desk.start()
        await asyncio.wait_for(known.wait(), 60)
        await asyncio.to_thread(session.desk.close)
        session.workshop.close()
        session.reveal()
        assert (session.no_model, session.workshop.round.phase) == (True, "closed")
        session.end_round()
        assert (session.no_model, session.workshop.round.phase) == (False, "waiting")

    asyncio.run(asked())


def test_lines_of_the_diagram_count_what_the_ledger_has() -> None:
    ledger = model(moved(0.7), 0).run()
    told = summary(ledger)
    by_line = dict(zip([(line.source, line.target, line.leak, line.way) for line in flows.drawn()],
                       flows.by_line(told.flows, "all"), strict=True))  # fmt: skip
    graph = career_graph.load()
    people_a_year = ledger.flows[-20:].sum(axis=(0, 2)) * ledger.scale / 5
    for point in graph.leak_points:
        mine = sum(people for (*_, leak, _), people in by_line.items() if leak == point)
        assert mine == pytest.approx(people_a_year[graph.leak(point)].sum(), rel=1e-5)
    parts = [sum(flows.by_line(told.flows, group)) for group in ("women", "men")]
    assert sum(parts) == pytest.approx(sum(by_line.values()), rel=1e-5)
    assert set(GROUPS_SHOWN) >= {"women", "mbo", "migration"}


def test_people_are_where_their_histories_say() -> None:
    runs = Runs(chosen.baseline(), SMALL)
    runs.outcome(0)
    assert runs.first is not None
    other = runs.run(chosen.preset("action_plan").scenario(), 0)
    crowd = people.Crowd.of(people.Lives.of(runs.first), people.Lives.of(other))
    told = crowd.drawing()
    assert len(told["with"]) == len(told["without"]) == len(crowd.identities) >= people.DOTS
    assert any(told["changed"])
    for place in range(0, len(crowd.identities), 7):
        for lives, side in ((crowd.without, "without"), (crowd.with_, "with")):
            row = lives.row(crowd.identities[place])
            if row is None:
                continue
            history = lives.model.people[row].history()
            career = lives.career(row)
            assert [(one.day.year, one.target) for one in history] == [
                (year, target) for year, _, _, target, _ in career
            ]
            name = history[-1].target if history else lives.model.people[row].position
            assert told[side][place][-1] == people._place_of()[list(people.POSITIONS).index(name)]
            first = history[0].source if history else name
            assert told[side][place][0] == people._place_of()[list(people.POSITIONS).index(first)]
        same = told["without"][place] == told["with"][place]
        assert told["changed"][place] or same


def test_the_same_people_come_back() -> None:
    runs = Runs(chosen.baseline(), SMALL)
    runs.outcome(0)
    assert runs.first is not None
    without = people.Lives.of(runs.first)
    crowds = [people.Crowd.of(without, people.Lives.of(runs.run(moved(reach).scenario(), 0))) for reach in (0.3, 0.8)]
    assert crowds[0].identities[: people.DOTS] == crowds[1].identities[: people.DOTS]
    nobody = people.Crowd.of(without, without)
    assert nobody.changed == 0
    assert not any(nobody.drawing()["changed"])


def test_an_answer_of_one_pair_knows_no_interval() -> None:
    ledger = model(nothing(), 0).run()
    answer = Answer(1, Found(nothing(), [summary(ledger)], [summary(ledger)]), 1, 3, 0.0)
    told = view(answer, "all", SMALL.until)
    assert told["curves"]["technicians"]["low"][1:] == [None] * 8
    assert all(leak["low"] is None for leak in told["leaks"])
    assert not any(known for *_, known in told["flows"])
