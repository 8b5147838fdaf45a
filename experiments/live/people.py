"""A few hundred people of the first pair of runs, year by year, without and with what is chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import POSITIONS, STUDY_TECHNICAL, TECHNICIAN, TECHNICIAN_OTHER_SECTOR
from agents.rule import interpreted
from experiments.texts import say
from sim import career_graph
from sim.cells import group_of, position_of
from sim.clock import FIRST_QUARTER, QUARTERS_PER_YEAR, first_day
from sim.indicators import GROUP_MASKS
from sim.model import CareerModel

DOTS: Final = 300
"""People shown whatever is chosen, so that the same faces come back."""
CHANGED: Final = 60
"""People shown besides because their career changes."""
PLACES: Final = (
    ("school", 0, 0, 150, 200), ("technical_study", 170, 0, 160, 200), ("technical_sector", 350, 0, 300, 200),
    ("other_sector", 350, 220, 300, 110), ("other_study", 170, 220, 160, 110), ("other_work", 670, 0, 180, 200),
    ("seeking", 670, 220, 180, 110), ("inactive", 870, 0, 130, 130), ("retired", 870, 150, 130, 110),
    ("abroad", 870, 280, 130, 50), ("not_yet", 0, 220, 150, 110),
)  # fmt: skip
"""Places of the drawing with left, top, width and height."""
_NAMES: Final = tuple(place[0] for place in PLACES)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


@cache
def _place_of() -> NDArray[np.int8]:
    """Place in the drawing by position."""
    found = []
    for name in POSITIONS:
        if name == "primary_school":
            place = "not_yet"
        elif name.startswith("school"):
            place = "school"
        elif name.startswith("study"):
            place = "technical_study" if name.endswith("technical") else "other_study"
        elif name in ("manager", "other_job_technical_sector", "other_job"):
            place = "other_work"
        else:
            place = {"technician_technical_sector": "technical_sector", "technician_other_sector": "other_sector",
                     "graduate": "seeking", "retraining": "technical_study"}.get(name, name)  # fmt: skip
        found.append(_NAMES.index(place))
    return np.array(found, np.int8)


@dataclass(frozen=True)
class Lives:
    """Everybody of a run: who they are, where they were on the first day and what happened to them."""

    model: CareerModel
    identity: NDArray[np.uint32]
    start: NDArray[np.int8]
    """Position on 1 January 2022, or before they came."""
    touched: NDArray[np.bool_]
    """Whether they were ever in a technical study, or in or near technical work."""

    @classmethod
    def of(cls, model: CareerModel) -> Lives:
        """Everybody of a whole run."""
        count = model.state.count
        ends = career_graph.load().ends
        now = position_of.py_func(model.state.people.cell[:count]).astype(np.int8)  # type: ignore[attr-defined]
        start = now.copy()
        technical = _technical_positions()
        touched = technical[now]
        for rows, codes in reversed(model.events):
            start[rows[::-1]] = ends[codes[::-1], 0]
            touched[rows] |= technical[ends[codes, 0]] | technical[ends[codes, 1]]
        return cls(model, model.state.people.identity[:count].copy(), start, touched)

    def row(self, identity: int) -> int | None:
        """Row of a person; None for somebody who never comes in this run."""
        found = np.flatnonzero(self.identity == identity)
        return int(found[0]) if len(found) else None

    def years(self, rows: NDArray[np.int64]) -> NDArray[np.int8]:
        """Place of some people at the start and at the end of every year; shape (people, years + 1)."""
        ends = career_graph.load().ends
        slot = np.full(len(self.identity), -1, np.int64)
        slot[rows] = np.arange(len(rows))
        at = self.start[rows].copy()
        columns = [_place_of()[at]]
        for quarter, (who, codes) in enumerate(self.model.events):
            places = slot[who]
            here = places >= 0
            at[places[here]] = ends[codes[here], 1]
            if (quarter + 1) % QUARTERS_PER_YEAR == 0:
                columns.append(_place_of()[at])
        return np.stack(columns, axis=1)

    def career(self, row: int) -> list[tuple[int, int, str, str, int]]:
        """Events of one person: year, quarter of the year, positions before and after, leak point."""
        graph = career_graph.load()
        found = []
        for quarter, (who, codes) in enumerate(self.model.events):
            for code in codes[who == row]:
                edge = graph.transitions[int(code)]
                day = first_day(FIRST_QUARTER + quarter)
                found.append((day.year, (day.month + 2) // 3, edge.source, edge.target, edge.leak))
        return found


def _technical_positions() -> NDArray[np.bool_]:
    known = np.zeros(len(POSITIONS), bool)
    known[STUDY_TECHNICAL : STUDY_TECHNICAL + 5] = True
    known[[TECHNICIAN, TECHNICIAN_OTHER_SECTOR, POSITIONS.index("graduate"), POSITIONS.index("retraining")]] = True
    return known


def _order(identity: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Everybody in an order that has nothing to do with who they are, the same in every run."""
    return np.argsort((identity.astype(np.uint64) * _MIX) >> np.uint64(20), kind="stable")


