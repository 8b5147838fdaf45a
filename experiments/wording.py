"""Numbers and names as people read them: rounded to what is known, with words instead of identifiers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from sim import career_graph

T = TypeVar("T")
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
    "study_choice": "other study after technical profile",
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
_LEAKS_MORE: Final = {
    "occupation": "people who leave for a non-technical occupation",
    "management": "promotions to non-technical management",
    "out_of_work": "people who lose or stop work",
    "retirement": "retirements",
    "abroad": "people who leave the country",
}
_WAYS_MORE: Final = {
    "graduates": "technical graduates in a first job",
    "early_hiring": "students hired before their diploma",
    "side_entry": "side entrants from other work",
    "retrained": "side entrants after retraining",
    "return": "technically educated people who return",
    "unemployed": "people hired from unemployment",
    "migration": "migrants",
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


def more_words(part: str, gain: float) -> str:
    """A component of a gain as more or fewer of something, such as: fewer retirements (leak point 10)."""
    if part.startswith("leak_"):
        point = int(part.removeprefix("leak_"))
        name, _ = career_graph.load().leak_points[point]
        what = f"{_LEAKS_MORE.get(name, leak_words(point))} (leak point {point})"
        return f"{'fewer' if gain > 0 else 'more'} {what}"
    way = part.removeprefix("in_")
    return f"{'more' if gain > 0 else 'fewer'} {_WAYS_MORE.get(way, way_words(way))}"


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
    return int(10 ** math.floor(math.log10(half / 5.0))) if half >= 5.0 else 1


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


def batched(every: Iterable[T], most: int) -> list[list[T]]:
    """Things page by page, `most` on each."""
    things = list(every)
    return [things[first : first + most] for first in range(0, len(things), most)]
