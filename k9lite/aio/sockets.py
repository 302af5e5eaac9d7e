"""TCP sockets on this machine's loopback addresses, as streams and listeners. Nothing here listens beyond loopback."""

import asyncio
import contextlib
import ipaddress
import os
import socket
from collections.abc import Iterator
from weakref import WeakSet

from k9lite.aio.network import Accept, crashed, serve
from k9lite.aio.tasks import TaskSet

BACKLOG = 512  # connections that wait to be accepted

Address = tuple[str, int]
Transports = WeakSet[asyncio.WriteTransport]  # the event loop holds those that are open; the others vanish


@contextlib.contextmanager
def _as_connection_error() -> Iterator[None]:
    """Whatever way a connection breaks (time-out, no route...), it is a ConnectionError to its users."""
    try:
        yield
    except ConnectionError:
        raise
    except OSError as error:
        raise ConnectionResetError(error.errno, str(error)) from error


class SocketStream:
    """One end of a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._peer: str = (writer.get_extra_info("peername") or ("",))[0]

    @property
    def peer(self) -> str:
        return self._peer

    async def read(self, limit: int = 65536) -> bytes:
        with _as_connection_error():
            return await self._reader.read(limit)

    async def write(self, data: bytes) -> None:
        with _as_connection_error():
            self._writer.write(data)
            await self._writer.drain()

    async def write_eof(self) -> None:
        with _as_connection_error():
            if not self._writer.is_closing():
                self._writer.write_eof()

    async def close(self) -> None:
        # Not waited for: the event loop sends what is buffered, and a reader that never reads must hold up nobody.
        self._writer.close()


class SocketListener:
    """Accepts connections on one bound socket; `address` is what the cluster calls it."""

    def __init__(self, address: Address, reachable: Address, accept: Accept) -> None:
        self._address, self._reachable, self._accept = address, reachable, accept
        self._tasks = TaskSet(crashed)
        self._transports: Transports = WeakSet()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> Address:
        return self._address

    @property
    def reachable(self) -> Address:
        return self._reachable

    async def start(self, bound: socket.socket) -> None:
        self._server = await asyncio.start_server(self._connected, sock=bound, backlog=BACKLOG)

    async def drain(self) -> None:
        if self._server is not None:
            self._server.close()
        try:
            await self._tasks.finished()
        finally:
            await self.close()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None  # it refers back here
        for transport in list(self._transports):
            transport.abort()
        await self._tasks.close()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._transports.add(writer.transport)
        name = f"connection to {self._address[0]}:{self._address[1]}"
        self._tasks.start(serve(SocketStream(reader, writer), self._accept), name)


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on exactly this loopback address; port 0 takes a free one. OSError if it cannot be had."""
    bound = _bound(host, port, socket.SOCK_STREAM)
    bound.listen(BACKLOG)
    return bound


def bind_datagrams(host: str, port: int) -> socket.socket:
    """The same for UDP."""
    return _bound(host, port, socket.SOCK_DGRAM)


def _bound(host: str, port: int, type: socket.SocketKind) -> socket.socket:
    address = ipaddress.ip_address(host)
    if not address.is_loopback:
        raise OSError(f"{host} is not a loopback address")
    bound = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, type)
    try:
        # Elsewhere the option would let others take the port away, as it would with UDP.
        if os.name == "posix" and type == socket.SOCK_STREAM:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setblocking(False)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


async def listen(bound: socket.socket, accept: Accept, known_as: Address | None = None) -> SocketListener:
    """Accept connections on a socket made by `bind`; the listener owns it."""
    reachable = bound.getsockname()[:2]
    listener = SocketListener(known_as or reachable, reachable, accept)
    await listener.start(bound)
    return listener


async def connect(host: str, port: int, source: str = "") -> tuple[SocketStream, asyncio.WriteTransport]:
    """A connection, made from the address `source` where that can be bound."""
    try:
        reader, writer = await asyncio.open_connection(host, port, local_addr=(source, 0) if source else None)
    except ConnectionError:
        raise
    except OSError:
        if not source:
            raise
        reader, writer = await asyncio.open_connection(host, port)
    return SocketStream(reader, writer), writer.transport
