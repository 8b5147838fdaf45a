"""Scenarios and the catalogue of measures: loading, checking and explaining them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.errors import InputError
    from scenarios.loading import load
    from scenarios.packaged import available

__all__ = ["InputError", "available", "load"]

_HOME = {"InputError": "scenarios.errors", "available": "scenarios.packaged", "load": "scenarios.loading"}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
