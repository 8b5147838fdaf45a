"""The back-test on the screen: facts that were never fitted beside what the posterior predicts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.backtest import DIRECTIONS, SINCE_2013, START, UNTIL_2022, course_of, scenario_of_2013
from calibration.measures import SINCE, UNTIL, measured
from calibration.posterior import VALIDATION, Posterior
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
Array = NDArray[np.float64]


def validate(settings: Settings, out: Path | None, as_json: bool) -> int:
    """Run draws of the posterior, measure what was never fitted and print it; returns the exit code."""
    baseline, posterior = scenario_named(BASELINE), packaged_posterior()
    begun = time.perf_counter()
    with results_folder(out) if out is not None else nullcontext() as folder:
        with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
            prepare(baseline)
        with progress("Running", 2 * settings.replicates, as_json) as tick:
            records, draws, stopped = predicted(baseline, posterior, settings, tick)
        if not records:
            notice("stopped before two draws had finished; nothing was written")
            return INTERRUPTED
        if folder is not None:
            (folder.work / VALIDATION).write_text(text_of(records), encoding="utf-8")
            seconds = time.perf_counter() - begun
            write_manifest(folder.work, manifest("validate", [baseline], settings, range(draws), seconds))
            folder.keep(partial=stopped)
    if as_json:
        print_json(records)
    else:
        _print(records, draws, settings)
    if folder is not None:
        notice(f"Results: {place_words(folder.target)} ({VALIDATION}, manifest.json)")
    return INTERRUPTED if stopped else 0


def predicted(
    baseline: Scenario, posterior: Posterior, settings: Settings, tick: Callable[[], Any]
) -> tuple[list[Record], int, bool]:
    """Run draws of the posterior, each with a chance of its own: today's country, and that of 2013 up to 2022.

    Returns
    -------
    what was never fitted beside the predictions (nothing when stopped before there are any), the draws of today that
    have finished, and whether the user stopped
    """
    draws = posterior.chosen(settings.replicates, settings.seed)

    def of_today(number: int) -> list[Scenario]:
        return [posterior.scenario(baseline, int(draws[number]))]

    def of_2013(number: int) -> list[Scenario]:
        return [scenario_of_2013(of_today(number)[0], settings.scale, settings.seed + number)]

    chosen = Batch(of_today, replace(settings, since=SINCE, until=UNTIL), measured, tick)
    samples = [target_values(replicate.runs[0]) for replicate in chosen]
    past = Batch(of_2013, replace(settings, since=SINCE_2013, until=UNTIL_2022), course_of, tick)
    courses = [] if chosen.stopped else [replicate.runs[0] for replicate in past]
    records: list[Record] = []
    if min(len(samples), len(courses)) >= LEAST:
        records += [_record(target, samples) for target in load_targets() if target.use == "validation"]
        records += [_direction(k, courses) for k in range(len(DIRECTIONS))]
    return records, len(samples), chosen.stopped or past.stopped


def text_of(records: Sequence[Record]) -> str:
    """The records as JSON."""
    return json.dumps(records, indent=1, allow_nan=False) + "\n"


def _record(target: Target, samples: Sequence[dict[str, float]]) -> Record:
    values = np.array([sample[target.id] for sample in samples if target.id in sample])
    low, middle, high = _quantiles(values if target.tolerance is not None else values[:0])
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


def _quantiles(values: Array) -> tuple[float | None, float | None, float | None]:
    """Ends of the 95% interval with the median between them; None where nothing could be measured."""
    known = values[np.isfinite(values)]
    if not known.size:
        return None, None, None
    low, middle, high = np.quantile(known, [0.025, 0.5, 0.975]).tolist()
    return low, middle, high


def _direction(place: int, courses: Sequence[dict[str, tuple[float, float]]]) -> Record:
    about = DIRECTIONS[place]
    pairs = np.array([course[about.id] for course in courses])
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    change = pairs[:, 1] - pairs[:, 0]
    low, middle, high = _quantiles(change)
    agreeing = float(((change > 0.0) == about.rises).mean()) if len(change) else 0.0
    return {
        "id": f"{about.id}_{START}_{FIRST_YEAR}",
        "documented": "rises" if about.rises else "falls",
        "unit": f"change in {about.unit}, {START} to {FIRST_YEAR}; as documented in {agreeing:.0%} of the draws",
        "tolerance": None,
        "predicted": middle,
        "predicted_low": low,
        "predicted_high": high,
        "hit": None if middle is None else (middle > 0.0) == about.rises,
        "why": None,
        "source": about.source,
        "start": float(pairs[:, 0].mean()) if len(pairs) else None,
        "end": float(pairs[:, 1].mean()) if len(pairs) else None,
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
