"""Figures as the documents print them: each was read in the Dutch original, not copied from the YAML."""

from __future__ import annotations

Figure = float | tuple[float, float] | None

# Groups of figures that tests of the targets need as well.
YEARLY_SWITCHES: dict[str, float] = {  # yearly moves out of technical occupations
    "switch_tech_occ_to_nontech_occ_women_2022src": 5.6,
    "switch_tech_occ_to_nontech_occ_men_2022src": 2.9,
}
WORK_OF_EDUCATED: dict[str, float] = {  # where the technically educated are
    "tech_educated_in_tech_occupation_share": 48,
    "tech_educated_in_nontech_occupation_share": 43,
    "tech_educated_unknown_or_unemployed_share": 9,
}
WITHOUT_DIPLOMA: dict[str, float] = {  # holders of technical occupations without a technical diploma
    "women_in_tech_occ_without_tech_diploma_share": 72,
    "men_in_tech_occ_without_tech_diploma_share": 40,
}
SCHOOL_CHOICES: dict[str, float] = {  # choices at school, and of a study after it
    "vmbo_girls_choose_tech": 4,
    "vmbo_boys_choose_tech": 36,
    "vmbo_to_tech_mbo_women": 9,
    "vmbo_to_tech_mbo_men": 48,
    "havo_to_tech_ho_women": 15,
    "havo_to_tech_ho_men": 42,
    "vwo_to_tech_ho_women": 32,
    "vwo_to_tech_ho_men": 53,
}
STUDY_CHOICES: dict[str, float] = {  # choices of a study
    "women_mbo_choose_betatech": 8,
    "women_hbo_choose_betatech": 12,
    "mbo_tech_choice_migration_background": 18,
    "mbo_tech_choice_dutch_background": 30,
}

LETTER_2022: dict[str, Figure] = {  # Kamerstuk 29 544, nr. 1120, 15 July 2022
    "vacancies_tech_record": 100_000,
    "ict_sector_job_growth_pct": 7,
    "ict_sector_job_growth_abs": 30_000,
    "unemployment_tech_educated": 3.2,
    "unemployment_national": 4.2,
    **STUDY_CHOICES,
    **YEARLY_SWITCHES,
    "gap_academy_training": None,
}
LETTER_2023: dict[str, Figure] = {"study_duration": (2, 4)}  # Kamerstuk 29 544, nr. 1173, 3 February 2023
REPORT_2021: dict[str, Figure] = {  # Kamerstuk 32 637, nr. 448, 10 March 2021
    # answers to the parties
    "hybrid_teachers_mbo": 3131,
    "hybrid_teachers_mbo_share": 10.9,
    "hybrid_teachers_hbo": 3719,
    "hybrid_teachers_hbo_share": 12.4,
    "guest_teacher_hours_cap": 6,
    "sme_partners_first_year": 905,
    "secondary_pupils_2016": 1_000_000,
    "secondary_pupils_2031": 870_000,
    "secondary_pupils_decline": 12,
    "retraining_trajectory_duration": 6,
    "retraining_trajectory_employer_subsidy": 1350,
    "retraining_trajectory_course_price": 1575,
    "search_year_granted_2019": 5160,
    "search_year_granted_2020": 4570,
    "residence_after_search_year_2019": 2420,
    "residence_after_search_year_2020": 2580,
    "residence_after_search_year_for_work": 80,
    "students_switching_out_of_betatech": 10,
    **WORK_OF_EDUCATED,
    "needs_technical_knowledge_share": 82,
    "alumni_in_tech_occupation_share_saxion_ut": 50,
    "job_openings_tech_to_2024": 274_100,
    "job_openings_ict_to_2024": 55_800,
    "mean_age_in_tech_occupation": 42.3,
    "mean_age_all_occupations": 41,
    "share_55_74_in_tech_occupation": 21,
    "share_55_74_all_occupations": 21,
    # annex, education
    **SCHOOL_CHOICES,
    "hbo_tech_diploma_share_nonwestern": 14,
    "hbo_tech_diploma_share_dutch": 15,
    "wo_bachelor_tech_diploma_share_nonwestern": 18,
    "wo_bachelor_tech_diploma_share_dutch": 26,
    "wo_master_tech_diploma_share_migration": 31,
    "wo_master_tech_diploma_share_dutch": 22,
    "ict_study_boys_to_girls_ratio": 6,
    "ict_study_growth_girls_10y": 178,
    "ict_study_growth_boys_10y": 84,
    # annex, labour market
    "tech_diploma_working_in_tech_occ_or_sector_women": (34, 37),
    "tech_diploma_working_in_tech_occ_or_sector_men": (70, 75),
    "switch_to_nontech_sector_women_2020src": 7.7,
    "switch_to_nontech_sector_men_2020src": 3.6,
    "switch_to_nontech_occ_women_2020src": 10.6,
    "switch_to_nontech_occ_men_2020src": 5.4,
    **WITHOUT_DIPLOMA,
    "women_in_tech_occ_outside_tech_sector_share": 54,
    "women_in_tech_occ_inside_tech_sector_share": 36,
    "women_in_tech_occ_sector_unknown_share": 10,
    "men_in_tech_occ_outside_tech_sector_share": 37,
    "men_in_tech_occ_inside_tech_sector_share": 54,
    "men_in_tech_occ_sector_unknown_share": 8,
    "men_share_of_tech_occ_in_sector_construction": 98,
    "men_share_of_tech_occ_in_sector_metal": 94,
    "men_share_of_tech_occ_in_sector_energy_and_minerals": 92,
    "men_share_of_tech_occ_in_sector_ict": 88,
    "men_share_of_tech_occ_in_sector_chemistry": 88,
    "men_share_of_tech_occ_in_sector_other_industry": 78,
    "men_share_of_tech_occ_in_sector_food_industry": 75,
    "vacancies_tech_2020": 56_300,
    "vacancies_ict_2020": 13_900,
}

PRINTED = [
    (number, name, value)
    for number, values in (
        ("Kamerstuk 29 544, nr. 1120", LETTER_2022),
        ("Kamerstuk 29 544, nr. 1173", LETTER_2023),
        ("Kamerstuk 32 637, nr. 448", REPORT_2021),
    )
    for name, value in values.items()
]
"""Every figure with the document that prints it and its name in the fact book."""
