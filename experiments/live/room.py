"""The page of participants: join with the code, answer, look. Light, so that fifty phones load it at once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse

from experiments.live.guard import PARTICIPANT, Bucket
from experiments.live.workshop import Workshop
from experiments.texts import LANGUAGES, section

_STATIC: Final = resources.files("experiments.live") / "static"
_FILES: Final = {"room.js": "text/javascript", "room.css": "text/css"}
_BETWEEN: Final = 0.25
"""Seconds between two messages to one participant."""
_BEAT: Final = 10.0
"""Seconds after which silence is broken, so that both sides notice a lost connection."""
MOST_LISTENING: Final = 500
MOST_FOR_ONE: Final = 6
"""Open pages of one participant."""
MOST_FOR_ADDRESS: Final = 200
"""Open pages at one address, which a room of phones may share."""
_SMALL: Final = 2_000
"""Bytes of what a participant may send."""


class Listeners:
    """Everybody who is to be told when something changes."""

    def __init__(self) -> None:
        self.waiting: set[asyncio.Event] = set()
        self._pages: Counter[str] = Counter()
        """Open pages by ticket and by address."""
        self.closed = False
        """Whether the server is going down: then every connection ends, and pages try again by themselves."""

    def changed(self) -> None:
        """Tell them all."""
        for event in self.waiting:
            event.set()

    def full(self, ticket: str, address: str) -> bool:
        """Whether no more pages can be told: of all, of a participant or at an address."""
        many = self._pages[f"ticket {ticket}"] >= MOST_FOR_ONE or self._pages[f"at {address}"] >= MOST_FOR_ADDRESS
        return many or len(self.waiting) >= MOST_LISTENING

    @contextmanager
    def listening(self, ticket: str, address: str) -> Iterator[asyncio.Event]:
        """What is set when something changes, as long as a page is open."""
        event, marks = asyncio.Event(), (f"ticket {ticket}", f"at {address}")
        self.waiting.add(event)
        self._pages.update(marks)
        try:
            yield event
        finally:
            self.waiting.discard(event)
            self._pages.subtract(marks)
            for mark in marks:
                if self._pages[mark] <= 0:
                    del self._pages[mark]

    def close(self) -> None:
        """End all connections."""
        self.closed = True
        self.changed()


def routes(workshop: Workshop, headline: Callable[[], dict[str, Any]]) -> tuple[APIRouter, Listeners]:
    """The addresses of participants, and whom to tell when the headline changes.

    Parameters
    ----------
    headline : what the big screen shows now, in numbers
    """
    router = APIRouter(prefix="/room")
    listeners = Listeners()
    workshop.listeners.add(listeners.changed)
    wrong = Bucket(burst=60, rate=0.2)
    """Wrong codes; generous, because a room of phones may share one address."""
    newcomers = Bucket(burst=120, rate=0.1)
    """Tickets: a room of fifty and those who come in anew, but nobody fills the room alone."""

    @router.get("")
    def page() -> Response:
        return Response(
            (_STATIC / "room.html").read_bytes(), media_type="text/html", headers={"cache-control": "no-store"}
        )

    @router.get("/{name}.{kind}")
    def file(name: str, kind: str) -> Response:
        wanted = f"{name}.{kind}"
        if wanted not in _FILES:
            return Response(status_code=404)
        return FileResponse(str(_STATIC / wanted), media_type=_FILES[wanted])

    @router.get("/texts")
    def texts() -> JSONResponse:
        return JSONResponse({language: section("live_room", language) for language in LANGUAGES})

    @router.post("/join")
    async def join(request: Request) -> Response:
        address = _address(request)
        said = await _said(request)
        code = said.get("code")
        if workshop.known(_ticket(request)):
            return Response(status_code=204)
        if wrong.empty(address):
            return Response(status_code=429)
        if not isinstance(code, str) or not workshop.right_code(code):
            wrong.take(address)
            return Response(status_code=403)
        if not newcomers.take(address):
            return Response(status_code=429)
        answer = Response(status_code=204)
        answer.set_cookie(PARTICIPANT, workshop.newcomer(), max_age=86_400, httponly=True, samesite="lax")
        return answer

    @router.post("/answer")
    async def take(request: Request) -> Response:
        ticket = _ticket(request)
        if not workshop.known(ticket):
            return Response(status_code=403)
        said = await _said(request)
        taken = workshop.answer(str(ticket), str(said.get("question")), said.get("value"))
        return Response(status_code=204 if taken else 409)

    @router.get("/now")
    def now(request: Request) -> Response:
        """The state once, for a page that asks rather than listens."""
        ticket = _ticket(request)
        joined = workshop.known(ticket)
        return JSONResponse({"joined": joined, **(_state(workshop, headline, str(ticket)) if joined else {})})

    @router.get("/events")
    async def events(request: Request) -> Response:
        ticket, address = _ticket(request), _address(request)
        if not workshop.known(ticket):
            return Response(status_code=403)
        if listeners.full(str(ticket), address):
            return Response(status_code=429)
        return StreamingResponse(
            _stream(workshop, headline, listeners, str(ticket), address),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    return router, listeners


async def _stream(
    workshop: Workshop, headline: Callable[[], dict[str, Any]], listeners: Listeners, ticket: str, address: str
) -> AsyncIterator[str]:
    """The state, and again whenever it changes; nothing where the place was taken a moment ago."""
    last = ""
    if listeners.full(ticket, address):
        return
    with listeners.listening(ticket, address) as event:
        while not listeners.closed:
            event.clear()
            told = json.dumps(_state(workshop, headline, ticket))
            yield f"data: {told}\n\n" if told != last else ": here\n\n"
            last = told
            try:
                await asyncio.wait_for(event.wait(), _BEAT)
                await asyncio.sleep(_BETWEEN)
            except TimeoutError:
                last = ""


def _state(workshop: Workshop, headline: Callable[[], dict[str, Any]], ticket: str) -> dict[str, Any]:
    return {**workshop.told(), "mine": workshop.mine(ticket), "headline": headline()}


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _ticket(request: Request) -> str | None:
    ticket: str | None = request.scope["careerflows"]["ticket"]
    return ticket[:64] if ticket else None


async def _said(request: Request) -> dict[str, Any]:
    """What a participant sent, if it is a small JSON mapping; nothing otherwise."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _SMALL:
            return {}
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
