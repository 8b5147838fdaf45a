"""The server of the live page: everything local, the facilitator's page and that of participants."""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
import sys
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from nicegui import ui

from experiments.live import page
from experiments.live.country import Country
from experiments.live.door import Door
from experiments.live.guard import Guard
from experiments.live.keeping import held
from experiments.live.room import Listeners, routes
from experiments.live.session import Session
from experiments.live.workshop import Workshop
from experiments.options import UserError

LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"
_STATIC: Final = resources.files("experiments.live") / "static"
_RECONNECT: Final = 60.0
"""Seconds for which a page that lost its connection is kept."""


class _Server(uvicorn.Server):
    """A server that lets go of those who listen before it waits for them."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop, whoever asks for it: the user or the system; a user who asks again is not kept waiting."""
        self._closing()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def application(session: Session, shared: bool, address: str) -> tuple[Any, Listeners]:
    """The whole application, behind its guard, and those who listen to it.

    Parameters
    ----------
    address : where participants find it, for the join code
    """

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        session.open()
        yield
        session.close()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    router, listeners = routes(session.workshop, session.headline)
    session.pages.add(lambda what: listeners.changed() if what in ("answer", "cannot") else None)
    app.include_router(router)
    app.mount("/live", StaticFiles(directory=str(_STATIC)))
    page.register(session, shared, address)
    ui.run_with(
        app, title="careerflows", favicon=str(_STATIC / "favicon.svg"), tailwind=False, reconnect_timeout=_RECONNECT,
        message_history_length=200, binding_refresh_interval=None, show_welcome_message=False,
    )  # fmt: skip
    return Guard(app, session.workshop, shared), listeners


def serve(country: Country, folder: Path, port: int, shared: bool, show: bool) -> int:
    """Serve until the user stops it; returns the exit code."""
    listening = _listen(EVERYWHERE if shared else LOOPBACK, port)
    with held(folder):
        return _serve(country, Workshop(folder), listening, shared, show)


def _serve(country: Country, workshop: Workshop, listening: socket.socket, shared: bool, show: bool) -> int:
    port = listening.getsockname()[1]
    session = Session(country, workshop)
    here = f"http://{LOOPBACK}:{port}/"
    address = f"http://{own_address() if shared else LOOPBACK}:{port}/room"
    app, listeners = application(session, shared, address)
    mine = f"{here}?key={workshop.key}" if shared else here
    session.pages.add(_Progress(session, mine, address, shared, show))
    # Messages to the facilitator's page stay on the machine: to compress them would only keep an answer waiting.
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1,
                            ws_max_size=1_000_000, ws_per_message_deflate=False, lifespan="on", server_header=False,
                            http=Door, proxy_headers=False)  # fmt: skip
    print("careerflows live: building the country", file=sys.stderr)
    _Server(config, listeners.close).run(sockets=[listening])
    print("\ncareerflows live: stopped", file=sys.stderr)
    return 0


class _Progress:
    """Tells on the terminal when the page is ready; from then on a hand may drag."""

    def __init__(self, session: Session, mine: str, address: str, shared: bool, show: bool) -> None:
        self._session, self._done = session, False
        self._lines = [f"open {mine}"]
        if shared:
            self._lines.append(f"participants: {address}  code {session.workshop.code}")
        self._show = mine if show else None
        for line in self._lines:
            print(f"careerflows live: {line}", flush=True)

    def __call__(self, what: str) -> None:
        """Hear that something has changed."""
        if self._done or what not in ("answer", "cannot"):
            return
        self._done = True
        known = "the first answer is there" if what == "answer" else "but what was chosen last cannot be computed"
        gc.freeze()  # what is loaded by now stays to the end: a search through it for garbage takes as long as a run
        print(f"careerflows live: ready, {known}; Ctrl-C stops it", file=sys.stderr)
        if self._show:
            webbrowser.open(self._show)


def own_address() -> str:
    """Address of this machine in the local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("10.255.255.255", 1))
        return str(probe.getsockname()[0])
    with contextlib.suppress(OSError):  # no route to anywhere, as where this machine is the hotspot itself
        for address in socket.gethostbyname_ex(socket.gethostname())[2]:
            if not address.startswith("127."):
                return address
    return LOOPBACK


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        what = (error.strerror or str(error)).lower()
        raise UserError(f"--port: {port} cannot be used ({what}); give another, or 0 for any free one") from None
    return listening
