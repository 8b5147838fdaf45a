"""Uncertainty by source."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from calibration import posterior
from experiments.uncertainty import CHANCES, Spread, between, differences, runs_needed

from .conftest import Command


def test_spread_between_draws_is_found_with_chance_taken_off() -> None:
    rng = np.random.default_rng(1)
    draws = 3.0 * rng.standard_normal((4000, 1, 2)) + 5.0 * rng.standard_normal((4000, CHANCES, 2))
    assert between(draws) == pytest.approx([3.0, 3.0], rel=0.1)


def test_chance_alone_is_no_spread_between_draws() -> None:
    rng = np.random.default_rng(2)
    assert between(5.0 * rng.standard_normal((4000, CHANCES, 1)))[0] < 1.0


def test_spread_by_hand() -> None:
    values = np.array([[[1.0], [3.0]], [[5.0], [7.0]]])  # means 2 and 6: variance 8; within each pair 2, halved 1
    assert between(values) == pytest.approx([np.sqrt(7.0)])


def test_differences_are_with_the_first_scenario() -> None:
    values = np.array([[[1.0], [4.0], [9.0]]])
    assert differences(values).tolist() == [[[3.0], [8.0]]]
    assert differences(values[:, :1]).tolist() == [[[1.0]]]


def test_sources_are_added_as_independent() -> None:
    one = np.ones((1, 1, 1))
    found = Spread(one, 2.0 * one, 3.0 * one, 6.0 * one, one)
    assert found.together.item() == pytest.approx(7.0)


def test_number_of_runs() -> None:
    assert runs_needed(4, 24) == 2 * 24 * 2 * 4 + 24 * 4


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("draws.csv", "", "has no draws"),
        ("draws.csv", "draw\n0\n", "has no column 'weight'"),
        ("posterior.json", "x", "Expecting value"),
    ],
)
def test_a_damaged_posterior_is_told_in_one_line(
    name: str, text: str, what: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = Path(posterior.__file__).parent / "posterior"
    copy = tmp_path / "calibration" / "posterior"
    shutil.copytree(packaged, copy)
    (copy / name).write_text(text)
    monkeypatch.setattr(posterior, "resources", SimpleNamespace(files=lambda _: copy.parent))
    posterior.load_posterior.cache_clear()
    try:
        for arguments in (["validate"], ["explain", "layoff_base"], ["compare", "--uncertainty"]):
            code, out, err = command(*arguments)
            assert (code, out) == (2, "")
            assert err.startswith("error: calibration/posterior/ is damaged: ")
            assert what in err
            assert len(err.splitlines()) == 1
    finally:
        posterior.load_posterior.cache_clear()
