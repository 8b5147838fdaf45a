"""Numbers, tables and levers on one line; apart from the rest of what is told, which needs the calibration."""

from __future__ import annotations

from typing import Any

from sim.scenario import Lever


def shown(value: Any) -> str:
    """A number, range or table on one line."""
    if isinstance(value, dict):
        inner = any(isinstance(part, dict) for part in value.values())
        parts = (f"{key}: {shown(part)}" if inner else f"{key} {shown(part)}" for key, part in value.items())
        return ("; " if inner else ", ").join(parts)
    if isinstance(value, tuple | list):
        return (", " if isinstance(value[0], str) else " to ").join(shown(part) for part in value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:,g}" if abs(value) < 1e6 else f"{value:,}"
    return str(value)


def moved_line(lever: Lever) -> str:
    """What a lever changes, on one line."""
    if lever.add is not None:
        return f"{lever.lever}: add {shown(lever.add)}"
    return f"{lever.lever}: multiply by {shown(lever.multiply)}"