@dataclass(frozen=True)
class Crowd:
    """The people on the page."""

    without: Lives
    with_: Lives
    identities: tuple[int, ...]
    changed: int
    """How many of all people in the country have another career, in people."""

    @classmethod
    def of(cls, without: Lives, with_: Lives) -> Crowd:
        """Choose the people to show: the same ones always, and some whose career changes."""
        order = _order(without.identity)
        usual = without.identity[order[without.touched[order]][:DOTS]]
        different = _different(without, with_)
        scale = without.model.state.scale
        if without.model is with_.model:
            return cls(without, with_, tuple(int(one) for one in usual), 0)
        order = _order(different)
        known = np.isin(different[order], usual)
        more = different[order][~known][:CHANGED]
        return cls(without, with_, tuple(int(one) for one in (*usual, *more)), round(len(different) * scale))

    def drawing(self) -> dict[str, Any]:
        """Places of everybody year by year in both runs, and who has another career."""
        sides = []
        for lives in (self.without, self.with_):
            rows = [lives.row(one) for one in self.identities]
            known = np.array([row for row in rows if row is not None], np.int64)
            told = iter(lives.years(known).tolist())
            absent = [_NAMES.index("not_yet")] * (len(lives.model.events) // QUARTERS_PER_YEAR + 1)
            sides.append([next(told) if row is not None else absent for row in rows])
        changed = [a != b for a, b in zip(*sides, strict=True)]
        return {"without": sides[0], "with": sides[1], "changed": changed, "all_changed": self.changed,
                "groups": self._groups()}  # fmt: skip

    def _groups(self) -> dict[str, list[bool]]:
        """Who belongs to each group that can be shown, as they are at the end of the run in which they are found."""
        cells = []
        for identity in self.identities:
            lives = self.without if self.without.row(identity) is not None else self.with_
            cells.append(int(lives.model.state.people.cell[lives.row(identity)]))
        group = interpreted(group_of)(np.array(cells))
        return {name: mask[group].tolist() for name, mask in GROUP_MASKS.items() if name != "all"}

    def told(self, place: int) -> dict[str, Any]:
        """Who a person is, and both careers, in the language that is spoken now."""
        identity = self.identities[place]
        rows = [lives.row(identity) for lives in (self.without, self.with_)]
        lives, row = next((lives, row) for lives, row in zip((self.without, self.with_), rows, strict=True)
                          if row is not None)  # fmt: skip
        person = lives.model.people[row]
        who = say(
            "live", "person_woman" if person.gender == "women" else "person_man", year=person.born.year,
            level=re.sub(r"(?<=[a-z])(?=\d)", " ", person.level),
            diploma=say("live", "person_technical" if person.technical_diploma else "person_other"),
        )  # fmt: skip
        careers = []
        for lives, at in zip((self.without, self.with_), rows, strict=True):
            events = [] if at is None else lives.career(at)
            first = "" if at is None else say("position", POSITIONS[lives.start[at]])
            careers.append({"start": first, "events": [_event(*event) for event in events]})
        return {"place": place, "who": who, "careers": careers, "same": careers[0] == careers[1]}


def _different(without: Lives, with_: Lives) -> NDArray[np.uint32]:
    """Identities of those whose career is not the same in both runs, in any event or its moment."""
    prints = []
    for lives in (without, with_):
        mark = np.zeros(len(lives.identity), np.uint64)
        for quarter, (rows, codes) in enumerate(lives.model.events):
            moment = np.full(1, quarter + 1, np.uint64) * _MIX
            word = moment ^ ((codes.astype(np.uint64) + np.uint64(1)) << np.uint64(17))
            word ^= word >> np.uint64(29)
            np.add.at(mark, rows, word * _MIX)
        prints.append(mark)
    _, a, b = np.intersect1d(without.identity, with_.identity, assume_unique=True, return_indices=True)
    return without.identity[a][prints[0][a] != prints[1][b]]


def _event(year: int, quarter: int, source: str, target: str, leak: int) -> dict[str, Any]:
    return {"year": year, "quarter": quarter, "text": say("position", target), "leak": leak}


def place_words() -> list[dict[str, Any]]:
    """The places of the drawing, with their names in the language that is spoken now."""
    return [
        {"name": name, "x": x, "y": y, "width": width, "height": height, "text": say("live_place", name)}
        for name, x, y, width, height in PLACES
    ]
