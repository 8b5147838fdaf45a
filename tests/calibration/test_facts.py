"""The fact book: complete, consistent, and equal to what the documents print."""

from __future__ import annotations

import re
from collections import Counter
from importlib import resources
from typing import Any

import pytest
from pydantic import ValidationError

from calibration.facts import Contradiction, Fact, FactBook, PublicStatistic, Source, load_facts

from .printed_figures import PRINTED

COMPUTED = {"women_to_men_exit_ratio"}  # printed nowhere: quotients of printed figures

SWITCHES = [
    f"{move}_{gender}_{source}"
    for move, source in (
        ("switch_tech_occ_to_nontech_occ", "2022src"),
        ("switch_to_nontech_occ", "2020src"),
        ("switch_to_nontech_sector", "2020src"),
    )
    for gender in ("women", "men")
]

CONTRADICTIONS = {
    "share_working_in_technology",
    "switching_rates",
    "low_mobility_versus_large_leak",
    "without_diploma_versus_with_diploma",
    "vacancies",
    "openings_versus_vacancies",
    "ageing",
    "intake_trend",
    "womens_choice_shares",
    "migration_background",
    "ict_million",
    "pupils_decline",
    "report_date",
    "placement_date",
    "mbo_learning_budget",
    "hbo_money",
    "disability_pilot",
    "promise_strength",
    "hybrid_teacher_pay",
    "ecorys_year",
}


@pytest.fixture(scope="module")
def book() -> FactBook:
    return load_facts()


def number(book: FactBook, name: str) -> float:
    value = book.fact(name).value
    assert isinstance(value, float), f"{name} is no single number: {value}"
    return value


def a_fact(**changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": "a",
        "value": 1,
        "unit": "percent",
        "what": "w",
        "population": "p",
        "period": "2020",
        "source": {"number": "n", "section": "s", "origin": "o"},
        "role": "target",
    }
    return entry | changes


def a_contradiction(**changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": "c",
        "facts": ["a"],
        "conflict": "x",
        "resolution": "y",
        "confidence": "high",
        "treatment": "z",
    }
    return entry | changes


def a_book(**changes: Any) -> dict[str, Any]:
    return {"facts": [a_fact()], "contradictions": [a_contradiction()], "public": []} | changes


# What the file holds


def test_counts_by_role(book: FactBook) -> None:
    assert Counter(fact.role for fact in book.facts) == {"target": 17, "validation": 22, "input": 44}
    assert [len(book.with_role(role)) for role in ("target", "validation", "input")] == [17, 22, 44]


def test_all_contradictions_and_public_statistics_are_there(book: FactBook) -> None:
    assert [item.id for item in book.contradictions if item.id not in CONTRADICTIONS] == []
    assert len(book.contradictions) == len(CONTRADICTIONS) == 20
    assert len(book.public) == 35


def test_ids_are_unique(book: FactBook) -> None:
    for records in (book.facts, book.contradictions, book.public):
        ids = [record.id for record in records]
        assert len(ids) == len(set(ids))


def test_facts_of_every_contradiction_exist(book: FactBook) -> None:
    for item in book.contradictions:
        for name in item.facts:
            assert book.fact(name).id == name
        assert not {fact.id for fact in book.facts} & set(item.also), item.id


def test_contradictions_without_facts_concern_context_only(book: FactBook) -> None:
    without = {item.id for item in book.contradictions if not item.facts}
    assert without == {
        "report_date",
        "placement_date",
        "mbo_learning_budget",
        "hbo_money",
        "disability_pilot",
        "promise_strength",
        "hybrid_teacher_pay",
        "ecorys_year",
    }


@pytest.mark.parametrize(("document", "name", "value"), PRINTED, ids=[name for _, name, _ in PRINTED])
def test_value_is_the_one_in_the_original(book: FactBook, document: str, name: str, value: object) -> None:
    fact = book.fact(name)
    assert fact.value == value
    assert fact.source.number == document


def test_every_fact_is_checked_against_the_original_or_computed(book: FactBook) -> None:
    assert len(PRINTED) == 82
    assert {fact.id for fact in book.facts} == {name for _, name, _ in PRINTED} | COMPUTED


def test_every_fact_has_a_source(book: FactBook) -> None:
    kamerstuk = re.compile(r"Kamerstuk \d\d \d{3}, nr\. \d+")
    for fact in book.facts:
        for part in fact.source.number.split("; "):
            assert kamerstuk.fullmatch(part) or part == "Solar Magazine, 7 February 2023", fact.id
        assert fact.source.section.strip(), fact.id
        assert fact.source.origin.strip(), fact.id


def test_an_unprinted_horizon_or_period_is_said_in_the_caveat(book: FactBook) -> None:
    for name in SWITCHES:
        fact = book.fact(name)
        assert fact.unit == "percent per year"
        assert "horizon not printed; read as one year" in (fact.caveat or ""), name
    assert "horizon not printed" in (book.fact("students_switching_out_of_betatech").caveat or "")
    for fact in book.facts:
        if fact.period.startswith("not printed") and fact.value is not None:
            assert "year not printed" in (fact.caveat or ""), fact.id


