"""The tables of a document for spreadsheets and programs: one workbook, and a CSV file for each."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from experiments.document import Cell, Document, Number, Table, plain

SHEET: Final = 31
"""Characters in the name of a sheet."""
WIDE: Final = 60
_TIMES: Final = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_REFUSED: Final = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def write_tables(document: Document, folder: Path) -> None:
    """Write every table as CSV in a folder `tables`, and all of them in `tables.xlsx`."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    place = folder / "tables"
    place.mkdir()
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for number, table in enumerate(tables, start=1):
        name = f"{number:02d}_{table.key[:60]}".translate(_REFUSED)
        heads, rows = spread_out(table)
        with (place / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(heads)
            writer.writerows([_safe(cell) for cell in row] for row in rows)
        sheet = book.create_sheet(name[:SHEET])
        sheet.append([table.caption])
        sheet.append(heads)
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # text stays text, also where it begins like a formula
        sheet["A1"].font = Font(bold=True)
        for cell in sheet[2]:
            cell.font = Font(bold=True)
        for column in range(1, len(heads) + 1):
            longest = max([len(str(row[column - 1])) for row in rows], default=8)
            sheet.column_dimensions[get_column_letter(column)].width = min(WIDE, max(10, longest + 2))
        for row_cells in sheet.iter_rows(min_row=3):
            for cell in row_cells:
                cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.freeze_panes = "B3"
    _save(book, folder / "tables.xlsx")


def _save(book: Workbook, file: Path) -> None:
    """Write a workbook without the hour at which it was written, so that equal tables give equal files."""
    dated = io.BytesIO()
    book.save(dated)
    with ZipFile(dated) as parts, ZipFile(file, "w", ZIP_DEFLATED) as undated:
        for name in parts.namelist():
            undated.writestr(ZipInfo(name), _TIMES.sub(b"", parts.read(name)), ZIP_DEFLATED)


def spread_out(table: Table) -> tuple[list[str], list[list[Any]]]:
    """Headings and rows with every number in a cell of its own: a value, then half or both ends of its interval."""
    heads: list[str] = []
    rows: list[list[Any]] = [[] for _ in table.rows]
    for place, column in enumerate(table.columns):
        cells = [_numbers(row[place]) for row in table.rows]
        most = max([len(cell) for cell in cells], default=0)
        after = {2: [" \N{PLUS-MINUS SIGN}"], 3: [" low", " high"]}.get(most, [])
        heads += [column, *(f"{column}{word}" for word in after)]
        for row, cell, found in zip(rows, (row[place] for row in table.rows), cells, strict=True):
            values: list[Any] = list(found) or [plain(cell)]
            row += values + [""] * (1 + len(after) - len(values))
    return heads, rows


def _numbers(cell: Cell) -> list[float]:
    parts = cell if isinstance(cell, tuple) else (cell,)
    return [part.value for part in parts if isinstance(part, Number)]


def _safe(cell: Any) -> Any:
    """A cell of CSV that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "@") else cell
