"""Bad scenario files: each gives one line that says where, what is wrong and what would be right."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from yaml.scanner import ScannerError

from agents.positions import LEVELS, SECTORS
from scenarios import InputError, available, load
from scenarios.catalogue import entry
from scenarios.checks import checked
from scenarios.reading import parse
from sim.scenario import Parameter
from sim.start import all_axes

Writer = Callable[[str | bytes], Path]

TOO_DEEP = "is nested deeper than 20 levels; check the brackets"
HEAD = """\
id: mine
title: Mine
summary: A file with one mistake.
extends: base.yaml
"""
GOOD = (
    HEAD
    + """\
parameters:
  leave_base:
    value: 0.05
    kind: assumed
    range: [0.01, 0.1]
    reason: a test
  leave_level:
    value: {vmbo: 0, havo: 0, vwo: 0, mbo2: 0.1, mbo3: 0, mbo4: 0, hbo: 0, wo: -0.1}
    kind: public
    source: a table
    range: [0.5, 2]
measures:
  - id: contact
    title: Contact
    source: a letter
    start: 2024-09-01
    phase_in_years: 2
    duration_years: 5.5
    reach:
      share: 0.5
      sizes: [small]
    levers:
      - lever: employers.part_time
        add: 0.1
        kind: documented
        source: a letter
      - lever: profile_technical
        add: {women: 0.1}
        kind: assumed
        range: [0.5, 2]
        reason: a test
    cost:
      - payer: government
        value: 1000
        source: a letter
"""
)
NAMES_IN_MESSAGES = {"<sectors>": SECTORS, "<levels>": LEVELS, "<first>": (next(iter(all_axes())),)}
MISTAKES = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))


def told(path: Path | str) -> str:
    """The message about a file, without the folder; it is one line, and nothing else is raised."""
    with pytest.raises(InputError) as caught:
        load(path)
    text = str(caught.value)
    assert text.isprintable()
    for word in ("Traceback", "pydantic", "Value error", "Input should"):
        assert word not in text
    assert text.endswith(caught.value.message)
    return text.replace(f"{Path(path).parent}/", "")


def test_the_good_file_is_good(write: Writer) -> None:
    assert [measure.id for measure in load(write(GOOD)).measures] == ["first", "contact"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["mistake"])
def test_a_mistake_in_a_good_file(mistake: dict[str, str], write: Writer) -> None:
    assert GOOD.count(mistake["replace"]) == 1
    message = mistake["message"]
    for mark, names in NAMES_IN_MESSAGES.items():
        message = message.replace(mark, ", ".join(names))
    reason = entry("planning_by_labour_intensity").not_judged
    message = message.replace("<reason>", reason.en if reason else "")
    assert told(write(GOOD.replace(mistake["replace"], mistake["by"]))) == f"mine.yaml:{message}"


ALLOWED = "give plain text, numbers, lists and keys"
COMPLETE = "give every parameter, or extend a scenario that does: 'extends: baseline'"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}]\n" for i in range(3000))
EMPTY = "1: is empty; a scenario has at least the keys id, title, summary and extends"
KEYS = "a scenario has keys with values, such as 'id: my_scenario'"
FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", EMPTY),
    "only spaces": (b"  \n\n", EMPTY),
    "only a comment": (b"# to do\n", EMPTY),
    "only a document mark": (b"---\n", EMPTY),
    "null": (b"~\n", EMPTY),
    "list at the top": (b"# mine\n- id: mine\n", f"2: is a list; {KEYS}"),
    "scalar at the top": (b"mine\n", f"1: is a single value; {KEYS}"),
    "number at the top": (b"0\n", f"1: is a single value; {KEYS}"),
    "empty mapping": (b"{}\n", "1: id: is missing; a scenario needs id, title, summary"),
    "JSON cut short": (
        b'{"id": "mine",\n',
        "2: a bracket before this is not closed, or a value is missing",
    ),
    "billion laughs": (
        BOMB.encode(),
        "5: e[7]: makes more than 100000 entries, aliases written out; use fewer",
    ),
    "aliases in a long chain": (
        CHAIN.encode(),
        f"19: a18[0]: {TOO_DEEP}",
    ),
    "brackets without end": (
        b"a: " + b"[" * 900,
        f"1: a{'[0]' * 5}: {TOO_DEEP}",
    ),
    "too many entries": (
        b"a: [" + b"1," * 200_000 + b"]",
        "1: a[99998]: makes more than 100000 entries, aliases written out; use fewer",
    ),
    "not UTF-8": (b"id: mine\ntitle: caf\xe9\n", "2: is not UTF-8 text (byte 0xe9); save the file as UTF-8"),
    "UTF-16": ("id: mine\n".encode("utf-16"), "1: is not UTF-8 text (byte 0xff); save the file as UTF-8"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00", "1: is not UTF-8 text (byte 0x89); save the file as UTF-8"),
    "zeros": (b"id: mine\n\x00\x00", "2: holds the control character U+0000; give a plain text file"),
    "tab before a key": (
        b"id: mine\n\ttitle: Mine\n",
        "2: a tab stands where YAML wants spaces; indent with spaces",
    ),
    "object at the top": (
        b"!!python/object/apply:os.system ['touch hacked']\n",
        f"1: the tag '!!python/object/apply:os.system' is not allowed; {ALLOWED}",
    ),
    "own tag": (
        b"id: !mine x\n",
        "1: id: the tag '!mine' is not allowed; give plain text, numbers, lists and keys",
    ),
    "duplicate key": (b"id: a\ntitle: b\nid: c\n", "3: id: stands twice, first on line 1; keep one"),
    "no extends and no parameters": (
        b"id: mine\ntitle: Mine\nsummary: Mine.\n",
        f"1: parameters: is missing; {COMPLETE}",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_scenario(name: str, write: Writer) -> None:
    content, message = FILES[name]
    assert told(write(content)) == f"mine.yaml:{message}"


def test_brackets_beyond_what_a_parser_follows(write: Writer) -> None:
    """Some versions of the parser stop by themselves, and do not say at which key."""
    found = told(write(b"a: " + b"[" * 100_000))
    assert found in {f"mine.yaml:1: {key}{TOO_DEEP}" for key in ("", f"a{'[0]' * 5}: ")}


def test_a_parser_that_stops_by_itself(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As PyYAML 6.0.4 does at a thousand brackets, whichever version is here."""
    mark = yaml.Mark("mine.yaml", 1003, 0, 1003, None, None)

    def stops(*arguments: object, **more: object) -> object:
        raise ScannerError("while increasing flow level", mark, "exceeded maximum nesting depth", mark)

    monkeypatch.setattr(yaml, "parse", stops)
    assert told(write(b"a: " + b"[" * 1001)) == f"mine.yaml:1: {TOO_DEEP}"


