"""The documented facts beside what the simulation gives."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.measures import FITTED_UNTIL, SINCE, measured
from calibration.simulation import GAP, share_of_gap, target_values, without_mismatch
from calibration.targets import Target, Use, load_targets
from experiments.comparison import interval
from experiments.folders import results_folder
from experiments.manifest import manifest, write_manifest
from experiments.options import BASELINE, Settings, UserError, scenario_named
from experiments.replicates import Batch, prepare
from experiments.screen import notice, output, place_words, plain_table, print_json, progress, waiting

USES: Final[dict[Use, str]] = {
    "fitted": "Targets: the model is fitted to them",
    "shown": "Shown: measured beside them, with a reason for not fitting",
    "validation": "Validation: never fitted",
}
INTERRUPTED: Final = 130

Record = dict[str, Any]


def records(samples: Sequence[Mapping[str, float]]) -> list[Record]:
    """Targets beside what was measured in each replicate.

    A target is within tolerance if the simulated mean is no farther from it than the tolerance (for a range: from its
    nearer end). Where the model cannot measure it, `within` is null.
    """
    ordered = [target for use in USES for target in load_targets() if target.use == use]
    return [_record(target, [sample[target.id] for sample in samples if target.id in sample]) for target in ordered]


def _record(target: Target, values: Sequence[float]) -> Record:
    mean, least, most = (float(x) for x in interval(np.array(values))) if values else (math.nan,) * 3
    wide = target.tolerance or math.nan
    return {
        "id": target.id,
        "documented": target.low if target.low == target.high else [target.low, target.high],
        "low": _number(target.low - wide),
        "high": _number(target.high + wide),
        "simulated": _number(mean),
        "simulated_low": _number(least),
        "simulated_high": _number(most),
        "within": None if target.tolerance is None or math.isnan(mean) else target.within(mean),
        "use": target.use,
        "firm": target.firm,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def facts(settings: Settings, out: Path | None, as_json: bool) -> int:
    """Run the baseline, measure the facts in it and print them; returns the exit code."""
    if settings.until < FITTED_UNTIL:
        what = "the facts are measured up to the last 1 January before it"
        raise UserError(f"--until: {settings.until} is too early: {what}; give {FITTED_UNTIL} or later")
    baseline = scenario_named(BASELINE)
    both = [baseline, without_mismatch(baseline)]
    begun = time.perf_counter()
    with results_folder(out) if out is not None else nullcontext() as folder:
        with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
            prepare(baseline)
        with progress("Running", settings.replicates * len(both), as_json) as tick:
            batch = Batch(both, replace(settings, since=SINCE), measured, tick)
            finished = {replicate.number: _values(*replicate.runs) for replicate in batch}
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


def _values(found: dict[str, float], without: dict[str, float]) -> dict[str, float]:
    """Values of the targets from the measures of a run and of the same without a mismatch in hours."""
    return target_values({**found, GAP: share_of_gap(found, without)})


def _print(found: Sequence[Record], runs: int, settings: Settings) -> None:
    console = output()
    targets = {target.id: target for target in load_targets()}
    for use, heading in USES.items():
        table = plain_table(heading, "documented", "±", "simulated", "95%", "within")
        for record in found:
            if record["use"] == use:
                table.add_row(*_row(targets[record["id"]], record))
        console.print(table)
        console.print()
    for use in USES:
        judged = [record["within"] for record in found if record["use"] == use and record["within"] is not None]
        console.print(f"{use}: {sum(judged)} of {len(judged)} within tolerance")
    console.print(f"Mean of {runs} runs of the baseline, {settings.scale:g} people for each agent.")
    for record in found:
        why = targets[record["id"]].why
        if record["within"] is not True and why:
            console.print(f"[dim]{record['id']}: {why}")
    console.print("[dim]What a target is and how it is measured: careerflows explain NAME")


def _row(target: Target, record: Record) -> list[str]:
    unit = "%" if target.unit.startswith("percent") else ""
    documented = record["documented"]
    span = "-".join(f"{part:,g}" if part < 1e6 else f"{part:,.0f}" for part in _pair(documented))
    tolerance = "" if target.tolerance is None else f"{target.tolerance:,g}"
    name = f"{target.id} [bold]*[/]" if target.firm else target.id
    if record["simulated"] is None:
        return [name, f"{span}{unit}", tolerance, "[dim]-", "", ""]
    half = "" if record["simulated_low"] is None else (record["simulated_high"] - record["simulated_low"]) / 2
    large = abs(record["simulated"]) >= 1000
    digits = 0 if large else 2 if abs(record["simulated"]) < 10 else 1
    mean = f"{record['simulated']:,.{digits}f}{unit}"
    mark = {True: "yes", False: "[bold red]no", None: ""}[record["within"]]
    return [name, f"{span}{unit}", tolerance, mean, f"± {half:,.{digits}f}" if half != "" else "", mark]


def _pair(documented: Any) -> list[float]:
    return documented if isinstance(documented, list) else [documented]
