"""Chances of everybody to move within a quarter, worked out from the documentation of the rules.

Nothing of `agents/` is called: a slip there must not be repeated here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.clock import FIRST_QUARTER
from sim.scenario import Scenario

from .markov_start import AGES, FIELDS, GENDERS, LEVELS, ORIGINS, SCHOOLS, STUDIES, Column, Start


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
    return np.asarray(1 / (1 + (1 - share) / share * np.exp(-shift)))


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
        who = self.s.woman, np.minimum(self.s.level, 2)
        share = self.table("profile_technical", GENDERS, SCHOOLS)[who]
        return log_odds_moved(share, self.interest() + self.table("early_contact", GENDERS, SCHOOLS)[who])

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
