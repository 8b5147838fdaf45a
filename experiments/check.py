"""Scenario files checked without running them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from experiments.screen import print_json
from scenarios.loading import load
from scenarios.reading import InputError
from sim.scenario import Scenario

WRONG = 2


def check(files: Sequence[str], as_json: bool) -> int:
    """Say of every file whether it is a valid scenario; returns the exit code."""
    told = []
    for file in files:
        try:
            scenario = load(file)
        except InputError as error:
            told.append({"file": file, "ok": False, "message": str(error)})
        else:
            told.append({"file": file, "ok": True, "message": _summary(scenario)})
    for record in told:
        if not record["ok"]:
            print(f"error: {record['message']}", file=sys.stderr)
        elif not as_json:
            print(f"{record['file']}: ok ({record['message']})")
    if as_json:
        print_json(told)
    return 0 if all(record["ok"] for record in told) else WRONG


def _summary(scenario: Scenario) -> str:
    number = len(scenario.measures)
    measures = f"{number} measure{'' if number == 1 else 's'}"
    if len(scenario.files) == 1:
        return f"{measures}, extends nothing"
    return f"{measures}, extends {scenario.files[1][0].removesuffix('.yaml')}"
