"""A document as PDF: the same headings, texts, tables and pictures as the page, on A4."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.platypus.flowables import Flowable

from experiments import document as told
from experiments.drawing import BLUE, GREY, INK, PALE
from experiments.rasters import Raster

PLAIN: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
MARGIN: Final = 15 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
NARROW: Final = 16 * mm
"""Least width of a column."""


def write_pdf(document: told.Document, images: dict[str, Raster], file: Path) -> None:
    """Write a document as PDF; the same document gives the same file, byte by byte.

    Parameters
    ----------
    images : each picture as dots, by name
    """
    _register()
    rl_config.useA85 = 0  # pictures as plain bytes: smaller and faster
    template = SimpleDocTemplate(
        str(file), pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=document.title, lang=document.language, invariant=1,
    )  # fmt: skip
    flow: list[Flowable] = [_Mark(document.title, "top"), Paragraph(escape(document.title), _style(20, bold=True))]
    for block in document.blocks:
        flow += _block(block, images)
    template.build(flow, onFirstPage=_foot, onLaterPages=_foot)


def _register() -> None:
    """The fonts that come with Matplotlib, which hold all letters and signs that the texts use."""
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


class _Mark(Flowable):
    """An entry of the outline."""

    def __init__(self, text: str, key: str) -> None:
        super().__init__()
        self._text, self._key = text, key

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0.0, 0.0

    def draw(self) -> None:
        self.canv.bookmarkPage(self._key)
        self.canv.addOutlineEntry(self._text, self._key, 0 if self._key == "top" else 1)


def _style(size: float, bold: bool = False, colour: str = INK, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        "",
        fontName=BOLD if bold else PLAIN,
        fontSize=size,
        leading=1.35 * size,
        textColor=colors.HexColor(colour),
        **more,
    )


def _foot(canvas: Any, template: Any) -> None:
    canvas.setFont(PLAIN, 8)
    canvas.setFillColor(colors.HexColor(GREY))
    canvas.drawRightString(A4[0] - MARGIN, 8 * mm, str(template.page))


def _block(block: told.Block, images: dict[str, Raster]) -> list[Flowable]:
    if isinstance(block, told.Heading):
        heading = _style(14, bold=True, colour=BLUE, spaceBefore=14, spaceAfter=4, keepWithNext=1)
        return [_Mark(block.text, block.key), Paragraph(escape(block.text), heading)]
    if isinstance(block, told.Paragraph):
        size, colour = {"lead": (11.5, INK), "note": (8.5, GREY)}.get(block.style, (9.5, INK))
        return [Paragraph(escape(told.plain(block.parts)), _style(size, colour=colour, spaceAfter=4))]
    if isinstance(block, told.Picture):
        picture = Image(io.BytesIO(images[block.name].page))
        picture.drawHeight, picture.drawWidth = WIDTH * picture.imageHeight / picture.imageWidth, WIDTH
        return [picture, Paragraph(escape(block.alt), _style(7.5, colour=GREY, spaceAfter=8))]
    return _table(block)


def _table(table: told.Table) -> list[Flowable]:
    numbers = [any(isinstance(told.exact(row[c]), float) for row in table.rows) for c in range(len(table.columns))]
    size = 7.5 if len(table.columns) > 3 else 8.5

    def cell(text: str, column: int, bold: bool = False, colour: str = INK) -> Paragraph:
        return Paragraph(escape(text), _style(size, bold, colour, alignment=2 if numbers[column] else 0))

    rows = [[cell(text, c, bold=True) for c, text in enumerate(table.columns)]] if any(table.columns) else []
    for k, row in enumerate(table.rows):
        colours = [GREY if (k, c) in table.dim else INK for c in range(len(row))]
        rows.append([cell(told.plain(one), c, colour=colours[c]) for c, one in enumerate(row)])
    found = Table(rows, colWidths=_widths(table), repeatRows=1 if any(table.columns) else 0)
    rules: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor(PALE)),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    if any(table.columns):
        rules.append(("LINEBELOW", (0, 0), (-1, 0), 1.0, colors.HexColor(INK)))
    found.setStyle(TableStyle(rules))
    caption = Paragraph(escape(table.caption), _style(9, bold=True, spaceBefore=6, spaceAfter=2, keepWithNext=1))
    return [caption, found, Spacer(1, 4 * mm)]


def _widths(table: told.Table) -> list[float]:
    """Widths of the columns: in proportion to what stands in them, within limits, the page in all."""
    columns = range(len(table.columns))
    lengths = [max([len(told.plain(row[c])) for row in table.rows] + [len(table.columns[c]) / 2]) for c in columns]
    wanted = [min(max(length, 8.0), 60.0) for length in lengths]
    free = WIDTH - NARROW * len(wanted)
    return [NARROW + free * one / sum(wanted) for one in wanted]
