"""After a power cut a disk holds only names whose folder was synced: those of a store are, before it counts on them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.batch.batch import experiment_files
from experiments.batch.plan import Plan
from experiments.batch.store import Store
from experiments.batch.work import work
from tests.experiments.batch.conftest import SMALL, experiment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names of open folders come from /proc")


class Names:
    """Names in the folders of a store that a power cut would take away."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lost: set[Path] = set()
        self.seen = 0
        """How many there ever were."""
        self.made_for_commits: list[set[Path]] = []
        """Files that were made for each commit and would be lost, when its record appeared."""
        self._synced_folders: dict[Path, set[Path]] = {}
        for name in ("mkdir", "replace"):
            monkeypatch.setattr(os, name, self._naming(getattr(os, name)))
        self._fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self._synced)

    def _naming(self, function: Any) -> Any:
        def called(*given: Any, **named: Any) -> None:
            function(*given, **named)
            target = Path(given[1] if function.__name__ != "mkdir" else given[0])
            self.lost.add(target)
            self.seen += 1
            if target.parent.name == "commits":
                made = {*(target.parents[1] / "_work").glob("*/*/*.parquet")}
                self.made_for_commits.append(
                    {file for file in made if file not in self._synced_folders.get(file.parent, ())}
                )
                assert made

        return called

    def _synced(self, handle: int) -> None:
        self._fsync(handle)
        folder = Path(f"/proc/self/fd/{handle}").readlink()
        self.lost = {name for name in self.lost if name.parent != folder}
        if folder.is_dir():
            self._synced_folders[folder] = {*folder.iterdir()}


def test_every_name_is_on_disk_before_the_store_counts_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(experiment(tmp_path, SMALL + "outcomes: [indicators, ledgers]\n"), None)
    contents = [work(task) for task in plan.tasks(())]
    names = Names(monkeypatch)
    counted_on: list[set[Path]] = []
    unlink = Path.unlink

    def unlinking(file: Path, missing_ok: bool = False) -> None:
        if file.suffix == ".runs":
            counted_on.append(set(names.lost))  # its runs must be elsewhere by now
        unlink(file, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlinking)
    killed = Store(tmp_path / "new" / "store").__enter__()
    killed.keep_experiment("small", experiment_files(plan))
    for content in contents[:2]:
        killed.keep(content)
        assert not names.lost
    killed._stack.close()  # its locks are gone, its files are not
    with Store(tmp_path / "new" / "store") as store:
        assert not names.lost
        for content in contents[2:]:
            store.keep(content)
        store.flush()
    assert len(counted_on) == len(contents)
    assert not any(counted_on)
    assert not names.lost
    assert names.made_for_commits == [set()]
    assert names.seen > 30
