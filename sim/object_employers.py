"""Employers of the object model: each is a Mesa agent that takes every decision by calling a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from agents import employer
from agents import positions as words
from agents.circumstances import Workplace
from agents.positions import TECHNICAL_SECTORS, TECHNICIAN
from agents.rule import rules_of
from sim import cells, draws
from sim.columns import PRACTICES, Employers
from sim.draws import ADOPTION, EMPLOYER_IDENTITY
from sim.employers import GUARANTEE
from sim.object_people import Numbers
from sim.quarters import DT

if TYPE_CHECKING:
    from sim.object_people import PersonAgent

_rules, _market_of = rules_of(employer), rules_of(cells).market_of


class Employer(mesa.Agent):
    """An employer of technicians; its lists are in the order of MARKETS, or in that of PRACTICES."""

    _ids: ClassVar[Any] = Numbers()

    def __init__(self, model: Any, columns: Employers, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.sector_code = int(columns.sector[row])
        self.size_code = int(columns.size[row])
        self.region = int(columns.region[row])
        self.wanted: list[float] = columns.wanted[row].tolist()
        self.luck: list[float] = columns.luck[row].tolist()
        self.planned: list[int] = columns.posts[row].tolist()
        self.staff: list[int] = columns.filled[row].tolist()
        self.women = int(columns.women[row].sum())
        self.open: list[int] = columns.open[row].tolist()
        self.left_open = 0
        """Posts that stood open at the end of the quarter before."""
        self.own: list[float] = columns.own[row].tolist()
        self.practice: list[float] = columns.practice[row].tolist()
        self.reach: list[float] = columns.reach[row].tolist()
        self.guarantee = int(columns.guarantee[row])
        self.pressure = float(columns.pressure[row])
        self.minority = float(columns.minority[row])
        self.slack = float(columns.slack[row])
        self.neighbours: list[Employer] = []
        self.occupation = TECHNICIAN if self.sector_code < TECHNICAL_SECTORS else TECHNICIAN + 1
        self._workplaces: tuple[Workplace, ...] = ()

    def adopt(self) -> None:
        """Take practices one step further, looking at the neighbours as they were last quarter."""
        model = self.model
        for k, own in enumerate(self.own):
            seen = 0.0
            for other in self.neighbours:
                seen += other.practice[k]
            mean = seen / len(self.neighbours) if self.neighbours else 0.0
            u, _ = draws.uniforms(model.key, EMPLOYER_IDENTITY | self.row, model.now, ADOPTION + k)
            if u < _rules.adoption_chance(DT, self.practice[k], mean, self.pressure, model.p):
                self.own[k] = _rules.taken_further(own, model.p)

    def be_reached(self) -> None:
        """Be reached by the measures of this quarter, on top of the practices that are the employer's own."""
        self.practice = list(self.own)
        self.guarantee = 0
        for k, amount, share, sectors, sizes in self.model.levers:
            reached = sectors[self.sector_code] and sizes[self.size_code] and self.reach[k] < share
            if amount == 0.0 or not reached:
                continue
            if k == GUARANTEE:
                if _rules.takes_part(amount, self.reach[k], share):
                    self.guarantee = 1
            else:
                self.practice[k] = _rules.supported(self.practice[k], amount)

    def step(self) -> None:
        """Work out the posts wanted, open vacancies, and what it is like to work here."""
        p, lent = self.model.p, self.model.lent
        self.left_open = sum(self.open)
        demand = p.demand_growth[self.sector_code]
        for m, before in enumerate(self.wanted):
            wanted = _rules.grown(before, demand, p.productivity_growth, DT)
            self.wanted[m] = wanted
            self.planned[m] = _rules.posts(wanted, wanted * lent, self.luck[m])
            self.open[m] = _rules.vacancies(self.planned[m], self.staff[m])
        here, people = sum(self.planned), sum(self.staff)
        self.pressure = _rules.pressure(here, self.left_open, p)
        self.minority = _rules.minority(self.women, people, p)
        self.slack = _rules.slack(here, people, p)
        self._describe()

    def as_seen_by(self, person: PersonAgent) -> Workplace:
        """What this employer is like for one of its people."""
        return self._workplaces[_rules.mismatch(person.wish, person.post, self.practice[0])]

    def gain(self, person: PersonAgent) -> None:
        """Put somebody on the books."""
        self.staff[_market_of(person.level_code)] += 1
        self.women += person.woman

    def lose(self, person: PersonAgent) -> None:
        """Take somebody off the books."""
        self.staff[_market_of(person.level_code)] -= 1
        self.women -= person.woman

    def _describe(self) -> None:
        """Keep the two workplaces there are here this quarter: without and with a mismatch in hours."""
        _, culture, training = self.practice
        left = _rules.trains(training, self.pressure, self.model.p)
        here = (culture, left, self.pressure, self.minority, self.slack)
        self._workplaces = Workplace(0, *here), Workplace(1, *here)

    # ------------------------------------------------------------------ in words

    @property
    def sector(self) -> str:
        """Sector, a label of SECTORS."""
        return words.SECTORS[self.sector_code]

    @property
    def size(self) -> str:
        """Size class, a label of SIZES."""
        return words.SIZES[self.size_code]

    @property
    def posts(self) -> dict[str, int]:
        """Technical posts by market."""
        return dict(zip(words.MARKETS, self.planned, strict=True))

    @property
    def filled(self) -> dict[str, int]:
        """Technicians by market."""
        return dict(zip(words.MARKETS, self.staff, strict=True))

    @property
    def practices(self) -> dict[str, float]:
        """Practices in effect."""
        return {name: round(value, 6) for name, value in zip(PRACTICES, self.practice, strict=True)}

    @property
    def gives_guarantee(self) -> bool:
        """Whether the employer takes part in the ten-year guarantee."""
        return self.guarantee == 1

    @property
    def work_pressure(self) -> float:
        """Work pressure, 0 to 1."""
        return self.pressure
