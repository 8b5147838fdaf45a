"""How facts of the labour market are measured in a ledger: by the statistician's population, definition and period."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from agents.positions import LEVELS, POSITIONS, SECTORS
from calibration.counting import (
    GENDERS,
    LABOUR_FORCE,
    OTHER_WORK,
    PERCENT,
    TECHNICAL_WORK,
    WINDOW,
    WITHOUT_WORK,
    WORK,
    ages,
    codes,
    flows,
    moved,
    percent,
    row_of,
    stock,
    vacancies,
    yearly,
)
from calibration.facts import load_facts
from sim.ledger import Ledger


def _printed(name: str) -> float:
    """A fact that is one number."""
    return float(np.mean(load_facts().fact(name).value))  # type: ignore[arg-type]


def unknown_occupation() -> float:
    """Share of the technically educated labour force whose occupation the statistic does not know.

    The documents lump unknown and unemployed (9 percent); taking off unemployment leaves the unknown.
    """
    lumped = _printed("tech_educated_unknown_or_unemployed_share")
    return (lumped - _printed("unemployment_tech_educated")) / PERCENT


# ------------------------------------------------------------------ moves between two 1 Januaries


def yearly_move(
    ledger: Ledger,
    source: tuple[str, ...],
    target: tuple[str, ...],
    gender: str = "",
    both: bool = False,
    years: Iterable[int] = WINDOW,
) -> float:
    """Percent of the technically educated in some positions on a 1 January who are in others on the next.

    Parameters
    ----------
    gender : men or women; everybody when left out
    both : count only who is at work on both days; otherwise everybody who held the first position
    years : years that begin with the first day
    """
    genders = [GENDERS[gender]] if gender else [0, 1]
    rows = moved(ledger, years)[codes(source), 1][:, :, genders].sum(axis=(0, 2))
    return percent(rows[codes(target)].sum(), rows[codes(WORK)].sum() if both else rows.sum())


def ratio_of_moves(ledger: Ledger) -> float:
    """Women's yearly move from technical to other occupations over men's."""
    women, men = (yearly_move(ledger, TECHNICAL_WORK, OTHER_WORK, gender) for gender in ("women", "men"))
    return women / men if men > 0 else float("nan")


def employer_changes(ledger: Ledger) -> float:
    """Technicians who change from one technical post to another, in percent of the technicians, per year."""
    changes = flows(ledger, TECHNICAL_WORK, TECHNICAL_WORK).sum()
    return percent(float(changes), float(sum(stock(ledger, TECHNICAL_WORK, year).sum() for year in WINDOW)))


# ------------------------------------------------------------------ the technically educated


def labour_force_share(ledger: Ledger, positions: tuple[str, ...], year: int) -> float:
    """Percent of the technically educated labour force in some occupations, as the statistic knows it.

    The share of the labour force whose occupation the statistic does not know is taken off in proportion.
    """
    work = stock(ledger, WORK, year)[:, 1].sum()
    here = stock(ledger, positions, year)[:, 1].sum()
    force = stock(ledger, LABOUR_FORCE, year)[:, 1].sum()
    return percent(float(here), float(force)) - unknown_occupation() * percent(float(here), float(work))


def jobless_or_unknown(ledger: Ledger, year: int) -> float:
    """Percent of the technically educated labour force without work, or with an occupation that is not known."""
    return PERCENT - labour_force_share(ledger, WORK, year)


def unemployment(ledger: Ledger, year: int, technical: bool) -> float:
    """Percent of the labour force without work: of the technically educated, or of everybody."""
    part = slice(1, 2) if technical else slice(0, 2)
    jobless = stock(ledger, WITHOUT_WORK, year)[:, part].sum()
    return percent(float(jobless), float(stock(ledger, LABOUR_FORCE, year)[:, part].sum()))


def in_technology(ledger: Ledger, gender: str, year: int) -> float:
    """Percent of employed people with a technical diploma in a technical occupation or a technical sector."""
    union = stock(ledger, (*TECHNICAL_WORK, "manager", "other_job_technical_sector"), year)
    work = stock(ledger, WORK, year)
    return percent(float(union[:, 1, :, GENDERS[gender]].sum()), float(work[:, 1, :, GENDERS[gender]].sum()))


def technically_educated_force(ledger: Ledger, year: int, under: int) -> float:
    """Technically educated people in the labour force below an age, in people."""
    return float(ages(ledger, LABOUR_FORCE, year)[1, :, :under].sum() * ledger.scale)


def technically_educated_young(ledger: Ledger, gender: str, year: int, low: int, high: int) -> float:
    """Technically educated people of some ages, in the labour force or not, in people."""
    everybody = ages(ledger, POSITIONS, year)[1, GENDERS[gender]]
    return float(everybody[low : high + 1].sum() * ledger.scale)


def technically_educated_women(ledger: Ledger, year: int) -> float:
    """Percent of women in the technically educated labour force."""
    force = stock(ledger, LABOUR_FORCE, year)[:, 1].sum(axis=(0, 1))
    return percent(float(force[1]), float(force.sum()))


# ------------------------------------------------------------------ holders of technical occupations


def technicians(ledger: Ledger, year: int) -> float:
    """Holders of a technical occupation on 1 January, in people."""
    return float(stock(ledger, TECHNICAL_WORK, year).sum() * ledger.scale)


def technicians_of_all(ledger: Ledger, year: int) -> float:
    """Percent of all employed who hold a technical occupation."""
    return percent(float(stock(ledger, TECHNICAL_WORK, year).sum()), float(stock(ledger, WORK, year).sum()))


def women_among_technicians(ledger: Ledger, levels: tuple[str, ...], year: int) -> float:
    """Percent of women among the holders of a technical occupation with some levels of education."""
    chosen = [LEVELS.index(level) for level in levels]
    holders = stock(ledger, TECHNICAL_WORK, year)[chosen].sum(axis=(0, 1, 2))
    return percent(float(holders[1]), float(holders.sum()))


def without_diploma(ledger: Ledger, gender: str, year: int) -> float:
    """Percent of the holders of a technical occupation without a technical diploma."""
    holders = stock(ledger, TECHNICAL_WORK, year)[..., GENDERS[gender]]
    return percent(float(holders[:, 0].sum()), float(holders.sum()))


def sector_share(ledger: Ledger, gender: str, position: str, year: int) -> float:
    """Percent of the holders of a technical occupation inside or outside the technical sectors.

    The percent whose sector the statistic does not know is taken off in proportion.
    """
    here = stock(ledger, [position], year)[..., GENDERS[gender]].sum()
    holders = stock(ledger, TECHNICAL_WORK, year)[..., GENDERS[gender]].sum()
    known = 1.0 - _printed(f"{gender}_in_tech_occ_sector_unknown_share") / PERCENT
    return known * percent(float(here), float(holders))


def men_in_sector(ledger: Ledger, sector: str, year: int) -> float:
    """Percent of men among the technicians of a sector."""
    men, women = yearly(ledger.staff, year)[SECTORS.index(sector)]
    return percent(float(men), float(men + women))


def mean_age(ledger: Ledger, positions: tuple[str, ...], year: int) -> float:
    """Mean age in years of the people at work in some positions on 1 January."""
    people = ages(ledger, positions, year).sum(axis=(0, 1))
    return float(((np.arange(people.size) + 0.5) * people).sum() / people.sum()) if people.any() else float("nan")


def share_of_age(ledger: Ledger, positions: tuple[str, ...], low: int, high: int, year: int) -> float:
    """Percent of the people at work in some positions who are from `low` up to and including `high` years old."""
    people = ages(ledger, positions, year).sum(axis=(0, 1))
    return percent(float(people[low : high + 1].sum()), float(people.sum()))


# ------------------------------------------------------------------ demand


def vacancies_relative_rise(ledger: Ledger, start: tuple[int, int], end: tuple[int, int]) -> float:
    """Open technical vacancies at the end of a quarter over those at the end of an earlier one (year, quarter)."""
    before = vacancies(ledger, *start)
    return vacancies(ledger, *end) / before if before > 0 else float("nan")


def job_openings(ledger: Ledger, years: Iterable[int]) -> float:
    """Job openings from growth and replacement over some years, in people.

    Growth of the posts wanted, and the technicians who leave technical work beyond those who come into it from other
    work or from outside it: what is left for newcomers from school and abroad.
    """
    span = list(years)
    end = row_of(ledger, span[-1] + 1)
    growth = ledger.posts[end - 1].sum() - ledger.posts[row_of(ledger, span[0] - 1, 3)].sum()
    others = (*OTHER_WORK, *WITHOUT_WORK, "inactive")
    left = flows(ledger, TECHNICAL_WORK, (*others, "retired", "abroad"), span).sum()
    came = flows(ledger, [name for name in others if name != "graduate"], TECHNICAL_WORK, span).sum()
    return float((growth + left - came) * ledger.scale)
