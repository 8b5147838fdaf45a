"""The back-test on the screen: facts that were never fitted beside what the posterior predicts."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.backtest import DIRECTIONS, SINCE_2013, START, UNTIL_2022, course_of, scenario_of_2013
from calibration.measures import SINCE, UNTIL, measured
from calibration.simulation import target_values
from calibration.targets import Target, load_targets
from experiments.folders import results_folder
from experiments.manifest import manifest, write_manifest
from experiments.options import BASELINE, Settings, packaged_posterior, scenario_named
from experiments.replicates import Batch, prepare
from experiments.screen import notice, output, place_words, plain_table, print_json, progress, waiting
from sim.clock import FIRST_YEAR
from sim.scenario import Scenario

INTERRUPTED: Final = 130
LEAST: Final = 2
Record = dict[str, Any]


def validate(settings: Settings, out: Path | None, as_json: bool) -> int:
    """Run draws of the posterior, measure what was never fitted and print it; returns the exit code."""
    baseline, posterior = scenario_named(BASELINE), packaged_posterior()
    draws = posterior.chosen(settings.replicates, settings.seed)
    begun = time.perf_counter()
    with results_folder(out) if out is not None else nullcontext() as folder:
        with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
            prepare(baseline)
        with progress("Running", 2 * settings.replicates, as_json) as tick:
            today = replace(settings, since=SINCE, until=UNTIL)

            def of_today(number: int) -> list[Scenario]:
                return [posterior.scenario(baseline, int(draws[number]))]

            def of_2013(number: int) -> list[Scenario]:
                return [scenario_of_2013(of_today(number)[0], settings.scale, settings.seed + number)]

            chosen = Batch(of_today, today, measured, tick)
            samples = [target_values(replicate.runs[0]) for replicate in chosen]
            back = replace(settings, since=SINCE_2013, until=UNTIL_2022)
            past = Batch(of_2013, back, course_of, tick)
            courses = [] if chosen.stopped else [replicate.runs[0] for replicate in past]
        stopped = chosen.stopped or past.stopped
        if len(samples) < LEAST or len(courses) < LEAST:
            notice("stopped before two draws had finished; nothing was written")
            return INTERRUPTED
        records = [_record(target, samples) for target in load_targets() if target.use == "validation"]
        records += [_direction(k, courses) for k in range(len(DIRECTIONS))]
        if folder is not None:
            text = json.dumps(records, indent=1, allow_nan=False)
            (folder.work / "validation.json").write_text(text + "\n", encoding="utf-8")
            seconds = time.perf_counter() - begun
            write_manifest(folder.work, manifest("validate", [baseline], settings, range(len(samples)), seconds))
            folder.keep(partial=stopped)
    if as_json:
        print_json(records)
    else:
        _print(records, len(samples), settings)
    if folder is not None:
        notice(f"Results: {place_words(folder.target)} (validation.json, manifest.json)")
    return INTERRUPTED if stopped else 0


def _record(target: Target, samples: Sequence[dict[str, float]]) -> Record:
    values = np.array([sample[target.id] for sample in samples if target.id in sample])
    known = len(values) > 0 and target.tolerance is not None
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975]).tolist() if known else (None, None, None)
    return {
        "id": target.id,
        "documented": target.low if target.low == target.high else [target.low, target.high],
        "unit": target.unit,
        "tolerance": target.tolerance,
        "predicted": middle,
        "predicted_low": low,
        "predicted_high": high,
        "hit": None if middle is None else target.within(middle),
        "why": target.why,
        "source": target.source,
    }


def _direction(place: int, courses: Sequence[dict[str, tuple[float, float]]]) -> Record:
    about = DIRECTIONS[place]
    pairs = np.array([course[about.id] for course in courses])
    change = pairs[:, 1] - pairs[:, 0]
    low, middle, high = np.quantile(change, [0.025, 0.5, 0.975]).tolist()
    return {
        "id": f"{about.id}_{START}_{FIRST_YEAR}",
        "documented": "rises" if about.rises else "falls",
        "unit": f"change in {about.unit}, from the stocks of {START} to {FIRST_YEAR}",
        "tolerance": None,
        "predicted": middle,
        "predicted_low": low,
        "predicted_high": high,
        "hit": (middle > 0.0) == about.rises,
        "why": None,
        "source": about.source,
        "start": float(pairs[:, 0].mean()),
        "end": float(pairs[:, 1].mean()),
    }


def _print(records: Sequence[Record], draws: int, settings: Settings) -> None:
    console = output()
    table = plain_table("Never fitted", "documented", "±", "predicted", "95%", "hit")
    for record in records:
        table.add_row(*_row(record))
    console.print(table)
    console.print()
    judged = [record["hit"] for record in records if record["hit"] is not None]
    console.print(
        f"{sum(judged)} of {len(judged)} hit: the median of {draws} draws of the posterior, each with a chance of its "
        f"own, lies within the tolerance; {settings.scale:g} people for each agent."
    )
    for record in records:
        if record["hit"] is not True and record["why"]:
            console.print(f"[dim]{record['id']}: {record['why']}")


def _row(record: Record) -> list[str]:
    def text(value: Any) -> str:
        if isinstance(value, list):
            return "-".join(text(part) for part in value)
        if isinstance(value, str) or value is None:
            return value or ""
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"

    span = "" if record["predicted"] is None else f"{text(record['predicted_low'])} to {text(record['predicted_high'])}"
    mark = {True: "yes", False: "[bold red]no", None: "[dim]cannot be judged"}[record["hit"]]
    return [record["id"], text(record["documented"]), text(record["tolerance"]), text(record["predicted"]), span, mark]
