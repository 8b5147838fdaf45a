"""What is chosen on the page, as a scenario, a file and a link, and back."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

import scenarios
from experiments.live import chosen, link, saving
from experiments.live.chosen import Chosen, Setting, nothing
from experiments.live.offered import titles
from scenarios.catalogue import entries
from scenarios.loading import InputError
from tests.experiments.live.browsing import ALL

PART_TIME = "part_time_and_flexible_hours"
SET = Setting(0.8, date(2026, 1, 1), 1.5, (("employers.part_time", 0.25),))
OLD_LINKS = {
    "1.i8bVLNCpro0FAA": chosen.preset("part_time_availability"),
    "1.i0Y0dYA8AqnUQM8CbIYZwgxToC4sjV0lKwM9I9Pa2NpYAA": nothing().with_setting(PART_TIME, SET),
    "1.i0Zp3QAF0EsAg9pYAA": chosen.preset("action_plan").with_setting("culture_change", Setting(0.0, date(2026, 1, 1))),
}
"""Links made when version 1 was new; none of them may ever stop working."""


def everything() -> Chosen:
    """Every measure of the catalogue, each with all that can be set set otherwise."""
    found = nothing()
    for number, (name, entry) in enumerate(entries().items()):
        if entry.not_judged is not None:
            continue
        values = []
        for lever in entry.levers:
            low, high = chosen.span_of(lever)
            values.append((lever.lever, round(low + (high - low) * (0.3 + 0.007 * number), 4)))
        setting = Setting(0.3 + 0.01 * number, date(2022 + number % 13, 1, 1), 1.0, tuple(sorted(values)))
        found = found.with_setting(name, setting)
    return found


@pytest.mark.parametrize("name", scenarios.available())
def test_ready_scenarios_come_back_from_page_file_and_link(name: str) -> None:
    scenario, found = scenarios.load(name), chosen.preset(name)
    assert found.scenario().measures == scenario.measures
    again, title = saving.from_yaml(saving.as_yaml(found, "Mine").encode(), "mine.yaml")
    assert title == "Mine"
    assert again.scenario().measures == scenario.measures
    assert dict(again.parameters) == dict(scenario.parameters)
    assert link.unpacked(link.packed(found)) == found


def test_saved_file_is_taken_by_the_commands(tmp_path: Path) -> None:
    setting = replace(nothing().usual(PART_TIME), reach=0.8, start=date(2026, 1, 1), strength=1.4)
    found = nothing().with_setting(PART_TIME, setting)
    file = tmp_path / "mine.yaml"
    file.write_text(saving.as_yaml(found, "Déjà vu: 100% <b>"), encoding="utf-8")
    loaded = scenarios.load(file)
    assert loaded.id == "deja_vu_100_b"
    assert loaded.title == "Déjà vu: 100% <b>"
    assert loaded.measures == found.scenario().measures
    assert loaded.measures[0].levers[0].add == pytest.approx(0.3 * 1.4)
    assumed = found.with_setting(PART_TIME, setting.valued("employers.part_time", 0.45))
    file.write_text(saving.as_yaml(assumed, "Mine"), encoding="utf-8")
    assert scenarios.load(file).measures == assumed.scenario().measures


def test_a_link_holds_everything_in_less_than_two_kilobytes() -> None:
    found = everything()
    assert len(found.settings) > 50
    packed = link.packed(found)
    assert len(packed) < 1900
    assert link.unpacked(packed) == found


def test_own_measures_have_no_link() -> None:
    text = saving.as_yaml(
        nothing().with_setting(PART_TIME, nothing().usual(PART_TIME).valued("employers.part_time", 0.2)), "x"
    )
    own, _ = saving.from_yaml(text.replace(f"id: {PART_TIME}", "id: my_measure").encode(), "x.yaml")
    with pytest.raises(link.NoLink, match="link_own_measures"):
        link.packed(own)


@pytest.mark.parametrize("packed", OLD_LINKS)
def test_old_links_open(packed: str) -> None:
    assert link.unpacked(packed) == OLD_LINKS[packed]


@pytest.mark.parametrize(
    "damaged",
    ["", "1.", "1.%%%", "2.abc", "1." + "A" * 1898, "1.AAAA", "x" * 5000, "1.KygqTUksS1XSUQ", "1.\u00e9"],
)
def test_a_damaged_link_is_told(damaged: str) -> None:
    with pytest.raises(ValueError, match="link_"):
        link.unpacked(damaged)


def as_link(text: str) -> str:
    """A link that tells a text, whatever it says."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=link._dictionary("1"))
    packed = packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()
    return f"1.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "setting",
    ["[0.5,0,1.0,[1]]", "[0.5,0,1.0,null]", "[0.5,0,1.0,5]", '[0.5,0,1.0,"ab"]', f"[1{'0' * 400}]", "[NaN]", "[true]",
     f'[0.5,0,1.0,{{"employers.part_time":1{"0" * 400}}}]', '{"a":1}', "[]", "true", "false", "null", '["0.5"]',
     "[[1]]", "[1.5]", '[0.5,"2030-W05-1"]', '[0.5,"20300101"]', "[0.5,20300101]", "[0.5,[1]]", '[0.5,""]',
     '[0.5,"2021-01-01"]', '[0.5,"2030-02-30"]', "[0.5,0,9]", "[0.5,0,1.0,{},1]", '[0.5,0,1.0,{"nope":0}]',
     '[0.5,0,1.0,{"employers.part_time":true}]'],
)  # fmt: skip
def test_what_a_link_says_is_checked_strictly(setting: str) -> None:
    assert link.unpacked(as_link(f'["baseline",{{"{PART_TIME}":[0.5,"2030-01-01"]}}]')).settings[PART_TIME].reach == 0.5
    with pytest.raises(ValueError, match="link_damaged"):
        link.unpacked(as_link(f'["baseline",{{"{PART_TIME}":{setting}}}]'))


