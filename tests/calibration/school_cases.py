"""Measures of school and study: for each a ledger filled by hand, with the value worked out beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from .hand_made import (
    HIGHER_TECHNICAL,
    LEAVERS,
    MBO_OTHER,
    MBO_TECHNICAL,
    OTHER_STUDIES,
    SCALE,
    TECHNICAL_STUDIES,
    TECHNICIANS,
    WOMAN,
    Book,
    Case,
    for_both,
    from_to,
    window,
)


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
