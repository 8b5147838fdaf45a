"""The career graph, what its reader refuses, and the indicators that are computed from it."""

from __future__ import annotations

import itertools
from datetime import date
from importlib.resources import files

import networkx as nx
import numpy as np
import pytest

import scenarios
from agents.positions import POSITIONS
from sim import career_graph, indicators
from sim.career_graph import GraphError, parse
from sim.ledger import TRANSITION_CODES, TRANSITION_ENDS, Ledger
from sim.model import CareerModel

GRAPH = career_graph.load()
TEXT = files("sim").joinpath("career_graph.yaml").read_text(encoding="utf-8")
TECHNICIANS = {"technician_technical_sector", "technician_other_sector"}

LEAKS = {
    1: ("school", "school_other"),
    2: ("school_technical", "study_hbo_other"),
    3: ("study_wo_technical", "study_wo_other"),
    4: ("study_mbo2_technical", "seeking"),
    5: ("graduate", "other_job"),
    6: ("technician_technical_sector", "other_job"),
    7: ("technician_technical_sector", "technician_other_sector"),
    8: ("technician_technical_sector", "manager"),
    9: ("technician_other_sector", "inactive"),
    10: ("technician_other_sector", "retired"),
    11: ("graduate", "abroad"),
}
"""An example of each leak point, as the documents describe it."""

# ------------------------------------------------------------------ what is in it


def test_the_eleven_leak_points_are_there() -> None:
    assert sorted(GRAPH.leak_points) == list(range(1, 12))
    for point, (source, target) in LEAKS.items():
        assert GRAPH.between(source, target).leak == point
        assert GRAPH.between(source, target).code in GRAPH.leak(point)
        assert all(GRAPH.transitions[code].leak == point for code in GRAPH.leak(point))
        name, meaning = GRAPH.leak_points[point]
        assert name.isidentifier()
        assert len(meaning) > 20


def test_every_step_away_from_technology_is_a_leak_and_no_other() -> None:
    """A leak starts in technology: at a technical school profile or the choice of one, study, diploma or work."""
    for edge in GRAPH.transitions:
        if edge.leak:
            technical = GRAPH.graph.nodes[edge.source]["technical"]
            assert technical or edge.source in ("school", "graduate")
    for source in TECHNICIANS:
        for target in set(GRAPH.graph[source]) - TECHNICIANS:
            assert GRAPH.between(source, target).leak > 0


def test_the_ways_in_are_there() -> None:
    expected = {
        ("graduate", "graduates", "graduates"),
        ("study_hbo_technical", "early_hiring", "early_hiring"),
        ("other_job", "side_entry", "return"),
        ("manager", "side_entry", "return"),
        ("seeking", "unemployed", "unemployed"),
        ("retraining", "retrained", "retrained"),
        ("abroad", "migration", "migration"),
    }
    for source, other, technical in expected:
        for target in TECHNICIANS:
            assert GRAPH.between(source, target).ways_in == (other, technical)
    used = {way for edge in GRAPH.transitions for way in edge.ways_in} - {""}
    assert used == set(GRAPH.ways_in)
    for edge in GRAPH.transitions:
        assert bool(edge.ways_in[0]) == bool(edge.ways_in[1])
        assert bool(edge.ways_in[0]) == (edge.target in TECHNICIANS and edge.source not in TECHNICIANS)


def test_tables_of_the_engine_are_those_of_the_graph() -> None:
    assert TRANSITION_CODES.shape == (25, 25)
    assert (TRANSITION_CODES >= 0).sum() == len(GRAPH.transitions) == GRAPH.graph.number_of_edges()
    for edge in GRAPH.transitions:
        ends = POSITIONS.index(edge.source), POSITIONS.index(edge.target)
        assert TRANSITION_CODES[ends] == edge.code
        assert tuple(TRANSITION_ENDS[edge.code]) == ends
    assert GRAPH.transitions[TRANSITION_CODES[3, 4]].source == "school"
    with pytest.raises(KeyError, match="no transition from retired to school"):
        GRAPH.between("retired", "school")


def test_everybody_can_reach_technical_work_and_leave_it() -> None:
    for name in set(GRAPH.graph) - {"retired"}:
        assert nx.has_path(GRAPH.graph, name, "technician_other_sector")
        assert nx.has_path(GRAPH.graph, name, "retired")


def test_drop_out_of_switchers_keeps_the_level() -> None:
    for k, level in enumerate(("mbo2", "mbo3", "mbo4", "hbo", "wo")):
        targets = set(GRAPH.graph[f"study_{level}_technical"])
        assert {name for name in targets if name.endswith("_other")} == {f"study_{level}_other"}
        higher = {name for name in GRAPH.graph[f"study_{level}_other"] if name.startswith("study")}
        assert higher == ({f"study_{('mbo2', 'mbo3', 'mbo4', 'hbo', 'wo')[k + 1]}_other"} if k < 4 else set())


