"""Calibrate the parameters: all runs from scratch or those still to be done, the posterior, its checks and report."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration import report, report_checks, report_page
from calibration.candidates import Stopped
from calibration.fitting import Fit
from calibration.journal import JournalError
from calibration.likelihood import Aim
from calibration.posterior import ABOUT, DRAWS, RECOVERY, SENSITIVITY, VALIDATION, Posterior, read_posterior
from calibration.priors import Space, load_space
from calibration.recovery import read_recovery
from calibration.sensitivity import read_sensitivity
from calibration.study import Plan, Study
from calibration.targets import fitted
from experiments import options
from experiments.adoption import REPORT_HTML, REPORT_MARKDOWN, adopt, checkout
from experiments.clock import Clock
from experiments.options import BASELINE, UserError, scenario_named
from experiments.replicates import prepare
from experiments.screen import notice, output, place_words, plain_table, print_json, progress, waiting
from experiments.validate import Record, predicted, text_of
from sim.scenario import Scenario

FOLDER: Final = Path("results/calibration")
INTERRUPTED: Final = 130
VALIDATION_DRAWS: Final = 40
"""Draws of the posterior in the back-test."""
VALIDATION_SCALE: Final = 50.0
"""People for each agent in the back-test, or those of the plan if that is coarser."""


def calibrate(plan: Plan, threads: int, out: Path | None, adopting: bool, as_json: bool) -> int:
    """Calibrate, write posterior and report into a folder and print what came of it; returns the exit code.

    Parameters
    ----------
    adopting : whether this checkout takes over the posterior, the report and the best draw
    """
    folder = (out or FOLDER).absolute()
    home = checkout() if adopting else None
    baseline, space, aim = scenario_named(BASELINE), load_space(), Aim.of(fitted())
    stop = threading.Event()
    with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
        prepare(baseline)
    before = signal.signal(signal.SIGINT, lambda *_: _interrupt(stop))
    try:
        study = Study(plan, baseline, space, aim, folder, threads, stop)
        with progress("Candidates' runs", plan.steps, as_json) as tick:
            clock = Clock(plan.steps, tick)
            texts = study.run(clock.done, lambda found: _tell(found, plan, clock))
    except JournalError as error:
        raise UserError(str(error)) from None
    except Stopped:
        return _stopped(folder)
    finally:
        signal.signal(signal.SIGINT, before)
    posterior = read_posterior(texts[DRAWS], texts[ABOUT], space)
    records = _backtest(baseline, posterior, plan, threads, as_json)
    if not records:
        return _stopped(folder)
    texts |= {VALIDATION: text_of(records)}
    texts |= reported(posterior, texts, records)
    for name, text in texts.items():
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        part = place.with_name(f".{place.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(place)
    if home is not None:
        adopt(home, texts, baseline, posterior)
    _print(_summary(posterior, records, space), as_json)
    notice(f"Results: {place_words(folder)} ({', '.join(texts)}); {clock.passed:.0f} seconds")
    return 0


def _interrupt(stop: threading.Event) -> None:
    """First Ctrl-C: stop what is under way; a second one ends everything at once."""
    stop.set()
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _stopped(folder: Path) -> int:
    notice(f"stopped; what was finished is in {place_words(folder)}, and the same command goes on from there")
    return INTERRUPTED


def _tell(found: Fit, plan: Plan, clock: Clock) -> None:
    """A line about the generation that has just finished."""
    aim, last = found.aim, found.draws
    if len(found.generations) == 1:
        notice(
            f"direct and global fit: {int(aim.within(found.reached).sum())} of {len(aim.names)} targets within, "
            f"distance {aim.distance(found.reached):.2f}"
        )
    distance = aim.distance(last.targets)
    done = plan.runs.number(range(last.first + len(last.values)))
    notice(
        f"generation {len(found.generations)} of {len(plan.sizes)}: {len(last.values)} candidates, "
        f"{int(aim.firm_within(last.targets).sum())} accepted (all firm targets within), distance "
        f"{np.median(distance):.2f} (least {distance.min():.2f}); {done:,} of {plan.total:,} runs, {clock.words}"
    )


def _backtest(baseline: Scenario, posterior: Posterior, plan: Plan, threads: int, quiet: bool) -> list[Record]:
    """What was never fitted beside the predictions; nothing if the user stopped."""
    scale = max(plan.scale, VALIDATION_SCALE)
    settings = options.settings(scale, VALIDATION_DRAWS, plan.seed, date(2025, 4, 1), threads)
    with progress("Back-test", 2 * VALIDATION_DRAWS, quiet) as tick:
        records, _, stopped = predicted(baseline, posterior, settings, tick)
    return [] if stopped else records


def reported(posterior: Posterior, texts: Mapping[str, str], records: list[Record]) -> dict[str, str]:
    """The report as a page and as Markdown, and its pictures."""
    sensitivity = report_checks.sensitivity_tables(read_sensitivity(texts[SENSITIVITY]))
    tables = [
        *report.tables(posterior),
        report_checks.direct_table(posterior),
        report_checks.backtest_table(records),
        report_checks.recovery_table(read_recovery(texts[RECOVERY])),
        *sensitivity,
        report.contradictions(),
    ]
    found = {
        REPORT_HTML: report_page.html(report.TITLE, tables),
        REPORT_MARKDOWN: report_page.markdown(report.TITLE, tables),
    }
    return found | {table.picture_file: table.picture for table in sensitivity}


def _summary(posterior: Posterior, records: list[Record], space: Space) -> dict[str, Any]:
    best, fit = posterior.best, fitted()
    judged = [record["hit"] for record in records if record["hit"] is not None]
    return {
        "runs": int(posterior.about["runs"]),
        "draws": len(posterior.weights),
        "effective_draws": float(posterior.about["effective_draws"]),
        "fitted_targets": len(fit),
        "best_draw": best,
        "within_tolerance_at_the_best_draw": len(fit) - int(posterior.missed[best]),
        "percent_of_draws_with_all_firm_targets": float(100.0 * posterior.weights[posterior.firm].sum()),
        "parameters": len(space.names),
        "parameters_not_identified": sum(
            spread > report.UNIDENTIFIED for spread in report.identified(posterior).values()
        ),
        "back_test_judged": len(judged),
        "back_test_hit": sum(judged),
    }


def _print(summary: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(summary)
        return
    table = plain_table("Calibration", "")
    for name, value in summary.items():
        table.add_row(name.replace("_", " "), f"{value:,.4g}" if isinstance(value, float) else f"{value:,}")
    output().print(table)
