"""The file of an experiment: what it says, and one clear line about every mistake in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.assumed import ranged_parameters
from experiments.batch.experiment import examples, load_experiment
from experiments.batch.plan import Plan
from experiments.options import UserError, packaged_posterior
from scenarios.loading import load
from tests.experiments.batch.conftest import SMALL, experiment, written


def told(folder: Path, text: str) -> str:
    """The message about a file."""
    file = written(folder, text)
    with pytest.raises(UserError) as error:
        load_experiment(file)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(str(file))
    return message.removeprefix(str(file))


def test_it_says_what_is_varied(tmp_path: Path) -> None:
    found = experiment(tmp_path)
    growth, reach = found.factors
    assert (growth.name, growth.role, growth.range) == (
        "productivity_growth",
        "uncertainties",
        load("baseline").parameters["productivity_growth"].range,
    )
    assert (reach.name, reach.role, reach.values, reach.unit) == (
        "part_time_availability.reach",
        "levers",
        (0.0, 0.5, 1.0),
        "share",
    )


def test_ranges_come_from_the_provenance_of_effects_and_tables_too(tmp_path: Path) -> None:
    more = "  drop_out: provenance\n  part_time_availability.employers.part_time: provenance\n"
    text = SMALL.replace("  productivity_growth: provenance\n", more)
    table, effect = experiment(tmp_path, text).factors[:2]
    assert (table.range, table.unit) == (load("baseline").parameters["drop_out"].range, "factor")
    (lever,) = load("part_time_availability").measures[0].levers
    assert effect.range == lever.range


def test_all_is_everything_with_a_range_that_the_posterior_does_not_cover(tmp_path: Path) -> None:
    text = SMALL.replace("uncertainties:\n  productivity_growth: provenance", "uncertainties: all")
    text = text.replace("design: {kind: grid, steps: 2}", "design: {kind: latin_hypercube, size: 4}")
    found = experiment(tmp_path, text)
    names = [one.name for one in found.factors if one.role == "uncertainties"]
    parameters = [
        name
        for name in ranged_parameters(load("baseline"))
        if load("baseline").parameters[name].range[0] < load("baseline").parameters[name].range[1]
    ]
    assert [name for name in names if "." not in name] == parameters
    assert "part_time_and_flexible_hours.employers.part_time" in names
    assert len(Plan(found, None).points) == 4


@pytest.mark.parametrize("name", ["lever_sweep", "global_sensitivity", "robust_packages", "scale_study"])
def test_ready_examples_can_be_planned(name: str) -> None:
    assert name in examples()
    found = load_experiment(name)
    assert found.file.id == name
    assert found.file.summary
    assert Plan(found, packaged_posterior()).runs > 1


LONG = [
    "beta_networks_subsidy_end",
    "career_orientation",
    "curriculum_technology",
    "golden_gate",
    "skills_passport",
    "pps_scale_up",
    "sme_join_pps",
    "technology_promotion",
    "llo_catalyst",
    "mbo_certificates",
    "generic_work_pays",
    "traineeship_pact",
    "third_pathway_mbo",
    "status_holders",
    "retraining_subsidy",
    "teacher_qualification_reform",
]
"""Measures whose names together are longer than a name of a file can be."""
WRONG = [
    ("", ": is empty; an experiment has at least the keys id, title and scenarios"),
    ("- a", ":1: is a list; an experiment has keys with values, such as 'id: my_experiment'"),
    ("id: a\ntitle: b\n", ": scenarios: is missing; an experiment needs id, title, scenarios"),
    (SMALL + "replicats: 3\n", ":12: replicats: unknown key; did you mean 'replicates'?"),
    (SMALL.replace("replicates: 2", "replicates: many"), ":9: replicates: takes a whole number, not the text 'many'"),
    (SMALL.replace("replicates: 2", "replicates: 1.5"), ":9: replicates: 1.5 is no whole number; give one such as 2"),
    (SMALL.replace("replicates: 2", "replicates: true"), ":9: replicates: takes a whole number, not true"),
    (SMALL + "seed: 99999999999999999999\n", ":12: seed: 1e+20 is more than 4294967294; give a number from 0 to"),
    (SMALL.replace("scale: 5000", "scale: []"), ":10: scale: is empty; give at least one scale, such as 100"),
    (SMALL.replace("id: small", "id: " + 201 * "a"), ":1: id: has 201 letters, and folders are named af"),
    (
        SMALL.replace("[baseline, part_time_availability]", f"[baseline, {'+'.join(LONG)}]"),
        f":3: scenarios[1]: has an id of {len('+'.join(LONG))} letters, more than 200; put them together in a scen",
    ),
    (SMALL.replace("growth: provenance", "growth: ['0.01']"), "takes numbers, not the text '0.01'; write numbers wit"),
    (
        SMALL.replace("uncertainties:\n  productivity_growth: provenance", "uncertainties: [productivity_growth]"),
        ":4: uncertainties: takes names with their range or values under it, or the word all",
    ),
    (
        SMALL.replace("productivity_growth: provenance", "part_time_and_flexible_hours.reach: [1]"),
        "levers.part_time_availability.reach: is what part_time_and_flexible_hours.reach is already in part_time_av",
    ),
    (SMALL.replace("replicates: 2", "replicates: 0"), ":9: replicates: 0 is less than 1; "),
    (SMALL.replace("scale: 5000", "scale: 0.5"), ":10: scale: takes the people for each agent, a number"),
    (SMALL.replace("scale: 5000", "scale: [100, 100]"), ":10: scale: gives the same twice; give each once"),
    (SMALL.replace("2024-01-01", "2021-01-01"), ":11: until: 2021-01-01 is outside the limits; give a day"),
    (SMALL.replace("2024-01-01", "soon"), ":11: until: "),
    (SMALL.replace("[baseline, part", "[baseline, baseline, part"), ":3: scenarios[1]: 'baseline' stands there"),
    (SMALL.replace("[baseline, part_time", "[baseline, part_tim"), ":3: scenarios[1]: "),
    (SMALL.replace("[baseline, part_time_availability]", "[]"), ":3: scenarios: is empty; give at least one scenario"),
    (SMALL.replace("productivity_growth: prov", "productivity_grow: prov"), ":5: uncertainties.productivity_grow: "),
    (SMALL.replace("productivity_growth: provenance", "productivity_growth: much"), "not the text 'much'; give prov"),
    (SMALL.replace("growth: provenance", "growth: {range: [1, 0]}"), "does not run from low to high"),
    (SMALL.replace("growth: provenance", "growth: {range: [0]}"), "range takes two numbers [lowest, highest]"),
    (SMALL.replace("reach: [0, 0.5, 1]", "reach: provenance"), "has no range of its own; give {range:"),
    (SMALL.replace("reach: [0, 0.5, 1]", "reach: [0, 0.5, 2]"), "2 is more than 1; give a number from 0 to 1"),
    (SMALL.replace("reach: [0, 0.5, 1]", "reach: [0, 0]"), "gives a value twice; give each once"),
    (SMALL.replace("availability.reach", "availability.width"), ":7: levers.part_time_availability.width: "),
    (SMALL.replace(", steps: 2", ""), ":8: design.steps: is missing; say how many values productivity_growth takes"),
    (SMALL.replace("kind: grid, steps: 2", "kind: sobol, size: 8"), "has a list of values; give it a range"),
    (SMALL.replace("kind: grid, steps: 2", "kind: cube"), ":8: design.kind: 'cube' is not one of grid, list,"),
    (SMALL.replace("steps: 2", "steps: 2, size: 3"), ":8: design.size: does not go with kind grid, which takes steps"),
    (SMALL.replace("kind: grid, steps: 2", "kind: latin_hypercube"), ":8: design.size: is missing; give the"),
    (SMALL.replace("kind: grid, steps: 2", "kind: list, points: [{productivity_growth: 0.01}]"), "gives no part_"),
    (SMALL.replace("steps: 2", "steps: 10000").replace("[0, 0.5, 1]", "{range: [0, 1]}"), "makes 100,000,000 points"),
    (SMALL + "posterior: 5\nseed: 4294967295\n", ":13: seed: "),
    (SMALL + "outcomes: [indicator]\n", ":12: outcomes[0]: 'indicator' is not one of indicators, ledgers"),
    (SMALL.replace("reach: [0, 0.5, 1]", "reach: [0, 1]\n  part_time_availability.reach.share: [1]"), "is what part_"),
    (SMALL.replace("growth: provenance", "growth: {range: [-1.0e+308, 1.0e+308]}"), "is wider than any number"),
    (SMALL.replace("availability.reach:", "availability.reach=1:"), "is no name; write it without '='"),
    (SMALL + "outcomes: []\n", ":12: outcomes: is empty; give at least one of indicators, ledgers"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG, ids=range(len(WRONG)))
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, text)


def test_what_the_posterior_moves_is_no_uncertainty_besides(tmp_path: Path) -> None:
    text = SMALL.replace("productivity_growth: provenance", "leave_base: {range: [0.01, 0.02]}") + "posterior: 3\n"
    assert "is drawn from the posterior too" in told(tmp_path, text)


def test_a_sobol_sample_is_a_power_of_two(tmp_path: Path) -> None:
    text = SMALL.replace("[0, 0.5, 1]", "{range: [0, 1]}").replace("kind: grid, steps: 2", "kind: sobol, size: 12")
    assert "design.size: 12 is no power of two; give one such as 16" in told(tmp_path, text)
    assert "design.size: 4 is too few to tell indices from chance; give 8 or more" in told(
        tmp_path, text.replace("size: 12", "size: 4")
    )


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is neither a file nor an experiment that comes with careerflows"):
        load_experiment(tmp_path / "none.yaml")
    with pytest.raises(UserError, match="did you mean 'lever_sweep'"):
        load_experiment("lever_swep")


def test_scenario_files_are_found_beside_the_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "id: more\ntitle: More\nsummary: More of it.\nextends: hybrid_teachers\n", "more.yaml")
    text = "id: a\ntitle: A\nscenarios: [baseline, more.yaml, part_time_availability+more.yaml]\n"
    found = experiment(tmp_path, text)
    assert [scenario.id for scenario in found.scenarios] == ["baseline", "more", "part_time_availability+more"]
    (tmp_path / "here+there").mkdir()
    monkeypatch.chdir(tmp_path / "here+there")  # one of the same name in the current folder is another
    written(Path(), "id: other\ntitle: Other\nsummary: Another.\nextends: hybrid_teachers\n", "more.yaml")
    assert experiment(tmp_path, text).scenarios == found.scenarios
    own = experiment(tmp_path / "here+there", text).scenarios
    assert [scenario.id for scenario in own] == ["baseline", "other", "part_time_availability+other"]