@pytest.mark.parametrize(
    "text", ["5", "null", "[[],{}]", "[{},{}]", '["baseline",{},1]', '["baseline",5]', '["\ud800",{}]', "[" * 15_000,
             '["baseline",{"../../x":[1]}]', '["../../etc/passwd",{}]', '{"a":1,"b":2}'],
)  # fmt: skip
def test_other_texts_are_no_links(text: str) -> None:
    with pytest.raises(ValueError, match="link_damaged"):
        link.unpacked(as_link(text))


def test_no_byte_of_a_link_can_do_harm() -> None:
    packed = link.packed(everything())
    for place in range(2, len(packed), 7 if ALL else 41):
        for sign in "A_9":
            try:
                found = link.unpacked(packed[:place] + sign + packed[place + 1 :])
            except ValueError:
                continue
            for setting in found.settings.values():
                assert 0.0 < setting.reach <= 1.0
                assert setting.strength <= chosen.STRONGEST


def test_what_cannot_be_is_refused() -> None:
    usual = nothing().usual(PART_TIME)
    with pytest.raises(ValueError, match=r"give a number from 0\.1 to 0\.5"):
        nothing().with_setting(PART_TIME, usual.valued("employers.part_time", 0.9))
    for value in (0.9, 0.0):
        with pytest.raises(ValueError, match=r"emigration is none of its levers; it has employers\.part_time"):
            nothing().with_setting(PART_TIME, usual.valued("emigration", value))
    with pytest.raises(KeyError):
        nothing().usual("../../secret")


def test_another_reading_of_a_measure_takes_its_place() -> None:
    found = nothing().with_setting("ten_year_perspective", nothing().usual("ten_year_perspective"))
    found = found.with_setting("ten_year_work_guarantee", found.usual("ten_year_work_guarantee"))
    assert list(found.settings) == ["ten_year_work_guarantee"]


@pytest.mark.parametrize(
    "parent", ["../baseline", "/etc/passwd", "baseline.yaml", "scenarios/baseline.yaml", "nowhere"]
)
def test_a_file_reads_no_other_file(parent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "baseline.yaml").write_text("id: baseline\nsecret: 1\n", encoding="utf-8")
    text = f"id: mine\ntitle: Mine\nsummary: Mine\nextends: {parent}\n"
    with pytest.raises(InputError, match="is no ready scenario; extend one, such as baseline"):
        saving.from_yaml(text.encode(), "mine.yaml")
    fine, _ = saving.from_yaml(text.replace(parent, "baseline").encode(), "mine.yaml")
    assert fine == nothing()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1",
        "id: !!python/object/apply:os.system [ls]",
        "a: &a [*a]",
        "\x00",
        "id: x\nid: y",
        "[" * 5000,
        "id: \xff",
    ],
)
def test_hostile_files_are_told_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as told:
        saving.from_yaml(text.encode("latin-1"), "mine.yaml")
    assert "\n" not in str(told.value)


