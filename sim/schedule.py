"""A scenario turned into numbers: one record of parameters per quarter, and the paths of employers' practices."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.parameters import DTYPE, NAMES, axes_of, labels, shape_of
from agents.positions import SECTORS, SIZES
from sim.bounds import alike
from sim.clock import FIRST_QUARTER, QUARTERS_PER_YEAR, quarter_of
from sim.scenario import PRACTICE_LEVERS, Lever, Measure, Reach, Scenario, Table

REACH_OF_AXIS: Final = {
    "gender": "genders", "school": "schools", "study": "studies", "level": "levels",
    "sector": "sectors", "size": "sizes",
}  # fmt: skip
OLDEST_PUPIL: Final = 30
"""Nobody of this age, in years, is at school: a limit of a table, far from any real age."""
GROWTH_BEFORE: Final = "demand_growth_before"
"""Growth of demand in the warm-up, in place of `demand_growth`."""


class Schedule(NamedTuple):
    """What every quarter of a run is told, from the first quarter of the warm-up to the horizon."""

    first: int
    params: NDArray[Any]
    """Parameters of each quarter; shape (quarters,), records of `agents.parameters.DTYPE`."""
    practice: NDArray[np.int64]
    """Practice moved by each lever on employers, the last one being the guarantee; shape (levers,)."""
    amount: NDArray[np.float64]
    """How far each lever is moved in each quarter; shape (quarters, levers)."""
    share: NDArray[np.float64]
    """Share of employers that each lever reaches; shape (levers,)."""
    sectors: NDArray[np.bool_]
    """Sectors reached; shape (levers, sectors)."""
    sizes: NDArray[np.bool_]
    """Sizes reached; shape (levers, sizes)."""

    contact_from: int
    """First quarter of birth in `contact`."""
    contact: NDArray[np.float64]
    """By quarter of birth: the part of the primary school years with more contact with technology than in 2022."""
    alike: NDArray[np.int64]
    """For each quarter the first one whose parameters give the same bounds; shape (quarters,)."""

    def at(self, quarter: int) -> NDArray[Any]:
        """Parameters of a quarter, shape (1,)."""
        k = quarter - self.first
        return self.params[k : k + 1]


def array_of(value: Table, axes: tuple[str, ...], missing: float | None = None) -> NDArray[np.float64]:
    """Numbers of a parameter along its axes.

    Raises ValueError with one clear line when the table does not have just the labels of the axes; with `missing`
    given, labels may be left out and count as that number.
    """
    if not axes:
        if isinstance(value, dict):
            raise ValueError(f"takes one number, not a table by {', '.join(map(str, value))}")
        return np.asarray(float(value))
    names = labels(axes[0])
    if not isinstance(value, dict):
        if missing is not None:
            return np.full(tuple(len(labels(axis)) for axis in axes), float(value))
        raise ValueError(f"takes a table by {axes[0]}: {', '.join(names)}")
    unknown = [key for key in value if key not in names]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not one of {axes[0]}: {', '.join(names)}")
    absent = [name for name in names if name not in value]
    if absent and missing is None:
        raise ValueError(f"{absent[0]!r} is missing; give all of {axes[0]}: {', '.join(names)}")
    blank = np.full(tuple(len(labels(axis)) for axis in axes[1:]), missing)
    return np.stack([array_of(value[n], axes[1:], missing) if n in value else blank for n in names])


def kept(make: Callable[[Scenario], NDArray[Any]]) -> Callable[[Scenario], NDArray[Any]]:
    """Keep what was last made of the parameters of a scenario: scenarios that differ in measures share their table.

    What is returned is a copy.
    """
    last: tuple[tuple[dict[str, Any], NDArray[Any]], ...] = ()

    @functools.wraps(make)
    def made(scenario: Scenario) -> NDArray[Any]:
        nonlocal last
        for parameters, record in last:
            if parameters is scenario.parameters:
                return record.copy()
        record = make(scenario)
        last = (*last[-3:], (scenario.parameters, record))
        return record.copy()

    return made


@kept
def record_of(scenario: Scenario) -> NDArray[Any]:
    """The rules' parameters of a scenario, before any measure; shape (1,)."""
    record = np.zeros(1, DTYPE)
    for name in NAMES:
        record[name][0] = array_of(scenario.parameters[name].value, axes_of(name))
    return record


def phase_of(measure: Measure, quarter: int) -> float:
    """Part of the full change that is in force in a quarter, 0 to 1."""
    start = quarter_of(measure.start) + measure.delay_years * QUARTERS_PER_YEAR
    if quarter < start:
        return 0.0
    if measure.duration_years is not None and quarter >= start + measure.duration_years * QUARTERS_PER_YEAR:
        return 0.0
    steps = measure.phase_in_years * QUARTERS_PER_YEAR
    return 1.0 if steps <= 0 else min(1.0, (quarter - start + 1) / steps)


