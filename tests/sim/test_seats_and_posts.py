"""Who is admitted to a study, hired, given the guarantee, or comes from abroad: counted one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from agents.positions import POOLS, POSITIONS, SEARCH
from sim import career_graph
from sim.lived import Lived
from sim.model import CareerModel
from sim.scenario import Scenario

from .paths import PUPILS, TECHNICIANS, flow, stock


@pytest.mark.parametrize("seats", [1.0, 0.6], ids=["baseline", "few seats"])
def test_students_are_admitted_as_far_as_there_are_seats(seats: float, baseline: Scenario, with_measure: Any) -> None:
    """Each September, by faculty: seats less students already there, shared out by lot among the applicants."""
    scenario = with_measure(baseline, "students_per_teacher", multiply=seats)
    value = {name: scenario.parameters[name].value for name in scenario.parameters}
    ledger = CareerModel(scenario, scale=100.0, rng=1, until=date(2030, 1, 1), threads=1).run()
    assert ledger.rows == 32
    full = 0
    for k, (faculty, levels) in enumerate({"mbo": ("mbo2", "mbo3", "mbo4"), "hbo": ("hbo",), "wo": ("wo",)}.items()):
        studies = tuple(f"study_{level}_technical" for level in levels)
        admitted = flow((*PUPILS, "graduate", "abroad"), studies)(ledger)
        students = stock(studies)(ledger) - admitted + flow(studies, TECHNICIANS)(ledger)  # when seats are given out
        refused = ledger.turned_away[:, k]
        assert not refused[np.arange(32) % 4 != 2].any()
        hybrid = value["hybrid_teachers"][faculty] * value["hybrid_hours"] / value["full_time_hours"]
        lost = value["teacher_retirement"] * (1.0 - value["teacher_replacement"]) / 4
        for row in range(2, 32, 4):
            teachers = value["teachers"][faculty] * (1.0 - lost) ** (4 * value["warm_up_years"] + row + 1) + hybrid
            places = teachers * value["students_per_teacher"][faculty] * seats / 100.0
            free = places - students[row]
            applied = admitted[row] + refused[row]
            share = min(1.0, max(0.0, free / applied))
            error = np.sqrt(applied * share * (1.0 - share))
            assert abs(admitted[row] - applied * share) <= 4.5 * error
            full += share < 1.0
    assert full >= 8


def test_employers_take_applicants_in_order(baseline: Scenario, with_measure: Any, decided: list[Lived]) -> None:
    """Guaranteed people first, then a technical diploma, then the retrained: shown in a market of one round."""
    scenario = with_measure(baseline, "matching_rounds", multiply=0.5)
    scenario = with_measure(scenario, "employers.guarantee", add=1.0)
    scenario = with_measure(scenario, "demand_growth", multiply=-3.0)
    model = CareerModel(scenario, scale=200.0, rng=2, threads=1)
    turned_down, ranks = 0, set()
    for _ in range(12):
        before = model.state.copy()
        decided.clear()
        model.advance()
        asked, who = decided[0], decided[0].ask_who
        applied = asked.ask_what == SEARCH
        applied &= asked.ask_employer >= 0
        who, to, order = who[applied], asked.ask_employer[applied], asked.ask_order[applied]
        if before.now % 4 == 1:
            technical = before.people.cell[who] >> 7 & 1
            guaranteed = before.people.guarantee[who] > before.now
            retrained = (before.people.cell[who] & 31) == POSITIONS.index("retraining")
            expected = np.where(guaranteed, 0, np.where(technical == 1, 1, np.where(retrained, 2, 3)))
            assert np.array_equal(order >> 32, expected)
            ranks |= set(expected.tolist())
        people = model.state.people
        hired = (people.employer[who] == to) & (people.since[who] == before.now)
        assert not (hired & (before.people.employer[who] == to)).any()  # nobody applies where they are
        market = np.array([0, 0, 0, 0, 0, 1, 2, 3])[people.cell[who].astype(int) >> 13]
        for place in np.unique(to * 4 + market):
            here = to * 4 + market == place
            if hired[here].any() and not hired[here].all():
                turned_down += int((~hired[here]).sum())
                assert order[here & hired].max() < order[here & ~hired].min()
    assert turned_down > 100
    assert ranks == {0, 1, 2, 3}


def test_only_who_enters_technical_work_is_given_the_guarantee(baseline: Scenario, with_measure: Any) -> None:
    """At an employer that takes part, for ten years; a change of employer within technical work gives none."""
    scenario = with_measure(baseline, "employers.guarantee", add=1.0, share=0.6)
    model = CareerModel(scenario, scale=500.0, rng=2, threads=1)
    inside = {POSITIONS.index(name) for name in TECHNICIANS}
    given, moved = 0, 0
    for _ in range(8):
        before = model.state.copy()
        model.advance()
        now, people = before.now, model.state.people
        rows, codes = model.events[-1]
        for who, code in zip(rows.tolist(), codes.tolist(), strict=True):
            edge = career_graph.load().transitions[code]
            if edge.target not in TECHNICIANS:
                continue
            had = before.people.guarantee[who] > now and who < before.count
            takes_part = bool(model.state.employers.guarantee[people.employer[who]])
            if edge.source in TECHNICIANS:
                assert people.guarantee[who] == before.people.guarantee[who]
                moved += takes_part and not had
            elif takes_part and not had:
                assert people.guarantee[who] == now + 40
                given += 1
            elif who < before.count:
                assert people.guarantee[who] == before.people.guarantee[who]
        stayed = np.isin(before.people.cell[: before.count] & 31, list(inside))
        stayed[rows[rows < before.count]] = False
        same = people.guarantee[: before.count] == before.people.guarantee[: before.count]
        assert same[stayed].all()
    assert given > 100
    assert moved > 20


@pytest.mark.parametrize("pool", POOLS)
def test_retraining_programmes_start_as_many_people_as_places_are_taken_up(
    pool: str, baseline: Scenario, with_measure: Any
) -> None:
    """Whatever the ages of those who may start; measured without courses of people's own accord."""
    only = with_measure(baseline, "programme_places", add={pool: 40_000})
    for name in ("retraining_from_work", "retraining_from_unemployment"):
        only = with_measure(only, name, multiply=0.0)
    ledger = CareerModel(only, scale=100.0, rng=3, until=date(2026, 1, 1), threads=1).run()
    work = ("other_job", "other_job_technical_sector")
    positions = {"work": work, "unemployment": ("seeking",), "inactivity": ("inactive",)}
    started = {name: flow(source, ("retraining",))(ledger) for name, source in positions.items()}
    taken_up = 40_000 / 4 / 100.0 * baseline.parameters["programme_take_up"].value  # type: ignore[operator]
    error = np.sqrt(taken_up)  # at most that of a binomial draw
    assert (abs(started[pool] - taken_up) <= 4.5 * error).all()
    assert abs(started[pool].mean() - taken_up) <= 4.5 * error / 4  # over 16 quarters
    assert not any(started[name].any() for name in POOLS if name != pool)


@pytest.mark.parametrize("kind", ["technical", "other"])
def test_people_come_from_abroad_in_the_number_given(kind: str, baseline: Scenario, with_measure: Any) -> None:
    name = f"arrivals_{kind}"
    only = with_measure(baseline, "arrivals_students", multiply=0.0)
    for other in {"arrivals_technical", "arrivals_other"} - {name}:
        only = with_measure(only, other, multiply=0.0)
    ledger = CareerModel(only, scale=300.0, rng=2, until=date(2026, 1, 1), threads=1).run()
    came = flow(("abroad",), ())(ledger)
    number = float(baseline.parameters[name].value)  # type: ignore[arg-type]
    assert abs(came.sum() * 300.0 - 4 * number) <= 300.0
    assert np.ptp(came) <= 1
