"""`careerflows store`: how far a store is, whether it is whole, and its tables for other programs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from experiments.batch import layout
from experiments.batch.commits import records
from experiments.batch.files import altered
from experiments.batch.locks import alive_in, writing, writing_if_it_can_be
from experiments.batch.reading import Results
from experiments.batch.whole import REPAIR, damage_beside_tables, set_aside, settled
from experiments.folders import MANIFEST
from experiments.options import UserError
from experiments.screen import notice, output, plain_table, print_json
from experiments.wording import duration, size_words

FAILED: Final = 1
_MOST_MESSAGES: Final = 10
FORMATS: Final = (".csv", ".parquet", ".feather", ".xlsx")
"""Kinds of file that a store can be exported to, by suffix."""
_EXCEL_ROWS: Final = 2**20 - 1


def status(folder: Path, as_json: bool) -> int:
    """Say how far every experiment of a store is, what failed, and what it takes; returns the exit code."""
    results = Results(folder)
    found = list(results.status())
    files = [one for _, listed in records(folder) for one in listed]
    size = sum(one["bytes"] for one in files)
    messages = _messages(results)
    if as_json:
        print_json(
            {
                "store": str(folder),
                "experiments": [
                    {"id": s.experiment, "runs": s.runs, "done": s.done, "failed": s.failed, "to_do": s.to_do}
                    for s in found
                ],
                "runs": len(results.finished.done),
                "in_journal": results.in_journal,
                "files": len(files),
                "bytes": size,
                "failures": messages,
            }
        )
        return 0
    console = output()
    table = plain_table("experiment", "runs", "done", "failed", "to do")
    for s in found:
        table.add_row(s.experiment, f"{s.runs:,}", f"{s.done:,}", f"{s.failed:,}", f"{s.to_do:,}")
    console.print(table)
    console.print(f"\n{len(results.finished.done):,} runs in {len(files):,} files, {size_words(size)}.")
    if results.in_journal:
        console.print(f"{results.in_journal:,} finished tasks are in the journal; the batch puts them into the tables.")
    for message, number in list(messages.items())[:_MOST_MESSAGES]:
        console.print(f"{number:,} failed: {message}", soft_wrap=True, markup=False)
    return 0


def _messages(results: Results) -> dict[str, int]:
    """Messages of runs that failed and were not done since, the most frequent first."""
    counts: dict[str, int] = {}
    for message in results.finished.failed.values():
        counts[message] = counts.get(message, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def verify(folder: Path, repair: bool, as_json: bool) -> int:
    """Compute the digest of every file again; returns the exit code.

    Parameters
    ----------
    repair : whether what is damaged is set aside, so that a batch makes it anew
    """
    if not altered(layout.found(folder), [MANIFEST]):
        layout.checked(folder)
    begun = time.monotonic()
    tables = settled(folder)
    wrong = list(tables.damage(layout.COLUMNS))
    with writing_if_it_can_be(folder):
        wrong += damage_beside_tables(folder)
    if as_json:
        told = {"store": str(folder), "files": tables.number, "damaged": [one.line for one in wrong]}
        print_json(told | {"repaired": repair})
    else:
        for _, line in wrong:
            notice(f"damaged: {line}")
        took = duration(time.monotonic() - begun)
        output().print(f"{tables.number:,} files of tables looked at in {took}, {len(wrong)} damaged.")
    if not wrong:
        return 0
    if not repair:
        notice(REPAIR.format(folder))
        return FAILED
    with writing(folder):
        if alive_in(folder):
            raise UserError(f"{folder}: a batch is writing to it; wait until it has ended, or stop it, and repair then")
        aside = set_aside(folder, (one.what for one in wrong))
    notice(f"set aside in {aside}; a batch makes it anew" if aside.exists() else f"{MANIFEST} is written anew")
    return 0


def export(folder: Path, out: Path, experiment: str | None, wanted: dict[str, Sequence[Any] | None]) -> int:
    """Write the indicators of an experiment, beside its design, as one file; returns the exit code.

    Parameters
    ----------
    out : file to write; its suffix says what kind
    wanted : `indicator`, `group` and `year`; None for all
    """
    if out.suffix not in FORMATS:
        raise UserError(f"--out: {out.name!r} ends in none of {', '.join(FORMATS)}; give such a file")
    results = Results(folder)
    frame = results.indicators(experiment, **wanted)
    if frame.empty:
        raise UserError(f"{folder} holds no such numbers; careerflows store status {folder} says how far its runs are")
    if missing := results.missing(experiment):
        right = f"run the batch again; careerflows store status {folder} says how far it is"
        notice(f"{missing:,} runs of the experiment are not in the tables and left out; {right}")
    if out.suffix == ".xlsx" and len(frame) > _EXCEL_ROWS:
        right = "give fewer --indicator, --group or --year, or a .csv or .parquet file"
        raise UserError(f"--out: {len(frame):,} rows are more than a sheet can have; {right}")
    out.parent.mkdir(parents=True, exist_ok=True)
    made = out.with_name(f".{out.name}.{time.time_ns():x}{out.suffix}")
    try:
        _write(frame, made)
        made.replace(out)
    finally:
        made.unlink(missing_ok=True)
    output().print(f"{len(frame):,} rows: {out}", soft_wrap=True)
    return 0


def _write(frame: pd.DataFrame, file: Path) -> None:
    if file.suffix == ".csv":
        frame.to_csv(file, index=False)
    elif file.suffix == ".parquet":
        frame.to_parquet(file, index=False)
    elif file.suffix == ".feather":
        frame.to_feather(file)
    else:
        frame.to_excel(file, index=False)
