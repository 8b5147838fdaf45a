"""What the calibrate command says: how long the rest takes, and a mistake in one line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import calibration
from experiments import calibrate
from experiments.clock import Clock

from .conftest import Command


def test_the_clock_counts_steps_done_before_apart() -> None:
    ticks: list[bool] = []
    clock = Clock(1200, lambda: ticks.append(True))
    assert clock.words == "1,200 steps to go"
    for _ in range(200):
        clock.done(False)
    assert clock.words == "1,000 steps to go"
    for _ in range(100):
        clock.done(True)
    clock.begun = time.perf_counter() - 600.0
    assert clock.passed == pytest.approx(600.0, abs=5.0)
    assert clock.words == "about 90 minutes to go", "900 steps at 100 in ten minutes"
    for fresh in 450 * [False, True]:
        clock.done(fresh)
    assert clock.words == "about 0 minutes to go"
    assert len(ticks) == clock.reached == 1200
    assert clock.fresh == 550


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--generations", "16"], "'16' is no list of whole numbers"),
        (["--generations", "a,b"], "'a,b' is no list of whole numbers"),
        (["--generations", "16,"], "'16,' is no list of whole numbers"),
        (["--generations", "16,-8"], "'16,-8' is no list of whole numbers"),
        (["--generations", "4,8"], "4,8 is outside the limits"),
        (["--generations", "8,100001"], "8,100001 is outside the limits"),
        (["--generations", f"8,{'9' * 5000}"], "is no list of whole numbers"),
        (["--scale", "0"], "1 to 5000"),
        (["--adopt"], "is no checkout of careerflows"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_before_any_work(
    command: Command, arguments: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(_: object) -> None:
        pytest.fail("the work has begun")

    monkeypatch.setattr(calibrate, "prepare", begin)
    monkeypatch.setattr(calibration, "__file__", str(Path.cwd() / "calibration" / "__init__.py"))
    code, out, err = command("calibrate", *arguments)
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("error: ")
    assert expected in err
    assert not list(Path().iterdir())
