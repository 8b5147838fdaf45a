"""Texts in English and Dutch, from one table, and numbers as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

LANGUAGES: Final = ("en", "nl")
_spoken: ContextVar[str] = ContextVar("spoken", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let `say` and all that uses it speak a language for a while."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The language that is spoken now."""
    return _spoken.get()


def say(name: str, key: str, /, **put_in: Any) -> str:
    """One text of the table in the language that is spoken now."""
    return text(name, key, spoken(), **put_in)


def as_written(number: str) -> str:
    """A number with English separators as the language that is spoken now writes it."""
    return number if spoken() == "en" else number.translate(str.maketrans(",.", ".,"))


def cited(source: str, language: str) -> str:
    """A citation with its words of reference (`footnote`, `answers to`) in a language; the rest is Dutch as printed."""
    if language == "en":
        return source
    words = section("citation", language)
    pattern = "|".join(rf"\b{re.escape(word)}\b" for word in sorted(words, key=len, reverse=True))
    return re.sub(pattern, lambda found: words[found.group()], source)


@cache
def table() -> dict[str, dict[str, dict[str, str]]]:
    """All texts by section, key and language."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name in ("texts.yaml", "parameter_names.yaml", "live/texts.yaml"):
        found |= yaml.safe_load((resources.files("experiments") / name).read_text(encoding="utf-8"))
    return found


def section(name: str, language: str) -> dict[str, str]:
    """The texts of a section in a language, by key."""
    return {key: told[language] for key, told in table()[name].items()}


def text(name: str, key: str, language: str, /, **put_in: Any) -> str:
    """One text in a language, with numbers and words put in for its {names}; KeyError where it is not in the table."""
    told = table()[name][key][language]
    return told.format(**put_in) if put_in else told


def number_text(value: float, language: str) -> str:
    """A number with separators of thousands as a language writes them: 1,234.5 or 1.234,5; whole above a million."""
    value = value + 0.0  # no minus zero
    if value.is_integer() or abs(value) >= 1e6:
        told = f"{value:,.0f}"
    else:
        told = f"{value:,g}" if abs(value) >= 1e-4 else f"{value:.10f}".rstrip("0")
    with speaking(language):
        return as_written(told)
