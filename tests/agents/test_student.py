"""The rules of pupils and students by hand: values worked out on paper."""

from __future__ import annotations

from math import exp, log

from agents import student
from agents.positions import SCHOOL_OTHER, SCHOOL_TECHNICAL, SEARCH, SEEKING, STAY, STUDY_OTHER

from .conftest import CALM, CLASS, MAN, about, given_parameters, just_above, just_below, told

PUPIL = MAN._replace(level=1)  # havo


def test_school_type() -> None:
    p = given_parameters(school_type={"vmbo": 0.5, "havo": 0.3, "vwo": 0.2})
    found = [told(student.school_type, u, p) for u in (0.1, just_below(0.5), 0.5, just_below(0.8), 0.8, 0.99)]
    assert found == [0, 0, 1, 1, 2, 2]


def test_interest() -> None:
    p = given_parameters(choice_parent=0.5, parent_technical=0.3, choice_guarantee=0.15, choice_role_models=2.0)
    climate = CALM._replace(coverage=0.4, women=0.05)
    assert told(student.interest, PUPIL, climate, p) == about(-0.15 + 0.06)
    assert told(student.interest, PUPIL._replace(parent=1), climate, p) == about(0.35 + 0.06)
    assert told(student.interest, PUPIL._replace(woman=1), climate, p) == about(-0.15 + 0.06 + 0.1)


def test_profile() -> None:
    p = given_parameters(profile_technical={"men": {"havo": 0.5}, "women": {"havo": 0.25}}, early_contact=log(3.0))
    for woman, share in ((0, 0.75), (1, 0.5)):
        who = PUPIL._replace(woman=woman)
        assert told(student.profile, just_below(share), who, 0.0, CALM, p) == SCHOOL_TECHNICAL
        assert told(student.profile, just_above(share), who, 0.0, CALM, p) == SCHOOL_OTHER


def test_contact_at_primary_school_shifts_the_profile() -> None:
    p = given_parameters(
        profile_technical={"men": {"havo": 0.5}, "women": {"havo": 0.5}},
        primary_contact_choice=log(3.0), primary_contact_girls=log(2.0),
    )  # fmt: skip
    for woman, contact, share in ((0, 1.0, 0.75), (1, 1.0, 6 / 7), (0, 0.5, 3**0.5 / (1 + 3**0.5)), (1, 0.0, 0.5)):
        who = PUPIL._replace(woman=woman)
        assert told(student.profile, just_below(share), who, contact, CALM, p) == SCHOOL_TECHNICAL
        assert told(student.profile, just_above(share), who, contact, CALM, p) == SCHOOL_OTHER


def test_continuing() -> None:
    p = given_parameters(continue_study={"havo": 0.95})
    assert told(student.continues, just_below(0.95), PUPIL, p)
    assert not told(student.continues, 0.95, PUPIL, p)


def test_study_field() -> None:
    p = given_parameters(
        study_after_technical={"men": {"havo": 0.8}}, study_after_other={"men": {"havo": 0.2}},
        choice_background={"migration": {"havo": log(0.5)}},
    )  # fmt: skip
    migrant = PUPIL._replace(migrant=1)
    for profile, who, share in ((1, PUPIL, 0.8), (0, PUPIL, 0.2), (1, migrant, 2 / 3), (0, migrant, 1 / 9)):
        assert told(student.technical_study, just_below(share), profile, who, CALM, p) == 1
        assert told(student.technical_study, just_above(share), profile, who, CALM, p) == 0


def test_study_level() -> None:
    p = given_parameters(vmbo_to={"technical": {"mbo2": 0.25, "mbo3": 0.25, "mbo4": 0.5}}, vwo_to_wo=0.8)
    vmbo, vwo = MAN, MAN._replace(level=2)
    assert [told(student.study_level, u, 1, vmbo, p) for u in (0.2, 0.25, 0.49, 0.5, 0.9)] == [0, 1, 1, 2, 2]
    assert [told(student.study_level, u, 1, PUPIL, p) for u in (0.01, 0.99)] == [3, 3]
    assert [told(student.study_level, u, 0, vwo, p) for u in (just_below(0.8), 0.8)] == [4, 3]


def test_times_at_school_and_in_study() -> None:
    p = given_parameters(
        profile_years={"havo": 3}, upper_years={"havo": 2},
        study_years={"mbo4": 4}, study_finish={"technical": {"mbo4": 0.85}}, study_continue={"mbo4": 0.3, "wo": 0.3},
    )  # fmt: skip
    assert [told(student.chooses_profile, q, PUPIL, p) for q in (11, 12)] == [False, True]
    assert [told(student.leaves_school, q, PUPIL, p) for q in (7, 8)] == [False, True]
    young, due = MAN._replace(quarters=15), MAN._replace(quarters=16)
    assert not told(student.graduates, 0.1, 2, 1, young, CLASS, p)
    assert told(student.graduates, just_below(0.85), 2, 1, due, CLASS, p)
    assert not told(student.graduates, 0.85, 2, 1, due, CLASS, p)
    assert not told(student.graduates, 0.1, 2, 0, due, CLASS, p)
    assert [told(student.goes_on, u, 2, p) for u in (just_below(0.3), 0.3)] == [True, False]
    assert not told(student.goes_on, 0.1, 4, p)  # there is nothing above wo
    assert [told(student.diploma_level, study) for study in range(5)] == [3, 4, 5, 6, 7]


