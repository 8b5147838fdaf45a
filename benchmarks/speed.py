"""How fast the column engine is, measured in one run against plain Mesa on the same rules.

    python benchmarks/speed.py            everything, as docs/PERFORMANCE.md reports it (about four minutes)
    python benchmarks/speed.py --quick    small sizes only

Both drivers run the same scenario from the same seed, and their ledgers must be equal to the last bit. Times are
wall-clock seconds after set-up with compiled code in memory, medians of several runs; ratios are taken within one run
of this program, because machines differ and are shared. Prints a table and, with --json FILE, writes the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import scenarios
from sim.beginning import beginning
from sim.columns import bytes_per_person
from sim.model import CareerModel
from sim.objects import ObjectCareerModel

SEED = 1
PEOPLE = 12_000_000
HORIZON = date(2035, 1, 1)


def timed(build: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Median seconds of running a freshly built model to its end, and the last model."""
    seconds = []
    model = build()
    model.run()
    for _ in range(runs):
        model = build()
        start = time.perf_counter()
        model.run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), model


def against_plain_mesa(people: int, until: date, threads: int, runs: int) -> dict[str, Any]:
    """Column engine and object model at one size: seconds, person-steps a second, ratio, and equal ledgers."""
    scenario, scale = scenarios.load("baseline"), PEOPLE / people
    columns, model = timed(lambda: CareerModel(scenario, scale=scale, rng=SEED, until=until, threads=threads), runs)
    plain = ObjectCareerModel(scenario, scale=scale, rng=SEED, until=until)
    start = time.perf_counter()
    ledger = plain.run()
    objects = time.perf_counter() - start
    assert model.ledger.equal(ledger), "the two drivers disagree"
    steps = float(model.ledger.stocks[:-1, 3:].sum())
    return {
        "people": int(model.ledger.stocks[0, 3:].sum()),
        "quarters": model.ledger.rows,
        "columns_seconds": columns,
        "objects_seconds": objects,
        "columns_million_person_steps": steps / columns / 1e6,
        "objects_million_person_steps": steps / objects / 1e6,
        "ratio": objects / columns,
    }


def growth(people: int, threads: int, runs: int) -> dict[str, Any]:
    """One run to 2035 at a size: set-up, seconds, person-steps a second, time per person-step and memory."""
    scenario, scale = scenarios.load("baseline"), PEOPLE / people
    start = time.perf_counter()
    beginning(scenario, scale, SEED, threads)
    setup = time.perf_counter() - start
    seconds, model = timed(lambda: CareerModel(scenario, scale=scale, rng=SEED, until=HORIZON, threads=threads), runs)
    steps = float(model.ledger.stocks[:-1, 3:].sum())
    return {
        "people": int(model.ledger.stocks[0, 3:].sum()),
        "quarters": model.ledger.rows,
        "threads": threads,
        "setup_seconds": setup,
        "seconds": seconds,
        "million_person_steps": steps / seconds / 1e6,
        "nanoseconds_per_person_step": seconds / steps * 1e9,
        "bytes_per_person": bytes_per_person(),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Run the benchmarks asked for and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    threads = arguments.threads
    figures: dict[str, list[dict[str, Any]]] = {"plain_mesa": [], "growth": []}
    for people, until in ((10_000, HORIZON), (100_000, date(2024, 1, 1) if arguments.quick else HORIZON)):
        figures["plain_mesa"].append(against_plain_mesa(people, until, threads, 9))
        print("against plain Mesa:", _line(figures["plain_mesa"][-1]), flush=True)
    sizes = [100_000, 1_000_000] if arguments.quick else [100_000, 1_000_000, 1_200_000, 10_000_000, 12_000_000]
    for people in sizes:
        figures["growth"].append(growth(people, threads, 9 if people <= 100_000 else 3))
        print("growth:", _line(figures["growth"][-1]), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _line(figures: dict[str, Any]) -> str:
    return ", ".join(
        f"{key} {value:,.3g}" if isinstance(value, float) else f"{key} {value:,}" for key, value in figures.items()
    )


if __name__ == "__main__":
    main()
