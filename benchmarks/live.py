"""How fast the live page answers: the computing of a move, the curve in a browser while dragging, and the start.

    python benchmarks/live.py [--moves 200] [--json FILE]

Computing is measured in this process, move by move, as the page asks for it: another reach of one of the ten measures
each time, so that nothing is known beforehand. Its peer is the plain way to the same answer, `CareerModel(scenario)`
from its start, which must give the same numbers to the last bit. Dragging needs Chromium; a real mouse moves a slider
of a real page for some seconds, and each value that the slider takes is timed until the first drawing of it or of a
newer one is on the screen.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

for library in ("OPENBLAS", "OMP", "MKL"):  # as the command line does: their threads wait busily
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
WATCH = """(measure) => {
    const track = document.querySelector(`[data-measure=${measure}] .cf-slider`);
    const seen = [], moved = [];
    window.latencies = [];
    track.addEventListener("input", () => moved.push([performance.now(), track.valueAsNumber]));
    document.addEventListener("careerflows:drawn", (event) => {
        const reach = event.detail.measures[measure] ?? 0;
        requestAnimationFrame(() => requestAnimationFrame(() => {
            const now = performance.now();
            let last = -1;
            moved.forEach(([when, value], k) => { if (Math.abs(value - reach) < 0.005) last = k; });
            for (const [when] of moved.splice(0, last + 1)) window.latencies.push(now - when);
        }));
    });
}"""


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    """Median, 95% and the number of measurements."""
    found = np.quantile(milliseconds, [0.5, 0.95])
    return {"median": round(float(found[0]), 1), "95%": round(float(found[1]), 1), "measured": len(milliseconds)}


def computing(moves: int) -> dict[str, Any]:
    """A move of a lever on an otherwise untouched country, its first paired run; and the plain way beside it."""
    from experiments.live.chosen import baseline, nothing
    from experiments.live.country import Country, Runs
    from experiments.live.offered import first_measures
    from experiments.live.summary import summary
    from sim import CareerModel

    country = Country()
    runs = Runs(baseline(), country)
    runs.outcome(0)
    luck = random.Random(1)
    taken, plain = [], []
    for number in range(moves + 5):
        measure = first_measures()[number % len(first_measures())]
        usual = nothing().usual(measure)
        chosen = nothing().with_setting(measure, replace(usual, reach=round(luck.uniform(0.05, 1.0), 3)))
        begin = time.perf_counter()
        model = runs.run(chosen.scenario(), 0)
        answer = summary(model.ledger)
        taken.append(1000 * (time.perf_counter() - begin))
        if number % 10 == 0:
            begin = time.perf_counter()
            whole = CareerModel(
                chosen.scenario(), scale=country.scale, rng=country.seed, until=country.until, threads=2
            )
            whole.run()
            other = summary(whole.ledger)
            plain.append(1000 * (time.perf_counter() - begin))
            if not np.array_equal(answer.values, other.values, equal_nan=True):
                raise SystemExit(f"{measure}: the page and the plain run do not give the same")
    people = int(model.ledger.stocks[0, 3:].sum())
    found = {"people": people, "move": percentiles(taken[5:]), "plain run": percentiles(plain)}
    found["ratio"] = round(found["move"]["median"] / found["plain run"]["median"], 2)
    return found


@contextlib.contextmanager
def served(folder: Path) -> Any:
    """A server of its own; gives its address and the seconds from its start to the first answer."""
    command = [sys.executable, "-m", "experiments", "live", "--port", "0", "--out", str(folder)]
    begin = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert server.stderr is not None
        address = server.stdout.readline().split()[-1]
        for line in server.stderr:
            if "ready" in line:
                break
        yield address, round(time.perf_counter() - begin, 1)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def dragging(address: str, seconds: float) -> dict[str, Any]:
    """A mouse that drags a slider to and fro."""
    from playwright.sync_api import sync_playwright

    measure = "part_time_and_flexible_hours"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        begin = time.perf_counter()
        page.goto(address)
        page.wait_for_function("document.body.dataset.complete === 'true'")
        opened = round(time.perf_counter() - begin, 1)
        page.evaluate(WATCH, measure)
        box = page.locator(f"[data-measure={measure}] .cf-slider").bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 4, y)
        page.mouse.down()
        luck, end = random.Random(2), time.perf_counter() + seconds
        at = 0.0
        while time.perf_counter() < end:
            at = min(1.0, max(0.0, at + luck.uniform(-0.09, 0.1)))
            page.mouse.move(box["x"] + 4 + at * (box["width"] - 8), y)
            time.sleep(0.03)
        page.mouse.up()
        page.wait_for_function("document.body.dataset.complete === 'true'")
        page.wait_for_timeout(300)
        taken = page.evaluate("window.latencies")
        browser.close()
    return {"page opened, seconds": opened, "slider to curve": percentiles(taken)}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0, help="of dragging")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"computing, milliseconds": computing(arguments.moves)}
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (address, started):
        figures["start to first answer, seconds"] = started
        if shutil.which("chromium"):
            figures["dragging, milliseconds"] = dragging(address, arguments.seconds)
    print(json.dumps(figures, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
