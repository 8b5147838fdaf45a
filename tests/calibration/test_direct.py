"""The direct fit: what it sets gives the documented numbers back, worked out by other means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

import scenarios
from agents import student
from agents.circumstances import Climate, Person
from agents.positions import BACKGROUNDS, GENDERS, SCHOOL_TECHNICAL, SCHOOLS
from calibration.direct import Step, direct_fit, hazards
from calibration.likelihood import Aim
from calibration.priors import Prior, Space, load_space
from calibration.targets import fitted, load_targets
from sim.scenario import Scenario
from sim.schedule import record_of

Array = NDArray[np.float64]
AIM: Final = Aim.of(fitted())
MEASURES: Final = [target.measure for target in AIM.targets]
CALM: Final = Climate(*(0.0 for _ in Climate._fields))
MAN: Final = Person(
    woman=0, migrant=0, origin=0, level=0, technical=0, age=0, wish=0, parent=0, guaranteed=0, quarters=0
)
STRATA: Final = 400
"""Uniform numbers, evenly spread, with which a rule is asked."""
RATES: Final = st.floats(1e-4, 3.0)

HAND_MADE: Final = {
    "profile_vmbo_women": 11.0, "profile_vmbo_men": 47.0,
    "study_vmbo_women": 16.0, "study_vmbo_men": 51.0, "study_havo_women": 9.0, "study_havo_men": 33.0,
    "study_vwo_women": 41.0, "study_vwo_men": 60.0, "entrants_mbo_migration": 23.0,
}  # fmt: skip
PUPILS: Final = {"choice_parent": 1.3, "parent_technical": 0.2, "migrant_share": 0.4, "women_share": 0.55}


@cache
def space() -> Space:
    """The priors with room for every choice, so that no end of a range hides what a relation gives."""

    def wide(prior: Prior) -> Prior:
        if prior.id.startswith("profile_"):
            return prior.model_copy(update={"range": (0.001, 0.999)})
        roomy = prior.id.startswith(("study_", "choice_"))
        return prior.model_copy(update={"range": (-5.0, 7.0)}) if roomy else prior

    return Space(tuple(wide(prior) for prior in load_space().priors))


@cache
def pupils() -> Scenario:
    """The baseline with a strong effect of parents and other shares of groups."""
    return scenarios.load("baseline").with_values(**PUPILS)


def documented(**values: float) -> Aim:
    """The aim with other documented values, by measure."""
    low, high = AIM.low.copy(), AIM.high.copy()
    for name, value in values.items():
        low[MEASURES.index(name)] = high[MEASURES.index(name)] = value
    return replace(AIM, low=low, high=high)


def found_in_the_middle(**values: float) -> Array:
    """Targets of the run in the middle: as documented, but for those given by measure."""
    found = np.asarray((AIM.low + AIM.high) / 2.0)
    for name, value in values.items():
        found[MEASURES.index(name)] = value
    return found


def steps_of(aim: Aim = AIM, found: Array | None = None) -> dict[str, Step]:
    """The direct fit of the baseline and the packaged priors, by prior."""
    given_runs = found_in_the_middle() if found is None else found
    steps = direct_fit(scenarios.load("baseline"), load_space(), aim, given_runs)
    assert len({step.prior for step in steps}) == len(steps)
    return {step.prior: step for step in steps}


def middle_of(name: str) -> float:
    return sum(next(prior.range for prior in load_space().priors if prior.id == name)) / 2.0


# Rates from shares


@settings(deadline=None, max_examples=60, derandomize=True)
@given(RATES, RATES)
def test_hazards_are_the_rates_of_the_chain_that_makes_the_shares(there: float, back: float) -> None:
    chain = expm(np.array([[-there, there], [back, -back]]))
    assert hazards(chain[0, 1], chain[1, 0]) == pytest.approx((there, back), rel=1e-5)


# Choices


def chosen(rows: Mapping[str, Any], gender: str, school: str, background: str | None = None) -> float:
    """Percent with a technical study, person by kind of person: parent x profile x background."""

    def moved(share: float, shift: float) -> float:
        odds = share / (1.0 - share) * np.exp(shift)
        return float(odds / (1.0 + odds))

    migrants, parents = rows["migrant_share"], rows["parent_technical"]
    total = 0.0
    for name, people in (("dutch", 1.0 - migrants), ("migration", migrants)):
        if background is not None:
            people = float(name == background)
        for parent, families in ((1.0, parents), (0.0, 1.0 - parents)):
            effect = rows["choice_parent"] * (parent - parents)
            profile = moved(rows["profile_technical"][gender][school], effect)
            for study, pupils_with in (("study_after_technical", profile), ("study_after_other", 1.0 - profile)):
                shift = effect + rows["choice_background"][name][school]
                total += people * families * pupils_with * moved(rows[study][gender][school], shift)
    return 100.0 * total


@pytest.fixture(scope="module")
def solved() -> tuple[tuple[Step, ...], Scenario]:
    """The direct fit of the hand-made pupils, and their scenario with what it set."""
    steps = direct_fit(pupils(), space(), documented(**HAND_MADE), found_in_the_middle())
    values = dict(zip(space().names, ((space().low + space().high) / 2.0).tolist(), strict=True))
    return steps, space().scenario(pupils(), list((values | {step.prior: step.value for step in steps}).values()))


def test_shifts_give_the_documented_shares_over_all_kinds_of_pupils(solved: tuple[Any, Scenario]) -> None:
    rows = {name: parameter.value for name, parameter in solved[1].parameters.items()}
    for gender in GENDERS:
        for school in SCHOOLS:
            assert chosen(rows, gender, school) == pytest.approx(HAND_MADE[f"study_{school}_{gender}"], abs=1e-4)
    by_gender = [chosen(rows, gender, "vmbo", "migration") for gender in ("men", "women")]
    share = (1.0 - PUPILS["women_share"]) * by_gender[0] + PUPILS["women_share"] * by_gender[1]
    assert share == pytest.approx(HAND_MADE["entrants_mbo_migration"], abs=1e-4)


def asked(scenario: Scenario, gender: str, school: str) -> tuple[float, float]:
    """Percent with a technical profile, and with a technical study, by the rules themselves asked for evenly spread
    chances."""
    record = record_of(scenario).view(np.recarray)[0]
    chances = (np.arange(STRATA) + 0.5) / STRATA
    with_profile = with_study = 0.0
    for migrant, _ in enumerate(BACKGROUNDS):
        people = record.migrant_share if migrant else 1.0 - record.migrant_share
        for parent in (0, 1):
            weight = people * (record.parent_technical if parent else 1.0 - record.parent_technical)
            who = MAN._replace(woman=GENDERS.index(gender), migrant=migrant, level=SCHOOLS.index(school), parent=parent)
            profile = np.mean([student.profile(u, who, 0.0, CALM, record) == SCHOOL_TECHNICAL for u in chances])
            other, technical = (
                np.mean([student.technical_study(u, kind, who, CALM, record) for u in chances]) for kind in (0, 1)
            )
            with_profile += weight * profile
            with_study += weight * (profile * technical + (1.0 - profile) * other)
    return 100.0 * with_profile, 100.0 * with_study


@pytest.mark.parametrize("gender", GENDERS)
def test_the_rules_of_the_model_give_the_documented_shares(solved: tuple[Any, Scenario], gender: str) -> None:
    for school in SCHOOLS:
        profile, study = asked(solved[1], gender, school)
        assert study == pytest.approx(HAND_MADE[f"study_{school}_{gender}"], abs=0.15)
        if school == "vmbo":
            assert profile == pytest.approx(HAND_MADE[f"profile_vmbo_{gender}"], abs=0.15)


def test_the_packaged_priors_have_room_for_every_choice() -> None:
    for name, step in steps_of().items():
        if name.startswith(("profile_", "study_", "choice_")):
            prior = next(prior for prior in load_space().priors if prior.id == name)
            assert prior.range[0] < step.value < prior.range[1], name


# Rates against the run in the middle


def test_a_run_that_is_as_documented_leaves_the_middle() -> None:
    steps = steps_of()
    for name in ("leave_base", "return_base", "layoff_base", "other_layoff_other", "switching", "technical_posts"):
        assert steps[name].value == pytest.approx(middle_of(name), rel=1e-7), name


@pytest.mark.parametrize(
    ("measure", "factor", "up", "down"),
    [
        ("occupation_switch_men", 2.0, ["leave_base"], []),
        ("return_to_technology", 0.7, [], ["return_base"]),
        ("unemployment_technical", 0.8, [], ["layoff_base", "other_layoff_technical"]),
        ("unemployment_all", 1.2, ["other_layoff_other"], []),
        ("study_switch", 1.3, ["switching"], []),
        ("employer_changes", 0.7, [], ["job_change_base"]),
        ("technicians", 1.05, ["technical_posts"], []),
        ("open_vacancies_2022_q1", 0.2, [], ["technical_posts"]),
    ],
)
def test_another_documented_number_moves_its_own_rate(
    measure: str, factor: float, up: list[str], down: list[str]
) -> None:
    before = steps_of()
    after = steps_of(documented(**{measure: factor * found_in_the_middle()[MEASURES.index(measure)]}))
    pair = {"leave_base", "return_base"} if {"leave_base", "return_base"} & {*up, *down} else set()
    for name, step in after.items():
        if name in {*up, *down}:
            assert (step.value - before[name].value) * (1.0 if name in up else -1.0) > 0.0, name
        elif name not in pair:
            assert step.value == before[name].value, name


def test_rates_are_set_against_what_the_run_in_the_middle_gave() -> None:
    steps = steps_of(found=found_in_the_middle(employer_changes=AIM.low[MEASURES.index("employer_changes")] * 1.25))
    assert steps["job_change_base"].value == pytest.approx(0.8 * middle_of("job_change_base"), rel=1e-7)
    found = found_in_the_middle(occupation_switch_men=4.0, return_to_technology=2.0)
    steps = steps_of(documented(occupation_switch_men=5.0, return_to_technology=3.0), found)
    wanted, given_rates = hazards(0.05, 0.03), hazards(0.04, 0.02)
    assert steps["leave_base"].value == pytest.approx(middle_of("leave_base") * wanted[0] / given_rates[0], rel=1e-7)
    assert steps["return_base"].value == pytest.approx(middle_of("return_base") * wanted[1] / given_rates[1], rel=1e-7)


@pytest.mark.parametrize(("factor", "end"), [(2.0, 1), (0.5, 0)])
def test_posts_stop_at_the_end_of_the_prior(factor: float, end: int) -> None:
    names = ("technicians", "open_vacancies_2022_q1")
    numbers = {name: factor * float(found_in_the_middle()[MEASURES.index(name)]) for name in names}
    prior = next(prior for prior in load_space().priors if prior.id == "technical_posts")
    assert steps_of(documented(**numbers))["technical_posts"].value == prior.range[end]
    assert steps_of(found=found_in_the_middle(**numbers))["technical_posts"].value == prior.range[1 - end]


def test_values_are_within_their_priors_whatever_was_found() -> None:
    ends = {prior.id: prior.range for prior in load_space().priors}
    rng = np.random.default_rng(1)
    for _ in range(8):
        found = found_in_the_middle() * np.exp(rng.normal(0.0, 1.0, len(AIM.names)))
        for name, step in steps_of(found=found).items():
            assert ends[name][0] <= step.value <= ends[name][1], name


@pytest.mark.parametrize(
    ("found", "left_out"),
    [
        ({"employer_changes": np.nan}, {"job_change_base"}),
        ({"employer_changes": 0.0}, {"job_change_base"}),
        ({"study_switch": np.nan}, {"switching"}),
        ({"study_switch": 0.0}, {"switching"}),
        ({"unemployment_all": np.nan}, {"other_layoff_other"}),
        ({"unemployment_technical": 0.0}, {"layoff_base", "other_layoff_technical"}),
        ({"occupation_switch_men": np.nan}, {"leave_base", "return_base"}),
        ({"occupation_switch_men": 60.0, "return_to_technology": 50.0}, {"leave_base", "return_base"}),
        ({"occupation_switch_men": 0.0, "return_to_technology": 0.0}, {"leave_base", "return_base"}),
        ({"technicians": np.nan}, {"technical_posts"}),
        ({"occupation_switch_men": 0.0}, {"leave_base"}),
        ({"return_to_technology": 0.0}, {"return_base"}),
    ],
)  # fmt: skip
def test_a_relation_without_an_answer_is_left_out(found: dict[str, float], left_out: set[str]) -> None:
    assert set(steps_of()) - set(steps_of(found=found_in_the_middle(**found))) == left_out


def test_steps_name_priors_and_targets_that_exist() -> None:
    steps = steps_of().values()
    known = {target.id for target in load_targets() if target.use == "fitted"}
    assert {step.prior for step in steps} <= set(load_space().names)
    assert {name for step in steps for name in step.targets} <= known
    assert all(step.targets and step.why for step in steps)
    assert steps_of()["study_havo_women"].targets == ("havo_to_tech_ho_women",)
    assert steps_of()["technical_posts"].targets == ("technical_occupations_2021", "vacancies_technical_2022_Q1")
