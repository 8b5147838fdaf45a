"""What the rules by hand are given: parameters, people, workplaces, and how an answer is compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from agents.circumstances import Climate, Person, School, Workplace
from agents.parameters import DTYPE, axes_of, labels
from agents.rule import interpreted


def given_parameters(**values: Any) -> Any:
    """A record of parameters: those given, and 0 for all others; a table is given by its labels, along its axes."""
    record = np.zeros(1, DTYPE)
    for name, value in values.items():
        record[name][0] = along(value, axes_of(name))
    return record.view(np.recarray)[0]


def along(value: Any, axes: tuple[str, ...]) -> Any:
    """Numbers along axes; a label that is not given counts as 0, a number stands for all labels."""
    if not axes:
        return value
    names = labels(axes[0])
    if not isinstance(value, dict):
        return [along(value, axes[1:]) for _ in names]
    assert set(value) <= set(names)
    return [along(value.get(name, 0.0), axes[1:]) for name in names]


def told(rule: Callable[..., Any], *arguments: Any) -> Any:
    """What a rule says, which is the same compiled and interpreted."""
    plain, compiled = interpreted(rule)(*arguments), rule(*arguments)
    assert plain == compiled
    return plain


def about(value: float | tuple[float, ...]) -> Any:
    return pytest.approx(value, rel=1e-12)


def just_below(value: float) -> float:
    return value * (1.0 - 1e-9)


def just_above(value: float) -> float:
    return value * (1.0 + 1e-9)


MAN = Person(woman=0, migrant=0, origin=0, level=0, technical=0, age=0, wish=0, parent=0, guaranteed=0, quarters=0)
CALM = Climate(*(0.0 for _ in Climate._fields))
WORK = Workplace(mismatch=0, culture=0.0, training=0.0, pressure=0.0, minority=0.0, slack=0.0)
CLASS = School(*(0.0 for _ in School._fields))
MBO4, HBO, WO = 5, 6, 7  # level codes; 3 is mbo 2
NONE = given_parameters()
