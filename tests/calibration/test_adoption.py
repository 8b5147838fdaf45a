"""Adopting values: the scenario file says them, and nothing else in it changes."""

from __future__ import annotations

from copy import deepcopy
from importlib import resources
from typing import Any

import numpy as np
import pytest
import yaml

import scenarios
from calibration.adoption import with_values
from calibration.priors import load_space

SMALL = """\
# head
id: small
parameters:
  # ---- a rule
  rate:
    {value: 0.02, unit: per year, kind: assumed, range: [0, 1],   # a comment
     meaning: "0.02 of all"}
  flow:
    {value: {other: 0.02, "70+": 1}, unit: x}
  block:
    value:
      men: {a: 0.1, b: 0.2}   # men
      # between
      women: {a: 0.3, b: 0.4}
    unit: x
  plain:
    value: {men: {a: 0.1}, women: {a: 0.2}}  # behind
measures: []
# tail
"""


@pytest.fixture(scope="module")
def baseline_text() -> str:
    return resources.files("scenarios").joinpath("baseline.yaml").read_text(encoding="utf-8")


def values_of(text: str) -> dict[str, Any]:
    return {name: entry["value"] for name, entry in yaml.safe_load(text)["parameters"].items()}


def test_the_same_values_change_no_value(baseline_text: str) -> None:
    again = with_values(baseline_text, values_of(baseline_text))
    assert yaml.safe_load(again) == yaml.safe_load(baseline_text)
    assert [line for line in again.splitlines() if "#" in line] == [
        line for line in baseline_text.splitlines() if "#" in line
    ]


def test_no_values_leave_every_character(baseline_text: str) -> None:
    assert with_values(baseline_text, {}) == baseline_text


def test_a_draw_of_the_priors_changes_just_its_numbers(baseline_text: str) -> None:
    space, baseline = load_space(), scenarios.load("baseline")
    drawn = space.tables(baseline, space.values(np.random.default_rng(1).random(len(space.names))).tolist())
    before, after = yaml.safe_load(baseline_text), yaml.safe_load(with_values(baseline_text, drawn))
    for name, table in drawn.items():
        assert after["parameters"][name]["value"] == table, name
        assert before["parameters"][name]["value"] != table, name
        after["parameters"][name]["value"] = before["parameters"][name]["value"]
    assert after == before


def test_only_lines_of_changed_values_differ(baseline_text: str) -> None:
    changed = deepcopy(values_of(baseline_text)["side_entry_base"])
    changed["women"]["hbo"] = 0.03125
    text = with_values(baseline_text, {"leave_base": 0.012345678, "side_entry_base": changed})
    pairs = list(zip(baseline_text.splitlines(), text.splitlines(), strict=True))
    different = [(old.strip(), new.strip()) for old, new in pairs if old != new]
    assert len(different) == 2
    assert "value: 0.012345678, unit: per year" in different[0][1]
    assert different[1][0].startswith("women: {vmbo:")
    assert "hbo: 0.03125" in different[1][1]


def test_all_kinds_of_tables_and_their_comments() -> None:
    expected = SMALL
    for old, new in (
        ("{value: 0.02,", "{value: 0.5,"),
        ('{other: 0.02, "70+": 1}', '{other: 0.04, "70+": 3}'),
        ("women: {a: 0.3, b: 0.4}", "women: {a: 0.35, b: -2}"),
        ("value: {men: {a: 0.1}, women: {a: 0.2}}", "value: {men: {a: 0}, women: {a: 0.2}}"),
    ):
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    values = {
        "plain": {"men": {"a": 0.0}, "women": {"a": 0.2}},
        "block": {"men": {"a": 0.1, "b": 0.2}, "women": {"a": 0.35, "b": -2.0}},
        "rate": 0.5,
        "flow": {"other": 0.04, "70+": 3.0},
    }
    assert with_values(SMALL, values) == expected


@pytest.mark.parametrize("value", [0.0, 1.0, 1665000.0, 0.00012345678, 12345.678, -0.85, 1e-4, 1.2e-05])
def test_a_number_is_written_so_that_it_is_read_as_the_same_number(value: float) -> None:
    found = values_of(with_values(SMALL, {"rate": value}))["rate"]
    assert isinstance(found, float | int)
    assert found == value


def test_a_small_round_number_is_read_as_a_number() -> None:
    assert values_of(with_values(SMALL, {"rate": 1e-05}))["rate"] == 1e-05


@pytest.mark.parametrize(
    ("values", "missing"),
    [({"unknown": 1.0}, "unknown"), ({"rate": 0.5, "value": 1.0}, "value"), ({"block": {"men": {}}}, "women")],
)
def test_unknown_names_are_refused(values: dict[str, Any], missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        with_values(SMALL, values)
