"""How pupils and students decide: school type, profile, study, switch, drop-out, graduation."""

from __future__ import annotations

from agents.choose import pick, scaled, shifted
from agents.circumstances import Climate, Person, School
from agents.parameters import Parameters
from agents.positions import (
    FIRST_STUDY,
    MBO_STUDIES,
    SCHOOL_OTHER,
    SCHOOL_TECHNICAL,
    SEARCH,
    SEEKING,
    STAY,
    STUDIES,
    STUDY_OTHER,
)
from agents.rule import rule

SWITCHED, DROPPED_OUT, HIRED_EARLY = 0, 1, 2


@rule
def school_type(u: float, p: Parameters) -> int:
    """Type of secondary school of a new pupil: vmbo, havo or vwo."""
    if u < p.school_type[0]:
        return 0
    return 1 if u < p.school_type[0] + p.school_type[1] else 2


@rule
def interest(who: Person, climate: Climate, p: Parameters) -> float:
    """Shift, on the log-odds scale, of every choice for or against technology by one pupil.

    Role models: a parent in a technical occupation (KBA, Kamerstuk 32 637, nr. 448) and women in technical work.
    The guarantee lowers the perceived risk of a technical career.
    """
    effect = p.choice_parent * (who.parent - p.parent_technical) + p.choice_guarantee * climate.coverage
    if who.woman == 1:
        effect += p.choice_role_models * climate.women
    return effect


@rule
def lasting_contact(contact: float, who: Person, p: Parameters) -> float:
    """Shift of the choice of profile by contact with technology at primary school, years before.

    Children who meet technology at the ages of 6 to 10 keep a positive association, and regular lessons give most
    to girls, who are stimulated less at home (Kamerstuk 29 544, nr. 1120, footnote 15).
    """
    effect = p.primary_contact_choice
    if who.woman == 1:
        effect += p.primary_contact_girls
    return contact * effect


@rule
def profile(u: float, who: Person, contact: float, climate: Climate, p: Parameters) -> int:
    """Leak point 1: choose a technical profile at school, or another.

    `contact` is the part of the years from 6 to 10 in which the pupil had more contact with technology than in 2022.
    """
    shift = interest(who, climate, p) + p.early_contact[who.woman, who.level] + lasting_contact(contact, who, p)
    share = shifted(p.profile_technical[who.woman, who.level], shift)
    return SCHOOL_TECHNICAL if u < share else SCHOOL_OTHER


@rule
def continues(u: float, who: Person, p: Parameters) -> bool:
    """Whether a school leaver goes on to a study rather than to the labour market."""
    return u < p.continue_study[who.level]


@rule
def technical_study(u: float, technical_profile: int, who: Person, climate: Climate, p: Parameters) -> int:
    """Leak point 2: choose a technical study (1) or another (0), given the profile chosen before.

    Young people with a migration background choose technology less often in mbo, not in hbo: by school type.
    """
    if technical_profile == 1:
        base = p.study_after_technical[who.woman, who.level]
    else:
        base = p.study_after_other[who.woman, who.level]
    share = shifted(base, interest(who, climate, p) + p.choice_background[who.migrant, who.level])
    return 1 if u < share else 0


@rule
def study_level(u: float, technical: int, who: Person, p: Parameters) -> int:
    """Level of the study that a school leaver enters, 0 (mbo 2) to 4 (wo)."""
    if who.level == 0:
        if u < p.vmbo_to[technical, 0]:
            return 0
        return 1 if u < p.vmbo_to[technical, 0] + p.vmbo_to[technical, 1] else 2
    if who.level == 1:
        return 3
    return 4 if u < p.vwo_to_wo else 3


@rule
def chooses_profile(quarters: int, who: Person, p: Parameters) -> bool:
    """Whether a pupil has reached the year in which the profile is chosen."""
    return quarters >= 4.0 * p.profile_years[who.level]


@rule
def leaves_school(quarters: int, who: Person, p: Parameters) -> bool:
    """Whether a pupil has reached the end of school, counted from the choice of profile."""
    return quarters >= 4.0 * p.upper_years[who.level]


