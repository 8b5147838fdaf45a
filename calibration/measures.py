"""How each target is measured in a simulation, by name: a number from a ledger, in the unit of the target.

Rates and shares of a flow are measured over 2017 to 2022, stocks on the 1 January nearest to the documented year;
occupation is known for everybody in the model, so where the statistic has a part unknown, that part is taken off the
known ones in proportion.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from agents.positions import LEVELS, STUDIES, TECHNICAL_SECTORS
from agents.positions import SECTORS as ALL_SECTORS
from calibration import labour_measures as labour
from calibration import school_measures as school
from calibration.counting import (
    GENDERS,
    IN_SECTOR,
    OTHER_WORK,
    OUT_OF_SECTOR,
    TECHNICAL_WORK,
    WORK,
    NotRecorded,
    vacancies,
)
from sim.ledger import Ledger

SINCE: Final = date(2012, 1, 1)
"""Day from which a ledger has to record for every measure."""
UNTIL: Final = date(2025, 4, 1)
"""Day up to which it has to record for every measure."""
FITTED_UNTIL: Final = date(2023, 4, 1)
"""Day up to which it has to record for the measures of fitted targets."""

Measure = Callable[[Ledger], float]

_MBO: Final = STUDIES[:3]
_HIGHER: Final = STUDIES[3:]
_YOUNG: Final = "technically_educated_15_34"


def _by_gender(name: str, measure: Callable[..., float], **kwargs: object) -> dict[str, Measure]:
    return {f"{name}_{gender}": partial(measure, gender=gender, **kwargs) for gender in GENDERS}


MEASURES: Final[dict[str, Measure]] = {
    # moves between two 1 Januaries
    **_by_gender("occupation_switch", labour.yearly_move, source=TECHNICAL_WORK, target=OTHER_WORK),
    **_by_gender("occupation_switch_at_work", labour.yearly_move, source=TECHNICAL_WORK, target=OTHER_WORK, both=True),
    **_by_gender("sector_switch", labour.yearly_move, source=IN_SECTOR, target=OUT_OF_SECTOR, both=True),
    "occupation_switch_ratio": labour.ratio_of_moves,
    "return_to_technology": partial(labour.yearly_move, source=OTHER_WORK, target=TECHNICAL_WORK),
    "employer_changes": labour.employer_changes,
    # the technically educated
    "labour_force_technical": partial(labour.labour_force_share, positions=TECHNICAL_WORK, year=2020),
    "labour_force_other": partial(labour.labour_force_share, positions=OTHER_WORK, year=2020),
    "labour_force_jobless_or_unknown": partial(labour.jobless_or_unknown, year=2020),
    "unemployment_technical": partial(labour.unemployment, technical=True, year=2022),
    "unemployment_all": partial(labour.unemployment, technical=False, year=2022),
    **_by_gender("in_technology", labour.in_technology, year=2020),
    "technically_educated_force": partial(labour.technically_educated_force, year=2017, under=65),
    "technically_educated_women": partial(labour.technically_educated_women, year=2022),
    **_by_gender(_YOUNG, labour.technically_educated_young, year=2022, low=15, high=34),
    # holders of technical occupations
    "technicians": partial(labour.technicians, year=2022),
    "technicians_of_all": partial(labour.technicians_of_all, year=2022),
    "women_among_technicians": partial(labour.women_among_technicians, levels=LEVELS, year=2020),
    "women_among_technicians_2013": partial(labour.women_among_technicians, levels=LEVELS, year=2013),
    "women_among_technicians_low": partial(labour.women_among_technicians, levels=("vmbo",), year=2018),
    "women_among_technicians_middle": partial(
        labour.women_among_technicians, levels=("havo", "vwo", "mbo2", "mbo3", "mbo4"), year=2018
    ),
    "women_among_technicians_high": partial(labour.women_among_technicians, levels=("hbo", "wo"), year=2018),
    **_by_gender("without_diploma", labour.without_diploma, year=2019),
    **_by_gender("outside_sector", labour.sector_share, position=TECHNICAL_WORK[1], year=2020),
    **_by_gender("inside_sector", labour.sector_share, position=TECHNICAL_WORK[0], year=2020),
    **{
        f"men_in_{sector}": partial(labour.men_in_sector, sector=sector, year=2020)
        for sector in ALL_SECTORS[:TECHNICAL_SECTORS]
    },
    "mean_age_technicians": partial(labour.mean_age, positions=TECHNICAL_WORK, year=2021),
    "mean_age_all": partial(labour.mean_age, positions=WORK, year=2021),
    "age_55_74_technicians": partial(labour.share_of_age, positions=TECHNICAL_WORK, low=55, high=74, year=2021),
    "age_55_74_all": partial(labour.share_of_age, positions=WORK, low=55, high=74, year=2021),
    # demand
    "open_vacancies_2020_q3": partial(vacancies, year=2020, quarter=2),
    "open_vacancies_2021_q4": partial(vacancies, year=2021, quarter=3),
    "open_vacancies_2022_q1": partial(vacancies, year=2022, quarter=0),
    "vacancies_relative_rise": partial(labour.vacancies_relative_rise, start=(2020, 2), end=(2021, 3)),
    "job_openings": partial(labour.job_openings, years=range(2020, 2025)),
    # school and study
    **_by_gender("profile_vmbo", school.profile_share, school="vmbo"),
    **_by_gender("study_vmbo", school.study_share, school="vmbo"),
    **_by_gender("study_havo", school.study_share, school="havo"),
    **_by_gender("study_vwo", school.study_share, school="vwo"),
    "entrants_mbo_women": partial(school.entrants_share, studies=_MBO, gender="women"),
    "entrants_hbo_women": partial(school.entrants_share, studies=("hbo",), gender="women"),
    "entrants_mbo_dutch": partial(school.entrants_share, studies=_MBO, background=0),
    "entrants_mbo_migration": partial(school.entrants_share, studies=_MBO, background=1),
    "technical_entrants_mbo": partial(school.technical_entrants, studies=_MBO, years=[2019]),
    "technical_entrants_hbo": partial(school.technical_entrants, studies=("hbo",), years=[2019]),
    "technical_entrants_wo": partial(school.technical_entrants, studies=("wo",), years=[2019]),
    "technical_entrants_higher": partial(school.technical_entrants, studies=_HIGHER, years=[2021]),
    "women_among_entrants_mbo": partial(school.women_among_entrants, studies=_MBO),
    "women_among_entrants_hbo": partial(school.women_among_entrants, studies=("hbo",)),
    "women_among_entrants_wo": partial(school.women_among_entrants, studies=("wo",)),
    "study_switch": school.switch_share,
    "technical_diplomas_mbo": partial(school.technical_diplomas, levels=_MBO),
    "diploma_share_mbo": partial(school.diploma_share, levels=_MBO),
    "diploma_share_higher": partial(school.diploma_share, levels=_HIGHER),
    **{
        f"diploma_share_{level}_{name}": partial(school.diploma_share, levels=(level,), background=code)
        for level in _HIGHER
        for code, name in enumerate(("dutch", "migration"))
    },
    **{f"leaving_{level}": partial(school.leaving_without_diploma, level=level) for level in _MBO},
    **_by_gender("growth_of_entrants_higher", school.growth_of_entrants, first=2012, last=2021),
}
"""Measures by name, as `measure:` in `calibration/targets.yaml` names them."""

PAIRED: Final = ("part_time_share_of_gap",)
"""Measures that need a second run, in which nobody leaves for want of part-time work; see `calibration.simulation`."""


def measured(ledger: Ledger) -> dict[str, float]:
    """Every measure that the ledger covers, by name."""
    found = {}
    for name, measure in MEASURES.items():
        try:
            found[name] = measure(ledger)
        except NotRecorded:
            continue
    return found
