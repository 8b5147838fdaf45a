"""How far long work is, and how long the rest of it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MINUTE = 60.0


@dataclass
class Clock:
    """Counts steps, those that were done before apart, so that they do not make the rest look quick."""

    steps: int
    tick: Callable[[], None]
    """Moves the bar."""
    reached: int = 0
    fresh: int = 0
    """Steps that had to be done now."""
    begun: float = field(default_factory=time.perf_counter)

    def done(self, fresh: bool) -> None:
        """Count a step."""
        self.reached += 1
        self.fresh += fresh
        self.tick()

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.begun

    @property
    def words(self) -> str:
        """What is left, as far as it is known."""
        left = self.steps - self.reached
        if not self.fresh:
            return f"{left:,} steps to go"
        return f"about {self.passed / self.fresh * left / MINUTE:.0f} minutes to go"
