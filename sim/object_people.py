"""People of the object model: a `Student` or `Worker` is a Mesa agent that decides by calling the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import mesa
import numpy as np
from numpy.typing import NDArray

from agents import employer, student, worker
from agents.circumstances import Person, Workplace
from agents.positions import (
    GRADUATE,
    OTHER_JOB,
    RETIRED,
    RETRAINING,
    SCHOOL,
    SCHOOL_TECHNICAL,
    SEARCH,
    SEEKING,
    STAY,
    STUDY_OTHER,
    STUDY_TECHNICAL,
)
from agents.rule import rules_of
from sim import cells, draws, market, population
from sim.columns import NOBODY, ORIGIN_SHIFT, PARENT_BIT, People
from sim.draws import CHOICE, CONTACT, FIRST_JOB, GRADUATION, POST, RISK, STUDY_LEVEL
from sim.ledger import AGE_YEARS
from sim.market import CONTACTS_LIMIT
from sim.object_traits import TRAITS, PersonTraits
from sim.quarters import DT

if TYPE_CHECKING:
    from sim.object_employers import Employer

_hiring, _learning, _working = rules_of(employer), rules_of(student), rules_of(worker)
_cells, _draws = rules_of(cells), rules_of(draws)
_market, _population = rules_of(market), rules_of(population)

NOWHERE: Final = Workplace(0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""What people without a technical post have for a workplace."""


class Numbers:
    """Gives Mesa the next number of an agent; its own table keeps every model alive, up to version 3.4.1."""

    def __getitem__(self, model: Any) -> Any:
        return model.numbers


class PersonAgent(PersonTraits, mesa.Agent):
    """A person. At another stage of life, an agent of the other class takes over all that they are."""

    _ids: ClassVar[Any] = Numbers()

    def __init__(self, model: Any, traits: dict[str, Any]) -> None:
        super().__init__(model)
        self.__dict__.update(traits)

    def draw(self, decision: int) -> tuple[float, float]:
        """This person's two uniform numbers for a decision of this quarter."""
        return draws.uniforms(self.model.key, self.identity, self.model.now, decision)

    def circumstances(self) -> Person:
        """What the rules may know about this person."""
        now = self.model.now
        return Person(
            self.woman,
            self.migrant,
            self.origin_code,
            self.level_code,
            self.technical,
            self.age_group,
            self.wish,
            self.parent,
            1 if self.guarantee > now else 0,
            now - self.moved,
        )

    def new_year(self, two_point: NDArray[np.int32], ages: NDArray[np.int32]) -> None:
        """Be counted on 1 January, grow a year older and think again about hours; see `sim.january`."""
        model = self.model
        two_point[(*self.january, self.place, self.woman)] += 1
        self.january = self.place, self.technical
        if self.place > RETIRED:
            ages[self.place, self.technical, self.woman, min(self.age, AGE_YEARS - 1)] += 1
            self.age_group = _population.age_group(model.now, self.birth)
            self.wish = _population.wishes(self.threshold, self.woman, self.age_group, model.p)

    def decide(self, target: int) -> None:
        """Do what a rule decided: stay, look for technical work, or go to another position."""
        if target == SEARCH:
            self.model.seekers.append(self)
        elif target != STAY:
            self.move(target)

    def move(self, target: int, **gained: int) -> PersonAgent:
        """Go to another position, leaving the employer if there is one; returns who the person is there."""
        source, before = self.place, self.group
        if self.workplace is not None:
            self.workplace.lose(self)
            self.workplace = None
        self.__dict__.update(gained, place=target, moved=self.model.now)
        self.events.append((self.model.now, self.model.enter(source, before, target, self.group)))
        stage = stage_of(target)
        if stage is type(self):
            return self
        person = stage(self.model, {name: getattr(self, name) for name in TRAITS})
        self.model.people[self.row] = person
        self.remove()
        return person

    def turned_away(self, study: int) -> None:
        """Find that there is no seat in a technical study."""
        raise NotImplementedError

    # ------------------------------------------------------------------ to find technical work

    def start(self) -> None:
        """Look for a first job with a technical diploma."""
        u, v = self.draw(FIRST_JOB)
        self.decide(_working.first_job(u, v, self.circumstances(), self.model.climate, self.model.p))

    def seek(self, rounds: int) -> tuple[Employer, tuple[int, int, int], int] | None:
        """Visit employers in turn until one with an open post and this person agree.

        Returns
        -------
        The employer, the place in the order of its applicants, and the post.
        """
        model = self.model
        p, key, now, identity = model.p, model.key, model.now, self.identity
        at = self.market
        slots = model.slots[at]
        spare = 0
        for contact in range(min(int(p.contacts), CONTACTS_LIMIT) if slots else 0):
            address = rounds * CONTACTS_LIMIT + contact
            word = spare
            if contact % 2 == 0:
                word, spare = draws.words(key, identity, now, CONTACT + address)
            met = slots[_market.slot(word, len(slots))]
            if met.open[at] <= 0 or met is self.workplace:
                continue
            a, b = draws.words(key, identity, now, POST + address)
            post, luck = _market.offer(a)
            hours = _hiring.mismatch(self.wish, post, met.practice[0])
            who = self.circumstances()
            if _hiring.meets(_draws.unit(b), who, hours, met.practice[1], model.climate.tightness, p):
                retrained = 1 if self.place == RETRAINING else 0
                return met, (_hiring.rank(who, retrained), luck, identity), post
        return None

    def join(self, taken_by: Employer, post: int) -> None:
        """Start in a technical post; an employer that takes part gives the guarantee to who comes in."""
        entrant = self.workplace is None
        person = self.move(taken_by.occupation)
        taken_by.gain(person)
        person.workplace, person.post = taken_by, post
        now = self.model.now
        if entrant and taken_by.guarantee == 1 and person.guarantee <= now:
            person.guarantee = _hiring.guarantee_until(now, self.model.p)


