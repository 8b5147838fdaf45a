"""What appears on the screen: tables and text on standard output, progress and notices on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

WIDTH: Final = 100
"""Columns of text where the output is not a terminal."""


def output() -> Console:
    """Where results are printed."""
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False)


def notice(text: str) -> None:
    """A line for the user that is no result."""
    print(text, file=sys.stderr, flush=True)


def place_words(place: Path) -> str:
    """A path as people write it: relative to the current folder if it is inside."""
    here = Path.cwd()
    return str(place.relative_to(here)) if place.is_relative_to(here) else str(place)


def plain_table(*columns: str, title: str | None = None) -> Table:
    """A quiet table: the first column left, all others right."""
    told = None if title is None else Text(title)  # what users wrote is text, never markup
    table = Table(title=told, box=None, title_justify="left", title_style="bold", header_style="dim", padding=(0, 1))
    for place, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if place == 0 else "right", no_wrap=place > 0)
    return table


@contextmanager
def progress(what: str, total: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar with the remaining time while runs go on; nothing when quiet or not on a terminal.

    Yields a function to call after every run.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def waiting(what: str, quiet: bool) -> Iterator[None]:
    """A sign of life while something takes a moment whose length is not known."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def print_json(records: Any) -> None:
    """Records for programs, the only thing on standard output; a list has a record a line."""
    if isinstance(records, list):
        lines = ",\n".join(json.dumps(record, allow_nan=False, ensure_ascii=False) for record in records)
        text = f"[\n{lines}\n]" if records else "[]"
    else:
        text = json.dumps(records, indent=1, allow_nan=False, ensure_ascii=False)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
