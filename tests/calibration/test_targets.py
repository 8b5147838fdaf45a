"""The targets: taken from the facts, fitted or not for a stated reason, and refused where they are unsound."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from math import inf, nan, nextafter
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from calibration.facts import Fact, FactBook, load_facts
from calibration.measures import MEASURES, PAIRED
from calibration.targets import Target, TargetRecord, fitted, load_targets, measured_targets, read_targets

from .printed_figures import SCHOOL_CHOICES, STUDY_CHOICES, WITHOUT_DIPLOMA, WORK_OF_EDUCATED, YEARLY_SWITCHES

TEXT = resources.files("calibration").joinpath("targets.yaml").read_text(encoding="utf-8")
RECORDS: list[dict[str, Any]] = yaml.safe_load(TEXT)["targets"]
FACTS = {fact.id: fact for fact in load_facts().facts}
STATISTICS = {statistic.id: statistic for statistic in load_facts().public}

# What every good fit has to meet, with the values printed in the documents.
FIRM = {**YEARLY_SWITCHES, **WORK_OF_EDUCATED, **WITHOUT_DIPLOMA, **SCHOOL_CHOICES, **STUDY_CHOICES}


def name_of(record: Mapping[str, Any]) -> str:
    return str(record.get("id") or record["of"])


def target(name: str) -> Target:
    (found,) = (target for target in load_targets() if target.id == name)
    return found


def a_record(**changes: Any) -> dict[str, Any]:
    """A sound record; a change to None takes a part out."""
    entry: dict[str, Any] = {
        "of": "unemployment_national",
        "measure": "unemployment_all",
        "use": "fitted",
        "tolerance": 2,
        "reason": "r",
    }
    return {key: value for key, value in (entry | changes).items() if value is not None}


def a_statement(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"value": 1, "unit": "u", "what": "w", "population": "p", "period": "2020", "source": "s"}
    return told | changes


def stated(value: Any, tolerance: float) -> Target:
    record = a_record(of=None, id="a", statement=a_statement(value=value), tolerance=tolerance)
    (found,) = read_targets(yaml.safe_dump({"targets": [record]}), load_facts())
    return found


def read(*records: dict[str, Any], book: FactBook | None = None) -> tuple[Target, ...]:
    return read_targets(yaml.safe_dump({"targets": list(records)}), book or load_facts())


def book_with(name: str, **changes: Any) -> FactBook:
    """The packaged facts with one fact or statistic changed."""
    book = load_facts()
    facts = [item.model_copy(update=changes) if item.id == name else item for item in book.facts]
    public = [item.model_copy(update=changes) if item.id == name else item for item in book.public]
    return book.model_copy(update={"facts": tuple(facts), "public": tuple(public)})


# What the file holds


def test_there_are_at_least_40_fitted_targets() -> None:
    assert len(fitted()) >= 40
    assert set(fitted()) == {target for target in load_targets() if target.use == "fitted"}


def test_targets_are_read_once_in_the_order_of_the_file() -> None:
    assert load_targets() is load_targets()
    assert [target.id for target in load_targets()] == [name_of(record) for record in RECORDS]


def test_no_fact_of_the_back_test_is_fitted() -> None:
    """Not even under another name."""
    held_back = {fact.id for fact in load_facts().with_role("validation")}
    assert len(held_back) == 22
    assert not held_back & {target.of for target in fitted()}
    assert not held_back & {target.id for target in fitted()}
    assert {target.use for target in load_targets() if target.of in held_back} == {"validation"}


def test_every_fact_to_fit_is_a_target() -> None:
    named = {target.of for target in load_targets()}
    assert [fact.id for fact in load_facts().with_role("target") if fact.id not in named] == []


def test_every_fitted_target_is_measured_with_a_reasoned_tolerance() -> None:
    for found in fitted():
        assert found.measure in MEASURES or found.measure in PAIRED, found.id
        assert found.tolerance is not None, found.id
        assert found.tolerance > 0, found.id
        assert found.reason, found.id


def test_every_target_that_is_shown_or_not_measured_says_why() -> None:
    shown = [target for target in load_targets() if target.use == "shown"]
    assert len(shown) > 5
    assert [target.id for target in shown if not target.why] == []
    assert [target.id for target in load_targets() if target.measure is None and not target.why] == []


def test_measured_targets_are_those_with_a_measure_and_no_measure_serves_two() -> None:
    found = [target.measure for target in measured_targets()]
    assert len(found) == sum("measure" in record for record in RECORDS)
    assert None not in found
    assert len(found) == len(set(found))


def test_just_the_promised_targets_are_firm() -> None:
    assert {target.id for target in load_targets() if target.firm} == set(FIRM)


@pytest.mark.parametrize("name", FIRM)
def test_a_firm_target_is_fitted_to_the_printed_value(name: str) -> None:
    found = target(name)
    assert (found.low, found.high, found.use) == (FIRM[name], FIRM[name], "fitted")


def test_targets_of_women_and_men_are_measured_for_women_and_men() -> None:
    """A measure of one gender under a name of the other would go unnoticed in a fit."""
    words = {"women": ("women", "girls"), "men": ("men", "boys")}
    compared = 0
    for found in measured_targets():
        gender = str(found.measure).rsplit("_", 1)[-1]
        if gender in words:
            parts = found.id.split("_")
            assert any(word in parts for word in words[gender]), found.id
            assert not any(word in parts for word in words["men" if gender == "women" else "women"]), found.id
            compared += 1
    assert compared >= 25
    keyed = [record for record in RECORDS if record.get("key") in words]
    assert [record["key"] for record in keyed] == [record["measure"].rsplit("_", 1)[-1] for record in keyed] != []


# Values come from the facts


def printed(record: Mapping[str, Any]) -> tuple[float, float]:
    """Value of a record, read from its fact, statistic or statement."""
    value: Any
    if "statement" in record:
        value = record["statement"]["value"]
    else:
        value = (FACTS.get(record["of"]) or STATISTICS[record["of"]]).value
        value = value[record["key"]] if "key" in record else value
    return (value[0], value[1]) if isinstance(value, tuple | list) else (value, value)


@pytest.mark.parametrize("record", RECORDS, ids=name_of)
def test_value_is_that_of_the_fact_statistic_or_statement(record: dict[str, Any]) -> None:
    found = target(name_of(record))
    assert (found.low, found.high) == printed(record)
    assert found.low <= found.high
    for text in (found.unit, found.what, found.period, found.source):
        assert text.strip()


@pytest.mark.parametrize(
    "record", [record for record in RECORDS if "of" in record and record["of"] not in FACTS], ids=name_of
)
def test_every_statistic_that_is_named_exists_and_tells_its_source(record: dict[str, Any]) -> None:
    statistic = load_facts().statistic(record["of"])
    assert ("key" in record) == isinstance(statistic.value, Mapping)
    found = target(name_of(record))
    assert (found.of, found.unit, found.period) == (statistic.id, statistic.unit, statistic.period)
    assert found.source == statistic.source


def test_a_fact_tells_what_was_counted_for_whom_and_where_it_is_printed() -> None:
    found, fact = target("vmbo_girls_choose_tech"), load_facts().fact("vmbo_girls_choose_tech")
    assert (found.what, found.population, found.period, found.unit) == (
        fact.what,
        fact.population,
        fact.period,
        fact.unit,
    )
    for text in (fact.source.number, fact.source.section, fact.source.origin):
        assert text in found.source


@pytest.mark.parametrize(
    ("fact", "value", "changed", "low", "high"),
    [
        ("vmbo_girls_choose_tech", 40.5, "vmbo_girls_choose_tech", 40.5, 40.5),
        ("women_to_men_exit_ratio", (1.5, 3.5), "women_to_men_exit_ratio", 1.5, 3.5),
        ("unemployment_national", (4.0, 5.0), "unemployment_national", 4.0, 5.0),
        ("technical_occupations_2021", 123.0, "technical_occupations_2021", 123.0, 123.0),
        ("women_share_technical_by_level", {"low": 1.0, "middle": 10, "high": 17}, "women_among_technicians_low", 1, 1),
    ],
)
def test_a_target_follows_its_fact_and_no_other_target_moves(
    fact: str, value: Any, changed: str, low: float, high: float
) -> None:
    before = {target.id: target for target in load_targets()}
    after = {target.id: target for target in read_targets(TEXT, book_with(fact, value=value))}
    assert {name for name in before if before[name] != after[name]} == {changed}
    assert (after[changed].low, after[changed].high) == (low, high)
    assert after[changed].tolerance == before[changed].tolerance


# Near enough


@pytest.mark.parametrize(
    ("value", "tolerance", "simulated", "distance"),
    [
        (10, 2, 10, 0.0),
        (10, 2, 11, 0.5),
        (10, 2, 9, -0.5),
        (10, 2, 12, 1.0),
        (10, 2, 8, -1.0),
        (10, 2, 16, 3.0),
        (10, 2, 0, -5.0),
        (10, 0.5, 10.25, 0.5),
        ((10, 20), 4, 10, 0.0),
        ((10, 20), 4, 15, 0.0),
        ((10, 20), 4, 20, 0.0),
        ((10, 20), 4, 22, 0.5),
        ((10, 20), 4, 8, -0.5),
        ((10, 20), 4, 24, 1.0),
        ((10, 20), 4, 6, -1.0),
        ((10, 20), 4, 32, 3.0),
        ((-20, -10), 4, -8, 0.5),
        ((-20, -10), 4, -26, -1.5),
    ],
)
def test_distance_is_in_tolerances_from_the_nearer_end(
    value: Any, tolerance: float, simulated: float, distance: float
) -> None:
    found = stated(list(value) if isinstance(value, tuple) else value, tolerance)
    assert found.distance(simulated) == distance
    assert found.within(simulated) == (abs(distance) <= 1)


@pytest.mark.parametrize(("value", "low", "high"), [(10, 8.0, 12.0), ([10, 20], 8.0, 22.0)], ids=["number", "range"])
def test_the_very_edge_is_within_and_a_hair_beyond_is_not(value: Any, low: float, high: float) -> None:
    found = stated(value, 2.0)
    assert found.within(low)
    assert found.within(high)
    assert not found.within(low * (1 - 1e-15))
    assert not found.within(high * (1 + 1e-15))
    assert found.within(nextafter(low, inf))
    assert found.within(nextafter(high, -inf))


@pytest.mark.parametrize("simulated", [inf, -inf, 1e300, -1e300])
def test_an_impossible_value_is_missed(simulated: float) -> None:
    for found in measured_targets():
        assert not found.within(simulated)
        assert (found.distance(simulated) > 0) == (simulated > 0)


def test_a_value_that_is_not_a_number_is_missed() -> None:
    assert not any(found.within(nan) for found in measured_targets())


# What is refused


def test_a_sound_record_is_accepted() -> None:
    (found,) = read(a_record())
    assert (found.id, found.low, found.measure) == ("unemployment_national", 4.2, "unemployment_all")
    (told,) = read(a_record(of=None, id="a", statement=a_statement(value=[1, 3])))
    assert (told.id, told.low, told.high, told.of) == ("a", 1, 3, None)
    (unmeasured,) = read(a_record(measure=None, tolerance=None, reason=None, use="shown", why="w"))
    assert (unmeasured.measure, unmeasured.why) == (None, "w")
    (paired,) = read(a_record(measure=PAIRED[0]))
    assert paired.measure == PAIRED[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measure": "unemployed"}, "unemployment_national: there is no measure 'unemployed'"),
        ({"use": "shown"}, "unemployment_national: say under `why` for which reason it is not fitted"),
        ({"use": "shown", "why": "w", "firm": True}, "unemployment_national: only a fitted target can be firm"),
        ({"use": "validation", "firm": True}, "unemployment_national: only a fitted target can be firm"),
        ({"tolerance": None}, "unemployment_national: measure, tolerance and reason go together"),
        ({"reason": None}, "unemployment_national: measure, tolerance and reason go together"),
        ({"measure": None}, "unemployment_national: measure, tolerance and reason go together"),
        ({"tolerance": None, "reason": None}, "unemployment_national: measure, tolerance and reason go together"),
        (
            {"measure": None, "tolerance": None, "reason": None},
            "unemployment_national: without a measure it cannot be fitted, and `why` has to say so",
        ),
        (
            {"measure": None, "tolerance": None, "reason": None, "why": "w"},
            "unemployment_national: without a measure it cannot be fitted",
        ),
        (
            {"measure": None, "tolerance": None, "reason": None, "use": "validation"},
            "unemployment_national: without a measure it cannot be fitted, and `why` has to say so",
        ),
        ({"statement": a_statement()}, "unemployment_national: give just one of `of` and `statement`"),
        ({"of": None}, "a target: give just one of `of` and `statement`"),
        ({"of": None, "id": "a"}, "a: give just one of `of` and `statement`"),
        ({"of": None, "statement": a_statement()}, "a statement needs an id"),
        ({"of": None, "id": "a", "statement": a_statement(value="1")}, "valid number"),
        ({"of": None, "id": "a", "statement": a_statement(source=" ")}, "at least 1 character"),
        ({"tolerance": 0}, "greater than 0"),
        ({"tolerance": -1}, "greater than 0"),
        ({"tolerance": inf}, "finite number"),
        ({"use": "input"}, "'fitted', 'shown' or 'validation'"),
        ({"why": " "}, "at least 1 character"),
        ({"toleranse": 1}, "Extra inputs"),
    ],
)
def test_an_unsound_record_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TargetRecord.model_validate(a_record(**changes))
    with pytest.raises(ValueError, match=message):
        read(a_record(**changes))


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            a_record(of="technical_share_of_diplomas"),
            "technical_share_of_diplomas: gives no single number or range; name one with `key`",
        ),
        (
            a_record(of="technical_share_of_diplomas", id="a", key="lbo"),
            "a: technical_share_of_diplomas has no number 'lbo'",
        ),
        (a_record(key="mbo"), "unemployment_national: unemployment_national has no number 'mbo'"),
        (a_record(of="gap_academy_training"), "gap_academy_training: gives no single number or range"),
        (
            a_record(of="mbo_technical_choice_by_level", key="men"),
            "mbo_technical_choice_by_level: gives no single number or range",
        ),
        (
            a_record(of="women_in_tech_occ_outside_tech_sector_share"),
            "women_in_tech_occ_outside_tech_sector_share: a fact with role validation is never fitted",
        ),
        (
            a_record(of="women_in_tech_occ_outside_tech_sector_share", id="another_name"),
            "another_name: a fact with role validation is never fitted",
        ),
    ],
)
def test_what_the_facts_do_not_give_is_refused_in_one_line(record: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        read(record)
    assert "\n" not in str(refused.value)


def test_a_fact_that_is_held_back_later_is_no_longer_fitted() -> None:
    assert isinstance(FACTS["vmbo_girls_choose_tech"], Fact)
    with pytest.raises(ValueError, match="vmbo_girls_choose_tech: a fact with role validation is never fitted"):
        read_targets(TEXT, book_with("vmbo_girls_choose_tech", role="validation"))


def test_a_fact_or_statistic_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"is neither a fact nor a public statistic; .*'employer_change_yearly'"):
        read(a_record(of="employer_change_yearl"))


def test_a_target_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^target given more than once: unemployment_national$"):
        read(a_record(), a_record())
    with pytest.raises(ValueError, match=r"^target given more than once: unemployment_national$"):
        read(a_record(), a_record(of="vmbo_girls_choose_tech", id="unemployment_national"))
    assert len(read(a_record(), a_record(id="a"))) == 2


def test_a_file_without_targets_is_refused() -> None:
    with pytest.raises(ValueError, match="Field required"):
        read_targets("facts: []", load_facts())
