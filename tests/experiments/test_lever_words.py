"""Levers in words: every parameter, label, unit and period has a name in both languages, and changes are told right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import scenarios
from experiments.lever_words import (
    catalogued,
    change_told,
    in_factors,
    measure_named,
    named,
    range_told,
    reach_told,
)
from experiments.texts import LANGUAGES, speaking, table
from scenarios.catalogue import entries, entry
from scenarios.packaged import available
from sim.scenario import PRACTICE_LEVERS, Lever, Reach

BASELINE = scenarios.load("baseline").parameters


def test_every_parameter_has_a_name_of_its_own_in_both_languages() -> None:
    names = table()["parameter"]
    assert set(names) == {*BASELINE, *PRACTICE_LEVERS}
    for language in LANGUAGES:
        told = [texts[language] for texts in names.values()]
        assert len(set(told)) == len(told)
        assert max(len(text) for text in told) <= 55


def labels(value: Any) -> Iterator[str]:
    """All labels of a table."""
    if isinstance(value, dict):
        for label, inner in value.items():
            yield label
            yield from labels(inner)


def test_everything_that_a_lever_can_hold_has_a_word() -> None:
    known = set(table()["label"])
    assert {parameter.unit for parameter in BASELINE.values()} == set(table()["unit"])
    every = {label for parameter in BASELINE.values() for label in labels(parameter.value)}
    assert {label for label in every if label[:1].isalpha()} == known
    for measure in entries().values():
        if re.search("[a-z]", measure.period):
            assert measure.period in table()["period"], measure.id
    assert set(table()["period"]) <= {measure.period for measure in entries().values()}


@pytest.mark.parametrize(
    ("measure", "place", "en", "nl"),
    [
        ("part_time_and_flexible_hours", 0, "+0.3 (share)", "+0,3 (aandeel)"),
        ("hybrid_teachers_1000", 0, "mbo +600, hbo +400 (people)", "mbo +600, hbo +400 (mensen)"),
        (
            "girls_and_migrants_programme", 2, "women: vmbo +0.1, havo +0.05, vwo +0.05 (log effect)",
            "vrouwen: vmbo +0,1, havo +0,05, vwo +0,05 (log-effect)",
        ),
        (
            "llo_catalyst", 0, "from other work +1,200, from unemployment +400 (people per year)",
            "vanuit ander werk +1.200, vanuit werkloosheid +400 (mensen per jaar)",
        ),
    ],
)  # fmt: skip
def test_a_change_is_told_with_its_sign_and_unit(measure: str, place: int, en: str, nl: str) -> None:
    lever = entry(measure).levers[place]
    for language, expected in (("en", en), ("nl", nl)):
        with speaking(language):
            assert change_told(lever, BASELINE) == expected


def test_factors_ranges_and_reach() -> None:
    half = Lever(lever="pressure_leave", multiply=0.5, kind="assumed", range=(0.25, 1.0), reason="a test")
    reach = Reach(share=0.5, sectors=("energy", "ict"), genders=("women",))
    assert change_told(half, BASELINE) == "x 0.5"
    assert range_told(0.25, 1.0, False) == "0.25 to 1"
    assert reach_told(reach) == "0.5; energy, ICT; women"
    with speaking("nl"):
        assert change_told(half, BASELINE) == "x 0,5"
        assert range_told(0.25, 2_000.0, True) == "x 0,25 tot x 2.000"
        assert reach_told(reach) == "0,5; energie, ICT; vrouwen"
        assert named("programme_places") == "plaatsen in omscholingstrajecten"


def test_numbers_of_any_size_are_written_out_and_zero_has_no_sign() -> None:
    def told(lever: str, add: float) -> str:
        return change_told(Lever(lever=lever, add=add, kind="assumed", range=(0, 1), reason="a test"), BASELINE)

    assert told("arrivals_other", 1_234_567.5) == "+1,234,568 (people per year)"
    assert told("pay_premium", 0.00001) == "+0.00001 (log effect)"
    assert told("pay_premium", -0.0) == "+0 (log effect)"
    with speaking("nl"):
        assert told("arrivals_other", -2_000.5) == "-2.000,5 (mensen per jaar)"


def test_a_range_holds_factors_where_a_lever_multiplies_or_moves_a_table() -> None:
    half = Lever(lever="pressure_leave", multiply=0.5, kind="assumed", range=(0.25, 1.0), reason="a test")
    assert in_factors(half)
    assert in_factors(entry("llo_catalyst").levers[0])
    assert not in_factors(entry("llo_catalyst").levers[1])


def test_a_measure_of_ones_own_keeps_its_title_whatever_its_id() -> None:
    found = entry("hybrid_teachers_1000").measure()
    own = found.model_copy(update={"title": "Three thousand", "nl": "Drieduizend"})
    assert catalogued(found) is not None
    assert catalogued(own) is None
    with speaking("nl"):
        assert measure_named(found) == "Duizend extra hybride docenten"
        assert measure_named(own) == "Drieduizend"


def test_every_lever_says_why_in_dutch_with_the_same_numbers() -> None:
    """Also those of the ready scenarios; a number in words is a number in words in both."""
    english, dutch = (rf"\d{{1,3}}(?:{a}\d{{3}})+(?:{b}\d+)?|\d+(?:{b}\d+)?" for a, b in ((",", r"\."), (r"\.", ",")))
    ready = [measure for name in available() for measure in scenarios.load(name).measures]
    levers = [(one.id, lever) for one in (*entries().values(), *ready) for lever in one.levers]
    assert len(levers) > 200
    for name, lever in levers:
        assert lever.nl is not None, name
        assert not lever.nl[0].islower(), name
        assert lever.nl.endswith("."), name
        first = sorted(number.replace(",", "") for number in re.findall(english, lever.why("en")))
        second = sorted(number.replace(".", "").replace(",", ".") for number in re.findall(dutch, lever.nl))
        assert first == second, (name, lever.lever)
    assert all(measure.nl or measure.id in entries() for measure in ready)
