"""The live page in a real browser: every control, both languages, keyboard, widths; and nothing leaves the machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import scenarios
from experiments.live.offered import first_measures
from tests.chromium import NEEDED
from tests.experiments.live.browsing import (
    ALL,
    THOROUGH,
    Server,
    Watch,
    answered,
    card,
    number,
    opened,
    settled,
)

pytestmark = NEEDED
PART_TIME, GUARANTEE = "part_time_and_flexible_hours", "ten_year_work_guarantee"
SIGNED = re.compile(r"[+−]\d|^0$")


@pytest.fixture(scope="module")
def window(browser: Browser, server: Server) -> Iterator[tuple[Page, Watch]]:
    watch = Watch()
    found = opened(browser, watch, server.url)
    yield found, watch
    found.context.close()


@pytest.fixture
def page(window: tuple[Page, Watch]) -> Iterator[Page]:
    """The page with no measure on, as it is when it was just opened."""
    found, watch = window
    found.keyboard.press("Escape")
    found.set_viewport_size({"width": 1280, "height": 900})
    if found.evaluate("document.documentElement.lang") == "nl":
        found.get_by_role("button", name="English").click()
    if found.locator(".cf-on").count():
        answered(found, found.get_by_role("button", name="All off").click)
    found.get_by_role("tab", name="Where they leak away").click()
    yield found
    watch.check()


def switch(page: Page, measure: str) -> Locator:
    return card(page, measure).locator(".q-toggle")


def slider(page: Page, measure: str, name: str = "reach") -> Locator:
    return card(page, measure).locator(f".cf-slider[aria-label$='{name}']")


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_the_first_look_says_what_it_is(page: Page) -> None:
    assert re.fullmatch(r"1,\d{3},000", number(page))
    expect(page.locator("#cf-what")).to_have_text(
        "technicians at work at the end of 2035 with the policies of 2022 only"
    )
    expect(page.locator("#cf-sub")).to_have_text("Switch a measure on and see what it changes.")
    assert page.locator("section[data-measure]").count() == len(first_measures()) == 10


@pytest.mark.parametrize("measure", first_measures() if ALL else first_measures()[4:6])
def test_every_measure_is_switched_and_moved(page: Page, measure: str) -> None:
    answered(page, switch(page, measure).click)
    assert SIGNED.search(number(page)), number(page)
    expect(card(page, measure)).to_have_class(re.compile("cf-on"))
    reach = slider(page, measure)
    before = float(reach.input_value())
    answered(page, lambda: reach.press("ArrowLeft"))
    assert float(reach.input_value()) == pytest.approx(before - 0.01)
    expect(card(page, measure).locator(".cf-lever-value").first).to_have_text(f"reach {round(100 * before - 1)}%")
    answered(page, switch(page, measure).click)
    expect(card(page, measure).locator(".cf-lever-value").first).to_have_text("off")
    assert re.fullmatch(r"1,\d{3},000", number(page))


def test_start_strength_and_assumptions_are_levers_too(page: Page) -> None:
    answered(page, switch(page, PART_TIME).click)
    card(page, PART_TIME).get_by_text("Start, strength, assumptions").click()
    assumption = card(page, PART_TIME).locator(".cf-assumption").first
    expect(assumption).to_contain_text("assumed")
    expect(assumption).to_contain_text("range: 0.1 to 0.5")
    expect(assumption).to_contain_text("No document gives a size")
    expect(card(page, PART_TIME)).to_contain_text("Kamerstuk 29 544, nr. 1173")
    seen = {number(page)}
    for name, key in (("start", "ArrowRight"), ("strength", "ArrowLeft"), ("value", "PageUp")):
        answered(page, lambda name=name, key=key: slider(page, PART_TIME, name).press(key))
        seen.add(page.evaluate("JSON.stringify(careerflows.view().curves.technicians.mean)"))
    assert len(seen) == 4, "each of them changes the answer"
    expect(card(page, PART_TIME)).to_contain_text("2024")
    expect(card(page, PART_TIME)).to_contain_text("× 0.9")
    expect(slider(page, PART_TIME, "value")).to_have_value("0.34")


PRESETS = scenarios.available()[1:] if ALL else ["action_plan", "nothing_adapts", "shock_recession"]


@pytest.mark.parametrize("name", PRESETS)
def test_presets(page: Page, name: str) -> None:
    scenario = scenarios.load(name)
    answered(page, lambda: choose(page, "Ready scenario", scenario.title))
    shown = page.evaluate("Object.keys(careerflows.view().measures)")
    assert shown == [measure.id for measure in scenario.measures]
    expect(page.locator("section.cf-on")).to_have_count(len(scenario.measures))
    if scenario.measures:
        assert SIGNED.search(number(page)), number(page)


def test_both_languages(page: Page) -> None:
    answered(page, switch(page, PART_TIME).click)
    english = number(page)
    page.get_by_role("button", name="Nederlands").click()
    expect(page.get_by_role("heading")).to_have_text("Wat houdt technici in de techniek?")
    expect(page.locator("#cf-what")).to_have_text("technici aan het werk eind 2035")
    assert number(page) == english.replace(",", ".")
    assert page.evaluate("document.documentElement.lang") == "nl"
    page.wait_for_timeout(900)
    bands = page.evaluate(
        "[...document.querySelectorAll('.nicegui-echart')].map((e) => "
        "getElement(Number(e.id.slice(1))).chart.getOption().series[2].data.length)"
    )
    assert bands == [15, 15, 15, 15]
    words = page.locator(".cf-page").inner_text()
    assert not re.search(r"\b(the|assumptions|reach|people|if nothing)\b", words), words
    page.get_by_role("button", name="English").click()
    expect(page.locator("#cf-what")).to_have_text("technicians at work at the end of 2035")
    expect(page.locator("#cf-number")).to_have_text(english)


def test_a_dutch_browser_gets_dutch(browser: Browser, server: Server, watch: Watch) -> None:
    page = opened(browser, watch, server.url, locale="nl-NL")
    expect(page.get_by_role("heading")).to_have_text("Wat houdt technici in de techniek?")
    guarantee = card(page, "ten_year_work_guarantee")
    guarantee.get_by_text("Begin, sterkte, aannames").click()
    expect(guarantee).to_contain_text("Solar Magazine, 7 februari 2023, over Kamerstuk 29 544")
    page.context.close()


def test_the_same_for_a_group(page: Page) -> None:
    answered(page, switch(page, PART_TIME).click)
    everybody = number(page)
    choose(page, "Shown for", "women")
    expect(page.locator("#cf-what")).to_have_text("technicians at work at the end of 2035, women")
    assert number(page) != everybody
    assert page.evaluate("careerflows.view().group") == "women"
    expect(page.locator("#cf-leak-6 .cf-base")).not_to_have_text("")
    choose(page, "Shown for", "all")
    expect(page.locator("#cf-number")).to_have_text(everybody)


def test_another_measure_is_added(page: Page) -> None:
    page.get_by_label("Add another measure").click()
    page.get_by_label("Add another measure").fill("Skills passport")
    answered(page, page.get_by_role("option", name="Skills passport").click)
    expect(card(page, "skills_passport")).to_have_class(re.compile("cf-on"))
    answered(page, page.get_by_role("button", name="All off").click)
    expect(card(page, "skills_passport")).to_have_count(0)


def test_a_choice_is_called_a_ready_scenario_only_while_it_is_one(page: Page) -> None:
    shown = page.locator(".cf-header .q-select").first
    answered(page, lambda: choose(page, "Ready scenario", "More part-time posts"))
    expect(shown).to_contain_text("More part-time posts")
    mine = page.locator(".cf-on .cf-slider").first
    answered(page, lambda: mine.press("ArrowLeft"))
    expect(shown).to_contain_text("More part-time posts, changed")
    answered(page, lambda: mine.press("ArrowRight"))
    expect(shown).not_to_contain_text("changed")
    answered(page, page.get_by_role("button", name="All off").click)
    expect(shown).to_contain_text("Baseline")
    answered(page, switch(page, PART_TIME).click)
    expect(shown).to_contain_text("Own choice")


def test_a_measure_comes_back_as_it_was_set(page: Page) -> None:
    answered(page, switch(page, PART_TIME).click)
    reach = slider(page, PART_TIME)
    answered(page, lambda: reach.press("ArrowRight"))
    told, with_it = card(page, PART_TIME).locator(".cf-lever-value").first, number(page)
    words = told.inner_text()
    answered(page, switch(page, PART_TIME).click)
    expect(told).to_have_text("off")
    answered(page, switch(page, PART_TIME).click)
    expect(told).to_have_text(words)
    assert number(page) == with_it
    answered(page, switch(page, PART_TIME).click)
    answered(page, page.get_by_role("button", name="All off").click)
    answered(page, switch(page, PART_TIME).click)
    expect(told).not_to_have_text(words)


def test_colour_is_for_what_the_runs_can_tell(page: Page) -> None:
    """Whatever is drawn of a group, its certainty and its colour agree, in the headline as in the leaks."""
    answered(page, switch(page, PART_TIME).click)
    for group in ("men", "with a migration background", "all"):
        choose(page, "Shown for", group)
        expect(page.locator("#cf-sub")).to_contain_text("12 pairs")
        page.wait_for_timeout(400)
        found = page.evaluate("""() => {
            const view = careerflows.view(), main = view.curves.technicians, at = view.years.length - 1;
            const colour = getComputedStyle(document.getElementById("cf-number")).color;
            return [main.low[at] > 0 || main.high[at] < 0, colour];
        }""")
        assert found[0] == (found[1] != "rgb(31, 42, 48)"), (group, found)
        marked = page.evaluate("""() => careerflows.view().leaks.map((leak) => [leak.low > 0 || leak.high < 0,
            !document.querySelector(`#cf-leak-${leak.point} .cf-bar`).classList.contains("cf-unsure")])""")
        assert all(known == coloured for known, coloured in marked), (group, marked)


def test_another_reading_of_a_measure_makes_room(page: Page) -> None:
    answered(page, switch(page, GUARANTEE).click)
    page.get_by_label("Add another measure").fill("Ten-year perspective")
    answered(page, page.get_by_role("option", name="Ten-year perspective").click)
    expect(card(page, GUARANTEE)).not_to_have_class(re.compile("cf-on"))
    expect(page.get_by_text("Ten-year work and training guarantee made room")).to_be_visible()


def test_replay_shows_the_last_change_again(page: Page) -> None:
    answered(page, switch(page, PART_TIME).click)
    page.wait_for_timeout(1600)
    answered(page, switch(page, "culture_change").click)
    both = number(page)
    page.get_by_role("button", name="Replay my last change").click()
    expect(card(page, "culture_change")).not_to_have_class(re.compile("cf-on"))
    expect(card(page, PART_TIME)).to_have_class(re.compile("cf-on"))
    expect(card(page, "culture_change")).to_have_class(re.compile("cf-on"), timeout=8000)
    expect(page.locator("#cf-number")).to_have_text(both)


def test_flows_change_in_width_colour_and_number(page: Page) -> None:
    page.get_by_role("tab", name="Flows").click()
    widths = (
        "[...document.querySelectorAll('#cf-flows [stroke-width]')].map((path) => path.getAttribute('stroke-width'))"
    )
    before = page.evaluate(widths)
    lines = page.evaluate("window.drawn = [...document.querySelectorAll('#cf-flows path')]; window.drawn.length")
    answered(page, lambda: choose(page, "Ready scenario", "The whole action plan"))
    assert page.evaluate(widths) != before
    assert page.evaluate("[...document.querySelectorAll('#cf-flows path')].every((path, k) => path === drawn[k])")
    assert lines == page.locator("#cf-flows path").count()
    assert page.locator("#cf-flows .cf-text-fewer").count() > 2
    assert re.match(r"[+−]", page.locator("#cf-flows .cf-text-more").first.text_content() or "")


def test_people_move_and_one_is_followed(page: Page) -> None:
    answered(page, switch(page, PART_TIME).click)
    page.get_by_role("tab", name="People").click()
    page.wait_for_function("document.querySelectorAll('.cf-dot.cf-changed').length > 3")
    assert 300 <= page.locator(".cf-dot").count() <= 360
    places = "[...document.querySelectorAll('.cf-dot')].map((dot) => dot.style.transform).join()"
    expect(page.locator("#cf-year-words")).to_have_text("1 January 2022")
    start = page.evaluate(places)
    page.get_by_role("button", name="Year on").click()
    expect(page.locator("#cf-year-words")).to_have_text("31 December 2022")
    assert page.evaluate(places) != start
    page.get_by_role("button", name="Year back").click()
    assert page.evaluate(places) == start
    page.locator("#cf-speed").fill("4")
    page.locator("#cf-play").click()
    expect(page.locator("#cf-play")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#cf-year-words")).to_have_text(re.compile(r"31 December 20(2[3-9]|3\d)"), timeout=15_000)
    page.locator("#cf-play").click()
    expect(page.locator("#cf-play")).to_have_text("▶ Play")
    page.locator("#cf-year").fill("14")
    expect(page.locator("#cf-year-words")).to_have_text("31 December 2035")
    with_them = page.evaluate(places)
    page.get_by_label("without").check()
    assert page.evaluate(places) != with_them
    page.get_by_role("button", name="next ▶").click()
    expect(page.locator("#cf-who")).to_contain_text("born in")
    expect(page.locator("#cf-life-with li").first).to_contain_text("2022")
    first = page.locator("#cf-who").inner_text() + page.locator("#cf-life-with").inner_text()
    page.get_by_role("button", name="next ▶").click()
    page.wait_for_function("(first) => document.getElementById('cf-who').innerText + "
                           "document.getElementById('cf-life-with').innerText !== first", arg=first)  # fmt: skip
    assert page.locator("#cf-life-with").inner_text() != page.locator("#cf-life-without").inner_text()
    page.locator(".cf-dot").nth(5).dispatch_event("click")
    expect(page.locator(".cf-dot").nth(5)).to_have_class(re.compile("cf-followed"))


def test_keyboard_only(page: Page) -> None:
    page.locator("body").press("Tab")
    reached: list[str] = []
    for _ in range(60):
        here = page.evaluate("(() => { const at = document.activeElement; return at.getAttribute('aria-label') + "
                             "'|' + at.getAttribute('role') + '|' + at.innerText.slice(0, 40); })()")  # fmt: skip
        reached.append(here)
        if here.startswith("More part-time and flexible posts|switch"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(reached)
    answered(page, lambda: page.keyboard.press("Space"))
    page.keyboard.press("Tab")
    answered(page, lambda: page.keyboard.press("ArrowRight"))
    expect(card(page, PART_TIME).locator(".cf-lever-value").first).to_have_text("reach 51%")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card(page, PART_TIME).locator(".cf-assumption").first).to_be_visible()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "one sees where the keyboard is"
    page.get_by_role("tab", name="Where they leak away").focus()
    for name in ("Flows", "People", "Predict"):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    for name in ("Keep", "Room"):
        page.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".q-dialog").get_by_role("button", name="Close")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".q-dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (820, 1180), (1280, 720), (3840, 2160)] if ALL else [(390, 844), (3840, 2160)]
)
def test_widths(page: Page, width: int, height: int) -> None:
    answered(page, lambda: choose(page, "Ready scenario", scenarios.load("pillar_retention_and_inflow").title))
    page.set_viewport_size({"width": width, "height": height})
    for name in ("Where they leak away", "Flows", "People", "Predict"):
        page.get_by_role("tab", name=name).click()
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    small = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.cf-page *')].filter((e) => e.checkVisibility()"
        " && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && !e.closest('svg'))"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert small >= 11
    big = page.locator("#cf-number").bounding_box()
    assert big is not None
    assert big["y"] + big["height"] < height, "the answer is on the first screen"
    if width == 3840:
        assert big["height"] > 80, "it can be read from the last row"


@pytest.mark.parametrize(
    "eyes", ["deuteranopia", "protanopia", "tritanopia", "achromatopsia"] if ALL else ["deuteranopia"]
)
def test_more_and_fewer_are_told_apart_without_colour(page: Page, eyes: str) -> None:
    import io

    from PIL import Image, ImageStat

    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": eyes})
    means = []
    for kind in ("more", "fewer", "same"):
        picture = Image.open(io.BytesIO(page.locator(f".cf-swatch.cf-{kind}").first.screenshot())).convert("RGB")
        means.append(ImageStat.Stat(picture).mean)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        distance = sum((a - b) ** 2 for a, b in zip(means[one], means[other], strict=True)) ** 0.5
        assert distance > 30, (eyes, means)
    answered(page, switch(page, PART_TIME).click)
    expect(page.locator("#cf-leak-6 .cf-bar")).to_have_css("background-image", re.compile("repeating-linear-gradient"))
    expect(page.locator("#cf-leak-6 .cf-change")).to_have_text(re.compile("−"))


@THOROUGH
def test_two_pages_show_the_same(browser: Browser, server: Server, watch: Watch, page: Page) -> None:
    other = opened(browser, watch, server.url)
    answered(page, switch(page, PART_TIME).click)
    expect(card(other, PART_TIME)).to_have_class(re.compile("cf-on"))
    settled(other)
    expect(other.locator("#cf-number")).to_have_text(number(page))
    other.context.close()
