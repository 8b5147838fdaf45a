"""Connections to the server: how many one address may hold, and how long a request may take to come in."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_FOR_ADDRESS: Final = 400
"""Connections of one address: behind one there may be fifty phones, each with its event stream and up to six more
while its page loads."""
MOST: Final = 900
"""Connections of all but this machine itself; less than the 1,024 open files that many systems allow."""
PATIENCE: Final = 10.0
"""Seconds in which a request must have come in whole."""


class Door(H11Protocol):
    """A connection that is ended at once where there are too many, and later where its request does not come.

    This machine itself always gets in: the facilitator is not locked out by those who are not.
    """

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection comes in."""
        super().connection_made(transport)
        addresses = [client[0] for one in self.connections if (client := getattr(one, "client", None))]
        if full(addresses, self.client[0] if self.client else ""):
            transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A part of a request comes in."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._watch()

    def _watch(self) -> None:
        """Let the time run while a request is on its way; not for one that is answered nor for an open connection that
        has become another protocol's."""
        coming = self in self.connections and self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        if not coming and self._late is not None:
            self._late.cancel()
            self._late = None
        elif coming and self._late is None:
            self._late = self.loop.call_later(PATIENCE, self.transport.abort)


def full(addresses: list[str], address: str) -> bool:
    """Whether there are too many connections, the newest, from `address`, among them."""
    if here(address):
        return False
    others = sum(not here(one) for one in addresses)
    return others > MOST or addresses.count(address) > MOST_FOR_ADDRESS


def here(address: str) -> bool:
    """Whether it is an address of this machine's own loopback."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