@rule
def placed(who: Person, school: School, p: Parameters) -> float:
    """Chance to find the placement that a diploma takes, against that of 2022.

    Students without a placement or apprenticeship are delayed; with a migration background they are without one more
    often (Kamerstuk 32 637, nr. 448, answers to CDA and D66; Kamerstuk 29 544, nr. 1173, Stagepact).
    """
    excluded = p.place_exclusion * who.migrant
    now = school.short * (1.0 + excluded * (1.0 - p.fair_placement))
    before = school.short_before * (1.0 + excluded)
    return (1.0 - min(now, 1.0)) / (1.0 - min(before, 0.5))


@rule
def graduates(u: float, study: int, technical: int, who: Person, school: School, p: Parameters) -> bool:
    """Whether a student gets the diploma this September: not before the nominal time, and then not all at once."""
    share = p.study_finish[technical, study]
    if technical == 1:
        share *= placed(who, school, p)
    return who.quarters >= 4.0 * p.study_years[study] and u < share


@rule
def goes_on(u: float, study: int, p: Parameters) -> bool:
    """Whether a graduate goes on to the next level in the same field; above wo there is none."""
    return study < len(STUDIES) - 1 and u < p.study_continue[study]


@rule
def switch_rate(study: int, who: Person, school: School, p: Parameters) -> float:
    """Leak point 3: rate per year of leaving a technical study for another field.

    Practice in the curriculum and fit with prior knowledge keep students (KBA, Kamerstuk 32 637, nr. 448);
    young people without a role model switch more.
    """
    effect = -p.practice_switch * school.practice + p.switch_no_parent * (p.parent_technical - who.parent)
    effect -= p.study_fit[study]
    if who.woman == 1:
        effect += p.switch_women
    return scaled(p.switch_base[study], effect)


@rule
def drop_out_rate(study: int, technical: int, who: Person, school: School, climate: Climate, p: Parameters) -> float:
    """Leak point 4: rate per year of leaving a study without a diploma, for work or worklessness.

    Who learns at work drops out less; so does who chose with better knowledge of the study.
    """
    effect = p.drop_out_migrant * who.migrant
    if technical == 1:
        effect += p.scarcity_drop_out * school.scarcity - p.practice_drop_out * school.practice
        effect -= p.study_fit[study]
        if study < MBO_STUDIES:
            effect -= p.apprentice_drop_out * climate.apprentices
    return scaled(p.drop_out[technical, study], effect)


@rule
def early_hiring_rate(study: int, climate: Climate, p: Parameters) -> float:
    """Leak point 4 by "green picking": rate per year of being hired away before the diploma, more when tight."""
    return p.early_hiring[study] * climate.tightness / p.tightness_reference


@rule
def study_risks(
    study: int, technical: int, who: Person, school: School, climate: Climate, p: Parameters
) -> tuple[float, float, float]:
    """Rates per year of switch, drop-out and early hiring; only drop-out concerns other studies than technical."""
    leave = drop_out_rate(study, technical, who, school, climate, p)
    if technical == 0:
        return (0.0, leave, 0.0)
    return (switch_rate(study, who, school, p), leave, early_hiring_rate(study, climate, p))


@rule
def study_quarter(
    u: float, dt: float, study: int, technical: int, who: Person, school: School, climate: Climate, p: Parameters
) -> int:
    """What happens to a student this quarter: a study of another field, drop-out, early hiring, or nothing.

    Who is hired early looks for technical work as a student and leaves the study only if hired.
    """
    event = pick(u, dt, study_risks(study, technical, who, school, climate, p))
    if event == SWITCHED:
        return STUDY_OTHER + study
    if event == DROPPED_OUT:
        return SEEKING
    return SEARCH if event == HIRED_EARLY else STAY


@rule
def diploma_level(study: int) -> int:
    """Level code of the diploma of a study."""
    return FIRST_STUDY + study
