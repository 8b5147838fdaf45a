"""Every compiled rule says what the plain one says, on any input."""

from __future__ import annotations

import inspect
import types
import typing
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scenarios
from agents import choose, employer, rule, student, worker
from agents.circumstances import Climate, Person, School, Workplace
from agents.parameters import DTYPE
from agents.positions import GRADUATE, INACTIVE
from agents.rule import interpreted
from sim.schedule import record_of

MODULES = (choose, employer, student, worker)
RULES = {
    f"{module.__name__.split('.')[1]}.{name}": rule
    for module in MODULES
    for name, rule in vars(module).items()
    if hasattr(rule, "py_func") and rule.py_func.__module__ == module.__name__
}

BASELINE = record_of(scenarios.load("baseline"))


def varied(seed: int) -> Any:
    """Parameters of the baseline, every one moved by up to a half; shares stay shares."""
    rng = np.random.default_rng(seed)
    record = BASELINE.copy()
    for name in DTYPE.names or ():
        record[name] *= rng.uniform(0.5, 1.5, record[name].shape)
        if name in ("first_job_other", "profile_technical", "study_after_technical", "study_after_other"):
            record[name] = np.minimum(record[name], 0.99)
    return record.view(np.recarray)[0]


RECORDS = [varied(seed) for seed in range(4)]
uniform = st.integers(0, 2**32 - 1).map(lambda word: (word + 0.5) * 2.0**-32)
share = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0, allow_subnormal=False))
effect = st.floats(-3.0, 3.0, allow_subnormal=False)
bit = st.integers(0, 1)
count = st.integers(0, 40)
quarters = st.integers(0, 30)


def people(levels: int) -> Any:
    level, age = st.integers(0, levels - 1), st.integers(0, 15)
    return st.builds(Person, bit, bit, st.integers(0, 2), level, bit, age, bit, bit, bit, quarters)


BY_NAME: dict[str, Any] = {
    "u": uniform, "v": uniform, "luck": uniform, "dt": st.sampled_from([0.25, 1 / 12, 1.0]),
    "base": st.floats(0.0, 2.0, allow_subnormal=False), "effect": effect, "shift": effect,
    "rates": st.tuples(*[st.one_of(st.just(0.0), st.floats(0.0, 3.0, allow_subnormal=False))] * 5),
    "wanted": st.floats(0.0, 200.0, allow_subnormal=False), "demand": effect, "productivity": effect, "lent": share,
    "study": st.integers(0, 4), "position": st.integers(GRADUATE, INACTIVE), "quarters": quarters,
    "now": st.integers(48, 240), "amount": effect,
}  # fmt: skip
"""Inputs of rules by the name of the argument; the others by their type."""


def inputs(name: str) -> Any:
    """What a rule may be given."""
    rule = RULES[name].py_func
    hints = typing.get_type_hints(rule)
    pupil = name.startswith("student.")
    by_type = {
        "float": share, "int": bit, "Person": people(3 if pupil else 8),
        "Workplace": st.builds(Workplace, bit, share, share, share, share, share),
        "School": st.builds(School, share, share, share, share),
        "Climate": st.builds(
            Climate, st.floats(-0.1, 0.1), share, share, share, share, st.floats(-0.1, 0.1), st.floats(-0.1, 0.1),
            share, share, share, share,
        ),
        "Parameters": st.sampled_from(RECORDS),
    }  # fmt: skip
    counts = dict.fromkeys(("posts_wanted", "filled", "open_posts", "women", "technicians"), count)
    posts = {"post": st.integers(0, 255)} if hints.get("post") is int else {}
    reached = {"share": st.floats(0.01, 1.0)} if name == "employer.takes_part" else {}  # asked only of who is reached
    known = {**BY_NAME, **counts, **posts, **reached}
    found = []
    for argument in inspect.signature(rule).parameters:
        by_name = known.get(argument)
        found.append(by_name if by_name is not None else by_type[hints[argument].__name__])
    return st.tuples(*found)


@pytest.mark.parametrize("name", RULES)
def test_the_compiled_rule_says_what_the_plain_one_says(name: str) -> None:
    """To the last bit, for whatever a rule may be given."""
    compiled, plain = RULES[name], interpreted(RULES[name])
    assert isinstance(plain, types.FunctionType)
    assert plain is not compiled

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(inputs(name))
    def check(arguments: tuple[Any, ...]) -> None:
        assert plain(*arguments) == compiled(*arguments)

    check()


def test_every_rule_is_here() -> None:
    assert len(RULES) >= 50
    assert {"choose.pick", "employer.meets", "student.profile", "worker.labour_quarter"} <= set(RULES)


def test_compiled_code_is_kept_by_its_text_wherever_that_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = rule._cache_folder.__wrapped__
    usual = folder()
    assert usual is not None
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "chosen"))
    assert folder() == str(tmp_path / "chosen" / Path(usual).name)
    (tmp_path / "file").touch()
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "file"))
    assert folder() is None, "nothing can be kept in a file"
    monkeypatch.setattr(rule, "_cache_folder", lambda: None)
    kept = rule.kernel(lambda x: x + 1)
    assert kept(1) == 2
    assert str(tmp_path / "file") == numba.config.CACHE_DIR
