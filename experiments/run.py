"""One scenario by itself: its indicators by year, and the results folder if one is asked for."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from experiments.comparison import TECHNICIAN_GROUPS, interval
from experiments.folders import Folder, results_folder
from experiments.manifest import manifest, write_manifest
from experiments.options import BASELINE, Given, Settings, packaged_posterior, scenario_named, with_changes
from experiments.outcomes import Outcome, Typical, by_year
from experiments.replicates import Batch, prepare
from experiments.results import Tables, quarterly_records, write_records
from experiments.screen import notice, output, place_words, plain_table, print_json, progress, waiting
from experiments.uncertainty import print_spread, runs_needed, spread, spread_records
from experiments.wording import count, indicator_words, step
from sim import indicators
from sim.clock import FIRST_YEAR
from sim.ledger import Ledger
from sim.scenario import Scenario

INTERRUPTED: Final = 130
_SECTIONS: Final = {"leak": "Leaks a year, at leak point", "in": "Ways in, a year", "": "Besides"}
_COLUMNS_ONE: Final = 5
_COLUMNS_MANY: Final = 3


def _keep(ledger: Ledger) -> tuple[Outcome, NDArray[np.float64]]:
    return by_year(ledger), indicators.quarterly(ledger)


def run(name: str, sets: tuple[str, ...], settings: Settings, out: Path | None, as_json: bool, draws: int = 0) -> int:
    """Run a scenario and print its indicators; returns the exit code.

    Parameters
    ----------
    sets : values given otherwise, as `--set` has them
    draws : draws of the posterior and of the assumed ranges for the uncertainty; 0 for none
    """
    scenario = with_changes([scenario_named(BASELINE), scenario_named(name)], Given((name,), sets))[-1]
    begun = time.perf_counter()
    with ExitStack() as stack:
        folder = stack.enter_context(results_folder(out)) if out is not None else None
        with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
            prepare(scenario)
        tick = stack.enter_context(progress("Running", settings.replicates, as_json))
        tables = stack.enter_context(Tables(folder.work, [scenario.id])) if folder else None
        batch = Batch([scenario], settings, _keep, tick)
        finished: list[int] = []
        yearly: list[NDArray[np.float64]] = []
        quarterly: list[NDArray[np.float64]] = []
        typical = Typical()
        years: tuple[int, ...] = ()
        for replicate in batch:
            outcome, by_quarter = replicate.runs[0]
            years = outcome.years
            finished.append(replicate.number)
            yearly.append(outcome.indicators)
            quarterly.append(by_quarter)
            typical.add(outcome)
            if tables:
                tables.add(replicate.number, [outcome])
        if not finished:
            notice("stopped before a replicate had finished; nothing was written")
            return INTERRUPTED
        found = None
        if draws and not batch.stopped:
            with progress("Uncertainty", runs_needed(1, draws), as_json) as more:
                found = spread([scenario], np.stack(yearly)[:, None], packaged_posterior(), settings, draws, more)
        records = quarterly_records(FIRST_YEAR, np.mean(quarterly, axis=0))
        place = None
        if folder and tables:
            tables.close()
            write_records(folder.work / "quarterly.parquet", records)
            if found is not None:
                write_records(folder.work / "uncertainty.parquet", spread_records(found, [scenario.id], years))
            write_manifest(folder.work, manifest("run", [scenario], settings, finished, time.perf_counter() - begun))
            _draw(folder, typical, years, scenario, settings, len(finished))
            place = folder.keep(partial=batch.stopped)
    if as_json:
        print_json(records)
    else:
        _print(scenario, np.stack(yearly), years, settings)
        if found is not None:
            output().print()
            print_spread(output(), found, [scenario], years)
    if batch.stopped:
        notice(f"stopped: results of the {len(finished)} replicates (of {settings.replicates}) that had finished")
    if place is not None:
        where = f"Results: {place_words(place)} (tables, picture, manifest.json)"
        notice(where) if as_json else output().print(where, soft_wrap=True)
    return INTERRUPTED if batch.stopped else 0


def _draw(
    folder: Folder, typical: Typical, years: tuple[int, ...], scenario: Scenario, settings: Settings, runs: int
) -> None:
    from experiments.drawing import save, source_line, style
    from experiments.flow_picture import career_flows

    source = source_line(settings.scale, f"{runs} run{'' if runs == 1 else 's'}")
    with style():
        save(career_flows(typical.flows, typical.stocks, years, scenario.title, source), folder.work, "career_flows")


def _shown_years(years: tuple[int, ...], most: int) -> list[int]:
    """The first year, the last, and round ones between, or evenly spaced ones where that is too many."""
    round_ones = sorted({years[0], years[-1], *(year for year in years if year % 5 == 0)})
    if len(round_ones) > most:
        round_ones = sorted({years[0], years[-1], *(year for year in years if year % 10 == 0)})
    places = np.linspace(0, len(round_ones) - 1, min(most, len(round_ones)))
    return [round_ones[round(place)] for place in places]


def _print(scenario: Scenario, yearly: NDArray[np.float64], years: tuple[int, ...], settings: Settings) -> None:
    console = output()
    many = len(yearly) > 1
    shown = _shown_years(years, _COLUMNS_MANY if many else _COLUMNS_ONE)
    console.print(f"[bold]{scenario.title}[/] [dim]({scenario.id})")
    console.print(scenario.summary)
    console.print()
    console.print(_table(yearly, years, shown, many))
    runs = f"means of {len(yearly)} runs, ± is the 95% interval" if many else "one run"
    console.print(
        f"\n[dim]{settings.scale:g} people for each agent; {runs}. People and posts on 31 December; leaks, ways in, "
        "entrants and diplomas over the year. All quarters and groups: --json, or --out FOLDER."
    )


def _table(yearly: NDArray[np.float64], years: tuple[int, ...], shown: list[int], many: bool) -> Table:
    headings = [text for year in shown for text in ((f"{year}", "95%") if many else (f"{year}",))]
    table = plain_table("", *headings)
    mean, low, high = interval(yearly)
    keys = indicators.keys()
    section = ""
    for indicator in indicators.all_indicators():
        kind = next((word for word in ("leak", "in") if indicator.name.startswith(f"{word}_")), "")
        if kind != section:
            table.add_row()
            table.add_row(
                "[dim]" + {"leak": "Leaks a year, at leak point", "in": "Ways in, a year", "": "Besides"}[kind]
            )
            section = kind
        for group in TECHNICIAN_GROUPS if indicator.name == "technicians" else ("all",):
            column = keys.index((indicator.name, group))
            cells = []
            for year in shown:
                row = years.index(year)
                half = (high[row, column] - low[row, column]) / 2
                to = step(half) if many else 1
                cells.append(count(mean[row, column], to))
                if many:
                    cells.append(f"± {count(half, to)}")
            table.add_row(indicator_words(indicator.name, group), *cells)
    return table
