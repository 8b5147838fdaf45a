"""Nobody holds all connections, and a request that does not come is not waited for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from experiments.live.door import MOST, MOST_FOR_ADDRESS, PATIENCE, Door, full


class Later:
    """Something that is to happen after a time."""

    def __init__(self, seconds: float, what: Callable[[], None]) -> None:
        self.seconds, self.what, self.cancelled = seconds, what, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop:
    """A loop in which no time goes by and nothing is answered."""

    def __init__(self) -> None:
        self.waiting: list[Later] = []

    def call_later(self, seconds: float, what: Callable[[], None]) -> Later:
        self.waiting.append(Later(seconds, what))
        return self.waiting[-1]

    def create_task(self, work: Coroutine[Any, Any, None], **_: Any) -> Any:
        work.close()
        return type("Task", (), {"add_done_callback": lambda self, what: None})()


class Transport:
    """A connection from an address."""

    def __init__(self, address: str) -> None:
        self.address, self.ended = address, False

    def get_extra_info(self, name: str) -> Any:
        return (self.address, 5) if name == "peername" else None

    def abort(self) -> None:
        self.ended = True

    def is_closing(self) -> bool:
        return self.ended

    def close(self) -> None:
        self.ended = True


def opened(address: str, state: ServerState) -> tuple[Door, Loop, Transport]:
    loop, transport = Loop(), Transport(address)
    config = uvicorn.Config(lambda *_: None, http=Door, lifespan="off", log_level="error")
    door = Door(config, state, {}, loop)  # type: ignore[arg-type]
    door.connection_made(transport)  # type: ignore[arg-type]
    return door, loop, transport


def test_one_address_holds_so_many_connections_and_no_more() -> None:
    state = ServerState()
    for _ in range(MOST_FOR_ADDRESS):
        assert not opened("192.168.1.9", state)[2].ended
    door, _, transport = opened("192.168.1.9", state)
    assert transport.ended
    door.connection_lost(None)
    assert not opened("192.168.1.10", state)[2].ended, "others still get in"
    assert not opened("127.0.0.1", state)[2].ended


@pytest.mark.parametrize(("address", "refused"), [("10.1.2.3", True), ("127.0.0.1", False), ("::1", False), ("", True)])
def test_this_machine_gets_in_whatever_others_hold(address: str, refused: bool) -> None:
    addresses = [f"10.0.{k % 250}.{k // 250}" for k in range(MOST)]
    assert full([*addresses, address], address) is refused
    assert not full(["127.0.0.1"] * 2000, "127.0.0.1")


@pytest.mark.parametrize(
    "sent",
    [[], [b"GET /room HT"], [b"GET /room HTTP/1.1\r\n", b"X: y\r\n"],
     [b"POST /room/join HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", b"abc"]],
)  # fmt: skip
def test_a_request_that_does_not_come_whole_is_not_waited_for(sent: list[bytes]) -> None:
    door, loop, transport = opened("192.168.1.9", ServerState())
    for part in sent:
        door.data_received(part)
    assert [(one.seconds, one.cancelled) for one in loop.waiting] == [(PATIENCE, False)], "every part counts"
    loop.waiting[0].what()
    assert transport.ended


def test_a_request_that_came_has_all_the_time() -> None:
    door, loop, _ = opened("192.168.1.9", ServerState())
    door.data_received(b"GET /room/events HTTP/1.1\r\nHost: x\r\n")
    door.data_received(b"\r\n")
    assert [one.cancelled for one in loop.waiting] == [True]
