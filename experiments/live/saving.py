"""A choice as a scenario file that every command takes, and back."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import yaml

from experiments.live.chosen import FILE, Chosen, baseline, of_scenario
from scenarios.catalogue import entry, files
from scenarios.loading import load_text
from sim.scenario import Measure

LARGEST: Final = 200_000
"""Bytes of a file that can be loaded on the page; a scenario with every measure in full is smaller."""
LONGEST_TITLE: Final = 80


def identifier(title: str) -> str:
    """The id of a scenario with a title: lower case letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    return words if words[:1].isalpha() else f"scenario_{words}".strip("_")


def as_title(text: str) -> str:
    """What a user typed as a title: one line of printable characters, not too long."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(line.split())[:LONGEST_TITLE].strip()


def as_yaml(chosen: Chosen, title: str) -> str:
    """The choice as a scenario file: measures of the catalogue by their names, others in full."""
    data: dict[str, Any] = {
        "id": identifier(title),
        "title": title,
        "summary": f"Made on the live page: {title}",
        "extends": "baseline",
    }
    own = {
        name: parameter.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        for name, parameter in chosen.parameters.items()
        if parameter != baseline().parameters[name]
    }
    if own:
        data["parameters"] = own
    if chosen.settings:
        data["measures"] = [_entry(chosen, name) for name in chosen.settings]
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def _entry(chosen: Chosen, name: str) -> dict[str, Any]:
    setting, given = chosen.settings[name], chosen.original(name)
    if setting.values or name not in files() or entry(name).not_judged is not None or given != entry(name).measure():
        return _in_full(chosen.measure(name))
    told: dict[str, Any] = {"use": name}
    if setting.start != given.start:
        told["start"] = setting.start.isoformat()
    if setting.strength != 1.0:
        told["strength"] = setting.strength
    if setting.reach != given.reach.share:
        told["reach"] = {"share": setting.reach}
    return told


def _in_full(measure: Measure) -> dict[str, Any]:
    told = measure.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    told["cost"] = [one.model_dump(mode="json", exclude_defaults=True) | {"value": one.value} for one in measure.cost]
    return told


def from_yaml(content: bytes, name: str) -> tuple[Chosen, str]:
    """The choice that a scenario file holds, and its title; InputError where it is none."""
    scenario = load_text(content, name)
    return of_scenario(scenario, FILE), scenario.title
