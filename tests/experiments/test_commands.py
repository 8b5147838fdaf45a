"""The commands from end to end, small."""

from __future__ import annotations

import importlib.metadata
import json
import math
import platform
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments.options import DEFAULT_SCENARIOS, scenario_named
from scenarios import available
from sim import career_graph, indicators

from .conftest import SMALL, Command, records

TABLES = (
    "flows",
    "stocks",
    "indicators",
    "differences",
    "decomposition",
    "groups",
    "options",
    "costs",
    "careers",
    "stories",
)
PICTURES = ("time_paths", "leak_points", "gain", "career_flows")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from experiments.cli import answer

    folder = tmp_path_factory.mktemp("results") / "deep" / "compared"
    assert answer(["compare", *SMALL, "--replicates", "2", "--out", str(folder)]) == 0
    return folder


def test_compare_writes_tables_pictures_and_manifest(results: Path) -> None:
    names = {file.name for file in results.iterdir()}
    assert names == {
        *(f"{name}.parquet" for name in TABLES),
        *(f"{name}.{kind}" for name in PICTURES for kind in ("png", "svg")),
        "manifest.json",
    }
    assert [path.name for path in results.parent.iterdir()] == ["compared"]
    assert all((results / f"{name}.png").stat().st_size > 20_000 for name in PICTURES)


def test_tables_agree_with_each_other(results: Path) -> None:
    read = {name: pd.read_parquet(results / f"{name}.parquet") for name in TABLES}
    flows, stocks, values = read["flows"], read["stocks"], read["indicators"]
    assert set(flows.scenario) == set(DEFAULT_SCENARIOS)
    assert set(flows.replicate) == {0, 1}
    assert (flows.people > 0).all()
    assert not flows.duplicated(["scenario", "replicate", "year", "source", "target", "gender", "background", "level",
                                 "diploma"]).any()  # fmt: skip
    key = ["scenario", "replicate", "year"]
    leaks = flows[flows.leak_point == 6].groupby(key, observed=True).people.sum()
    told = values[(values.indicator == "leak_6_occupation") & (values.group == "all")].set_index(key).value
    assert leaks.sort_index().to_dict() == told[told > 0].sort_index().to_dict()
    women = stocks[(stocks.gender == "women") & stocks.position.str.startswith("technician")]
    women = women[women.year >= 2022].groupby(key, observed=True).people.sum()
    told = values[(values.indicator == "technicians") & (values.group == "women")].set_index(key).value
    assert women.sort_index().to_dict() == told.sort_index().to_dict()
    ways = flows[flows.way_in == "return"]
    assert set(ways.diploma) == {"technical"}


def test_stocks_follow_from_flows(results: Path) -> None:
    flows, stocks = (pd.read_parquet(results / f"{name}.parquet") for name in ("flows", "stocks"))
    key = ["scenario", "replicate", "year"]
    for position in ("technician_technical_sector", "seeking", "study_hbo_technical"):
        inside = flows[flows.target == position].groupby(key, observed=True).people.sum()
        outside = flows[flows.source == position].groupby(key, observed=True).people.sum()
        stock = stocks[stocks.position == position].groupby(key, observed=True).people.sum()
        change = stock.unstack("year").fillna(0).diff(axis=1).iloc[:, 1:].stack()
        moved = inside.sub(outside, fill_value=0).reindex(change.index, fill_value=0)
        assert (moved == change).all()


def test_decomposition_table_adds_up_exactly(results: Path) -> None:
    table = pd.read_parquet(results / "decomposition.parquet")
    key = ["scenario", "year", "group"]
    total = table[table.part == "total"].set_index(key).agents
    parts = table[table.part != "total"].groupby(key, observed=True).agents.sum()
    assert parts.sort_index().to_dict() == total.sort_index().to_dict()
    gain = (
        pd.read_parquet(results / "differences.parquet").query("indicator == 'technicians'").set_index(key).difference
    )
    people = total * 4000.0 / 2
    assert people.sort_index().to_dict() == gain.sort_index().to_dict()


