"""The report: every target and parameter is in it, with the numbers of the posterior, and both forms can be read."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, Final

import numpy as np
import pytest

from calibration import report, report_checks, report_page
from calibration.posterior import Posterior
from calibration.priors import Prior, Space
from calibration.recovery import Recovery
from calibration.report_page import Table, number
from calibration.sensitivity import Sensitivity
from calibration.targets import load_targets

SVG: Final = "http://www.w3.org/2000/svg"
NASTY: Final = "<script>alert('no & no')</script> | \"so\""
DRAWS: Final = 41
GAP: Final = "\u00a0"
"""Between thousands: a number is never broken over two lines."""


def prior(name: str, low: float, high: float, settled_by: str) -> Prior:
    return Prior(id=name, parameter=name, how="value", range=(low, high), reason=NASTY, settled_by=settled_by)


SPACE: Final = Space(
    (prior("pinned", 0.0, 1.0, "nothing more"), prior("loose", 100.0, 200.0, "a survey"), prior("tied", -1.0, 1.0, "x"))
)
CLIMB: Final = np.linspace(0.0, 1.0, DRAWS)
BEST: Final = 7
STEP: Final = {"prior": "pinned", "targets": ["vmbo_boys_choose_tech"], "value": 0.4321, "why": NASTY}
RECORDS: Final[list[dict[str, Any]]] = [
    {"id": "hit_one", "documented": 12.5, "tolerance": 2.0, "hit": True, "predicted": 12.0, "why": "unsaid"},
    {"id": "miss_one", "documented": [1.0, 3.0], "tolerance": 0.5, "hit": False, "predicted": 77.0, "why": NASTY},
    {"id": "open_one", "documented": "rises", "tolerance": None, "hit": None, "predicted": None, "why": None},
]
for record in RECORDS:
    middle = record["predicted"]
    ends = {"predicted_low": middle, "predicted_high": middle}
    record |= ends if middle is None else {"predicted_low": middle - 1.0, "predicted_high": middle + 1.5}
    record |= {"unit": "percent", "source": "s"}


def a_posterior() -> Posterior:
    """Draws that know the first parameter, not the second, and the third with the first."""
    weights = np.where(np.arange(DRAWS) < 20, 1.0, 2.0)
    pinned = 0.5 + 0.05 * (CLIMB - 0.5)
    distance = np.ones(DRAWS)
    distance[BEST] = 0.25
    partly = np.where(CLIMB < 0.3, np.nan, 70.0)
    return Posterior(
        space=SPACE,
        values=np.stack([pinned, 100.0 + 100.0 * np.random.default_rng(1).permutation(CLIMB), -pinned], axis=1),
        weights=weights / weights.sum(),
        targets={
            "vmbo_boys_choose_tech": 36.0 + 10.0 * (CLIMB - CLIMB[BEST]) + 2.25,  # best 38.25, allowed up to 38
            "vmbo_girls_choose_tech": 4.0 + CLIMB,
            "part_time_share_of_gap": partly,
            "technical_occupations_2021": 1_700_000.0 + 1000.0 * CLIMB,
        },
        distance=distance,
        firm=CLIMB > 0.5,
        missed=np.where(distance < 1.0, 1, 2),
        about={
            "runs": 12345, "effective_draws": 33.3, "seeds": [3001, 3002], "plan": {"scale": 20.0},
            "model_sha256": "m" * 64, "facts_sha256": "f" * 64, "priors_sha256": "p" * 64,
            "generations": [{"candidates": 16, "accepted": 3, "distance_median": 1.75, "distance_least": 0.875}],
            "direct_fit": [STEP], "global_fit": {"within": 3, "distance": 1.25},
            "emulator": {"a": 1, "b": 1, "c": 1, "d": 1},
        },
    )  # fmt: skip


POSTERIOR: Final = a_posterior()
INDICES: Final = np.array([[0.5, 0.0, 1.0], [0.25, -0.02, 0.004]])
SENSITIVITY: Final = Sensitivity(("share & <more>", "people"), SPACE.names, INDICES, INDICES, 20.0 * INDICES - 5.0)
RECOVERY: Final = Recovery(
    SPACE.names, np.full((4, 3), 0.5), np.tile([0.4, 0.0, 0.6], (4, 1)), np.tile([0.49, 0.9, 0.69], (4, 1))
)


def everything() -> list[Table]:
    return [
        *report.tables(POSTERIOR),
        report_checks.direct_table(POSTERIOR),
        report_checks.backtest_table(RECORDS),
        report_checks.recovery_table(RECOVERY),
        *report_checks.sensitivity_tables(SENSITIVITY),
        report.contradictions(),
    ]


TABLES: Final = {table.heading: table for table in everything()}


def rows_of(heading: str) -> dict[str, tuple[str, ...]]:
    return {row[0].removesuffix(" *"): row for row in TABLES[heading].rows}


# What is said


def test_every_target_stands_in_the_table_of_its_use() -> None:
    for use, (heading, _) in report.USES.items():
        assert list(rows_of(heading)) == [target.id for target in load_targets() if target.use == use]
        assert len({len(row) for row in TABLES[heading].rows} | {len(TABLES[heading].columns)}) == 1
    marked = {row[0] for row in TABLES["Targets that were fitted"].rows if row[0].endswith(" *")}
    assert marked == {f"{target.id} *" for target in load_targets() if target.firm}


def test_a_target_outside_its_tolerance_at_the_best_draw_says_so() -> None:
    rows = rows_of("Targets that were fitted")
    documented, tolerance, shown, at_best, share = rows["vmbo_boys_choose_tech"][1:6]
    assert (documented, tolerance, at_best) == ("36%", "± 2", "38.2 OUT")
    values = POSTERIOR.targets["vmbo_boys_choose_tech"]
    middle, low, high = POSTERIOR.interval(values)
    assert shown == f"{middle:.3g} ({low:.3g} to {high:.3g})"
    assert share == f"{POSTERIOR.weights[np.abs(values - 36.0) <= 2.0].sum():.0%}"
    assert rows["vmbo_girls_choose_tech"][4] == f"{4.0 + CLIMB[BEST]:.3g} in"
    assert rows["vmbo_girls_choose_tech"][5] == "100%"
    assert rows["technical_occupations_2021"][4] == f"1{GAP}700{GAP}175 in"


def test_a_target_that_was_not_measured_is_left_blank_and_one_measured_in_part_counts_what_was() -> None:
    rows = rows_of("Targets that were fitted")
    assert rows["women_among_technicians"][2:6] == ("", "", "", "")
    assert rows["part_time_share_of_gap"][1] == "50 to 90%"
    assert rows["part_time_share_of_gap"][3:6] == ("70 (70 to 70)", "", "100%")


def test_every_parameter_has_its_prior_interval_best_draw_and_spread() -> None:
    rows = rows_of("Parameters")
    assert list(rows) == list(SPACE.names)
    spreads = report.identified(POSTERIOR)
    for k, name in enumerate(SPACE.names):
        middle, low, high = POSTERIOR.interval(POSTERIOR.values[:, k], 0.9)
        assert rows[name][2:5] == (
            f"{middle:.3g} ({low:.3g} to {high:.3g})", f"{POSTERIOR.values[BEST, k]:.3g}", f"{spreads[name]:.2f}"
        )  # fmt: skip
    assert rows["loose"][1] == "100 to 200"
    assert [row[5] for row in rows.values()] == ["yes", "no", "yes"]


def test_spread_is_that_of_the_weighted_draws_against_an_even_prior() -> None:
    spreads = report.identified(POSTERIOR)
    w, x = POSTERIOR.weights, POSTERIOR.values[:, 0]
    assert spreads["pinned"] == pytest.approx(np.sqrt(12.0 * (w @ x**2 - (w @ x) ** 2)))
    assert spreads["loose"] == pytest.approx(1.0, abs=0.1)


def test_parameters_not_identified_are_listed_with_what_would_settle_them() -> None:
    rows = TABLES["Not identified, and what would settle it"].rows
    assert rows == (("loose", f"{report.identified(POSTERIOR)['loose']:.2f}", "a survey"),)


def test_parameters_that_trade_off_are_named_strongest_first() -> None:
    rows = TABLES["Parameters that trade off"].rows
    assert rows[0] == ("pinned", "tied", "-1.00")
    assert {frozenset(row[:2]) for row in rows} == {
        frozenset(pair) for pair in (("pinned", "loose"), ("pinned", "tied"), ("loose", "tied"))
    }


def test_in_short_and_generations() -> None:
    rows = rows_of("In short")
    assert rows["runs of the model"][1] == f"12{GAP}345"
    assert rows["fitted targets within tolerance at the best draw"][1] == "3 of 4"
    assert rows["posterior with every firm target within tolerance"][1] == f"{40 / 62:.0%}"
    assert rows["digests of model, facts, priors"][1] == ", ".join(letter * 12 for letter in "mfp")
    assert TABLES["Generations"].rows == (("1", "16", "3", "1.75", "0.875"),)


def test_direct_fit_recovery_and_back_test() -> None:
    assert rows_of("Direct fit")["pinned"][:4] == (
        "pinned", "0.432", rows_of("Parameters")["pinned"][2], "vmbo_boys_choose_tech"
    )  # fmt: skip
    assert "gives 3 of 4 targets within tolerance, distance 1.25" in TABLES["Direct fit"].text
    assert TABLES["Parameter recovery"].rows == (
        ("pinned", "0%", "0.10"), ("loose", "100%", "1.00"), ("tied", "0%", "0.10")
    )  # fmt: skip
    assert "33.3% hold the truth" in TABLES["Parameter recovery"].text
    tested = rows_of("Back-test: never fitted")
    assert tested["hit_one"][1:5] == ("12.5", "± 2", "12 (11 to 13.5)", "12 in")
    assert tested["hit_one"][7] == "", "a hit needs no excuse"
    assert tested["miss_one"][1:5] == ("1 to 3", "± 0.5", "77 (76 to 78.5)", "77 OUT")
    assert tested["miss_one"][7] == NASTY
    assert tested["open_one"][1:5] == ("rises", "", "", "cannot be judged")
    assert TABLES["Back-test: never fitted"].text.startswith("1 of 2 hit")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"), (-0.1234, "-0.123"), (12.0, "12"), (999.4, "999"), (1000.0, "1 000"), (1_665_432.1, "1 665 432"),
        (-20000.0, "-20 000"), (float("nan"), ""), (float("inf"), ""), (999.7, "1 000"), (-999.6, "-1 000"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_people_read_it(value: float, words: str) -> None:
    assert number(value) == words.replace(" ", GAP)


# Both forms


def test_markdown_has_whole_tables_and_names_its_pictures() -> None:
    text = report_page.markdown(f"Title {NASTY}", everything())
    assert text.startswith(f"# Title {NASTY}\n\nMade by `careerflows calibrate`; do not edit.\n\n## In short\n")
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    tables = [table for table in everything() if table.rows]
    assert len(blocks) == len(tables)
    for block, table in zip(blocks, tables, strict=True):
        assert len(block) == len(table.rows) + 2, table.heading
        assert {line.count("|") for line in block} == {len(table.columns) + 1}, table.heading
        assert all(line.startswith("| ") and line.endswith(" |") for line in block)
        assert set(block[1]) == set("| -")
    for table in report_checks.sensitivity_tables(SENSITIVITY):
        assert f"## {table.heading}\n\n{table.text}\n\n![{table.heading}]({table.picture_file})\n" in text


class Page(HTMLParser):
    """The page read: its rows and their classes, and a complaint where an element is not closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.rows: list[list[str]] = []
        self.out: list[str] = []
        self.bars: list[dict[str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.out += [f"{len(self.rows) - 1}"] if ("class", "out") in attrs else []
        if ("class", "posterior") in attrs:
            self.bars.append(dict(attrs))

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.rows and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def test_the_page_is_whole_loads_nothing_and_says_the_same_as_the_tables() -> None:
    text = report_page.html(f"Title {NASTY}", everything())
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "image", "use"} & set(page.seen)
    assert set(re.findall(r"https?://[^\s\"'<]*", text)) == {SVG}
    assert not re.search(r"@import|url\(|//(?!www\.w3\.org/2000/svg)", text)
    assert f"Title {NASTY}" in page.text
    expected: list[list[str]] = []
    for table in everything():
        assert table.heading in page.text
        assert table.text in page.text
        if table.rows:
            extra = [""] if table.bars else []
            expected += [[*table.columns, *(["within the prior"] if table.bars else [])]]
            expected += [[*row, *extra] for row in table.rows]
    assert page.rows == expected
    assert {page.rows[int(place)][0] for place in page.out} == {"vmbo_boys_choose_tech *", "miss_one"}


def test_bars_stand_where_the_interval_is_within_the_prior() -> None:
    bars = Page(report_page.html("t", [TABLES["Parameters"]])).bars
    for k, bar in enumerate(bars):
        _, low, high = POSTERIOR.interval(SPACE.cube(POSTERIOR.values)[:, k], 0.9)
        assert float(bar["x"]) == pytest.approx(160.0 * low, abs=0.06)
        assert float(bar["width"]) == pytest.approx(160.0 * (high - low), abs=0.06)
    assert len(bars) == 3
