"""Scenario files checked without running them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.screen import print_json
from scenarios.catalogue import MEASURES, checked_entry
from scenarios.loading import load
from scenarios.reading import InputError, read
from sim.scenario import Scenario

WRONG = 2


def check(files: Sequence[str], as_json: bool) -> int:
    """Say of every file whether it is a valid scenario; returns the exit code."""
    told = []
    for file in files:
        try:
            summary = _measure(file) or _summary(load(file))
        except InputError as error:
            told.append({"file": file, "ok": False, "message": str(error)})
        else:
            told.append({"file": file, "ok": True, "message": summary})
    for record in told:
        if not record["ok"]:
            print(f"error: {record['message']}", file=sys.stderr)
        elif not as_json:
            print(f"{record['file']}: ok ({record['message']})")
    if as_json:
        print_json(told)
    return 0 if all(record["ok"] for record in told) else WRONG


def _measure(file: str) -> str | None:
    """What there is to say about a measure of the catalogue, or None where the file holds a scenario."""
    path = Path(file)
    if not path.is_file():
        return None
    document = read(path)
    if not ({"pillar", "status", "actor"} & set(document.data)):
        return None
    entry = checked_entry(document)
    judged = "" if entry.not_judged is None else ", cannot be judged"
    return f"a measure of the catalogue, {len(entry.levers)} lever{'' if len(entry.levers) == 1 else 's'}{judged}"


def _summary(scenario: Scenario) -> str:
    number = len(scenario.measures)
    measures = f"{number} measure{'' if number == 1 else 's'}"
    extended = [name.removesuffix(".yaml") for name, _ in scenario.files[1:] if not name.startswith(MEASURES)]
    return f"{measures}, extends {', '.join(extended) or 'nothing'}"