def test_manifest_is_complete(results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text())
    assert manifest["settings"] == {"scale": 4000.0, "replicates": 2, "seed": 1, "until": "2025-01-01"}
    assert manifest["finished_replicates"] == 2
    assert manifest["seeds"] == [1, 2]
    assert manifest["run_seconds"] > 0
    for library in ("mesa", "numpy", "numba"):
        assert manifest["versions"][library] == importlib.metadata.version(library)
    assert manifest["versions"]["python"] == platform.python_version()
    assert manifest["versions"]["careerflows"]
    assert [scenario["id"] for scenario in manifest["scenarios"]] == list(DEFAULT_SCENARIOS)
    for scenario in manifest["scenarios"]:
        files = [(file["name"], file["sha256"]) for file in scenario["files"]]
        assert tuple(files) == scenario_named(scenario["id"]).files
    assert set(manifest["parameters"]) == set(scenario_named("baseline").parameters)
    assert "part_time_and_flexible_hours: employers.part_time" in manifest["rests_on_assumed"]
    assert len(manifest["model_sha256"]) == 64


def test_compare_prints_tables_and_words(command: Command) -> None:
    code, out, err = command("compare", *SMALL, "--replicates", "2", "hybrid_teachers")
    assert code == 0, err
    assert "technicians, women" in out
    assert "exactly the gain in technicians" in out
    assert "At the end of 2024" in out
    assert max(len(line) for line in out.splitlines()) <= 100
    place = out.splitlines()[-1].split()[1]
    assert (Path(place) / "manifest.json").exists()
    assert [path.name for path in Path("results").iterdir()] == [Path(place).name]


def test_compare_json_is_all_there_is(command: Command) -> None:
    code, out, _ = command("compare", *SMALL, "--replicates", "2", "--json", "--out", "here", "ten_year_guarantee")
    assert code == 0
    found = records(out)
    assert list(found[0]) == ["scenario", "year", "indicator", "group", "difference", "low", "high", "baseline"]
    assert {record["scenario"] for record in found} == {"ten_year_guarantee"}
    assert {record["year"] for record in found} == {2022, 2023, 2024}
    wanted = {f"leak_{point}_{name}" for point, (name, _) in career_graph.load().leak_points.items()}
    assert wanted | {"technicians", "open_vacancies", "side_entrants"} <= {record["indicator"] for record in found}
    assert all(record["low"] <= record["difference"] <= record["high"] for record in found)
    table = pd.read_parquet("here/differences.parquet")
    assert table.difference.tolist() == [record["difference"] for record in found]


def test_results_are_the_same_for_one_thread_and_two(command: Command) -> None:
    told = [
        command("compare", *SMALL, "--replicates", "3", "--json", "--out", name, "--threads", name, "hybrid_teachers")[
            1
        ]
        for name in ("1", "2")
    ]
    assert told[0] == told[1]
    tables = sorted(file.name for file in Path("1").glob("*.parquet"))
    assert tables == sorted(file.name for file in Path("2").glob("*.parquet"))
    assert {f"{name}.parquet" for name in TABLES} - set(tables) <= {"stories.parquet"}  # where nobody has one to tell
    for name in tables:
        assert Path(f"1/{name}").read_bytes() == Path(f"2/{name}").read_bytes()
    for name in PICTURES:
        assert Path(f"1/{name}.svg").read_bytes() == Path(f"2/{name}.svg").read_bytes()


def test_a_sweep_with_goals_precision_and_attribution(command: Command) -> None:
    code, out, err = command(
        "compare", *SMALL, "--replicates", "2", "--out", "here", "part_time_availability",
        "culture_of_inclusion+golden_gate", "--sweep", "part_time_availability.reach=0,1", "--set", "contacts=6",
        "--set", "golden_gate.strength=2", "--goal", "1 more technicians by 2024", "--precision", "10000000",
        "--attribution",
    )  # fmt: skip
    assert code == 0, err
    assert "chance of 1 more technicians by 2024" in out
    assert "what each measure adds" in out
    assert max(len(line) for line in out.splitlines()) <= 100
    package = "culture_of_inclusion+golden_gate"
    manifest = json.loads(Path("here/manifest.json").read_text())
    assert [scenario["id"] for scenario in manifest["scenarios"]] == [
        "baseline", "part_time_availability[reach=0]", "part_time_availability[reach=1]", package,
    ]  # fmt: skip
    assert manifest["scenarios"][0]["changes"] == ["contacts=6"]
    assert manifest["scenarios"][2]["changes"] == ["contacts=6", "part_time_availability.reach=1"]
    assert (manifest["finished_replicates"], manifest["precision"]) == (2, 10_000_000.0)
    differences = pd.read_parquet("here/differences.parquet")
    nobody = differences[differences.scenario == "part_time_availability[reach=0]"]
    assert (nobody.difference == 0).all()
    everybody = differences[differences.scenario == "part_time_availability[reach=1]"]
    assert (everybody.difference != 0).any()
    shares = pd.read_parquet("here/attribution.parquet").query("indicator == 'technicians'")
    parts = shares[shares.kind == "shapley"].agents.sum()
    assert parts == shares[shares.kind == "whole"].agents.sum()
    gain = differences.query("scenario == @package and indicator == 'technicians' and group == 'all' and year == 2024")
    assert shares[shares.kind == "whole"].people.item() == gain.difference.item()
    goals = pd.read_parquet("here/goals.parquet")
    assert set(goals.pairs) == {2}
    assert Path("here/attribution.svg").exists()


