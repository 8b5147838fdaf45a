"""The tables of a document for spreadsheets and programs: one workbook, and a CSV file for each."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from experiments.document import Document, Table, exact, plain

SHEET: Final = 31
"""Characters in the name of a sheet."""
WIDE: Final = 60
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
        name = f"{number:02d}_{table.key}".translate(_REFUSED)
        with (place / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(table.columns)
            writer.writerows([exact(cell) for cell in row] for row in table.rows)
        sheet = book.create_sheet(name[:SHEET])
        sheet.append([table.caption])
        sheet.append(list(table.columns))
        for row in table.rows:
            sheet.append([exact(cell) for cell in row])
        sheet["A1"].font = Font(bold=True)
        for cell in sheet[2]:
            cell.font = Font(bold=True)
        for column in range(1, len(table.columns) + 1):
            longest = max([len(plain(row[column - 1])) for row in table.rows], default=8)
            sheet.column_dimensions[get_column_letter(column)].width = min(WIDE, max(10, longest + 2))
        for row_cells in sheet.iter_rows(min_row=3):
            for cell in row_cells:
                cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.freeze_panes = "B3"
    book.save(folder / "tables.xlsx")
