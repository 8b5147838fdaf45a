"""Flows that a Markov chain expects, with their variance, beside the flows found in runs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .markov_start import Column

SMALLEST_EXPECTED = 40.0
"""Flows that are smaller are not compared: they are not nearly normal, and tell little."""


@dataclass
class Flows:
    """Expected flows, their variance and the flows found, by transition, quarter and kind of people."""

    table: dict[tuple[str, str, int], Column] = field(default_factory=dict)
    """By source, target and quarter: expected, variance and found, for each kind of people; shape (3, kinds)."""

    def _add(self, source: str, target: str, quarter: int, row: int, numbers: Column) -> None:
        self.table.setdefault((source, target, quarter), np.zeros((3, numbers.size)))[row] += numbers

    def expect(self, source: str, target: str, quarter: int, chance: Column, kinds: Column) -> None:
        if chance.any():
            self._add(source, target, quarter, 0, kinds @ chance)
            self._add(source, target, quarter, 1, kinds @ (chance * (1.0 - chance)))

    def see(self, source: str, target: str, quarter: int, rows: Column, kinds: Column) -> None:
        if rows.size:
            self._add(source, target, quarter, 2, kinds[:, rows].sum(axis=1))

    def scores(self, by_quarter: bool) -> dict[Any, float]:
        """z-scores of all flows: of each quarter, over all people; or of all quarters, for each kind of people."""
        sums: dict[Any, Column] = defaultdict(lambda: np.zeros(3))
        for (source, target, quarter), numbers in self.table.items():
            if by_quarter:
                sums[source, target, quarter] += numbers[:, 0]
            else:
                for kind in range(numbers.shape[1]):
                    sums[source, target, kind] += numbers[:, kind]
        return {
            name: float((found - expected) / np.sqrt(variance))
            for name, (expected, variance, found) in sums.items()
            if expected >= SMALLEST_EXPECTED
        }
