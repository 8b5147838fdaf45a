"""What the page offers from the beginning, in its order: measures and ready scenarios."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

import scenarios


@cache
def first_measures() -> tuple[str, ...]:
    """The measures that stand on the page from the beginning."""
    return tuple(_order()["levers"])


@cache
def ready_scenarios() -> tuple[str, ...]:
    """Every ready scenario, in the order in which the page offers them."""
    first = tuple(_order()["presets"])
    return (*first, *(name for name in scenarios.available() if name not in first))


@cache
def titles(language: str) -> dict[str, str]:
    """The title of every ready scenario in a language, in the order in which the page offers them."""
    return {name: scenarios.load(name).texts(language)[0] for name in ready_scenarios()}


@cache
def _order() -> dict[str, list[str]]:
    file = resources.files("experiments.live") / "levers.yaml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))
