"""One number for each point of a design: an indicator of a scenario, or its difference with the first, in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.batch.reading import PAIR, Results
from experiments.options import UserError
from scenarios.errors import did_you_mean


@dataclass(frozen=True)
class Answers:
    """What came out at the points of a design, for one scenario."""

    scenario: str
    reference: str | None
    """Scenario with which it is compared, point by point, draw by draw, replicate by replicate; None for itself."""
    values: NDArray[np.float64]
    """Mean over draws and replicates; shape (points,), in the order of the design."""
    factors: pd.DataFrame
    """Values of the factors at every point."""
    chance: float
    """Share of the variance of the values that is chance, left because there are only so many replicates; not a number
    where there is one."""


def scenarios_of(results: Results, experiment: str, scenario: str | None) -> tuple[str, list[str]]:
    """The scenario that others are compared with, and which those are; UserError where there is no such scenario.

    The first of the experiment is what the others are compared with. Alone, or asked for by name, it is looked at by
    itself.
    """
    names = [one["id"] for one in results.about(experiment)["scenarios"]]
    first, *others = names
    if scenario is None:
        return first, others or [first]
    if scenario not in names:
        near = did_you_mean(scenario, names) or f"; it holds {', '.join(names)}"
        raise UserError(f"--scenario: {experiment} holds no {scenario!r}{near}")
    return first, [scenario]


def answers(
    results: Results,
    experiment: str,
    scenario: str | None,
    indicator: str,
    group: str,
    year: int | None,
    reference: str | None = None,
) -> tuple[int, list[Answers]]:
    """An indicator of a year at every point, for one scenario or for all that are compared with the first.

    Parameters
    ----------
    year : the last of the runs when left out
    reference : scenario that they are compared with; the first of the experiment when left out

    Returns
    -------
    the year, and the answers for each scenario

    Raises
    ------
    UserError, where runs are missing or the runs do not cover the year
    """
    if isinstance(results.about(experiment)["experiment"]["scale"], list):
        raise UserError(f"{experiment} has several scales; give one in the experiment file")
    first, wanted = scenarios_of(results, experiment, scenario)
    first = reference or first
    frame = results.indicators(experiment, indicator=indicator, group=group)
    if frame.empty:
        known = results.indicators(experiment, indicator=indicator)["group"].unique().tolist()
        raise UserError(f"--group: there is no {indicator} of {group}; give one of {', '.join(known)}")
    years = sorted(int(one) for one in frame["year"].unique())
    last = years[-1] if year is None else year
    if last not in years:
        raise UserError(f"--year: the runs do not cover {last}; give a year from {years[0]} to {years[-1]}")
    design = results.design(experiment)
    factors = design.drop_duplicates("point").sort_values("point")[list(results.factors(experiment))]
    found = frame[frame["year"] == last].set_index(["scenario", "point", *PAIR])["value"]
    needed = design.drop_duplicates(["scenario", "point", *PAIR])
    missing = len(needed[needed["scenario"].isin({first, *wanted})]) - int(
        found.index.get_level_values("scenario").isin({first, *wanted}).sum()
    )
    if missing:
        right = "careerflows store status says why; run the batch again, with --retry-failed where runs failed"
        raise UserError(f"{missing:,} rows of the design of {experiment} have no run; {right}")
    rows = design.drop_duplicates("draw").set_index("draw")["posterior_row"]
    told = []
    for name in wanted:
        values = found.loc[name]
        if name != first:
            values = values - found.loc[first]
        table = values.unstack(PAIR).sort_index()  # a row for each point, a column for each pair
        means = table.mean(axis=1).to_numpy(float)
        draws = table.columns.get_level_values("draw").to_numpy()
        chance = chance_share(table.to_numpy(float), draws, rows.loc[draws].to_numpy())
        told.append(Answers(name, None if name == first else first, means, factors, chance))
    return last, told


def chance_share(values: NDArray[np.float64], draws: NDArray[Any], rows: NDArray[Any]) -> float:
    """Share of the variance of the rows' means that is chance.

    Chance is what is left of a number, within a draw of the posterior, without the mean of its row and that of its
    column: a replicate in which there is more luck everywhere does not move one point against another.

    Parameters
    ----------
    values : a row for each point, a column for each draw and replicate
    draws : draw of each column
    rows : row of the posterior of each column; draws with the same row have the same runs
    """
    means = values.mean(axis=1)
    each = [values[:, draws == draw] for draw in np.unique(draws)]
    points, columns = values.shape
    if points < 2 or min(part.shape[1] for part in each) < 2 or np.ptp(means) == 0.0:
        return float("nan")
    left = [part - part.mean(axis=1, keepdims=True) - part.mean(axis=0, keepdims=True) + part.mean() for part in each]
    freedom = sum((points - 1) * (part.shape[1] - 1) for part in each)
    per_number = sum(float((part**2).sum()) for part in left) / freedom
    weights = np.unique(rows, return_counts=True)[1] / columns
    of_mean = per_number * float((weights**2).sum()) * len(each) / columns
    return float(min(1.0, of_mean / means.var(ddof=1)))


def chance_words(told: Answers, alike: str) -> str:
    """How much of what differs between points is chance.

    Parameters
    ----------
    alike : what may be chance alone, as the subject of a sentence
    """
    if np.ptp(told.values) == 0.0:
        return "No point differs from another: there is nothing to explain."
    if np.isnan(told.chance):
        return "How much of the variance between points is chance cannot be told from one replicate; give two or more."
    return f"Chance is {told.chance:.0%} of the variance between points; {alike} may be chance alone."


def about_words(told: Answers, indicator: str) -> str:
    """What the values are, as in `technicians: part_time_availability less baseline`."""
    return f"{indicator}: {told.scenario}" + ("" if told.reference is None else f" less {told.reference}")


def pairs_and_scale(about: dict[str, Any]) -> tuple[int, float]:
    """How many runs of each scenario there are at a point, and their scale."""
    file = about["experiment"]
    return max(1, file["posterior"]) * file["replicates"], file["scale"]


def pairs_words(pairs: int) -> str:
    """A number of pairs of runs, in words."""
    return "1 pair of runs" if pairs == 1 else f"{pairs:,} pairs of runs"
