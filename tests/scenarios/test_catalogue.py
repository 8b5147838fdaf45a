"""The catalogue: complete, in both languages, and with the provenance of everything that it moves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from scenarios import InputError, load
from scenarios.catalogue import Entry, checked_entry, document, entries, entry, files
from scenarios.reading import parse

OF_THE_DOCUMENTS: dict[int, str] = {
    1: """
        hybrid_learning_environments technology_promotion hybrid_teachers_1000 hybrid_teacher_tax_facility
        sterk_techniekonderwijs jetnet_technet practical_programmes_vmbo_havo technical_teacher_training
        curriculum_technology social_service_time practical_learning_subsidy regional_investment_fund_mbo
        mbo_certificates hbo_branch_covenant hbo_investment sector_plans_wo_and_education career_orientation
        sectoral_arrangements study_choice_check_and_switch_flow girls_and_migrants_programme
        beta_networks_subsidy_end teacher_qualification_reform
    """,
    2: """
        better_working_conditions attractive_primary_conditions culture_change part_time_and_flexible_hours
        diversity_inclusion ten_year_perspective golden_gate cross_branch_career_paths skills_passport
        ict_attack_plan traineeship_pact retraining_subsidy stap_directed third_pathway_mbo llo_catalyst
        learning_overview learning_outcomes_and_fastswitch pps_scale_up sme_join_pps regional_mobility_teams
        open_hiring_jobcarving gap_academy_and_codam full_switch_support disability_inclusion status_holders
        people_far_from_market international_talent generic_work_pays nl_leert_door_and_sector_cofinancing
    """,
    3: """
        productivity_offensive digitalisation_programmes mmip_revision mensen_maken_de_transitie
    """,
    4: """
        planning_by_labour_intensity link_res_rmt governance joint_training_network
        employer_and_cabinet_funding just_transition_fund
    """,
}
"""Every measure in the source documents, by pillar of the action plan."""
VARIANTS = {
    "ten_year_work_guarantee": "ten_year_perspective",
    "stap_directed_decided": "stap_directed",
    "employer_and_cabinet_funding_doubled": "employer_and_cabinet_funding",
}
"""Where letter and article differ in strength, the article's reading and the letter's."""
SOURCE = re.compile(r"Kamerstuk \d\d \d\d\d, nr\. \d+")


def test_every_measure_of_the_documents_is_in_the_catalogue() -> None:
    by_pillar = {pillar: set(names.split()) for pillar, names in OF_THE_DOCUMENTS.items()}
    assert sum(len(names) for names in by_pillar.values()) == 61
    found = {pillar: {one.id for one in entries().values() if one.pillar == pillar} for pillar in by_pillar}
    assert {pillar: names - set(VARIANTS) for pillar, names in found.items()} == by_pillar
    assert {one.id: one.variant_of for one in entries().values() if one.variant_of} == VARIANTS


@pytest.mark.parametrize("name", files())
def test_an_entry_is_complete(name: str) -> None:
    found = entry(name)
    assert found.id == name
    assert SOURCE.search(found.source)
    assert found.summary.en != found.summary.nl
    for text in (found.title, found.summary, found.mechanism, found.affects, found.check, found.not_judged):
        if text is not None:
            assert not re.search(r"\b(the|with|of the)\b", text.nl), text.nl
            assert not re.search(r"\b(het|een|voor de)\b", text.en), text.en
    for lever in found.levers:
        assert lever.kind in ("documented", "public", "assumed")
        assert lever.kind != "assumed" or len(lever.reason or "") > 40
    guesses = [lever.reason or "" for lever in found.levers if lever.kind == "assumed"]
    assert not guesses or any("settle" in reason for reason in guesses)
    for cost in found.cost:
        assert cost.value is None or any(name in str(cost.source) for name in ("Kamerstuk", "Solar Magazine", "RVO"))


def test_a_variant_differs_from_what_it_is_a_variant_of() -> None:
    for name, main in VARIANTS.items():
        assert entry(name).measure().levers != entry(main).measure().levers
        assert "Solar Magazine" in entry(name).source


@pytest.mark.parametrize("name", [one.id for one in entries().values() if one.not_judged is not None])
def test_what_cannot_be_judged_is_said_and_not_run(name: str) -> None:
    reason = entry(name).not_judged
    assert reason is not None
    assert len(reason.en) > 80
    assert not entry(name).levers
    with pytest.raises(InputError, match="the model cannot judge this measure: "):
        load(name)
    with pytest.raises(ValueError, match="cannot judge"):
        entry(name).measure()


def test_a_measure_is_a_scenario_of_its_own() -> None:
    scenario = load("golden_gate")
    assert (scenario.id, scenario.title) == ("golden_gate", entry("golden_gate").title.en)
    assert scenario.dutch == (entry("golden_gate").title.nl, entry("golden_gate").summary.nl)
    assert scenario.measures == (entry("golden_gate").measure(),)
    assert scenario.files[0] == ("measures/golden_gate.yaml", document("golden_gate").sha256)
    assert scenario.parameters == load("baseline").parameters


GOOD = (Path(__file__).parents[2] / "scenarios" / "measures" / "golden_gate.yaml").read_text(encoding="utf-8")


def told(text: str) -> str:
    with pytest.raises(InputError) as caught:
        checked_entry(parse(text.encode(), "mine.yaml", "golden_gate.yaml"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("replace", "by", "message"),
    [
        ("pillar: 2", "pillar: 5", "pillar: 5 is more than 4"),
        ("status: announced", "status: anounced", "did you mean 'announced'?"),
        ("expect: {indicator: in_unemployed", "expect: {indicator: in_unemploye", "did you mean 'in_unemployed'?"),
        ("group: all", "group: everybody", "is not one of all, women"),
        ("change: more", "change: higher", "'higher' is not one of more, fewer"),
        ("lever: career_paths", "lever: carer_paths", "unknown lever 'carer_paths'; did you mean 'career_paths'?"),
        ("start: 2023-01-01", "start: 2019-01-01", "lies outside the simulated period"),
        ("nl: Gouden Poort naar de techniek}", "de: Goldenes Tor}", "title.nl: is missing"),
        ("expect: {indicator: in_unemployed, group: all, change: more}\n", "", "expect: is missing"),
        ("delay_years: 1", "delay_years: 1\nnot_judged: {en: no, nl: nee}", "stands beside not_judged"),
        (
            "id: golden_gate\n",
            "id: other_gate\n",
            "call the file other_gate.yaml",
        ),
        ("payer: employers, value: null", "payer: employers, value: -5", "cost[0].value: -5 is less than 0"),
    ],
)
def test_a_mistake_in_a_measure(replace: str, by: str, message: str) -> None:
    assert GOOD.count(replace) == 1
    line = told(GOOD.replace(replace, by))
    assert message in line
    assert "\n" not in line
    assert line.startswith("mine.yaml:")


def test_no_entry_moves_what_another_entry_of_the_same_name_moves() -> None:
    """Every measure is its own: no two judged measures have the same levers with the same numbers."""
    seen: dict[Any, Entry] = {}
    for one in entries().values():
        key = str([(lever.lever, lever.add, lever.multiply) for lever in one.levers])
        assert one.not_judged is not None or key not in seen, f"{one.id} and {seen[key].id}"
        seen[key] = one