# ------------------------------------------------------------------ what the reader refuses


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def added(line: str) -> str:
    return f"{TEXT}\n  - {line}\n"


ENTRIES = TEXT.count("\n  - {from") + TEXT.count("\n  - from:")
LAST = f"transition {ENTRIES + 1}"
RETIREMENT = "  - {from: [technician_technical_sector, technician_other_sector], to: retired, leak: 10}\n"

REFUSED = {
    "unknown source": (added("{from: other_jobs, to: seeking}"), f"{LAST}: 'other_jobs' is not a position"),
    "unknown target": (added("{from: seeking, to: sleeping}"), f"{LAST}: 'sleeping' is not a position"),
    "unknown leak point": (
        added("{from: retraining, to: inactive, leak: 12}"),
        f"{LAST}: leak point 12 is not described under leak_points",
    ),
    "unknown way in": (
        added("{from: inactive, to: technician_other_sector, way_in: miracle}"),
        f"{LAST}: way in 'miracle' is not described under ways_in",
    ),
    "unknown way in for one field": (
        changed("way_in: {technical: return, other: side_entry}", "way_in: {technical: returned, other: side_entry}"),
        "way in 'returned' is not described under ways_in",
    ),
    "a transition twice": (
        added("{from: seeking, to: retraining}"),
        f"{LAST}: seeking to retraining stands twice",
    ),
    "a circle among schools": (
        added("{from: school_other, to: school}"),
        "school positions form a circle; pupils can only go forward",
    ),
    "nobody gets there": (
        changed(RETIREMENT, "").replace(
            "- {from: technician_technical_sector, to: manager, leak: 8}",
            "- {from: technician_technical_sector, to: retired, leak: 8}\n"
            "  - {from: technician_other_sector, to: retired, leak: 10}",
        ),
        "manager: no path leads here from primary school",
    ),
    "back from retirement": (
        added("{from: retired, to: other_job}"),
        "retired: nobody comes back from retirement, so no transition may leave it",
    ),
    "a leak point without a transition": (
        changed("to: manager, leak: 8}", "to: manager}"),
        "leak point 8 has no transition",
    ),
    "positions in another order": (
        changed("  manager: ", "  managers: "),
        "positions: 'managers' is not where agents/positions.py has it",
    ),
    "a position missing": (
        changed("  inactive: {kind: inactive, means: outside the labour force}\n", ""),
        "positions: 'the number of positions' is not where agents/positions.py has it",
    ),
}  # fmt: skip


def test_the_text_itself_is_right() -> None:
    assert parse(TEXT).transitions == GRAPH.transitions
    assert ENTRIES > 30


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_graph_is_refused_with_one_line(name: str) -> None:
    text, message = REFUSED[name]
    with pytest.raises(GraphError) as refused:
        parse(text)
    told = str(refused.value)
    assert told.endswith(message)
    assert "\n" not in told


def test_positions_in_another_order_are_refused() -> None:
    lines = TEXT.splitlines(keepends=True)
    first = next(k for k, line in enumerate(lines) if line.startswith("  abroad:"))
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    with pytest.raises(GraphError, match="positions: 'retired' is not where"):
        parse("".join(lines))


# ------------------------------------------------------------------ indicators


