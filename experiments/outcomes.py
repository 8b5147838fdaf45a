"""What is kept of a run: indicators, yearly flows and stocks, and what each way in and leak point did, in agents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import POSITIONS
from sim import indicators
from sim.clock import QUARTERS_PER_YEAR
from sim.indicators import GROUP_MASKS, GROUPS_SHOWN, STOCKS
from sim.ledger import Ledger

START: Final = "start"
"""Component for technicians who are there at the start, which differ only if starting parameters do."""
_TECHNICIANS: Final = [POSITIONS.index(name) for name in STOCKS["technicians"]]
_DIPLOMA: Final = 4
"""Bit of the technical diploma in a group of the ledger."""


@dataclass(frozen=True)
class Outcome:
    """One run by whole years; everything is in agents but the indicators, which are in people."""

    scale: float
    years: tuple[int, ...]
    indicators: NDArray[np.float64]
    """By year and key of `sim.indicators.keys()`, in people."""
    flows: NDArray[np.int32]
    """By year, transition and group."""
    stocks: NDArray[np.int32]
    """By 31 December (that before the first year too), position and group."""
    components: NDArray[np.int64]
    """What each of `components()` has added to technicians up to the end of a year; by year, component and group
    of GROUPS_SHOWN."""
    technicians: NDArray[np.int64]
    """Technicians on 31 December; by year and group of GROUPS_SHOWN."""

    def add_up(self) -> bool:
        """Whether the components give the number of technicians exactly, in every year and group."""
        return bool(np.array_equal(self.components.sum(axis=1), self.technicians))


def components() -> tuple[str, ...]:
    """Names of the components of the number of technicians: the start, the ways in, the leak points."""
    return (START, *_sorted_components())


@cache
def _sorted_components() -> tuple[str, ...]:
    def order(name: str) -> tuple[bool, int]:
        leak = name.startswith("leak_")
        return leak, int(name.removeprefix("leak_")) if leak else 0

    return tuple(sorted(indicators.components(), key=order))


@cache
def _masks() -> NDArray[np.float64]:
    """Groups of the ledger without and with a technical diploma in each group shown; shape (groups, shown x 2)."""
    diploma = (np.arange(len(GROUP_MASKS["all"])) & _DIPLOMA) > 0
    columns = [GROUP_MASKS[name] & held for name in GROUPS_SHOWN for held in (~diploma, diploma)]
    return np.stack(columns, axis=1).astype(float)


def by_year(ledger: Ledger) -> Outcome:
    """What is kept of a run."""
    years = indicators.years_of(ledger)
    quarters = len(years) * QUARTERS_PER_YEAR
    flows = ledger.flows[:quarters].reshape(len(years), QUARTERS_PER_YEAR, *ledger.flows.shape[1:]).sum(axis=1)
    stocks = ledger.stocks[: quarters + 1 : QUARTERS_PER_YEAR]
    return outcome_of(ledger.scale, tuple(years), indicators.yearly(ledger), flows, stocks)


def outcome_of(
    scale: float, years: tuple[int, ...], values: NDArray[np.float64], flows: NDArray[Any], stocks: NDArray[Any]
) -> Outcome:
    """What is kept of a run, from its indicators, flows and stocks by year; shapes as in `Outcome`."""
    shown = len(GROUPS_SHOWN)
    moved = (flows.astype(float) @ _masks()).reshape(len(years), -1, shown, 2)
    tables = np.stack([indicators.components()[name] for name in _sorted_components()])
    effect = np.einsum("ytsf,ctf->ycs", moved, tables, optimize=True).cumsum(axis=0)
    holders = (stocks[:, _TECHNICIANS].sum(axis=1) @ _masks()).reshape(-1, shown, 2).sum(axis=2)
    start = np.broadcast_to(holders[0], (len(years), 1, shown))
    return Outcome(
        scale=scale,
        years=years,
        indicators=values,
        flows=flows.astype(np.int32),
        stocks=stocks.copy(),
        components=np.rint(np.concatenate([start, effect], axis=1)).astype(np.int64),
        technicians=np.rint(holders[1:]).astype(np.int64),
    )


class Typical:
    """Mean yearly flows and mean stocks over years and replicates, in people."""

    def __init__(self) -> None:
        self._runs = 0
        self._flows: NDArray[np.float64] | float = 0.0
        self._stocks: NDArray[np.float64] | float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Take in a run."""
        self._runs += 1
        diploma = (np.arange(outcome.flows.shape[2]) & _DIPLOMA) > 0
        by_group = outcome.flows.sum(axis=0) * (outcome.scale / len(outcome.years))
        self._flows = self._flows + np.stack(
            [by_group[:, ~diploma].sum(axis=1), by_group[:, diploma].sum(axis=1)], axis=1
        )
        self._stocks = self._stocks + outcome.stocks.sum(axis=2).mean(axis=0) * outcome.scale

    @property
    def flows(self) -> NDArray[np.float64]:
        """People a year by transition, without and with a technical diploma; shape (transitions, 2)."""
        return np.asarray(self._flows) / self._runs

    @property
    def stocks(self) -> NDArray[np.float64]:
        """People by position, mean over the ends of years; meaningless for positions outside."""
        return np.asarray(self._stocks) / self._runs
