"""Mechanisms that only measures set in motion: contact at primary school, places, programmes, paths, other sectors."""

from __future__ import annotations

from .mechanism import BOOM, FOREVER, Row
from .paths import (
    OTHER_WORK,
    activation,
    boys_profile,
    climate,
    courses,
    diplomas,
    drop_out,
    everybody_but,
    flow,
    leak,
    separations,
    technical_students,
    technicians,
    turned_away,
    way_in,
)

PLACES = (("programme_places", (("add", (("work", 20_000), ("unemployment", 20_000), ("inactivity", 20_000))),)),)
"""Many places in all pools: ten times those of a large programme, so that effects show in few runs."""

OF_MEASURES = [
    # ---- school and study
    Row(
        "contact with technology at primary school leads to technical profiles many years later", "primary_contact",
        {"add": 1.0},
        down={"other profiles": leak(1), "girls' other profiles": leak(1, "women")}, years=9,
        same={"everybody, until the first children choose a profile": (everybody_but(()), 18)},
    ),
    Row(
        "a study that fits is left less", "study_fit", {"add": 0.5},
        down={"switches": leak(3), "drop-out": drop_out},
        same={"separations": (separations, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "teaching in practice keeps students", "practice_learning", {"add": {"mbo": 0.3, "hbo": 0.3, "wo": 0.3}},
        down={"switches": leak(3), "drop-out": drop_out},
        same={"separations": (separations, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "more teachers, more seats", "extra_teachers", {"add": {"mbo": 1000, "hbo": 800, "wo": 800}},
        up={"technical students": technical_students}, down={"turned away": turned_away}, years=4,
        same={"separations": (separations, 1)},
    ),
    Row(
        "placements on top of the shortage bring diplomas forward", "learning_places",
        {"add": {"mbo": 20_000}},
        up={"diplomas": diplomas}, first=3, base=(("places_short", (("add", (("mbo", 0.2),)),)),),
        same={"everybody, until September": (everybody_but(()), 2)},
    ),
    Row(
        "fair placement brings diplomas of students with a migration background forward", "fair_placement",
        {"add": 1.0},
        up={"their diplomas": flow(target=("graduate",), group="migration")}, first=3,
        base=(("places_short", (("add", (("mbo", 0.2),)),)), ("place_exclusion", (("add", 1.0),))),
        same={
            "everybody, until September": (everybody_but(()), 2),
            "diplomas of others": (flow(target=("graduate",), group="dutch"), 3),
        },
    ),
    Row(
        "learning at work keeps students, and graduates in technology", "apprenticeships", {"add": 60_000},
        down={"drop-out": drop_out, "other first jobs": leak(5)},
        same={"separations": (separations, 1), "boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "students who are hired early get no diploma", "early_hiring", {"multiply": 4.0},
        up={"hired early": way_in("early_hiring")}, down={"diplomas": diplomas},
        same={"boys' profile": (boys_profile, FOREVER), "separations": (separations, 1)},
    ),
    # ---- into technical work
    Row(
        "retraining programmes bring people from other work, unemployment and inactivity", "programme_places",
        {"add": {"work": 20_000, "unemployment": 20_000, "inactivity": 20_000}},
        up={
            "from other work": flow(OTHER_WORK, ("retraining",)),
            "from unemployment": flow(("seeking",), ("retraining",)),
            "from inactivity": flow(("inactive",), ("retraining",)),
            "retrained entrants": way_in("retrained"),
        },
        same={"boys' profile": (boys_profile, FOREVER), "separations": (separations, 1)},
    ),
    Row(
        "places that are not taken up bring nobody", "programme_take_up", {"multiply": 0.0},
        down={"courses": courses}, base=PLACES,
        same={"boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "paths across branches keep people in technical work", "career_paths", {"add": 0.3},
        down={"leaving": leak(6)}, up={"technicians": technicians},
        same={"boys' profile": (boys_profile, FOREVER), "activation": (activation, 1)},
    ),
    # ---- other sectors
    Row(
        "a shortage elsewhere pulls people away and holds them", "shortage_elsewhere", {"add": 0.4},
        up={"leaving": leak(6)},
        down={"side entry": way_in("side_entry"), "return": way_in("return"), "technicians": technicians},
        same={"boys' profile": (boys_profile, FOREVER)},
    ),
    Row(
        "other sectors hold on to their people where technical work has drawn many", "elsewhere_response",
        {"add": 30.0},
        down={"side entry": way_in("side_entry"), "drawn from other work": climate("drained")}, years=8, base=BOOM,
        same={"everybody, in the first quarter": (everybody_but(()), 1)},
    ),
    # ---- measures themselves
    Row(
        "less fragmentation makes other measures stronger", "fragmentation", {"add": -0.25},
        up={"courses": courses}, base=PLACES,
        same={"boys' profile": (boys_profile, FOREVER)},
    ),
]  # fmt: skip
