"""How facts of school and study are measured in a ledger: by the statistician's population, definition and period."""

from __future__ import annotations

from collections.abc import Iterable

from agents.positions import SCHOOLS, STUDIES
from calibration.counting import GENDERS, WINDOW, Counts, flows, percent
from sim.career_graph import study_positions
from sim.ledger import Ledger

LEAVERS = ("school_technical", "school_other")


def profile_share(ledger: Ledger, gender: str, school: str) -> float:
    """Percent of the pupils of a school type who choose a technical profile."""
    place = SCHOOLS.index(school), ..., GENDERS[gender]
    technical = flows(ledger, ["school"], ["school_technical"])[place].sum()
    other = flows(ledger, ["school"], ["school_other"])[place].sum()
    return percent(float(technical), float(technical + other))


def study_share(ledger: Ledger, gender: str, school: str) -> float:
    """Percent of the leavers of a school type who go on, to a technical study."""
    place = SCHOOLS.index(school), ..., GENDERS[gender]
    technical = flows(ledger, LEAVERS, study_positions(True))[place].sum()
    other = flows(ledger, LEAVERS, study_positions(False))[place].sum()
    return percent(float(technical), float(technical + other))


def _entries(
    ledger: Ledger, studies: tuple[str, ...], field: str, abroad: bool = False, years: Iterable[int] = WINDOW
) -> Counts:
    """Entrants of some levels of study in a field, from school, a level below them all, or abroad."""
    span, targets = list(years), [f"study_{level}_{field}" for level in studies]
    found = flows(ledger, [*LEAVERS, *(["abroad"] if abroad else [])], targets, span)
    below = STUDIES[: STUDIES.index(studies[0])]
    if below:  # a level leads to the next one only
        found = found + flows(ledger, [f"study_{below[-1]}_other", "graduate"], targets[:1], span)
    return found


def entrants_share(ledger: Ledger, studies: tuple[str, ...], gender: str = "", background: int = -1) -> float:
    """Percent of the entrants of some levels of study, from school or a lower level, who choose a technical one."""
    genders = [GENDERS[gender]] if gender else [0, 1]
    backgrounds = [background] if background >= 0 else [0, 1]
    technical, other = (
        float(_entries(ledger, studies, field)[:, :, backgrounds][..., genders].sum())
        for field in ("technical", "other")
    )
    return percent(technical, technical + other)


def technical_entrants(ledger: Ledger, studies: tuple[str, ...], years: Iterable[int]) -> float:
    """Entrants of technical studies at some levels, those from abroad too, per year, in people."""
    span = list(years)
    return float(_entries(ledger, studies, "technical", abroad=True, years=span).sum() * ledger.scale / len(span))


def women_among_entrants(ledger: Ledger, studies: tuple[str, ...]) -> float:
    """Percent of women among the entrants of technical studies at some levels, those from abroad too."""
    entrants = _entries(ledger, studies, "technical", abroad=True).sum(axis=(0, 1, 2))
    return percent(float(entrants[1]), float(entrants.sum()))


def switch_share(ledger: Ledger) -> float:
    """Percent of technical students who switch to another field during the study: switches over entrants."""
    technical, other = study_positions(True), study_positions(False)
    switches = flows(ledger, technical, other).sum()
    entrants = flows(ledger, (*LEAVERS, "abroad", "graduate"), technical).sum()
    return percent(float(switches), float(entrants))


def _diplomas(ledger: Ledger, level: str, field: str) -> Counts:
    """Diplomas of a level in a field: every technical one passes through `graduate`, others lead to work or on."""
    if field == "technical":
        return flows(ledger, [f"study_{level}_technical"], ["graduate"])
    further = STUDIES[STUDIES.index(level) + 1 :][:1]
    return flows(ledger, [f"study_{level}_other"], ["other_job", *(f"study_{level}_other" for level in further)])


def technical_diplomas(ledger: Ledger, levels: tuple[str, ...]) -> float:
    """Technical diplomas at some levels, per year, in people."""
    found = sum(_diplomas(ledger, level, "technical").sum() for level in levels)
    return float(found * ledger.scale / len(WINDOW))


def diploma_share(ledger: Ledger, levels: tuple[str, ...], background: int = -1) -> float:
    """Percent of technical ones among the diplomas at some levels, for a background or for all."""
    backgrounds = [background] if background >= 0 else [0, 1]
    technical, other = (
        sum(float(_diplomas(ledger, level, field)[:, :, backgrounds].sum()) for level in levels)
        for field in ("technical", "other")
    )
    return percent(technical, technical + other)


def leaving_without_diploma(ledger: Ledger, level: str) -> float:
    """Percent of those who end a study at a level, in any field, who do so without a diploma."""
    sources = [f"study_{level}_technical", f"study_{level}_other"]
    left = flows(ledger, sources, ["seeking", "technician_technical_sector", "technician_other_sector"]).sum()
    diplomas = sum(_diplomas(ledger, level, field).sum() for field in ("technical", "other"))
    return percent(float(left), float(left + diplomas))


def growth_of_entrants(ledger: Ledger, gender: str, first: int, last: int) -> float:
    """Percent by which the entrants of technical higher education of a gender grow from one year to another."""
    before, after = (
        _entries(ledger, ("hbo", "wo"), "technical", abroad=True, years=[year])[..., GENDERS[gender]].sum()
        for year in (first, last)
    )
    return percent(float(after - before), float(before))
