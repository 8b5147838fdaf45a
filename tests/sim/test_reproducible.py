"""The same scenario and seed give the same run, to the last bit: by threads, order of work, and kind of code."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from datetime import date
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

import scenarios
import sim
from sim import beginning, engine, turns
from sim.ledger import Ledger, LedgerError
from sim.model import CareerModel
from sim.quarters import Room, new_room
from sim.scenario import Scenario

UNTIL = date(2026, 1, 1)
SCALE = 500.0


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test builds its starting populations itself; nothing is taken from runs before."""
    monkeypatch.setattr(beginning, "_kept", OrderedDict())


def columns(model: CareerModel) -> dict[str, Any]:
    """Everything that a run carries, people and employers."""
    state = model.state
    people = {name: column[: state.count] for name, column in state.people.by_name().items()}
    rest = {"teachers": state.teachers, "scarcity": state.scarcity, "stocks": state.stocks}
    return {**people, **{f"employers.{k}": v for k, v in state.employers._asdict().items()}, **rest}


def assert_same(one: CareerModel, other: CareerModel) -> None:
    assert one.ledger.equal(other.ledger)
    a, b = columns(one), columns(other)
    for name in a:
        assert np.array_equal(a[name], b[name]), name
    for (rows, codes), (rows_too, codes_too) in zip(one.events, other.events, strict=True):
        assert np.array_equal(rows, rows_too)
        assert np.array_equal(codes, codes_too)


def finished(scenario: Scenario, rng: Any, threads: int = 1, **more: Any) -> CareerModel:
    model = CareerModel(scenario, **{"scale": SCALE, "until": UNTIL, **more}, rng=rng, threads=threads)
    model.run()
    return model


@pytest.mark.parametrize("name", ["baseline", "ten_year_guarantee"])
def test_threads_do_not_matter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = scenarios.load(name)
    alone = finished(scenario, 3)
    assert alone.ledger.rows == 16
    monkeypatch.setattr(turns, "ROWS_PER_THREAD", 1000)
    for threads, rows in ((2, 512), (3, 777), (2, 5000)):
        monkeypatch.setattr(turns, "STRETCH", rows)
        assert alone.state.count > 2 * rows  # so that there are several stretches
        beginning._kept.clear()
        assert_same(alone, finished(scenario, 3, threads=threads))


def test_several_threads_really_take_turns() -> None:
    """Guards the test above: there is work for each thread, and every stretch is taken once."""
    assert turns.workers(2, 24_999) == 1
    assert turns.workers(2, 25_000) == turns.workers(2, 10**6) == 2
    counter, taken, met = np.zeros(1, np.int64), [[], []], threading.Barrier(2)

    def work(thread: int) -> None:
        met.wait(30)  # nobody gets past here alone
        while (turn := take(counter)) < 200_000:
            taken[thread].append(turn)

    turns.together(2, work)
    assert sorted(taken[0] + taken[1]) == list(range(200_000))


def test_threads_meet_before_any_goes_on() -> None:
    """Each writes what round it is in, and after they have met, all see that of the others."""
    rounds, threads = 20_000, 3
    gate, at, behind = turns.new_gate(), np.zeros((threads, 8), np.int64), np.zeros(threads, np.int64)
    turns.together(threads, lambda thread: go_round(rounds, threads, thread, gate, at, behind))
    assert at[:, 0].tolist() == [rounds] * threads
    assert behind.tolist() == [0] * threads


@pytest.mark.skipif(os.name == "nt", reason="a waiting thread has no way to sleep there")
def test_a_thread_that_waits_long_leaves_its_processor() -> None:
    gate, at, behind = turns.new_gate(), np.zeros((2, 8), np.int64), np.zeros(2, np.int64)
    go_round(1, 1, 0, gate, at, behind)  # compiled
    used = 1.0

    def work(thread: int) -> None:
        nonlocal used
        if thread == 1:
            time.sleep(0.3)
        before = time.thread_time()
        go_round(1, 2, thread, gate, at, behind)
        if thread == 0:
            used = time.thread_time() - before

    turns.together(2, work)
    assert used < 0.2


def test_threads_that_wait_are_let_go_when_one_breaks_off() -> None:
    gate, at, behind = turns.new_gate(), np.zeros((2, 8), np.int64), np.zeros(2, np.int64)

    def work(thread: int) -> None:
        if thread == 1:
            time.sleep(0.1)
            gate[turns.BROKEN] = 1
            raise MemoryError
        go_round(10, 2, thread, gate, at, behind)

    with pytest.raises(MemoryError):
        turns.together(2, work)
    assert at[:, 0].tolist() == [1, 0]


def test_threads_that_wait_are_let_go_when_the_calling_one_is_struck() -> None:
    gate, at, behind = turns.new_gate(), np.zeros((2, 8), np.int64), np.zeros(2, np.int64)

    def work(thread: int) -> None:
        if thread == 0:
            raise KeyboardInterrupt  # as a key can, before anything is compiled or run
        go_round(10, 2, thread, gate, at, behind)

    with pytest.raises(KeyboardInterrupt):
        turns.together(2, work, lambda: gate.__setitem__(turns.BROKEN, 1))
    assert at[:, 0].tolist() == [0, 1]


