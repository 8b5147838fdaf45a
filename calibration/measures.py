"""How each fact is measured in a simulation: the same population, definition and period as the statistician's.

A measure reads the ledger of a run from 1 January 2022 and returns a number in the unit of the fact. Rates between
two points compare one 1 January with the next, over all who held the first position; shares of a stock are taken on
1 January 2022; shares of a flow over its first years. Occupation is known for everybody in the model; where the
statistic has a part unknown, that part is taken off the known ones in proportion (see `UNKNOWN_OCCUPATION`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.positions import LEVELS, POSITIONS, SCHOOLS, STUDIES
from calibration.facts import load_facts
from sim import career_graph
from sim.clock import FIRST_YEAR, QUARTERS_PER_YEAR
from sim.ledger import Ledger

YEARS: Final = 4
"""Years from 2022 over which flows are measured; the facts are of 2019 to 2022 and change slowly."""
TECHNICAL_WORK: Final = ("technician_technical_sector", "technician_other_sector")
OTHER_WORK: Final = ("manager", "other_job_technical_sector", "other_job")
IN_SECTOR: Final = ("technician_technical_sector", "manager", "other_job_technical_sector")
OUT_OF_SECTOR: Final = ("technician_other_sector", "other_job")
WITHOUT_WORK: Final = ("seeking", "graduate", "retraining")
GENDERS: Final = {"men": 0, "women": 1}
PERCENT: Final = 100.0

Measure = Callable[[Ledger], float]


def _codes(names: Iterable[str]) -> list[int]:
    return [POSITIONS.index(name) for name in names]


def unknown_occupation() -> float:
    """Share of the technically educated labour force whose occupation the statistic does not know.

    The documents lump unknown and unemployed (9 percent); taking off unemployment leaves the unknown.
    """
    book = load_facts()
    lumped = float(np.mean(book.fact("tech_educated_unknown_or_unemployed_share").value))  # type: ignore[arg-type]
    jobless = float(np.mean(book.fact("unemployment_tech_educated").value))  # type: ignore[arg-type]
    return (lumped - jobless) / PERCENT


def yearly_move(ledger: Ledger, gender: str, source: tuple[str, ...], target: tuple[str, ...], both: bool) -> float:
    """Percent of the technically educated in `source` on a 1 January who are in `target` on the next.

    Parameters
    ----------
    both : count only who is at work on both days; otherwise everybody who held the first position
    """
    years = [year for year in sorted(ledger.two_point) if FIRST_YEAR < year <= FIRST_YEAR + YEARS]
    table: NDArray[np.int64] = sum((ledger.two_point[y].astype(np.int64) for y in years), np.zeros(1, np.int64))
    rows = table[_codes(source), 1, :, GENDERS[gender]].sum(axis=0)
    base = rows[_codes((*TECHNICAL_WORK, *OTHER_WORK))].sum() if both else rows.sum()
    return float(PERCENT * rows[_codes(target)].sum() / base)


def ratio_of_moves(ledger: Ledger) -> float:
    """Women's yearly move from technical to other occupations over men's."""
    women = yearly_move(ledger, "women", TECHNICAL_WORK, OTHER_WORK, both=False)
    return women / yearly_move(ledger, "men", TECHNICAL_WORK, OTHER_WORK, both=False)


def _flows(ledger: Ledger, sources: Iterable[str], targets: Iterable[str]) -> NDArray[np.int64]:
    """Transitions between two sets of positions over the first years, by level, diploma, background and gender."""
    wanted_from, wanted_to = set(sources), set(targets)
    edges = [t.code for t in career_graph.load().transitions if t.source in wanted_from and t.target in wanted_to]
    rows = ledger.flows[: YEARS * QUARTERS_PER_YEAR][:, edges].sum(axis=(0, 1), dtype=np.int64)
    return np.asarray(rows.reshape(len(LEVELS), 2, 2, 2))


def _stock(ledger: Ledger, positions: Iterable[str]) -> NDArray[np.int64]:
    """People on 1 January 2022, by level, diploma, background and gender."""
    rows = ledger.stocks[0, _codes(positions)].sum(axis=0, dtype=np.int64)
    return np.asarray(rows.reshape(len(LEVELS), 2, 2, 2))


def profile_share(ledger: Ledger, gender: str, school: str) -> float:
    """Percent of the pupils of a school type who choose a technical profile."""
    technical = _flows(ledger, ["school"], ["school_technical"])[SCHOOLS.index(school), ..., GENDERS[gender]].sum()
    other = _flows(ledger, ["school"], ["school_other"])[SCHOOLS.index(school), ..., GENDERS[gender]].sum()
    return float(PERCENT * technical / (technical + other))


def study_share(ledger: Ledger, gender: str, school: str) -> float:
    """Percent of the leavers of a school type who go on, to a technical study."""
    schools = ["school_technical", "school_other"]
    place = SCHOOLS.index(school)
    technical = _flows(ledger, schools, career_graph.study_positions(True))[place, ..., GENDERS[gender]].sum()
    other = _flows(ledger, schools, career_graph.study_positions(False))[place, ..., GENDERS[gender]].sum()
    return float(PERCENT * technical / (technical + other))


def entrants_share(ledger: Ledger, studies: tuple[str, ...], gender: str = "", background: int = -1) -> float:
    """Percent of the entrants of some levels of study, from school or a lower level, who choose a technical one."""
    genders = [GENDERS[gender]] if gender else [0, 1]
    backgrounds = [background] if background >= 0 else [0, 1]
    found = []
    for field in ("technical", "other"):
        lower = STUDIES[: STUDIES.index(studies[0])]
        sources = ["school_technical", "school_other", *(f"study_{level}_other" for level in lower)]
        sources += ["graduate"] if lower else []
        targets = [f"study_{level}_{field}" for level in studies]
        table = _flows(ledger, sources, targets)
        found.append(table[:, :, backgrounds][..., genders].sum())
    return float(PERCENT * found[0] / sum(found))


def switch_share(ledger: Ledger) -> float:
    """Percent of technical students who switch to another field during the study: switches over entrants."""
    technical, other = career_graph.study_positions(True), career_graph.study_positions(False)
    switches = _flows(ledger, technical, other).sum()
    entrants = _flows(ledger, ["school_technical", "school_other", "abroad", "graduate"], technical).sum()
    return float(PERCENT * switches / entrants)


def labour_force_share(ledger: Ledger, positions: tuple[str, ...], unknown: float) -> float:
    """Percent of the technically educated labour force in some occupations, as the statistic knows it.

    Parameters
    ----------
    unknown : share of the labour force whose occupation the statistic does not know, taken off in proportion
    """
    work = _stock(ledger, (*TECHNICAL_WORK, *OTHER_WORK))[:, 1].sum()
    here = _stock(ledger, positions)[:, 1].sum()
    force = work + _stock(ledger, WITHOUT_WORK)[:, 1].sum()
    return float(PERCENT * (here / force - unknown * here / work))


def jobless_or_unknown(ledger: Ledger) -> float:
    """Percent of the technically educated labour force without work, or with an occupation that is not known."""
    known = labour_force_share(ledger, (*TECHNICAL_WORK, *OTHER_WORK), unknown_occupation())
    return PERCENT - known


def unemployment(ledger: Ledger, technical: bool) -> float:
    """Percent of the labour force without work: of the technically educated, or of everybody."""
    part = slice(1, 2) if technical else slice(0, 2)
    jobless = _stock(ledger, WITHOUT_WORK)[:, part].sum()
    return float(PERCENT * jobless / (jobless + _stock(ledger, (*TECHNICAL_WORK, *OTHER_WORK))[:, part].sum()))


def without_diploma(ledger: Ledger, gender: str) -> float:
    """Percent of the holders of a technical occupation without a technical diploma."""
    holders = _stock(ledger, TECHNICAL_WORK)[..., GENDERS[gender]]
    return float(PERCENT * holders[:, 0].sum() / holders.sum())


def in_technology(ledger: Ledger, gender: str) -> float:
    """Percent of employed people with a technical diploma in a technical occupation or a technical sector."""
    union = _stock(ledger, (*TECHNICAL_WORK, "manager", "other_job_technical_sector"))[:, 1, :, GENDERS[gender]].sum()
    work = _stock(ledger, (*TECHNICAL_WORK, *OTHER_WORK))[:, 1, :, GENDERS[gender]].sum()
    return float(PERCENT * union / work)


def sector_share(ledger: Ledger, gender: str, position: str, unknown: float) -> float:
    """Percent of the holders of a technical occupation inside or outside the technical sectors.

    Parameters
    ----------
    unknown : percent whose sector the statistic does not know, taken off in proportion
    """
    here = _stock(ledger, [position])[..., GENDERS[gender]].sum()
    return float((PERCENT - unknown) * here / _stock(ledger, TECHNICAL_WORK)[..., GENDERS[gender]].sum())


def open_vacancies(ledger: Ledger) -> float:
    """Open technical vacancies, mean over 2022."""
    return float(ledger.vacancies[:QUARTERS_PER_YEAR].sum(axis=1).mean() * ledger.scale)


def _ages(ledger: Ledger, positions: tuple[str, ...]) -> NDArray[np.int64]:
    return np.asarray(ledger.ages[FIRST_YEAR][_codes(positions)].sum(axis=(0, 1), dtype=np.int64))


def mean_age(ledger: Ledger, positions: tuple[str, ...]) -> float:
    """Mean age in years of the people at work in some positions on 1 January 2022."""
    people = _ages(ledger, positions)
    return float(((np.arange(people.size) + 0.5) * people).sum() / people.sum())


def share_of_age(ledger: Ledger, positions: tuple[str, ...], low: int, high: int) -> float:
    """Percent of the people at work in some positions who are from `low` up to and including `high` years old."""
    people = _ages(ledger, positions)
    return float(PERCENT * people[low : high + 1].sum() / people.sum())


_ALL_WORK: Final = (*TECHNICAL_WORK, *OTHER_WORK)


def _by_gender(name: str, measure: Callable[..., float], **kwargs: object) -> dict[str, Measure]:
    return {f"{name}_{gender}": partial(measure, gender=gender, **kwargs) for gender in GENDERS}


MEASURES: Final[dict[str, Measure]] = {
    **_by_gender("occupation_switch", yearly_move, source=TECHNICAL_WORK, target=OTHER_WORK, both=False),
    **_by_gender("sector_switch", yearly_move, source=IN_SECTOR, target=OUT_OF_SECTOR, both=True),
    "occupation_switch_ratio": ratio_of_moves,
    **_by_gender("profile_vmbo", profile_share, school="vmbo"),
    **_by_gender("study_vmbo", study_share, school="vmbo"),
    **_by_gender("study_havo", study_share, school="havo"),
    **_by_gender("study_vwo", study_share, school="vwo"),
    "entrants_mbo_women": partial(entrants_share, studies=STUDIES[:3], gender="women"),
    "entrants_hbo_women": partial(entrants_share, studies=("hbo",), gender="women"),
    "entrants_mbo_dutch": partial(entrants_share, studies=STUDIES[:3], background=0),
    "entrants_mbo_migration": partial(entrants_share, studies=STUDIES[:3], background=1),
    "study_switch": switch_share,
    "labour_force_technical": lambda ledger: labour_force_share(ledger, TECHNICAL_WORK, unknown_occupation()),
    "labour_force_other": lambda ledger: labour_force_share(ledger, OTHER_WORK, unknown_occupation()),
    "labour_force_jobless_or_unknown": jobless_or_unknown,
    "unemployment_technical": partial(unemployment, technical=True),
    "unemployment_all": partial(unemployment, technical=False),
    **_by_gender("without_diploma", without_diploma),
    **_by_gender("in_technology", in_technology),
    "outside_sector_women": partial(sector_share, gender="women", position=TECHNICAL_WORK[1], unknown=10.0),
    "inside_sector_women": partial(sector_share, gender="women", position=TECHNICAL_WORK[0], unknown=10.0),
    "outside_sector_men": partial(sector_share, gender="men", position=TECHNICAL_WORK[1], unknown=8.0),
    "inside_sector_men": partial(sector_share, gender="men", position=TECHNICAL_WORK[0], unknown=8.0),
    "open_vacancies": open_vacancies,
    "mean_age_technicians": partial(mean_age, positions=TECHNICAL_WORK),
    "mean_age_all": partial(mean_age, positions=_ALL_WORK),
    "age_55_74_technicians": partial(share_of_age, positions=TECHNICAL_WORK, low=55, high=74),
    "age_55_74_all": partial(share_of_age, positions=_ALL_WORK, low=55, high=74),
}
"""Measures by name, as `measure:` in `calibration/facts.yaml` names them."""


def measured(ledger: Ledger) -> dict[str, float]:
    """Every fact that has a measure, by id, as the simulation has it; in the unit of the fact."""
    return {fact.id: MEASURES[fact.measure](ledger) for fact in load_facts().facts if fact.measure is not None}
