"""Everything with a name can be explained."""

from __future__ import annotations

import json
from typing import Any

import pytest

from experiments.explain import entries
from experiments.options import scenario_named
from scenarios import catalogue

from .conftest import Command, records


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("mismatch_leave", "parameter", "leave_occupation_rate"),
        ("start_vacancies", "parameter", "share"),
        ("employers.part_time", "lever on employers", "part_time_and_flexible_hours"),
        ("switch_tech_occ_to_nontech_occ_women_2022src", "fact", "5.6"),
        ("6", "leak point 6", "leave_occupation_rate"),
        ("leak 10", "leak point 10", "retired"),
        ("leak_6_occupation", "indicator", "people"),
        ("side_entry", "way in", "without a technical diploma"),
        ("seeking", "position", "without work"),
        ("leave_occupation_rate", "rule", "mismatch_leave"),
        ("new_year", "rule", "sim/january.py"),
        ("hire", "rule", "sim/hiring.py"),
        ("employers.part_time", "lever on employers", "adoption_chance"),
        ("occupation_switch_women", "measure of a fact", "switch_tech_occ_to_nontech_occ_women_2022src"),
        ("ten_year_work_guarantee", "measure", "ten_year_guarantee"),
        ("Hybrid-Teachers", "scenario", "hybrid_teachers_1000"),
        ("open_vacancies", "indicator", "posts"),
        ("switching_rates", "contradiction", "resolution"),
    ],
)
def test_explain(command: Command, name: str, kind: str, expected: str) -> None:
    code, out, _ = command("explain", name, "--json")
    assert code == 0
    found = [record for record in records(out) if record["kind"] == kind]
    assert len(found) == 1
    assert expected in json.dumps(found[0])
    code, out, _ = command("explain", name)
    assert code == 0
    assert kind in out


def test_explain_tells_where_a_number_comes_from(command: Command) -> None:
    (record,) = records(command("explain", "minority_leave", "--json")[1])
    assert record["value"] == f"{scenario_named('baseline').parameters['minority_leave'].value:g}"
    assert record["comes from"] == "calibrated"
    assert {"range", "reason", "unit", "meaning"} <= set(record)


def test_everything_can_be_explained() -> None:
    from experiments.explain import entries

    kinds = set()
    for entry in entries():
        told = {key: value for key, value in entry.tell().items() if value}
        assert told.get("meaning") or told.get("what") or told.get("value") or told.get("conflict"), entry.name
        kinds.add(entry.kind.split(" point")[0])
    assert kinds == {
        "parameter", "lever on employers", "fact", "contradiction", "public statistic", "leak", "way in", "position",
        "rule", "indicator", "measure of a fact", "measure", "scenario", "target", "calibrated number",
    }  # fmt: skip


def test_every_parameter_of_the_rules_is_read_somewhere() -> None:
    from agents.parameters import NAMES
    from experiments.sources import readers

    assert [name for name in NAMES if not readers(name)] == []


@pytest.fixture(scope="module")
def measures_told() -> dict[str, dict[str, dict[str, Any]]]:
    """Every measure of the catalogue explained, by language."""
    return {
        language: {one.name: one.tell() for one in entries(language) if one.kind == "measure"}
        for language in ("en", "nl")
    }


@pytest.mark.parametrize("name", catalogue.files())
def test_every_measure_explains_itself_in_both_languages(
    name: str, measures_told: dict[str, dict[str, dict[str, Any]]]
) -> None:
    for language, summary, mechanism, not_judged in (
        ("en", "summary", "mechanism", "cannot be judged"),
        ("nl", "samenvatting", "hoe het werkt", "niet te beoordelen"),
    ):
        told = {heading: text for heading, text in measures_told[language][name].items() if text}
        assert told[summary] == catalogue.entry(name).summary[language]
        assert len(told) >= 9
        assert (mechanism in told) is not (not_judged in told)


def test_a_measure_in_dutch(command: Command) -> None:
    code, out, _ = command("explain", "golden_gate", "--language", "nl")
    assert code == 0
    assert "Gouden Poort naar de techniek" in out
    assert "hoe het werkt" in out
