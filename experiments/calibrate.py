"""Calibrate the parameters: all runs from scratch, or those that are still to be done, and the posterior."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.fitting import Fit
from calibration.journal import JournalError
from calibration.likelihood import Aim
from calibration.posterior import ABOUT, DRAWS, Posterior, read_posterior
from calibration.priors import load_space
from calibration.study import Plan, Study
from calibration.targets import fitted
from experiments.options import BASELINE, UserError, scenario_named
from experiments.replicates import prepare
from experiments.screen import notice, output, place_words, plain_table, print_json, progress, waiting

FOLDER: Final = Path("results/calibration")
INTERRUPTED: Final = 130


def calibrate(plan: Plan, threads: int, out: Path | None, as_json: bool) -> int:
    """Calibrate, write the posterior into a folder and print what came of it; returns the exit code."""
    folder = (out or FOLDER).absolute()
    baseline, space, aim = scenario_named(BASELINE), load_space(), Aim.of(fitted())
    stop = threading.Event()
    with waiting("Getting the model ready (compiled once, about half a minute the first time)", as_json):
        prepare(baseline)
    before = signal.signal(signal.SIGINT, lambda *_: _interrupt(stop))
    try:
        study = Study(plan, baseline, space, aim, folder, threads, stop)
        with progress("Candidates' runs", plan.steps, as_json) as tick:
            clock = _Clock(plan.steps, tick)
            texts = study.run(clock.done, lambda found: _tell(found, plan, clock))
    except JournalError as error:
        raise UserError(str(error)) from None
    except Exception:
        if not stop.is_set():
            raise
        notice(f"stopped; what was finished is in {place_words(folder)}, and the same command goes on from there")
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, before)
    for name, text in texts.items():
        part = folder / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(folder / name)
    posterior = read_posterior(texts[DRAWS], texts[ABOUT], space)
    summary = _summary(posterior)
    if as_json:
        print_json(summary)
    else:
        table = plain_table("Calibration", "")
        for name, value in summary.items():
            table.add_row(name.replace("_", " "), f"{value:,.4g}" if isinstance(value, float) else f"{value:,}")
        output().print(table)
    notice(f"Results: {place_words(folder)} ({DRAWS}, {ABOUT}); {clock.passed:.0f} seconds")
    return 0


def _interrupt(stop: threading.Event) -> None:
    """First Ctrl-C: stop what is under way; a second one ends everything at once."""
    stop.set()
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class _Clock:
    """How far the runs are, and how long the rest takes."""

    steps: int
    tick: Callable[[], None]
    reached: int = 0
    fresh: int = 0
    """Steps that had to be done; the others were in the journal."""
    begun: float = field(default_factory=time.perf_counter)

    def done(self, fresh: bool) -> None:
        self.reached += 1
        self.fresh += fresh
        self.tick()

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.begun

    @property
    def words(self) -> str:
        """What is left, as far as it is known."""
        if self.reached >= self.steps:
            return "nothing to go"
        if not self.fresh:
            return f"{self.steps - self.reached:,} steps to go"
        return f"about {self.passed / self.fresh * (self.steps - self.reached) / 60.0:.0f} minutes to go"


def _tell(found: Fit, plan: Plan, clock: _Clock) -> None:
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
        f"{np.median(distance):.2f} (least {distance.min():.2f}); {done:,} of {plan.total:,} runs, "
        f"{clock.words}"
    )


def _summary(posterior: Posterior) -> dict[str, Any]:
    best = posterior.best
    fit = fitted()
    return {
        "runs": int(posterior.about["runs"]),
        "draws": len(posterior.weights),
        "effective_draws": float(posterior.about["effective_draws"]),
        "fitted_targets": len(fit),
        "best_draw": best,
        "within_tolerance_at_the_best_draw": len(fit) - int(posterior.missed[best]),
        "percent_of_draws_with_all_firm_targets": float(100.0 * posterior.weights[posterior.firm].sum()),
    }