def test_only_the_figure_that_no_document_prints_is_empty(book: FactBook) -> None:
    assert [fact.id for fact in book.facts if fact.value is None] == ["gap_academy_training"]


def test_file_keeps_to_its_line_length() -> None:
    text = resources.files("calibration").joinpath("facts.yaml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 130] == []


# Figures that hang together


def test_positions_of_the_technically_educated_add_up(book: FactBook) -> None:
    parts = ("in_tech_occupation", "in_nontech_occupation", "unknown_or_unemployed")
    assert sum(number(book, f"tech_educated_{part}_share") for part in parts) == 100


@pytest.mark.parametrize(("gender", "total"), [("women", 100), ("men", 99)])
def test_sectors_of_technical_occupations_add_up(book: FactBook, gender: str, total: int) -> None:
    parts = ("outside_tech_sector", "inside_tech_sector", "sector_unknown")
    assert sum(number(book, f"{gender}_in_tech_occ_{part}_share") for part in parts) == total


def test_exit_ratio_spans_the_three_printed_pairs(book: FactBook) -> None:
    pairs = [(number(book, women), number(book, men)) for women, men in zip(SWITCHES[::2], SWITCHES[1::2], strict=True)]
    ratios = [women / men for women, men in pairs]
    assert book.fact("women_to_men_exit_ratio").value == (round(min(ratios), 2), round(max(ratios), 2))
    for document in ("Kamerstuk 32 637, nr. 448", "Kamerstuk 29 544, nr. 1120"):
        assert document in book.fact("women_to_men_exit_ratio").source.number


def test_population_of_a_rate_is_named(book: FactBook) -> None:
    """The three vintages of switching have three populations and may not be mixed."""
    for gender in ("women", "men"):
        new = book.fact(f"switch_tech_occ_to_nontech_occ_{gender}_2022src")
        old = book.fact(f"switch_to_nontech_occ_{gender}_2020src")
        assert "in a technical occupation" in new.population
        assert "not printed" in old.population
        assert (new.role, old.role) == ("target", "validation")


# Looking up


def test_book_is_read_once() -> None:
    assert load_facts() is load_facts()


def test_unknown_fact_names_the_nearest(book: FactBook) -> None:
    with pytest.raises(KeyError, match="unemployment_tech_educated"):
        book.fact("unemployment_technical_educated")
    with pytest.raises(KeyError, match="nearest is"):
        book.fact("?")


def test_public_statistics_have_a_list_of_their_own(book: FactBook) -> None:
    assert book.statistic("retirement_age_mean").value == 65.6
    assert book.statistic("mbo_technical_choice_by_level").value["men"]["level_3"] == 59  # type: ignore[index]
    assert book.statistic("study_duration").value != book.fact("study_duration").value
    with pytest.raises(KeyError, match=r"public statistic 'ict_ages'.*'ict_age'"):
        book.statistic("ict_ages")


# What the schema refuses


def test_records_cannot_be_changed(book: FactBook) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        book.fact("unemployment_national").value = 0.0  # type: ignore[misc]


def test_a_sound_book_is_accepted() -> None:
    assert FactBook.model_validate(a_book()).fact("a").value == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": [75, 70]}, "runs downwards"),
        ({"value": [1, 2, 3]}, "at most 2 items"),
        ({"value": "48"}, "valid number"),
        ({"value": True}, "valid number"),
        ({"value": float("nan")}, "finite"),
        ({"value": None}, "a target needs a value"),
        ({"role": "context"}, "'target', 'validation' or 'input'"),
        ({"tolerance": 0.5}, "Extra inputs"),
        ({"unit": " "}, "at least 1 character"),
        ({"period": 2020}, "valid string"),
        ({"note": "x"}, "Extra inputs"),
        ({"source": {"number": "n", "section": "", "origin": "o"}}, "at least 1 character"),
        ({"source": {"number": "n", "section": "s", "origin": "o", "page": 3}}, "Extra inputs"),
    ],
)
def test_an_unsound_fact_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Fact.model_validate(a_fact(**changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"facts": [a_fact(), a_fact()]}, "fact given more than once: a"),
        ({"contradictions": [a_contradiction(facts=["b"])]}, "unknown facts: b"),
        ({"contradictions": [a_contradiction(also=["a"])]}, "facts of this book under also: a"),
        ({"contradictions": [a_contradiction(), a_contradiction()]}, "contradiction given more than once: c"),
        ({"contradictions": [a_contradiction(confidence="fair")]}, "'high', 'medium' or 'low'"),
        ({"sources": []}, "Extra inputs"),
    ],
)
def test_an_unsound_book_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FactBook.model_validate(a_book(**changes))


@pytest.mark.parametrize("model", [Source, Fact, Contradiction, PublicStatistic, FactBook])
def test_every_record_is_frozen_and_closed(model: type[Fact]) -> None:
    assert model.model_config["frozen"] is True
    assert model.model_config["extra"] == "forbid"
