"""The documented facts beside what the simulation gives."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.facts import Fact, Role, load_facts
from calibration.measures import YEARS, measured
from experiments.comparison import interval
from experiments.folders import results_folder
from experiments.manifest import manifest, write_manifest
from experiments.options import BASELINE, Settings, UserError, scenario_named
from experiments.replicates import Batch, prepare
from experiments.screen import notice, output, place_words, plain_table, print_json, progress, waiting
from sim.clock import FIRST_YEAR

ROLES: Final[dict[Role, str]] = {
    "target": "Targets: the model is fitted to them",
    "validation": "Validation: compared after fitting",
    "input": "Input: taken as given, measured again",
}
INTERRUPTED: Final = 130
NEEDED: Final = date(FIRST_YEAR + YEARS, 4, 1)
"""End of the shortest run in which every fact can be measured."""

Record = dict[str, Any]


def records(samples: Sequence[Mapping[str, float]]) -> list[Record]:
    """Facts beside what was measured in each replicate.

    A fact is within tolerance if the simulated mean is no farther from it than the tolerance (for a range: from its
    nearer end). Where there is no tolerance or no measure, `within` is null.
    """
    shown = [
        fact for role in ROLES for fact in load_facts().with_role(role) if fact.measure is not None or role == "target"
    ]
    return [_record(fact, [sample[fact.id] for sample in samples if fact.id in sample]) for fact in shown]


def _record(fact: Fact, values: Sequence[float]) -> Record:
    low, high = _bounds(fact)
    mean, least, most = (float(x) for x in interval(np.array(values))) if values else (math.nan,) * 3
    return {
        "id": fact.id,
        "documented": list(fact.value) if isinstance(fact.value, tuple) else fact.value,
        "low": low,
        "high": high,
        "simulated": _number(mean),
        "simulated_low": _number(least),
        "simulated_high": _number(most),
        "within": None if low is None or high is None or math.isnan(mean) else low <= mean <= high,
        "role": fact.role,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _bounds(fact: Fact) -> tuple[float | None, float | None]:
    """Lowest and highest simulated value that counts as agreement."""
    if fact.tolerance is None or fact.value is None or isinstance(fact.value, Mapping):
        return None, None
    low, high = fact.value if isinstance(fact.value, tuple) else (fact.value, fact.value)
    return low - fact.tolerance, high + fact.tolerance


def facts(settings: Settings, out: Path | None, as_json: bool) -> int:
    """Run the baseline, measure the facts in it and print them; returns the exit code."""
    if settings.until < NEEDED:
        what = f"the facts are measured over {FIRST_YEAR} to {FIRST_YEAR + YEARS - 1} and on the next 1 January"
        raise UserError(f"--until: {settings.until} is too early: {what}; give {NEEDED} or later")
    baseline = scenario_named(BASELINE)
    begun = time.perf_counter()
    with results_folder(out) if out is not None else nullcontext() as folder:
        with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
            prepare(baseline)
        with progress("Running", settings.replicates, as_json) as tick:
            batch = Batch([baseline], settings, measured, tick)
            finished = {replicate.number: replicate.runs[0] for replicate in batch}
        if not finished:
            notice("stopped before a replicate had finished; nothing was written")
            return INTERRUPTED
        found = records(list(finished.values()))
        if folder is not None:
            text = json.dumps(found, indent=1, allow_nan=False)
            (folder.work / "facts.json").write_text(text + "\n", encoding="utf-8")
            seconds = time.perf_counter() - begun
            write_manifest(folder.work, manifest("facts", [baseline], settings, list(finished), seconds))
            folder.keep(partial=batch.stopped)
    if as_json:
        print_json(found)
    else:
        _print(found, len(finished), settings)
    if folder is not None:
        notice(f"Results: {place_words(folder.target)} (facts.json, manifest.json)")
    if batch.stopped:
        notice(f"stopped: facts of the {len(finished)} replicates (of {settings.replicates}) that had finished")
    return INTERRUPTED if batch.stopped else 0


def _print(found: Sequence[Record], runs: int, settings: Settings) -> None:
    console, book = output(), load_facts()
    for role, heading in ROLES.items():
        table = plain_table(heading, "documented", "±", "simulated", "95%", "within")
        for record in found:
            if record["role"] == role:
                table.add_row(*_row(book.fact(record["id"]), record))
        console.print(table)
        console.print()
    judged = [record for record in found if record["within"] is not None]
    kept = sum(record["within"] for record in judged)
    console.print(
        f"{kept} of {len(judged)} facts with a tolerance are met; mean of {runs} runs of the baseline, "
        f"{settings.scale:g} people for each agent."
    )
    for record in found:
        caveat = book.fact(record["id"]).caveat
        if record["within"] is False and record["role"] != "input" and caveat:
            console.print(f"[dim]{record['id']}: {caveat}")
    console.print("[dim]What a fact is and how it is measured: careerflows explain FACT")


def _row(fact: Fact, record: Record) -> list[str]:
    unit = "%" if fact.unit.startswith("percent") else ""
    documented = record["documented"]
    span = "-".join(f"{part:,g}" for part in documented) if isinstance(documented, list) else f"{documented:,g}"
    tolerance = "" if fact.tolerance is None else f"{fact.tolerance:,g}"
    if record["simulated"] is None:
        return [fact.id, f"{span}{unit}", tolerance, "[dim]-", "", ""]
    half = "" if record["simulated_low"] is None else (record["simulated_high"] - record["simulated_low"]) / 2
    large = abs(record["simulated"]) >= 1000
    digits = 0 if large else 2 if abs(record["simulated"]) < 10 else 1
    mean = f"{record['simulated']:,.{digits}f}{unit}"
    mark = {True: "yes", False: "[bold red]no", None: ""}[record["within"]]
    return [fact.id, f"{span}{unit}", tolerance, mean, f"± {half:,.{digits}f}" if half != "" else "", mark]