@pytest.fixture(scope="module", params=["baseline", "part_time_availability", "ten_year_guarantee"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    scenario = scenarios.load(request.param)
    return CareerModel(scenario, scale=1000.0, rng=8, until=date(2030, 7, 1), threads=1).run()


def test_every_step_into_and_out_of_technical_work_is_in_one_component() -> None:
    counted = np.zeros((len(GRAPH.transitions), 2))
    for table in indicators.components().values():
        counted += np.abs(table)
    for edge in GRAPH.transitions:
        crossing = (edge.source in TECHNICIANS) != (edge.target in TECHNICIANS)
        assert counted[edge.code].tolist() == [float(crossing)] * 2
    for name, table in indicators.components().items():
        sign = 1.0 if name.startswith("in_") else -1.0
        assert set(np.unique(table)) == {0.0, sign}
    outside = {"leak_1", "leak_2", "leak_3", "leak_5", "leak_7"}  # nobody leaves technical work by these
    expected = {f"leak_{point}" for point in range(1, 12)} - outside | {f"in_{way}" for way in GRAPH.ways_in}
    assert set(indicators.components()) == expected - {"leak_4"}


@pytest.mark.parametrize("group", indicators.GROUPS_SHOWN)
@pytest.mark.parametrize("year", [2022, 2025, 2029])
def test_the_decomposition_adds_up_to_the_change_in_technicians(ledger: Ledger, year: int, group: str) -> None:
    parts = indicators.decomposition(ledger, year, group)
    rows = [POSITIONS.index(name) for name in TECHNICIANS]
    stocks = ledger.stocks[:, rows][..., indicators.GROUP_MASKS[group]].sum(axis=(1, 2)) * ledger.scale
    assert sum(parts.values()) == stocks[(year - 2021) * 4] - stocks[0]
    assert sum(abs(number) for number in parts.values()) > 0


def test_groups_add_up() -> None:
    masks = indicators.GROUP_MASKS
    assert (masks["women"] ^ masks["men"]).all()
    assert (masks["mbo"] ^ masks["hbo_wo"]).all()
    assert masks["all"].all()
    assert [int(masks[name].sum()) for name in ("women", "migration", "hbo_wo")] == [32, 32, 16]
    for group, (level, technical, migrant, woman) in enumerate(itertools.product(range(8), *[range(2)] * 3)):
        assert masks["women"][group] == (woman == 1)
        assert masks["migration"][group] == (migrant == 1)
        assert masks["hbo_wo"][group] == (level >= 6)
        assert indicators._TECHNICAL[group] == (technical == 1)


def test_a_year_is_the_sum_of_its_quarters_or_the_last_of_them(ledger: Ledger) -> None:
    quarters, years = indicators.quarterly(ledger), indicators.yearly(ledger)
    assert quarters.shape == (34, len(indicators.keys()))  # the last two quarters make no year
    assert years.shape == (8, len(indicators.keys()))
    assert indicators.years_of(ledger) == list(range(2022, 2030))
    kinds = {indicator.name: indicator.kind for indicator in indicators.all_indicators()}
    for column, (name, _) in enumerate(indicators.keys()):
        for year in range(8):
            part = quarters[4 * year : 4 * year + 4, column]
            expected = part.sum() if kinds[name] == "flow" else part[-1]
            assert np.array_equal(years[year, column], expected, equal_nan=True)


def test_indicators_are_counts_of_the_ledger(ledger: Ledger) -> None:
    quarters = indicators.quarterly(ledger)
    column = {key: quarters[:, k] for k, key in enumerate(indicators.keys())}
    scale, women = ledger.scale, np.arange(64) % 2 == 1
    rows = [POSITIONS.index(name) for name in TECHNICIANS]
    for group, mask in (("all", women | ~women), ("women", women), ("men", ~women)):
        stock = ledger.stocks[1:, rows][..., mask].sum(axis=(1, 2)) * scale
        assert np.array_equal(column["technicians", group], stock)
        for point, (name, _) in GRAPH.leak_points.items():
            events = ledger.flows[:, GRAPH.leak(point)][..., mask].sum(axis=(1, 2)) * scale
            assert np.array_equal(column[f"leak_{point}_{name}", group], events)
    assert np.array_equal(column["open_vacancies", "all"], ledger.vacancies.sum(axis=1) * scale)
    assert np.array_equal(column["open_vacancies", "mbo"], ledger.vacancies[:, :2].sum(axis=1) * scale)
    assert np.isnan(column["open_vacancies", "women"]).all()
    for group in indicators.GROUPS_SHOWN:
        both = column["in_side_entry", group] + column["in_retrained", group]
        assert np.array_equal(column["side_entrants", group], both)
    assert np.array_equal(column["technicians", "women"] + column["technicians", "men"], column["technicians", "all"])


def test_return_and_side_entry_are_told_apart_by_the_diploma(ledger: Ledger) -> None:
    codes = [GRAPH.between(job, to).code for job in ("manager", "other_job") for to in TECHNICIANS]
    codes += [GRAPH.between("other_job_technical_sector", to).code for to in TECHNICIANS]
    technical = np.arange(64) & 4 > 0
    column = dict(zip(indicators.keys(), indicators.quarterly(ledger).T, strict=True))
    flows = ledger.flows[:, codes].sum(axis=1) * ledger.scale
    assert np.array_equal(column["in_return", "all"], flows[:, technical].sum(axis=1))
    assert np.array_equal(column["in_side_entry", "all"], flows[:, ~technical].sum(axis=1))


def test_every_indicator_has_a_meaning() -> None:
    names = [indicator.name for indicator in indicators.all_indicators()]
    assert len(set(names)) == len(names)
    for indicator in indicators.all_indicators():
        assert indicator.kind in ("stock", "flow")
        assert indicator.meaning
