"""A room of real browsers: a round of predicting, a network that drops, a server that is started again; and keeping."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import scenarios
from tests.chromium import NEEDED
from tests.experiments.live.browsing import (
    COARSE,
    THOROUGH,
    Line,
    Server,
    Watch,
    answered,
    card,
    number,
    opened,
    served,
    settled,
)

pytestmark = NEEDED
PART_TIME = "part_time_and_flexible_hours"
PHONE = (390, 844)
LOST = ("net::ERR", "WebSocket connection to", "Failed to fetch", "NetworkError", "429", "403")
"""What browsers complain of while there is no network."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("room") / "session", "--share", *COARSE) as found:
        yield found


HOSTILE = """\
id: hostile
title: <img src=x onerror=alert(2)>
summary: x
extends: baseline
measures:
  - id: 'x" onclick="alert(4)'
    title: <img src=x onerror=alert(3)>
    source: <script>alert(5)</script>
    start: 2024-01-01
    levers:
      - {lever: employers.culture, add: 0.1, kind: assumed, range: [0, 0.2], reason: "<img src=x onerror=alert(6)>"}
"""


def room(server: Server, port: int | None = None) -> str:
    return f"http://127.0.0.1:{port or server.port}/room"


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def predict(page: Page, question: str = "") -> None:
    """Pose a question, after ending the round before it."""
    page.get_by_role("tab", name="Predict").click()
    if page.get_by_role("button", name="End the round").is_enabled():
        button(page, "End the round")
    if question:
        page.get_by_label("Question", exact=True).click()
        page.get_by_role("option", name=question).click()
    button(page, "Ask the room")


def test_a_round_with_three_participants(browser: Browser, shared: Server, watch: Watch) -> None:
    watch.expected = ("403",)  # the one who gives a wrong code
    page = opened(browser, watch, shared.url)
    phones = [opened(browser, watch, room(shared), *PHONE, locale=locale) for locale in ("en-GB", "nl-NL", "en-GB")]
    phones[0].get_by_label("Code on the big screen").fill("wrong1")
    phones[0].get_by_role("button", name="Join").click()
    expect(phones[0].get_by_role("alert")).to_have_text("That is not the code; look at the big screen.")
    button(page, "Room")
    code = page.locator(".cf-code").inner_text()
    assert code == shared.code
    page.keyboard.press("Escape")
    for phone in phones:
        phone.locator("#code").fill(f" {code[:3].lower()} {code[3:]}")
        phone.locator("#join-button").click()
        expect(phone.locator("#wait-title")).to_be_visible()
        assert phone.locator("#join-wrong").text_content() == ""
    predict(page)
    for phone, value in zip(phones, (10_000, 30_000, -5_000), strict=True):
        expect(phone.locator("#question")).to_contain_text("2035")
        phone.locator("#range").fill(str(value))
        phone.locator("#send").click()
        expect(phone.locator("#mine")).not_to_have_text("")
    expect(phones[1].locator("#mine")).to_have_text("Verstuurd: +30.000. Je kunt het nog wijzigen.")
    phones[0].locator("#range").fill("20000")
    phones[0].locator("#send").click()
    expect(page.get_by_text("3 answers")).to_be_visible()
    assert phones[2].locator("#spread .row").count() == 0
    button(page, "Close answers")
    for phone in phones:
        expect(phone.locator("#spread .row")).to_have_count(10)
        assert [int(one) for one in phone.locator("#spread .row span:last-child").all_inner_texts()] == [
            0, 1, 0, 0, 1, 1, 0, 0, 0, 0,
        ]  # fmt: skip
        expect(phone.locator("#send")).to_be_hidden()
    button(page, "Show the model")
    expect(
        page.get_by_text(re.compile(r"The model: .+ in 2035, between .+ and .+ \(95%, 12 pairs of runs\)"))
    ).to_be_visible()
    expect(phones[1].locator("#model")).to_contain_text("Het model:")
    marked = phones[0].locator("#spread .row.model")  # the bars that the interval of the model reaches
    expect(marked.first).to_be_visible()
    assert 1 <= marked.count() < 10
    for phone in phones:
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        phone.context.close()
    page.context.close()


