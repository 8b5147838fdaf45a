"""Whatever is damaged in a store is found, said in one line, and mended."""

from __future__ import annotations

import errno
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import experiments
from experiments.batch import commits, keeping, layout
from experiments.batch.batch import experiment_files
from experiments.batch.commits import records
from experiments.batch.files import altered, write_together
from experiments.batch.keeping import verify
from experiments.batch.locks import writing
from experiments.batch.plan import Plan
from experiments.batch.sensitivity import Asked, sensitivity
from experiments.batch.store import Finished, Store
from experiments.batch.whole import DECIDING, Tables
from experiments.batch.work import Task
from experiments.options import UserError
from tests.experiments.batch.conftest import SMALL, experiment
from tests.experiments.batch.stores import Here, assert_same, leave, ran

Captured = pytest.CaptureFixture[str]


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def changed(file: Path) -> None:
    told = bytearray(file.read_bytes())
    told[len(told) // 3] ^= 4
    file.write_bytes(told)


def assert_mended(store: Path, plan: Plan, reference: Path) -> None:
    """After a repair and the same batch again a store is what it was."""
    assert verify(store, repair=True, as_json=False) == 0
    assert verify(store, repair=False, as_json=False) == 0
    assert ran(plan, store, Here()).to_do == 0
    assert_same(store, reference)
    assert verify(store, repair=False, as_json=False) == 0


@pytest.mark.parametrize("spoil", [truncated, changed, Path.unlink])
@pytest.mark.parametrize("table", ["runs", "indicators/scenario=baseline", "flows/scenario=part_time_availability"])
def test_a_damaged_table_is_found_and_mended(
    spoil: Callable[[Path], None], table: str, store: Path, plan: Plan, small_store: Path, capsys: Captured
) -> None:
    assert verify(store, repair=False, as_json=False) == 0
    (file,) = (store / table).glob("part-*.parquet")
    spoil(file)
    assert verify(store, repair=False, as_json=False) == 1
    told = capsys.readouterr().err.splitlines()
    assert str(file.relative_to(store)) in told[0]
    right = "--repair sets aside what is damaged, and a batch makes it anew"
    assert told[1] == f"careerflows store verify {store} {right}"
    if spoil is not changed or table == "runs":  # whose digests are computed whenever a store is opened
        for use in (Store(store).__enter__, lambda: experiments.load(store)):
            with pytest.raises(UserError, match=right) as error:
                use()
            assert str(file) in str(error.value)
    else:
        results = experiments.load(store)
        with pytest.raises(UserError, match=f"cannot be read: .*{right}"):
            (results.table("flows") if "flows" in table else results.indicators())
    assert not list((store / "journal").iterdir())
    assert_mended(store, plan, small_store)


def test_every_bit_of_the_keys_of_runs_is_looked_at(store: Path) -> None:
    """One that goes unseen is a run that is done again and then stands there twice."""
    (file,) = (store / "runs").glob("part-*.parquet")
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        told = bytearray(whole)
        told[place] ^= 1 << place % 8
        file.write_bytes(told)
        assert any(Tables(store).damage(DECIDING))
    file.write_bytes(whole)
    assert not any(Tables(store).damage(DECIDING))


def test_every_bit_of_a_footer_is_looked_at(store: Path) -> None:
    """It tells where everything stands in a file, and no sum of a page covers it."""
    (file,) = (store / "indicators" / "scenario=baseline").glob("part-*.parquet")
    whole = file.read_bytes()
    begin = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    assert whole[-4:] == b"PAR1"
    for place in [*range(begin, len(whole), 53), *range(len(whole) - 8, len(whole))]:
        told = bytearray(whole)
        told[place] ^= 1 << place % 8
        file.write_bytes(told)
        assert any(Tables(store).damage(())), place
    file.write_bytes(whole)
    assert not any(Tables(store).damage(()))


def test_a_store_from_before_the_digests_of_footers(store: Path) -> None:
    ((record, files),) = records(store)
    told = json.loads(record.read_bytes())
    del told["sha256"]
    for one in told["files"]:
        del one["footer"]
    record.write_text(json.dumps(told | {"sha256": commits._digest(told)}))
    assert not any(Tables(store).damage(()))
    changed(store / files[0]["path"])
    assert any(Tables(store).damage(()))


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def loop(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


@pytest.mark.parametrize("spoil", [folder, loop])
@pytest.mark.parametrize(
    "name",
    ["commits/*.json", "SHA256SUMS", "manifest.json", "experiments/small/design.parquet", "runs/*.parquet", "journal"],
)
def test_a_folder_or_a_loop_in_place_of_a_file_is_mended(
    spoil: Callable[[Path], None],
    name: str,
    store: Path,
    plan: Plan,
    done: list[tuple[Task, bytes]],
    small_store: Path,
) -> None:
    if name == "journal":
        left = Store(store).__enter__()
        left.keep(done[0][1])
        leave(left)
        ((file,),) = (list(place.iterdir()) for place in (store / "journal").iterdir())
    else:
        (file,) = store.glob(name)
    spoil(file)
    assert verify(store, repair=False, as_json=False) == 1
    assert_mended(store, plan, small_store)


def test_what_is_just_being_written_is_no_damage(store: Path) -> None:
    rows = len(experiments.load(store).design())
    for sums in (store / "experiments" / "small" / "SHA256SUMS", store / "SHA256SUMS"):
        whole = sums.read_bytes()
        with writing(store):
            sums.write_bytes(b"")
            ending = threading.Timer(0.3, sums.write_bytes, [whole])
            ending.start()
            reading = Reading(store)
            reading.start()
            ending.join()
        reading.join()
        assert reading.rows == rows


class Reading(threading.Thread):
    """Reads a design while a batch writes to the store."""

    def __init__(self, store: Path) -> None:
        super().__init__()
        self.store, self.rows = store, 0

    def run(self) -> None:
        self.rows = len(experiments.load(self.store).design())


def test_every_bit_of_a_record_is_looked_at(store: Path) -> None:
    ((record, files),) = records(store)
    assert len(files) > 10
    whole = record.read_bytes()
    for place in range(0, len(whole), 31):
        for bit in range(8):
            told = bytearray(whole)
            told[place] ^= 1 << bit
            record.write_bytes(told)
            assert any(Tables(store).damage(())), (place, bit)


def test_a_folder_of_a_table_that_is_gone_is_found(store: Path, plan: Plan, small_store: Path) -> None:
    shutil.rmtree(store / "indicators" / "scenario=baseline")
    with pytest.raises(UserError, match=r"indicators/scenario=baseline/part-.* is missing; careerflows store verify"):
        experiments.load(store)
    assert_mended(store, plan, small_store)


@pytest.mark.parametrize("spoil", [changed, Path.unlink])
def test_a_record_that_is_damaged_or_gone_is_found(
    spoil: Callable[[Path], None], store: Path, plan: Plan, small_store: Path, capsys: Captured
) -> None:
    ((record, _),) = records(store)
    spoil(record)
    assert verify(store, repair=False, as_json=False) == 1
    what = (
        rf"{record.name} has been altered" if spoil is changed else r"part-\w+-\w+.parquet is in no record of commits"
    )
    with pytest.raises(UserError, match=what), Store(store):
        pass
    with pytest.raises(UserError, match=what):
        experiments.load(store)
    assert_mended(store, plan, small_store)
    capsys.readouterr()


def test_all_records_gone(store: Path, plan: Plan, small_store: Path) -> None:
    shutil.rmtree(store / "commits")
    with pytest.raises(UserError, match="is in no record of commits"):
        experiments.load(store)
    assert_mended(store, plan, small_store)


def test_a_file_of_somebody_else_among_the_tables_is_told(store: Path, plan: Plan, small_store: Path) -> None:
    (file,) = (store / "runs").glob("part-*.parquet")
    shutil.copy(file, file.with_name("copy of runs.parquet"))
    with pytest.raises(UserError, match=r"runs/copy of runs.parquet is in no record of commits"):
        experiments.load(store)
    (store / "runs" / ".notes").write_text("not read as a part of a table")
    assert_mended(store, plan, small_store)


def test_a_commit_that_was_interrupted_and_whose_record_is_damaged(
    done: list[tuple[Task, bytes]], plan: Plan, small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    store = tmp_path / "s"
    one = Store(store).__enter__()
    for _, content in done:
        one.keep(content)
    with monkeypatch.context() as broken:
        broken.setattr("experiments.batch.commits.sync_folder", killed_after(2, commits.sync_folder, killed))
        with pytest.raises(Killed):
            one.flush()
    leave(one)
    ((record, _),) = records(store)
    truncated(record)
    with pytest.raises(UserError, match=r"has been altered; careerflows store verify"), Store(store):
        pass
    assert_mended(store, plan, small_store)


def test_a_disk_that_does_not_read_for_a_moment_loses_nothing(
    done: list[tuple[Task, bytes]], small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "s"
    one = Store(store).__enter__()
    for _, content in done:
        one.keep(content)
    with monkeypatch.context() as broken:
        broken.setattr("experiments.batch.commits._finish", unreadable)
        with pytest.raises(OSError, match="read"):
            one.flush()
    shutil.rmtree(store / "journal")  # so that all hangs on what was begun
    leave(one)
    whole = Path.read_bytes
    with monkeypatch.context() as broken:
        broken.setattr(Path, "read_bytes", lambda file: unreadable() if file.parent.name == "commits" else whole(file))
        with pytest.raises(OSError, match="read"), Store(store):
            pass
    with Store(store) as again:
        assert len(again.finished.done) == 16
    assert_same(store, small_store)


def unreadable(*_: object) -> bytes:
    raise OSError(errno.EIO, "cannot be read now")


def killed_after(calls: int, function: Callable[..., None], kill: Callable[..., None]) -> Callable[..., None]:
    def called(*given: object) -> None:
        nonlocal calls
        calls -= 1
        (function if calls else kill)(*given)

    return called


def test_a_commit_of_a_batch_that_is_gone_is_finished_before_another(
    done: list[tuple[Task, bytes]], small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two batches have the same runs; one dies, or fails, between its record and its files, and the other goes on."""
    for dies in (True, False):
        folder = tmp_path / f"dies {dies}"
        one, two = Store(folder).__enter__(), Store(folder).__enter__()
        for _, content in done:
            one.keep(content)
            two.keep(content)

        def full(*_: object) -> None:
            raise OSError("full")

        with monkeypatch.context() as broken:
            broken.setattr("experiments.batch.commits._finish", full)
            with pytest.raises(OSError, match="full"):
                one.flush()
        if dies:
            leave(one)
        two.flush()
        two.__exit__(None, None, None)
        if not dies:
            one.__exit__(OSError, OSError(), None)
        with Store(folder) as three:
            three.flush()
        assert_same(folder, small_store)


def test_what_a_batch_that_was_killed_meanwhile_has_finished_gets_into_the_tables(
    done: list[tuple[Task, bytes]], plan: Plan, small_store: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "s"
    killed = Store(folder).__enter__()
    for _, content in done[:2]:
        killed.keep(content)
    (folder / "locks" / "killed-before.lock").touch()

    class KilledMeanwhile(Here):
        def room(self) -> bool:
            leave(killed)
            return super().room()

    progress = ran(plan, folder, KilledMeanwhile())
    assert (progress.to_do, progress.elsewhere) == (0, 0)
    assert_same(folder, small_store)
    assert not list((folder / "journal").iterdir())
    assert [lock.name for lock in (folder / "locks").iterdir()] == ["store.lock"]


def test_what_another_batch_has_yet_to_put_into_the_tables_is_counted(
    done: list[tuple[Task, bytes]], plan: Plan, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "s"
    with Store(folder) as other:
        other.keep(done[0][1])
        other.keep_experiment("small", experiment_files(plan))
        with pytest.raises(UserError, match="in its tables; a batch puts what is finished there every ten minutes"):
            experiments.load(folder).indicators()
        assert ran(plan, folder, Here()).elsewhere == len(done[0][0].runs)
        wanted = {"indicator": ["technicians"], "group": ["all"], "year": None}
        assert keeping.export(folder, tmp_path / "all.csv", None, wanted) == 0
        assert f"{len(done[0][0].runs)} runs of the experiment are not in the tables" in capsys.readouterr().err
        changed(next((folder / "indicators").rglob("*.parquet")))
        with pytest.raises(UserError, match="a batch is writing to it; wait until it has ended"):
            verify(folder, repair=True, as_json=False)
        other.flush()
    assert experiments.load(folder).missing() == 0


def test_nothing_is_left_after_all_was_set_aside(store: Path, tmp_path: Path, plan: Plan, small_store: Path) -> None:
    changed(next((store / "runs").iterdir()))
    assert verify(store, repair=True, as_json=False) == 0
    assert not {one.name for one in store.iterdir()} & layout.COLUMNS.keys()
    wanted = {"indicator": None, "group": None, "year": None}
    with pytest.raises(UserError, match="has no run of small in its tables; run the batch first"):
        keeping.export(store, tmp_path / "all.csv", None, wanted)
    assert_mended(store, plan, small_store)


@pytest.mark.parametrize("spoil", [changed, truncated, Path.unlink])
@pytest.mark.parametrize("name", [*layout.EXPERIMENT_FILES, "SHA256SUMS"])
def test_a_damaged_file_of_an_experiment_is_told_and_mended(
    name: str, spoil: Callable[[Path], None], store: Path, plan: Plan, small_store: Path
) -> None:
    spoil(store / "experiments" / "small" / name)
    results = experiments.load(store)
    for use in (results.about, results.design, results.indicators, lambda: list(results.status())):
        with pytest.raises(UserError, match=r"is not as it was written; run the batch again, it writes it anew"):
            use()
    assert verify(store, repair=False, as_json=False) == 1
    with Store(store) as again:
        again.keep_experiment("small", experiment_files(plan))
    assert verify(store, repair=False, as_json=False) == 0
    spoil(store / "experiments" / "small" / name)
    assert_mended(store, plan, small_store)


def test_an_experiment_of_which_a_half_was_written_is_told(store: Path, tmp_path: Path) -> None:
    text = SMALL.replace("productivity_growth: provenance", "warm_up_years: [1, 2]")
    other = experiment_files(Plan(experiment(tmp_path, text), None))
    (store / "experiments" / "small" / "about.json").write_bytes(other["about.json"])
    with pytest.raises(UserError, match=r"about.json is not as it was written"):
        sensitivity(store, Asked(None, None, "technicians", "all", None), None, False)


@pytest.mark.parametrize("spoil", [changed, truncated, Path.unlink])
@pytest.mark.parametrize("name", ["manifest.json", "SHA256SUMS"])
def test_a_damaged_manifest_is_told_and_mended(
    name: str, spoil: Callable[[Path], None], store: Path, plan: Plan, small_store: Path, capsys: Captured
) -> None:
    kept = (store / "manifest.json").read_bytes()
    for mend in (lambda: verify(store, repair=True, as_json=False), lambda: ran(plan, store, Here())):
        spoil(store / name)
        with pytest.raises(UserError, match=r"manifest.json is .*; run a batch into the store, it writes it anew"):
            experiments.load(store)
        assert verify(store, repair=False, as_json=False) == 1
        mend()
        assert (store / "manifest.json").read_bytes() == kept
        assert experiments.load(store).experiments == ("small",)
    assert "manifest.json is written anew" in capsys.readouterr().err
    assert not (store / "damaged").exists()


@pytest.mark.parametrize("bit", [1, 2, 4])
def test_a_manifest_of_another_kind(bit: int, store: Path, plan: Plan) -> None:
    text = (store / "manifest.json").read_text()
    (store / "manifest.json").write_text(text.replace('"store"', f'"{chr(ord("s") ^ bit)}tore"'))
    with pytest.raises(UserError, match="it writes it anew"):
        experiments.load(store)
    assert ran(plan, store, Here()).cached == 16


def test_a_store_of_another_format_is_refused(store: Path) -> None:
    told = json.loads((store / "manifest.json").read_bytes())
    write_together(store, {"manifest.json": json.dumps({**told, "format": 99}).encode()}, store / "_work")
    for use in (Store(store).__enter__, lambda: experiments.load(store), lambda: verify(store, False, False)):
        with pytest.raises(UserError, match="format 99 is not 1, of this version"):
            use()
    assert altered(store, ["manifest.json"]) == []


def test_a_damaged_entry_of_the_journal_is_not_counted(done: list[tuple[Task, bytes]], tmp_path: Path) -> None:
    killed = Store(tmp_path / "s").__enter__()
    for _, content in done[:2]:
        killed.keep(content)
    leave(killed)
    (one, two) = layout.journal_entries(tmp_path / "s")
    one.write_bytes(one.read_bytes().replace(b'"run": "', b'"ruo": "'))
    finished = Finished(tmp_path / "s")
    finished.look()
    assert len(finished.done) in {len(task.runs) for task, _ in done[:2]}
    assert verify(tmp_path / "s", repair=True, as_json=False) == 0
    assert layout.journal_entries(tmp_path / "s") == [two]


def test_the_sums_are_those_of_sha256sum(store: Path) -> None:
    import hashlib

    for folder in (store, store / "experiments" / "small"):
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_no_run_stands_twice(store: Path) -> None:
    assert not pd.read_parquet(store / "runs")["run"].duplicated().any()
