"""Mechanisms of working and being hired: hours, culture, pay, the guarantee, retraining and side entry."""

from __future__ import annotations

from .mechanism import BOOM, FOREVER, GUARANTEE, Row
from .paths import (
    OTHER_WORK,
    PUPILS,
    TECHNICIANS,
    activation,
    boys_profile,
    courses,
    everybody_but,
    flow,
    leak,
    leaving_other_work,
    separations,
    stock,
    technicians,
    vacancies,
    way_in,
)

AT_WORK = [
    # ---- hours
    Row(
        "posts that can be worked part-time keep and draw who wishes that", "employers.part_time", {"add": 0.4},
        down={"women leaving": leak(6, "women"), "men leaving": leak(6, "men")},
        up={"women technicians": stock(TECHNICIANS, "women")},
        same={"boys' profile": (boys_profile, FOREVER), "activation": (activation, 1)},
    ),
    Row(
        "a mismatch in hours drives people out", "mismatch_leave", {"multiply": 0.0},
        down={"women leaving": leak(6, "women"), "men leaving": leak(6, "men")},
        same={"leaving other work": (leaving_other_work, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "a mismatch in hours makes people look for another technical post", "mismatch_job_change", {"multiply": 3.0},
        up={"women leaving the sector": leak(7, "women")},
        same={"leaving other work": (leaving_other_work, 1)},
    ),
    Row(
        "the lower pay of part-time work in technology drives people out", "part_time_pay_leave", {"multiply": 6.0},
        up={"women leaving": leak(6, "women")},
        same={"leaving other work": (leaving_other_work, 1)},
    ),
    Row(
        "a mismatch in hours makes people turn offers down", "mismatch_accept", {"add": 2.0},
        down={"women technicians": stock(TECHNICIANS, "women")},
        same={"separations": (separations, 1)},
    ),
    # ---- culture and role models
    Row(
        "a culture of inclusion keeps women and people with a migration background", "employers.culture", {"add": 0.5},
        down={"women leaving": leak(6, "women")}, first=4,
        same={"Dutch men leaving": (leak(6, "dutch men"), 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "a culture of inclusion draws women", "employers.culture", {"add": 0.5},
        up={
            "women's side entry": way_in("side_entry", "women"),
            "technicians with a migration background": stock(TECHNICIANS, "migration"),
        },
        same={"activation": (activation, 1)},
    ),
    Row(
        "a minority position drives women out", "minority_leave", {"multiply": 0.0},
        down={"women leaving": leak(6, "women")},
        same={"men leaving": (leak(6, "men"), 1)},
    ),
    Row(
        "employers that do not include hire fewer people with a migration background", "exclusion_hire",
        {"multiply": 3.0},
        down={"their side entry": way_in("side_entry", "migration")},
        same={"separations": (separations, 1)},
    ),
    Row(
        "women in technical work are role models for girls and women", "women_reference", {"add": -0.05},
        down={"girls' other profiles": leak(1, "women")},
        up={"women's side entry": way_in("side_entry", "women")},
        same={"boys' profile": (boys_profile, FOREVER), "women leaving": (leak(6, "women"), 1)},
    ),
    # ---- pay, training, work pressure
    Row(
        "pay keeps and draws people", "pay_premium", {"add": 0.1},
        down={"leaving": leak(6), "open posts": vacancies}, up={"return": way_in("return")},
        same={
            "boys' profile": (boys_profile, FOREVER),
            "seekers with a technical diploma who find other work": (flow(("seeking",), OTHER_WORK, "technical"), 1),
        },
    ),
    Row(
        "training keeps people", "employers.training", {"add": 0.4},
        down={"leaving": leak(6)},
        same={"leaving other work": (leaving_other_work, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "work pressure drives people out of technical work and out of work", "pressure_full", {"multiply": 0.3},
        up={"leaving": leak(6), "to inactivity": flow(TECHNICIANS, ("inactive",))},
        base=(("pressure_inactivity", (("multiply", 6.0),)),),
        same={"leaving other work": (leaving_other_work, 1)},
    ),
    Row(
        "work pressure leaves no time for training", "pressure_training", {"multiply": 2.0},
        up={"leaving": leak(6)}, years=6,
        base=(("pressure_full", (("multiply", 0.3),)), ("training_leave", (("multiply", 4.0),))),
        same={"leaving other work": (leaving_other_work, 1)},
    ),
    # ---- the guarantee
    Row(
        "the guarantee keeps people, places who is laid off, and draws people", "employers.guarantee", {"add": 1.0},
        down={"leaving": leak(6), "out of work": leak(9), "other profiles": leak(1)},
        up={"technicians": technicians}, years=6,
        same={"separations, since nobody has it yet": (separations, 1), "activation": (activation, 1)},
    ),
    Row(
        "the guarantee draws graduates", "employers.guarantee", {"add": 1.0},
        down={"other first jobs": leak(5)},
        same={"separations, since nobody has it yet": (separations, 1)},
    ),
    Row(
        "a guaranteed person leaves less", "guarantee_leave", {"multiply": 3.0},
        down={"leaving": leak(6)}, base=GUARANTEE, years=6,
        same={"separations, since nobody has it yet": (separations, 1)},
    ),
    Row(
        "the guarantee lowers the perceived risk of a technical career", "choice_guarantee", {"multiply": 3.0},
        down={"other profiles": leak(1)}, base=GUARANTEE,
        same={"everybody but pupils, until they leave school": (everybody_but(PUPILS), 2)},
    ),
    Row(
        # open posts are filled anyway in the baseline, so that it shows where there are posts for more
        "the guarantee draws people from other work", "guarantee_entry", {"multiply": 4.0},
        up={"side entry": way_in("side_entry")}, base=(*GUARANTEE, *BOOM),
        same={"separations": (separations, 1)},
    ),
    Row(
        "when the guarantee is over, lay-offs are as before", "guarantee_years", {"multiply": 0.1},
        up={"out of work": leak(9)}, base=GUARANTEE, years=6,
        same={"everybody, until the first one ends": (everybody_but(()), 4)},
    ),
    # ---- retraining and side entry
    Row(
        "income loss keeps people from retraining", "income_loss", {"multiply": 0.3},
        up={"courses": courses, "retrained entrants": way_in("retrained")},
        same={"separations": (separations, 1), "activation": (activation, 1)},
    ),
    Row(
        "support during retraining lowers the threshold", "retraining_support", {"add": 0.5},
        up={"courses": courses, "retrained entrants": way_in("retrained")},
        same={"separations": (separations, 1), "activation": (activation, 1)},
    ),
    Row(
        "long courses cost entrants", "retraining_years", {"multiply": 2.0},
        down={"courses": courses, "retrained entrants": way_in("retrained")},
        same={"separations": (separations, 1)},
    ),
    Row(
        "employers hire without a diploma unless they set a threshold", "threshold_hire", {"add": 0.6},
        down={"side entry": way_in("side_entry")}, up={"open posts": vacancies},
        same={"separations": (separations, 1)},
    ),
    Row(
        "employers lower the threshold when they are short", "threshold_no_diploma", {"multiply": 5.0},
        up={"side entry": way_in("side_entry")}, base=BOOM,
        same={"separations": (separations, 1)},
    ),
]  # fmt: skip
