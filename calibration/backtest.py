"""The back-test: a run from the stocks of 2013 up to 2022, held against the directions that the documents state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import log
from typing import Any, Final

from calibration.counting import GENDERS, PERCENT, TECHNICAL_WORK, stock
from calibration.facts import load_facts
from calibration.labour_measures import mean_age, share_of_age
from sim.clock import FIRST_YEAR
from sim.ledger import Ledger
from sim.model import CareerModel
from sim.scenario import Scenario

START: Final = 2013
LATEST: Final = 2019
"""Year up to which the survey of 2013 tells the course of demand; that of 2021 was another one."""
SINCE_2013: Final = date(START, 1, 1)
UNTIL_2022: Final = date(FIRST_YEAR, 4, 1)


@dataclass(frozen=True)
class Direction:
    """Something of which the documents say whether it rose or fell."""

    id: str
    what: str
    unit: str
    rises: bool
    source: str


DIRECTIONS: Final = (
    Direction(
        "women_among_technicians",
        "women among the holders of a technical occupation",
        "percent",
        True,
        "188 000 of 1 489 000 in 2013 (Monitor Techniekpact 2023) to some 14 percent in 2021 (Monitor Techniekpact)",
    ),
    Direction(
        "mean_age_technicians",
        "mean age of the holders of a technical occupation",
        "years",
        True,
        "Kamerstuk 29 544, nr. 1120: technical sectors age, and faster than others",
    ),
    Direction(
        "age_55_74_technicians",
        "holders of a technical occupation aged 55 to 74",
        "percent",
        True,
        "Kamerstuk 29 544, nr. 1120: technical sectors age, and faster than others",
    ),
)


def stocks_of(year: int = START) -> dict[str, float]:
    """Documented holders of a technical occupation by gender."""
    value: Any = load_facts().statistic(f"technical_occupations_{year}").value
    return {gender: float(value[gender]) for gender in GENDERS}


def scenario_of_2013(baseline: Scenario, scale: float, seed: int) -> Scenario:
    """The baseline started in 2013 with the documented holders of technical occupations, men and women.

    The shares of the starting population that hold a technical occupation are scaled until the stocks are those of
    the documents; posts are theirs and the vacancies of the start. Demand comes from outside the model, so it takes
    its documented course in the survey of then: up to the technicians of 2019 and the vacancies of a tight market.
    """
    wanted = stocks_of()
    value: dict[str, Any] = {name: parameter.value for name, parameter in baseline.parameters.items()}
    technicians: Any = load_facts().statistic(f"technical_occupations_{LATEST}").value
    posts = sum(wanted.values()) / (1.0 - value["start_vacancies"])
    later = technicians / (1.0 - value["tightness_reference"])
    growth = log(later / posts) / (LATEST - START) + value["productivity_growth"]
    shares = {gender: dict(value["start_technician"][gender]) for gender in GENDERS}
    roomy = baseline.with_values(warm_up_years=float(FIRST_YEAR - START), technical_posts=1.5 * posts)
    model = CareerModel(roomy, scale=scale, rng=seed, since=SINCE_2013, until=UNTIL_2022, threads=1)
    found = stock(model.ledger, TECHNICAL_WORK, START).sum(axis=(0, 1, 2)) * scale
    for gender, place in GENDERS.items():
        factor = wanted[gender] / float(found[place])
        shares[gender] = {field: share * factor for field, share in shares[gender].items()}
    return roomy.with_values(technical_posts=posts, demand_growth_before=growth, start_technician=shares)


def course_of(ledger: Ledger) -> dict[str, tuple[float, float]]:
    """What DIRECTIONS speak of, on 1 January 2013 and 2022."""

    def at(year: int) -> dict[str, float]:
        holders = stock(ledger, TECHNICAL_WORK, year).sum(axis=(0, 1, 2))
        return {
            "women_among_technicians": PERCENT * float(holders[1]) / float(holders.sum()),
            "mean_age_technicians": mean_age(ledger, TECHNICAL_WORK, year),
            "age_55_74_technicians": share_of_age(ledger, TECHNICAL_WORK, 55, 74, year),
        }

    before, after = at(START), at(FIRST_YEAR)
    return {name: (before[name], after[name]) for name in before}
