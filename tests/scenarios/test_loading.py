"""Good scenarios: packaged, complete, extended; places in a file; the schema."""

from __future__ import annotations

import hashlib
import math
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from agents.parameters import NAMES
from scenarios import InputError, available, load
from scenarios.errors import did_you_mean, key_of, shown
from scenarios.reading import parse
from scenarios.schema import FILE, json_schema, texts
from sim.scenario import PRACTICE_LEVERS, Scenario
from sim.schedule import record_of
from sim.start import all_axes, start_of

Writer = Callable[[str | bytes], Path]

MINE = """\
id: mine
title: Mine
summary: Everything that a file can say.
extends: base.yaml
parameters:
  leave_base: {value: 0.04, kind: assumed, range: [0.02, 0.08], reason: a test}
  profile_technical:
    value: &halves
      men: {vmbo: 0.4, havo: 0.5, vwo: 0.5}
      women: {vmbo: 0.1, havo: 0.2, vwo: 0.25}
    unit: share
    kind: public
    source: a table
    range: [0.8, 1.25]
  study_after_technical: {value: *halves, kind: public, source: a table}
measures:
  - id: contact
    title: Contact
    source: a letter
    start: "2024-09-15"
    phase_in_years: 2
    duration_years: 5.5
    reach: {share: 0.5, genders: [women]}
    levers:
      - {lever: profile_technical, add: {women: 0.1}, kind: assumed, range: [0.5, 2], reason: a test}
      - {lever: leave_base, multiply: 0.9, kind: calibrated, facts: [some_fact]}
    cost: [{value: 1e+6, payer: government, source: a letter}]
  - id: part_time
    title: Part-time
    source: a letter
    start: 2022-01-01
    reach: {sectors: [ict, metal], sizes: [small]}
    levers: [{lever: employers.part_time, add: 0.3, kind: documented, source: a letter}]
    cost: [{payer: employers, value: null}]
"""


def test_a_complete_file_loads(base: Path) -> None:
    scenario = load(base)
    assert set(scenario.parameters) == set(all_axes())
    assert [measure.id for measure in scenario.measures] == ["first"]
    assert scenario.files == (("base.yaml", hashlib.sha256(base.read_bytes()).hexdigest()),)
    assert record_of(scenario)["leave_base"][0] == 0.5
    assert start_of(scenario).shape == (1,)
    assert load(str(base)) == scenario


def test_a_file_overrides_and_adds(base: Path, write: Writer) -> None:
    scenario = load(write(MINE))
    assert (scenario.id, scenario.title) == ("mine", "Mine")
    leave = scenario.parameters["leave_base"]
    assert (leave.value, leave.unit, leave.meaning) == (0.04, "per year", "what leave_base means")
    assert scenario.parameters["study_after_technical"].value == scenario.parameters["profile_technical"].value
    assert scenario.parameters["leave_age"] == load(base).parameters["leave_age"]
    assert [measure.id for measure in scenario.measures] == ["first", "contact", "part_time"]
    contact, part_time = scenario.measures[1:]
    assert (contact.start, contact.duration_years, part_time.cost[0].value) == (date(2024, 9, 15), 5.5, None)
    assert contact.cost[0].value == 1e6
    assert [name for name, _ in scenario.files] == ["mine.yaml", "base.yaml"]


def test_files_extend_files_in_other_folders(base: Path, write: Writer) -> None:
    write(MINE)
    inner = base.parent / "inner"
    inner.mkdir()
    third = inner / "third.yml"
    third.write_text("id: third\ntitle: Third\nsummary: Of three.\nextends: ../mine.yaml\n")
    scenario = load(third)
    assert [name for name, _ in scenario.files] == ["third.yml", "mine.yaml", "base.yaml"]
    assert scenario.parameters["leave_base"].value == 0.04
    assert len(scenario.measures) == 3


def test_labels_may_be_quoted_numbers_and_words_that_yaml_1_1_changes(write: Writer) -> None:
    text = MINE.replace("title: Mine", "title: No").replace('"2024-09-15"', "2024-09-15")
    scenario = load(write(text.replace("summary: Everything", "summary: on 1:30 Everything")))
    assert scenario.title == "No"
    assert scenario.measures[1].start == date(2024, 9, 15)


def test_a_byte_order_mark_and_windows_lines_are_fine(write: Writer) -> None:
    assert load(write(b"\xef\xbb\xbf" + MINE.replace("\n", "\r\n").encode())).id == "mine"


