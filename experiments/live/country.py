"""The simulated country behind the page: the baseline of each replicate, kept, from which scenarios branch off."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

import mesa

from experiments.live.summary import Summary, summary
from sim.clock import FIRST_QUARTER, QUARTERS_PER_YEAR, quarter_of
from sim.model import CareerModel
from sim.scenario import Measure, Scenario

UNTIL: Final = date(2036, 1, 1)
SCALE: Final = 119.0
"""People for each agent: with it more than 100,000 agents are alive from the first day on."""
REPLICATES: Final = 12
_AT_FIRST: Final = 2
"""Quarters that pass until the first look whether something newer is wanted, and by which looks grow further apart: a
run is left at its begin rather than when it is nearly done."""
_KEPT: Final = 30
"""Baselines kept, each standing at the day on which scenarios branch off; about 6 MB each."""
_TO_BE_STEPPED: Final = vars(mesa.Model()).keys() - {"running"}
"""What Mesa, of whatever version, puts on a model and a run that is advanced does without."""


@dataclass(frozen=True)
class Country:
    """How finely, how long and with which luck the country is simulated."""

    scale: float = SCALE
    until: date = UNTIL
    seed: int = 1
    threads: int = 2
    replicates: int = REPLICATES


class Left(Exception):
    """The run was left because something newer is wanted."""


class Runs:
    """Runs of scenarios, each branching off from the baseline of its replicate on the day that they come apart.

    What is asked for is what `CareerModel(scenario)` gives from its start, bit for bit. For one thread at a time.
    """

    def __init__(self, baseline: Scenario, country: Country) -> None:
        self.baseline = baseline
        self.country = country
        self._pasts: OrderedDict[tuple[int, int], CareerModel] = OrderedDict()
        """Baselines by replicate and the quarter that they stand at."""
        self._outcomes: dict[int, Summary] = {}
        self.first: CareerModel | None = None
        """The whole baseline of the first replicate, with everybody's events."""

    def outcome(self, replicate: int, go_on: Callable[[], bool] = lambda: True) -> Summary:
        """What the baseline gives; run once and kept."""
        if replicate not in self._outcomes:
            model = self._past(replicate, FIRST_QUARTER, go_on).branch(self.baseline)
            _run(model, go_on)
            self._outcomes[replicate] = summary(model.ledger)
            if replicate == 0:
                model.look_ahead()
                self.first = model
        return self._outcomes[replicate]

    def run(self, scenario: Scenario, replicate: int, go_on: Callable[[], bool] = lambda: True) -> CareerModel:
        """A whole run of a scenario; raises Left where `go_on` says no on the way."""
        if scenario.parameters is not self.baseline.parameters:
            model = self._new(scenario, replicate)
        else:
            apart = min([quarter_of(self.country.until) - 1, *(first_acting(one) for one in scenario.measures)])
            past = self._past(replicate, apart, go_on)
            if replicate == 0 and self.first is not None:  # somebody waits for this run
                past.foresight = self.first.foresight
            model = past.branch(scenario)
        _run(_loose(model), go_on)
        return model

    def _past(self, replicate: int, quarter: int, go_on: Callable[[], bool]) -> CareerModel:
        """The baseline of a replicate, standing at a quarter."""
        known = self._pasts.get((replicate, quarter))
        if known is None:
            earlier = [at for number, at in self._pasts if number == replicate and at < quarter]
            if earlier:
                known = self._pasts[replicate, max(earlier)].branch(self.baseline)
            else:
                known = self._new(self.baseline, replicate)
            _run(known, go_on, quarter)
            known.state.room = None  # it is not stepped any more
            self._pasts[replicate, quarter] = known
            if len(self._pasts) > _KEPT:
                self._pasts.popitem(last=False)
        self._pasts.move_to_end((replicate, quarter))
        return known

    def _new(self, scenario: Scenario, replicate: int) -> CareerModel:
        country = self.country
        return CareerModel(
            scenario,
            scale=country.scale,
            rng=country.seed + replicate,
            until=country.until,
            threads=country.threads,
        )


def first_acting(measure: Measure) -> int:
    """First quarter in which a measure may change anything."""
    return max(FIRST_QUARTER, quarter_of(measure.start) + ceil(measure.delay_years * QUARTERS_PER_YEAR))


def _loose(model: CareerModel) -> CareerModel:
    """The model without what Mesa put on it to be stepped, by which it holds itself until a collector comes: some
    megabytes for each move of a hand that drags. It is advanced, not stepped."""
    for name in _TO_BE_STEPPED:
        model.__dict__.pop(name, None)
    return model


def _run(model: CareerModel, go_on: Callable[[], bool], until: int | None = None) -> None:
    """Let quarters pass up to `until`, or to the end; raises Left where `go_on` says no on the way."""
    at_once, end = _AT_FIRST, model.last + 1 if until is None else until
    while model.state.now < end:
        if not go_on():
            raise Left
        model.advance(min(at_once, end - model.state.now))
        at_once += _AT_FIRST
