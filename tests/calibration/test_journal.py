"""The journal: finished runs survive, and only in the calibration that they belong to."""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from calibration.journal import NAME, Journal, JournalError, point_of

IDENTITY: dict[str, Any] = {"scale": 20.0, "model_sha256": "a1", "parameters_sha256": "b2"}
AWKWARD = {"a": 0.1 + 0.2, "b": 1 / 3, "c": 5e-324, "d": 1.7976931348623157e308, "e": -0.0}


def kept(folder: Path, *runs: tuple[str, int]) -> Path:
    """The file of a journal with these runs."""
    journal = Journal(folder, IDENTITY)
    for point, seed in runs:
        journal.add(point, seed, AWKWARD)
    journal.close()
    return journal.file


def test_runs_are_found_again_with_every_digit(tmp_path: Path) -> None:
    kept(tmp_path / "deep" / "folder", ("p", 1), ("p", 2), ("q", 1))
    journal = Journal(tmp_path / "deep" / "folder", IDENTITY)
    found = journal.get("p", 2)
    assert len(journal) == 3
    assert found is not None
    assert {name: value.hex() for name, value in found.items()} == {n: v.hex() for n, v in AWKWARD.items()}
    assert journal.get("q", 2) is None
    journal.close()


def test_a_run_is_on_disk_before_the_journal_is_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path, IDENTITY)
    journal.add("p", 1, AWKWARD)
    assert len(journal.file.read_text(encoding="utf-8").splitlines()) == 2
    assert journal.get("p", 1) == AWKWARD
    journal.close()


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_last_line_cut_off_is_dropped_and_the_file_is_whole_again(tmp_path: Path, cut: int) -> None:
    whole = kept(tmp_path, ("p", 1), ("p", 2)).read_bytes()
    (tmp_path / NAME).write_bytes(whole[:-cut])
    journal = Journal(tmp_path, IDENTITY)
    assert len(journal) == 1
    assert journal.get("p", 2) is None
    journal.add("p", 2, AWKWARD)
    journal.close()
    assert journal.file.read_bytes() == whole


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"scale": 50.0}, "scale"),
        ({"scale": 50.0, "model_sha256": "c3"}, "model_sha256, scale"),
        ({"more": 1}, "more"),
    ],
)
def test_another_calibration_is_refused_with_what_differs(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    before = kept(tmp_path, ("p", 1)).read_bytes()
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path, IDENTITY | changes)
    expected = f"{tmp_path / NAME}: belongs to a calibration with other {named}; give another folder"
    assert str(caught.value) == expected
    assert (tmp_path / NAME).read_bytes() == before


def test_a_journal_with_one_more_setting_is_refused(tmp_path: Path) -> None:
    kept(tmp_path)
    with pytest.raises(JournalError, match="other settings; give another folder"):
        Journal(tmp_path, {"scale": 20.0})


@pytest.mark.parametrize(
    "text", ["hello\n", "\n", '{"scale": 20.0}\n[1]\n', '{"scale": 20.0}\n{"point": "p"}\n', "hello"]
)
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(JournalError, match="give another folder") as caught:
        Journal(tmp_path, {"scale": 20.0})
    assert "\n" not in str(caught.value)
    assert (tmp_path / NAME).read_text(encoding="utf-8") == text


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"PK\xff\xfe\n")
    with pytest.raises(JournalError, match="give another folder"):
        Journal(tmp_path, IDENTITY)


def test_points_differ_by_the_last_digit_the_order_and_pairing() -> None:
    values = [0.1, 0.2]
    others = [([0.1, 0.2], True), ([0.1, 0.20000000000000004], False), ([0.2, 0.1], False), ([0.1, 0.2, 0.0], False)]
    points = {point_of(values, False), *(point_of(other, paired) for other, paired in others)}
    assert len(points) == 5
    assert point_of((0.1, 0.2), False) == point_of(values, False)


class Slow(io.TextIOWrapper):
    """A file that is written in two parts, with time for others between them."""

    def write(self, text: str) -> int:
        super().write(text[:20])
        self.flush()
        time.sleep(0.0005)
        return super().write(text[20:])


def test_runs_added_at_once_are_all_kept_even_when_writing_takes_long(tmp_path: Path) -> None:
    journal = Journal(tmp_path, IDENTITY)
    journal._stream = Slow(journal._stream.detach(), encoding="utf-8")
    together = threading.Barrier(8)

    def add(point: int) -> None:
        together.wait()
        for seed in range(25):
            journal.add(f"p{point}", seed, {"a": point + seed / 7})

    threads = [threading.Thread(target=add, args=(point,)) for point in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    again = Journal(tmp_path, IDENTITY)
    again.close()
    assert len(again) == 200
    assert all(again.get(f"p{point}", seed) == {"a": point + seed / 7} for point in range(8) for seed in range(25))