class Student(PersonAgent):
    """Somebody at school or in a study."""

    def step(self) -> None:
        """Live one quarter: choose, go on, switch, drop out, be hired early, or get a diploma."""
        if self.place >= STUDY_TECHNICAL:
            self._study()
        elif self.model.september:
            self._learn()

    def turned_away(self, study: int) -> None:
        """Find that there is no seat: take another study of the same level."""
        self.move(STUDY_OTHER + study)

    def _learn(self) -> None:
        """September at school."""
        model, who = self.model, self.circumstances()
        if self.place == SCHOOL:
            if _learning.chooses_profile(who.quarters, who, model.p):
                plan = model.schedule
                contact = plan.contact[self.birth - plan.contact_from]
                self.move(_learning.profile(self.draw(CHOICE)[0], who, contact, model.climate, model.p))
            return
        if not _learning.leaves_school(who.quarters, who, model.p):
            return
        u, v = self.draw(CHOICE)
        if not _learning.continues(v, who, model.p):
            self.move(SEEKING)
            return
        profile = 1 if self.place == SCHOOL_TECHNICAL else 0
        technical = _learning.technical_study(u, profile, who, model.climate, model.p)
        study = _learning.study_level(self.draw(STUDY_LEVEL)[0], technical, who, model.p)
        if technical == 1:
            model.applicants.append((self, study))
        else:
            self.move(STUDY_OTHER + study)

    def _study(self) -> None:
        """A quarter in a study."""
        model, who = self.model, self.circumstances()
        technical = 1 if self.place < STUDY_OTHER else 0
        study = self.place - (STUDY_TECHNICAL if technical == 1 else STUDY_OTHER)
        if model.september:
            a, b = self.draw(GRADUATION)
            if _learning.graduates(a, study, technical, who, model.schools[study], model.p):
                self._graduate(study, technical, _learning.goes_on(b, study, model.p))
                return
        u, _ = self.draw(RISK)
        school = model.schools[study]
        self.decide(_learning.study_quarter(u, DT, study, technical, who, school, model.climate, model.p))

    def _graduate(self, study: int, technical: int, goes_on: bool) -> None:
        """Get a diploma; go on to the next study, or to the labour market."""
        level = _learning.diploma_level(study)
        if technical == 0:
            self.move(STUDY_OTHER + study + 1 if goes_on else OTHER_JOB, level_code=level)
            return
        graduate = self.move(GRADUATE, level_code=level, technical=1)
        if goes_on:
            self.model.applicants.append((graduate, study + 1))
        else:
            graduate.start()


class Worker(PersonAgent):
    """Somebody on the labour market, or done with it."""

    def step(self) -> None:
        """Live one quarter by the rule of the position; who is abroad or retired has nothing to decide."""
        if self.place < SCHOOL:
            return
        model, who = self.model, self.circumstances()
        u, v = self.draw(RISK)
        at = NOWHERE if self.workplace is None else self.workplace.as_seen_by(self)
        self.decide(_working.labour_quarter(u, v, DT, self.place, who, at, model.climate, model.p))

    def turned_away(self, study: int) -> None:
        """Find that there is no seat: graduates look for a first job, and who came for it stays abroad."""
        if self.place == GRADUATE:
            self.start()


def stage_of(place: int) -> type[PersonAgent]:
    """Stage of life of a position."""
    return Student if SCHOOL <= place < GRADUATE else Worker


def person_of(model: Any, people: People, row: int) -> PersonAgent:
    """The person in a row of columns, as an agent at the end of `model.people`."""
    cell, roots, january = int(people.cell[row]), int(people.roots[row]), int(people.january[row])
    place, at = _cells.position_of(cell), int(people.employer[row])
    traits = {
        "row": len(model.people),
        "identity": int(people.identity[row]),
        "birth": int(people.birth[row]),
        "woman": _cells.woman_of(cell),
        "migrant": _cells.migrant_of(cell),
        "origin_code": (roots >> ORIGIN_SHIFT) & 3,
        "parent": roots & PARENT_BIT,
        "threshold": int(people.wish[row]),
        "place": place,
        "moved": int(people.since[row]),
        "level_code": _cells.level_of(cell),
        "technical": _cells.technical_of(cell),
        "age_group": _cells.age_of(cell),
        "wish": _cells.wish_of(cell),
        "guarantee": int(people.guarantee[row]),
        "workplace": None if at == NOBODY else model.employers[at],
        "post": int(people.post[row]),
        "january": (january & 31, january >> 5),
        "events": [],
    }
    person = stage_of(place)(model, traits)
    model.people.append(person)
    return person
