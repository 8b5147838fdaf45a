"""A served page, real browsers before it, and a line between them that can be cut."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

ALL = os.environ.get("CAREERFLOWS_LIVE") == "all"
"""Whether every measure, preset, width and kind of eyes is tried; otherwise some of each."""
THOROUGH = pytest.mark.skipif(not ALL, reason="takes long; it runs with CAREERFLOWS_LIVE=all")
REPOSITORY = Path(__file__).parents[3]
COARSE = ("--scale", "1500")
expect.set_options(timeout=20_000)  # machines of tests are busy


class Server:
    """`careerflows live` in a process of its own."""

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        self.folder, self.options = folder, options
        self.start(port)

    def start(self, port: int) -> None:
        """Start it; returns when the first answer is there."""
        command = [sys.executable, "-m", "experiments", "live", "--port", str(port), "--out", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, *self.options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY
        )
        assert self.process.stdout is not None
        self.said: list[str] = []
        ready = threading.Event()

        def listen() -> None:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.said.append(line)
                if "ready" in line:
                    ready.set()
            ready.set()

        self.ear = threading.Thread(target=listen, daemon=True)
        self.ear.start()
        assert ready.wait(120), self.said
        assert self.process.poll() is None, self.said
        told = "".join(self.said)
        self.url = re.search(r"open (\S+)", told)[1]  # type: ignore[index]
        self.port = int(re.search(r":(\d+)/", self.url)[1])  # type: ignore[index]
        code = re.search(r"code (\w+)", told)
        self.code = code[1] if code else ""

    def stop(self, how: signal.Signals = signal.SIGINT) -> str:
        """Stop it as a user does, or as the system does; returns what it said."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            assert self.process.wait(20) == 0
        self.ear.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return "".join(self.said)


class Line:
    """A line to a server that can be cut, as a network is."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.ends: set[socket.socket] = set()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.whole = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            if not self.whole:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            self.ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self.ends.discard(end)

    def cut(self) -> None:
        """Nothing goes through any more."""
        self.whole = False
        for end in tuple(self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Everything goes through again."""
        self.whole = True

    def close(self) -> None:
        """Take it down."""
        self.cut()
        self.listening.close()


class Watch:
    """What pages asked for and complained about; both are looked at when the test ends."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()
        self.wrong: list[str] = []
        self.expected: tuple[str, ...] = ()
        """Complaints that belong to the test."""

    def over(self, page: Page) -> Page:
        """Watch a page."""
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda found: self._asked(found.url))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        return page

    def _asked(self, url: str) -> None:
        host = re.match(r"(?:https?|wss?)://([^/:]+)", url)
        if host:
            self.hosts.add(host[1])

    def check(self) -> None:
        """Nobody asked another host for anything, and nothing went wrong."""
        assert self.hosts <= {"127.0.0.1"}, self.hosts
        found = [one for one in self.wrong if not any(part in one for part in self.expected)]
        assert not found, "; ".join(found)


def opened(
    browser: Browser, watch: Watch, url: str, width: int = 1280, height: int = 900, locale: str = "en-GB"
) -> Page:
    """A page of its own, as of another machine, that shows its whole first answer."""
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, locale=locale,
                                                  accept_downloads=True)  # fmt: skip
    page = watch.over(context.new_page())
    page.goto(url)
    if "/room" not in url:
        settled(page)
    return page


def settled(page: Page, since: str = "") -> None:
    """Wait until all runs of what is chosen are on the page, and nothing newer is awaited; of a move after `since`."""
    page.wait_for_function(
        """(since) => document.body.dataset.move !== since && document.body.dataset.complete === 'true'
            && !document.body.classList.contains('cf-waiting')""",
        arg=since,
        timeout=60_000,
    )


def answered(page: Page, act: object) -> None:
    """Do something that moves a lever, and wait until its answer is whole."""
    settled(page)
    before = page.evaluate("document.body.dataset.move")
    act()  # type: ignore[operator]
    settled(page, before)


def card(page: Page, measure: str):  # type: ignore[no-untyped-def]
    """The card of a measure."""
    return page.locator(f"[data-measure={measure}]")


def number(page: Page) -> str:
    """The big number."""
    return page.locator("#cf-number").inner_text()


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[Server]:
    """A server that is stopped in the end."""
    server = Server(folder, *options)
    try:
        yield server
    finally:
        said = server.stop()
        assert "Traceback" not in said, said
