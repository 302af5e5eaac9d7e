"""UDP in memory, and its door to the machine: sockets for datagrams at addresses of the cluster."""

import asyncio
import errno
import os
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import cast

MOST_WAITING = 256  # datagrams that nobody has read yet; more are lost, as UDP's are
MOST_PEERS = 1024  # programs of this machine that are remembered, to be answered

Address = tuple[str, int]


class Datagrams:
    """One socket; made by `Network.open_datagrams`. What is in `when_closed` is called once."""

    def __init__(self, address: Address, send: Callable[[bytes, Address], None]) -> None:
        self.address, self._send = address, send
        self.when_closed: list[Callable[[], None]] = []
        self._waiting: deque[tuple[bytes, Address]] = deque(maxlen=MOST_WAITING)
        self._changed = asyncio.Event()
        self._open = True

    async def receive(self) -> tuple[bytes, Address]:
        """The next datagram and who sent it. ConnectionAbortedError once the socket is closed."""
        while not self._waiting:
            if not self._open:
                raise ConnectionAbortedError(errno.ECONNABORTED, os.strerror(errno.ECONNABORTED))
            self._changed.clear()
            await self._changed.wait()
        return self._waiting.popleft()

    def send(self, data: bytes, target: Address) -> None:
        """What nobody listens for is lost."""
        if self._open:
            self._send(data, target)

    def take(self, data: bytes, sender: Address) -> None:
        """A datagram has come in."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append((data, sender))
            self._changed.set()

    def close(self) -> None:
        if self._open:
            self._open = False
            self._changed.set()
            for call in self.when_closed:
                call()


class Door(asyncio.DatagramProtocol):
    """A real socket beside one in memory: what comes in is handed on, and only who has come in is answered."""

    def __init__(self, take: Callable[[bytes, Address], None]) -> None:
        self._take = take
        self._peers: OrderedDict[Address, None] = OrderedDict()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, sender: Address) -> None:
        self._peers[sender] = None
        self._peers.move_to_end(sender)
        if len(self._peers) > MOST_PEERS:
            self._peers.popitem(last=False)
        self._take(data, sender)

    def answer(self, data: bytes, target: Address) -> None:
        if self._transport is not None and target in self._peers:
            self._transport.sendto(data, target)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