def test_a_scenario_that_holds_in_all(command: Command) -> None:
    code, out, err = command(
        "compare", "--scale", "4000", "--until", "2028-01-01", "--replicates", "2", "--out", "here", "--under",
        "shock_recession", "third_pathway_mbo",
    )  # fmt: skip
    assert code == 0, err
    assert "Compared with A recession (shock_recession)" in out
    manifest = json.loads(Path("here/manifest.json").read_text())
    assert [scenario["id"] for scenario in manifest["scenarios"]] == ["shock_recession", "third_pathway_mbo"]
    held = [{measure["id"] for measure in scenario["measures"]} for scenario in manifest["scenarios"]]
    assert held[1] - held[0] == {"third_pathway_mbo"}
    assert command("compare", "shock_recession", "--under", "shock_recession")[0] == 2
    assert "is one of the scenarios compared" in command("compare", "hybrid_teachers", "--under", "hybrid_teachers")[2]


def test_ready_scenarios_are_listed(command: Command) -> None:
    code, out, _ = command("scenarios", "--json")
    assert code == 0
    assert [record["id"] for record in records(out)] == available()
    code, out, _ = command("scenarios", "--language", "nl")
    assert code == 0
    assert "Het hele actieplan" in out


def test_precision_adds_replicates(command: Command) -> None:
    told = ["compare", "--scale", "2000", "--until", "2024-01-01", "--replicates", "3", "--json", "ten_year_guarantee"]
    assert command(*told, "--out", "few")[0] == 0
    few = pd.read_parquet("few/differences.parquet").query("indicator == 'technicians' and group == 'all'").iloc[-1]
    wanted = (few.high - few.low) / 4
    assert command(*told, "--out", "many", "--precision", f"{wanted:.1f}")[0] == 0
    many = pd.read_parquet("many/differences.parquet").query("indicator == 'technicians' and group == 'all'").iloc[-1]
    assert (many.high - many.low) / 2 <= wanted
    finished = json.loads(Path("many/manifest.json").read_text())["finished_replicates"]
    assert finished > 3
    assert command(*told, "--out", "again", "--precision", f"{wanted:.1f}", "--threads", "1")[0] == 0
    assert Path("again/differences.parquet").read_bytes() == Path("many/differences.parquet").read_bytes()


def test_measures_are_listed_and_searched(command: Command) -> None:
    code, out, _ = command("measures")
    assert code == 0
    assert "64 of 64 measures" in out
    code, out, _ = command("measures", "hybride", "docenten", "--language", "nl")
    assert code == 0
    assert "hybrid_teachers_1000" in out
    assert "Onderwijs" in out
    code, out, _ = command("measures", "--pillar", "3", "--json")
    assert [record["id"] for record in records(out)] == [
        "digitalisation_programmes", "mensen_maken_de_transitie", "mmip_revision", "productivity_offensive",
    ]  # fmt: skip
    assert command("measures", "nothing like this")[1].startswith("0 of 64 measures")


def test_earlier_results_are_replaced_as_a_whole(command: Command) -> None:
    assert command("run", "baseline", *SMALL, "--out", "here")[0] == 0
    assert Path("here/quarterly.parquet").exists()
    assert command("compare", *SMALL, "--replicates", "2", "--out", "here", "hybrid_teachers")[0] == 0
    assert not Path("here/quarterly.parquet").exists()
    assert [path.name for path in Path().iterdir()] == ["here"]


def test_run_json(command: Command) -> None:
    code, out, _ = command("run", "baseline", *SMALL, "--json")
    assert code == 0
    found = records(out)
    assert list(found[0]) == ["year", "quarter", "indicator", "group", "value"]
    assert {(record["year"], record["quarter"]) for record in found} == {
        (y, q) for y in (2022, 2023, 2024) for q in (1, 2, 3, 4)
    }
    names = {indicator.name for indicator in indicators.all_indicators()}
    assert {record["indicator"] for record in found} == names
    assert not Path("results").exists()


