"""The report opened in a real browser: in both languages, on a screen and on a phone, and printed.

Needs Chromium (Debian: `apt-get install chromium`); see `tests.chromium`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import NEEDED

WIDTHS = {"screen": (1280, 900), "phone": (390, 844)}
NAMES = ("part_time_availability", "culture_of_inclusion")

pytestmark = NEEDED


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from experiments.cli import answer

    folder = tmp_path_factory.mktemp("browser") / "results"
    told = ["compare", *NAMES, "--scale", "4000", "--until", "2025-01-01", "--replicates", "2", "--attribution"]
    assert answer([*told, "--out", str(folder)]) == 0
    made = {}
    for language in ("en", "nl"):
        made[language] = folder.with_name(language)
        assert answer(["report", str(folder), "--language", language, "--out", str(made[language])]) == 0
    return made


@pytest.fixture
def asked() -> list[str]:
    """Addresses that a page asked for, and what it complained about."""
    return []


def opened(browser: Browser, file: Path, width: str, asked: list[str]) -> Page:
    size = WIDTHS[width]
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_opens(
    language: str, width: str, reports: dict[str, Path], browser: Browser, asked: list[str], tmp_path: Path
) -> None:
    file = reports[language] / "report.html"
    page = opened(browser, file, width, asked)
    assert asked == [file.as_uri()]  # nothing else was asked for, and nothing went wrong
    assert page.evaluate("document.documentElement.lang") == language
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"the page is {wide} pixels wider than the {width}"
    for picture in page.locator("figure svg").all():
        box = picture.bounding_box()
        assert box is not None
        assert box["height"] > 150
    assert page.locator("figure svg").count() >= 4
    assert page.locator("h2").count() == page.locator("nav a").count() == 13
    page.locator("nav a").last.click()
    assert page.evaluate("window.scrollY") > 500
    sizes: Any = page.evaluate(
        "[...document.querySelectorAll('p, td, th')].map(x => parseFloat(getComputedStyle(x).fontSize))"
    )
    assert min(sizes) >= 12
    page.screenshot(path=tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 10_000
    page.close()


def test_tables_can_be_reached_by_keyboard(reports: dict[str, Path], browser: Browser, asked: list[str]) -> None:
    page = opened(browser, reports["en"] / "report.html", "phone", asked)
    for _ in range(14):  # the list of sections comes first
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "wide"
    page.evaluate("[...document.querySelectorAll('.wide')].find(x => x.scrollWidth > x.clientWidth + 50).focus()")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")  # scrolling takes a moment, or fails in time
    page.close()


def test_it_prints(reports: dict[str, Path], browser: Browser, asked: list[str], tmp_path: Path) -> None:
    page = opened(browser, reports["nl"] / "report.html", "screen", asked)
    page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    reader = pypdf.PdfReader(tmp_path / "printed.pdf")
    assert 5 <= len(reader.pages) <= 40
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert (width, height) == pytest.approx((595, 842), abs=2)  # A4
    text = "".join(one.extract_text() for one in reader.pages)
    assert "Het antwoord in drie zinnen" in text
    page.close()
