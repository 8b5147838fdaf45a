"""The option table, costs and goals: against numbers worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats

import scenarios
from experiments.comparison import Comparison, Estimate
from experiments.costs import Money, costs, in_all
from experiments.goals import Chance, Goal, chance, parse_goal
from experiments.option_table import (
    DRAWN,
    LEAVE,
    LEAVING,
    TECHNICIAN_YEARS,
    Column,
    cost_records,
    goal_records,
    option_records,
    option_table,
    smallest_effect,
)
from sim import indicators
from sim.indicators import decomposition
from sim.model import CareerModel
from sim.scenario import Cost, Measure, Scenario

from .conftest import comparison_of

YEARS = tuple(range(2022, 2036))
UNTIL = date(2036, 1, 1)


def with_cost(**cost: Any) -> Scenario:
    """A scenario of one measure of the catalogue that costs this and starts in the middle of 2024."""
    measure = scenarios.load("third_pathway_mbo").measures[0]
    changed = {"cost": (Cost(source="a letter", **cost),), "start": date(2024, 7, 1), "delay_years": 0.0}
    moved: Measure = measure.model_copy(update={**changed, "phase_in_years": 0.0, "duration_years": None})
    return scenarios.load("baseline").model_copy(update={"measures": (moved,)})


# ------------------------------------------------------------------ costs


@pytest.mark.parametrize(
    ("cost", "euro"),
    [
        ({"payer": "government", "value": 10.0}, 115.0),  # 11.5 years
        ({"payer": "government", "value": 100.0, "unit": "euro in total", "years": 5}, 100.0),
        ({"payer": "government", "value": 100.0, "unit": "euro in total", "years": 23}, 50.0),
        ({"payer": "employers", "value": 2.0, "unit": "euro per retraining"}, 2.0 * 3000 * 0.7 * 11.5),
        ({"payer": "employers", "value": 2.0, "unit": "euro per learning place"}, 0.0),
    ],
)
def test_costs_by_hand(cost: dict[str, Any], euro: float) -> None:
    found = costs(with_cost(**cost), UNTIL)
    assert list(found) == [cost["payer"]]
    assert found[cost["payer"]].known == pytest.approx(euro)
    assert found[cost["payer"]].complete


def test_costs_follow_reach_strength_duration_and_phase_in() -> None:
    scenario = with_cost(payer="government", value=10.0)
    (measure,) = scenario.measures

    def known(**update: Any) -> float:
        moved = scenario.model_copy(update={"measures": (measure.model_copy(update=update),)})
        return costs(moved, UNTIL)["government"].known

    assert known(reach=measure.reach.model_copy(update={"share": 0.5})) == pytest.approx(57.5)
    assert known(duration_years=2.0) == pytest.approx(20.0)
    strong = scenario.model_copy(update={"measures": (measure.strengthened(3.0),)})
    assert costs(strong, UNTIL)["government"].known == pytest.approx(345.0)
    price = with_cost(payer="government", value=10.0, unit="euro per retraining")
    full = costs(price, UNTIL)["government"].known
    twice = price.model_copy(update={"measures": (price.measures[0].strengthened(2.0),)})
    assert costs(twice, UNTIL)["government"].known == pytest.approx(2.0 * full)
    slow = price.model_copy(update={"measures": (price.measures[0].model_copy(update={"phase_in_years": 1.0}),)})
    assert costs(slow, UNTIL)["government"].known == pytest.approx(full * (11.5 - 0.375) / 11.5)


def test_what_no_document_says_is_not_nothing() -> None:
    found = costs(scenarios.load("action_plan"), UNTIL)
    assert not found["employers"].complete
    assert found["employers"].known > 0
    assert costs(scenarios.load("part_time_availability"), UNTIL) == {"employers": Money(0.0, False)}
    assert costs(scenarios.load("baseline"), UNTIL) == {}
    assert in_all({"a": Money(1.0), "b": Money(2.0, False)}) == Money(3.0, False)
    assert Money(0.0, False).unknown
    assert not Money(1.0, False).unknown
    sto = costs(scenarios.load("sterk_techniekonderwijs"), UNTIL)
    assert sto["government"] == Money(14 * 100e6, shared=True)
    assert in_all(sto) == Money(14 * 100e6, False, True)


# ------------------------------------------------------------------ goals


def test_a_goal_is_read() -> None:
    assert parse_goal("60,000  fewer open vacancies by 2030", YEARS) == Goal(
        "60,000 fewer open vacancies by 2030", 60_000.0, False, "open_vacancies", "all", 2030
    )
    women = parse_goal("5000 more technicians, women by 2035", YEARS)
    assert (women.amount, women.more, women.group, women.year) == (5000.0, True, "women", 2035)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.5 more technicians by 2030", "is no goal; write it as"),
        ("more vacancies", "is no goal; write it as '60000 fewer open_vacancies by 2030'"),
        ("5 more technicans by 2030", "'technicans' is no indicator; did you mean 'technicians'?"),
        ("5 more technicians, girls by 2030", "'girls' is no group; known: all, women"),
        ("5 fewer open_vacancies, women by 2030", "open_vacancies have levels but no women; leave the group out"),
        ("5 more technicians by 2040", "the runs do not cover 2040; give a year from 2022 to 2035"),
    ],
)
def test_a_mistake_in_a_goal(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_goal(text, YEARS)


def test_goal_chances_match_a_count_by_hand() -> None:
    differences = np.zeros((8, len(YEARS), len(indicators.keys())))
    column = indicators.keys().index(("open_vacancies", "all"))
    differences[:, YEARS.index(2030), column] = [-100, -59_999, -60_000, -60_001, -90_000, 70_000, 0, np.nan]
    fewer = parse_goal("60000 fewer open_vacancies by 2030", YEARS)
    assert chance(fewer, differences, YEARS) == Chance(3, 8)
    more = parse_goal("70000 more open_vacancies by 2030", YEARS)
    assert chance(more, differences, YEARS) == Chance(1, 8)


def test_the_interval_of_a_chance_is_that_of_wilson() -> None:
    for reached, pairs in ((3, 8), (0, 20), (20, 20), (137, 400)):
        expected = stats.binomtest(reached, pairs).proportion_ci(0.95, method="wilson")
        assert Chance(reached, pairs).interval == pytest.approx((expected.low, expected.high))


# ------------------------------------------------------------------ the table


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return comparison_of(2, "part_time_availability", "third_pathway_mbo", replicates=4)


def test_columns_are_what_they_say(compared: Comparison) -> None:
    """Every column against the ledgers of the same runs, worked out another way."""
    plan = [scenarios.load(name) for name in compared.ids]
    goals = [parse_goal("1 more technicians by 2025", compared.years)]
    options = option_table(compared, plan, goals, date(2026, 1, 1))
    assert [option.scenario.id for option in options] == list(compared.others)
    for option in options:
        pairs: dict[Column, list[float]] = {column: [] for column in option.values}
        for seed in range(7, 11):
            base, moved = (
                CareerModel(one, scale=4000.0, rng=seed, until=date(2026, 1, 1), threads=1).run()
                for one in (plan[0], option.scenario)
            )
            (a, b), keys = (indicators.yearly(base), indicators.yearly(moved)), indicators.keys()
            gain = (b - a)[:, keys.index(("technicians", "all"))]
            pairs[Column("technicians", 2025)].append(gain[-1])
            pairs[TECHNICIAN_YEARS].append(gain.sum())
            pairs[Column("women", 2025)].append((b - a)[-1, keys.index(("technicians", "women"))])
            pairs[Column("open_vacancies", 2025)].append((b - a)[-1, keys.index(("open_vacancies", "all"))])
            pairs[DRAWN].append((b - a)[:, keys.index(("drawn_from_other_work", "all"))].sum())
            parts = [decomposition(ledger, 2025) for ledger in (base, moved)]
            pairs[LEAVE].append(sum(parts[0][name] - parts[1][name] for name in LEAVING))
        for column, found in pairs.items():
            estimate = option.values[column]
            assert estimate.mean == pytest.approx(np.mean(found)), column
            assert estimate.half == pytest.approx(stats.t.ppf(0.975, 3) * stats.sem(found)), column
        gains = pairs[Column("technicians", 2025)]
        assert option.goals == (Chance(sum(g >= 1 for g in gains), 4),)
        power = stats.t.ppf(0.975, 3) + stats.t.ppf(0.8, 3)
        assert option.smallest == pytest.approx(power * stats.sem(gains)) == smallest_effect(np.array(gains))


def test_the_cost_of_a_technician_year(compared: Comparison) -> None:
    plan = [scenarios.load(name) for name in compared.ids]
    part_time, retraining = option_table(compared, plan, [], date(2026, 1, 1))
    assert part_time.per_technician_year is None
    years = retraining.values[TECHNICIAN_YEARS]
    if years.low > 0:
        euro, known = retraining.per_technician_year, retraining.money.known
        assert euro is not None
        assert (euro.mean, euro.low, euro.high) == (known / years.mean, known / years.high, known / years.low)
    else:
        assert retraining.per_technician_year is None
    assert retraining.money.known > 0


def test_the_cost_of_a_technician_year_by_hand(compared: Comparison) -> None:
    plan = [scenarios.load(name) for name in compared.ids]
    option = option_table(compared, plan, [], date(2026, 1, 1))[1]
    gain = Estimate(200.0, 100.0, 400.0)
    sure = replace(option, values={TECHNICIAN_YEARS: gain}, costs={"government": Money(1e6)})
    assert sure.per_technician_year == Estimate(5_000.0, 2_500.0, 10_000.0)
    assert replace(sure, values={TECHNICIAN_YEARS: Estimate(5.0, -1.0, 11.0)}).per_technician_year is None
    assert replace(sure, costs={"government": Money(0.0, False)}).per_technician_year is None


def test_records_hold_the_table(compared: Comparison) -> None:
    plan = [scenarios.load(name) for name in compared.ids]
    goals = [parse_goal("1 more technicians by 2025", compared.years)]
    joint = np.stack([compared.differences(name) for name in compared.others], axis=1)
    options = option_table(compared, plan, goals, date(2026, 1, 1), joint)
    records = option_records(options)
    assert len(records) == 2 * (len(options[0].values) + 1)
    assert {record["scenario"] for record in cost_records(options)} == set(compared.others)
    told = goal_records(options, goals)
    assert [record["uncertainty"] for record in told] == ["chance", "all"] * 2
    assert [record["reached"] for record in told[::2]] == [record["reached"] for record in told[1::2]]


def test_groups_add_up_exactly(compared: Comparison) -> None:
    for name in compared.others:
        for year in compared.years:
            whole = compared.estimate(name, year, "technicians").mean
            for groups in compared.by_group(name, year).values():
                assert sum(one.mean for one in groups.values()) == pytest.approx(whole, abs=1e-6)