def test_titles_are_one_line_of_text() -> None:
    assert saving.as_title("a\nb\x00\u202e" + "c" * 200) == "a b " + "c" * 76
    assert saving.identifier("../../etc/passwd") == "etc_passwd"
    assert saving.identifier("") == "scenario"
    assert saving.identifier("2035") == "scenario_2035"


@pytest.mark.parametrize(
    ("parameter", "value", "limits"),
    [
        ("regions", 1e300, "from 1 to 1000"),
        ("regions", -1e300, "from 1 to 1000"),
        ("primary_contact_from", 1e300, "from 0 to 100"),
        ("primary_contact_until", 1e300, "from 0 to 100"),
        ("arrivals_technical", 1e300, "from 0 to 1000000"),
        ("technical_posts", 1e300, "from 1 to 10000000"),
    ],
)
def test_counts_and_years_that_no_run_can_hold_are_refused(parameter: str, value: float, limits: str) -> None:
    told = {"id": "x", "title": "x", "summary": "x", "extends": "baseline"}
    given = {"value": value, "kind": "assumed", "reason": "x", "range": [min(value, 1.0), max(value, 1.0)]}
    with pytest.raises(InputError, match=rf"parameters\.{parameter}\.\S+: .* give a number {limits}, as the unit"):
        saving.from_yaml(yaml.safe_dump({**told, "parameters": {parameter: given}}).encode(), "x.yaml")


@pytest.mark.parametrize(
    ("extends", "told"),
    [(["baseline"] * 6000, "names 6000 scenarios; give 20 at most"),
     (["baseline", "action_plan", "baseline"], r"extends\[2\]: names 'baseline' twice; name each scenario once")],
)  # fmt: skip
def test_a_file_extends_each_scenario_once_and_not_many(extends: list[str], told: str) -> None:
    text = yaml.safe_dump({"id": "x", "title": "x", "summary": "x", "extends": extends})
    with pytest.raises(InputError, match=told):
        saving.from_yaml(text.encode(), "x.yaml")


def test_a_hint_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of mistakes in a file cost no more than one."""
    asked: list[str] = []
    for module in ("scenarios.wording", "scenarios.checks", "scenarios.measure_checks"):
        monkeypatch.setattr(f"{module}.did_you_mean", lambda word, known: asked.append(word) or "; did you mean it?")
    wrong = {f"regionz{k}": {"value": 1.0, "kind": "assumed"} for k in range(300)}
    levers = [{"lever": f"leave_bas{k}", "add": 0.1, "kind": "assumed", "reason": "x"} for k in range(300)]
    measure = {"id": "m", "title": "m", "source": "m", "start": "2024-01-01", "levers": levers}
    keys = {f"titel{k}": 1 for k in range(300)}
    text = yaml.safe_dump({"id": "x", "title": "x", "summary": "x", "extends": "baseline", **keys,
                           "parameters": wrong, "measures": [measure]}, sort_keys=False)  # fmt: skip
    with pytest.raises(InputError, match=r"x.yaml:5: titel0: unknown key; did you mean it\?"):
        saving.from_yaml(text.encode(), "x.yaml")
    assert asked == ["titel0"]


def test_no_unit_of_its_own_takes_a_number_out_of_its_limits() -> None:
    parameters = {name: one.model_dump(mode="json", exclude_none=True) for name, one in nothing().parameters.items()}
    whole = {"id": "x", "title": "x", "summary": "x", "parameters": parameters}
    assert saving.from_yaml(yaml.safe_dump(whole).encode(), "x.yaml")[0] == nothing()
    parameters["regions"]["unit"] = "things"
    with pytest.raises(InputError, match=r"'things' is not the unit of regions; give 'regions'$"):
        saving.from_yaml(yaml.safe_dump(whole).encode(), "x.yaml")


def test_titles_of_ready_scenarios_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand that drags a slider moves ten times a second: nothing may be read from files then."""
    known = titles("nl")
    monkeypatch.setattr(scenarios, "load", lambda name: pytest.fail(f"{name} is read again"))
    assert titles("nl") == known
    assert set(known) == set(scenarios.available())
