"""The words of the domain: positions in a career, levels, groups, sectors; one code per word, used everywhere."""

from __future__ import annotations

from typing import Final

GENDERS: Final = ("men", "women")
BACKGROUNDS: Final = ("dutch", "migration")
FIELDS: Final = ("other", "technical")
SCHOOLS: Final = ("vmbo", "havo", "vwo")
STUDIES: Final = ("mbo2", "mbo3", "mbo4", "hbo", "wo")
LEVELS: Final = (*SCHOOLS, *STUDIES)
MARKETS: Final = ("mbo23", "mbo4", "hbo", "wo")
FACULTIES: Final = ("mbo", "hbo", "wo")
SECTORS: Final = (
    "construction", "metal", "energy", "ict", "chemistry", "other_industry", "food_industry", "other_sectors",
)  # fmt: skip
SIZES: Final = ("small", "medium", "large")
AGES: Final = (
    "under_20", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59",
    "60-61", "62-63", "at_64", "at_65", "at_66", "67-69", "70+",
)  # fmt: skip
AGE_FROM: Final = (0, 20, 25, 30, 35, 40, 45, 50, 55, 60, 62, 64, 65, 66, 67, 70)
ORIGINS: Final = ("dutch", "migration", "international")
POOLS: Final = ("work", "unemployment", "inactivity")
"""Where people come from who start in a retraining programme."""

POSITIONS: Final = (
    "primary_school", "abroad", "retired",
    "school", "school_technical", "school_other",
    "study_mbo2_technical", "study_mbo3_technical", "study_mbo4_technical",
    "study_hbo_technical", "study_wo_technical",
    "study_mbo2_other", "study_mbo3_other", "study_mbo4_other", "study_hbo_other", "study_wo_other",
    "graduate",
    "technician_technical_sector", "technician_other_sector",
    "manager", "other_job_technical_sector", "other_job",
    "seeking", "retraining", "inactive",
)  # fmt: skip
"""Code of a position = its place in this list; `sim/career_graph.yaml` gives each its meaning and its transitions."""

PRIMARY_SCHOOL: Final = 0
ABROAD: Final = 1
RETIRED: Final = 2
SCHOOL: Final = 3
SCHOOL_TECHNICAL: Final = 4
SCHOOL_OTHER: Final = 5
STUDY_TECHNICAL: Final = 6  # first of five, in the order of STUDIES
STUDY_OTHER: Final = 11  # first of five, in the order of STUDIES
GRADUATE: Final = 16
TECHNICIAN: Final = 17  # technical occupation in a technical sector
TECHNICIAN_OTHER_SECTOR: Final = 18
MANAGER: Final = 19
OTHER_JOB_TECHNICAL_SECTOR: Final = 20
OTHER_JOB: Final = 21
SEEKING: Final = 22
RETRAINING: Final = 23
INACTIVE: Final = 24

STAY: Final = -1  # a decision that changes nothing
SEARCH: Final = -2  # look for technical work this quarter, keeping the position until hired

HBO: Final = 6
WO: Final = 7
FIRST_STUDY: Final = 3  # level code of mbo2, the first of STUDIES
MBO4: Final = 5
MBO_STUDIES: Final = 3  # studies with a lower code are mbo
TECHNICAL_SECTORS: Final = 7  # sectors with a lower code are technical
