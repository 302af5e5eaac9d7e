"""Byte streams between addresses: what simulated containers, service proxies and port-forwards are built on.

A `Network` is real sockets on loopback, or the same in memory for tests and for pods beyond the budget of sockets.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol


class Stream(Protocol):
    """One open connection, two directions."""

    @property
    def peer(self) -> str:
        """The address of the other end, without its port."""

    async def read(self, limit: int = 65536) -> bytes:
        """The next bytes, at most `limit`; empty at the end. ConnectionError when the connection broke."""

    async def write(self, data: bytes) -> None:
        """Send `data`; waits while the other end is slow. ConnectionError when the connection broke."""

    async def write_eof(self) -> None:
        """Say that nothing more will be written; reading goes on."""

    async def close(self) -> None:
        """End both directions; calling it again does nothing."""


class Listener(Protocol):
    """An address that accepts connections."""

    @property
    def address(self) -> tuple[str, int]:
        """The address as the cluster knows it."""

    @property
    def reachable(self) -> tuple[str, int]:
        """The address to give to `curl`: another one only where the cluster's could not be bound."""

    async def close(self) -> None:
        """Accept nothing more and end the connections that were accepted here."""


Accept = Callable[[Stream], Awaitable[None]]


class Network(Protocol):
    """Opens listeners and connections."""

    async def listen(self, host: str, port: int, accept: Accept) -> Listener:
        """Run `accept(stream)` as a task of its own per connection; the stream is closed when it returns.

        OSError when the address is already listened on in this cluster.
        """

    async def connect(self, host: str, port: int) -> Stream:
        """A connection to a listener; ConnectionRefusedError where nobody listens."""


async def relay(left: Stream, right: Stream, count: Callable[[int, int], None] | None = None) -> None:
    """Copy bytes both ways until both directions have ended, passing each end of stream on; then close both.

    `count(from_left, from_right)` is told of every chunk, in bytes.
    """
    raise NotImplementedError