def test_half_a_character(write: Writer) -> None:
    assert told(write(b'id: "\\ud800"\n')).startswith("mine.yaml:1: ")


def test_a_large_file(write: Writer) -> None:
    message = "mine.yaml: is larger than 1 MiB; a scenario file is a few pages of text"
    assert told(write(HEAD.encode() + b"# filler\n" * 600_000)) == message


def test_a_directory(tmp_path: Path) -> None:
    assert told(tmp_path) == f"{tmp_path.name}: is a directory; give a scenario file, such as my_scenario.yaml"


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert told(tmp_path / "pipe") == "pipe: is not a file; give a scenario file, such as my_scenario.yaml"


def test_a_file_that_may_not_be_read(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(GOOD)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert told(path) == "mine.yaml: cannot be read: permission denied"


@pytest.mark.parametrize("name", ["nowhere/mine.yaml", "x" * 300, "a\0b", "", "quite another"])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"is neither a packaged scenario, a measure nor a file|is a directory"
    ) as caught:
        load(f"{tmp_path}/{name}" if "/" in name else name)
    assert str(caught.value).isprintable()


def test_a_file_whose_name_is_nearly_right(base: Path) -> None:
    message = "basis.yaml: is neither a packaged scenario, a measure nor a file; did you mean 'base.yaml'?"
    assert told(base.with_name("basis.yaml")) == message


@pytest.mark.skipif("baseline" not in available(), reason="there is no packaged baseline")
def test_a_name_that_is_nearly_a_packaged_one() -> None:
    assert told("Baselin") == "Baselin: is neither a packaged scenario, a measure nor a file; did you mean 'baseline'?"


def test_circles_of_two_and_three_files(write: Writer) -> None:
    mine = write(HEAD.replace("base.yaml", "two.yaml"))
    two = mine.with_name("two.yaml")
    two.write_text("title: Two\nextends: mine.yaml\n")
    circle = "goes round in a circle: mine.yaml -> two.yaml -> mine.yaml; extend another scenario"
    assert told(mine) == f"two.yaml:2: extends: {circle}"
    two.write_text("title: Two\nextends: three.yaml\n")
    mine.with_name("three.yaml").write_text(f"extends: {mine}\n")
    circle = "goes round in a circle: mine.yaml -> two.yaml -> three.yaml -> mine.yaml; extend another scenario"
    assert told(mine) == f"three.yaml:1: extends: {circle}"
    outside = mine.with_name("outside.yaml")
    outside.write_text("extends: two.yaml\n")
    circle = "goes round in a circle: two.yaml -> three.yaml -> mine.yaml -> two.yaml; extend another scenario"
    assert told(outside) == f"mine.yaml:4: extends: {circle}"


def test_a_mistake_in_the_extended_file_names_that_file(base: Path, write: Writer) -> None:
    base.write_text(base.read_text().replace("unit: per year", "unit: per year\n    colour: red"))
    assert told(write(GOOD)).startswith("base.yaml:")
    assert told(write(GOOD)).endswith(
        "parameters.leave_base.colour: unknown key; known here: " + ", ".join(Parameter.model_fields)
    )


@pytest.mark.parametrize(
    "odd", [None, True, [], {}, [None], {"": {}}, "", "x", -1, 1e999, float("nan"), [[[]]], {"x": {"y": 1}}]
)
def test_any_entry_may_be_anything(odd: object, base: Path) -> None:
    """Whatever stands anywhere in a file, the answer is a scenario or one line."""
    extended = load(base).parameters

    def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
        yield path
        if isinstance(value, dict | list):
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                yield from places(inner, (*path, key))

    for path in list(places(yaml.safe_load(GOOD)))[1:]:
        data = yaml.safe_load(GOOD)
        inner = data
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = odd
        with suppress(InputError):
            checked(parse(yaml.safe_dump(data).encode(), "mine.yaml"), extended)
