"""Random numbers with an address: a pure function of (seed, identity, step, decision).

The generator is Philox2x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"),
a counter-based generator. The counter is the identity and the step with the decision, the key is the seed. One call
gives two independent 32-bit words. Because nothing is remembered between calls, results cannot depend on the order
of work, and the same person meets the same luck in every scenario: common random numbers.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from agents.rule import rule

U = np.uint64
_MULTIPLIER: Final = U(0xD256D193)
_WEYL: Final = U(0x9E3779B9)
_LOW: Final = U(0xFFFFFFFF)
_HALF: Final = U(32)
_STEP_SHIFT: Final = 8  # a step has room for 256 decisions
UNIT: Final = 2.0**-32
SEED_LIMIT: Final = 2**32

# Decisions of a person in a step; one number each, never used twice.
ATTRIBUTES: Final = 0  # 0 to 7, drawn at step 0: what a person is born with
RISK: Final = 8  # the competing risks of the quarter (second word: where to)
GRADUATION: Final = 9  # diploma or not (second word: on to the next level)
CHOICE: Final = 10  # profile or field of study (second word: continue or not)
STUDY_LEVEL: Final = 11  # level of study (second word: a seat when seats are short)
FIRST_JOB: Final = 12
ARRIVAL: Final = 13  # 13 to 15: who arrives from abroad
START: Final = 16  # 16 to 31, drawn at step 0: position in the starting population
CONTACT: Final = 64  # 64 to 127: the employers met in two contacts
POST: Final = 128  # 128 to 191: the post offered with the order among applicants, and whether the two agree

# Decisions of an employer.
EMPLOYER: Final = 192  # 192 to 207, drawn at step 0: what an employer starts with, and who is reached
ADOPTION: Final = 208  # 208 to 215: a practice taken one step further

EMPLOYER_IDENTITY: Final = 1 << 30  # employers have identities of their own, apart from those of people


@rule
def words(key: int, identity: int, step: int, decision: int) -> tuple[Any, Any]:
    """Two random 32-bit words for an address.

    Parameters
    ----------
    key : seed, 0 to 2**32 - 1
    identity : person or employer, 0 to 2**32 - 1
    step : quarter, 0 to 2**24 - 1
    decision : one of the constants of this module, 0 to 255
    """
    x = U(identity)
    y = ((U(step) << U(_STEP_SHIFT)) | U(decision)) & _LOW  # the masks let the compiler see 32-bit products
    k = U(key) & _LOW
    for _ in range(10):
        product = x * _MULTIPLIER
        x = (product >> _HALF) ^ k ^ y
        y = product & _LOW
        k = (k + _WEYL) & _LOW
    return x, y


@rule
def unit(word: int) -> float:
    """Uniform number in (0, 1) from a word: the middle of one of 2**32 equal steps."""
    return (float(word) + 0.5) * UNIT


@rule
def uniforms(key: int, identity: int, step: int, decision: int) -> tuple[float, float]:
    """Two uniform numbers in (0, 1) for an address."""
    x, y = words(key, identity, step, decision)
    return unit(x), unit(y)
