"""Reading a store: experiments and their runs as tidy tables, and whole ledgers again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.batch import layout
from experiments.batch.files import altered
from experiments.batch.layout import EXPERIMENTS, FAILURES, INDICATORS, RUNS
from experiments.batch.locks import writing_if_it_can_be
from experiments.batch.store import Finished, told_as_damage
from experiments.batch.tables import LEDGER_TABLES, ledger_of
from experiments.batch.whole import check_tables
from experiments.folders import MANIFEST
from experiments.options import UserError
from scenarios.errors import did_you_mean
from sim.indicators import GROUPS_SHOWN, all_indicators
from sim.ledger import Ledger

PAIR: Final = ["draw", "replicate", "scale"]
"""What two runs have in common that are compared, beside the point."""


@dataclass(frozen=True)
class Status:
    """How far an experiment of a store is, in runs."""

    experiment: str
    runs: int
    done: int
    failed: int

    @property
    def to_do(self) -> int:
        """Runs without a result."""
        return self.runs - self.done - self.failed


class Results:
    """A store that is read.

    Every method gives a pandas frame with a row for each number; `run` is the key that joins them. Runs that a batch
    has finished but not yet put into the tables are left out until it does, at its end or every few minutes.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = layout.found(Path(folder))
        if altered(self.folder, [MANIFEST]):
            with writing_if_it_can_be(self.folder):  # a batch may just be writing it
                layout.checked(self.folder)
        layout.checked(self.folder)
        check_tables(self.folder)

    @property
    def experiments(self) -> tuple[str, ...]:
        """Ids of the experiments that were run into this store."""
        return tuple(place.name for place in layout.experiments(self.folder))

    def experiment(self, name: str | None = None) -> str:
        """The id of an experiment, or of the only one; UserError where it is not clear which."""
        known = self.experiments
        if not known:
            raise UserError(f"{self.folder} holds no experiment; careerflows batch FILE --store {self.folder} runs one")
        if name is None:
            if len(known) > 1:
                raise UserError(f"{self.folder} holds {', '.join(known)}; say which with --experiment")
            return known[0]
        if name not in known:
            near = did_you_mean(name, known) or f"; it holds {', '.join(known)}"
            raise UserError(f"--experiment: {self.folder} holds no {name!r}{near}")
        return name

    def about(self, experiment: str | None = None) -> dict[str, Any]:
        """Where the numbers of an experiment come from: its file, factors, scenarios and all parameters."""
        found: dict[str, Any] = json.loads((self._place(experiment) / "about.json").read_bytes())
        return found

    def design(self, experiment: str | None = None) -> pd.DataFrame:
        """A row for every scenario, point, draw, replicate and scale, with its factors and the key of its run."""
        return self._frame(ds.dataset(self._place(experiment) / "design.parquet", format="parquet").to_table())

    def posterior(self, experiment: str | None = None) -> pd.DataFrame:
        """The members of the posterior that were drawn, by `posterior_row`; a column for each calibrated parameter.

        UserError where the experiment draws none.
        """
        found = self.about(experiment)["posterior"]
        if found is None:
            raise UserError(f"{self.experiment(experiment)} draws nothing from the posterior; posterior: 20 would")
        rows = {int(row): values for row, values in found["members"].items()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=found["parameters"])
        return frame.rename_axis("posterior_row")

    def _place(self, experiment: str | None) -> Path:
        """The folder of an experiment; UserError where a file in it is not as it was written."""
        place = self.folder / EXPERIMENTS / self.experiment(experiment)
        if not altered(place, layout.EXPERIMENT_FILES):
            return place
        with writing_if_it_can_be(self.folder):  # a batch may just be writing it
            wrong = altered(place, layout.EXPERIMENT_FILES)
        for name in wrong:
            raise UserError(f"{place / name} is not as it was written; run the batch again, it writes it anew")
        return place

    def factors(self, experiment: str | None = None) -> tuple[str, ...]:
        """Names of the uncertainties and levers of an experiment."""
        return tuple(factor["name"] for factor in self.about(experiment)["factors"])

    @property
    def runs(self) -> pd.DataFrame:
        """All runs that are finished."""
        return self._all(RUNS)

    @property
    def timings(self) -> pd.DataFrame:
        """How long each run took, and where."""
        return self._all(layout.TIMINGS)

    @property
    def failures(self) -> pd.DataFrame:
        """Runs that failed, a row for each time."""
        return self._all(FAILURES)

    def _all(self, table: str) -> pd.DataFrame:
        if not (self.folder / table).is_dir():
            return pd.DataFrame({name: [] for name in layout.COLUMNS[table]})
        with told_as_damage(self.folder / table, self.folder):
            return self._frame(ds.dataset(self.folder / table, format=_FORMAT).to_table())

    def indicators(
        self,
        experiment: str | None = None,
        *,
        indicator: str | Sequence[str] | None = None,
        group: str | Sequence[str] | None = None,
        year: int | Sequence[int] | None = None,
    ) -> pd.DataFrame:
        """Indicators by run and year, beside the design of the experiment; all of them, or those that are named."""
        wanted: dict[str, list[Any]] = {}
        for name, asked, known in (
            ("indicator", indicator, [one.name for one in all_indicators()]),
            ("group", group, list(GROUPS_SHOWN)),
            ("year", year, None),
        ):
            if asked is not None:
                wanted[name] = np.atleast_1d(np.asarray(asked)).tolist()
                _check_known(name, wanted[name], known)
        return self._joined(INDICATORS, experiment, wanted)

    def differences(
        self,
        experiment: str | None = None,
        *,
        indicator: str | Sequence[str] | None = None,
        group: str | Sequence[str] | None = None,
        year: int | Sequence[int] | None = None,
    ) -> pd.DataFrame:
        """Indicators of every other scenario less those of the first, in pairs of the same point, draw, replicate and
        scale: the same people with the same luck.

        Columns are those of `indicators`, `run` that of the other scenario. Pairs of which a run is missing are left
        out.
        """
        frame = self.indicators(experiment, indicator=indicator, group=group, year=year)
        first = self.about(experiment)["scenarios"][0]["id"]
        same = ["point", *PAIR, "indicator", "group", "year"]
        of_first = frame.loc[frame["scenario"] == first, [*same, "value"]]
        pairs = frame[frame["scenario"] != first].merge(of_first, on=same, suffixes=("", "_of_first"))
        pairs["value"] -= pairs.pop("value_of_first")
        return pairs.assign(scenario=pairs["scenario"].cat.remove_unused_categories())

    def table(self, name: str, experiment: str | None = None) -> pd.DataFrame:
        """A table of the ledger by run, such as `flows` or `stocks`, beside the design of the experiment."""
        _check_known("table", [name], [table.name for table in LEDGER_TABLES])
        return self._joined(name, experiment, {})

    def _joined(self, table: str, experiment: str | None, wanted: Mapping[str, list[Any]]) -> pd.DataFrame:
        design = self.design(experiment)
        keys = set(design["run"])
        if not self.finished.tables & keys:
            journal = "a batch puts what is finished there every ten minutes and at its end"
            why = journal if self.finished.done & keys else "run the batch first"
            raise UserError(f"{self.folder} has no run of {self.experiment(experiment)} in its tables; {why}")
        if not (self.folder / table).is_dir():
            what = "outcomes: [indicators, ledgers] in the experiment file keeps both"
            raise UserError(f"{self.folder} holds no {table}; {what}")
        found = self._table(table, wanted).drop(columns="scenario")
        return design.merge(found, on="run", how="inner")

    def _table(self, table: str, wanted: Mapping[str, list[Any]]) -> pd.DataFrame:
        """Rows of a table that have one of the values wanted in each of some columns."""
        with told_as_damage(self.folder / table, self.folder):
            source = ds.dataset(self.folder / table, format=_FORMAT, partitioning=_PARTITIONING)
            parts = [part.subset(row_group_ids=_groups(part.metadata, wanted)) for part in source.get_fragments()]
            found = ds.FileSystemDataset(parts, source.schema, source.format, source.filesystem)
            rows = [pc.field(name).isin(values) for name, values in wanted.items()]
            return self._frame(found.to_table(filter=reduce(and_, rows) if rows else None))

    def _frame(self, table: pa.Table) -> pd.DataFrame:
        frame: pd.DataFrame = table.unify_dictionaries().to_pandas()
        for name in frame.columns[frame.dtypes == "category"]:
            frame[name] = frame[name].astype(str if name == "run" else frame[name].dtype)
        return frame

    def ledger(self, run: str) -> Ledger:
        """The whole ledger of a run, equal to the one that the model made; KeyError if it was not kept."""
        told = ds.dataset(self.folder / RUNS, format=_FORMAT).to_table(filter=pc.field("run") == run).to_pylist()
        if not told or "ledgers" not in told[0]["kept"]:
            raise KeyError(f"the ledger of run {run!r} is not in {self.folder}")
        (one,) = told
        tables = {}
        for table in LEDGER_TABLES:
            place = self.folder / table.name / layout.partition(one["scenario"])
            found = ds.dataset(place, format=_FORMAT).to_table(filter=pc.field("run") == run)
            tables[table.name] = {
                column.name: _codes(found.column(column.name), column.words) for column in table.columns
            }
        return ledger_of(one["first_quarter"], one["quarters"], one["scale"], tables)

    @cached_property
    def finished(self) -> Finished:
        """Which runs are finished, those in the journal too."""
        found = Finished(self.folder)
        found.look()
        return found

    def missing(self, experiment: str | None = None) -> int:
        """How many runs of an experiment are not in the tables."""
        return len(set(self.design(experiment)["run"]) - self.finished.tables)

    def status(self) -> Iterator[Status]:
        """How far each experiment is."""
        for name in self.experiments:
            keys = set(self.design(name)["run"])
            failed = keys & self.finished.failed.keys()
            yield Status(name, len(keys), len(keys & self.finished.done), len(failed))

    @property
    def in_journal(self) -> int:
        """Tasks whose runs are not in the tables yet."""
        return len(layout.journal_entries(self.folder))