def test_leaving_a_study() -> None:
    p = given_parameters(
        switch_base={"hbo": 0.03}, practice_switch=1.5, switch_no_parent=0.4, parent_technical=0.25, switch_women=0.2,
        drop_out={"technical": {"hbo": 0.08}, "other": {"hbo": 0.1}}, drop_out_migrant=0.35,
        scarcity_drop_out=0.5, practice_drop_out=1.0, early_hiring={"hbo": 0.01}, tightness_reference=0.05,
    )  # fmt: skip
    school, climate = CLASS._replace(scarcity=0.4, practice=0.2), CALM._replace(tightness=0.1)
    girl = MAN._replace(woman=1, migrant=1)
    assert told(student.switch_rate, 3, MAN._replace(parent=1), school, p) == about(0.03 * exp(-0.3 - 0.3))
    assert told(student.switch_rate, 3, girl, school, p) == about(0.03 * exp(-0.3 + 0.1 + 0.2))
    assert told(student.drop_out_rate, 3, 1, girl, school, climate, p) == about(0.08 * exp(0.35 + 0.2 - 0.2))
    assert told(student.drop_out_rate, 3, 0, MAN, school, climate, p) == about(0.1)
    assert told(student.early_hiring_rate, 3, climate, p) == about(0.02)
    risks = told(student.study_risks, 3, 1, MAN, school, climate, p)
    assert risks == about((0.03 * exp(-0.3 + 0.1), 0.08, 0.02))
    assert told(student.study_risks, 3, 0, MAN, school, climate, p) == about((0.0, 0.1, 0.0))


def test_finding_a_placement() -> None:
    p = given_parameters(place_exclusion=1.0, fair_placement=0.5)
    before = CLASS._replace(short=0.1, short_before=0.1)
    migrant = MAN._replace(migrant=1)
    assert told(student.placed, MAN, before, p) == 1.0
    assert told(student.placed, migrant, before, p) == about(0.85 / 0.8)  # half of the exclusion is taken away
    assert told(student.placed, MAN, before._replace(short=0.0), p) == about(1.0 / 0.9)
    assert told(student.placed, migrant, before._replace(short=0.0), p) == about(1.0 / 0.8)
    unfair = given_parameters(place_exclusion=1.0)
    assert told(student.placed, migrant, before, unfair) == 1.0


def test_fewer_places_fewer_diplomas() -> None:
    p = given_parameters(study_years={"mbo4": 4}, study_finish={"technical": {"mbo4": 0.8}, "other": {"mbo4": 0.8}})
    due, scarce = MAN._replace(quarters=16), CLASS._replace(short=0.25)
    assert told(student.graduates, just_below(0.6), 2, 1, due, scarce, p)
    assert not told(student.graduates, just_above(0.6), 2, 1, due, scarce, p)
    assert told(student.graduates, just_below(0.8), 2, 0, due, scarce, p)  # other studies are not concerned


def test_fit_and_learning_at_work_keep_students() -> None:
    p = given_parameters(
        switch_base=0.1, drop_out={"technical": dict.fromkeys(("mbo4", "hbo"), 0.1)}, study_fit=0.3,
        apprentice_drop_out=0.5,
    )  # fmt: skip
    climate = CALM._replace(apprentices=0.4)
    assert told(student.switch_rate, 2, MAN, CLASS, p) == about(0.1 * exp(-0.3))
    assert told(student.drop_out_rate, 2, 1, MAN, CLASS, climate, p) == about(0.1 * exp(-0.3 - 0.2))
    assert told(student.drop_out_rate, 3, 1, MAN, CLASS, climate, p) == about(0.1 * exp(-0.3))


def test_a_quarter_in_a_study() -> None:
    p = given_parameters(
        switch_base={"hbo": 1.0}, drop_out={"technical": {"hbo": 1.0}, "other": {"hbo": 4.0}},
        early_hiring={"hbo": 2.0}, tightness_reference=0.1,
    )  # fmt: skip
    climate = CALM._replace(tightness=0.1)
    chance = 1.0 - exp(-1.0)
    for part, event in ((0.1, STUDY_OTHER + 3), (0.3, SEEKING), (0.6, SEARCH), (0.99, SEARCH), (1.01, STAY)):
        assert told(student.study_quarter, part * chance, 0.25, 3, 1, MAN, CLASS, climate, p) == event
    for part, event in ((0.1, SEEKING), (0.99, SEEKING), (1.01, STAY)):
        assert told(student.study_quarter, part * chance, 0.25, 3, 0, MAN, CLASS, climate, p) == event
