"""Who may ask the server for what: own addresses only, facilitator and participants apart, limits for each client."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from experiments.live.workshop import Workshop

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
FACILITATOR: Final = "careerflows_facilitator"
PARTICIPANT: Final = "careerflows_participant"
LARGEST_BODY: Final = 300_000
"""Bytes of a request: a scenario file with what a form adds."""
LARGEST_MESSAGE: Final = 200_000
"""Characters or bytes of a message on an open connection."""
_OPEN: Final = frozenset(
    {"/", "/favicon.ico", "/room", "/room/", "/room/room.js", "/room/room.css", "/room/texts", "/room/join",
     "/room/answer", "/room/now", "/room/events"}
)  # fmt: skip
"""What participants may ask for: everything else is refused before anything is built for it."""
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Nothing on a page may ask another host for anything."""
_HEADERS: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Bucket:
    """Requests that clients may still make: each has a bucket that fills at a steady rate."""

    def __init__(self, burst: float, rate: float, clients: int = 4096) -> None:
        self._burst, self._rate, self._clients = burst, rate, clients
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, number: float = 1.0) -> bool:
        """Take from the bucket of a client; false where it is empty."""
        now = time.monotonic()
        left = self._in(client, now)
        enough = left >= number
        self._left.pop(client, None)
        self._left[client] = (left - number if enough else left, now)
        if len(self._left) > self._clients:
            self._left.popitem(last=False)
        return enough

    def empty(self, client: str) -> bool:
        """Whether a client has nothing left; nothing is taken."""
        return self._in(client, time.monotonic()) < 1.0

    def _in(self, client: str, now: float) -> float:
        left, then = self._left.get(client, (self._burst, now))
        return min(self._burst, left + (now - then) * self._rate)


class Guard:
    """Stands before the whole application.

    Parameters
    ----------
    shared : whether the local network may come in; then only who has the key is the facilitator
    """

    def __init__(self, app: Any, workshop: Workshop, shared: bool) -> None:
        self.app, self.workshop, self.shared = app, workshop, shared
        self._by_address = Bucket(burst=1200, rate=200)
        self._by_ticket = Bucket(burst=40, rate=8)
        self._messages = Bucket(burst=600, rate=120)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a refusal."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        cookies = cookies_of(headers.get("cookie", ""))
        scope["careerflows"] = {"ticket": cookies.get(PARTICIPANT), "facilitator": self._facilitates(cookies)}
        address = (scope.get("client") or ("unknown", 0))[0]
        refusal = self._refusal(scope, headers, cookies, address)
        if refusal is not None:
            await _refuse(scope, receive, send, *refusal)
        elif scope["type"] == "websocket":
            await self.app(scope, self._metered(receive, send, address), send)
        elif self._key_given(scope):
            await self._welcome(send)
        elif scope["path"] in ("/", "/room/") and not scope["careerflows"]["facilitator"]:
            await _answer(send, 303, b"", ((b"location", b"/room"),))
        else:
            await self.app(scope, _limited(receive), _with_headers(send))

    def _facilitates(self, cookies: dict[str, str]) -> bool:
        return not self.shared or self.workshop.right_key(cookies.get(FACILITATOR))

    def _refusal(
        self, scope: Scope, headers: dict[str, str], cookies: dict[str, str], address: str
    ) -> tuple[int, str] | None:
        """Status and reason of a refusal, or nothing."""
        path: str = scope["path"]
        host = headers.get("host", "")
        if not own_host(host, self.shared):
            return 421, "this server answers to its own address only"
        origin = headers.get("origin")
        asks = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if asks and origin is not None and origin.partition("://")[2] != host:
            return 403, "asked by a page of another site"
        if path == "/" and _fetched_by_others(headers):
            return 403, "asked by a page of another site"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > LARGEST_BODY:
            return 413, "too large"
        if not self._by_address.take(address):
            return 429, "too many requests; wait a moment"
        ticket = cookies.get(PARTICIPANT)
        if path.startswith("/room/") and ticket and not self._by_ticket.take(ticket[:64]):
            return 429, "too many requests; wait a moment"
        if path not in _OPEN and not scope["careerflows"]["facilitator"]:
            return 403, "for the facilitator only"
        return None

    def _key_given(self, scope: Scope) -> bool:
        if scope["path"] != "/" or not self.shared:
            return False
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("key", [""])[0]
        return bool(given) and self.workshop.right_key(given)

    async def _welcome(self, send: Send) -> None:
        cookie = f"{FACILITATOR}={self.workshop.key}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800"
        await _answer(send, 303, b"", ((b"location", b"/"), (b"set-cookie", cookie.encode())))

    def _metered(self, receive: Receive, send: Send, address: str) -> Receive:
        """Messages of an open connection, which ends where there are too many or one is too large."""

        async def receive_some() -> MutableMapping[str, Any]:
            message = await receive()
            size = len(message.get("text") or message.get("bytes") or b"")
            heard = message["type"] == "websocket.receive"
            if heard and (size > LARGEST_MESSAGE or not self._messages.take(address)):
                await send({"type": "websocket.close", "code": 1008, "reason": "too much"})
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        return receive_some


def _fetched_by_others(headers: dict[str, str]) -> bool:
    """Whether a page of another site asks for the page as a picture, a frame or data, rather than leading to it."""
    leads = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not leads


def cookies_of(text: str) -> dict[str, str]:
    """Cookies of a request; none where they cannot be read."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(text).items()}
    except CookieError:
        return {}


def own_host(host: str, shared: bool) -> bool:
    """Whether a request names this machine: a name or address of its own loopback, or with `shared` any address.

    A page of another site whose name was made to point at this machine names that site instead.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return (shared and name.endswith((".local", ".lan", ".home", ".internal"))) or (
            shared and "." not in name != ""
        )
    return shared or address.is_loopback


def _limited(receive: Receive) -> Receive:
    """The body of a request, up to what a body may hold, whatever its header says."""
    taken = 0

    async def receive_some() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                return {"type": "http.disconnect"}
        return message

    return receive_some


def _with_headers(send: Send) -> Send:
    async def send_more(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return send_more


async def _answer(send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    told = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
    else:
        await _answer(send, status, reason.encode())
