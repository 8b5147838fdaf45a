from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.experiments.live.browsing import BROWSER, COARSE, QUIET, Server, Watch, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield found
        found.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("live") / "session", *COARSE) as found:
        yield found


@pytest.fixture
def watch() -> Iterator[Watch]:
    found = Watch()
    yield found
    found.check()