def test_run_prints_means_and_writes_a_folder(command: Command) -> None:
    code, out, _ = command("run", "ten_year_guarantee", *SMALL, "--replicates", "2", "--out", "here")
    assert code == 0
    assert "±" in out
    assert {file.name for file in Path("here").iterdir()} == {
        "flows.parquet", "stocks.parquet", "indicators.parquet", "quarterly.parquet", "manifest.json",
        "career_flows.png", "career_flows.svg",
    }  # fmt: skip
    assert pq.read_table("here/flows.parquet").num_rows > 100


def test_facts_json(command: Command) -> None:
    code, out, _ = command("facts", "--scale", "2000", "--replicates", "2", "--until", "2026-04-01", "--json")
    assert code == 0
    found = {record["id"]: record for record in records(out)}
    record = found["switch_tech_occ_to_nontech_occ_women_2022src"]
    assert list(record) == [
        "id", "documented", "low", "high", "simulated", "simulated_low", "simulated_high", "within", "use", "firm",
    ]  # fmt: skip
    assert record["documented"] == 5.6
    assert (record["low"], record["high"]) == pytest.approx((5.2, 6.0))
    assert (record["use"], record["firm"]) == ("fitted", True)
    assert record["within"] == (record["low"] <= record["simulated"] <= record["high"])
    assert record["simulated_low"] < record["simulated"] < record["simulated_high"]
    ranged = found["tech_diploma_working_in_tech_occ_or_sector_women"]
    low, high = ranged["documented"]
    assert low - ranged["low"] == pytest.approx(ranged["high"] - high)
    assert low < high
    unmeasured = found["vacancies_ict_2020"]
    assert unmeasured["simulated"] is None
    assert unmeasured["within"] is None


def test_facts_are_grouped_by_use(command: Command) -> None:
    code, out, _ = command("facts", "--scale", "4000", "--replicates", "2", "--until", "2026-04-01", "--out", "here")
    assert code == 0
    assert out.index("Targets") < out.index("Shown") < out.index("Validation")
    assert "fitted: " in out
    assert json.loads(Path("here/manifest.json").read_text())["command"] == "facts"
    assert records(Path("here/facts.json").read_text())


def test_check(command: Command) -> None:
    Path("mine.yaml").write_text("id: mine\ntitle: Mine\nsummary: Nothing new.\nextends: hybrid_teachers\n")
    code, out, _ = command("check", "mine.yaml", "hybrid_teachers", "baseline")
    assert code == 0
    assert out.splitlines() == [
        "mine.yaml: ok (1 measure, extends hybrid_teachers, baseline)",
        "hybrid_teachers: ok (1 measure, extends baseline)",
        "baseline: ok (0 measures, extends nothing)",
    ]
    Path("mine.yaml").write_text("id: mine\ntitle: Mine\nsummary: Nothing new.\nextend: hybrid_teachers\n")
    code, out, err = command("check", "mine.yaml", "baseline")
    assert code == 2
    assert out.splitlines() == ["baseline: ok (0 measures, extends nothing)"]
    assert err.startswith("error: mine.yaml:4: extend: ")
    assert len(err.splitlines()) == 1
    code, out, _ = command("check", "mine.yaml", "baseline", "--json")
    assert code == 2
    assert [record["ok"] for record in records(out)] == [False, True]


def test_graph(command: Command) -> None:
    code, out, _ = command("graph")
    assert code == 0
    assert "results/graph" in out.replace("\\", "/")
    place = Path("results/graph")
    assert {file.suffix for file in place.iterdir()} == {".png", ".svg", ".graphml", ".dot", ".json"}
    space = "{http://graphml.graphdrawing.org/xmlns}"
    tree = ElementTree.parse(place / "career_graph.graphml")
    graph = career_graph.load()
    assert len(tree.findall(f".//{space}node")) == len(graph.graph)
    assert len(tree.findall(f".//{space}edge")) == len(graph.transitions)
    dot = (place / "career_graph.dot").read_text()
    assert dot.count(" -> ") == len(graph.transitions)
    assert '"leak' not in dot
    assert "retired" in dot


def test_graph_json(command: Command) -> None:
    code, out, _ = command("graph", "--json")
    assert code == 0
    parts = json.loads(out)
    assert len(parts["nodes"]) == 25
    assert {edge["leak_point"] for edge in parts["edges"]} == {None, *range(1, 12)}
    assert not Path("results").exists()


def test_numbers_are_finite(results: Path) -> None:
    for name in ("differences", "decomposition", "indicators"):
        table = pq.read_table(results / f"{name}.parquet").to_pydict()
        for values in table.values():
            assert not any(isinstance(value, float) and not math.isfinite(value) for value in values)
