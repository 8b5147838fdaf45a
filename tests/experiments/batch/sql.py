"""DuckDB in a process of its own: what it leaves behind at its end is not printed over the results of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd

_CODE = "import sys, duckdb; duckdb.connect().execute(f'copy ({sys.argv[1]}) to {sys.argv[2]!r} (format parquet)')"


def told_by_duckdb(query: str, folder: Path) -> pd.DataFrame:
    """Rows that a query gives; `folder` is for the answer."""
    file = folder / "answer.parquet"
    subprocess.run([sys.executable, "-c", _CODE, query, str(file)], check=True, capture_output=True)
    return pd.read_parquet(file)
