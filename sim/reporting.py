"""What a model's DataCollector records each quarter, in people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from agents.positions import POSITIONS, SEEKING, TECHNICIAN


def technicians(model: Any) -> float:
    """People in a technical occupation."""
    ledger = model.ledger
    return float(ledger.stocks[ledger.rows, TECHNICIAN : TECHNICIAN + 2].sum() * ledger.scale)


def women_technicians(model: Any) -> float:
    """Women in a technical occupation; women are the odd groups."""
    ledger = model.ledger
    return float(ledger.stocks[ledger.rows, TECHNICIAN : TECHNICIAN + 2, 1::2].sum() * ledger.scale)


def vacancies(model: Any) -> float:
    """Technical posts that stand open."""
    ledger = model.ledger
    return float(ledger.vacancies[ledger.rows - 1].sum() * ledger.scale)


def seeking(model: Any) -> float:
    """People without work who look for it."""
    ledger = model.ledger
    return float(ledger.stocks[ledger.rows, SEEKING].sum() * ledger.scale)


REPORTERS: Final[dict[str, Callable[[Any], float]]] = {
    "technicians": technicians,
    "women_technicians": women_technicians,
    "open_vacancies": vacancies,
    "seeking": seeking,
}

assert POSITIONS[TECHNICIAN].startswith("technician")
