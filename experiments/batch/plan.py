"""The plan of an experiment: every run that it needs, each once, in tasks that share their beginning."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from calibration.priors import drawn_names
from experiments.batch import keys
from experiments.batch.designs import points
from experiments.batch.experiment import INDICATORS, LEDGERS, Experiment
from experiments.batch.factors import Value
from experiments.batch.work import Run, Task
from experiments.options import BASELINE, UserError
from scenarios.loading import load
from sim.scenario import Measure, Parameter

if TYPE_CHECKING:
    from calibration.posterior import Posterior

MOST_RUNS: Final = 10_000_000
BOTH: Final = (INDICATORS, LEDGERS)
STRENGTH: Final = "strength"
_PER_SCALE: Final = 0.1
_FEWEST, _MOST = 8, 64
"""Runs of a task: about the scale times _PER_SCALE, work of a few seconds, so that little is lost with a process."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A scenario at one point of the design and one draw of the posterior."""

    scenario: int
    point: int
    draw: int
    content: str
    """Digest of all that it says."""


class Plan:
    """All runs of an experiment.

    Parameters
    ----------
    posterior : whose draws are used, if the experiment wants any
    """

    def __init__(
        self, experiment: Experiment, posterior: Posterior | None, tick: Callable[[], Any] = lambda: None
    ) -> None:
        self.experiment = experiment
        self.posterior = posterior
        file = experiment.file
        self.points = points(file.design, experiment.factors, file.seed)
        self.draws: list[int] = (
            [int(row) for row in posterior.chosen(file.posterior, file.seed)] if posterior and file.posterior else [-1]
        )
        """Row of the posterior for each draw, some of them more than once; -1 for the values that stand in the
        scenarios."""
        rows = len(self.points) * len(self.draws) * len(experiment.scenarios) * file.replicates * len(experiment.scales)
        if rows > MOST_RUNS:
            raise UserError(
                f"{file.id} makes {rows:,} runs; give fewer points, draws or replicates, {MOST_RUNS:,} at most"
            )
        usual = load(BASELINE)
        self._drawn: list[dict[str, Any]] = [
            posterior.space.tables(usual, posterior.values[row].tolist()) if posterior and row >= 0 else {}
            for row in self.draws
        ]
        self._taken = [drawn_names(scenario, usual, self._drawn[0]) for scenario in experiment.scenarios]
        self._digests = [keys.Parameters(scenario) for scenario in experiment.scenarios]
        self._untouched = [keys.measures_digest(scenario.measures) for scenario in experiment.scenarios]
        self.variants: list[Variant] = []
        """Each different one, once."""
        self.table = np.zeros((len(self.points), len(self.draws), len(experiment.scenarios)), np.int32)
        """Variant by point, draw and scenario."""
        self.groups: dict[tuple[str, int], list[int]] = {}
        """Variants with the same parameters and the same values given otherwise, which have the same beginning."""
        self._fuller: frozenset[str] = frozenset()
        self._find_variants(tick)

    def _find_variants(self, tick: Callable[[], Any]) -> None:
        known: dict[str, int] = {}
        earlier: dict[tuple[Value, ...], int] = {}
        for point, values in enumerate(self.points):
            if (same := earlier.setdefault(values, point)) != point:  # as often where factors have few values
                self.table[point] = self.table[same]
                continue
            for draw in range(len(self.draws)):
                for place, scenario in enumerate(self.experiment.scenarios):
                    parameters = self._digests[place].digest(self.values(place, point, draw))
                    moved = self.measures(place, point)
                    measures = self._untouched[place] if moved is None else keys.measures_digest(moved)
                    content = keys.content_digest(scenario.id, parameters, measures)
                    if content not in known:
                        known[content] = len(self.variants)
                        self.variants.append(Variant(place, point, draw, content))
                        self.groups.setdefault((parameters, place if self._own[place] else -1), []).append(
                            known[content]
                        )
                    self.table[point, draw, place] = known[content]
                tick()

    @cached_property
    def _own(self) -> list[bool]:
        """Whether a scenario has parameters of its own, other than those of the first."""
        first = self.experiment.scenarios[0].parameters
        return [
            any(one.value != first[name].value for name, one in scenario.parameters.items())
            for scenario in self.experiment.scenarios
        ]

    def values(self, scenario: int, point: int, draw: int) -> dict[str, Any]:
        """Values of parameters that a variant gives otherwise than its scenario."""
        base = self.experiment.scenarios[scenario].parameters
        moved: dict[str, Parameter] = {}
        for factor, value in zip(self.experiment.factors, self.points[point], strict=True):
            if factor.change.of_parameter:
                name = factor.change.name
                moved[name] = factor.parameter(moved.get(name, base[name]), value)
        drawn = {name: self._drawn[draw][name] for name in self._taken[scenario]}
        return {**drawn, **{name: parameter.value for name, parameter in moved.items()}}

    def measures(self, scenario: int, point: int) -> tuple[Measure, ...] | None:
        """Measures of a scenario at a point; None where no lever concerns them."""
        base = self.experiment.scenarios[scenario]
        changed = base.measures
        pairs = list(zip(self.experiment.factors, self.points[point], strict=True))
        for factor, value in sorted(pairs, key=lambda pair: pair[0].change.key == STRENGTH):
            if not factor.change.of_parameter and factor.concerns(base):  # strength last: it is of all that is changed
                changed = tuple(factor.measure(m, value) if factor.is_of(m, base) else m for m in changed)
        return None if changed is base.measures else changed

    @property
    def rows(self) -> int:
        """Scenarios x points x draws x replicates x scales; some of them may be the same run."""
        return self.table.size * self.experiment.file.replicates * len(self.experiment.scales)

    @property
    def runs(self) -> int:
        """Different runs."""
        return len(self.variants) * self.experiment.file.replicates * len(self.experiment.scales)

    def settle(self, known: Collection[str]) -> None:
        """Take a run with more outcomes for a wanted one, where the store has that and not the wanted one itself.

        Decided once, before the batch: what another batch finishes meanwhile does not change what is wanted.
        """
        if self.experiment.kept != BOTH:
            places = [place for place in self._places() if self._key(*place, self.experiment.kept) not in known]
            self._fuller = frozenset(key for key in (self._key(*place, BOTH) for place in places) if key in known)

    def key(self, variant: int, scale: float, replicate: int) -> str:
        """Key of a run."""
        if self._fuller and (fuller := self._key(variant, scale, replicate, BOTH)) in self._fuller:
            return fuller
        return self._key(variant, scale, replicate, self.experiment.kept)

    def _key(self, variant: int, scale: float, replicate: int, kept: tuple[str, ...]) -> str:
        file = self.experiment.file
        return keys.run_key(self.variants[variant].content, scale, file.seed + replicate, file.until, kept)

    def every_key(self) -> Iterator[str]:
        """Keys of all runs."""
        return (self.key(*place) for place in self._places())

    def _places(self) -> Iterator[tuple[int, float, int]]:
        """Variant, scale and replicate of all runs."""
        for scale in self.experiment.scales:
            for replicate in range(self.experiment.file.replicates):
                for variant in range(len(self.variants)):
                    yield variant, scale, replicate

    @cached_property
    def base(self) -> bytes:
        """The scenarios, pickled."""
        return pickle.dumps(self.experiment.scenarios, protocol=5)

    def tasks(self, done: Collection[str], left: Collection[str] = (), start: float = 0.0) -> Iterator[Task]:
        """The runs that are not done, in tasks; looks again for every task which are done by then.

        Parameters
        ----------
        done : keys of finished runs, which may grow meanwhile
        left : keys of runs that are not to be tried
        start : part of the groups to pass over at first, 0 to 1; they come at the end
        """
        file = self.experiment.file
        for scale in self.experiment.scales:
            size = int(np.clip(scale * _PER_SCALE, _FEWEST, _MOST))
            work = [(group, r) for group in self.groups.values() for r in range(file.replicates)]
            first = int(start * len(work))
            for group, replicate in (*work[first:], *work[:first]):
                for from_ in range(0, len(group), size):
                    task = self._task(group[from_ : from_ + size], scale, replicate, done, left)
                    if task is not None:
                        yield task

    def _task(
        self, group: list[int], scale: float, replicate: int, done: Collection[str], left: Collection[str]
    ) -> Task | None:
        file = self.experiment.file
        stands = not self.experiment.factors and self.draws == [-1]
        runs = []
        for variant in group:
            key = self.key(variant, scale, replicate)
            if key not in done and key not in left:
                one = self.variants[variant]
                name = self.experiment.scenarios[one.scenario].id
                runs.append(Run(key, name, self.measures(one.scenario, one.point)))
        if not runs:
            return None
        first = self.variants[group[0]]
        values = self.values(first.scenario, first.point, first.draw)
        return Task(
            self.base, keys.code(), keys.facts(), values, stands, scale, file.seed + replicate, file.until,
            self.experiment.kept, tuple(runs),
        )  # fmt: skip

    def design(self) -> pa.Table:
        """A row for every scenario at every point, draw, replicate and scale, with the key of its run."""
        file, scales = self.experiment.file, self.experiment.scales
        shape = (len(scales), file.replicates, *self.table.shape)
        scale, replicate, point, draw, scenario = (axis.ravel() for axis in np.indices(shape, np.int32))
        by_variant = np.array(
            [[[self.key(v, s, r) for v in range(len(self.variants))] for r in range(file.replicates)] for s in scales]
        )
        columns: dict[str, Any] = {
            "run": by_variant[scale, replicate, self.table[point, draw, scenario]],
            "scenario": np.array([one.id for one in self.experiment.scenarios])[scenario],
            "point": point,
            "draw": draw,
            "posterior_row": np.array(self.draws, np.int32)[draw],
            "replicate": replicate,
            "seed": file.seed + replicate.astype(np.int64),
            "scale": np.array(scales)[scale],
        }
        for place, factor in enumerate(self.experiment.factors):
            columns[factor.name] = _column([values[place] for values in self.points])[point]
        table = pa.table({name: pa.array(column) for name, column in columns.items()})
        words = [name for name in columns if pa.types.is_string(table.schema.field(name).type)]
        for name in words:
            table = table.set_column(table.column_names.index(name), name, table.column(name).dictionary_encode())
        return table


def _column(values: list[Value]) -> NDArray[Any]:
    """Values of a factor: numbers, or texts such as days."""
    return np.array([str(v) for v in values] if any(isinstance(v, str) for v in values) else values)


def summary(plan: Plan) -> Mapping[str, int]:
    """How the number of runs comes about."""
    return {
        "scenarios": len(plan.experiment.scenarios),
        "points": len(plan.points),
        "draws": len(plan.draws),
        "replicates": plan.experiment.file.replicates,
        "scales": len(plan.experiment.scales),
        "rows": plan.rows,
        "runs": plan.runs,
    }
