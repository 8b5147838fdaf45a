"""Every measure against ledgers filled by hand, and the ledger's own counts against people followed one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import product
from math import isnan
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

import scenarios
from agents.positions import ABROAD, LEVELS, POSITIONS, PRIMARY_SCHOOL, RETIRED, SECTORS
from calibration import school_measures
from calibration.counting import NotRecorded, moved, percent
from calibration.labour_measures import yearly_move
from calibration.measures import FITTED_UNTIL, MEASURES, PAIRED, SINCE, UNTIL, measured
from calibration.simulation import share_of_gap
from calibration.targets import fitted
from sim import career_graph
from sim.clock import first_day, quarter_of
from sim.identity import ARRIVED
from sim.ledger import Ledger
from sim.model import CareerModel

SCALE = 10.0
TOO_MANY = 1000
END = date(2025, 4, 1)
GRAPH = career_graph.load()
WOMAN = {"men": 0, "women": 1}

TECHNICIANS = ("technician_technical_sector", "technician_other_sector")
OTHERS_AT_WORK = ("manager", "other_job_technical_sector", "other_job")
AT_WORK = TECHNICIANS + OTHERS_AT_WORK
INSIDE = ("technician_technical_sector", "manager", "other_job_technical_sector")
OUTSIDE = ("technician_other_sector", "other_job")
JOBLESS = ("graduate", "seeking", "retraining")
NOT_AT_WORK = tuple(name for name in POSITIONS if name not in AT_WORK)
LEAVERS = ("school_technical", "school_other")
MBO = ("mbo2", "mbo3", "mbo4")
TECHNICAL_STUDIES = tuple(f"study_{level}_technical" for level in (*MBO, "hbo", "wo"))
OTHER_STUDIES = tuple(f"study_{level}_other" for level in (*MBO, "hbo", "wo"))
MBO_TECHNICAL, MBO_OTHER = TECHNICAL_STUDIES[:3], OTHER_STUDIES[:3]
HIGHER_TECHNICAL = TECHNICAL_STUDIES[3:]

# Printed in Kamerstuk 32 637, nr. 448 and 29 544, nr. 1120.
OCCUPATION_UNKNOWN = 9 - 3.2
SECTOR_UNKNOWN = {"women": 10, "men": 8}


# ------------------------------------------------------------------ a ledger filled by hand


def row(year: int, quarter: int = 1) -> int:
    return 4 * (year - 2012) + quarter - 1


def groups(
    levels: Iterable[str] = LEVELS,
    technical: Iterable[int] = (0, 1),
    background: Iterable[int] = (0, 1),
    woman: Iterable[int] = (0, 1),
) -> list[int]:
    """Columns of the ledger: level x technical diploma x migration background x woman."""
    parts = product((LEVELS.index(name) for name in levels), technical, background, woman)
    return [8 * level + 4 * diploma + 2 * migrant + gender for level, diploma, migrant, gender in parts]


def named(names: str | Sequence[str]) -> list[int]:
    return [POSITIONS.index(name) for name in ([names] if isinstance(names, str) else names)]


class Book:
    """A ledger of 2012 to 2025 Q1 in which all that a case does not put in itself is far too many."""

    def __init__(self) -> None:
        ledger = Ledger.blank(quarter_of(date(2012, 1, 1)), 53, SCALE)
        for table in (ledger.flows, ledger.stocks, ledger.vacancies, ledger.posts):
            table[:] = TOO_MANY
        for year in range(2012, 2026):
            ledger.two_point[year] = np.full((25, 2, 25, 2), TOO_MANY, np.int32)
            ledger.ages[year] = np.full((25, 2, 2, 80), TOO_MANY, np.int32)
            ledger.staff[year] = np.full((8, 2), TOO_MANY, np.int32)
        ledger.rows = 53
        self.ledger, self.turn = ledger, 0

    def put(self, tables: Sequence[NDArray[Any]], places: Sequence[Sequence[int]], total: int) -> None:
        """Share out a total unevenly: one to each place in the first and last table, the rest to one place.

        The tables in between get nothing. The rest goes to the first and to the last place by turns, so that leaving
        out some of the places changes every share.
        """
        block = np.zeros((len(tables), *map(len, places)), np.int32)
        if total:
            block[0] = block[-1] = 1
            rest = total - int(block.sum())
            assert rest > 0, f"{total} is too few for {block[0].size} places"
            block.flat[-self.turn] += rest
            self.turn = 1 - self.turn
        for table, part in zip(tables, block, strict=True):
            table[np.ix_(*places)] = part

    def stock(self, names: str | Sequence[str], total: int, *years: int, **who: Any) -> None:
        self.put([self.ledger.stocks[row(year)] for year in years], (named(names), groups(**who)), total)

    def flow(
        self, sources: str | Sequence[str], targets: str | Sequence[str], total: int, first: int, last: int, **who: Any
    ) -> None:
        """Transitions from the first quarter of a year up to and including the last quarter of another."""
        ends = [POSITIONS[source] for source in named(sources)], [POSITIONS[target] for target in named(targets)]
        edges = [GRAPH.between(*pair).code for pair in product(*ends) if GRAPH.graph.has_edge(*pair)]
        tables = [self.ledger.flows[at] for at in range(row(first), row(last, 4) + 1)]
        self.put(tables, (edges, groups(**who)), total)

    def over_window(self, sources: str | Sequence[str], targets: str | Sequence[str], total: int, **who: Any) -> None:
        self.flow(sources, targets, total, 2017, 2022, **who)

    def moves(
        self, sources: Sequence[str], targets: Sequence[str], total: int, gender: str | None = None, diploma: int = 1
    ) -> None:
        """People by position on 1 January of 2017 to 2022 and a year later."""
        genders = [0, 1] if gender is None else [WOMAN[gender]]
        tables = [self.ledger.two_point[year] for year in range(2018, 2024)]
        self.put(tables, (named(sources), [diploma], named(targets), genders), total)

    def aged(
        self,
        names: Sequence[str],
        year: int,
        total: int,
        low: int,
        high: int,
        technical: Sequence[int] = (0, 1),
        woman: Sequence[int] = (0, 1),
    ) -> None:
        """People from one age up to and including another."""
        self.put([self.ledger.ages[year]], (named(names), technical, woman, range(low, high + 1)), total)


class Case(NamedTuple):
    """What a measure needs to be recorded, and a filling with the value that it gives."""

    since: date
    until: date
    fill: Callable[[Book], float]


def on_1_january(year: int, fill: Callable[[Book], float]) -> Case:
    return Case(date(year, 1, 1), date(year, 1, 1), fill)


def counted_on_1_january(year: int, fill: Callable[[Book], float]) -> Case:
    """Ages and staff are counted in the course of the first quarter."""
    return Case(date(year, 1, 1), date(year, 4, 1), fill)


def between_januaries(fill: Callable[[Book], float]) -> Case:
    return Case(date(2017, 1, 1), date(2023, 4, 1), fill)


def from_to(first: int, last: int, fill: Callable[[Book], float]) -> Case:
    return Case(date(first, 1, 1), date(last + 1, 1, 1), fill)


def window(fill: Callable[[Book], float]) -> Case:
    return from_to(2017, 2022, fill)


def for_both(name: str, kind: Callable[..., Case], fill: Callable[..., float], *place: Any, **how: Any) -> Any:
    return {f"{name}_{gender}": kind(*place, partial(fill, gender=gender, **how)) for gender in ("women", "men")}


# ------------------------------------------------------------------ moves between two 1 Januaries


def occupation_switch(book: Book, gender: str) -> float:
    book.moves(TECHNICIANS, OTHERS_AT_WORK, 110, gender)
    book.moves(TECHNICIANS, TECHNICIANS, 690, gender)
    book.moves(TECHNICIANS, NOT_AT_WORK, 200, gender)
    return 100 * 110 / (110 + 690 + 200)


def occupation_switch_at_work(book: Book, gender: str) -> float:
    occupation_switch(book, gender)
    return 100 * 110 / (110 + 690)


def sector_switch(book: Book, gender: str) -> float:
    book.moves(INSIDE, OUTSIDE[:1], 60, gender)
    book.moves(INSIDE, OUTSIDE[1:], 90, gender)
    book.moves(INSIDE, INSIDE, 450, gender)
    book.moves(INSIDE, NOT_AT_WORK, 400, gender)
    return 100 * (60 + 90) / (60 + 90 + 450)


def occupation_switch_ratio(book: Book) -> float:
    book.moves(TECHNICIANS, OTHERS_AT_WORK, 120, "women")
    book.moves(TECHNICIANS, TECHNICIANS, 680, "women")
    book.moves(TECHNICIANS, NOT_AT_WORK, 200, "women")
    book.moves(TECHNICIANS, OTHERS_AT_WORK, 60, "men")
    book.moves(TECHNICIANS, TECHNICIANS, 1040, "men")
    book.moves(TECHNICIANS, NOT_AT_WORK, 100, "men")
    return (120 / 1000) / (60 / 1200)


def return_to_technology(book: Book) -> float:
    book.moves(OTHERS_AT_WORK, TECHNICIANS, 70)
    book.moves(OTHERS_AT_WORK, OTHERS_AT_WORK, 1330)
    book.moves(OTHERS_AT_WORK, NOT_AT_WORK, 600)
    return 100 * 70 / (70 + 1330 + 600)


def employer_changes(book: Book) -> float:
    book.over_window(TECHNICIANS, TECHNICIANS, 900)
    book.stock(TECHNICIANS, 12_000, *range(2017, 2023))
    return 100 * 900 / 12_000


# ------------------------------------------------------------------ the technically educated


def labour_force_technical(book: Book) -> float:
    book.stock(TECHNICIANS, 480, 2020, technical=[1])
    book.stock(OTHERS_AT_WORK, 420, 2020, technical=[1])
    book.stock(JOBLESS, 100, 2020, technical=[1])
    return 100 * 480 / (480 + 420 + 100) - OCCUPATION_UNKNOWN * 480 / (480 + 420)


def labour_force_other(book: Book) -> float:
    labour_force_technical(book)
    return 100 * 420 / (480 + 420 + 100) - OCCUPATION_UNKNOWN * 420 / (480 + 420)


def labour_force_jobless_or_unknown(book: Book) -> float:
    labour_force_technical(book)
    return 100 * 100 / (480 + 420 + 100) + OCCUPATION_UNKNOWN


def unemployment_technical(book: Book) -> float:
    book.stock(JOBLESS, 100, 2022, technical=[1])
    book.stock(AT_WORK, 2400, 2022, technical=[1])
    return 100 * 100 / (100 + 2400)


def unemployment_all(book: Book) -> float:
    book.stock(JOBLESS, 250, 2022)
    book.stock(AT_WORK, 4750, 2022)
    return 100 * 250 / (250 + 4750)


def in_technology(book: Book, gender: str) -> float:
    book.stock([*TECHNICIANS, "manager", "other_job_technical_sector"], 350, 2020, technical=[1], woman=[WOMAN[gender]])
    book.stock("other_job", 650, 2020, technical=[1], woman=[WOMAN[gender]])
    return 100 * 350 / (350 + 650)


def technically_educated_force(book: Book) -> float:
    book.aged((*AT_WORK, *JOBLESS), 2017, 1500, 0, 64, technical=[1])
    return 1500 * SCALE


def technically_educated_women(book: Book) -> float:
    book.stock((*AT_WORK, *JOBLESS), 150, 2022, technical=[1], woman=[1])
    book.stock((*AT_WORK, *JOBLESS), 850, 2022, technical=[1], woman=[0])
    return 100 * 150 / (150 + 850)


def technically_educated_15_34(book: Book, gender: str) -> float:
    book.aged(POSITIONS, 2022, 620, 15, 34, technical=[1], woman=[WOMAN[gender]])
    return 620 * SCALE


# ------------------------------------------------------------------ holders of technical occupations


def technicians(book: Book) -> float:
    book.stock(TECHNICIANS, 1500, 2022)
    return 1500 * SCALE


def technicians_of_all(book: Book) -> float:
    book.stock(TECHNICIANS, 180, 2022)
    book.stock(OTHERS_AT_WORK, 820, 2022)
    return 100 * 180 / (180 + 820)


def women_among_technicians(book: Book, year: int, levels: Sequence[str]) -> float:
    book.stock(TECHNICIANS, 140, year, levels=levels, woman=[1])
    book.stock(TECHNICIANS, 860, year, levels=levels, woman=[0])
    return 100 * 140 / (140 + 860)


def without_diploma(book: Book, gender: str) -> float:
    book.stock(TECHNICIANS, 720, 2019, technical=[0], woman=[WOMAN[gender]])
    book.stock(TECHNICIANS, 280, 2019, technical=[1], woman=[WOMAN[gender]])
    return 100 * 720 / (720 + 280)


def outside_sector(book: Book, gender: str) -> float:
    book.stock("technician_other_sector", 400, 2020, woman=[WOMAN[gender]])
    book.stock("technician_technical_sector", 600, 2020, woman=[WOMAN[gender]])
    return (100 - SECTOR_UNKNOWN[gender]) * 400 / (400 + 600)


def inside_sector(book: Book, gender: str) -> float:
    outside_sector(book, gender)
    return (100 - SECTOR_UNKNOWN[gender]) * 600 / (400 + 600)


def men_in(book: Book, sector: str) -> float:
    book.ledger.staff[2020][SECTORS.index(sector)] = 188, 12
    return 100 * 188 / (188 + 12)


def mean_age(book: Book, names: Sequence[str]) -> float:
    book.aged(names, 2021, 0, 0, 79)
    book.aged(names, 2021, 100, 30, 30)
    book.aged(names, 2021, 300, 50, 50)
    return (100 * 30.5 + 300 * 50.5) / (100 + 300)  # a person of 30 is half a year older on average


def age_55_74(book: Book, names: Sequence[str]) -> float:
    book.aged(names, 2021, 1200, 0, 54)
    book.aged(names, 2021, 600, 55, 74)
    book.aged(names, 2021, 200, 75, 79)
    return 100 * 600 / (1200 + 600 + 200)


# ------------------------------------------------------------------ demand


def open_vacancies(book: Book, year: int, quarter: int) -> float:
    book.ledger.vacancies[row(year, quarter)] = 5, 20, 30, 8
    return (5 + 20 + 30 + 8) * SCALE


def vacancies_relative_rise(book: Book) -> float:
    book.ledger.vacancies[row(2020, 3)] = 10, 20, 30, 40
    book.ledger.vacancies[row(2021, 4)] = 15, 45, 60, 66
    return (15 + 45 + 60 + 66) / (10 + 20 + 30 + 40)


def job_openings(book: Book) -> float:
    book.ledger.posts[row(2019, 4)] = 100, 200, 300, 400
    book.ledger.posts[row(2024, 4)] = 130, 260, 390, 520
    left = (*OTHERS_AT_WORK, "seeking", "inactive", "retired", "abroad")
    book.flow(TECHNICIANS, left, 4000, 2020, 2024)
    book.flow((*OTHERS_AT_WORK, "seeking", "retraining"), TECHNICIANS, 3000, 2020, 2024)
    return (1300 - 1000 + 4000 - 3000) * SCALE


# ------------------------------------------------------------------ school and study


def profile(book: Book, gender: str) -> float:
    who: dict[str, Any] = {"levels": ["vmbo"], "woman": [WOMAN[gender]]}
    book.over_window("school", "school_technical", 36, **who)
    book.over_window("school", "school_other", 64, **who)
    return 100 * 36 / (36 + 64)


def study(book: Book, gender: str, school: str) -> float:
    who: dict[str, Any] = {"levels": [school], "woman": [WOMAN[gender]]}
    book.over_window(LEAVERS, TECHNICAL_STUDIES, 200, **who)
    book.over_window(LEAVERS, OTHER_STUDIES, 300, **who)
    return 100 * 200 / (200 + 300)


def entrants_mbo(book: Book, **who: Any) -> float:
    book.over_window(LEAVERS, MBO_TECHNICAL, 450, **who)
    book.over_window(LEAVERS, MBO_OTHER, 2550, **who)
    return 100 * 450 / (450 + 2550)


def entrants_hbo_women(book: Book) -> float:
    book.over_window((*LEAVERS, "graduate"), "study_hbo_technical", 240, woman=[1])
    book.over_window((*LEAVERS, "study_mbo4_other"), "study_hbo_other", 1760, woman=[1])
    return 100 * 240 / (240 + 1760)


def technical_entrants(book: Book, year: int, sources: Sequence[str], studies: Sequence[str]) -> float:
    book.flow(sources, studies, 1500, year, year)
    return 1500 * SCALE


def women_among_entrants(book: Book, sources: Sequence[str], studies: Sequence[str]) -> float:
    book.over_window(sources, studies, 420, woman=[1])
    book.over_window(sources, studies, 2580, woman=[0])
    return 100 * 420 / (420 + 2580)


def study_switch(book: Book) -> float:
    book.over_window(TECHNICAL_STUDIES, OTHER_STUDIES, 800)
    book.over_window((*LEAVERS, "graduate", "abroad"), TECHNICAL_STUDIES, 8000)
    return 100 * 800 / 8000


def technical_diplomas_mbo(book: Book) -> float:
    book.over_window(MBO_TECHNICAL, "graduate", 600)
    return 600 * SCALE / 6


def diploma_share_mbo(book: Book) -> float:
    book.over_window(MBO_TECHNICAL, "graduate", 600)
    book.over_window(MBO_OTHER, "other_job", 900)
    for lower, higher in (("mbo2", "mbo3"), ("mbo3", "mbo4"), ("mbo4", "hbo")):
        book.over_window(f"study_{lower}_other", f"study_{higher}_other", 500)
    return 100 * 600 / (600 + 900 + 3 * 500)


def diploma_share_higher(book: Book) -> float:
    book.over_window(HIGHER_TECHNICAL, "graduate", 400)
    book.over_window(("study_hbo_other", "study_wo_other"), "other_job", 1200)
    book.over_window("study_hbo_other", "study_wo_other", 400)
    return 100 * 400 / (400 + 1200 + 400)


def diploma_share_of(book: Book, level: str, background: int) -> float:
    who = {"background": [background]}
    book.over_window(f"study_{level}_technical", "graduate", 150, **who)
    book.over_window(f"study_{level}_other", "other_job", 550, **who)
    if level == "wo":
        return 100 * 150 / (150 + 550)
    book.over_window("study_hbo_other", "study_wo_other", 300, **who)
    return 100 * 150 / (150 + 550 + 300)


def leaving(book: Book, level: str, higher: str) -> float:
    book.over_window(f"study_{level}_technical", ("seeking", *TECHNICIANS), 500)
    book.over_window(f"study_{level}_other", "seeking", 200)
    book.over_window(f"study_{level}_technical", "graduate", 600)
    book.over_window(f"study_{level}_other", ("other_job", f"study_{higher}_other"), 700)
    return 100 * (500 + 200) / (500 + 200 + 600 + 700)


def growth_of_entrants_higher(book: Book, gender: str) -> float:
    who = {"woman": [WOMAN[gender]]}
    for year, number in ((2012, 500), (2021, 800)):
        book.flow((*LEAVERS, "abroad"), HIGHER_TECHNICAL, number, year, year, **who)
        book.flow(("graduate",), HIGHER_TECHNICAL[:1], 100, year, year, **who)  # not from hbo to wo: no new entrant
    return 100 * (900 - 600) / 600


def technical_entrants_higher(book: Book) -> float:
    book.flow((*LEAVERS, "abroad"), HIGHER_TECHNICAL, 1200, 2021, 2021)
    book.flow(("graduate",), HIGHER_TECHNICAL[:1], 300, 2021, 2021)
    return 1500 * SCALE


SCHOOL_OR_LOWER_OR_ABROAD = (*LEAVERS, "graduate", "abroad")
CASES: dict[str, Case] = {
    **for_both("occupation_switch", between_januaries, occupation_switch),
    **for_both("occupation_switch_at_work", between_januaries, occupation_switch_at_work),
    **for_both("sector_switch", between_januaries, sector_switch),
    "occupation_switch_ratio": between_januaries(occupation_switch_ratio),
    "return_to_technology": between_januaries(return_to_technology),
    "employer_changes": window(employer_changes),
    "labour_force_technical": on_1_january(2020, labour_force_technical),
    "labour_force_other": on_1_january(2020, labour_force_other),
    "labour_force_jobless_or_unknown": on_1_january(2020, labour_force_jobless_or_unknown),
    "unemployment_technical": on_1_january(2022, unemployment_technical),
    "unemployment_all": on_1_january(2022, unemployment_all),
    **for_both("in_technology", on_1_january, in_technology, 2020),
    "technically_educated_force": counted_on_1_january(2017, technically_educated_force),
    "technically_educated_women": on_1_january(2022, technically_educated_women),
    **for_both("technically_educated_15_34", counted_on_1_january, technically_educated_15_34, 2022),
    "technicians": on_1_january(2022, technicians),
    "technicians_of_all": on_1_january(2022, technicians_of_all),
    **{
        f"women_among_technicians{name}": on_1_january(year, partial(women_among_technicians, year=year, levels=levels))
        for name, year, levels in (
            ("", 2020, LEVELS),
            ("_low", 2018, ["vmbo"]),
            ("_middle", 2018, ["havo", "vwo", "mbo2", "mbo3", "mbo4"]),
            ("_high", 2018, ["hbo", "wo"]),
        )
    },
    **for_both("without_diploma", on_1_january, without_diploma, 2019),
    **for_both("outside_sector", on_1_january, outside_sector, 2020),
    **for_both("inside_sector", on_1_january, inside_sector, 2020),
    **{
        f"men_in_{sector}": counted_on_1_january(2020, partial(men_in, sector=sector))
        for sector in ("construction", "metal", "energy", "ict", "chemistry", "other_industry", "food_industry")
    },
    "mean_age_technicians": counted_on_1_january(2021, partial(mean_age, names=TECHNICIANS)),
    "mean_age_all": counted_on_1_january(2021, partial(mean_age, names=AT_WORK)),
    "age_55_74_technicians": counted_on_1_january(2021, partial(age_55_74, names=TECHNICIANS)),
    "age_55_74_all": counted_on_1_january(2021, partial(age_55_74, names=AT_WORK)),
    **{
        f"open_vacancies_{year}_q{quarter}": Case(
            date(year, 3 * quarter - 2, 1),
            first_day(quarter_of(date(year, 3 * quarter - 2, 1)) + 1),
            partial(open_vacancies, year=year, quarter=quarter),
        )
        for year, quarter in ((2020, 3), (2021, 4), (2022, 1))
    },
    "vacancies_relative_rise": Case(date(2020, 7, 1), date(2022, 1, 1), vacancies_relative_rise),
    "job_openings": Case(date(2019, 10, 1), date(2025, 1, 1), job_openings),
    **for_both("profile_vmbo", window, profile),
    **for_both("study_vmbo", window, study, school="vmbo"),
    **for_both("study_havo", window, study, school="havo"),
    **for_both("study_vwo", window, study, school="vwo"),
    "entrants_mbo_women": window(partial(entrants_mbo, woman=[1])),
    "entrants_hbo_women": window(entrants_hbo_women),
    "entrants_mbo_dutch": window(partial(entrants_mbo, background=[0])),
    "entrants_mbo_migration": window(partial(entrants_mbo, background=[1])),
    **{
        f"technical_entrants_{name}": from_to(
            year, year, partial(technical_entrants, year=year, sources=sources, studies=studies)
        )
        for name, year, sources, studies in (
            ("mbo", 2019, LEAVERS, MBO_TECHNICAL),
            ("hbo", 2019, SCHOOL_OR_LOWER_OR_ABROAD, HIGHER_TECHNICAL[:1]),
            ("wo", 2019, SCHOOL_OR_LOWER_OR_ABROAD, HIGHER_TECHNICAL[1:]),
        )
    },
    "technical_entrants_higher": from_to(2021, 2021, technical_entrants_higher),
    **{
        f"women_among_entrants_{name}": window(partial(women_among_entrants, sources=sources, studies=studies))
        for name, sources, studies in (
            ("mbo", LEAVERS, MBO_TECHNICAL),
            ("hbo", SCHOOL_OR_LOWER_OR_ABROAD, HIGHER_TECHNICAL[:1]),
            ("wo", SCHOOL_OR_LOWER_OR_ABROAD, HIGHER_TECHNICAL[1:]),
        )
    },
    "study_switch": window(study_switch),
    "technical_diplomas_mbo": window(technical_diplomas_mbo),
    "diploma_share_mbo": window(diploma_share_mbo),
    "diploma_share_higher": window(diploma_share_higher),
    **{
        f"diploma_share_{level}_{name}": window(partial(diploma_share_of, level=level, background=code))
        for level in ("hbo", "wo")
        for code, name in ((0, "dutch"), (1, "migration"))
    },
    **{
        f"leaving_{level}": window(partial(leaving, level=level, higher=higher))
        for level, higher in (("mbo2", "mbo3"), ("mbo3", "mbo4"), ("mbo4", "hbo"))
    },
    **for_both("growth_of_entrants_higher", partial(from_to, 2012, 2021), growth_of_entrants_higher),
}


def filled(name: str) -> tuple[Ledger, float]:
    book = Book()
    return book.ledger, CASES[name].fill(book)


def test_every_measure_has_an_expected_value() -> None:
    assert sorted(CASES) == sorted(MEASURES)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_measure_counts_who_it_says_and_nobody_else(name: str) -> None:
    ledger, expected = filled(name)
    assert MEASURES[name](ledger) == pytest.approx(expected, rel=1e-12)


# ------------------------------------------------------------------ what is not recorded, and nobody


def recorded(ledger: Ledger, since: date, until: date) -> Ledger:
    """The ledger of a run that began on a day and has got as far as another."""
    start, end = quarter_of(since), quarter_of(until)
    rows = slice(start - ledger.first, None)
    tables: dict[str, Any] = {
        name: {year: table for year, table in getattr(ledger, name).items() if start <= 4 * (year - 2000) < end}
        for name in ("two_point", "ages", "staff")
    }
    arrays: dict[str, Any] = {name: getattr(ledger, name)[rows] for name in ("flows", "stocks", "vacancies", "posts")}
    return replace(ledger, first=start, rows=end - start, **arrays, **tables)


def quarters_later(day: date, number: int) -> date:
    return first_day(quarter_of(day) + number)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_measure_needs_its_own_years_and_not_a_quarter_less(name: str) -> None:
    ledger, expected = filled(name)
    since, until, _ = CASES[name]
    assert MEASURES[name](recorded(ledger, since, until)) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(NotRecorded, match=r"outside the ledger|nothing was counted|ledger ends before"):
        MEASURES[name](recorded(ledger, quarters_later(since, 1), END))
    with pytest.raises(NotRecorded, match=r"outside the ledger|nothing was counted|ledger ends before"):
        MEASURES[name](recorded(ledger, date(2012, 1, 1), quarters_later(until, -1)))


def test_what_lies_outside_the_ledger_is_told_with_its_days() -> None:
    ledger = recorded(Book().ledger, date(2018, 1, 1), date(2019, 4, 1))
    told = r"quarter 1 of 2022 lies outside the ledger, which covers 2018-01-01 to 2019-04-01"
    with pytest.raises(NotRecorded, match=told):
        MEASURES["technicians"](ledger)
    with pytest.raises(NotRecorded, match="nothing was counted on 1 January 2021"):
        MEASURES["mean_age_all"](ledger)
    with pytest.raises(NotRecorded, match="the ledger ends before the end of quarter 1 of 2022"):
        MEASURES["open_vacancies_2022_q1"](recorded(Book().ledger, date(2018, 1, 1), date(2022, 1, 1)))


def test_a_ledger_since_2012_has_every_measure_and_one_since_2022_those_of_2022() -> None:
    ledger = Book().ledger
    assert measured(ledger).keys() == MEASURES.keys()
    found = measured(recorded(ledger, date(2022, 1, 1), END))
    assert set(found) == {
        "unemployment_technical",
        "unemployment_all",
        "technically_educated_women",
        "technically_educated_15_34_women",
        "technically_educated_15_34_men",
        "technicians",
        "technicians_of_all",
        "open_vacancies_2022_q1",
    }
    assert found["open_vacancies_2022_q1"] == 4 * TOO_MANY * SCALE


def test_days_of_recording_cover_every_measure_and_every_fitted_one() -> None:
    ledger = Book().ledger
    assert END == UNTIL
    assert measured(recorded(ledger, SINCE, UNTIL)).keys() == MEASURES.keys()
    aimed_at = {target.measure for target in fitted()} - set(PAIRED)
    assert aimed_at <= measured(recorded(ledger, SINCE, FITTED_UNTIL)).keys()
    assert not aimed_at <= measured(recorded(ledger, SINCE, quarters_later(FITTED_UNTIL, -1))).keys()


PEOPLE = {
    "technically_educated_force",
    "technically_educated_15_34_women",
    "technically_educated_15_34_men",
    "technicians",
    "open_vacancies_2020_q3",
    "open_vacancies_2021_q4",
    "open_vacancies_2022_q1",
    "job_openings",
    "technical_entrants_mbo",
    "technical_entrants_hbo",
    "technical_entrants_wo",
    "technical_entrants_higher",
    "technical_diplomas_mbo",
}
MEAN_AGES = {"mean_age_technicians", "mean_age_all"}


def empty() -> Ledger:
    ledger = Book().ledger
    tables = (ledger.two_point, ledger.ages, ledger.staff)
    arrays = (ledger.flows, ledger.stocks, ledger.vacancies, ledger.posts)
    for table in (*arrays, *(table for by_year in tables for table in by_year.values())):
        table[:] = 0
    return ledger


@pytest.mark.parametrize("name", sorted(MEASURES.keys() - MEAN_AGES))
def test_a_share_of_nobody_is_not_a_number_and_a_count_of_nobody_is_0(name: str) -> None:
    value = MEASURES[name](empty())
    assert value == 0.0 if name in PEOPLE else isnan(value)


@pytest.mark.parametrize("name", sorted(MEAN_AGES))
def test_the_mean_age_of_nobody_is_not_a_number(name: str) -> None:
    assert isnan(MEASURES[name](empty()))


def test_a_percentage_of_one_person_is_one_and_of_nobody_is_not_a_number() -> None:
    assert percent(1, 1) == 100.0
    assert percent(0, 1) == 0.0
    assert isnan(percent(0, 0))


def test_a_ratio_to_no_move_of_men_is_not_a_number_and_one_to_a_small_move_is() -> None:
    book = Book()
    for gender in ("women", "men"):
        book.moves(TECHNICIANS, POSITIONS, 0, gender)
        book.moves(TECHNICIANS, TECHNICIANS, 9_900, gender)
    book.moves(TECHNICIANS, OTHERS_AT_WORK, 100, "women")
    assert isnan(MEASURES["occupation_switch_ratio"](book.ledger))
    book.moves(TECHNICIANS, OTHERS_AT_WORK, 50, "men")
    assert MEASURES["occupation_switch_ratio"](book.ledger) == pytest.approx((100 / 10_000) / (50 / 9_950))


def test_entrants_of_several_years_are_given_per_year() -> None:
    book = Book()
    book.flow(LEAVERS, MBO_TECHNICAL, 1600, 2018, 2019)
    assert school_measures.technical_entrants(book.ledger, MBO, range(2018, 2020)) == 1600 * SCALE / 2


def test_share_of_the_gap_that_the_mismatch_makes() -> None:
    found = {"occupation_switch_women": 5.5, "occupation_switch_men": 3.0}
    without = {"occupation_switch_women": 3.5, "occupation_switch_men": 2.5}
    assert share_of_gap(found, without) == pytest.approx(100 * (2.5 - 1.0) / 2.5)
    assert share_of_gap(found, found) == 0.0
    assert isnan(share_of_gap({"occupation_switch_women": 3.0, "occupation_switch_men": 3.0}, without))


# ------------------------------------------------------------------ people followed one by one


class OnJanuary(NamedTuple):
    """One person on a 1 January."""

    position: str
    technical: int
    woman: int
    sector: int


@dataclass
class Followed:
    """A run, with everybody in it on each 1 January by identity."""

    ledger: Ledger
    days: dict[int, dict[int, OnJanuary]]

    def pairs(self, years: Iterable[int]) -> list[tuple[OnJanuary, OnJanuary]]:
        """Everybody who is in the model on the 1 January of a year and of the next, all years together."""
        days = [(self.days[year], self.days[year + 1]) for year in years]
        return [(before[who], after[who]) for before, after in days for who in before]


def everybody(model: CareerModel) -> dict[int, OnJanuary]:
    state = model.state
    rows = slice(0, state.count)
    columns = (state.people.identity[rows], state.people.cell[rows], state.people.employer[rows])
    sectors = state.employers.sector.tolist()
    found = {
        who: OnJanuary(POSITIONS[cell & 31], cell >> 7 & 1, cell >> 5 & 1, sectors[employer] if employer >= 0 else -1)
        for who, cell, employer in zip(*(column.tolist() for column in columns), strict=True)
    }
    assert len(found) == state.count
    return found


@pytest.fixture(scope="module")
def followed() -> Followed:
    baseline = scenarios.load("baseline")
    model = CareerModel(baseline, scale=1000.0, rng=7, since=date(2017, 1, 1), until=date(2023, 4, 1), threads=1)
    days = {}
    while model.running:
        if model.today.month == 1:
            days[model.today.year] = everybody(model)
        model.advance()
    assert list(days) == list(range(2017, 2024))
    return Followed(model.ledger, days)


@pytest.mark.parametrize("year", range(2018, 2024))
def test_two_point_table_is_a_count_of_the_people(followed: Followed, year: int) -> None:
    before, after = followed.days[year - 1], followed.days[year]
    counted = np.zeros((len(POSITIONS), 2, len(POSITIONS), 2), int)
    for who, now in after.items():
        new = POSITIONS[ABROAD if who >= ARRIVED else PRIMARY_SCHOOL]
        position, technical = before[who][:2] if who in before else (new, 0)
        counted[POSITIONS.index(position), technical, POSITIONS.index(now.position), now.woman] += 1
    assert np.array_equal(followed.ledger.two_point[year], counted)
    assert not counted[RETIRED, :, :RETIRED].any()
    assert not counted[RETIRED, :, RETIRED + 1 :].any()


@pytest.mark.parametrize("years", [[2018], range(2017, 2021), range(2017, 2023)], ids=["one", "four", "window"])
def test_people_moved_are_added_up_over_the_years_that_begin_with_the_first(
    followed: Followed, years: Sequence[int]
) -> None:
    found = moved(followed.ledger, years)
    counted = Counter(
        (POSITIONS.index(before.position), before.technical, POSITIONS.index(after.position), after.woman)
        for before, after in followed.pairs(years)
    )
    came = (PRIMARY_SCHOOL, ABROAD)  # newcomers of the year are in the table and not among the people of a year ago
    inside = {place: int(found[place]) for place in zip(*np.nonzero(found), strict=True) if place[0] not in came}
    assert inside == {place: number for place, number in counted.items() if place[0] not in came}
    assert sum(inside.values()) > 1000 * len(years)


MOVES = {
    "occupation_switch": (TECHNICIANS, OTHERS_AT_WORK, False),
    "occupation_switch_at_work": (TECHNICIANS, OTHERS_AT_WORK, True),
    "sector_switch": (INSIDE, OUTSIDE, True),
    "return_to_technology": (OTHERS_AT_WORK, TECHNICIANS, False),
}


def share_who_moved(
    pairs: Sequence[tuple[OnJanuary, OnJanuary]],
    sources: Sequence[str],
    targets: Sequence[str],
    gender: str,
    both: bool,
) -> float:
    part = whole = 0
    for before, after in pairs:
        if before.position not in sources or before.technical == 0 or (gender and before.woman != WOMAN[gender]):
            continue
        if both and after.position not in AT_WORK:
            continue
        whole += 1
        part += after.position in targets
    assert part >= 5
    return 100.0 * part / whole


@pytest.mark.parametrize("gender", ["women", "men", ""])
@pytest.mark.parametrize("move", MOVES)
def test_yearly_move_is_that_of_the_people(followed: Followed, move: str, gender: str) -> None:
    sources, targets, both = MOVES[move]
    for years in (range(2017, 2021), range(2017, 2023)):
        expected = share_who_moved(followed.pairs(years), sources, targets, gender, both)
        assert yearly_move(followed.ledger, sources, targets, gender, both, years) == expected
    name = f"{move}_{gender}" if gender else move
    if name in MEASURES:
        assert MEASURES[name](followed.ledger) == expected


def test_staff_is_a_count_of_technicians_by_sector_of_their_employer(followed: Followed) -> None:
    for year, people in followed.days.items():
        counted = np.zeros((len(SECTORS), 2), int)
        for person in people.values():
            assert (person.sector >= 0) == (person.position in TECHNICIANS)
            if person.sector >= 0:
                counted[person.sector, person.woman] += 1
        assert np.array_equal(followed.ledger.staff[year], counted), year
        assert (counted[:, 0] > 0).all()


# ------------------------------------------------------------------ a ledger that records the warm-up


@pytest.fixture(scope="module", params=["baseline", "ten_year_guarantee"])
def ledgers(request: pytest.FixtureRequest) -> tuple[Ledger, Ledger]:
    scenario = scenarios.load(request.param)
    days = (date(2012, 1, 1), date(2022, 1, 1))
    early, late = (
        CareerModel(scenario, scale=2000.0, rng=3, since=since, until=date(2025, 4, 1), threads=1).run()
        for since in days
    )
    assert (early.rows, late.rows) == (53, 13)
    return early, late


@pytest.mark.parametrize("name", ["flows", "vacancies", "posts", "climate", "turned_away"])
def test_recording_the_warm_up_changes_no_quarter_after_it(ledgers: tuple[Ledger, Ledger], name: str) -> None:
    early, late = (getattr(ledger, name) for ledger in ledgers)
    assert np.array_equal(early[40:], late)
    assert late.any()


def test_recording_the_warm_up_changes_no_stock_of_people_in_the_country(ledgers: tuple[Ledger, Ledger]) -> None:
    """Outside the country's schools and labour market the counts begin from nothing on the first day recorded."""
    early, late = ledgers
    assert [POSITIONS[place] for place in range(RETIRED + 1)] == ["primary_school", "abroad", "retired"]
    assert np.array_equal(early.stocks[40:, RETIRED + 1 :], late.stocks[:, RETIRED + 1 :])
    assert not late.stocks[0, : RETIRED + 1].any()


