"""Exact chains of everybody on the labour market and in education: each move of a quarter is an expected flow."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import career_graph
from sim.clock import FIRST_QUARTER
from sim.scenario import Scenario

from .markov_chances import Chances, table
from .markov_flows import Flows
from .markov_start import FIELDS, SCHOOLS, STUDIES, Column, Start

QUARTERS = 8
TECHNICIANS = ("technician_technical_sector", "technician_other_sector")
JOBS = ("manager", "other_job_technical_sector", "other_job")


class Chain:
    """Chances of each person to be in each position, moved on quarter by quarter; every move is an expected flow."""

    def __init__(self, s: Start, flows: Flows, kinds: Column) -> None:
        self.flows, self.kinds = flows, kinds
        self.names = tuple(career_graph.load().graph.nodes)
        self.here: dict[Any, Column] = {
            name: (s.position == k).astype(float) for k, name in enumerate(self.names) if (s.position == k).any()
        }
        self.size = s.birth.size

    def take(self, state: Any) -> Column:
        """The chances to be in a state, which nobody is in afterwards."""
        return self.here.pop(state, np.zeros(self.size))

    def put(self, state: Any, chance: Column) -> None:
        self.here[state] = self.here.get(state, 0.0) + chance

    def move(
        self, quarter: int, source: str, start: Column, events: dict[str, Column], states: dict[str, Any]
    ) -> Column:
        """Let events that are named after their targets happen to some people; returns those who stay.

        `states` gives the state of the chain for a target where it is not the position itself.
        """
        for target, chance in events.items():
            self.flows.expect(source, target, quarter, start * chance, self.kinds)
            self.put(states.get(target, target), start * chance)
        return start * (1 - sum(events.values()))

    def check(self) -> None:
        assert np.allclose(sum(self.here.values()), 1.0, atol=1e-9)


def labour_chain(s: Start, scenario: Scenario, flows: Flows, kinds: Column) -> None:
    """Add the expected flows of people who are on the labour market at the start."""
    chain, chances = Chain(s, flows, kinds), Chances(s, scenario)
    for timed in ("retraining", "graduate"):  # states with the quarters spent in them
        start = chain.take(timed)
        for quarters in np.unique(FIRST_QUARTER - s.since[start > 0]):
            chain.put((timed, int(quarters)), start * (FIRST_QUARTER - s.since == quarters))
    for t in range(QUARTERS):
        chances.at(t)
        before, chain.here = chain.here, {}
        into = {"retraining": ("retraining", 1)}
        for state, start in before.items():
            if state in TECHNICIANS:
                events = chances.technician()
            elif state in JOBS:
                events = chances.other_work(state)
            elif state == "seeking":
                events = chances.seeking()
            elif state == "inactive":
                events = chances.inactivity()
            elif state in ("retired", "abroad"):
                events = {}
            elif state[0] == "retraining":
                events = chances.course_after(state[1])
            else:
                events = chances.first_job(s.level, state[1])
            name, next_state = (state, state) if isinstance(state, str) else (state[0], (state[0], state[1] + 1))
            chain.put(next_state, chain.move(t, name, start, events, into))
        chain.check()


def education_chain(s: Start, scenario: Scenario, flows: Flows, kinds: Column) -> None:
    """Add the expected flows of people who are at school or in a study at the start, until they leave education.

    Two Septembers fall in the two years. Who enters a profile or a study in them does not get to its end in time, so
    that only the time since an entry before the start matters.
    """
    chain, chances = Chain(s, flows, kinds), Chances(s, scenario)
    entered = {name: ("fresh", name) for name in chain.names if name.startswith(("school_", "study_"))}
    school = np.minimum(s.level, 2)
    years = {name: table(scenario, name, SCHOOLS)[school] for name in ("profile_years", "upper_years")}
    study_years, finish = table(scenario, "study_years", STUDIES), table(scenario, "study_finish", FIELDS, STUDIES)
    on = table(scenario, "study_continue", STUDIES)
    for t in range(QUARTERS):
        chances.at(t)
        september = t % 4 == 2
        before, chain.here = chain.here, {}
        quarters = FIRST_QUARTER + t - s.since
        for state, start in before.items():
            fresh, name = (False, state) if isinstance(state, str) else (True, state[1])
            if name.startswith("school"):
                ready = np.zeros(s.birth.size)
                events: dict[str, Column] = {}
                if september and not fresh:
                    ready = start * (quarters >= 4 * years["profile_years" if name == "school" else "upper_years"])
                    technical = chances.profile()
                    events = {"school_technical": technical, "school_other": 1 - technical}
                    if name != "school":
                        events = chances.studies(name == "school_technical")
                chain.put(state, start - ready)
                chain.put(state, chain.move(t, name, ready, events, entered))
            elif name.startswith("study"):
                _, study, field_name = name.split("_")
                k, technical_field = STUDIES.index(study), field_name == "technical"
                if september and not fresh:
                    done = start * (quarters >= 4 * study_years[k]) * finish[int(technical_field), k]
                    start = start - done
                    goes_on = {f"study_{STUDIES[k + 1]}_{field_name}": on[k]} if k < 4 else {}
                    if technical_field:
                        flows.expect(name, "graduate", t, done, kinds)
                        done = chain.move(t, "graduate", done, goes_on, entered)
                        level = np.full(s.birth.size, 3 + k)
                        jobs = {n: c for n, c in chances.first_job(level, 0).items() if n != "seeking"}
                        chain.put("graduate", chain.move(t, "graduate", done, jobs, {}))
                    else:
                        to_work = {"other_job": 1 - sum(goes_on.values())}
                        chain.move(t, name, done, {**goes_on, **to_work}, entered)
                chain.put(state, chain.move(t, name, start, chances.study(study, technical_field), entered))
            else:
                chain.put(state, start)  # has left education
        chain.check()
