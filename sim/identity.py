"""Identities: who somebody is, for life and in every scenario, in 32 bits.

People born here: birth quarter (10 bits) and place in it (21 bits). People from abroad: the top bit, quarter of
arrival (9 bits), kind of arrival (2 bits) and place in it (20 bits). No scenario can change who is who.
"""

from __future__ import annotations

from typing import Final

from agents.rule import rule

BIRTH_ZERO: Final = -300
"""Quarter index of the earliest birth quarter that an identity can hold: early 1925."""
ARRIVAL_ZERO: Final = -40
PLACES: Final = 1 << 21
ARRIVAL_PLACES: Final = 1 << 20
ARRIVED: Final = 1 << 31


@rule
def born(birth: int, place: int) -> int:
    """Identity of the person with this place among those born in a quarter."""
    return (birth - BIRTH_ZERO) << 21 | place


@rule
def arrived(quarter: int, kind: int, place: int) -> int:
    """Identity of the person with this place among the arrivals of a kind in a quarter."""
    return ARRIVED | (quarter - ARRIVAL_ZERO) << 22 | kind << 20 | place
