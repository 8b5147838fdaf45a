"""Replicates and differences: paired, reproducible, and adding up exactly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from experiments.comparison import Comparison, DoesNotAddUp, interval, reported, shown_years
from experiments.options import Settings, scenario_named
from experiments.outcomes import START, Typical, by_year, components
from experiments.replicates import Batch
from sim import indicators
from sim.indicators import GROUPS_SHOWN
from sim.ledger import Ledger
from sim.model import CareerModel

from .conftest import SAME, comparison_of


def test_interval_is_that_of_student() -> None:
    samples = np.array([[3.0, 0.0], [5.0, 0.0], [10.0, 0.0], [2.0, 0.0]])
    mean, low, high = interval(samples)
    # by hand: mean 5, sum of squares (4 + 0 + 25 + 9) / 3, divided by 4, t with 3 degrees of freedom 3.18245
    half = 3.182446305284263 * np.sqrt((4 + 0 + 25 + 9) / 3 / 4)
    assert mean[0] == 5.0
    assert high[0] - 5.0 == pytest.approx(half, rel=1e-12)
    assert 5.0 - low[0] == pytest.approx(half, rel=1e-12)
    expected = stats.t.interval(0.95, 3, loc=5.0, scale=stats.sem(samples[:, 0]))
    assert (low[0], high[0]) == pytest.approx(expected, rel=1e-12)
    assert (mean[1], low[1], high[1]) == (0.0, 0.0, 0.0)


def test_one_sample_has_no_interval() -> None:
    mean, low, high = interval(np.array([4.0]))
    assert mean == 4.0
    assert np.isnan(low)
    assert np.isnan(high)


def test_differences_are_paired(comparison: Comparison) -> None:
    scenario = comparison.others[-1]  # its pairs differ from each other
    column = indicators.keys().index(("technicians", "all"))
    per_pair = comparison.values(scenario)[:, -1, column] - comparison.values("baseline")[:, -1, column]
    estimate = comparison.estimate(scenario, comparison.years[-1], "technicians")
    low, high = stats.t.interval(0.95, 2, loc=per_pair.mean(), scale=stats.sem(per_pair))
    assert estimate.mean == pytest.approx(per_pair.mean())
    assert (estimate.low, estimate.high) == pytest.approx((low, high))


def test_replicates_use_the_seeds_that_follow() -> None:
    baseline, other = scenario_named("baseline"), scenario_named("hybrid_teachers")
    settings = Settings(5000.0, 2, 40, date(2023, 1, 1), 2)
    kept = list(Batch([baseline, other], settings, lambda ledger: ledger))
    assert [replicate.number for replicate in kept] == [0, 1]
    for replicate in kept:
        for scenario, ledger in zip((baseline, other), replicate.runs, strict=True):
            alone = CareerModel(scenario, scale=5000.0, rng=40 + replicate.number, until=date(2023, 1, 1)).run()
            assert alone.equal(ledger)


def test_threads_do_not_matter(comparison: Comparison) -> None:
    again = comparison_of(2, "part_time_availability", "ten_year_guarantee")
    for scenario in comparison.ids:
        assert np.array_equal(comparison.values(scenario), again.values(scenario), equal_nan=True)
    for scenario in comparison.others:
        assert np.array_equal(comparison.parts(scenario), again.parts(scenario))


def test_a_failing_run_is_told() -> None:
    def fail(ledger: Ledger) -> None:
        raise ZeroDivisionError("here")

    settings = Settings(5000.0, 3, 1, date(2023, 1, 1), 2)
    with pytest.raises(ZeroDivisionError, match="here"):
        list(Batch([scenario_named("baseline")], settings, fail))


def test_parts_add_up_exactly_in_agents(comparison: Comparison) -> None:
    for scenario in comparison.others:
        parts = comparison.parts(scenario)
        assert parts.dtype == np.int64
        assert np.any(parts)
        for place, group in enumerate(GROUPS_SHOWN):
            column = indicators.keys().index(("technicians", group))
            gain = comparison.differences(scenario)[:, :, column] / comparison.scale
            assert np.array_equal(parts[..., place].sum(axis=2), np.rint(gain).astype(np.int64))
            assert np.array_equal(np.rint(gain), gain)
        split, total = comparison.gain_by_part(scenario, 2025)
        assert sum(part.mean for part in split.values()) == pytest.approx(total.mean, abs=1e-6)


def test_parts_are_those_of_the_engine() -> None:
    scenario = scenario_named("part_time_availability")
    ledger = CareerModel(scenario, scale=5000.0, rng=3, until=date(2025, 1, 1)).run()
    outcome = by_year(ledger)
    assert outcome.add_up()
    for group in ("all", "women", "mbo"):
        for row, year in enumerate(outcome.years):
            expected = indicators.decomposition(ledger, year, group)
            here = dict(zip(components(), outcome.components[row, :, GROUPS_SHOWN.index(group)], strict=True))
            assert {name: number * ledger.scale for name, number in here.items() if name != START} == expected


def test_parts_that_do_not_add_up_are_an_error(comparison: Comparison) -> None:
    scenarios = [scenario_named("baseline"), scenario_named("hybrid_teachers")]
    broken = Comparison(("baseline", "hybrid_teachers"))
    (replicate,) = Batch(scenarios, Settings(5000.0, 1, 1, date(2023, 1, 1), 1), by_year)
    replicate.runs[1].components[0, 3, 0] += 1
    broken.add(0, replicate.runs)
    with pytest.raises(DoesNotAddUp, match="hybrid_teachers"):
        broken.parts("hybrid_teachers")


def test_equal_scenarios_differ_by_exactly_nothing(tmp_path: Path) -> None:
    file = tmp_path / "same.yaml"
    file.write_text(SAME)
    same = comparison_of(2, str(file), replicates=2)
    for part in same.estimates("same"):
        counted = part[~np.isnan(part)]
        assert counted.size > 0
        assert not counted.any()
    assert not same.parts("same").any()


def test_another_start_is_a_part_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "more.yaml"
    file.write_text(
        SAME.replace("same", "more")
        + "parameters:\n  technical_posts: {value: 1550000, kind: assumed, range: [1500000, 1600000], reason: a test}\n"
    )
    more = comparison_of(2, str(file), replicates=2)
    split, _ = more.gain_by_part("more", 2022)
    assert split[START].mean != 0.0


def test_typical_flows_are_means_over_years_and_runs() -> None:
    settings = Settings(5000.0, 2, 1, date(2024, 1, 1), 1)
    typical, flows = Typical(), []
    for replicate in Batch([scenario_named("baseline")], settings, lambda ledger: (by_year(ledger), ledger)):
        outcome, ledger = replicate.runs[0]
        typical.add(outcome)
        flows.append(ledger.flows[:8].sum(axis=(0, 2)) * ledger.scale / 2)
    assert typical.flows.sum(axis=1) == pytest.approx(np.mean(flows, axis=0))


def test_what_is_reported() -> None:
    leaks = [name for name, _ in reported() if name.startswith("leak_")]
    assert len(leaks) == 11
    assert {("technicians", group) for group in ("all", "women", "mbo", "hbo_wo")} <= set(reported())
    assert {("side_entrants", "all"), ("open_vacancies", "all")} <= set(reported())


@pytest.mark.parametrize(
    ("last", "expected"), [(2035, [2030, 2035]), (2032, [2030, 2032]), (2027, [2027]), (2045, [2030, 2035])]
)
def test_years_shown(last: int, expected: list[int]) -> None:
    assert shown_years(tuple(range(2022, last + 1))) == expected
