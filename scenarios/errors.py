"""The one-line message about a mistake of the user, and the small words in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

Path = tuple[str | int, ...]
"""Keys and list places that lead to an entry of a file."""

_PLAIN_KEY: Final = re.compile(r"[\w./+-]+")


class InputError(Exception):
    """A mistake of the user; its text is one line: file, line, key, what is wrong and what would be right."""

    def __init__(self, file: str, line: int | None, key: str, message: str) -> None:
        super().__init__(file, line, key, message)
        self.file, self.line, self.key, self.message = file, line, key, message

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        text = ": ".join(part for part in (where, self.key, self.message) if part)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(value: object) -> str:
    """A value as a message shows it, shortened where it is long."""
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 60 else f"{text[:40]}...{text[-10:]}"


def key_of(path: Path) -> str:
    """A path as it is written in messages: `measures[0].reach.share`."""
    text = ""
    for step in path:
        if isinstance(step, str) and _PLAIN_KEY.fullmatch(step) and len(step) <= 60:
            text += f".{step}" if text else step
        else:
            text += f"[{step if isinstance(step, int) else shown(step)}]"
    return text


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """`; did you mean 'levers'?` for the nearest of the words, nothing when none is near."""
    near = {known.casefold(): known for known in words}
    found = get_close_matches(word[:80].casefold(), near, n=1, cutoff=0.65)
    return f"; did you mean {near[found[0]]!r}?" if found else ""
