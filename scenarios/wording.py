"""What is wrong with an entry, in plain words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scenarios.errors import Path, did_you_mean, shown

_TAKES: Final = {
    "string_type": "text",
    "float_type": "a number",
    "date_type": "a date such as 2024-09-01",
    "tuple_type": "a list",
    "dict_type": "keys with values under it",
}
_RANGE: Final = "takes two numbers [lowest, highest]"
_DATE: Final = "is not a date; give year-month-day, for example 2024-09-01"


@dataclass(frozen=True)
class Problem:
    """Something wrong at a path of a file."""

    path: Path
    said: str | Callable[[], str]
    """What is wrong; a hint that takes time to find is found when it is told, as only the first problem is."""
    kind: str = ""
    """unknown or missing, for a key that is; a missing key counts for nothing beside an unknown one."""

    @property
    def message(self) -> str:
        """What is wrong and what would be right."""
        return self.said if isinstance(self.said, str) else self.said()


def kind_of(value: object) -> str:
    """What a value is, as in: takes a number, not ..."""
    if isinstance(value, bool):
        return f"not {str(value).lower()}"
    if isinstance(value, int | float):
        return f"not the number {shown(value)}"
    if isinstance(value, str):
        return f"not the text {shown(value)}"
    if value is None:
        return "but nothing is given"
    return "not a list" if isinstance(value, list | tuple) else "not keys with values under it"


def wrong_type(takes: str, value: object) -> str:
    """A value of the wrong type, with a hint for numbers that were written otherwise."""
    hint = ""
    if takes == "a number" and isinstance(value, str):
        number = re.fullmatch(r"([-+]?\d+)[.,]?(\d*) ?(%?)", value[:40], re.ASCII)
        if number:
            amount = float(f"{number[1]}.{number[2]}0") / (100 if number[3] else 1)
            hint = f"; write {amount:g}"
    elif takes == "text" and value is not None and not isinstance(value, list | dict):
        hint = "; put it in quotes"
    elif takes == "a list" and isinstance(value, str) and value:
        hint = f"; write [{shown(value)[1:-1]}]"
    elif takes == "a list" and isinstance(value, dict):
        hint = "; begin every entry with '- '"
    return f"takes {takes}, {kind_of(value)}{hint}"


def not_one_of(word: object, allowed: tuple[str, ...] | list[str]) -> str:
    """A word that is none of the allowed ones."""
    if not isinstance(word, str):
        return f"takes one of {', '.join(allowed)}, {kind_of(word)}"
    return f"{shown(word)} is not one of {', '.join(allowed)}{did_you_mean(word, list(allowed))}"


def outside(value: float, low: float, high: float, above: bool = False) -> str:
    """What is wrong with a number that must lie between bounds (`above`: over the lower one); or nothing."""
    if not math.isfinite(value):
        return "is not a finite number; give a number such as 0.25"
    if low < value <= high or (value == low and not above):
        return ""
    if math.isinf(high):
        right = f"give a number above {low:.12g}" if above else f"give {low:.12g} or more"
    elif above:
        right = f"give a number above {low:.12g}, up to {high:.12g}"
    else:
        right = f"give a number from {low:.12g} to {high:.12g}"
    if value > high:
        return f"{value:.12g} is more than {high:.12g}; {right}"
    return f"{value:.12g} is {'not more' if above and value == low else 'less'} than {low:.12g}; {right}"


def problems_in(errors: list[ErrorDetails], model: type[BaseModel]) -> Iterator[Problem]:
    """What the models found, in plain words; tables of numbers are left to `scenarios.measure_checks`."""
    for error in errors:
        path, value = error["loc"], error["input"]
        if _in_table(path) or (error["type"] == "too_short" and value):
            continue
        around = path if error["type"] == "model_type" else path[:-1]
        yield _problem(error, path, value, _model_at(model, around))


def _in_table(path: Path) -> bool:
    if path[:1] == ("parameters",):
        return len(path) > 3 and path[2] == "value"
    place = path.index("levers") if "levers" in path else len(path)
    return len(path) > place + 3 and path[place + 2] in ("add", "multiply")


def _problem(error: ErrorDetails, path: Path, value: Any, model: type[BaseModel]) -> Problem:
    kind, context, name = error["type"], error.get("ctx", {}), path[-1] if path else ""
    fields = model.model_fields
    if kind == "extra_forbidden":
        return Problem(path, partial(_unknown_key, str(name), list(fields)), "unknown")
    if kind == "missing":
        if isinstance(name, int):
            return Problem(path[:-1], f"{_RANGE}, not {len(value)}")
        options = [word for word in get_args(fields[str(name)].annotation) if isinstance(word, str)]
        needed = ", ".join(key for key, info in fields.items() if info.is_required())
        right = f"give one of {', '.join(options)}" if options else f"{_name(model)} needs {needed}"
        return Problem(path, f"is missing; {right}", "missing")
    if kind == "model_type":
        required = [key for key, info in fields.items() if info.is_required()]
        return Problem(path, wrong_type(f"the keys {', '.join(required or fields)}", value))
    if kind == "tuple_type" and name == "range":
        return Problem(path, f"{_RANGE}, {kind_of(value)}")
    if kind in _TAKES:
        return Problem(path, wrong_type(_TAKES[kind], value))
    if kind.startswith("int_"):
        return Problem(path, _not_whole(value, _bounds(fields[str(name)].metadata if name in fields else [])))
    if kind == "string_pattern_mismatch":
        return Problem(path, f"{shown(value)} is not a short name; use letters, digits and _ . - only")
    if kind.startswith("date_"):
        return Problem(path, f"{shown(value)} {_DATE}")
    if kind == "literal_error":
        return Problem(path, partial(not_one_of, value, re.findall("'([^']*)'", context["expected"])))
    if kind in ("greater_than", "greater_than_equal", "less_than_equal", "finite_number"):
        info = fields.get(str(name))
        return Problem(path, outside(_number(value), *_bounds(info.metadata if info else [])))
    if kind == "too_short":
        return Problem(path, f"is empty; give at least one {str(name).removesuffix('s')}")
    if kind == "too_long":
        return Problem(path, f"{_RANGE}, not {len(value)}")
    if kind == "value_error":
        message = str(context["error"])
        first, _, rest = message.partition(" ")
        return Problem((*path, first), rest) if first in fields else Problem(path, message)
    return Problem(path, error["msg"][:1].lower() + error["msg"][1:])


def _unknown_key(name: str, known: list[str]) -> str:
    return f"unknown key{did_you_mean(name, known) or '; known here: ' + ', '.join(known)}"


def _not_whole(value: Any, limits: tuple[float, float, bool]) -> str:
    """What is wrong with a value that is to be a whole number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return wrong_type("a whole number", value)
    problem = outside(_number(value), *limits)
    return problem or f"{value:.12g} is no whole number; give one such as {round(value)}"


def _name(model: type[BaseModel]) -> str:
    name = model.__name__.lower().removesuffix("file")
    return f"a{'n' * (name[0] in 'aeiou')} {name}"


def _number(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _bounds(metadata: list[Any]) -> tuple[float, float, bool]:
    low, high, above = -math.inf, math.inf, False
    for bound in metadata:
        low, high = getattr(bound, "ge", low), getattr(bound, "le", high)
        if hasattr(bound, "gt"):
            low, above = bound.gt, True
    return low, high, above


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The innermost model on a path."""
    for step in path:
        info = model.model_fields.get(step) if isinstance(step, str) else None
        if info is not None:
            model = _model_in(info.annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
