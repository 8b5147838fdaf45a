"""`ObjectCareerModel`: the rules of the column engine as plain Mesa, an agent for each person and employer.

For teaching, for looking inside, and as the check on the engine: because every draw has an address, it writes
the same ledger as `sim.model.CareerModel` from the same scenario and seed, to the last bit. No rule and no
number stands here. The order in which agents act does not matter; fractions are added up row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import count, pairwise
from types import SimpleNamespace
from typing import Any, Final

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from agents.circumstances import Climate, School
from agents.positions import (
    ABROAD,
    FACULTIES,
    MANAGER,
    MARKETS,
    OTHER_JOB,
    POOLS,
    POSITIONS,
    PRIMARY_SCHOOL,
    SCHOOL,
    SECTORS,
    SEEKING,
    STUDIES,
    STUDY_TECHNICAL,
    WO,
)
from agents.rule import interpreted, rules_of
from sim import arrivals, draws, environment, opening
from sim.beginning import beginning, births_of
from sim.clock import FIRST_QUARTER, HORIZON, QUARTERS_PER_YEAR, SEPTEMBER, first_day, year_of
from sim.columns import Employers, people_columns
from sim.draws import STUDY_LEVEL
from sim.ledger import AGE_YEARS, TRANSITION_CODES, Ledger, LedgerError, drawn_from_other_work
from sim.model import DEFAULT_SCALE, checked_scale, last_quarter, seed_of
from sim.object_employers import Employer
from sim.object_people import PersonAgent, Student, Worker, person_of
from sim.opening import POOL_AGES, STUDIES_OF
from sim.persons import FACULTY
from sim.quarters import DT
from sim.reporting import REPORTERS
from sim.scenario import Scenario
from sim.schedule import compile_schedule
from sim.start import start_of

__all__ = ["Employer", "ObjectCareerModel", "PersonAgent", "Student", "Worker"]

_environment, _opening = rules_of(environment), rules_of(opening)
_new_pupils, _from_abroad = (
    interpreted(fill, uniforms=draws.uniforms, words=draws.words)
    for fill in (arrivals.new_pupils, arrivals.from_abroad)
)
_arriving, _cohort_births = interpreted(arrivals.arriving), interpreted(arrivals.cohort_births)
_FACULTIES: Final = range(len(FACULTIES))
_FACULTY: Final[list[int]] = FACULTY.tolist()


class ObjectCareerModel(mesa.Model):
    """People and employers of the Netherlands from 1 January 2022, a quarter a step, as objects.

    Parameters
    ----------
    scenario : what holds in the country, from `scenarios.load`
    scale : people for each agent, 1 to 5000
    rng : seed of all draws; the same seed gives the same run, to the last digit
    seed : the same by its older name, which `mesa.batch_run` of Mesa 3.5 needs to leave `rng` alone
    until : day on which the run ends
    """

    running: bool
    scenario: Any = None
    """A plain attribute in place of the property of this name that Mesa has from version 3.5 on."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        scale: float = DEFAULT_SCALE,
        rng: Any = None,
        until: date = HORIZON,
        seed: Any = None,
    ) -> None:
        self.key = seed_of(rng if seed is None else seed)
        super().__init__(rng=self.key)
        self.scenario = scenario
        self.numbers = count(1)
        self.now = FIRST_QUARTER
        self.last = last_quarter(until)
        self.schedule = compile_schedule(scenario, FIRST_QUARTER, self.last)
        state = beginning(scenario, checked_scale(scale), self.key, 1)
        self.scale = state.scale
        self.births = births_of(scenario, FIRST_QUARTER, self.last, self.scale)
        self.teachers: list[float] = state.teachers.tolist()
        self.scarcity: list[float] = state.scarcity.tolist()
        self.employers = [Employer(self, state.employers, row) for row in range(state.employers.sector.size)]
        self.slots = _introduce(self.employers, state.employers)
        self.people: list[PersonAgent] = []
        """Everybody, by row."""
        for row in range(state.count):
            person_of(self, state.people, row)
        self.stocks = state.stocks.copy()
        self.ledger = Ledger.blank(FIRST_QUARTER, self.last - FIRST_QUARTER + 1, self.scale)
        self.ledger.stocks[0] = self.stocks
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)
        self.p = _plain(self.schedule.at(self.now)[0])
        """Parameters of this quarter."""
        self._starts = _plain(start_of(scenario)[0])
        self.climate = Climate(*(0.0 for _ in Climate._fields))
        self.drained = 0
        """People that technical work has drawn from other work on balance."""
        self.schools: list[School] = []
        """State of technical education this quarter, by study."""
        self.levers: list[tuple[int, float, float, list[bool], list[bool]]] = []
        """Practice, amount, share of employers, sectors and sizes of this quarter's levers on employers."""
        self.lent = 0.0
        """Technicians lent to schools for each technical post."""
        self.seekers: list[PersonAgent] = []
        """Who looks for technical work this quarter."""
        self.applicants: list[tuple[PersonAgent, int]] = []
        """Who applies for a technical study this quarter, and for which."""

    @property
    def today(self) -> date:
        """First day of the quarter that comes next."""
        return first_day(self.now)

    @property
    def september(self) -> bool:
        """Whether schools and studies start and end in this quarter."""
        return self.now % QUARTERS_PER_YEAR == SEPTEMBER

    def step(self) -> None:
        """Let one quarter pass; at the end of the run `running` becomes false, and more steps do nothing."""
        if self.advance():
            self.datacollector.collect(self)

    def advance(self) -> bool:
        """Let one quarter pass without collecting; false if the run has ended."""
        if not self.running:
            return False
        self.p = _plain(self.schedule.at(self.now)[0])
        self.seekers, self.applicants = [], []
        self._open_quarter()
        if self.now % QUARTERS_PER_YEAR == 0:
            self._celebrate_new_year()
        # Workers first: a student who leaves becomes a worker, and nobody acts twice.
        self._everybody(Worker).do("step")
        self._everybody(Student).do("step")
        self._receive()
        self._admit()
        self._match()
        self._record()
        self.now += 1
        self.running = self.now <= self.last
        return True

    def run(self) -> Ledger:
        """Run to the end and return the ledger."""
        while self.advance():
            pass
        return self.ledger

    def enter(self, source: int, group_before: int, target: int, group_after: int) -> int:
        """Enter a transition in the ledger; returns its code."""
        code = int(TRANSITION_CODES[source, target])
        if code < 0:
            raise LedgerError(f"{self.today}: no transition from {POSITIONS[source]} to {POSITIONS[target]}")
        self.ledger.flows[self.ledger.rows, code, group_before] += 1
        self.stocks[source, group_before] -= 1
        self.stocks[target, group_after] += 1
        return code

    def _celebrate_new_year(self) -> None:
        """1 January: everybody grows a year older, and positions are compared with those of a year ago."""
        year = year_of(self.now)
        self.ledger.two_point[year] = np.zeros((len(POSITIONS), 2, len(POSITIONS), 2), np.int32)
        self.ledger.ages[year] = np.zeros((len(POSITIONS), 2, 2, AGE_YEARS), np.int32)
        self.ledger.staff[year] = np.zeros((len(SECTORS), 2), np.int32)
        for employer in self.employers:
            men = sum(employer.staff) - employer.women
            self.ledger.staff[year][employer.sector_code] += (men, employer.women)
        for stage in (Worker, Student):
            self._everybody(stage).do("new_year", self.ledger.two_point[year], self.ledger.ages[year])

    def _everybody(self, kind: type[mesa.Agent]) -> AgentSet:
        """All agents of a kind."""
        return self.agents_by_type.get(kind, AgentSet([], random=self.random))

    def _open_quarter(self) -> None:
        """Schools and employers take stock, and the climate follows."""
        p = self.p
        lent = 0.0
        for f in _FACULTIES:
            self.teachers[f] = _environment.teachers_left(self.teachers[f], DT, p)
            lent += _environment.hybrid_full_time(f, p)
        practice = [_environment.practice_share(self.teachers[f], f, p) for f in _FACULTIES]
        stocks = self.stocks
        taught = [_opening.everybody(STUDY_TECHNICAL + a, STUDY_TECHNICAL + b, stocks) for a, b in STUDIES_OF]
        short = [_environment.short_of_places(taught[f], f, self.scale, p) for f in _FACULTIES]
        self.schools = [School(self.scarcity[f], practice[f], short[f], p.places_short[f]) for f in _FACULTY]
        plan, k = self.schedule, self.now - self.schedule.first
        levers = (plan.practice, plan.amount[k], plan.share, plan.sectors, plan.sizes)
        self.levers = list(zip(*(lever.tolist() for lever in levers), strict=True))
        everybody = self._everybody(Employer)
        everybody.do("adopt")
        everybody.do("be_reached")
        wanted = _total(number for employer in self.employers for number in employer.wanted)
        self.lent = lent / self.scale / wanted if wanted > 0.0 else 0.0
        everybody.do("step")
        could = self._pools()
        posts = [(employer, sum(employer.planned)) for employer in self.employers]
        self.climate = _environment.climate_of(
            sum(here for _, here in posts),
            sum(employer.left_open for employer in self.employers),
            sum(here for employer, here in posts if employer.guarantee == 1),
            _total(here * employer.practice[0] for employer, here in posts),
            _total(here * employer.practice[1] for employer, here in posts),
            sum(employer.women for employer in self.employers),
            sum(sum(employer.staff) for employer in self.employers),
            self.drained / max(int(stocks[MANAGER : OTHER_JOB + 1].sum()), 1),
            min(1.0, _environment.per_person(p.apprenticeships, taught[0], self.scale)),
            tuple(_environment.taken_up(pool, could, self.scale, p) for pool in range(len(POOLS))),
            p,
        )

    def _pools(self) -> NDArray[np.int64]:
        """People who could start in a retraining programme, by pool and age group."""
        could = np.zeros(POOL_AGES, np.int64)
        if _environment.offers_programmes(self.p):
            for person in self.people:
                pool = _opening.pool_of(person.place, person.technical)
                if pool >= 0:
                    could[pool, person.age_group] += 1
        return could

    def _receive(self) -> None:
        """The new cohort of pupils in September, and people from abroad."""
        p, now = self.p, self.now
        if self.september:
            first, last = _cohort_births(now)
            births = self.births.between(first, last)
            for pupil in self._arrive(int(births.sum()), _new_pupils, births, first):
                pupil.place = PRIMARY_SCHOOL
                pupil.move(SCHOOL)
        workers = ((arrivals.TECHNICAL, p.arrivals_technical), (arrivals.OTHER, p.arrivals_other))
        for kind, per_year in workers:
            number = _arriving(per_year / QUARTERS_PER_YEAR, self.scale, now)
            for person in self._arrive(number, _from_abroad, kind, number):
                if person.technical == 1:
                    self.seekers.append(person)
                else:
                    person.move(SEEKING)
        if self.september:
            number = _arriving(p.arrivals_students, self.scale, now // QUARTERS_PER_YEAR)
            for person in self._arrive(number, _from_abroad, arrivals.STUDENTS, number):
                self.applicants.append((person, STUDIES.index("wo" if person.level_code == WO else "hbo")))

    def _arrive(self, number: int, fill: Callable[..., int], *what: Any) -> list[PersonAgent]:
        """New people, with what the rules of `sim.arrivals` write in their rows."""
        rows = people_columns(number)
        starts = ((self._starts,),) if fill is _from_abroad else ()
        fill(*what, 0, self.now, self.key, rows, (self.p,), *starts)
        return [person_of(self, rows, row) for row in range(number)]

    def _admit(self) -> None:
        """Give out the seats of technical studies."""
        if not self.applicants:
            return
        applied = [0 for _ in _FACULTIES]
        for _, study in self.applicants:
            applied[_FACULTY[study]] += 1
        free = [_environment.seats(self.teachers[f], f, self.scale, self.p) for f in _FACULTIES]
        for study, f in enumerate(_FACULTY):
            free[f] -= int(self.stocks[STUDY_TECHNICAL + study].sum())
        shares = [_environment.admitted_share(free[f], applied[f]) for f in _FACULTIES]
        self.scarcity = [1.0 - share for share in shares]
        for person, study in self.applicants:
            f = _FACULTY[study]
            if person.draw(STUDY_LEVEL)[1] < shares[f]:
                person.move(STUDY_TECHNICAL + study)
            else:
                self.ledger.turned_away[self.ledger.rows, f] += 1
                person.turned_away(study)

    def _match(self) -> None:
        """Seekers apply in a few rounds; in each, an employer takes the first in order for its open posts."""
        waiting = self.seekers
        for rounds in range(int(self.p.matching_rounds)):
            received: dict[tuple[Employer, int], list[tuple[tuple[int, int, int], int, PersonAgent]]] = {}
            for person in waiting:
                found = person.seek(rounds)
                if found is not None:
                    employer, order, post = found
                    received.setdefault((employer, person.market), []).append((order, post, person))
            hired = set()
            for (employer, market), applications in received.items():
                for _, post, person in sorted(applications)[: employer.open[market]]:
                    employer.open[market] -= 1
                    person.join(employer, post)
                    hired.add(person)
            waiting = [person for person in waiting if person not in hired]
        for person in waiting:
            if person.place == ABROAD:
                person.move(SEEKING)

    def _record(self) -> None:
        """Close the quarter in the ledger."""
        ledger, row = self.ledger, self.ledger.rows
        ledger.stocks[row + 1] = self.stocks
        ledger.vacancies[row] = _by_market(employer.open for employer in self.employers)
        ledger.posts[row] = _by_market(employer.planned for employer in self.employers)
        ledger.climate[row] = self.climate
        ledger.rows = row + 1
        ledger.check(row)
        self.drained += int(drawn_from_other_work() @ ledger.flows[row].sum(axis=1))


def _introduce(employers: list[Employer], columns: Employers) -> list[list[Employer]]:
    """Link employers to their neighbours; returns the employer of each post where seekers look, by market."""
    neighbour, slots = columns.neighbour.tolist(), columns.slots.tolist()
    for employer, (low, high) in zip(employers, pairwise(columns.first.tolist()), strict=True):
        employer.neighbours = [employers[other] for other in neighbour[low:high]]
    return [[employers[e] for e in slots[low:high]] for low, high in pairwise(columns.slots_from.tolist())]


def _plain(record: np.void) -> SimpleNamespace:
    """A record of parameters as an object with plain numbers, and arrays for tables."""
    values = {name: record[name] for name in record.dtype.names or ()}
    return SimpleNamespace(**{name: v.copy() if v.ndim else float(v) for name, v in values.items()})


def _by_market(counts: Iterable[list[int]]) -> list[int]:
    """Counts of all employers added up by market."""
    return [sum(column) for column in zip(*counts, strict=True)] or [0 for _ in MARKETS]


def _total(numbers: Iterable[float]) -> float:
    """Sum of the numbers one after the other; `sum` does not round like that from Python 3.12 on."""
    total = 0.0
    for number in numbers:
        total += number
    return total