@numba.njit(nogil=True)
def go_round(rounds: int, threads: int, thread: int, gate: Any, at: Any, behind: Any) -> None:
    for k in range(rounds):
        at[thread, 0] = k + 1
        if not turns.meet(gate, threads):
            return
        for other in range(threads):
            behind[thread] += at[other, 0] != k + 1
        if not turns.meet(gate, threads):
            return


def test_nobody_goes_on_when_one_thread_fails() -> None:
    ended = threading.Event()

    def work(thread: int) -> None:
        if thread == 0:
            raise KeyboardInterrupt
        time.sleep(0.2)
        ended.set()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have us started without one
    try:
        with pytest.raises(KeyboardInterrupt):
            turns.together(2, work)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.is_set()


def test_an_error_in_another_thread_is_raised_and_leaves_nothing_behind() -> None:
    ran: list[int] = []

    def fails(thread: int) -> None:
        ran.append(thread)
        if thread == 1:
            raise MemoryError

    for _ in range(3):
        with pytest.raises(MemoryError):
            turns.together(3, fails)
        turns.together(3, ran.append)
    assert sorted(ran) == sorted([0, 1, 2] * 6)


def test_an_interrupt_while_others_work_is_raised_when_they_have_ended() -> None:
    ended = threading.Event()

    def work(thread: int) -> None:
        if thread == 1:
            time.sleep(0.1)
            signal.raise_signal(signal.SIGINT)  # strikes the main thread, which waits for this one
            time.sleep(0.3)
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        turns.together(2, work)
    assert ended.is_set()
    turns.together(2, lambda thread: None)


