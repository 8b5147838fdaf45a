"""What a comparison looks at beyond differences: uncertainty by source, attribution, the tornado, and careers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from calibration.posterior import Posterior
from experiments.attribution import Attribution, attribute, attribution_records
from experiments.attribution import runs_needed as attribution_runs
from experiments.careers import Careers, career_records, careers, story_records
from experiments.comparison import Comparison, shown_years
from experiments.deeper_text import print_attribution, print_careers, print_tornado
from experiments.goals import Goal, parse_goal
from experiments.option_table import beside
from experiments.options import Settings, UserError
from experiments.results import write_records
from experiments.screen import notice, progress
from experiments.tornado import Tornado, tornado_records, tornados
from experiments.tornado import runs_needed as tornado_runs
from experiments.uncertainty import Spread, print_spread, runs_needed, spread, spread_records
from sim.scenario import Scenario

if TYPE_CHECKING:
    from experiments.compare import Wanted


def goals_of(texts: Sequence[str], settings: Settings) -> list[Goal]:
    """The goals as users wrote them; UserError where one is none."""
    years = tuple(range(settings.until.year - settings.years, settings.until.year))
    try:
        return [parse_goal(text, years) for text in texts]
    except ValueError as error:
        raise UserError(f"--goal: {error}") from None


class Deeper:
    """All that is asked for beside differences; what has not been asked for, or was stopped, is left out."""

    def __init__(self, scenarios: Sequence[Scenario], comparison: Comparison, settings: Settings, quiet: bool) -> None:
        self.scenarios, self.comparison, self.settings, self.quiet = scenarios, comparison, settings, quiet
        self.spread: Spread | None = None
        self.attributions: list[Attribution] = []
        self.tornados: dict[str, Tornado] = {}
        self.careers: list[Careers] = []
        self.year = shown_years(comparison.years)[-1]

    def look(self, wanted: Wanted, posterior: Posterior | None, work: Path) -> bool:
        """Work out what is wanted and write it; returns whether the user stopped it."""
        try:
            with progress("Careers", len(self.scenarios), self.quiet) as tick:
                self.careers = careers(self.scenarios, self.settings, tick)
        except KeyboardInterrupt:
            notice("stopped: the careers were not compared")
            return True
        write_records(work / "careers.parquet", career_records(self.careers))
        if records := story_records(self.careers):
            write_records(work / "stories.parquet", records)
        return (
            (posterior is not None and self._uncertainty(wanted.draws, posterior, work))
            or (wanted.attribution and self._attribution(work))
            or (wanted.tornado and self._tornado(work))
        )

    def _uncertainty(self, draws: int, posterior: Posterior, work: Path) -> bool:
        scenarios, comparison = self.scenarios, self.comparison
        with progress("Uncertainty", runs_needed(len(scenarios), draws), self.quiet) as tick:
            reference = np.stack([comparison.values(name) for name in comparison.ids], axis=1)
            self.spread = spread(scenarios, reference, posterior, self.settings, draws, tick)
        if self.spread is None:
            notice("stopped: the uncertainty was not worked out")
            return True
        write_records(work / "uncertainty.parquet", spread_records(self.spread, comparison.others, comparison.years))
        return False

    def _attribution(self, work: Path) -> bool:
        reference, *others = self.scenarios
        packages = [one for one in (beside(other, reference) for other in others) if len(one.measures) > 1]
        if not packages:
            notice("--attribution: no scenario here holds more than one measure")
        runs = sum(attribution_runs(len(package.measures), self.settings.replicates) for package in packages)
        with progress("Attribution", runs, self.quiet) as tick:
            for package in packages:
                found = attribute(package, self.settings, tick, reference.measures)
                if found is None:
                    notice("stopped: the attribution was not finished")
                    return True
                self.attributions.append(found)
        if records := [record for found in self.attributions for record in attribution_records(found)]:
            write_records(work / "attribution.parquet", records)
        return False

    def _tornado(self, work: Path) -> bool:
        with progress("Assumptions", tornado_runs(self.scenarios), self.quiet) as tick:
            found = tornados(self.scenarios, self.settings, tick, self.year)
        if found is None:
            notice("stopped: the tornado was not finished")
            return True
        self.tornados = found
        if records := [record for name, one in found.items() for record in tornado_records(name, one)]:
            write_records(work / "tornado.parquet", records)
        return False

    def draw(self, work: Path) -> None:
        """The pictures of what was worked out."""
        from experiments.deeper_pictures import draw_attribution, draw_tornados

        titles = {scenario.id: scenario.title for scenario in self.scenarios}
        measures = {measure.id: measure for scenario in self.scenarios for measure in scenario.measures}
        draw_tornados(work, self.tornados, titles, measures, self.settings.scale)
        draw_attribution(work, self.attributions, len(self.comparison.replicates))

    def print_all(self, console: Console) -> None:
        """Everything that was worked out, as text."""
        print_careers(console, self.careers, {scenario.id: scenario.title for scenario in self.scenarios})
        if self.spread is not None:
            print_spread(console, self.spread, self.scenarios[1:], self.comparison.years)
        for found in self.attributions:
            print_attribution(console, found)
        for name, one in self.tornados.items():
            title = next(scenario.title for scenario in self.scenarios if scenario.id == name)
            print_tornado(console, title, one)
