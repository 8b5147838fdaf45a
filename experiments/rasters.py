"""Pictures as dots: as PNG for slides, and as large as a page needs them for print."""

from __future__ import annotations

import io
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from experiments.drawing import DPI

SHRINK: Final = 2
"""A picture of a page has half as many dots each way: some 190 for each inch of a text as wide as that of A4."""


class Raster(NamedTuple):
    """A picture as dots."""

    slide: bytes
    """PNG, at full size."""
    page: bytes
    """BMP, which a PDF takes as it is, at the size for print."""


class Rasters:
    """Pictures on their way to dots: one is packed while the next is drawn, since packing takes half of the time."""

    def __init__(self) -> None:
        self._packing = ThreadPoolExecutor(1)
        self._packed: dict[str, Future[Raster]] = {}

    def add(self, name: str, figure: Figure) -> None:
        """Draw a picture, and have it packed."""
        canvas = FigureCanvasAgg(figure)
        before, figure.dpi = figure.dpi, DPI
        canvas.draw()  # type: ignore[no-untyped-call]
        figure.dpi = before
        dots = np.array(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
        self._packed[name] = self._packing.submit(_packed, dots)

    def done(self) -> dict[str, Raster]:
        """All pictures, by name, once they are packed."""
        self._packing.shutdown()
        return {name: packed.result() for name, packed in self._packed.items()}


def _packed(dots: NDArray[np.uint8]) -> Raster:
    picture = Image.fromarray(np.ascontiguousarray(dots))
    slide, page = io.BytesIO(), io.BytesIO()
    picture.save(slide, "PNG", dpi=(DPI, DPI))
    picture.reduce(SHRINK).save(page, "BMP")
    return Raster(slide.getvalue(), page.getvalue())
