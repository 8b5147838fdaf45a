"""The generator against published numbers, and its uniformity and independence on the addresses of a run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from agents.rule import interpreted
from sim import draws
from sim.draws import uniforms, unit, words
from sim.identity import arrived, born
from sim.market import CONTACTS_LIMIT
from sim.scenario import Scenario

Words = NDArray[np.uint32]

SMALLEST_P = 1e-4
"""About a hundred numbers are tested here; they are fixed, so a good generator passes for good."""
SAMPLE = 1 << 18

KNOWN = [
    # Random123, kat_vectors, philox2x32 with 10 rounds: counter, key, result
    ((0x00000000, 0x00000000), 0x00000000, (0xFF1DAE59, 0x6CD10DF2)),
    ((0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFF, (0x2C3F628B, 0xAB4FD7AD)),
    ((0x243F6A88, 0x85A308D3), 0x13198A2E, (0xDD7CE038, 0xF62A4C12)),
]

WIDTHS = {
    "ATTRIBUTES": 8, "RISK": 1, "GRADUATION": 1, "CHOICE": 1, "STUDY_LEVEL": 1, "FIRST_JOB": 1, "ARRIVAL": 3,
    "START": 16, "CONTACT": 64, "POST": 64, "EMPLOYER": 16, "ADOPTION": 8,
}  # fmt: skip
"""Addresses that each decision takes, as `sim/draws.py` promises."""


@numba.njit(cache=False)
def _many(key: Words, identity: Words, step: Words, decision: Words) -> tuple[Words, Words]:
    first, second = np.empty(key.size, np.uint32), np.empty(key.size, np.uint32)
    for n in range(key.size):
        first[n], second[n] = words(int(key[n]), int(identity[n]), int(step[n]), int(decision[n]))
    return first, second


def many(key: Any, identity: Any, step: Any, decision: Any) -> tuple[Words, Words]:
    """Both words of many addresses; scalars stand for all."""
    arrays = np.broadcast_arrays(*(np.asarray(a, np.uint32) for a in (key, identity, step, decision)))
    return _many(*(np.ascontiguousarray(a) for a in arrays))


@pytest.mark.parametrize("form", [words, interpreted(words)], ids=["compiled", "interpreted"])
@pytest.mark.parametrize(("counter", "key", "result"), KNOWN, ids=["zeros", "ones", "pi"])
def test_known_answers(form: Callable[..., Any], counter: tuple[int, int], key: int, result: tuple[int, int]) -> None:
    found = form(key, counter[0], counter[1] >> 8, counter[1] & 0xFF)
    assert tuple(int(word) for word in found) == result


def test_compiled_words_are_those_of_the_interpreter() -> None:
    rng = np.random.default_rng(1)
    key, identity = rng.integers(0, 1 << 32, (2, 300), dtype=np.uint32)
    step, decision = rng.integers(0, 1 << 24, 300, np.uint32), rng.integers(0, 256, 300, np.uint32)
    first, second = many(key, identity, step, decision)
    plain = interpreted(words)
    for n in range(300):
        a, b = plain(int(key[n]), int(identity[n]), int(step[n]), int(decision[n]))
        assert (int(a), int(b)) == (int(first[n]), int(second[n]))


def test_a_uniform_number_lies_strictly_between_0_and_1() -> None:
    assert unit(0) == 2.0**-33 > 0.0
    assert unit(0xFFFFFFFF) == 1.0 - 2.0**-33 < 1.0
    assert unit(0x80000000) == 0.5 + 2.0**-33
    a, b = uniforms(*(KNOWN[0][1], *KNOWN[0][0], 0))
    assert (a, b) == tuple((word + 0.5) / 2**32 for word in KNOWN[0][2])


# ------------------------------------------------------------------ uniformity

IDENTITIES = np.array([born.py_func(-60 + q, place) for q in range(64) for place in range(SAMPLE // 64)])


@pytest.fixture(scope="module")
def sample() -> tuple[Words, Words]:
    """Words of the risk of one quarter for people as a run numbers them."""
    return many(7, IDENTITIES, 90, draws.RISK)


def assert_even(counts: NDArray[Any]) -> None:
    """Chi-square against equal chances, neither too uneven nor too even to be random."""
    p = stats.chisquare(np.asarray(counts).ravel()).pvalue
    assert SMALLEST_P < p < 1.0 - SMALLEST_P


@pytest.mark.parametrize("which", [0, 1])
def test_every_bit_is_even(sample: tuple[Words, Words], which: int) -> None:
    ones = np.array([((sample[which] >> np.uint32(bit)) & 1).sum() for bit in range(32)], float)
    z = (ones - SAMPLE / 2) / np.sqrt(SAMPLE / 4)
    p = stats.chi2.sf((z**2).sum(), 32)
    assert SMALLEST_P < p < 1.0 - SMALLEST_P
    assert np.abs(z).max() < stats.norm.isf(SMALLEST_P / 64)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("shift", [0, 8, 16, 24])
def test_bins_are_even(sample: tuple[Words, Words], which: int, shift: int) -> None:
    assert_even(np.bincount((sample[which] >> np.uint32(shift)) & 255, minlength=256))


def test_uniform_numbers_follow_the_uniform_distribution(sample: tuple[Words, Words]) -> None:
    for column in sample:
        assert stats.kstest((column + 0.5) / 2.0**32, "uniform").pvalue > SMALLEST_P


# ------------------------------------------------------------------ independence

PAIRS: dict[str, Callable[[], tuple[Words, Words]]] = {
    "both words": lambda: many(7, IDENTITIES, 90, draws.RISK),
    "next person": lambda: (first := many(7, IDENTITIES, 90, draws.RISK)[0], np.roll(first, 1)),
    "next birth quarter": lambda: (
        first := many(7, IDENTITIES, 90, draws.RISK)[0],
        np.roll(first, SAMPLE // 64),
    ),
    "born here and arrived": lambda: (
        many(7, IDENTITIES, 90, draws.RISK)[0],
        many(7, [arrived.py_func(90, 0, place) for place in range(SAMPLE)], 90, draws.RISK)[0],
    ),
    "next quarter": lambda: (
        many(7, IDENTITIES, 90, draws.RISK)[0],
        many(7, IDENTITIES, 91, draws.RISK)[0],
    ),
    "second word and next quarter": lambda: (
        many(7, IDENTITIES, 90, draws.RISK)[1],
        many(7, IDENTITIES, 91, draws.RISK)[0],
    ),
    "next decision": lambda: (
        many(7, IDENTITIES, 90, draws.RISK)[0],
        many(7, IDENTITIES, 90, draws.RISK + 1)[0],
    ),
    "contact and post": lambda: (
        many(7, IDENTITIES, 90, draws.CONTACT)[0],
        many(7, IDENTITIES, 90, draws.POST)[0],
    ),
    "next seed": lambda: (many(7, IDENTITIES, 90, draws.RISK)[0], many(8, IDENTITIES, 90, draws.RISK)[0]),
    "seeds one after the other": lambda: (
        (first := many(np.arange(SAMPLE), IDENTITIES[5], 90, draws.RISK)[0]),
        np.roll(first, 1),
    ),
    "quarters one after the other": lambda: (
        (first := many(7, IDENTITIES[5], np.arange(SAMPLE), draws.RISK)[0]),
        np.roll(first, 1),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_neighbouring_addresses_are_independent(name: str) -> None:
    a, b = PAIRS[name]()
    for shift in (26, 0):  # the highest six bits, and the lowest
        joint = np.bincount(((a >> np.uint32(shift)) & 63) * 64 + ((b >> np.uint32(shift)) & 63), minlength=4096)
        assert_even(joint)
    z = np.corrcoef(a.astype(float), b.astype(float))[0, 1] * np.sqrt(SAMPLE)
    assert abs(z) < stats.norm.isf(SMALLEST_P / 2)
    assert (a == b).sum() <= 3


def test_a_change_of_one_bit_changes_half_of_the_bits() -> None:
    rng = np.random.default_rng(2)
    size = 2000
    base = [rng.integers(0, high, size, np.int64) for high in (1 << 32, 1 << 32, 1 << 24, 256)]
    first, second = many(*base)
    for part, bits in enumerate((32, 32, 24, 8)):
        for bit in range(bits):
            other = [column ^ (1 << bit) if k == part else column for k, column in enumerate(base)]
            a, b = many(*other)
            changed = np.bitwise_count(first ^ a).sum() + np.bitwise_count(second ^ b).sum()
            assert abs(changed / (size * 64) - 0.5) < 5 * 0.5 / np.sqrt(size * 64)


# ------------------------------------------------------------------ addresses


def decisions() -> dict[str, int]:
    """The constants below the heading on decisions, as the source has them."""
    tree = ast.parse(Path(draws.__file__).read_text(encoding="utf-8"))
    found = [
        node.target.id for node in tree.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    return {name: getattr(draws, name) for name in found[found.index("ATTRIBUTES") :] if name != "EMPLOYER_IDENTITY"}


def test_every_decision_has_addresses_of_its_own() -> None:
    found = decisions()
    assert set(found) == set(WIDTHS)
    taken = [found[name] + k for name in found for k in range(WIDTHS[name])]
    assert len(set(taken)) == len(taken)
    assert min(taken) >= 0
    assert max(taken) < 256


def test_the_market_stays_within_its_addresses(baseline: Scenario) -> None:
    contacts, rounds = (baseline.parameters[name].value for name in ("contacts", "matching_rounds"))
    assert contacts <= CONTACTS_LIMIT
    assert rounds * CONTACTS_LIMIT <= min(WIDTHS["CONTACT"], WIDTHS["POST"])


def test_identities_do_not_overlap() -> None:
    """People born here, people from abroad and employers, over all quarters that a run can reach (until 2060)."""
    first, last = -300, 240
    here = {born.py_func(q, place) for q in range(first, last, 7) for place in (0, 1, (1 << 21) - 1)}
    there = {
        arrived.py_func(q, kind, place)
        for q in range(-40, last, 7)
        for kind in range(3)
        for place in (0, 1, (1 << 20) - 1)
    }
    employers = {draws.EMPLOYER_IDENTITY | e for e in (0, 1, 1000, (1 << 20) - 1)}
    assert len(here) == 3 * len(range(first, last, 7))
    assert len(there) == 9 * len(range(-40, last, 7))
    assert here.isdisjoint(there)
    youngest = born.py_func(240 - 12 * 4, (1 << 21) - 1)  # nobody younger than 12 is in a run
    assert all(e > youngest for e in employers)
    assert employers.isdisjoint(there)
    assert max(here | there) < 1 << 32
