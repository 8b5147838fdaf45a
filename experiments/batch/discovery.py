"""`careerflows discover`: in which region of the uncertainties and levers of an experiment a goal is reached."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.batch.answers import Answers, answers, pairs_and_scale
from experiments.batch.boxes import FEWEST, Box, NoBox, densest
from experiments.batch.discovery_text import does, record_of, show
from experiments.batch.reading import Results
from experiments.folders import MADE_BY, results_folder
from experiments.goals import Goal, parse_goal
from experiments.manifest import FORMAT, write_manifest
from experiments.options import FIRST_DAY, UserError
from experiments.screen import notice, output, place_words, print_json, waiting
from scenarios.errors import did_you_mean

POINTS: Final = "discovery.parquet"
TRAJECTORY: Final = "trajectory.parquet"
PICTURE: Final = "discovery"
_NEIGHBOURS: Final = ("sobol", "morris")
"""Designs in which most points differ from another one in a single factor."""


@dataclass(frozen=True)
class Asked:
    """What is to be discovered."""

    goal: str
    """As users write it, such as `5000 more technicians by 2035`."""
    missed: bool = False
    """Whether the region is wanted in which the goal is missed."""
    threshold: float = 0.8
    """Least part of the points in the region that reaches the goal, or misses it: above 0 and up to 1."""
    experiment: str | None = None
    """Its id; None for the only one of the store."""
    scenario: str | None = None
    """The scenario that is to reach the goal; None for the only one besides the reference."""
    reference: str | None = None
    """The scenario that it is compared with; None for the first of the experiment."""


@dataclass(frozen=True)
class Evidence:
    """What the runs of a store say about a goal, point by point."""

    experiment: str
    scenario: str
    reference: str
    goal: Goal
    factors: tuple[dict[str, Any], ...]
    """Name, role, range, values, unit and meaning of each uncertainty and lever."""
    points: pd.DataFrame
    """The factors at every point."""
    gain: NDArray[np.float64]
    """Scenario less reference, the mean over pairs with the same chance and draw of the posterior; shape (points,)."""
    interest: NDArray[np.bool_]
    """Which points reach the goal, or miss it if that is asked; shape (points,)."""
    pairs: int
    """Pairs of runs at each point."""
    scale: float
    """People for each agent."""
    told: Answers
    """The gain with the chance that is in it."""
    independent: bool
    """Whether points say each by itself; those of Sobol's and Morris' designs share values with others."""


def discover(folder: Path, asked: Asked, out: Path | None, as_json: bool) -> int:
    """Find the region in which a goal is reached, show it, and write it to a folder if one is given.

    Returns the exit code. UserError, in one line, where the store, the goal or a name is wrong, where there are too
    few points, and where there is no such region.
    """
    with ExitStack() as stack:
        target = None if out is None else stack.enter_context(results_folder(out))
        with waiting("Reading the store", as_json):
            found = evidence(Results(folder), asked)
        with waiting("Looking for the region", as_json):
            box = region(found, asked)
        record = record_of(found, asked, box)
        if target is not None:
            _write(target.work, folder, found, asked, box, record)
            target.keep()
    if as_json:
        print_json(record)
    else:
        show(found, asked, box)
    if target is not None:
        where = f"Results: {place_words(target.target)} (tables, picture)"
        notice(where) if as_json else output().print(where, soft_wrap=True)
    return 0


def evidence(results: Results, asked: Asked) -> Evidence:
    """What the runs say about the goal; UserError where some are missing, or nothing is varied or compared."""
    experiment = results.experiment(asked.experiment)
    about = results.about(experiment)
    factors = tuple(about["factors"])
    if not factors:
        raise UserError(f"{experiment} has no uncertainties or levers; give an experiment that varies some")
    names = [one["id"] for one in about["scenarios"]]
    reference, scenario = _compared(names, asked)
    file = about["experiment"]
    try:
        goal = parse_goal(asked.goal, tuple(range(FIRST_DAY.year, date.fromisoformat(file["until"]).year)))
    except ValueError as error:
        raise UserError(f"--goal: {error}") from None
    about_goal = (goal.indicator, goal.group, goal.year)
    _, (told,) = answers(results, experiment, scenario, *about_goal, reference)
    reached = goal.met(told.values)
    interest = ~reached if asked.missed else reached
    points = told.factors.reset_index(drop=True)
    words = {name: str for name in points.columns if not pd.api.types.is_numeric_dtype(points[name])}
    alike = file["design"]["kind"] in _NEIGHBOURS
    return Evidence(
        experiment, scenario, reference, goal, factors, points.astype(words), told.values, interest,
        *pairs_and_scale(about), told, not alike,
    )  # fmt: skip


def _compared(known: list[str], asked: Asked) -> tuple[str, str]:
    """The reference, and the scenario that is compared with it."""
    for option, name in (("--reference", asked.reference), ("--scenario", asked.scenario)):
        if name is not None and name not in known:
            near = did_you_mean(name, known) or f"; it has {', '.join(known)}"
            raise UserError(f"{option}: the experiment has no scenario {name!r}{near}")
    reference = asked.reference or known[0]
    others = [name for name in known if name != reference]
    if not others:
        raise UserError(f"a goal is a difference between two scenarios, and the experiment has only {reference}")
    if asked.scenario is None and len(others) > 1:
        raise UserError(f"the experiment has {', '.join(others)}; say which with --scenario")
    scenario = asked.scenario or others[0]
    if scenario == reference:
        raise UserError(f"--scenario: {scenario} is what others are compared with; give one of {', '.join(others)}")
    return reference, scenario


def region(found: Evidence, asked: Asked) -> Box:
    """The region that is asked for; UserError where there is none."""
    points, number = len(found.points), int(found.interest.sum())
    if points < FEWEST:
        right = f"a region takes {FEWEST} or more, better hundreds: give its design a larger size"
        raise UserError(f"{found.experiment} has {points} points; {right}")
    if number in (0, points):
        which, right = ("no", "an easier") if (number > 0) == asked.missed else ("every", "a harder")
        raise UserError(f"--goal: {which} point of the {points} reaches {found.goal.text!r}; give {right} goal")
    try:
        box = densest(found.points, found.interest, asked.threshold, found.factors)
    except NoBox as error:
        raise UserError(f"--threshold: no region has density {asked.threshold:g}: {error}; give a lower one") from None
    if not box.limits:
        what = (
            f"{number} of all {points} points {does(asked)} the goal, density {box.step.density:.3g} without any limit"
        )
        raise UserError(f"--threshold: {what}; give a higher one than {asked.threshold:g}")
    if not found.independent:  # a test of points that share values would be far too sure
        box = replace(box, limits=tuple(replace(one, quasi_p=(None, None)) for one in box.limits))
    return box


def _write(work: Path, store: Path, found: Evidence, asked: Asked, box: Box, record: dict[str, Any]) -> None:
    from experiments.batch.discovery_picture import draw_discovery

    inside = box.holds(found.points)
    told = found.points.assign(difference=found.gain, of_interest=found.interest, inside=inside)
    told.rename_axis("point").reset_index().to_parquet(work / POINTS, index=False)
    pd.DataFrame(record["trajectory"]).to_parquet(work / TRAJECTORY, index=False)
    draw_discovery(work, PICTURE, found, asked, box)
    made = {"made_by": MADE_BY, "format": FORMAT, "command": "discover", "store": str(store.resolve())}
    write_manifest(work, {**made, **record})
