"""A full room: 50 participants who listen and answer, and a facilitator in a browser who moves levers and asks.

    python benchmarks/room.py [--seconds 120] [--participants 50] [--json FILE]

Participants are clients of the real server, each with a ticket and an open stream of its own. Every few seconds the
facilitator poses a question, in between a mouse drags levers without rest. A reaction is timed from an answer that is
sent until the server has taken it, and from the facilitator's click until the question is with a participant. The
program ends with an error if anybody was disconnected, or an answer was not counted just once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from playwright.async_api import Page, async_playwright

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip


class Participant:
    """Joins, listens, and answers each question once it comes, after some thought; sometimes twice."""

    def __init__(self, number: int, address: str, code: str) -> None:
        self.address, self.code = address, code
        self.luck = random.Random(number)
        self.asked: dict[str, float] = {}
        """When each question came."""
        self.taken: list[float] = []
        self.answered: dict[str, float] = {}
        self.lost = 0
        self.refused = 0
        self.messages = 0
        self.thinking: set[asyncio.Task[None]] = set()

    async def take_part(self) -> None:
        """Until cancelled."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(self.address, cookie_jar=jar, timeout=aiohttp.ClientTimeout(None)) as self.web:
            async with self.web.post("/room/join", data=json.dumps({"code": self.code})) as answer:
                assert answer.status == 204, answer.status
            while True:
                async with self.web.get("/room/events") as stream:
                    assert stream.status == 200, stream.status
                    async for line in stream.content:
                        if line.startswith(b"data: "):
                            self.hear(json.loads(line[6:]))
                self.lost += 1

    def hear(self, state: dict[str, Any]) -> None:
        """Something new on the phone."""
        self.messages += 1
        question = state.get("question")
        if state["phase"] == "open" and question["id"] not in self.asked:
            self.asked[question["id"]] = time.perf_counter()
            for _ in range(1 + (self.luck.random() < 0.3)):
                thought = asyncio.ensure_future(self.answer(question))
                self.thinking.add(thought)
                thought.add_done_callback(self.thinking.discard)

    async def answer(self, question: dict[str, Any]) -> None:
        """Think, and answer."""
        await asyncio.sleep(self.luck.uniform(0.1, 4.0))
        value = self.luck.randrange(int(question["low"]), int(question["high"]), 1000)
        begin = time.perf_counter()
        body = json.dumps({"question": question["id"], "value": value})
        async with self.web.post("/room/answer", data=body) as answer:
            self.refused += answer.status != 204
        self.taken.append(time.perf_counter() - begin)
        self.answered[question["id"]] = value


async def facilitate(page: Page, seconds: float, people: list[Participant]) -> dict[str, Any]:
    """Drag levers without rest, and pose a question every 12 seconds."""
    luck, end = random.Random(1), time.perf_counter() + seconds
    posed: list[float] = []
    counted: list[bool] = []
    sliders = page.locator("section[data-measure] .cf-slider")
    await page.get_by_role("tab", name="Predict").click()
    while time.perf_counter() < end:
        ended = page.get_by_role("button", name="End the round")
        if await ended.is_enabled():
            await ended.click()
        begin = time.perf_counter()
        await page.get_by_role("button", name="Ask the room").click()
        posed.append(begin)
        until = time.perf_counter() + 7
        while time.perf_counter() < until:
            box = await sliders.nth(luck.randrange(4)).bounding_box()
            assert box is not None
            y = box["y"] + box["height"] / 2
            await page.mouse.move(box["x"] + 5, y)
            await page.mouse.down()
            for _ in range(25):
                await page.mouse.move(box["x"] + luck.uniform(5, box["width"] - 5), y)
                await asyncio.sleep(0.04)
            await page.mouse.up()
        await asyncio.sleep(0.5)
        await page.get_by_role("button", name="Close answers").click()
        await page.wait_for_timeout(1500)
        shown = await page.locator("[role=status]", has_text="answers").last.inner_text()
        answers = sum(1 for one in people if list(one.asked)[len(posed) - 1 :] and list(one.asked)[-1] in one.answered)
        counted.append(int(shown.split()[0]) == answers == len(people))
    return {"posed": posed, "counted": counted}


def memory(process: int) -> float:
    """Memory of the server in megabytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


async def load(address: str, code: str, mine: str, process: int, number: int, seconds: float) -> dict[str, Any]:
    """The whole room; what was measured."""
    people = [Participant(k, address, code) for k in range(number)]
    parts = [asyncio.ensure_future(one.take_part()) for one in people]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        lost: list[str] = []
        page.on("websocket", lambda found: found.on("close", lambda _: lost.append("closed")))
        await page.goto(mine)
        await page.wait_for_function("document.body.dataset.complete === 'true'", timeout=60_000)
        rss: list[float] = []

        async def watch() -> None:
            while True:
                rss.append(round(memory(process)))
                await asyncio.sleep(10)

        watching = asyncio.ensure_future(watch())
        told = await facilitate(page, seconds, people)
        watching.cancel()
        for part in parts:
            assert not part.done(), part.exception()
            part.cancel()
        facilitator_lost = len(lost)
        await browser.close()
    taken = [1000 * one for person in people for one in person.taken]
    came = [
        1000 * (when - begin)
        for person in people
        for when, begin in zip(person.asked.values(), told["posed"], strict=False)
    ]
    reactions = taken + came
    return {
        "participants": number,
        "seconds": seconds,
        "rounds": len(told["posed"]),
        "rounds with each answer counted once": sum(told["counted"]),
        "disconnected participants": sum(person.lost for person in people),
        "disconnected facilitator": facilitator_lost,
        "answers refused": sum(person.refused for person in people),
        "answers sent": len(taken),
        "messages to participants": sum(person.messages for person in people),
        "reactions, milliseconds": {"median": round(float(np.median(reactions))),
                                    "95%": round(float(np.quantile(reactions, 0.95))),
                                    "highest": round(max(reactions))},
        "memory of the server, megabytes": rss,
    }  # fmt: skip


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--participants", type=int, default=50)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments", "live", "--share", "--port", "0", "--out", folder]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            assert server.stderr is not None
            mine = server.stdout.readline().split()[-1]
            code = server.stdout.readline().split()[-1]
            while "ready" not in server.stderr.readline():
                pass
            address = mine.split("/?")[0]
            told = load(address, code, mine, server.pid, arguments.participants, arguments.seconds)
            figures = asyncio.run(told)
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=20)
    print(json.dumps(figures, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    wrong = figures["disconnected participants"] + figures["disconnected facilitator"] + figures["answers refused"]
    if wrong or figures["rounds"] != figures["rounds with each answer counted once"] or "Traceback" in said:
        raise SystemExit(f"the room was not served as it should be: {said[-2000:]}")


if __name__ == "__main__":
    main()