_FORMAT: Final = ds.ParquetFileFormat(
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(page_checksum_verification=True)
)
_PARTITIONING: Final = ds.partitioning(pa.schema([("scenario", pa.string())]), flavor="hive")


def _groups(metadata: pq.FileMetaData, wanted: Mapping[str, list[Any]]) -> list[int]:
    """Parts of a file that may hold what is wanted; by itself Arrow reads every part where a column is one of words."""
    places = {metadata.schema.column(place).name: place for place in range(metadata.num_columns)}

    def may_hold(group: int, name: str) -> bool:
        told = metadata.row_group(group).column(places[name]).statistics
        return told is None or not told.has_min_max or any(told.min <= one <= told.max for one in wanted[name])

    return [group for group in range(metadata.num_row_groups) if all(may_hold(group, name) for name in wanted)]


def _check_known(what: str, wanted: Sequence[Any], known: Sequence[str] | None) -> None:
    if not wanted:
        raise UserError(f"{what}: is an empty list; leave it out to have all")
    for one in wanted:
        if known is None and not isinstance(one, int):
            raise UserError(f"{one!r} is no {what}; give a whole number such as 2035")
        if known is not None and one not in known:
            raise UserError(f"{one!r} is no {what}{did_you_mean(str(one), known) or '; known: ' + ', '.join(known)}")


def _codes(column: pa.ChunkedArray, words: tuple[str, ...] | None) -> NDArray[Any]:
    if words is None:
        return np.asarray(column.to_numpy())
    place = {word: code for code, word in enumerate(words)}
    return np.array([place[word] for word in column.to_pylist()], np.int64)


def load(folder: str | Path) -> Results:
    """The store of a batch, to be read; UserError where the folder is none."""
    return Results(folder)