def test_a_question_about_the_screen_hides_its_answer(browser: Browser, shared: Server, watch: Watch) -> None:
    page = opened(browser, watch, shared.url)
    phone = opened(browser, watch, f"{room(shared)}?code={shared.code}", *PHONE)
    answered(page, card(page, PART_TIME).locator(".q-toggle").click)
    expect(phone.locator("#now")).not_to_be_empty()
    asked, share = number(page), card(page, PART_TIME).locator(".cf-lever-value").first.inner_text()
    page.get_by_role("tab", name="Predict").click()
    page.get_by_label("Question", exact=True).click()
    page.get_by_role("option").filter(has_text="With what is on the screen now").first.click()
    button(page, "Ask the room")
    expect(page.get_by_text("Hidden until the model is shown")).to_be_visible()
    hidden = (page.locator("#cf-number"), page.locator("#cf-vacancies"), page.locator("#cf-women-more"))
    for one in hidden:
        expect(one).to_be_hidden()
    expect(phone.locator("#question")).to_be_visible()
    expect(phone.locator("#now")).to_be_empty()
    answered(page, lambda: card(page, PART_TIME).locator(".cf-slider").first.press("ArrowRight"))
    assert card(page, PART_TIME).locator(".cf-lever-value").first.inner_text() != share
    page.reload()
    expect(page.get_by_text("Hidden until the model is shown")).to_be_visible()
    expect(hidden[0]).to_be_hidden()
    page.get_by_role("tab", name="Predict").click()
    button(page, "Close answers")
    button(page, "Show the model")
    expect(hidden[0]).to_have_text(asked)  # the page stands again on what was asked about
    expect(hidden[0]).to_be_visible()
    expect(page.get_by_text(f"The model: {asked}")).to_be_visible()
    assert card(page, PART_TIME).locator(".cf-lever-value").first.inner_text() == share
    button(page, "End the round")
    expect(phone.locator("#wait-title")).to_have_text("The next question comes when the organiser asks it.")
    answered(page, page.get_by_role("button", name="All off").click)
    phone.context.close()
    page.context.close()


@THOROUGH
def test_a_choice_of_three(browser: Browser, shared: Server, watch: Watch) -> None:
    page = opened(browser, watch, shared.url)
    phone = opened(browser, watch, f"{room(shared)}?code={shared.code}", *PHONE)
    predict(page, "5. According to the model, which of these three gives the most technicians at the end of 2035?")
    expect(phone.locator("#choices label")).to_have_count(3)
    phone.get_by_label("1,000 more hybrid teachers").check()
    phone.locator("#send").click()
    expect(phone.locator("#mine")).to_have_text("Sent: 1,000 more hybrid teachers. You can still change it.")
    button(page, "Close answers")
    button(page, "Show the model")
    expect(phone.locator("#model")).to_contain_text("The model")
    assert phone.locator("#spread .row.model").count() >= 1
    phone.context.close()
    page.context.close()


def test_a_participant_cannot_get_to_the_controls(browser: Browser, shared: Server, watch: Watch) -> None:
    phone = opened(browser, watch, room(shared), *PHONE)
    expect(phone.locator("#code")).to_be_visible()
    phone.goto(f"{room(shared)}?code={shared.code}")
    expect(phone.locator("#wait, #round").filter(visible=True)).to_have_count(1)
    phone.goto(f"http://127.0.0.1:{shared.port}/")
    assert phone.url.endswith("/room")
    assert phone.locator(".cf-levers").count() == 0
    phone.context.close()


def test_a_network_that_drops(browser: Browser, shared: Server, watch: Watch) -> None:
    watch.expected = LOST
    line = Line(shared.port)
    page = opened(browser, watch, shared.url.replace(str(shared.port), str(line.port)))
    phone = opened(browser, watch, f"{room(shared, line.port)}?code={shared.code}", *PHONE)
    predict(page)
    phone.locator("#range").fill("7000")
    phone.locator("#send").click()
    expect(phone.locator("#mine")).to_contain_text("+7,000")
    line.cut()
    expect(phone.locator("#state")).to_have_text("connecting again…")
    expect(page.get_by_text("Connection lost.")).to_be_visible(timeout=15_000)
    page.wait_for_timeout(1500)
    line.mend()
    expect(phone.locator("#state")).to_have_text("", timeout=20_000)
    expect(phone.locator("#mine")).to_contain_text("+7,000")
    phone.locator("#range").fill("8000")
    phone.locator("#send").click()
    expect(page.get_by_text("1 answer", exact=True)).to_be_visible(timeout=20_000)
    answered(page, card(page, PART_TIME).locator(".q-toggle").click)
    answered(page, page.get_by_role("button", name="All off").click)
    phone.context.close()
    page.context.close()
    line.close()


