"""The pictures of a report, drawn anew in its language from the results."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from experiments.comparison import Estimate
from experiments.deeper_pictures import Sway, attribution_picture, tornado_picture
from experiments.document import Picture
from experiments.drawing import SERIES, source_line, style
from experiments.flow_picture import changed_flows
from experiments.pictures import MOST_COLUMNS, comparison_source, gain, time_paths
from experiments.rasters import Raster, Rasters
from experiments.stored import Stored
from experiments.texts import say, spoken
from experiments.wording import batched

MOST_FLOWS: Final = 4
"""Options of which the flows are drawn: those with the largest change."""


class Figures:
    """Makes pictures; each as SVG for the page, and as dots for slides and print."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.titles = {scenario.id: scenario.texts(spoken())[0] for scenario in stored.scenarios[1:]}
        self.rasters = Rasters()
        self._made: Counter[str] = Counter()

    def paths(self, told: Any) -> Iterator[Picture]:
        """Differences over the years."""
        del told
        for page, ids in enumerate(batched(self.titles, len(SERIES)), start=1):
            chosen = {name: self.titles[name] for name in ids}
            with style():
                figure = time_paths(self.stored.comparison, chosen)
                yield self._picture(f"time_paths_{page}", say("report", "alt_paths"), figure)

    def flows(self, told: Any) -> Iterator[Picture]:
        """What changes in the career graph, for the options that change most."""
        comparison = self.stored.comparison
        year = told.shown[-1]
        ids = sorted(self.titles, key=lambda name: -abs(told.option(name, "technicians", year)["value"]))[:MOST_FLOWS]
        pairs = say("picture", "pairs", number=len(comparison.replicates))
        for number, name in enumerate(ids, start=1):
            place = comparison.ids.index(name)
            with style():
                source = source_line(comparison.scale, pairs)
                figure = changed_flows(self.stored.flows, place, comparison.years, self.titles[name], source)
                alt = say("report", "alt_flows", title=self.titles[name])
                yield self._picture(f"flows_{number}", alt, figure)

    def gain(self) -> Iterator[Picture]:
        """Where the gain comes from."""
        for page, ids in enumerate(batched(self.titles, MOST_COLUMNS), start=1):
            with style():
                figure = gain(self.stored.comparison, {name: self.titles[name] for name in ids})
                yield self._picture(f"gain_{page}", say("report", "alt_gain"), figure)

    def attribution(self, scenario: str, parts: list[tuple[str, Estimate]], whole: Estimate, year: int) -> Picture:
        """What each measure of a package adds."""
        with style():
            figure = attribution_picture(parts, whole, self.titles[scenario], year, self.source())
            alt = say("report", "alt_attribution", title=self.titles[scenario])
            return self._picture(self._next("attribution"), alt, figure)

    def tornado(self, scenario: str, bars: list[Sway], record: dict[str, Any]) -> Picture:
        """Which assumption moves the gain most; `record` holds the year and the numbers of draws and assumptions."""
        with style():
            draws = say("picture", "draws", draws=record["draws"], tried=record["tried"])
            source = source_line(self.stored.comparison.scale, draws)
            figure = tornado_picture(bars, self.titles[scenario], record["year"], source)
            alt = say("report", "alt_tornado", title=self.titles[scenario])
            return self._picture(self._next("tornado"), alt, figure)

    def _next(self, kind: str) -> str:
        """Name of the next picture of a kind; not after the scenario, whose id may be of any length."""
        self._made[kind] += 1
        return f"{kind}_{self._made[kind]}"

    def source(self) -> str:
        """Where the numbers come from."""
        return comparison_source(self.stored.comparison)

    def _picture(self, name: str, alt: str, figure: Figure) -> Picture:
        vector = io.StringIO()
        figure.savefig(vector, format="svg", metadata={"Date": None})
        self.rasters.add(name, figure)
        text = vector.getvalue()
        return Picture(name, alt, text[text.index("<svg") :])


def write_pictures(folder: Path, pictures: dict[str, Picture], images: dict[str, Raster]) -> None:
    """Write every picture as SVG and PNG."""
    for name, picture in pictures.items():
        (folder / f"{name}.svg").write_text(picture.svg, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(images[name].slide)
