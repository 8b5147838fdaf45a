"""With interactions switched off, everybody moves on their own: mean flows equal those of an exact Markov chain.

The market is closed (seekers meet no employer), nothing depends on pressure, culture, climate or scarce seats, and
employers keep their practices. Each person's chances over eight quarters then follow from their columns on 1 January
2022 alone. They are worked out here from the documentation of the rules, with formulas of their own: nothing of
`agents/` is called. A flow is a sum of independent events with known chances, so its standard error is known too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim import career_graph
from sim.clock import FIRST_QUARTER
from sim.model import CareerModel
from sim.scenario import Scenario
from sim.schedule import compile_schedule

Column = NDArray[Any]

QUARTERS = 8
SEEDS = range(6)
SCALE = 100.0
FALSE_ALARM = 1e-3
"""Chance that a right engine would fail a test here, split evenly over all z-scores of the test (Bonferroni)."""
SMALLEST_EXPECTED = 40.0
"""Flows that are smaller are not compared: they are not nearly normal, and tell little."""

GENDERS, FIELDS, ORIGINS = ("men", "women"), ("other", "technical"), ("dutch", "migration", "international")
SCHOOLS, STUDIES = ("vmbo", "havo", "vwo"), ("mbo2", "mbo3", "mbo4", "hbo", "wo")
LEVELS = (*SCHOOLS, *STUDIES)
AGES = {
    "under_20": 0, "20-24": 20, "25-29": 25, "30-34": 30, "35-39": 35, "40-44": 40, "45-49": 45, "50-54": 50,
    "55-59": 55, "60-61": 60, "62-63": 62, "at_64": 64, "at_65": 65, "at_66": 66, "67-69": 67, "70+": 70,
}  # fmt: skip

NO_INTERACTION = {
    "contacts": 0,  # nobody is hired
    **dict.fromkeys(
        (
            "pressure_leave", "pressure_inactivity", "training_leave", "minority_leave", "exclusion_leave",
            "slack_layoff", "pay_leave", "pay_entry", "guarantee_entry", "choice_guarantee", "part_time_entry",
            "inclusion_entry", "role_models_entry", "choice_role_models", "scarcity_drop_out",
            "adoption_base", "adoption_imitation",
        ),
        0.0,
    ),
    "early_hiring": dict.fromkeys(STUDIES, 0.0),
    "students_per_teacher": {"mbo": 1e4, "hbo": 1e4, "wo": 1e4},  # a seat for everybody
    # more than in the baseline, so that it shows
    "leave_base": 0.1, "promotion_base": 0.03, "layoff_base": 0.06, "other_layoff": {"other": 0.08, "technical": 0.06},
    "retraining_from_work": 0.05, "retraining_from_unemployment": 0.3, "retraining_give_up": 0.8,
    "sector_move": {"other": 0.03, "technical": 0.1},
    "emigration": {"dutch": 0.01, "migration": 0.03, "international": 0.2},
    "guarantee_leave": 1.0, "practice_switch": 6.0, "practice_drop_out": 6.0, "early_contact": 0.3,
}  # fmt: skip


@pytest.fixture(scope="module")
def closed(baseline: Scenario) -> Scenario:
    return baseline.with_values(**NO_INTERACTION)


@dataclass
class Start:
    """Columns of a run on 1 January 2022, unpacked."""

    position: Column
    woman: Column
    migrant: Column
    technical: Column
    level: Column
    origin: Column
    parent: Column
    birth: Column
    since: Column
    threshold: Column
    guarantee: Column
    in_sector: Column
    hard: Column
    """How hard the post is to do part-time, and then how much of it the employer allows."""
    allowed: Column

    @classmethod
    def of(cls, model: CareerModel) -> Start:
        people, rows = model.state.people, slice(0, model.state.count)
        cell, roots = people.cell[rows].astype(int), people.roots[rows].astype(int)
        employer = people.employer[rows].astype(int)
        sector, practice = model.state.employers.sector, model.state.employers.own[:, 0]
        return cls(
            position=cell & 31,
            woman=cell >> 5 & 1,
            migrant=cell >> 12 & 1,
            technical=cell >> 7 & 1,
            level=cell >> 13,
            origin=roots >> 1 & 3,
            parent=roots & 1,
            birth=people.birth[rows].astype(int),
            since=people.since[rows].astype(int),
            threshold=(people.wish[rows] + 0.5) / 256,
            guarantee=people.guarantee[rows].astype(int),
            in_sector=(employer >= 0) & (sector[employer] < 7),
            hard=(people.post[rows] + 0.5) / 256,
            allowed=np.where(employer >= 0, practice[employer], 1.0),
        )

    def only(self, rows: Column) -> Start:
        return Start(**{name: column[rows] for name, column in vars(self).items()})


@dataclass
class Flows:
    """Expected flows, their variance and the flows found, by transition, quarter and kind of people."""

    table: dict[tuple[str, str, int], Column] = field(default_factory=dict)
    """By source, target and quarter: expected, variance and found, for each kind of people; shape (3, kinds)."""

    def _add(self, source: str, target: str, quarter: int, row: int, numbers: Column) -> None:
        self.table.setdefault((source, target, quarter), np.zeros((3, numbers.size)))[row] += numbers

    def expect(self, source: str, target: str, quarter: int, chance: Column, kinds: Column) -> None:
        if chance.any():
            self._add(source, target, quarter, 0, kinds @ chance)
            self._add(source, target, quarter, 1, kinds @ (chance * (1.0 - chance)))

    def see(self, source: str, target: str, quarter: int, rows: Column, kinds: Column) -> None:
        if rows.size:
            self._add(source, target, quarter, 2, kinds[:, rows].sum(axis=1))

    def scores(self, by_quarter: bool) -> dict[Any, float]:
        """z-scores of all flows: of each quarter, over all people; or of all quarters, for each kind of people."""
        sums: dict[Any, Column] = defaultdict(lambda: np.zeros(3))
        for (source, target, quarter), numbers in self.table.items():
            if by_quarter:
                sums[source, target, quarter] += numbers[:, 0]
            else:
                for kind in range(numbers.shape[1]):
                    sums[source, target, kind] += numbers[:, kind]
        return {
            name: float((found - expected) / np.sqrt(variance))
            for name, (expected, variance, found) in sums.items()
            if expected >= SMALLEST_EXPECTED
        }


def number(scenario: Scenario, name: str) -> float:
    value = scenario.parameters[name].value
    assert isinstance(value, float | int)
    return float(value)


def table(scenario: Scenario, name: str, *labels: tuple[str, ...]) -> Column:
    """Values of a parameter along its labels."""

    def values(part: Any, axes: tuple[tuple[str, ...], ...]) -> Any:
        return [values(part[label], axes[1:]) for label in axes[0]] if axes else part

    return np.array(values(scenario.parameters[name].value, labels))


def competing(rates: dict[str, Any]) -> dict[str, Column]:
    """Chances within a quarter of events that compete, from their rates a year."""
    total = sum(rates.values())
    with np.errstate(invalid="ignore"):
        share = -np.expm1(-total / 4) / total
    return {name: np.where(total > 0, rate * share, 0.0) for name, rate in rates.items()}


def log_odds_moved(share: Any, shift: Any) -> Column:
    """1 / (1 + exp(-(logit + shift)))."""
    return 1 / (1 + (1 - share) / share * np.exp(-shift))


# ------------------------------------------------------------------ chances of a quarter

TECHNICIANS = ("technician_technical_sector", "technician_other_sector")
JOBS = ("manager", "other_job_technical_sector", "other_job")


class Chances:
    """Chances of each person of a start to move, by their own circumstances in a quarter."""

    def __init__(self, s: Start, scenario: Scenario) -> None:
        self.s, self.scenario = s, scenario
        self.by_age: dict[str, Column] = {}
        self.now = 0

    def number(self, name: str) -> float:
        return number(self.scenario, name)

    def table(self, name: str, *labels: tuple[str, ...]) -> Column:
        return table(self.scenario, name, *labels)

    def aged(self, name: str) -> Column:
        """Value of a parameter at everybody's age on the last 1 January."""
        return self.table(name, tuple(AGES))[self.age]

    def at(self, quarter: int) -> None:
        """Go to a quarter."""
        s = self.s
        self.now = FIRST_QUARTER + quarter
        years = (self.now - self.now % 4 - s.birth) // 4
        self.age = np.searchsorted(list(AGES.values()), years, side="right") - 1
        self.wish = s.threshold < self.table("wish_part_time", GENDERS, tuple(AGES))[s.woman, self.age]
        self.retired = self.aged("retirement")
        self.abroad = self.table("emigration", ORIGINS)[s.origin]
        self.inactive = self.table("inactivity", GENDERS, tuple(AGES))[s.woman, self.age]
        self.laid_off = np.exp(self.aged("layoff_age") + self.number("layoff_migrant") * s.migrant)
        loss = self.number("income_loss") * self.number("retraining_years") * (1 - self.number("retraining_support"))
        course = np.exp(self.aged("side_entry_age") - self.number("income_loss_entry") * loss)
        self.course = np.where(s.technical == 1, 0.0, course)

    def technician(self) -> dict[str, Column]:
        """Nobody becomes a technician here, so that sector, employer and post are those of the start."""
        s = self.s
        mismatch = self.wish & ~(s.hard < s.allowed)
        guaranteed = s.guarantee > self.now
        hours = np.where(self.wish, self.number("part_time_pay_leave"), 0.0)
        effect = (
            self.table("leave_level", LEVELS)[s.level]
            + self.aged("leave_age")
            + self.number("leave_without_diploma") * (s.technical == 0)
            + np.where(mismatch, self.number("mismatch_leave"), hours)
            - self.number("guarantee_leave") * guaranteed
        )
        promotion = np.exp(self.table("promotion_level", LEVELS)[s.level]) * self.aged("promotion_age")
        change = self.aged("job_change_age") + self.number("mismatch_job_change") * mismatch
        events = competing(
            {
                "leave": self.number("leave_base") * np.exp(effect),
                "manager": self.number("promotion_base") * promotion * s.in_sector,
                "seeking": self.number("layoff_base") * self.laid_off,
                "inactive": self.inactive,
                "retired": self.retired,
                "abroad": self.abroad,
                "change": self.number("job_change_base") * np.exp(change),
            }
        )
        del events["change"]  # looks for another post, and finds none
        events["seeking"] = np.where(guaranteed, 0.0, events["seeking"])  # is placed, and stays until then
        inside = np.where(s.in_sector, self.number("leave_stays_in_sector"), 0.0)
        leave = events.pop("leave")
        return {**events, "other_job_technical_sector": leave * inside, "other_job": leave * (1 - inside)}

    def other_work(self, job: str) -> dict[str, Column]:
        s = self.s
        side = self.table("side_entry_base", GENDERS, LEVELS)[s.woman, s.level] * np.exp(self.aged("side_entry_age"))
        back = self.number("return_base") * np.exp(self.aged("return_age"))
        manager = job == "manager"
        outside = job == "other_job"
        events = competing(
            {
                "entry": np.where(s.technical == 1, back, side) * (self.number("manager_return") if manager else 1.0),
                "retraining": self.number("retraining_from_work") * self.course * (not manager),
                "seeking": self.table("other_layoff", FIELDS)[s.technical] * self.laid_off,
                "inactive": self.inactive,
                "retired": self.retired,
                "abroad": self.abroad,
                "sector": np.full(s.birth.size, self.table("sector_move", FIELDS)[0 if outside else 1]),
            }
        )
        del events["entry"]  # looks for technical work, and finds none
        sector = events.pop("sector")
        return {**events, "other_job_technical_sector" if outside else "other_job": sector}

    def seeking(self) -> dict[str, Column]:
        s = self.s
        find = self.aged("find_age") - self.number("find_migrant") * s.migrant
        events = competing(
            {
                "found": self.table("find_other_job", FIELDS)[s.technical] * np.exp(find),
                "retraining": self.number("retraining_from_unemployment") * self.course,
                "inactive": np.full(s.birth.size, self.number("discouraged")),
                "retired": self.retired,
                "abroad": self.abroad,
            }
        )
        inside = self.table("other_job_in_sector", GENDERS, FIELDS)[s.woman, s.technical]
        found = events.pop("found")
        return {**events, "other_job_technical_sector": found * inside, "other_job": found * (1 - inside)}

    def inactivity(self) -> dict[str, Column]:
        active = self.table("activation", GENDERS, tuple(AGES))[self.s.woman, self.age]
        return competing({"seeking": active, "retired": self.aged("inactive_retirement"), "abroad": self.abroad})

    def course_after(self, quarters: int) -> dict[str, Column]:
        """A course and the search after it; who gives up or is done with both is seeking."""
        over = quarters >= 4 * (self.number("retraining_years") + self.number("retraining_patience"))
        chance = 1.0 if over else 1 - np.exp(-self.number("retraining_give_up") / 4)
        return {"seeking": np.full(self.s.birth.size, chance)}

    def first_job(self, level: Column, quarters: int) -> dict[str, Column]:
        """A graduate with a diploma of a level, some quarters after it."""
        s = self.s
        away = np.where(s.origin == 2, self.number("graduate_abroad"), 0.0)
        shift = self.table("first_job_level", GENDERS, LEVELS)[s.woman, level]
        other = (1 - away) * log_odds_moved(self.number("first_job_other"), shift)
        seeking = (1 - away - other) * (quarters >= 4 * self.number("graduate_patience"))
        return {"abroad": away, "other_job": other, "seeking": seeking}

    def interest(self) -> Column:
        return self.number("choice_parent") * (self.s.parent - self.number("parent_technical"))

    def profile(self) -> Column:
        share = self.table("profile_technical", GENDERS, SCHOOLS)[self.s.woman, np.minimum(self.s.level, 2)]
        return log_odds_moved(share, self.interest() + self.number("early_contact"))

    def studies(self, after_technical: bool) -> dict[str, Column]:
        """Chances of each study after school, and of none."""
        s = self.s
        school = np.minimum(s.level, 2)
        base = self.table(f"study_after_{'technical' if after_technical else 'other'}", GENDERS, SCHOOLS)
        background = self.table("choice_background", ("dutch", "migration"), SCHOOLS)[s.migrant, school]
        technical = log_odds_moved(base[s.woman, school], self.interest() + background)
        goes_on = self.table("continue_study", SCHOOLS)[school]
        found = {"seeking": 1 - goes_on}
        mbo = self.table("vmbo_to", FIELDS, STUDIES[:3])
        wo = self.number("vwo_to_wo")
        for field_code, chance in ((1, technical), (0, 1 - technical)):
            by_level = np.zeros((3, 5))
            by_level[0, :3] = mbo[field_code]
            by_level[0, 2] = 1 - by_level[0, :2].sum()
            by_level[1, 3] = 1.0
            by_level[2, 3:] = 1 - wo, wo
            for k, study in enumerate(STUDIES):
                found[f"study_{study}_{FIELDS[field_code]}"] = goes_on * chance * by_level[school, k]
        return found

    def study(self, study: str, technical: bool) -> dict[str, Column]:
        """Leaving a study without a diploma."""
        s = self.s
        k = STUDIES.index(study)
        drop_out = self.table("drop_out", FIELDS, STUDIES)[int(technical), k]
        drop_out = drop_out * np.exp(self.number("drop_out_migrant") * s.migrant)
        if not technical:
            return competing({"seeking": drop_out})
        practice = self.practice(max(k - 2, 0))
        effect = self.number("switch_no_parent") * (self.number("parent_technical") - s.parent)
        effect = effect + self.number("switch_women") * s.woman - self.number("practice_switch") * practice
        return competing(
            {
                f"study_{study}_other": self.table("switch_base", STUDIES)[k] * np.exp(effect),
                "seeking": drop_out * np.exp(-self.number("practice_drop_out") * practice),
            }
        )

    def practice(self, faculty: int) -> float:
        """Share of teaching by hybrid teachers; some of the others have stopped in each quarter since the warm-up."""
        faculties = ("mbo", "hbo", "wo")
        lost = self.number("teacher_retirement") * (1 - self.number("teacher_replacement")) / 4
        quarters = self.now - FIRST_QUARTER + 1 + 4 * self.number("warm_up_years")
        teachers = self.table("teachers", faculties)[faculty] * (1 - lost) ** quarters
        hours = self.number("hybrid_hours") / self.number("full_time_hours")
        hybrid = self.table("hybrid_teachers", faculties)[faculty] * hours
        return float(hybrid / (teachers + hybrid))


