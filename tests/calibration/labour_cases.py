"""Measures of the labour market: for each a ledger filled by hand, with the value worked out beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from agents.positions import LEVELS, POSITIONS, SECTORS
from sim.clock import first_day, quarter_of

from .hand_made import (
    AT_WORK,
    INSIDE,
    JOBLESS,
    NOT_AT_WORK,
    OTHERS_AT_WORK,
    OUTSIDE,
    SCALE,
    TECHNICIANS,
    WOMAN,
    Book,
    Case,
    between_januaries,
    counted_on_1_january,
    for_both,
    on_1_january,
    row,
    window,
)

# Printed in Kamerstuk 32 637, nr. 448 and 29 544, nr. 1120.
OCCUPATION_UNKNOWN = 9 - 3.2
SECTOR_UNKNOWN = {"women": 10, "men": 8}


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
            ("_2013", 2013, LEVELS),
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
}
