"""What a person of the object model is: codes for the rules, and the same in words for the reader."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from agents import employer, positions
from agents.positions import OTHER_JOB, TECHNICIAN
from agents.rule import rules_of
from sim import career_graph, cells
from sim.clock import QUARTERS_PER_YEAR, first_day
from sim.views import Passage

if TYPE_CHECKING:
    from sim.object_employers import Employer

_hiring, _cells = rules_of(employer), rules_of(cells)


class PersonTraits:
    """A person as an object; properties are named as in `sim.views.PersonView`."""

    model: Any
    row: int
    """Place in `model.people`."""
    identity: int
    birth: int
    """Quarter of birth."""
    woman: int
    migrant: int
    origin_code: int
    parent: int
    threshold: int
    """Personal threshold of the wish to work part-time, in 256 steps."""
    place: int
    """Code of the position in the career graph."""
    moved: int
    """Quarter in which the position last changed."""
    level_code: int
    technical: int
    age_group: int
    wish: int
    guarantee: int
    """Quarter in which a ten-year guarantee ends."""
    workplace: Employer | None
    post: int
    """How hard the present post is to do part-time, in 256 steps."""
    january: tuple[int, int]
    """Position and technical diploma on the last 1 January."""
    events: list[tuple[int, int]]
    """Quarter and transition of everything that happened to this person."""

    @property
    def group(self) -> int:
        """Group of the ledger."""
        cell = _cells.pack(self.place, self.woman, 0, self.technical, 0, self.migrant, self.level_code)
        return int(_cells.group_of(cell))

    @property
    def market(self) -> int:
        """Part of the technical labour market for this person's level."""
        return int(_cells.market_of(self.level_code))

    # ------------------------------------------------------------------ in words

    @property
    def born(self) -> date:
        """First day of the quarter of birth."""
        return first_day(self.birth)

    @property
    def age(self) -> int:
        """Age in years."""
        return int(self.model.now - self.birth) // QUARTERS_PER_YEAR

    @property
    def gender(self) -> str:
        """Gender, a label of GENDERS."""
        return positions.GENDERS[self.woman]

    @property
    def background(self) -> str:
        """Background, a label of BACKGROUNDS."""
        return positions.BACKGROUNDS[self.migrant]

    @property
    def level(self) -> str:
        """Highest level reached, a label of LEVELS."""
        return positions.LEVELS[self.level_code]

    @property
    def technical_diploma(self) -> bool:
        """Whether the person has a technical diploma."""
        return self.technical == 1

    @property
    def position(self) -> str:
        """Position in the career graph."""
        return positions.POSITIONS[self.place]

    @property
    def since(self) -> date:
        """First day of the quarter in which the position last changed."""
        return first_day(self.moved)

    @property
    def wishes_part_time(self) -> bool:
        """Whether the person wishes to work part-time."""
        return self.wish == 1

    @property
    def works_part_time(self) -> bool:
        """Whether the person works part-time: as wished, unless a technical post does not allow it."""
        at_work = TECHNICIAN <= self.place <= OTHER_JOB
        at = self.workplace
        hindered = at is not None and _hiring.mismatch(self.wish, self.post, at.practice[0]) == 1
        return self.wish == 1 and at_work and not hindered

    @property
    def parent_in_technology(self) -> bool:
        """Whether a parent works in a technical occupation."""
        return self.parent == 1

    @property
    def origin(self) -> str:
        """Origin, a label of ORIGINS."""
        return positions.ORIGINS[self.origin_code]

    @property
    def employer(self) -> int | None:
        """Row of the employer of a technician."""
        return None if self.workplace is None else self.workplace.row

    @property
    def guaranteed_until(self) -> date | None:
        """End of the ten-year guarantee."""
        return first_day(self.guarantee) if self.guarantee > self.model.now else None

    def history(self) -> list[Passage]:
        """Everything that happened to this person since 2022, in order."""
        edges = [(first_day(quarter), career_graph.load().transitions[code]) for quarter, code in self.events]
        return [Passage(day, edge.source, edge.target, edge.leak) for day, edge in edges]


TRAITS = tuple(name for name in PersonTraits.__annotations__ if name != "model")
"""What somebody takes along from one stage of life to the next: all but the agent's place in Mesa."""
