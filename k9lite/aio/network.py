"""Byte streams between addresses: what simulated containers, service proxies and port-forwards are built on.

A `Network` is real sockets on loopback, or the same in memory for tests and for pods beyond the budget of sockets.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from k9lite.aio.datagrams import Datagrams

LOCALHOST = "127.0.0.1"

log = logging.getLogger(__name__)


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
        """End both directions; calling it again does nothing. What was written still arrives."""


class Listener(Protocol):
    """An address that accepts connections."""

    @property
    def address(self) -> tuple[str, int]:
        """The address as the cluster knows it."""

    @property
    def reachable(self) -> tuple[str, int] | None:
        """The address to give to `curl`: another one only where the cluster's could not be bound.

        None where no socket listens: then only `Network.connect` leads here.
        """

    async def drain(self) -> None:
        """Accept nothing more from now on, wait until the connections that were accepted here have ended, and close."""

    async def close(self) -> None:
        """Accept nothing more and end the connections that were accepted here."""


Accept = Callable[[Stream], Awaitable[None]]


class Network(Protocol):
    """Opens listeners and connections."""

    async def listen(self, host: str, port: int, accept: Accept) -> Listener:
        """Run `accept(stream)` as a task of its own per connection; the stream is closed when it returns.

        Port 0 takes a free one. OSError when the address is already listened on in this cluster.
        """

    async def connect(self, host: str, port: int, *, source: str = "") -> Stream:
        """A connection to a listener, which sees it come from the address `source` (as far as it can be had).

        ConnectionRefusedError where nobody listens.
        """

    async def open_datagrams(self, host: str, port: int) -> Datagrams:
        """A socket for UDP. Port 0 takes a free one, which only the cluster reaches. OSError when it is taken."""

    def reachable(self, host: str, port: int) -> tuple[str, int] | None:
        """Where other programs reach what listens there (see `Listener.reachable`); None if they cannot."""

    async def close(self) -> None:
        """Close every listener and break every connection."""


async def serve(stream: Stream, accept: Accept) -> None:
    """Let `accept` have `stream`, and close it afterwards."""
    try:
        await accept(stream)
    except ConnectionError as error:
        log.debug("connection from %s: %s", stream.peer, error)  # the other end went away, as it may
    finally:
        await stream.close()


def crashed(name: str, error: BaseException) -> None:
    """The crash handler of connections: a bug in one must not end the others."""
    log.error("%s failed", name, exc_info=error)


async def relay(left: Stream, right: Stream, count: Callable[[int, int], None] | None = None) -> None:
    """Copy bytes both ways until both directions have ended, passing each end of stream on; then close both.

    `count(from_left, from_right)` is told of every chunk, in bytes. A connection that breaks ends both.
    """

    async def copy(source: Stream, target: Stream, told: Callable[[int], None]) -> None:
        while data := await source.read():
            await target.write(data)
            told(len(data))
        await target.write_eof()

    def from_left(size: int) -> None:
        if count is not None:
            count(size, 0)

    def from_right(size: int) -> None:
        if count is not None:
            count(0, size)

    try:
        async with asyncio.TaskGroup() as directions:
            directions.create_task(copy(left, right, from_left))
            directions.create_task(copy(right, left, from_right))
    except* ConnectionError:
        pass  # both ends see it by being closed
    finally:
        await left.close()
        await right.close()
