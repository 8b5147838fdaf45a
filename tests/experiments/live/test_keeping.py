"""The folder of a session: kept whole or told, read again only where it is sound, and of one server alone."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from experiments.live import keeping
from experiments.live.chosen import nothing
from experiments.live.command import live
from experiments.live.country import Country
from experiments.live.predicting import Ready, about_here, posed, ready
from experiments.live.session import Session
from experiments.live.workshop import Question, Workshop
from experiments.options import UserError

HOW_MANY = Question("q1", "number", {"en": "How many?", "nl": "Hoeveel?"}, (), -1000.0, 5000.0, 100.0)
WHICH = Question("q2", "choice", {"en": "Which?", "nl": "Welke?"}, ({"en": "a", "nl": "a"}, {"en": "b", "nl": "b"}))
SAID = {"text": {"en": "So many", "nl": "Zoveel"}, "mean": 5.0, "low": 1.0, "high": 9.0, "runs": 12}


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """One with an open question and two answers."""
    found = Workshop(tmp_path)
    found.pose(HOW_MANY, {"asked": {}, "here": None})
    for value in (300, 200):
        assert found.answer(found.newcomer(), "q1", value)
    return found


def damaged(folder: Path, place: str, value: Any) -> None:
    """Put something else at a place of what is kept."""
    state = json.loads((folder / keeping.STATE).read_text(encoding="utf-8"))
    *around, last = place.split(".")
    inner = state
    for key in around:
        inner = inner[key]
    inner[last] = value
    (folder / keeping.STATE).write_text(json.dumps(state), encoding="utf-8")


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"code": 1}', "\x00", "[" * 100_000, '{"round": ' * 5000])
def test_a_damaged_session_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "session.json").write_text(text)
    with pytest.raises(UserError, match="is damaged; remove it, or give another folder"):
        Workshop(tmp_path)


@pytest.mark.parametrize(
    ("place", "value"),
    [("code", ""), ("code", 5), ("key", ""), ("key", "x"), ("secret", "\ud800"), ("secret", ""), ("choice", 5),
     ("round", None), ("round.phase", "foo"), ("round.phase", "waiting"), ("round.phase", "revealed"),
     ("round.answers", None), ("round.answers", []), ("round.answers", {"x": 1.0}), ("round.result", SAID),
     ("round.question", None), ("round.question.text", {}), ("round.question.low", "x"), ("round.question.low", 9000.0),
     ("round.question.step", 0.0), ("round.question.kind", "choice"), ("round.question.id", ""),
     ("round.basis", 5), ("more", 1)],
)  # fmt: skip
def test_no_part_of_a_session_is_taken_unseen(workshop: Workshop, tmp_path: Path, place: str, value: Any) -> None:
    damaged(tmp_path, place, value)
    with pytest.raises(UserError, match="is damaged"):
        Workshop(tmp_path)


@pytest.mark.parametrize("missing", ["text", "mean", "low", "high"])
def test_an_answer_of_the_model_is_kept_whole(workshop: Workshop, tmp_path: Path, missing: str) -> None:
    """The bars that its interval reaches are marked: without an end of it no page could be drawn."""
    workshop.close()
    workshop.reveal(SAID)
    damaged(tmp_path, "round.result", {key: value for key, value in SAID.items() if key != missing})
    with pytest.raises(UserError, match="is damaged"):
        Workshop(tmp_path)


def test_a_round_comes_back_in_every_phase(workshop: Workshop, tmp_path: Path) -> None:
    assert Workshop(tmp_path).round == workshop.round
    workshop.close()
    assert Workshop(tmp_path).round == workshop.round
    workshop.reveal(SAID)
    assert Workshop(tmp_path).round == workshop.round
    workshop.pose(WHICH)
    workshop.close()
    workshop.reveal({"text": SAID["text"], "best": [1], "options": [{"mean": 1.0}]})
    assert Workshop(tmp_path).round == workshop.round
    damaged(tmp_path, "round.result", {"text": SAID["text"]})
    with pytest.raises(UserError, match="is damaged"):
        Workshop(tmp_path)


@pytest.mark.parametrize(
    "basis",
    [None, {}, {"asked": 5, "here": None}, {"asked": {"id": "x"}, "here": None}, {"asked": {}, "here": 5},
     {"asked": {}, "here": "id: ["},
     {"asked": {**ready()["part_time_number"].model_dump(), "options": ["../secret"]}, "here": None},
     {"asked": {**ready()["part_time_number"].model_dump(), "indicator": "x"}, "here": None}],
)  # fmt: skip
def test_a_damaged_basis_leaves_the_model_without_an_answer(workshop: Workshop, tmp_path: Path, basis: Any) -> None:
    damaged(tmp_path, "round.basis", basis)
    session = Session(Country(), Workshop(tmp_path))
    session._go_on_with_round()
    assert session.no_model
    assert session.posed is None
    assert session.workshop.round.phase == "open", "people go on"


@pytest.mark.parametrize("asked", [*ready().values(), about_here("technicians", "women")], ids=lambda one: one.id)
def test_every_question_that_stands_ready_comes_back(tmp_path: Path, asked: Any) -> None:
    first = Workshop(tmp_path)
    first.pose(posed(asked, nothing()).question, {"asked": asked.model_dump(), "here": None})
    again = Workshop(tmp_path)
    assert again.round.question == first.round.question
    assert again.round.basis is not None
    assert Ready.model_validate(again.round.basis["asked"]) == asked


def test_a_folder_that_takes_nothing_stops_no_round(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, bool]] = []
    workshop.listeners.add(lambda: heard.append((workshop.round.phase, workshop.unkept)))

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("experiments.live.keeping.Path.replace", full)
        patched.setattr("experiments.live.keeping.os.write", full)
        assert workshop.answer(workshop.newcomer(), "q1", 100)
        workshop.close()
        workshop.reveal(SAID)
    assert heard == [("open", True), ("closed", True), ("revealed", True)]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["session.json"]
    workshop.clear()
    assert heard[-1] == ("waiting", False)
    rounds = [json.loads(line) for line in (tmp_path / "rounds.jsonl").read_text().splitlines()]
    assert [one["answers"] for one in rounds] == [[100.0, 200.0, 300.0]], "kept late, and not in order of arrival"


def test_half_a_round_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeping.append(tmp_path, {"a": 1})
    write = os.write

    def some(handle: int, data: bytes) -> int:
        if len(data) < 8:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data[:4])

    monkeypatch.setattr("experiments.live.keeping.os.write", some)
    with pytest.raises(OSError, match="No space"):
        keeping.append(tmp_path, {"b": 2222})
    assert (tmp_path / "rounds.jsonl").read_text() == '{"a": 1}\n'


@pytest.mark.parametrize("name", ["session.json", "rounds.jsonl", "session.lock"])
@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_nothing_but_a_file_of_the_folder_is_touched(tmp_path: Path, name: str, kind: str) -> None:
    folder, other = tmp_path / "session", tmp_path / "other.txt"
    folder.mkdir()
    other.write_text("mine")
    {"link": lambda: (folder / name).symlink_to(other), "folder": (folder / name).mkdir,
     "pipe": lambda: os.mkfifo(folder / name)}[kind]()  # fmt: skip
    with pytest.raises(UserError) as told, keeping.held(folder):
        Workshop(folder)
    assert name in str(told.value)
    with pytest.raises(OSError, match=r".*"):
        keeping._opened(folder / name, os.O_WRONLY | os.O_APPEND)
    assert other.read_text() == "mine"


def test_one_folder_is_of_one_server(tmp_path: Path) -> None:
    (tmp_path / ".session-old").touch()
    with keeping.held(tmp_path):
        assert not (tmp_path / ".session-old").exists()
        with pytest.raises(UserError, match=r"another server has .* open"), keeping.held(tmp_path):
            pass
    with keeping.held(tmp_path):
        pass


def test_a_folder_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for out in (Path("~nobody_of_that_name/x"), tmp_path / "round", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(UserError, match="--out: no folder can be made") as told:
            live(0, False, out, False, None, None)
        assert "\n" not in str(told.value)