# ------------------------------------------------------------------ the chains


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


# ------------------------------------------------------------------ the comparison


def kinds_of(s: Start) -> dict[str, Column]:
    """Everybody, then the people by one trait at a time."""
    kinds = {"everybody": np.ones(s.birth.size, bool)}
    for name, trait in (("women", s.woman), ("migrant", s.migrant), ("technical", s.technical), ("parent", s.parent)):
        kinds |= {name: trait == 1, f"not {name}": trait == 0}
    kinds |= {f"origin {ORIGINS[code]}": s.origin == code for code in range(3)}
    kinds |= {f"level {LEVELS[code]}": s.level == code for code in range(8)}
    kinds |= {
        f"{GENDERS[woman]} {SCHOOLS[code]}": (s.woman == woman) & (s.level == code)
        for woman in range(2)
        for code in range(3)
    }
    ages = 2022 - 2000 - s.birth // 4
    kinds |= {f"from {low}": (ages >= low) & (ages < low + 15) for low in (20, 35, 50, 65)}
    return {
        **kinds,
        "wish": s.threshold < 0.3,
        "part-time post": s.hard < s.allowed,
        "guarantee": s.guarantee > FIRST_QUARTER,
        "no guarantee": s.guarantee <= FIRST_QUARTER,
    }


