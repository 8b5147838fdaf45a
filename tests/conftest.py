from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chromium import BROWSER, QUIET

# As the command line does, before NumPy is loaded: waiting threads of linear algebra take processors from the tests.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker waits for it in the end; the other one compiles meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser; tests that ask for it are marked with `tests.chromium.NEEDED`."""
    from playwright.sync_api import sync_playwright  # only where a page is tested

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield found
        found.close()