def test_words_are_read_as_in_yaml_1_2() -> None:
    numbers = "1, +2, -3, 010, 0.5, .5, 5., 1e-3, 1E3, .inf, -.INF"
    words = "yes, on, 1_0, 1:30, 2024-01-01, ~, '1', true, 0x1f, ''"
    value = parse(f"a: [{numbers}, {words}]".encode(), "f").data["a"]
    assert value[:9] == [1, 2, -3, 10, 0.5, 0.5, 5.0, 0.001, 1000.0]
    assert [type(number) for number in value[:4]] == [int] * 4
    assert value[9:] == [
        math.inf, -math.inf, "yes", "on", "1_0", "1:30", "2024-01-01", None, "1", True, "0x1f", "",
    ]  # fmt: skip
    assert math.isnan(parse(b"a: .nan", "f").data["a"])
    assert parse(b"a: " + b"9" * 5000, "f").data["a"] == math.inf


def test_every_key_has_its_place() -> None:
    document = parse(b"a: 1\nb:\n  - x: 1\n    2020: [7,\n      8]\n", "f")
    assert document.data == {"a": 1, "b": [{"x": 1, "2020": [7, 8]}]}
    assert document.place(("a",)) == (1, 1)
    assert document.place(("b", 0, "2020")) == (4, 5)
    assert document.place(("b", 0, "2020", 1)) == (5, 7)
    assert document.place(("b", 0, "2020", 9)) == (4, 5)
    assert str(document.error(("b", 0, "x"), "is odd; make it even")) == "f:3: b[0].x: is odd; make it even"


def test_plain_data_is_what_safe_load_reads(base: Path) -> None:
    assert parse(base.read_bytes(), "f").data == yaml.safe_load(base.read_text()) | {
        "measures": [
            {**measure, "start": str(measure["start"])} for measure in yaml.safe_load(base.read_text())["measures"]
        ]
    }


def test_an_input_error_knows_its_parts_and_is_one_line() -> None:
    error = InputError("a\nb.yaml", 3, "x.y", "is\x1b[31m bad;\n give 1")
    assert (error.file, error.line, error.key) == ("a\nb.yaml", 3, "x.y")
    assert str(error) == "a\\nb.yaml:3: x.y: is\\x1b[31m bad;\\n give 1"
    assert str(InputError("a.yaml", None, "", "is bad")) == "a.yaml: is bad"


def test_small_words() -> None:
    assert key_of(("measures", 0, "reach", "a b")) == "measures[0].reach['a b']"
    assert shown("x" * 100).startswith("'xxx")
    assert len(shown("x" * 100)) < 60
    assert did_you_mean("Lever", ["levers", "reach"]) == "; did you mean 'levers'?"
    assert did_you_mean("zzz", ["levers", "reach"]) == ""


def test_importing_the_package_is_cheap() -> None:
    code = "import scenarios, sys; print({'numpy', 'pydantic', 'yaml', 'mesa', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_schema_file_is_up_to_date_and_free_of_values() -> None:
    for file, text in texts().items():
        assert file.read_text(encoding="utf-8") == text
    schema = json_schema()
    assert list(schema["properties"]["parameters"]["properties"]) == list(all_axes())
    assert schema["$defs"]["Lever"]["properties"]["lever"]["enum"] == [*NAMES, *PRACTICE_LEVERS]
    assert schema["required"] == ["id", "title", "summary"]


def test_the_schema_refers_only_to_what_it_defines() -> None:
    text, known = FILE.read_text(encoding="utf-8"), json_schema()["$defs"]
    used = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert used <= set(known)


@pytest.mark.skipif("baseline" not in available(), reason="there is no packaged baseline")
class TestPackaged:
    def test_every_packaged_scenario_loads(self) -> None:
        names = available()
        assert names[0] == "baseline"
        for name in names:
            scenario = load(name)
            assert isinstance(scenario, Scenario)
            assert scenario.id == name
            assert scenario.files[0][0] == f"{name}.yaml"
            record_of(scenario)
            start_of(scenario)

    def test_a_file_extends_a_packaged_scenario_by_name(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.yaml"
        path.write_text("id: mine\ntitle: Mine\nsummary: As it is.\nextends: baseline\n")
        scenario = load(path)
        assert scenario.parameters == load("baseline").parameters
        assert [name for name, _ in scenario.files] == ["mine.yaml", "baseline.yaml"]
