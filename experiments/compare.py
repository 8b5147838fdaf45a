"""The main job: scenarios against the baseline, printed and written to a results folder."""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.options import Given, Settings, UserError, compared, packaged_posterior
from experiments.screen import notice, output, place_words, print_json, progress, waiting

if TYPE_CHECKING:
    from experiments.comparison import Comparison
    from sim.scenario import Scenario

LEAST: Final = 2
"""Replicates without which there is no interval."""
INTERRUPTED: Final = 130
MOST_FOR_PRECISION: Final = 2_000
"""Replicates after which a wanted precision is given up."""


@dataclass(frozen=True)
class Wanted:
    """What a comparison is to hold beside differences."""

    draws: int = 0
    """Draws of the posterior and of the assumed ranges for the uncertainty; 0 for none."""
    goals: tuple[str, ...] = ()
    """As `--goal` has them."""
    precision: float | None = None
    """Half of the 95% interval of the gain in technicians at which to stop adding replicates."""
    attribution: bool = False
    tornado: bool = False


def compare(given: Given, settings: Settings, out: Path | None, as_json: bool, wanted: Wanted) -> int:
    """Run the scenarios, compare them, write the results; returns the exit code."""
    scenarios = compared(given)
    from experiments.comparison import Comparison
    from experiments.comparison_text import print_comparison
    from experiments.deeper import Deeper, goals_of
    from experiments.folders import results_folder
    from experiments.manifest import manifest, short_name, write_manifest
    from experiments.option_table import cost_records, goal_records, option_records, option_table
    from experiments.option_text import print_options
    from experiments.outcomes import by_year
    from experiments.replicates import Batch, prepare
    from experiments.results import Tables, decomposition_records, difference_records, group_records, write_records

    goals = goals_of(wanted.goals, settings)
    posterior = packaged_posterior() if wanted.draws else None
    target = out or Path("results") / short_name("compare", scenarios, settings, vars(wanted))
    begun = time.perf_counter()
    with results_folder(target) as folder:
        with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
            prepare(scenarios[0])
        comparison = Comparison(tuple(scenario.id for scenario in scenarios))
        least, most = settings.replicates, settings
        if wanted.precision is not None:
            most = replace(settings, replicates=max(least, MOST_FOR_PRECISION))
        runs = most.replicates * len(scenarios)
        with progress("Running", runs, as_json) as tick, Tables(folder.work, comparison.ids) as tables:
            batch = Batch(scenarios, most, by_year, tick)
            for replicate in batch:
                comparison.add(replicate.number, replicate.runs)
                tables.add(replicate.number, replicate.runs)
                enough = wanted.precision is not None and len(comparison.replicates) >= least
                if enough and comparison.precision() <= (wanted.precision or 0.0):
                    break
        finished = comparison.replicates
        if len(finished) < LEAST:
            notice("stopped before two replicates had finished; nothing was written")
            return INTERRUPTED
        deeper = Deeper(scenarios, comparison, replace(settings, replicates=len(finished)), as_json)
        stopped = batch.stopped or deeper.look(wanted, posterior, folder.work)
        joint = None if deeper.spread is None else deeper.spread.joint
        options = option_table(comparison, scenarios, goals, settings.until, joint)
        differences = difference_records(comparison)
        for name, records in {
            "differences": differences,
            "decomposition": decomposition_records(comparison),
            "groups": group_records(comparison),
            "options": option_records(options),
            "costs": cost_records(options),
            "goals": goal_records(options, goals),
        }.items():
            if records:
                write_records(folder.work / f"{name}.parquet", records)
        seconds = time.perf_counter() - begun
        about = manifest("compare", scenarios, settings, finished, seconds)
        stopped_after = len(finished) if batch.stopped else None
        write_manifest(folder.work, {**about, **_told(given, settings, wanted, stopped_after)})
        _draw(folder.work, comparison, scenarios, deeper, as_json)
        try:
            place = folder.keep(partial=stopped)
        except OSError as error:
            raise UserError(f"--out: {target} cannot be written ({error.strerror or error})") from None
    if as_json:
        print_json(differences)
    else:
        print_comparison(output(), comparison, scenarios)
        print_options(output(), options, goals, len(finished))
        deeper.print_all(output())
    if batch.stopped:
        notice(f"stopped: results of the {len(finished)} replicates (of {most.replicates}) that had finished")
    if wanted.precision is not None and comparison.precision() > wanted.precision and not batch.stopped:
        reached = f"{comparison.precision():,.0f} after {len(finished)} replicates"
        notice(f"--precision: {wanted.precision:g} was not reached; the widest half-width is {reached}")
    where = f"Results: {place_words(place)} (tables, pictures, manifest.json)"
    if as_json:
        notice(where)
    else:
        output().print(where, soft_wrap=True)
    return INTERRUPTED if stopped else 0


def exact(number: float) -> str:
    """A number as a word of a command that gives the same number again."""
    return str(int(number)) if number.is_integer() else repr(number)


def command_line(given: Given, settings: Settings, wanted: Wanted) -> str:
    """The command that gives these results again."""
    words = ["careerflows", "compare", *given.names]
    words += ["--scale", exact(settings.scale), "--replicates", str(settings.replicates)]
    words += ["--seed", str(settings.seed), "--until", settings.until.isoformat()]
    words += [word for text in given.sets for word in ("--set", text)]
    words += ["--sweep", given.sweep] if given.sweep else []
    words += ["--under", given.under] if given.under else []
    words += [word for text in wanted.goals for word in ("--goal", text)]
    words += ["--precision", exact(wanted.precision)] if wanted.precision is not None else []
    words += ["--uncertainty", "--draws", str(wanted.draws)] if wanted.draws else []
    words += ["--attribution"] if wanted.attribution else []
    words += ["--tornado"] if wanted.tornado else []
    return shlex.join(words)


def _told(given: Given, settings: Settings, wanted: Wanted, stopped_after: int | None) -> dict[str, Any]:
    """What was asked for, as the manifest tells it; the command of a stopped run asks for the replicates it has."""
    again = (settings, wanted)
    if stopped_after is not None:
        again = (replace(settings, replicates=stopped_after), replace(wanted, precision=None))
    return {
        "command_line": command_line(given, *again),
        "goals": list(wanted.goals),
        "precision": wanted.precision,
        "uncertainty_draws": wanted.draws,
        "attribution": wanted.attribution,
        "tornado": wanted.tornado,
    }


def _draw(work: Path, comparison: Comparison, scenarios: list[Scenario], deeper: Any, as_json: bool) -> None:
    with waiting("Drawing", as_json):
        from experiments.pictures import draw_comparison

        draw_comparison(work, comparison, scenarios)
        deeper.draw(work)
