from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.experiments.live.browsing import COARSE, Server, Watch, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("live") / "session", *COARSE) as found:
        yield found


@pytest.fixture
def watch() -> Iterator[Watch]:
    found = Watch()
    yield found
    found.check()
