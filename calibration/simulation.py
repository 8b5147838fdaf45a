"""From a scenario to the values of the targets: runs with given seeds, measured and averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from calibration.measures import FITTED_UNTIL, MEASURES, PAIRED, SINCE, measured
from calibration.targets import measured_targets
from sim.ledger import Ledger
from sim.model import CareerModel
from sim.scenario import Scenario

(GAP,) = PAIRED


def without_mismatch(scenario: Scenario) -> Scenario:
    """The same country where a mismatch in hours makes nobody leave technical work."""
    return scenario.with_values(mismatch_leave=0.0)


def share_of_gap(found: Mapping[str, float], without: Mapping[str, float]) -> float:
    """Percent of women's higher yearly move out of technical occupations that disappears without the mismatch.

    Parameters
    ----------
    found : measures of a run
    without : the same with `without_mismatch`
    """
    gap, left = (run["occupation_switch_women"] - run["occupation_switch_men"] for run in (found, without))
    return 100.0 * (1.0 - left / gap) if gap > 0.0 else float("nan")


def target_values(measures: Mapping[str, float]) -> dict[str, float]:
    """Values of the targets by id, as far as they were measured."""
    return {t.id: measures[t.measure] for t in measured_targets() if t.measure is not None and t.measure in measures}


def ledger_of(scenario: Scenario, scale: float, seed: int, until: date = FITTED_UNTIL) -> Ledger:
    """Ledger of a run that records from the start of the warm-up; one thread."""
    model = CareerModel(scenario, scale=scale, rng=seed, since=SINCE, until=until, threads=1)
    ledger = model.run()
    del model.state, model.events  # at once: a model is part of a cycle, and waits for the garbage collector
    return ledger


def run_once(scenario: Scenario, scale: float, seed: int, paired: bool, until: date = FITTED_UNTIL) -> dict[str, float]:
    """Measures of one run by name; with `paired` also those that take a second one."""
    found = measured(ledger_of(scenario, scale, seed, until))
    if paired:
        ledger = ledger_of(without_mismatch(scenario), scale, seed, FITTED_UNTIL)
        names = ("occupation_switch_women", "occupation_switch_men")
        found[GAP] = share_of_gap(found, {name: MEASURES[name](ledger) for name in names})
    return found


def mean_values(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Means of the targets over the seeds of a candidate, by id."""
    values = [target_values(run) for run in runs]
    return {name: float(np.mean([value[name] for value in values])) for name in values[0]}
