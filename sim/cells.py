"""A person's circumstances packed into 16 bits, so that one table look-up bounds their risk.

Bits: position 0-4, woman 5, wishes part-time 6, technical diploma 7, age group 8-11, migration background 12,
level 13-15. The group of the ledger is gender x background x technical diploma x level.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from agents.positions import MARKETS
from agents.rule import rule

CELLS: Final = 1 << 16
GROUPS: Final = 64

_MARKET: Final = np.array([0, 0, 0, 0, 0, 1, 2, 3], np.uint8)
"""Market of each level: without a diploma, mbo 2 and 3 together; mbo 4; hbo; wo."""
assert len(MARKETS) == _MARKET.max() + 1


@rule
def pack(position: int, woman: int, wish: int, technical: int, age: int, migrant: int, level: int) -> int:
    """Cell of these circumstances."""
    return position | woman << 5 | wish << 6 | technical << 7 | age << 8 | migrant << 12 | level << 13


@rule
def position_of(cell: int) -> int:
    """Position in the career graph."""
    return cell & 31


@rule
def woman_of(cell: int) -> int:
    """1 for a woman."""
    return (cell >> 5) & 1


@rule
def wish_of(cell: int) -> int:
    """1 for a wish to work part-time."""
    return (cell >> 6) & 1


@rule
def technical_of(cell: int) -> int:
    """1 with a technical diploma."""
    return (cell >> 7) & 1


@rule
def age_of(cell: int) -> int:
    """Age group."""
    return (cell >> 8) & 15


@rule
def migrant_of(cell: int) -> int:
    """1 with a migration background."""
    return (cell >> 12) & 1


@rule
def level_of(cell: int) -> int:
    """Level."""
    return (cell >> 13) & 7


@rule
def moved(cell: int, position: int) -> int:
    """Cell after a change of position."""
    return (cell & ~31) | position


@rule
def group_of(cell: int) -> int:
    """Group of the ledger: level x technical x migrant x woman."""
    return level_of(cell) << 3 | technical_of(cell) << 2 | migrant_of(cell) << 1 | woman_of(cell)


@rule
def market_of(level: int) -> int:
    """Part of the technical labour market for a level."""
    return int(_MARKET[level])
