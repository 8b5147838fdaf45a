"""An experiment as a model of the EMA workbench, so that its evaluators, samplers and analyses work on it.

    from ema_workbench import MultiprocessingEvaluator
    from experiments.batch.ema import CareerFlowsModel

    if __name__ == "__main__":
        with MultiprocessingEvaluator(CareerFlowsModel("global_sensitivity")) as evaluator:
            experiments, outcomes = evaluator.perform_experiments(scenarios=100, policies=4)

The workbench chooses the points; the design of the experiment file is not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.batch.designs import Design
from experiments.batch.experiment import INDICATORS, Experiment, load_experiment
from experiments.batch.factors import Value
from experiments.batch.packed import about, unpack
from experiments.batch.plan import Plan
from experiments.batch.work import DONE, work
from experiments.batch.workbench import workbench
from experiments.options import FIRST_DAY, UserError, packaged_posterior
from scenarios.errors import did_you_mean
from sim import indicators
from sim.indicators import POSTS, VACANCIES

_parameters: Final = workbench("em_framework.parameters")
_outcomes: Final = workbench("em_framework.outcomes")
_CaseError: Final = workbench("util.ema_exceptions").CaseError
_SingleReplication: Any = workbench("em_framework.model").SingleReplication

OUTCOMES: Final = ("technicians", "technicians, women", "open_vacancies")
"""Indicators that are outcomes where a study names none."""
TIME: Final = "TIME"
"""Name under which the plots of the workbench look for the years."""
_APART: Final = "__"


class CareerFlowsModel(_SingleReplication):
    """The model with the uncertainties, levers and scenarios of an experiment.

    Uncertainties and levers have the names that they have in the experiment file: ranges are real parameters, lists
    of values categorical ones. One that a scenario or policy of the workbench leaves out stays as it stands in the
    scenarios of the experiment.

    Outcomes are differences with the first scenario of the experiment, in people or posts, the mean over its
    replicates and draws of the posterior, in pairs with the same chances: `technicians__hybrid_teachers` in one year
    and `technicians__hybrid_teachers__by_year`, with the years in `TIME`. An experiment with a single scenario has the
    indicators of that scenario itself.

    A point that the model cannot have, or at which a run fails, counts as a failed case of the workbench, which warns
    of it and masks its outcomes.

    Parameters
    ----------
    experiment : file of an experiment, or the name of one that comes with the package
    outcomes : indicators, each alone or with a group, such as `technicians, women`
    year : of the outcomes that are one number; the last that the runs cover when left out

    Raises
    ------
    UserError, with one clear line
    """

    def __init__(self, experiment: str | Path, outcomes: Sequence[str] = OUTCOMES, year: int | None = None) -> None:
        super().__init__("careerflows")
        found = load_experiment(experiment)
        if len(found.scales) > 1:
            raise UserError(f"{experiment}: scale: is a list; for the EMA workbench give one scale")
        self._experiment = replace(found, file=found.file.model_copy(update={"outcomes": (INDICATORS,)}))
        self._posterior = packaged_posterior() if found.file.posterior else None
        self._names = _outcome_names(found, outcomes)
        self._columns = [indicators.keys().index(_column(text)) for text in outcomes]
        self._years = range(FIRST_DAY.year, found.file.until.year)
        self._year = self._years[-1] if year is None else year
        if self._year not in self._years:
            raise UserError(f"year: the runs do not cover {year}; give one from {self._years[0]} to {self._years[-1]}")
        self._known: dict[str, NDArray[np.float64]] = {}
        self.uncertainties = list(_parameters_of(found, "uncertainties"))
        self.levers = list(_parameters_of(found, "levers"))
        self.constants = [_parameters.Constant(f.name, f.ends[0]) for f in found.factors if len(f.ends) == 1]
        self.outcomes = [
            *(_outcomes.ScalarOutcome(name) for name in self._names),
            *(_outcomes.ArrayOutcome(_by_year(name)) for name in self._names),
            _outcomes.ArrayOutcome(TIME),
        ]

    def initialized(self, policy: Any) -> bool:
        """Never: the workbench would take another policy of the same name for the one before."""
        return False

    def model_init(self, policy: Any) -> None:
        """Take a policy; unlike in the workbench, a lever never sets an attribute of the same name."""
        self.policy = policy

    def run_experiment(self, experiment: Mapping[str, Any]) -> dict[str, Any]:
        """Outcomes by name at one point.

        Parameters
        ----------
        experiment : values of uncertainties and levers by name

        Raises
        ------
        CaseError of the workbench where a run fails
        """
        self._outcomes_output: dict[str, Any] = {}  # a failed case would else be given the outcomes of the one before
        try:
            plan = Plan(_at(self._experiment, experiment), self._posterior)
        except ValueError as error:
            raise _CaseError(str(error), experiment) from None
        for task in plan.tasks(self._known):
            self._take(work(task), experiment)
        found = self._mean(plan)
        row = self._year - self._years[0]
        return {
            **{name: float(values[row]) for name, values in zip(self._names, found, strict=True)},
            **{_by_year(name): values for name, values in zip(self._names, found, strict=True)},
            TIME: np.array(self._years),
        }

    def _take(self, content: bytes, experiment: Mapping[str, Any]) -> None:
        """Remember the runs of a task, so that a run that several points share is computed once."""
        for place, run in enumerate(about(content)):
            if run["status"] != DONE:
                raise _CaseError(run["message"], experiment)
            self._known[run["run"]] = unpack(content, place)["indicators"][:, self._columns]

    def _mean(self, plan: Plan) -> NDArray[np.float64]:
        """Mean outcomes at the only point of a plan; shape (outcomes, years)."""
        scale, file = plan.experiment.scales[0], plan.experiment.file
        by_scenario = [
            np.stack([self._known[plan.key(v, scale, r)] for v in variants for r in range(file.replicates)])
            for variants in plan.table[0].T
        ]
        compared = [values - by_scenario[0] for values in by_scenario[1:]] or by_scenario
        return np.concatenate([values.mean(axis=0).T for values in compared])


def _at(experiment: Experiment, given: Mapping[str, Any]) -> Experiment:
    """An experiment at a single point: the factors that are given, each with its value."""
    factors = tuple(factor for factor in experiment.factors if factor.name in given)
    point = {factor.name: _plain(given[factor.name]) for factor in factors}
    file = experiment.file.model_copy(update={"design": Design(kind="list", points=(point,))})
    return replace(experiment, file=file, factors=factors)


def _plain(value: Any) -> Value:
    return value if isinstance(value, str) else float(value)


def _parameters_of(experiment: Experiment, role: str) -> Iterator[Any]:
    """Parameters of the workbench for the factors of a role that have more than one value."""
    for factor in experiment.factors:
        if factor.role == role and factor.range is not None:
            yield _parameters.RealParameter(factor.name, *factor.range)
        elif factor.role == role and len(factor.ends) > 1:
            yield _parameters.CategoricalParameter(factor.name, factor.ends)


def _column(text: str) -> tuple[str, str]:
    """Indicator and group of an outcome; UserError where there is none."""
    name, _, group = (part.strip() for part in text.partition(","))
    key = name.replace(" ", "_"), group or "all"
    known = indicators.keys()
    if key not in known or (key[0] in (VACANCIES, POSTS) and key[1] not in ("all", "mbo", "hbo_wo")):
        near = did_you_mean(key[0], [indicator.name for indicator in indicators.all_indicators()])
        right = near if near and key[0] not in near else "; give one such as 'technicians' or 'technicians, women'"
        raise UserError(f"outcomes: {text!r} is no indicator of a group that it has{right}")
    return key


def _outcome_names(experiment: Experiment, outcomes: Sequence[str]) -> list[str]:
    """Names of the outcomes that are one number, scenario by scenario; UserError where two would have the same."""
    names = []
    for scenario in experiment.scenarios[1:] or experiment.scenarios:
        for text in outcomes:
            indicator, group = _column(text)
            told = indicator if group == "all" else f"{indicator}_{group}"
            names.append(_APART.join((told, re.sub(r"\W", "_", scenario.id))))
    if not names or len(set(names)) < len(names):
        raise UserError(
            "outcomes: give at least one, and each once, of scenarios whose ids differ in letters or digits"
        )
    return names


def _by_year(name: str) -> str:
    return f"{name}{_APART}by_year"
