"""Mechanisms around working: education, demand and the market, demography and careers."""

from __future__ import annotations

from .mechanism import BOOM, FOREVER, SCARCE, Row, all_sectors
from .paths import (
    OTHER_WORK,
    PUPILS,
    TECHNICAL_STUDIES,
    TECHNICIANS,
    activation,
    boys_profile,
    climate,
    diplomas,
    drop_out,
    everybody_but,
    flow,
    leak,
    leaving_other_work,
    posts,
    rate,
    separations,
    technical_students,
    technicians,
    turned_away,
    vacancies,
    way_in,
)

AROUND_WORK = [
    # ---- education
    Row(
        "early contact with technology leads to technical profiles", "early_contact", {"add": 0.3},
        down={"other profiles": leak(1)}, up={"technical students": technical_students}, years=8,
        same={"everybody but pupils, until they leave school": (everybody_but(PUPILS), 10)},
    ),
    Row(
        "practice in the curriculum keeps students", "practice_switch", {"multiply": 4.0},
        down={"switches": leak(3)},
        same={"separations": (separations, 1), "leaving other work": (leaving_other_work, 1)},
    ),
    Row(
        "practice in the curriculum keeps students from dropping out", "practice_drop_out", {"multiply": 6.0},
        down={"drop-out": drop_out},
        same={"separations": (separations, 1), "leaving other work": (leaving_other_work, 1)},
    ),
    Row(
        "hybrid teachers bring practice and seats, and cost employers hours", "hybrid_teachers",
        {"add": {"mbo": 6000, "hbo": 4000}},
        down={"switches": rate(leak(3), technical_students), "drop-out": rate(drop_out, technical_students)},
        up={"technical students": technical_students, "posts": posts},
        same={"boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "girls and women switch more", "switch_women", {"multiply": 3.0},
        up={"their switches": leak(3, "women")},
        same={"men's switches": (leak(3, "men"), 3), "separations": (separations, 1)},
    ),
    Row(
        "students with a migration background drop out more", "drop_out_migrant", {"multiply": 2.0},
        up={"their drop-out": flow(TECHNICAL_STUDIES, ("seeking",), "migration")},
        same={"drop-out of others": (flow(TECHNICAL_STUDIES, ("seeking",), "dutch"), 1)},
    ),
    Row(
        "without seats students go elsewhere", "students_per_teacher", {"multiply": 0.7},
        down={"technical students": technical_students, "diplomas": diplomas},
        up={"turned away": turned_away, "other studies": leak(2)}, years=5,
        same={"everybody, until September": (everybody_but(()), 2), "separations": (separations, 3)},
    ),
    Row(
        "scarce teachers raise drop-out", "scarcity_drop_out", {"multiply": 4.0},
        up={"drop-out": drop_out}, base=SCARCE,
        same={"men's profile": (boys_profile, FOREVER)},
    ),
    Row(
        "teachers retire and are hard to replace", "teacher_replacement", {"multiply": 0.0},
        down={"technical students": technical_students}, years=6,
        same={"separations": (separations, 1), "technicians": (technicians, 1)},
    ),
    Row(
        "students are picked green", "early_hiring", {"multiply": 2.0},
        up={"hired early": way_in("early_hiring"), "leaving a study": leak(4)}, down={"diplomas": diplomas},
        same={"separations": (separations, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "graduates take other first jobs", "first_job_other", {"multiply": 1.5},
        up={"other first jobs": leak(5)}, down={"graduates into technical work": way_in("graduates")},
        same={"separations": (separations, 1)},
    ),
    Row(
        "international graduates leave", "graduate_abroad", {"multiply": 2.0},
        up={"abroad": leak(11)}, years=5,
        same={"separations": (separations, 1)},
    ),
    # ---- demand and the market
    Row(
        "demand pulls people in, and students out before their diploma", "demand_growth", all_sectors(0.04),
        up={
            "posts": posts, "open posts": vacancies, "technicians": technicians, "tightness": climate("tightness"),
            "hired early": way_in("early_hiring"),
        },
        same={"boys' profile": (boys_profile, FOREVER), "activation": (activation, 1)},
    ),
    Row(
        "productivity lowers the demand for technicians", "productivity_growth", {"add": 0.02},
        down={
            "posts": posts, "open posts": vacancies, "technicians": technicians, "side entry": way_in("side_entry"),
        },
        same={"boys' profile": (boys_profile, FOREVER), "activation": (activation, 1)},
    ),
    Row(
        "where posts are cut, people are laid off", "demand_growth", all_sectors(-0.1),
        up={"out of work": leak(9)}, down={"technicians": technicians},
        same={"boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "who is laid off where posts are cut", "slack_layoff", {"multiply": 3.0},
        up={"out of work": leak(9)}, base=(("demand_growth", (("multiply", -5.0),)),),
        same={"leaving other work": (leaving_other_work, 1)},
    ),
    Row(
        "the better parties find each other, the fewer posts stay open", "matching_efficiency", {"multiply": 0.5},
        up={"open posts": vacancies}, down={"technicians": technicians, "side entry": way_in("side_entry")},
        same={"separations": (separations, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "real pay follows shortage", "pay_elasticity", {"multiply": 5.0},
        up={"pay": climate("pay")}, base=BOOM, first=8, years=2,
        same={"activation": (activation, 1)},
    ),
    Row(
        "employers adopt practices of their own accord", "adoption_base", {"multiply": 10.0},
        up={name: climate(name) for name in ("part_time", "culture")},
        same={"activation": (activation, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "employers adopt practices from the employers they know", "adoption_imitation", {"multiply": 10.0},
        up={name: climate(name) for name in ("part_time", "culture")},
        same={"activation": (activation, 1)},
    ),
    Row(
        "shortage makes employers adopt practices", "adoption_shortage", {"multiply": 3.0},
        up={name: climate(name) for name in ("part_time", "culture")}, years=6,
        same={"activation": (activation, 1)},
    ),
    # ---- demography and careers
    Row(
        "who retires later stays longer", "retirement", {"multiply": 0.6},
        down={"retirement": leak(10)}, up={"technicians": technicians},
        same={"boys' profile": (boys_profile, FOREVER), "switches": (leak(3), 2)},
    ),
    Row(
        "people come from abroad", "arrivals_technical", {"multiply": 2.0},
        up={"migration": way_in("migration"), "technicians": technicians}, down={"open posts": vacancies},
        same={"separations": (separations, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "people leave the country", "emigration", {"multiply": 2.0},
        up={"abroad": leak(11)}, down={"technicians": technicians},
        same={"boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "technicians are promoted to management within the sector", "promotion_base", {"multiply": 2.0},
        up={"management": leak(8)},
        same={
            "technicians of other sectors": (flow(("technician_other_sector",), (*OTHER_WORK, "seeking")), 1),
            "boys' profile": (boys_profile, FOREVER),
        },
    ),
    Row(
        "some of those who leave the occupation stay in the sector", "leave_stays_in_sector", {"multiply": 0.5},
        up={"to other sectors": flow(TECHNICIANS, ("other_job",))},
        down={"within the sector": flow(TECHNICIANS, ("other_job_technical_sector",))},
        same={"leaving": (leak(6), 1)},
    ),
    Row(
        "managers seldom return", "manager_return", {"multiply": 0.0}, base=(("promotion_base", (("multiply", 4.0),)),),
        down={"managers into technical work": flow(("manager",), TECHNICIANS)}, years=8,
        same={"separations": (separations, 1)},
    ),
]  # fmt: skip
