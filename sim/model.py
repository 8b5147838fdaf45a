"""`CareerModel`: the column engine as a Mesa model."""

from __future__ import annotations

import os
from datetime import date
from typing import Any, Final

import mesa
import numpy as np

from sim.beginning import beginning, births_of, room_for
from sim.branching import agree_until
from sim.clock import FIRST_QUARTER, HORIZON, QUARTERS_PER_YEAR, first_day, quarter_of
from sim.draws import SEED_LIMIT
from sim.engine import Event, State, advance
from sim.foresight import NOTHING, Foresight, foresight_of
from sim.ledger import Ledger
from sim.reporting import REPORTERS
from sim.scenario import Scenario
from sim.schedule import compile_schedule, record_of
from sim.start import start_of
from sim.views import EmployerViews, PeopleViews

DEFAULT_SCALE = 100.0
TODAY: Final = first_day(FIRST_QUARTER)


def seed_of(rng: Any) -> int:
    """Key of all draws from what Mesa accepts as `rng`: a whole number, a generator, or nothing for a fresh one."""
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        if not 0 <= int(rng) < SEED_LIMIT:
            raise ValueError(f"rng is {rng}; give a whole number from 0 to {SEED_LIMIT - 1}")
        return int(rng)
    return int(np.random.default_rng(rng).integers(SEED_LIMIT))


def checked_scale(scale: float) -> float:
    """The scale if it is one that a model can have."""
    if isinstance(scale, bool) or not isinstance(scale, int | float | np.number):
        raise ValueError(f"scale is {scale!r}; give a number of people for each agent, such as 100")
    if not 1.0 <= float(scale) <= 5_000.0:
        raise ValueError(f"scale is {scale:g}; give a number of people for each agent from 1 to 5000")
    return float(scale)


def first_quarter(since: date) -> int:
    """Quarter with which the ledger of a run begins; ValueError if it cannot be that one."""
    quarter = quarter_of(since)
    if since != first_day(quarter) or quarter % QUARTERS_PER_YEAR != 0 or quarter > FIRST_QUARTER:
        raise ValueError(f"since is {since}; give a 1 January, {first_day(FIRST_QUARTER)} at the latest")
    return quarter


def last_quarter(until: date) -> int:
    """Last quarter of a run up to a day; ValueError if there is none."""
    quarter = quarter_of(until) - 1
    if not FIRST_QUARTER <= quarter <= quarter_of(date(2060, 1, 1)) - 1:
        raise ValueError(f"until is {until}; give a day from 2022-04-01 to 2060-01-01")
    return quarter


class CareerModel(mesa.Model):
    """People and employers of the Netherlands from 1 January 2022, a quarter a step.

    Parameters
    ----------
    scenario : what holds in the country, from `scenarios.load`
    scale : people for each agent, 1 to 5000
    rng : seed of all draws; the same seed gives the same run, to the last digit
    seed : the same by its older name, which `mesa.batch_run` of Mesa 3.5 needs to leave `rng` alone
    until : day on which the run ends
    since : 1 January from which the ledger records; years before 2022 are part of the warm-up
    threads : threads to use; results do not depend on it. All processors when left out
    past : a model of the same seed, scale and days to go on from, where it stands now; see `branch`
    """

    scenario: Any = None
    """A plain attribute in place of the property of this name that Mesa has from version 3.5 on."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        scale: float = DEFAULT_SCALE,
        rng: Any = None,
        until: date = HORIZON,
        since: date = TODAY,
        threads: int | None = None,
        seed: Any = None,
        past: CareerModel | None = None,
    ) -> None:
        key = seed_of(rng if seed is None else seed)
        super().__init__(rng=key)
        self.running: bool = True
        self.scenario = scenario
        self.seed_key = key
        self.threads = threads or os.cpu_count() or 1
        first, self.last = first_quarter(since), last_quarter(until)
        self.schedule = compile_schedule(scenario, first, self.last)
        start = beginning(scenario, checked_scale(scale), key, self.threads, first) if past is None else past.state
        self.births = births_of(scenario, first, self.last, start.scale)
        self._starts = start_of(scenario)
        self.state: State = start.copy(room_for(start, self.births, self.schedule, self.last))
        self.ledger = Ledger.blank(first, self.last - first + 1, start.scale)
        self.ledger.stocks[0] = self.state.stocks
        self.foresight: Foresight = NOTHING if past is None else past.foresight
        """Luck that is known already; whatever it says, a run is the same."""
        self.events: list[Event] = []
        """Row and transition of every event, quarter by quarter."""
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)
        if past is not None:
            self.ledger.take_over(past.ledger)
            self.events += past.events
            self.running = self.state.now <= self.last

    def branch(self, scenario: Scenario) -> CareerModel:
        """The same country under another scenario, from where this model stands now on.

        It is the run that the other scenario gives from its start, bit for bit, without the part that both share.
        Raises ValueError where the two would have come apart before today, or begin with another country.
        """
        if record_of(scenario) != record_of(self.scenario) or start_of(scenario) != self._starts:
            what = f"{scenario.id} begins with another country than {self.scenario.id}"
            raise ValueError(f"{what}; run it from its start")
        other = CareerModel(
            scenario,
            scale=self.state.scale,
            rng=self.seed_key,
            until=first_day(self.last + 1),
            since=first_day(self.schedule.first),
            threads=self.threads,
            past=self,
        )
        apart = agree_until(self.schedule, other.schedule)
        if apart < self.state.now:
            raise ValueError(
                f"{scenario.id} and {self.scenario.id} come apart on {first_day(apart)}; branch on that day, "
                f"not on {self.today}"
            )
        return other

    def look_ahead(self) -> None:
        """Work out the luck of everybody who is here now, for the runs that branch off: a byte a person and quarter.

        Those that have other people in the same rows find it out for themselves.
        """
        identity = self.state.people.identity[: self.state.count].copy()
        self.foresight = foresight_of(identity, self.seed_key, self.schedule.first, self.last)

    @property
    def today(self) -> date:
        """First day of the quarter that comes next."""
        return first_day(self.state.now)

    @property
    def people(self) -> PeopleViews:
        """Everybody, by row, as a readable `Student` or `Worker`."""
        return PeopleViews(self)

    @property
    def employers(self) -> EmployerViews:
        """All employers, by row."""
        return EmployerViews(self)

    def step(self) -> None:
        """Let one quarter pass; at the end of the run `running` becomes false, and further steps do nothing."""
        if not self.advance():
            return
        self.datacollector.collect(self)

    def advance(self, quarters: int = 1) -> bool:
        """Let some quarters pass without collecting, as far as the run goes; false if it has ended.

        The same as one by one, and faster.
        """
        if not self.running:
            return False
        left = min(quarters, self.last + 1 - self.state.now)
        self.events += advance(
            self.state, self.schedule, self.ledger, self.births, self._starts, self.threads, left, self.foresight
        )  # fmt: skip
        self.running = self.state.now <= self.last
        if not self.running:
            self.state.room = None  # much memory, which nothing needs any more
        return True

    def run(self) -> Ledger:
        """Run to the end and return the ledger."""
        self.advance(self.last + 1 - self.state.now)
        return self.ledger
