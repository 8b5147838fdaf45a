"""Heat maps: cells where they belong, coloured by their value, every value readable."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

import numpy as np
import pytest

from calibration import report_checks
from calibration.heat_map import CELL, LEFT, TOP, heat_map
from calibration.sensitivity import Sensitivity

SVG: Final = "http://www.w3.org/2000/svg"


def cells_of(picture: str) -> dict[tuple[int, int], tuple[str, str]]:
    """Colour and words of the cells of a heat map, by row and column."""
    found = {}
    for cell in ElementTree.fromstring(picture).iter(f"{{{SVG}}}rect"):
        words = cell.find(f"{{{SVG}}}title")
        if words is not None:
            place = (int(cell.attrib["y"]) - TOP) // CELL, (int(cell.attrib["x"]) - LEFT) // CELL
            found[place] = cell.attrib["fill"], words.text or ""
    return found


@pytest.mark.parametrize("full", [1.0, 10.0])
def test_cells_are_coloured_by_their_value(full: float) -> None:
    values = full * np.array([[1.0, 0.0099, -1.0, 0.5], [0.01, -0.009, 3.0, -0.25]])
    cells = cells_of(heat_map(values, ["a<b", "c&d"], ["w", "x", '"y"', "z"], full))
    assert set(cells) == {(0, 0), (0, 2), (0, 3), (1, 0), (1, 2), (1, 3)}, "faint cells stay empty"
    assert cells[0, 0] == ("#0072b2", f"a<b, w: {full:.2f}")
    assert cells[0, 2] == ("#d55e00", f'a<b, "y": {-full:.2f}')
    assert cells[1, 2][0] == "#0072b2"
    assert cells[0, 3][0] == "#80b8d8"
    assert cells[1, 3][0] == "#f4d7bf"
    assert cells[1, 0][0] == "#fcfefe"


def test_the_names_of_rows_and_columns_stand_in_the_picture() -> None:
    picture = ElementTree.fromstring(heat_map(np.zeros((2, 3)), ["r0", "<r1>"], ["c0", "c1", "c2"]))
    assert [words.text for words in picture.iter(f"{{{SVG}}}text")] == ["c0", "c1", "c2", "r0", "<r1>"]
    assert picture.attrib["viewBox"] == f"0 0 {picture.attrib['width']} {picture.attrib['height']}"


def test_pictures_show_total_indices_and_tolerances() -> None:
    total = np.array([[0.5, 0.0, 1.0], [0.25, -0.02, 0.004]])
    found = Sensitivity(
        ("share & <more>", "people"), ("pinned", "loose", "tied"), 0.0 * total, total, 20.0 * total - 5.0
    )
    everywhere, here = (cells_of(table.picture) for table in report_checks.sensitivity_tables(found))
    assert everywhere[0, 2] == ("#0072b2", "share & <more>, tied: 1.00")
    assert (1, 2) not in everywhere
    assert here[0, 2] == ("#0072b2", "share & <more>, tied: 15.00")
    assert here[0, 0] == ("#80b8d8", "share & <more>, pinned: 5.00"), "half of the full colour"
    assert here[0, 1][1].endswith("loose: -5.00")
