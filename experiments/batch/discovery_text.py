"""What a discovery tells: a record for programs, and a plain table with the region and how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from experiments.batch.answers import chance_words, pairs_words
from experiments.batch.boxes import Box, Inside
from experiments.batch.factors import Value
from experiments.screen import output, plain_table

if TYPE_CHECKING:
    from experiments.batch.discovery import Asked, Evidence

_MOST_VALUES: Final = 5
"""Values of a factor that are named one by one."""


def record_of(found: Evidence, asked: Asked, box: Box) -> dict[str, Any]:
    """What was found, for programs."""
    known = {one["name"]: one for one in found.factors}
    return {
        "experiment": found.experiment,
        "goal": found.goal.text,
        "missed": asked.missed,
        "scenario": found.scenario,
        "reference": found.reference,
        "points": len(found.points),
        "of_interest": int(found.interest.sum()),
        "pairs_at_each": found.pairs,
        "chance": None if isnan(found.told.chance) else found.told.chance,
        "threshold": asked.threshold,
        "box": asdict(box.step),
        "limits": [
            asdict(one)
            | {key: known[one.factor][key] for key in ("role", "unit", "meaning")}
            | {"whole": known[one.factor]["values"] or known[one.factor]["range"]}
            for one in box.limits
        ],
        "trajectory": [asdict(step) for step in box.trajectory],
    }


def show(found: Evidence, asked: Asked, box: Box) -> None:
    """Print what was found."""
    console, step = output(), box.step
    title = f"{found.goal.text}: where {found.scenario} {'misses' if asked.missed else 'reaches'} it"
    console.print(title, style="bold", markup=False, soft_wrap=True)
    table = plain_table("factor", "in the region", "of", *(["quasi-p"] if found.independent else []))
    known = {one["name"]: one for one in found.factors}
    for one in box.limits:
        cells = [inside_words(one, known[one.factor]), whole_words(known[one.factor])]
        table.add_row(one.factor, *cells, *([_p_words(one)] if found.independent else []))
    console.print(table)
    console.print(
        f"\n{step.of_interest:,} of the {step.points:,} points in the region {does(asked)} the goal: density "
        f"{step.density:.2f}, where all {len(found.points):,} points have {found.interest.mean():.2f}. They are "
        f"{step.of_interest:,} of all {int(found.interest.sum()):,} that do: coverage {step.coverage:.2f}. "
        f"The region holds {step.mass:.2f} of all points (mass)."
    )
    console.print(chance_words(found.told, "a limit that cuts off little more than that"), soft_wrap=True)
    console.print(f"[dim]A point is the mean of {pairs_words(found.pairs)}, {found.scenario} less {found.reference}.")
    console.print(f"[dim]{_QUASI_P if found.independent else _NO_QUASI_P}", soft_wrap=True)


_QUASI_P: Final = (
    "Quasi-p: chance of such a density if that limit made no difference; from below / from above where there are two."
)
_NO_QUASI_P: Final = "No quasi-p: points of this design share values with others; those of a Latin hypercube do not."


def inside_words(one: Inside, factor: dict[str, Any]) -> str:
    """What a box leaves of a factor, in words."""
    low, high = factor["range"] or (None, None)
    return _words(one.values, low if one.lowest is None else one.lowest, high if one.highest is None else one.highest)


def whole_words(factor: dict[str, Any]) -> str:
    """The whole range of a factor, or all its values, in words."""
    return _words(factor["values"], *(factor["range"] or (None, None)))


def _words(values: Sequence[Value] | None, low: float | None, high: float | None) -> str:
    if values is None:
        return f"{low:.4g} to {high:.4g}"
    if len(values) <= _MOST_VALUES:
        return ", ".join(value if isinstance(value, str) else f"{value:.4g}" for value in values)
    numbers = [value for value in values if not isinstance(value, str)]
    ends = f"{min(numbers):.4g} to {max(numbers):.4g}, " if len(numbers) == len(values) else ""
    return f"{ends}{len(values)} values"


def _p_words(one: Inside) -> str:
    return " / ".join(f"{p:.2g}" for p in one.quasi_p if p is not None)


def does(asked: Asked) -> str:
    """What the points of interest do with the goal."""
    return "miss" if asked.missed else "reach"
