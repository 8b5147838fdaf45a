"""Numbers and names as people read them: rounded to what is known, with words instead of identifiers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sim import career_graph

GROUP_WORDS: Final = {
    "all": "all",
    "women": "women",
    "men": "men",
    "migration": "with a migration background",
    "mbo": "up to mbo",
    "hbo_wo": "hbo and wo",
}
_LEAKS: Final = {
    "profile": "another profile at school",
    "study_choice": "non-technical study after technical profile",
    "switch": "switch to a non-technical study",
    "drop_out": "drop-out from a technical study",
    "first_job": "non-technical first job",
    "occupation": "to a non-technical occupation",
    "sector": "to another sector",
    "management": "to non-technical management",
    "out_of_work": "out of work",
    "retirement": "retirement",
    "abroad": "leaving the country",
}
_WAYS: Final = {
    "graduates": "technical graduates",
    "early_hiring": "hired before the diploma",
    "side_entry": "side entry from other work",
    "retrained": "side entry after retraining",
    "return": "return of technically educated",
    "unemployed": "from unemployment",
    "migration": "migration",
}
_STOCKS: Final = {"open_vacancies": "open technical vacancies", "side_entrants": "side entrants a year"}


def words(name: str) -> str:
    """An identifier in plain words."""
    return name.replace("_", " ")


def leak_words(point: int) -> str:
    """What a leak point is, in a few words."""
    name, _ = career_graph.load().leak_points[point]
    return _LEAKS.get(name, words(name))


def way_words(way: str) -> str:
    """What a way in is, in a few words."""
    return _WAYS.get(way, words(way))


def part_words(part: str) -> str:
    """What a component of the number of technicians is, such as `leak_6` or `in_return`."""
    if part.startswith("leak_"):
        point = int(part.removeprefix("leak_"))
        return f"{point} {leak_words(point)}"
    return way_words(part.removeprefix("in_")) if part.startswith("in_") else "at the start"


def indicator_words(indicator: str, group: str = "all") -> str:
    """What an indicator counts, for a group."""
    if indicator.startswith("leak_"):
        point = int(indicator.split("_")[1])
        text = f"{point} {leak_words(point)}"
    elif indicator.startswith("in_"):
        text = way_words(indicator.removeprefix("in_"))
    else:
        text = _STOCKS.get(indicator, words(indicator))
    return text if group == "all" else f"{text}, {GROUP_WORDS.get(group, words(group))}"


def step(half: float) -> int:
    """Power of ten to which a number is rounded whose 95% interval reaches `half` to each side."""
    if not half >= 2.0:
        return 1
    return int(10 ** math.floor(math.log10(half / 2.0)))


def rounded(value: float, to: int) -> int:
    """Nearest multiple of a step, halves away from zero."""
    return int(math.copysign(math.floor(abs(value) / to + 0.5) * to, value))


def count(value: float, to: int = 1) -> str:
    """A number of people: 1,234."""
    return f"{rounded(value, to):,}"


def change(value: float, to: int = 1) -> str:
    """A difference in people, with its sign: +1,234."""
    number = rounded(value, to)
    return f"{number:+,}" if number else "0"


def summing(values: Sequence[float], to: int) -> list[int]:
    """Values rounded to a step so that they add up to the rounded sum: the largest remainders go up."""
    low = [math.floor(value / to) for value in values]
    left = rounded(math.fsum(values), to) // to - sum(low)
    by_remainder = sorted(range(len(low)), key=lambda i: low[i] - values[i] / to)
    for i in by_remainder[: max(left, 0)]:
        low[i] += 1
    return [number * to for number in low]


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