def test_a_quarter_that_was_broken_off_is_not_continued(baseline: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    model = CareerModel(baseline, scale=SCALE, rng=1, threads=1)
    model.advance()

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(engine, "pass_quarters", interrupted)
        with pytest.raises(KeyboardInterrupt):
            model.advance()
    with pytest.raises(LedgerError, match="2022-04-01: this quarter was broken off half-way; build the model anew"):
        model.advance()


def test_kernels_return_nothing_that_ctrl_c_can_break(baseline: Scenario) -> None:
    """Numba makes named tuples and arrays by calls into Python, where a waiting Ctrl-C strikes and is not handled."""
    finished(baseline, 1, until=date(2023, 1, 1))
    modules = [module for name, module in sys.modules.items() if name.startswith("sim.")]
    found = {id(x): x for module in modules for x in vars(module).values() if hasattr(x, "overloads")}
    kernels = [kernel for kernel in found.values() if kernel.targetoptions.get("nogil")]
    returned = {kernel.__name__: [o.signature.return_type for o in kernel.overloads.values()] for kernel in kernels}
    assert {"pass_quarters", "populate"} <= {name for name, types in returned.items() if types}
    plain = (numba.types.Number, numba.types.NoneType)
    for name, types in returned.items():
        for kind in types:
            assert not isinstance(kind, numba.types.BaseNamedTuple), name
            parts = kind.types if isinstance(kind, numba.types.BaseTuple) else (kind,)
            assert all(isinstance(part, plain) for part in parts), name


def test_more_contacts_than_draws_have_addresses_for_change_nothing(baseline: Scenario) -> None:
    def with_contacts(number: float) -> Scenario:
        contacts = baseline.parameters["contacts"].model_copy(update={"value": number})
        return baseline.model_copy(update={"parameters": {**baseline.parameters, "contacts": contacts}})

    until = date(2022, 7, 1)
    assert_same(finished(with_contacts(16.0), 3, until=until), finished(with_contacts(40.0), 3, until=until))


@numba.njit(nogil=True)
def take(counter: Any) -> int:
    return turns.take_turn(counter)


def test_the_same_seed_gives_the_same_run(baseline: Scenario) -> None:
    one = finished(baseline, 11)
    beginning._kept.clear()
    assert_same(one, finished(baseline, 11))
    assert_same(one, finished(baseline, 11))  # from the beginning that was kept


def test_a_run_does_not_change_the_beginning_that_it_shares(baseline: Scenario) -> None:
    state = beginning.beginning(baseline, SCALE, 12, 1)
    before = pickle.dumps((state.people._asdict(), state.employers._asdict(), state.stocks, state.count))
    finished(baseline, 12)
    assert beginning.beginning(baseline, SCALE, 12, 1) is state
    assert pickle.dumps((state.people._asdict(), state.employers._asdict(), state.stocks, state.count)) == before


def test_another_seed_gives_another_run(baseline: Scenario) -> None:
    one, other = finished(baseline, 11), finished(baseline, 12)
    assert not one.ledger.equal(other.ledger)
    assert not np.array_equal(one.ledger.stocks[0], other.ledger.stocks[0])
    assert not np.array_equal(one.ledger.flows.sum(axis=(0, 2)), other.ledger.flows.sum(axis=(0, 2)))


def test_ledgers_that_differ_anywhere_are_not_equal(baseline: Scenario) -> None:
    one = finished(baseline, 11, until=date(2023, 4, 1)).ledger
    for name in ("flows", "stocks", "vacancies", "posts", "climate", "turned_away"):
        other = pickle.loads(pickle.dumps(one))
        assert one.equal(other)
        getattr(other, name).flat[-1] += 1
        assert not one.equal(other)
    for name in ("two_point", "ages", "staff"):
        other = pickle.loads(pickle.dumps(one))
        getattr(other, name)[2023].flat[0] += 1
        assert not one.equal(other)


@pytest.mark.parametrize("name", ["baseline", "stirred"])
def test_bounds_hide_nobody(name: str, baseline: Scenario, with_measure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at everybody gives the same run as looking only at those whose draw lies below the bound."""
    scenario = baseline
    if name == "stirred":
        for lever, change in {
            "pressure_leave": {"add": 2.0},
            "minority_leave": {"multiply": 3.0},
            "pressure_full": {"multiply": 0.2},
            "slack_full": {"multiply": 0.1},
            "demand_growth": {"add": {"construction": 0.3, "metal": -0.3}},
            "pay_elasticity": {"add": 2.0},
            "role_models_entry": {"add": 5.0},
            "guarantee_entry": {"add": 2.0},
            "retraining_support": {"add": 0.8},
            "scarcity_drop_out": {"add": 3.0},
            "students_per_teacher": {"multiply": 0.5},
            "switch_women": {"add": -1.0},
            "search_technical": {"multiply": 2.0},
            "leave_without_diploma": {"add": -2.0},
            "employers.part_time": {"add": -0.5, "share": 0.5},
            "employers.culture": {"add": -0.5},
            "employers.guarantee": {"add": 1.0},
        }.items():
            scenario = with_measure(scenario, lever, **change)
    quick = finished(scenario, 4)
    beginning._kept.clear()
    monkeypatch.setattr(engine, "new_room", room_without_bounds)
    assert_same(quick, finished(scenario, 4))


def room_without_bounds(*size: Any) -> Room:
    """A room in which nobody's chance is bounded."""
    room = new_room(*size)
    return room._replace(top=np.full_like(room.top, 0xFF))


# ------------------------------------------------------------------ compiled in another way

SCRIPT = """
import pickle, sys
from datetime import date
import numpy as np
import scenarios
from sim import beginning, model, start
from sim.model import CareerModel

# The interpreter reads a parameter as an attribute, which needs records that have them.
start_of, compiled = start.start_of, model.compile_schedule


def compile_schedule(*arguments):
    schedule = compiled(*arguments)
    return schedule._replace(params=schedule.params.view(np.recarray))


beginning.compile_schedule = model.compile_schedule = compile_schedule
beginning.start_of = model.start_of = lambda scenario: start_of(scenario).view(np.recarray)

scale, rng, until, values = pickle.load(sys.stdin.buffer)
scenario = scenarios.load("ten_year_guarantee").with_values(**values)
career = CareerModel(scenario, scale=scale, rng=rng, until=until, threads=1)
career.run()
sys.stdout.buffer.write(pickle.dumps(career.ledger))
"""


def in_another_process(settings: dict[str, str], folder: Path, *arguments: Any) -> Ledger:
    """Ledger of a run of a process of its own in which Numba has more settings."""
    roots = [str(Path(sim.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ, **settings, "NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": os.pathsep.join(roots),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", SCRIPT],
        input=pickle.dumps(arguments),
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    ledger = pickle.loads(done.stdout)
    assert isinstance(ledger, Ledger)
    return ledger


def test_the_interpreter_gives_the_run_of_the_compiled_engine(tmp_path: Path) -> None:
    """Warm-up, a 1 January and a September; the measure is in force from the third quarter of 2023."""
    values = {"warm_up_years": 0.5}
    arguments = (5000.0, 2, date(2023, 10, 1))
    ledger = in_another_process({"NUMBA_DISABLE_JIT": "1"}, tmp_path, *arguments, values)
    scenario = scenarios.load("ten_year_guarantee").with_values(**values)
    compiled = finished(scenario, 2, scale=arguments[0], until=arguments[2])
    assert ledger.equal(compiled.ledger)
    assert ledger.rows == 7
    assert (ledger.flows.sum(axis=(0, 2)) > 0).sum() > 60


@pytest.mark.slow
def test_no_index_is_out_of_bounds(tmp_path: Path) -> None:
    """The engine compiled anew with every index checked, and not made faster; takes the time of a compilation."""
    arguments = (500.0, 2, date(2027, 1, 1))
    ledger = in_another_process({"NUMBA_BOUNDSCHECK": "1", "NUMBA_OPT": "0"}, tmp_path, *arguments, {})
    compiled = finished(scenarios.load("ten_year_guarantee"), 2, scale=arguments[0], until=arguments[2])
    assert ledger.equal(compiled.ledger)
