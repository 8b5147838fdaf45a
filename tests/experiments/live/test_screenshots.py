"""The pictures of the page in the README.

With CAREERFLOWS_PICTURES=docs/pictures they are taken anew, at the scale of a workshop.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.chromium import NEEDED
from tests.experiments.live.browsing import ALL, COARSE, Watch, answered, card, opened, served

pytestmark = NEEDED
KEPT = os.environ.get("CAREERFLOWS_PICTURES")


def taken(page: Page, folder: Path, name: str) -> None:
    file = folder / f"{name}.png"
    page.screenshot(path=file)
    picture = Image.open(file).convert("RGB")
    assert len(picture.getcolors(maxcolors=1 << 24) or ()) > 200, "there is something to see"
    picture.quantize(colors=128, dither=Image.Dither.NONE).save(file, optimize=True)


@pytest.mark.skipif(not (ALL or KEPT), reason="takes long; it runs with CAREERFLOWS_LIVE=all")
def test_pictures(browser: Browser, watch: Watch, tmp_path: Path) -> None:
    folder = Path(KEPT).resolve() if KEPT else tmp_path
    with served(tmp_path / "session", "--share", *(() if KEPT else COARSE)) as server:
        page = opened(browser, watch, server.url, 1280, 840)
        answered(page, card(page, "part_time_and_flexible_hours").locator(".q-toggle").click)
        answered(page, card(page, "culture_change").locator(".q-toggle").click)
        page.wait_for_function("document.querySelectorAll('.cf-dot.cf-changed').length > 0")
        page.mouse.move(640, 4)
        taken(page, folder, "live_leaks")
        page.get_by_role("tab", name="Flows").click()
        page.locator(".cf-main").evaluate("(main) => main.scrollTo(0, main.scrollHeight)")
        taken(page, folder, "live_flows")
        page.get_by_role("tab", name="People").click()
        page.locator("#cf-year").fill("9")
        page.locator(".cf-main").evaluate("(main) => main.scrollTo(0, main.scrollHeight)")
        page.wait_for_timeout(900)
        taken(page, folder, "live_people")
        phone = opened(browser, watch, f"http://127.0.0.1:{server.port}/room?code={server.code}", 390, 700)
        page.get_by_role("tab", name="Predict").click()
        page.get_by_role("button", name="Ask the room").click()
        phone.locator("#range").fill("25000")
        phone.locator("#send").click()
        phone.wait_for_function("document.getElementById('mine').innerText !== ''")
        taken(phone, folder, "live_phone")
        phone.context.close()
        page.context.close()
