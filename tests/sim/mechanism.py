"""A row of the table of mechanisms: the lever that is moved, and what that changes and leaves alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .paths import Path

FOREVER = 10_000


@dataclass(frozen=True)
class Row:
    """One mechanism: the lever that is moved, what must go up or down, and what must stay as it is until when."""

    mechanism: str
    lever: str
    change: dict[str, Any]
    up: dict[str, Path] = field(default_factory=dict)
    down: dict[str, Path] = field(default_factory=dict)
    same: dict[str, tuple[Path, int]] = field(default_factory=dict)
    """Paths that are equal to those of the baseline up to a number of quarters."""
    years: int = 3
    first: int | None = None
    """Quarters that count for up and down, from the start; all if not given."""
    base: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()
    """Levers moved in both runs of a pair, to show the mechanism where it matters."""


ALL_SECTORS = (
    "construction", "metal", "energy", "ict", "chemistry", "other_industry", "food_industry", "other_sectors",
)  # fmt: skip
GUARANTEE = (("employers.guarantee", (("add", 1.0),)),)
BOOM = (("demand_growth", (("multiply", 8.0),)),)
SCARCE = (("students_per_teacher", (("multiply", 0.7),)),)


def all_sectors(change: float) -> dict[str, Any]:
    return {"add": dict.fromkeys(ALL_SECTORS, change)}
