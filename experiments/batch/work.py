"""What a process of a batch does: the runs of one task, and what is kept of them, as bytes."""

from __future__ import annotations

import pickle
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.batch import keys
from experiments.batch.packed import pack
from experiments.batch.tables import LEDGER_TABLES
from scenarios.loading import within_bounds
from sim import indicators
from sim.scenario import Measure, Scenario

DONE: Final = "done"
FAILED: Final = "failed"


@dataclass(frozen=True)
class Run:
    """One run of a task."""

    key: str
    scenario: str
    """Its id."""
    measures: tuple[Measure, ...] | None
    """In place of those of the scenario; None to leave them."""


@dataclass(frozen=True)
class Task:
    """Runs with the same parameters, scale and seed, so that their common beginning is built once."""

    base: bytes
    """The scenarios of the experiment, pickled."""
    code: str
    """Digest of the code that is to compute the runs."""
    facts: str
    """Digest of the documented facts."""
    values: Mapping[str, Any]
    """Parameters given otherwise than in the scenarios."""
    checked: bool
    """Whether the scenarios stand as they were read, so that no lever can move a parameter too far."""
    scale: float
    seed: int
    until: date
    kept: tuple[str, ...]
    """`indicators`, `ledgers` or both."""
    runs: tuple[Run, ...]

    def alone(self) -> list[Task]:
        """The same work with each run in a task of its own."""
        return [replace(self, runs=(run,)) for run in self.runs]

    def told(self, run: Run) -> dict[str, Any]:
        """What a run says of itself, but for what came of it."""
        return {
            "run": run.key,
            "scenario": run.scenario,
            "scale": self.scale,
            "seed": self.seed,
            "until": self.until.isoformat(),
            "kept": "+".join(self.kept),
            "facts": self.facts,
            "code": self.code,
        }

    def failed(self, message: str) -> bytes:
        """What `work` would give of runs that all failed."""
        came = {"status": FAILED, "message": message, **_came(0.0, 0)}
        return pack([self.told(run) | came for run in self.runs], [])


class OtherCode(Exception):
    """A process has another version of the model than the batch."""


class Fault(Exception):
    """A machine cannot work, as with a full disk: that says nothing of a run."""


@lru_cache(maxsize=4)
def _scenarios(base: bytes) -> dict[str, Scenario]:
    return {scenario.id: scenario for scenario in pickle.loads(base)}


def work(task: Task) -> bytes:
    """Compute the runs of a task; what is kept of them, packed. A run that fails is a result too.

    Raises OtherCode where this process has another version of the model, Fault where this machine cannot work.
    """
    if keys.code() != task.code:
        raise OtherCode(f"has another version of the model or of NumPy or Numba than the batch (on {platform.node()})")
    told: list[dict[str, Any]] = []
    numbers: list[dict[str, NDArray[Any]]] = []
    for run in task.runs:
        begun = time.perf_counter()
        found: dict[str, NDArray[Any]] = {}
        try:
            found = _kept(scenario_of(task, run), task)
            status = {"status": DONE}
        except MemoryError:
            status = {"status": FAILED, "message": "not enough memory; give fewer --processes or a larger scale"}
        except (OSError, ImportError) as error:  # of loading the model or keeping it compiled
            raise Fault(f"{_one_line(error)} (on {platform.node()})") from None
        except Exception as error:
            status = {"status": FAILED, "message": _one_line(error)}
        numbers.append(found)
        size = sum(array.nbytes for array in found.values())
        told.append(task.told(run) | status | _came(time.perf_counter() - begun, size))
    return pack(told, numbers)


def _one_line(error: Exception) -> str:
    line = " ".join(f"{type(error).__name__}: {error}".split())
    return line.encode(errors="backslashreplace").decode()  # a name of a file may be no text


def _came(seconds: float, size: int) -> dict[str, Any]:
    return {"seconds": round(seconds, 4), "finished": time.time(), "host": platform.node(), "bytes": size}


def scenario_of(task: Task, run: Run) -> Scenario:
    """The scenario of a run; a measure that would take a parameter out of its bounds takes it there."""
    scenario = _scenarios(task.base)[run.scenario].with_values(**task.values)
    if run.measures is not None:
        scenario = scenario.model_copy(update={"measures": run.measures})
    if not task.checked:
        held = tuple(within_bounds(measure, scenario.parameters) for measure in scenario.measures)
        scenario = scenario.model_copy(update={"measures": held})
    return scenario


def _kept(scenario: Scenario, task: Task) -> dict[str, NDArray[Any]]:
    from sim.model import CareerModel  # the batch itself need not load the engine

    model = CareerModel(scenario, scale=task.scale, rng=task.seed, until=task.until, threads=1)
    ledger = model.run()
    del model.state, model.events  # at once: a model is part of a cycle, and waits for the garbage collector
    found: dict[str, NDArray[Any]] = {"span": np.array([ledger.first, ledger.rows])}
    if "indicators" in task.kept:
        found["years"] = np.array(indicators.years_of(ledger), np.int16)
        found["indicators"] = indicators.yearly(ledger)
    if "ledgers" in task.kept:
        for table in LEDGER_TABLES:
            found |= {f"{table.name}/{name}": column for name, column in table.take(ledger).items()}
    return found
