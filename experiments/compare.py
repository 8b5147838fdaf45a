"""The main job: scenarios against the baseline, printed and written to a results folder."""

from __future__ import annotations

import time
from pathlib import Path

from experiments.options import Given, Settings, UserError, compared
from experiments.screen import notice, output, place_words, print_json, progress, waiting

LEAST: int = 2
"""Replicates without which there is no interval."""
INTERRUPTED: int = 130


def compare(given: Given, settings: Settings, out: Path | None, as_json: bool, draws: int = 0) -> int:
    """Run the scenarios, compare them, write the results; returns the exit code.

    Parameters
    ----------
    draws : draws of the posterior and of the assumed ranges for the uncertainty; 0 for none
    """
    scenarios = compared(given)
    import numpy as np

    from experiments.comparison import Comparison
    from experiments.comparison_text import print_comparison
    from experiments.folders import results_folder
    from experiments.manifest import manifest, short_name, write_manifest
    from experiments.outcomes import by_year
    from experiments.replicates import Batch, prepare
    from experiments.results import Tables, decomposition_records, difference_records, write_records

    target = out or Path("results") / short_name("compare", scenarios, settings)
    begun = time.perf_counter()
    with results_folder(target) as folder:
        with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
            prepare(scenarios[0])
        comparison = Comparison(tuple(scenario.id for scenario in scenarios))
        runs = settings.replicates * len(scenarios)
        with progress("Running", runs, as_json) as tick, Tables(folder.work, comparison.ids) as tables:
            batch = Batch(scenarios, settings, by_year, tick)
            for replicate in batch:
                comparison.add(replicate.number, replicate.runs)
                tables.add(replicate.number, replicate.runs)
        finished = comparison.replicates
        if len(finished) < LEAST:
            notice("stopped before two replicates had finished; nothing was written")
            return INTERRUPTED
        found = None
        if draws and not batch.stopped:
            from experiments.options import packaged_posterior
            from experiments.uncertainty import print_spread, runs_needed, spread, spread_records

            with progress("Uncertainty", runs_needed(len(scenarios), draws), as_json) as tick:
                reference = np.stack([comparison.values(name) for name in comparison.ids], axis=1)
                found = spread(scenarios, reference, packaged_posterior(), settings, draws, tick)
            if found is None:
                notice("stopped: the uncertainty was not worked out")
            else:
                records = spread_records(found, comparison.others, comparison.years)
                write_records(folder.work / "uncertainty.parquet", records)
        differences = difference_records(comparison)
        write_records(folder.work / "differences.parquet", differences)
        write_records(folder.work / "decomposition.parquet", decomposition_records(comparison))
        seconds = time.perf_counter() - begun
        write_manifest(folder.work, manifest("compare", scenarios, settings, finished, seconds))
        with waiting("Drawing", as_json):
            from experiments.pictures import draw_comparison

            draw_comparison(folder.work, comparison, scenarios)
        try:
            place = folder.keep(partial=batch.stopped)
        except OSError as error:
            raise UserError(f"--out: {target} cannot be written ({error.strerror or error})") from None
    if as_json:
        print_json(differences)
    else:
        print_comparison(output(), comparison, scenarios)
        if found is not None:
            output().print()
            print_spread(output(), found, scenarios[1:], comparison.years)
    if batch.stopped:
        notice(f"stopped: results of the {len(finished)} replicates (of {settings.replicates}) that had finished")
    where = f"Results: {place_words(place)} (tables, pictures, manifest.json)"
    if as_json:
        notice(where)
    else:
        output().print(where, soft_wrap=True)
    return INTERRUPTED if batch.stopped else 0
