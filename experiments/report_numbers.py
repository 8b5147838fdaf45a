"""The numbers of a report: taken from the tables of the results, rounded to what their intervals support."""

from __future__ import annotations

from typing import Any

from experiments.comparison import interval, shown_years
from experiments.document import Number
from experiments.stored import Stored
from experiments.texts import as_written, spoken
from experiments.wording import change, count, step
from sim import indicators
from sim.scenario import Measure, Scenario


class Told:
    """Results by name, and their numbers as the report shows them."""

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.scenarios = stored.scenarios
        self.options: tuple[Scenario, ...] = stored.scenarios[1:]
        self.years = stored.comparison.years
        self.last = self.years[-1]
        self.shown = shown_years(self.years)
        self._options = {(r["scenario"], r["column"], r["year"]): r for r in stored.table("options")}
        year = self.shown[-1]
        sure = [one for one in self.options if self.sure(one.id, "technicians", year)] or list(self.options)
        self.best = max(sure, key=lambda one: self.option(one.id, "technicians", year)["value"]).id
        """The option with most technicians in the last year shown, among those that are told from chance if any are."""

    def title(self, scenario: str) -> str:
        """Title of a scenario in the language that is spoken."""
        return next(one for one in self.scenarios if one.id == scenario).texts(spoken())[0]

    def measure(self, scenario: str, name: str) -> Measure:
        """A measure of a scenario."""
        found = next(one for one in self.scenarios if one.id == scenario)
        return next(measure for measure in found.measures if measure.id == name)

    def option(self, scenario: str, column: str, year: int | None) -> dict[str, Any]:
        """A record of the option table."""
        return self._options[scenario, column, year]

    def sure(self, scenario: str, column: str, year: int | None) -> bool:
        """Whether the interval of a number leaves out zero."""
        record = self.option(scenario, column, year)
        return bool(record["low"] > 0.0 or record["high"] < 0.0)

    def rival(self) -> str | None:
        """The option next to the best one if the pairs of runs do not tell the two apart."""
        year, comparison = self.shown[-1], self.stored.comparison
        others = [one.id for one in self.options if one.id != self.best]
        if not others:
            return None
        following = max(others, key=lambda name: self.option(name, "technicians", year)["value"])
        place = comparison.years.index(year), indicators.keys().index(("technicians", "all"))
        pairs = (comparison.values(self.best) - comparison.values(following))[:, place[0], place[1]]
        _, low, _ = interval(pairs)
        return following if float(low) <= 0.0 else None

    def columns(self) -> list[tuple[str, int | None]]:
        """Columns of the option table: name and year, in order."""
        return list(dict.fromkeys((column, year) for _, column, year in self._options))

    def smallest(self, scenario: str) -> Number | str:
        """Smallest gain in technicians that would show."""
        value = float(self.option(scenario, "smallest", None)["value"])
        return Number(count(value, step(value)), value, f"options|{scenario}|smallest||value") if value > 0.0 else "-"

    def option_number(self, scenario: str, column: str, year: int | None, which: str, signed: bool = True) -> Number:
        """A number of the option table: its value, or an end of its interval."""
        record = self.option(scenario, column, year)
        to = step((record["high"] - record["low"]) / 2.0)
        value = float(record[which])
        shown = change(value, to) if signed else count(abs(value), to)
        return Number(shown, value, f"options|{scenario}|{column}|{year or ''}|{which}")

    def estimate(self, table: str, key: str, record: dict[str, Any], value: str) -> tuple[Number, str, Number]:
        """A difference and half of its interval, as the parts of a cell."""
        half = (record["high"] - record["low"]) / 2.0
        to = step(half)
        mean = Number(change(record[value], to), float(record[value]), f"{table}|{key}|{value}")
        return mean, " ± ", Number(count(half, to), half, f"{table}|{key}|half")

    def manifest_number(self, path: str) -> Number:
        """A number of the manifest."""
        value: Any = self.stored.manifest
        for name in path.split("|"):
            value = value[name]
        return Number(as_written(f"{value:,g}"), float(value), f"manifest|{path}")

    def career_number(self, scenario: str, key: str) -> Number:
        """A number of people whose careers change."""
        record = next(r for r in self.stored.table("careers") if r["scenario"] == scenario)
        value = float(record[key])
        return Number(count(value, max(step(value / 20), 1)), value, f"careers|{scenario}|{key}")
