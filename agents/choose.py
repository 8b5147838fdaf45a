"""The two ways to decide with one uniform number: competing risks, and a shifted share."""

from __future__ import annotations

from math import exp

from agents.rule import rule


@rule
def scaled(base: float, effect: float) -> float:
    """Base rate times exp(effect): how every effect in the model changes a rate, so that effects compose."""
    return base if effect == 0.0 else base * exp(effect)


@rule
def pick(u: float, dt: float, rates: tuple[float, ...]) -> int:
    """Competing risks: which of several events happens within `dt` years, or -1 for none.

    Parameters
    ----------
    u : uniform number in (0, 1)
    dt : length of the period in years
    rates : rate per year of each event; the chance of any is 1 - exp(-sum x dt), shared in proportion to the rates
    """
    total = 0.0
    for rate in rates:
        total += rate
    if u >= total * dt:  # the chance is never above this
        return -1
    chance = 1.0 - exp(-total * dt)
    if u >= chance:
        return -1
    mark = u / chance * total
    last = 0
    passed = 0.0
    k = 0
    for rate in rates:
        if rate > 0.0:
            last = k
            passed += rate
            if mark < passed:
                return k
        k += 1
    return last


@rule
def any_chance(dt: float, rates: tuple[float, ...]) -> float:
    """Chance that any of several competing events happens within `dt` years."""
    total = 0.0
    for rate in rates:
        total += rate
    return 1.0 - exp(-total * dt)


@rule
def shifted(share: float, shift: float) -> float:
    """Share moved by `shift` on the log-odds scale, so that it stays between 0 and 1."""
    if shift == 0.0 or share <= 0.0 or share >= 1.0:
        return share
    odds = share / (1.0 - share) * exp(shift)
    return odds / (1.0 + odds)
