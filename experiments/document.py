"""A document of headings, paragraphs, tables and pictures, whose numbers know where they stand in the results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.texts import say


@dataclass(frozen=True)
class Number:
    """A number as it is shown, with its exact value and where it stands in the tables."""

    shown: str
    value: float
    of: str
    """Table, and what finds the number in it, with bars between: `options|golden_gate|technicians|2035|value`."""


Part = str | Number
Cell = Part | tuple[Part, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; its key names it in links."""

    text: str
    key: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Text with numbers in it."""

    parts: tuple[Part, ...]
    style: str = ""
    """lead, note, or nothing."""


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first column holds the names of the rows."""

    key: str
    """Name of its file among the tables."""
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    dim: frozenset[tuple[int, int]] = frozenset()
    """Row and column of cells that cannot be told from zero."""


@dataclass(frozen=True)
class Picture:
    """A picture, beside the page as SVG and PNG, and what it shows in words."""

    name: str
    alt: str
    svg: str


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True)
class Document:
    """A whole document in one language."""

    title: str
    language: str
    blocks: tuple[Block, ...] = field(default=())
    folder: Path | None = None


def filled(name: str, key: str, **put_in: Any) -> tuple[Part, ...]:
    """A text of the table with numbers and words put in, as parts."""
    template = say(name, key)
    parts: list[Part] = []
    for piece in re.split(r"(\{\w+\})", template):
        if re.fullmatch(r"\{\w+\}", piece):
            value = put_in[piece[1:-1]]
            parts.append(value if isinstance(value, Number) else str(value))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def plain(cell: Cell) -> str:
    """A cell as plain text."""
    if isinstance(cell, tuple):
        return "".join(plain(part) for part in cell)
    return cell.shown if isinstance(cell, Number) else cell


def exact(cell: Cell) -> Any:
    """What a cell holds for programs: its number if it is one, else its text."""
    if isinstance(cell, Number):
        return cell.value
    if isinstance(cell, tuple):
        found = [part.value for part in cell if isinstance(part, Number)]
        if found:
            return found[0]
    return plain(cell)


def numbers(blocks: Sequence[Block]) -> list[Number]:
    """Every number in some blocks."""
    found: list[Number] = []

    def look(cell: Cell) -> None:
        if isinstance(cell, Number):
            found.append(cell)
        elif isinstance(cell, tuple):
            for part in cell:
                look(part)

    for block in blocks:
        if isinstance(block, Paragraph):
            look(block.parts)
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    look(cell)
    return found
