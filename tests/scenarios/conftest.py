"""A small complete scenario without any number from the world, and files that extend it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.parameters import labels
from sim.start import all_axes

UNITS = {
    "leave_base": "per year",
    "leave_level": "log effect",
    "pay_leave": "effect",
    "profile_technical": "share",
}


def table(axes: tuple[str, ...]) -> Any:
    """A half along every axis."""
    return {label: table(axes[1:]) for label in labels(axes[0])} if axes else 0.5


@cache
def base_text() -> str:
    parameters = {
        name: {
            "value": table(axes),
            "unit": UNITS.get(name, "number"),
            "meaning": f"what {name} means",
            "kind": "public",
            "source": "a table",
        }
        for name, axes in all_axes().items()
    }
    lever = {"lever": "employers.culture", "add": 0.2, "kind": "documented", "source": "a letter"}
    measure = {
        "id": "first",
        "title": "First",
        "source": "a letter",
        "start": "2023-01-01",
        "levers": [lever],
    }
    data = {
        "id": "base",
        "title": "Base",
        "summary": "Halves.",
        "parameters": parameters,
        "measures": [measure],
    }
    return yaml.safe_dump(data, sort_keys=False)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """`base.yaml`: every parameter, and one measure."""
    path = tmp_path / "base.yaml"
    path.write_text(base_text(), encoding="utf-8")
    return path


@pytest.fixture
def write(base: Path) -> Callable[[str | bytes], Path]:
    """Writes `mine.yaml` beside the base."""

    def writer(content: str | bytes) -> Path:
        path = base.with_name("mine.yaml")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return writer
