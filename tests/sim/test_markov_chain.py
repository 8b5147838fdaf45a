"""With interactions switched off, everybody moves on their own: mean flows equal those of an exact Markov chain.

The market is closed (seekers meet no employer), nothing depends on pressure, culture, climate or scarce seats, and
employers keep their practices. Each person's chances over eight quarters then follow from their columns on 1 January
2022 alone. They are worked out in `markov_*.py` from the documentation of the rules, with formulas of their own:
nothing of `agents/` is called. A flow is a sum of independent events with known chances, so its standard error is
known too.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from agents.positions import SCHOOLS
from sim import career_graph
from sim.clock import FIRST_QUARTER
from sim.model import CareerModel
from sim.scenario import Scenario
from sim.schedule import compile_schedule

from .markov_chains import QUARTERS, education_chain, labour_chain
from .markov_flows import Flows
from .markov_start import STUDIES, Start, kinds_of

SEEDS = range(6)
SCALE = 100.0
FALSE_ALARM = 1e-3
"""Chance that a right engine would fail a test here, split evenly over all z-scores of the test (Bonferroni)."""

NO_INTERACTION = {
    "contacts": 0,  # nobody is hired
    **dict.fromkeys(
        (
            "pressure_leave", "pressure_inactivity", "training_leave", "minority_leave", "exclusion_leave",
            "slack_layoff", "pay_leave", "pay_entry", "guarantee_entry", "choice_guarantee", "part_time_entry",
            "inclusion_entry", "role_models_entry", "choice_role_models", "scarcity_drop_out",
            "adoption_base", "adoption_imitation",
        ),
        0.0,
    ),
    "early_hiring": dict.fromkeys(STUDIES, 0.0),
    "students_per_teacher": {"mbo": 1e4, "hbo": 1e4, "wo": 1e4},  # a seat for everybody
    # more than in the baseline, so that it shows
    "leave_base": 0.1, "promotion_base": 0.03, "layoff_base": 0.06, "other_layoff": {"other": 0.08, "technical": 0.06},
    "retraining_from_work": 0.05, "retraining_from_unemployment": 0.3, "retraining_give_up": 0.8,
    "sector_move": {"other": 0.03, "technical": 0.1},
    "emigration": {"dutch": 0.01, "migration": 0.03, "international": 0.2},
    "guarantee_leave": 1.0, "practice_switch": 6.0, "practice_drop_out": 6.0,
    "early_contact": {"men": dict.fromkeys(SCHOOLS, 0.3), "women": dict.fromkeys(SCHOOLS, 0.5)},
}  # fmt: skip


@pytest.fixture(scope="module")
def closed(baseline: Scenario) -> Scenario:
    return baseline.with_values(**NO_INTERACTION)


@pytest.fixture(scope="module")
def compared(baseline: Scenario, closed: Scenario) -> tuple[Flows, Flows]:
    """Expected and found flows of a few runs: of the labour market, and of education."""
    labour, education = Flows(), Flows()
    transitions = career_graph.load().transitions
    names = tuple(career_graph.load().graph.nodes)
    first_labour = names.index("graduate")
    for seed in SEEDS:
        model = CareerModel(baseline, scale=SCALE, rng=seed, threads=1)
        model.schedule = compile_schedule(closed, FIRST_QUARTER, model.last)
        some = np.arange(model.state.count) % 3 == 0  # a guarantee for every third, for some ending on the way
        ends = FIRST_QUARTER + np.arange(model.state.count) // 3 % 12
        model.state.people.guarantee[: model.state.count][some] = ends[some]
        s = Start.of(model)
        at_work = s.position >= first_labour
        at_school = (s.position < first_labour) & (s.position > names.index("retired"))
        kinds = np.stack(list(kinds_of(s).values())).astype(float)
        for flows, chain, rows in ((labour, labour_chain, at_work), (education, education_chain, at_school)):
            chain(s.only(rows), closed, flows, np.ascontiguousarray(kinds[:, rows]))
        for t in range(QUARTERS):
            model.advance()
            who, codes = model.events[t]
            here = who < s.birth.size
            who, codes = who[here], codes[here]
            for edge in transitions:
                rows = who[codes == edge.code]
                labour.see(edge.source, edge.target, t, rows[at_work[rows]], kinds)
                if edge.source.startswith(("school", "study")) or (edge.source == "graduate" and t % 4 == 2):
                    education.see(edge.source, edge.target, t, rows[at_school[rows]], kinds)
    return labour, education


@pytest.mark.parametrize("part", [0, 1], ids=["labour market", "education"])
def test_every_flow_agrees_with_the_chain(part: int, compared: tuple[Flows, Flows]) -> None:
    flows = compared[part]
    unexpected = [name for name, numbers in flows.table.items() if numbers[2, 0] and not numbers[0, 0]]
    assert not unexpected
    by_kind, by_quarter = flows.scores(by_quarter=False), flows.scores(by_quarter=True)
    limit = stats.norm.isf(FALSE_ALARM / 2 / (len(by_kind) + len(by_quarter)))
    assert {name: z for name, z in {**by_kind, **by_quarter}.items() if abs(z) > limit} == {}
    assert len(by_kind) > 300
    assert len(by_quarter) > 60
    p = stats.chi2.sf(sum(z**2 for z in by_quarter.values()), len(by_quarter))
    assert FALSE_ALARM < p < 1 - FALSE_ALARM
