"""Indicators: what a ledger says in the words of its users, in people, by year or quarter and by group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import LEVELS, MARKETS, POSITIONS
from sim import career_graph
from sim.cells import GROUPS
from sim.clock import QUARTERS_PER_YEAR, year_of
from sim.ledger import TRANSITIONS, Ledger, drawn_from_other_work

_GROUP: Final = np.arange(GROUPS)
_LEVEL: Final = _GROUP >> 3
GROUP_MASKS: Final[dict[str, NDArray[np.bool_]]] = {
    "all": np.ones(GROUPS, bool),
    "women": (_GROUP & 1) == 1,
    "men": (_GROUP & 1) == 0,
    "migration": (_GROUP & 2) > 0,
    "mbo": LEVELS.index("mbo4") >= _LEVEL,
    "hbo_wo": LEVELS.index("hbo") <= _LEVEL,
}
"""Groups by which indicators are given; mbo holds everybody up to mbo 4, also without a diploma."""
GROUPS_SHOWN: Final = tuple(GROUP_MASKS)
_TECHNICAL: Final = (_GROUP & 4) > 0

STOCKS: Final[dict[str, tuple[str, ...]]] = {
    "technicians": ("technician_technical_sector", "technician_other_sector"),
    "technicians_in_technical_sectors": ("technician_technical_sector",),
    "other_workers": ("manager", "other_job_technical_sector", "other_job"),
    "seeking": ("seeking", "graduate"),
    "inactive": ("inactive",),
    "retraining": ("retraining",),
    "technical_students": tuple(career_graph.study_positions(technical=True)),
    "other_students": tuple(career_graph.study_positions(technical=False)),
}
"""Indicators that count people at the end of a period, by the positions they add up."""
VACANCIES: Final = "open_vacancies"
POSTS: Final = "technical_posts"


@dataclass(frozen=True)
class Indicator:
    """One indicator: its name, kind and meaning."""

    name: str
    kind: str
    """stock (at the end of a period) or flow (during it)."""
    meaning: str


@cache
def flow_weights() -> dict[str, NDArray[np.float64]]:
    """Transitions that each flow indicator counts, by technical diploma; shape (transitions, 2)."""
    graph = career_graph.load()
    weights: dict[str, NDArray[np.float64]] = {}
    for point, (name, _) in graph.leak_points.items():
        table = weights.setdefault(f"leak_{point}_{name}", np.zeros((TRANSITIONS, 2)))
        table[graph.leak(point)] = 1.0
    for way in graph.ways_in:
        table = weights.setdefault(f"in_{way}", np.zeros((TRANSITIONS, 2)))
        for edge in graph.transitions:
            table[edge.code] = [float(edge.ways_in[field] == way) for field in (0, 1)]
    weights["side_entrants"] = weights["in_side_entry"] + weights["in_retrained"]
    weights["technical_diplomas"] = _into("graduate")
    weights["drawn_from_other_work"] = np.repeat(drawn_from_other_work()[:, None].astype(float), 2, axis=1)
    return weights


def _into(target: str) -> NDArray[np.float64]:
    table = np.zeros((TRANSITIONS, 2))
    for edge in career_graph.load().transitions:
        table[edge.code] = float(edge.target == target)
    return table


@cache
def all_indicators() -> tuple[Indicator, ...]:
    """Every indicator, stocks first."""
    graph = career_graph.load()
    meanings = {f"leak_{k}_{name}": means for k, (name, means) in graph.leak_points.items()}
    meanings |= {f"in_{way}": means for way, means in graph.ways_in.items()}
    meanings["side_entrants"] = (
        "people without a technical diploma who come from other work, and all who come after retraining"
    )
    meanings["technical_diplomas"] = "technical diplomas"
    meanings["drawn_from_other_work"] = (
        "people who leave other work for technical work or to retrain for it, less technicians who leave for other work"
    )
    stocks = [Indicator(name, "stock", " + ".join(parts)) for name, parts in STOCKS.items()]
    stocks.append(Indicator(VACANCIES, "stock", "technical posts that stand open after hiring"))
    stocks.append(Indicator(POSTS, "stock", "technical posts that employers want"))
    return (*stocks, *(Indicator(name, "flow", meanings[name]) for name in flow_weights()))


@cache
def keys() -> tuple[tuple[str, str], ...]:
    """Indicator and group of each column of `quarterly` and `yearly`."""
    return tuple((indicator.name, group) for indicator in all_indicators() for group in GROUPS_SHOWN)


def quarterly(ledger: Ledger) -> NDArray[np.float64]:
    """Every indicator by quarter, in people; shape (quarters, keys). Stocks are those at the end of the quarter.

    Vacancies and posts have levels but no gender or background; for those groups they are not a number.
    """
    rows = ledger.rows
    masks = np.stack([GROUP_MASKS[name] for name in GROUPS_SHOWN]).astype(float)
    stocks = ledger.stocks[1 : rows + 1].astype(float) @ masks.T
    split = np.stack([masks * ~_TECHNICAL, masks * _TECHNICAL])
    flows = np.einsum("qtg,fsg->qtfs", ledger.flows[:rows].astype(float), split, optimize=True)
    columns = [stocks[:, [POSITIONS.index(name) for name in names]].sum(axis=1) for names in STOCKS.values()]
    columns += [_by_market(ledger.vacancies[:rows]), _by_market(ledger.posts[:rows])]
    weights = np.stack(list(flow_weights().values()))
    counted = np.einsum("qtfs,itf->iqs", flows, weights, optimize=True)
    return np.concatenate([*columns, *counted], axis=1) * ledger.scale


def _by_market(open_posts: NDArray[np.int32]) -> NDArray[np.float64]:
    table = np.full((len(open_posts), len(GROUPS_SHOWN)), np.nan)
    higher = MARKETS.index("hbo")
    table[:, GROUPS_SHOWN.index("all")] = open_posts.sum(axis=1)
    table[:, GROUPS_SHOWN.index("mbo")] = open_posts[:, :higher].sum(axis=1)
    table[:, GROUPS_SHOWN.index("hbo_wo")] = open_posts[:, higher:].sum(axis=1)
    return table


def years_of(ledger: Ledger) -> list[int]:
    """Whole calendar years that a ledger covers."""
    return [year_of(ledger.first) + k for k in range(ledger.rows // QUARTERS_PER_YEAR)]


def yearly(ledger: Ledger) -> NDArray[np.float64]:
    """Every indicator by year: stocks on 31 December, flows over the year; shape (years, keys)."""
    by_quarter = quarterly(ledger)
    years = len(years_of(ledger))
    whole = by_quarter[: years * QUARTERS_PER_YEAR].reshape(years, QUARTERS_PER_YEAR, -1)
    kinds = np.repeat([indicator.kind == "flow" for indicator in all_indicators()], len(GROUPS_SHOWN))
    return np.where(kinds, whole.sum(axis=1), whole[:, -1])


@cache
def components() -> dict[str, NDArray[np.float64]]:
    """How each leak point and way in changes the number of technicians: -1, 0 or 1 by transition and diploma.

    Together they hold every transition into and out of technical occupations just once, so that their sums add up
    to the change in the number of technicians.
    """
    inside = set(STOCKS["technicians"])
    found: dict[str, NDArray[np.float64]] = {}
    for edge in career_graph.load().transitions:
        entering, leaving = edge.target in inside, edge.source in inside
        if entering == leaving:
            continue
        for field in (0, 1):
            name = f"in_{edge.ways_in[field]}" if entering else f"leak_{edge.leak}"
            table = found.setdefault(name, np.zeros((TRANSITIONS, 2)))
            table[edge.code, field] = 1.0 if entering else -1.0
    return found


def decomposition(ledger: Ledger, year: int, group: str = "all") -> dict[str, float]:
    """People that each way in brought and each leak point took since 1 January 2022 up to the end of a year.

    For all people together the numbers add up exactly to the change in the number of technicians. Within a group
    they do so unless people change group while they are technicians, which they do not.
    """
    rows = (year - year_of(ledger.first) + 1) * QUARTERS_PER_YEAR
    mask = GROUP_MASKS[group]
    total = ledger.flows[:rows].sum(axis=0, dtype=np.int64)
    by_field = np.stack([total[:, mask & ~_TECHNICAL].sum(axis=1), total[:, mask & _TECHNICAL].sum(axis=1)], axis=1)
    return {name: float((table * by_field).sum() * ledger.scale) for name, table in components().items()}
