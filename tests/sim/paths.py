"""What the tests of mechanisms look at: paths by quarter, in agents, taken from a ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.positions import POSITIONS
from sim import career_graph
from sim.indicators import flow_weights
from sim.ledger import CLIMATE, Ledger

Path = Callable[[Ledger], NDArray[Any]]

GROUP = np.arange(64)
GROUPS = {
    "all": GROUP >= 0,
    "women": GROUP & 1 == 1,
    "men": GROUP & 1 == 0,
    "migration": GROUP & 2 > 0,
    "dutch": GROUP & 2 == 0,
    "dutch men": GROUP & 3 == 0,
    "technical": GROUP & 4 > 0,
    "without diploma": GROUP & 4 == 0,
}

TECHNICIANS = ("technician_technical_sector", "technician_other_sector")
OTHER_WORK = ("manager", "other_job_technical_sector", "other_job")
TECHNICAL_STUDIES = tuple(career_graph.study_positions(technical=True))
PUPILS = ("school_technical", "school_other")


def flow(source: tuple[str, ...] = (), target: tuple[str, ...] = (), group: str = "all") -> Path:
    """Transitions from some positions to some others; from or to anywhere if none is given."""
    inside = set(TECHNICIANS)
    codes = [
        edge.code
        for edge in career_graph.load().transitions
        if (not source or edge.source in source)
        and (not target or edge.target in target)
        and not (edge.source in inside and edge.target in inside)
    ]
    return lambda ledger: ledger.flows[:, codes][..., GROUPS[group]].sum(axis=(1, 2))


def leak(point: int, group: str = "all") -> Path:
    codes = career_graph.load().leak(point)
    return lambda ledger: ledger.flows[:, codes][..., GROUPS[group]].sum(axis=(1, 2))


def way_in(name: str, group: str = "all") -> Path:
    def path(ledger: Ledger) -> NDArray[Any]:
        fields = np.where(GROUPS["technical"], 1, 0)
        weights = flow_weights()[f"in_{name}"][:, fields] * GROUPS[group]
        return np.asarray((ledger.flows * weights).sum(axis=(1, 2)))

    return path


def stock(positions: tuple[str, ...], group: str = "all") -> Path:
    rows = [POSITIONS.index(name) for name in positions]
    return lambda ledger: ledger.stocks[1:, rows][..., GROUPS[group]].sum(axis=(1, 2))


def rate(events: Path, people: Path) -> Path:
    return lambda ledger: events(ledger) / people(ledger)


def climate(name: str) -> Path:
    return lambda ledger: ledger.climate[:, CLIMATE.index(name)]


def everybody_but(positions: tuple[str, ...]) -> Path:
    """Stocks of all other positions and groups, with vacancies and posts."""
    rows = [k for k, name in enumerate(POSITIONS) if name not in positions]

    def path(ledger: Ledger) -> NDArray[Any]:
        parts = (ledger.stocks[1:, rows], ledger.vacancies, ledger.posts, ledger.climate)
        return np.concatenate([part.reshape(len(ledger.posts), -1) for part in parts], axis=1)

    return path


def vacancies(ledger: Ledger) -> NDArray[Any]:
    return np.asarray(ledger.vacancies.sum(axis=1))


def posts(ledger: Ledger) -> NDArray[Any]:
    return np.asarray(ledger.posts.sum(axis=1))


def turned_away(ledger: Ledger) -> NDArray[Any]:
    return np.asarray(ledger.turned_away.sum(axis=1))


technicians = stock(TECHNICIANS)
separations = flow(TECHNICIANS, (*OTHER_WORK, "seeking", "inactive", "retired", "abroad"))
leaving_other_work = flow(OTHER_WORK, ("seeking", "inactive", "retired", "abroad"))
activation = flow(("inactive",), ())
boys_profile = leak(1, "men")
drop_out = flow(TECHNICAL_STUDIES, ("seeking",))
technical_students = stock(TECHNICAL_STUDIES)
diplomas = flow(TECHNICAL_STUDIES, ("graduate",))
courses = flow((), ("retraining",))
