"""Tables: a whole ledger comes back from them, to the last digit; bytes that were not packed here are refused."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import experiments
from experiments.batch.packed import about, pack, unpack
from experiments.batch.reading import _groups
from experiments.batch.tables import LEDGER_TABLES, ledger_of
from scenarios.loading import load
from sim import indicators
from sim.model import CareerModel


def test_a_ledger_comes_back_from_its_tables() -> None:
    ledger = CareerModel(load("baseline"), scale=1000, rng=5, until=date(2027, 1, 1), threads=1).run()
    tables = {table.name: table.take(ledger) for table in LEDGER_TABLES}
    again = ledger_of(ledger.first, ledger.rows, ledger.scale, tables)
    assert again.equal(ledger)
    changed = ledger_of(ledger.first, ledger.rows, ledger.scale, tables)
    changed.flows[3, 2, 1] += 1
    assert not changed.equal(ledger)
    for table in LEDGER_TABLES:
        found = tables[table.name]
        assert list(found) == [column.name for column in table.columns]
        for column in table.columns:
            if column.words is not None and len(found[column.name]):
                assert found[column.name].max() < len(column.words)


def test_a_ledger_comes_back_from_a_store(small_store: Path) -> None:
    results = experiments.load(small_store)
    runs = results.design().drop_duplicates("run").sample(3, random_state=1)
    for row in runs.itertuples():
        found = results.ledger(row.run)
        scenario = load(row.scenario).with_values(productivity_growth=row.productivity_growth)
        if row.scenario != "baseline":
            (measure,) = scenario.measures
            reach = measure.reach.model_copy(update={"share": row[-1]})
            scenario = scenario.model_copy(update={"measures": (measure.model_copy(update={"reach": reach}),)})
        ledger = CareerModel(scenario, scale=5000, rng=int(row.seed), until=date(2024, 1, 1), threads=1).run()
        assert found.equal(ledger)
        told = results.indicators(indicator="technicians", group="women")
        told = told[told["run"] == row.run].drop_duplicates("year").sort_values("year")
        column = indicators.keys().index(("technicians", "women"))
        np.testing.assert_array_equal(told["value"], indicators.yearly(ledger)[:, column])
    with pytest.raises(KeyError):
        results.ledger("none")


def test_arrays_come_back_from_bytes() -> None:
    arrays = {
        "a": np.arange(12, dtype=np.int16).reshape(3, 4)[:, ::2],
        "b": np.array([np.nan, -0.0, 1e300]),
        "none": np.zeros((0, 3), np.int8),
        "yes": np.array([True, False]),
    }
    content = pack({"told": [1, "é"]}, [{"other": np.arange(3)}, arrays, {}])
    assert about(content) == {"told": [1, "é"]}
    assert unpack(content, 2) == {}
    found = unpack(content, 1)
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_other_bytes_are_refused() -> None:
    content = pack({}, [{"a": np.arange(5)}])
    table = pa.table({"name": ["a"], "kind": ["O"], "shape": [[1]], "data": [pickle.dumps(print)]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    for wrong in (b"", b"nothing of the kind", content[:-300], sink.getvalue().to_pybytes(), pickle.dumps([1])):
        with pytest.raises(ValueError, match=r"not packed|holds O"):
            unpack(wrong, 0)


def test_one_indicator_is_read_without_the_others(small_store: Path) -> None:
    results = experiments.load(small_store)
    every = results.indicators()
    for wanted in (
        {"indicator": "technicians"},
        {"indicator": ["leak_10_retirement", "technicians"], "year": 2023},
        {"year": 1900},
    ):
        rows = np.logical_and.reduce([every[name].isin(np.atleast_1d(value)) for name, value in wanted.items()])
        found = results.indicators(**wanted)
        pd.testing.assert_frame_equal(
            found.sort_values(list(found), ignore_index=True),
            every[rows].sort_values(list(found), ignore_index=True),
            check_categorical=False,
        )
    for file in (small_store / "indicators").rglob("*.parquet"):
        metadata = pq.read_metadata(file)
        (group,) = _groups(metadata, {"indicator": ["technicians"]})
        names = pq.ParquetFile(file).read_row_group(group).column("indicator").unique().to_pylist()
        assert names == ["technicians"]
        assert len(_groups(metadata, {"year": [2023]})) == metadata.num_row_groups
        assert _groups(metadata, {"year": [1900]}) == []
