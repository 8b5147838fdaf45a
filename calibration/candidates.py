"""Candidates: points of the priors, each run with the same seeds, as many at a time as there are threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.journal import Journal, point_of
from calibration.priors import Space
from calibration.simulation import run_once
from calibration.targets import measured_targets
from sim.scenario import Scenario

Array = NDArray[np.float64]
GLANCE: Final = 0.2
"""Seconds between two looks at whether the user wants to stop."""


class Stopped(Exception):
    """The user stopped the calibration; what was finished is in the journal."""


@dataclass(frozen=True)
class Runs:
    """How every candidate is run."""

    scale: float
    """People for each agent."""
    seeds: tuple[int, ...]
    """Seeds of its runs: the same for all candidates, so that they differ by their parameters alone."""
    paired: int
    """Of how many candidates one is run twice, for the measures that take a second run."""

    def is_paired(self, candidate: int) -> bool:
        """Whether a candidate is run twice."""
        return candidate % self.paired == 0

    def number(self, candidates: range) -> int:
        """Runs of the model that some candidates take."""
        return sum(len(self.seeds) * (2 if self.is_paired(candidate) else 1) for candidate in candidates)


@dataclass(frozen=True)
class Laboratory:
    """Runs candidates and keeps what they gave."""

    baseline: Scenario
    space: Space
    runs: Runs
    journal: Journal
    threads: int
    stop: threading.Event
    done: Callable[[bool], None] = lambda _: None
    """Called for every run that is there, with whether it had to be done, from the thread that waits."""

    def values(self, first: int, values: Array, names: Sequence[str]) -> Array:
        """Targets of candidates, the mean and every seed; not a number where one was not measured.

        Runs that the journal has are not done again. What is returned does not depend on the number of threads.

        Parameters
        ----------
        first : number of the first candidate
        values : parameter values; shape (candidates, priors)
        names : targets wanted

        Returns
        -------
        shape (candidates, seeds, targets)
        """
        points = [point_of(row, self.runs.is_paired(first + k)) for k, row in enumerate(values.tolist())]
        wanted = [(row, seed) for row in range(len(values)) for seed in self.runs.seeds]
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="candidate")
        try:
            waiting = set()
            for row, seed in wanted:
                if self.journal.get(points[row], seed) is None:
                    paired = self.runs.is_paired(first + row)
                    waiting.add(pool.submit(self._run, points[row], seed, values[row], paired))
                else:
                    self.done(False)
            while waiting:
                finished, waiting = wait(waiting, timeout=GLANCE, return_when=FIRST_COMPLETED)
                if self.stop.is_set():
                    raise Stopped
                for future in finished:
                    future.result()
                    self.done(True)
        except BaseException:
            self.stop.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        measures = {target.id: target.measure or "" for target in measured_targets()}
        table = np.full((len(values), len(self.runs.seeds), len(names)), np.nan)
        for row in range(len(values)):
            for place, seed in enumerate(self.runs.seeds):
                found = self.journal.get(points[row], seed) or {}
                table[row, place] = [found.get(measures[name], np.nan) for name in names]
        return table

    def _run(self, point: str, seed: int, values: Array, paired: bool) -> None:
        if self.stop.is_set():
            raise Stopped
        scenario = self.space.scenario(self.baseline, values.tolist())
        found = run_once(scenario, self.runs.scale, seed, paired)
        self.journal.add(point, seed, found)