@pytest.fixture(scope="module")
def compared(baseline: Scenario, closed: Scenario) -> tuple[Flows, Flows]:
    """Expected and found flows of a few runs: of the labour market, and of education."""
    labour, education = Flows(), Flows()
    transitions = career_graph.load().transitions
    names = tuple(career_graph.load().graph.nodes)
    first_labour = names.index("graduate")
    for seed in SEEDS:
        model = CareerModel(baseline, scale=SCALE, rng=seed, threads=1)
        model.schedule = compile_schedule(closed, FIRST_QUARTER, model.last)
        some = np.arange(model.state.count) % 3 == 0  # a guarantee for every third, for some ending on the way
        ends = FIRST_QUARTER + np.arange(model.state.count) // 3 % 12
        model.state.people.guarantee[: model.state.count][some] = ends[some]
        s = Start.of(model)
        at_work = s.position >= first_labour
        at_school = (s.position < first_labour) & (s.position > names.index("retired"))
        kinds = np.stack(list(kinds_of(s).values())).astype(float)
        for flows, chain, rows in ((labour, labour_chain, at_work), (education, education_chain, at_school)):
            chain(s.only(rows), closed, flows, np.ascontiguousarray(kinds[:, rows]))
        for t in range(QUARTERS):
            model.advance()
            who, codes = model.events[t]
            here = who < s.birth.size
            who, codes = who[here], codes[here]
            for edge in transitions:
                rows = who[codes == edge.code]
                labour.see(edge.source, edge.target, t, rows[at_work[rows]], kinds)
                if edge.source.startswith(("school", "study")) or (edge.source == "graduate" and t % 4 == 2):
                    education.see(edge.source, edge.target, t, rows[at_school[rows]], kinds)
    return labour, education


@pytest.mark.parametrize("part", [0, 1], ids=["labour market", "education"])
def test_every_flow_agrees_with_the_chain(part: int, compared: tuple[Flows, Flows]) -> None:
    flows = compared[part]
    unexpected = [name for name, numbers in flows.table.items() if numbers[2, 0] and not numbers[0, 0]]
    assert not unexpected
    by_kind, by_quarter = flows.scores(by_quarter=False), flows.scores(by_quarter=True)
    limit = stats.norm.isf(FALSE_ALARM / 2 / (len(by_kind) + len(by_quarter)))
    assert {name: z for name, z in {**by_kind, **by_quarter}.items() if abs(z) > limit} == {}
    assert len(by_kind) > 300
    assert len(by_quarter) > 60
    p = stats.chi2.sf(sum(z**2 for z in by_quarter.values()), len(by_quarter))
    assert FALSE_ALARM < p < 1 - FALSE_ALARM