@pytest.mark.parametrize("name", ["ages", "staff"])
def test_recording_the_warm_up_changes_no_count_on_1_january(ledgers: tuple[Ledger, Ledger], name: str) -> None:
    early, late = (getattr(ledger, name) for ledger in ledgers)
    assert sorted(early) == list(range(2012, 2026))
    assert sorted(late) == list(range(2022, 2026))
    for year, table in late.items():
        assert np.array_equal(early[year], table), year


def test_recording_the_warm_up_changes_no_move_from_2022_on(ledgers: tuple[Ledger, Ledger]) -> None:
    """But for people who have left for good and stay away: those of before the first day recorded are not kept."""
    early, late = ledgers
    assert sorted(late.two_point) == list(range(2022, 2026))
    for year in (2023, 2024, 2025):
        differ = np.argwhere(early.two_point[year] != late.two_point[year])
        assert {(before, now) for before, _, now, _ in differ.tolist()} <= {(ABROAD, ABROAD), (RETIRED, RETIRED)}


@pytest.mark.parametrize(
    ("since", "message"),
    [
        (date(2017, 1, 2), "since is 2017-01-02; give a 1 January, 2022-01-01 at the latest"),
        (date(2017, 4, 1), "since is 2017-04-01; give a 1 January, 2022-01-01 at the latest"),
        (date(2022, 4, 1), "since is 2022-04-01; give a 1 January, 2022-01-01 at the latest"),
        (date(2023, 1, 1), "since is 2023-01-01; give a 1 January, 2022-01-01 at the latest"),
        (date(2011, 1, 1), "since is 2011-01-01; the warm-up begins on 2012-01-01, give that day or later"),
        (date(1990, 1, 1), "since is 1990-01-01; the warm-up begins on 2012-01-01, give that day or later"),
    ],
)
def test_a_ledger_can_only_begin_on_a_1_january_from_the_warm_up_to_2022(since: date, message: str) -> None:
    with pytest.raises(ValueError, match="since is") as refused:
        CareerModel(scenarios.load("baseline"), scale=2000.0, rng=3, since=since, threads=1)
    assert str(refused.value) == message


def test_a_ledger_can_begin_with_the_warm_up_and_with_2022() -> None:
    for year in (2012, 2022):
        model = CareerModel(scenarios.load("baseline"), scale=5000.0, rng=3, since=date(year, 1, 1), threads=1)
        assert (model.today, model.ledger.first) == (date(year, 1, 1), 4 * (year - 2000))
