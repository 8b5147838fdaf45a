"""The notebooks run from start to end, and the script for R reads what other programs read."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from experiments.batch.plan import Plan
from tests.experiments.batch.conftest import experiment, stored
from tests.experiments.batch.sql import told_by_duckdb

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 2


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(DOCS.parent))  # installed or not
    notebook = nbformat.read(file, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") != "stderr"
    ]  # fmt: skip
    assert len(printed) >= 5


QUERY = """
    with answers as (
        select d.*, i.year, i.value
        from '{store}/experiments/{name}/design.parquet' d
        join read_parquet('{store}/indicators/*/*.parquet', hive_partitioning = true) i using (run)
        where i.indicator = 'technicians' and i."group" = 'all'
    ), last as (select max(year) as year from answers)
    select a.scenario, a.point, avg(a.value - b.value) as mean, count(*) as runs
    from answers a join answers b using (point, draw, replicate, scale, year), last
    where a.scenario <> 'baseline' and b.scenario = 'baseline' and a.year = last.year
    group by all order by all
"""
"""What the script for R computes, in SQL over the very same files."""


def test_the_script_for_r_reads_a_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    stored(Plan(experiment(tmp_path), None), store)
    frame = told_by_duckdb(QUERY.format(store=store, name="small"), tmp_path)
    assert frame["runs"].tolist() == [2] * 6
    found = shutil.which("Rscript")
    if found is None or subprocess.run([found, "-e", "library(arrow); library(dplyr)"], capture_output=True).returncode:
        pytest.skip("R with arrow and dplyr is not here; the same files were read by DuckDB")
    told = subprocess.run(
        [found, str(DOCS / "r" / "read_store.R"), str(store), "small"], capture_output=True, text=True, check=True
    )
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(told.stdout)), frame, check_dtype=False)