@THOROUGH
def test_a_server_that_is_started_again(browser: Browser, watch: Watch, tmp_path: Path) -> None:
    watch.expected = LOST
    server = Server(tmp_path / "session", "--share", *COARSE)
    page = opened(browser, watch, server.url)
    phone = opened(browser, watch, f"{room(server)}?code={server.code}", *PHONE)
    answered(page, card(page, PART_TIME).locator(".q-toggle").click)
    page.wait_for_function("document.querySelectorAll('.cf-dot.cf-changed').length > 0")
    before = number(page)
    predict(page)
    phone.locator("#range").fill("9000")
    phone.locator("#send").click()
    expect(phone.locator("#mine")).to_contain_text("+9,000")
    page.evaluate("window.before = true")
    said = server.stop(signal.SIGTERM)
    assert "careerflows live: stopped" in said
    assert "Traceback" not in said, said
    server.start(server.port)
    expect(phone.locator("#state")).to_have_text("", timeout=30_000)
    expect(phone.locator("#mine")).to_contain_text("+9,000")
    phone.locator("#range").fill("12000")
    phone.locator("#send").click()
    expect(phone.locator("#mine")).to_contain_text("+12,000")
    page.wait_for_function("!window.before", timeout=30_000)
    expect(page.locator("#cf-number")).to_have_text(before, timeout=30_000)
    expect(card(page, PART_TIME)).to_have_class(re.compile("cf-on"))
    page.get_by_role("tab", name="Predict").click()
    expect(page.get_by_text("1 answer", exact=True)).to_be_visible()
    button(page, "Close answers")
    expect(page.get_by_role("button", name="Show the model")).to_be_enabled(timeout=30_000)
    button(page, "Show the model")
    expect(phone.locator("#model")).to_contain_text("The model:")
    page.context.close()
    phone.context.close()
    assert "Traceback" not in server.stop()


def test_keep_a_file_a_link_and_a_picture(browser: Browser, shared: Server, watch: Watch, tmp_path: Path) -> None:
    page = opened(browser, watch, shared.url)
    answered(page, card(page, PART_TIME).locator(".q-toggle").click)
    reached = card(page, PART_TIME).locator(".cf-slider")
    answered(page, lambda: reached.press("ArrowRight"))
    shown = number(page)
    button(page, "Keep")
    title = "<img src=x onerror=alert(1)> $x^2$"
    page.get_by_label("Title of the scenario").fill(title)
    page.on("dialog", lambda dialog: watch.wrong.append(f"a script ran: {dialog.message}"))
    with page.expect_download() as file:
        button(page, "Save as a file")
    saved = tmp_path / file.value.suggested_filename
    file.value.save_as(saved)
    assert saved.name == "img_src_x_onerror_alert_1_x_2.yaml"
    scenario = scenarios.load(saved)
    assert scenario.title == title
    assert [(one.id, one.reach.share) for one in scenario.measures] == [(PART_TIME, 0.51)]
    with page.expect_download() as picture:
        button(page, "Save a picture")
    picture.value.save_as(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    button(page, "Make a link")
    page.wait_for_function("document.querySelector('.q-dialog input[readonly]')?.value.includes('?s=')")
    link = page.locator(".q-dialog input[readonly]").input_value()
    assert len(link) < 2048
    page.keyboard.press("Escape")
    answered(page, page.get_by_role("button", name="All off").click)
    assert page.request.get(link).ok
    expect(page.locator(".cf-on")).to_have_count(0)  # who only fetches the address, as a picture would, chooses nothing
    page.goto(link)
    page.wait_for_function("(shown) => document.getElementById('cf-number')?.innerText === shown", arg=shown)
    page.wait_for_function("!location.search")
    answered(page, page.get_by_role("button", name="All off").click)
    button(page, "Keep")
    page.locator("input[type=file]").set_input_files(saved)
    expect(page.get_by_text(f"Loaded: {title}")).to_be_visible()
    page.wait_for_function("(shown) => document.getElementById('cf-number')?.innerText === shown", arg=shown)
    hostile = tmp_path / "hostile.yaml"
    hostile.write_text(HOSTILE, encoding="utf-8")
    button(page, "Keep")
    answered(page, lambda: page.locator("input[type=file]").set_input_files(hostile))
    mine = page.locator("section.cf-on")
    expect(mine.locator(".cf-lever-title").first).to_have_text("<img src=x onerror=alert(3)>")
    mine.get_by_text("Start, strength, assumptions").click()
    expect(mine).to_contain_text("<script>alert(5)</script>")
    mine.click()
    assert page.locator("[onclick], img[src=x]").count() == 0
    answered(page, page.get_by_role("button", name="All off").click)
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: bad\ntitle: <script>alert(2)</script>\nsummary: x\nextends: ../../secret\n", encoding="utf-8")
    button(page, "Keep")
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.locator(".q-dialog .cf-wrong")).to_contain_text("bad.yaml:4: extends")
    expect(page.locator(".q-dialog .cf-wrong")).to_contain_text("is no ready scenario")
    bad.write_bytes(b"x: " + b"y" * 250_000)
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.locator(".q-dialog .cf-wrong")).to_have_text("The file is too large for a scenario.")
    page.goto(f"http://127.0.0.1:{shared.port}/?s=1.damaged")
    settled(page)
    expect(page.get_by_text("This link is damaged; copy it anew.")).to_be_visible()
    page.context.close()