def _phases(measure: Measure, first: int, before: int, quarters: int) -> NDArray[np.float64]:
    """`phase_of` for `quarters` quarters from `first` on; nothing in the first `before` of them."""
    return np.array([0.0] * before + [phase_of(measure, first + k) for k in range(before, quarters)])


def _mask(reach: Reach, axes: tuple[str, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Entries of a table that a measure reaches."""
    mask = np.ones(shape, bool)
    for dimension, axis in enumerate(axes):
        chosen = getattr(reach, REACH_OF_AXIS.get(axis, ""), None)
        if chosen is not None:
            along = np.array([label in chosen for label in labels(axis)])
            mask &= along.reshape([-1 if d == dimension else 1 for d in range(len(axes))])
    return mask


def _move(params: NDArray[Any], lever: Lever, reach: Reach, phases: NDArray[np.float64]) -> None:
    """Change a parameter in the quarters in which a part of the full change is in force; phases by quarter."""
    name = lever.lever
    axes, shape = axes_of(name), shape_of(name)
    acting = np.flatnonzero(phases > 0.0)
    part = (phases[acting] * reach.share).reshape(-1, *(1 for _ in shape))
    value = params[name][acting]
    if lever.add is not None:
        change = part * array_of(lever.add, axes, 0.0)
    else:
        assert lever.multiply is not None
        change = value * part * (array_of(lever.multiply, axes, 1.0) - 1.0)
    params[name][acting] = np.where(_mask(reach, axes, shape), value + change, value)


def _contact(params: NDArray[Any], first: int) -> tuple[int, NDArray[np.float64]]:
    """First quarter of birth, and contact with technology at primary school from that birth on.

    A child who is at the ages of contact for `n` quarters gets an `n`-th of the contact offered in each of them.
    Those who are at school now were at those ages years ago: that is the long delay.
    """
    low = round(float(params["primary_contact_from"][0]) * QUARTERS_PER_YEAR)
    high = round(float(params["primary_contact_until"][0]) * QUARTERS_PER_YEAR)
    oldest = first - OLDEST_PUPIL * QUARTERS_PER_YEAR
    offered = np.concatenate([np.zeros(first - oldest), params["primary_contact"]])
    total = np.concatenate([[0.0], np.cumsum(offered)])
    ages = np.arange(oldest, first + len(params))
    begin, end = (np.clip(ages + age - oldest, 0, len(offered)) for age in (low, high))
    return oldest, (total[end] - total[begin]) / max(high - low, 1)


def compile_schedule(scenario: Scenario, first: int, last: int) -> Schedule:
    """Work out what each quarter from `first` up to and including `last` is told.

    Before 2022 no measure is in force and demand grows at the rate of the warm-up. Measures are given as they are
    delivered under the fragmentation of 2022; where that falls or rises, so do their changes.
    """
    base = record_of(scenario)
    params = np.repeat(base, last - first + 1)
    before = max(0, min(FIRST_QUARTER - first, params.size))
    params["demand_growth"][:before] = array_of(scenario.parameters[GROWTH_BEFORE].value, ())
    levers = [(measure, lever) for measure in scenario.measures for lever in measure.levers]
    on_employers = [(measure, lever) for measure, lever in levers if lever.lever in PRACTICE_LEVERS]
    phases_of = {measure.id: _phases(measure, first, before, params.size) for measure in scenario.measures}
    delivered = np.ones(params.size)
    for governing in (True, False):  # how measures are governed comes before the measures that are governed
        for measure, lever in levers:
            if lever.lever in PRACTICE_LEVERS or (lever.lever == "fragmentation") is not governing:
                continue
            phases = phases_of[measure.id]
            _move(params, lever, measure.reach, phases if governing else phases * delivered)
        delivered = (1.0 - params["fragmentation"]) / (1.0 - base["fragmentation"][0])
    amount = np.zeros((params.size, len(on_employers)))
    for column, (measure, lever) in enumerate(on_employers):
        assert isinstance(lever.add, float | int)
        amount[:, column] = float(lever.add) * (phases_of[measure.id] * delivered)
    contact_from, contact = _contact(params, first)
    reaches = [measure.reach for measure, _ in on_employers]
    return Schedule(
        first=first,
        params=params,
        contact_from=contact_from,
        contact=contact,
        alike=alike(params),
        practice=np.array([PRACTICE_LEVERS.index(lever.lever) for _, lever in on_employers], np.int64),
        amount=amount,
        share=np.array([reach.share for reach in reaches], np.float64),
        sectors=np.array([[r.sectors is None or s in r.sectors for s in SECTORS] for r in reaches], bool).reshape(
            len(reaches), len(SECTORS)
        ),
        sizes=np.array([[r.sizes is None or s in r.sizes for s in SIZES] for r in reaches], bool).reshape(
            len(reaches), len(SIZES)
        ),
    )
