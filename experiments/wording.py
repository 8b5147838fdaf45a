"""Numbers and names as people read them: rounded to what is known, with words instead of identifiers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeVar

from experiments.texts import as_written, say
from sim import career_graph

T = TypeVar("T")


def words(name: str) -> str:
    """An identifier in plain words."""
    return name.replace("_", " ")


def leak_words(point: int) -> str:
    """What a leak point is, in a few words."""
    return say("leak", career_graph.load().leak_points[point][0])


def way_words(way: str) -> str:
    """What a way in is, in a few words."""
    return say("way", way)


def part_words(part: str) -> str:
    """What a component of the number of technicians is, such as `leak_6` or `in_return`."""
    if part.startswith("leak_"):
        point = int(part.removeprefix("leak_"))
        return f"{point} {leak_words(point)}"
    return way_words(part.removeprefix("in_")) if part.startswith("in_") else say("words", "at_the_start")


def more_words(part: str, gain: float) -> str:
    """A component of a gain as more or fewer of something, such as: fewer retirements (leak point 10)."""
    if part.startswith("leak_"):
        point = int(part.removeprefix("leak_"))
        name, _ = career_graph.load().leak_points[point]
        what = f"{say('leak_more', name)} ({say('words', 'leak_point')} {point})"
        return f"{say('words', 'fewer' if gain > 0 else 'more')} {what}"
    what = say("way_more", part.removeprefix("in_"))
    return f"{say('words', 'more' if gain > 0 else 'fewer')} {what}"


def indicator_words(indicator: str, group: str = "all") -> str:
    """What an indicator counts, for a group."""
    if indicator.startswith("leak_"):
        point = int(indicator.split("_")[1])
        text = f"{point} {leak_words(point)}"
    elif indicator.startswith("in_"):
        text = way_words(indicator.removeprefix("in_"))
    else:
        text = say("indicator", indicator)
    return text if group == "all" else f"{text}, {say('group', group)}"


def step(half: float) -> int:
    """Power of ten to which a number is rounded whose 95% interval reaches `half` to each side."""
    return int(10 ** math.floor(math.log10(half / 5.0))) if half >= 5.0 else 1


def rounded(value: float, to: int) -> int:
    """Nearest multiple of a step, halves away from zero."""
    return int(math.copysign(math.floor(abs(value) / to + 0.5) * to, value))


def count(value: float, to: int = 1) -> str:
    """A number of people: 1,234."""
    return as_written(f"{rounded(value, to):,}")


def change(value: float, to: int = 1) -> str:
    """A difference in people, with its sign: +1,234."""
    number = rounded(value, to)
    return as_written(f"{number:+,}") if number else "0"


def summing(values: Sequence[float], to: int) -> list[int]:
    """Values rounded to a step so that they add up to the rounded sum: the largest remainders go up."""
    low = [math.floor(value / to) for value in values]
    left = rounded(math.fsum(values), to) // to - sum(low)
    by_remainder = sorted(range(len(low)), key=lambda i: low[i] - values[i] / to)
    for i in by_remainder[: max(left, 0)]:
        low[i] += 1
    return [number * to for number in low]


def duration(seconds: float) -> str:
    """A time as people say it: `42 s`, `7 min`, `3 h 20 min`, `2 days 5 h`."""
    if seconds < 60.0:
        return f"{seconds:.0f} s" if seconds >= 9.5 else f"{seconds:.1f} s"
    minutes = round(seconds / 60.0)
    if minutes < 60:
        return f"{minutes} min"
    hours = round(minutes / 60.0)
    if hours < 24:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{hours // 24} day{'' if hours // 24 == 1 else 's'} {hours % 24} h"


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {say('words', 'and')} {parts[-1]}"


def batched(every: Iterable[T], most: int) -> list[list[T]]:
    """Things page by page, `most` on each."""
    things = list(every)
    return [things[first : first + most] for first in range(0, len(things), most)]


def size_words(size: float) -> str:
    """A size as people say it."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000.0 or unit == "GB":
            return f"{size:,.0f} {unit}" if unit in ("bytes", "KB") or size >= 10.0 else f"{size:.1f} {unit}"
        size /= 1000.0
    raise AssertionError
