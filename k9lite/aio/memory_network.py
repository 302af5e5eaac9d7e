"""A network without sockets: deterministic, with bounded buffers and half-closed connections as TCP has them."""

import asyncio
import errno
import os
from collections.abc import Callable, Container

from k9lite.aio.datagrams import Datagrams
from k9lite.aio.network import LOCALHOST, Accept, crashed, serve
from k9lite.aio.tasks import TaskSet

BUFFER = 65536  # bytes that one direction holds before its writer waits
FIRST_EPHEMERAL, LAST_EPHEMERAL = 32768, 60999  # Linux' range of ports taken for port 0

Address = tuple[str, int]


class _Pipe:
    """One direction of a connection."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ended = False  # the writer is done
        self._abandoned = False  # nobody reads any more
        self._broken = False
        self._waiters: list[asyncio.Future[None]] = []

    async def read(self, limit: int) -> bytes:
        while not self._data and not self._ended and not self._abandoned:
            await self._change()
        if self._broken:
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        data = bytes(self._data[:limit])
        del self._data[:limit]
        self._wake()
        return data

    async def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while True:
            if self._abandoned or self._ended:
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
            room = BUFFER - len(self._data)
            self._data += rest[:room]
            rest = rest[room:]
            self._wake()
            if not rest:
                return
            await self._change()

    def end(self) -> None:
        self._ended = True
        self._wake()

    def abandon(self) -> None:
        self._abandoned = True
        self._data.clear()
        self._wake()

    def break_off(self) -> None:
        self._broken = self._ended = True
        self._wake()

    async def _change(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


class MemoryStream:
    """One end of a connection in memory; make both with `pair`."""

    def __init__(self, incoming: _Pipe, outgoing: _Pipe, peer: str) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._peer = peer

    @property
    def peer(self) -> str:
        return self._peer

    async def read(self, limit: int = 65536) -> bytes:
        return await self._incoming.read(limit)

    async def write(self, data: bytes) -> None:
        await self._outgoing.write(data)

    async def write_eof(self) -> None:
        self._outgoing.end()

    async def close(self) -> None:
        self._outgoing.end()
        self._incoming.abandon()

    def abort(self) -> None:
        """Break the connection: the other end's reads and writes fail."""
        self._outgoing.break_off()
        self._incoming.abandon()


def pair(left: str = LOCALHOST, right: str = LOCALHOST) -> tuple[MemoryStream, MemoryStream]:
    """Both ends of a connection between the addresses `left` and `right`."""
    there, back = _Pipe(), _Pipe()
    return MemoryStream(back, there, right), MemoryStream(there, back, left)


class MemoryListener:
    """Accepts what `MemoryNetwork.connect` sends here."""

    def __init__(self, network: "MemoryNetwork", address: Address, accept: Accept) -> None:
        self._network, self._address, self._accept = network, address, accept
        self._tasks = TaskSet(crashed)
        self._streams: set[MemoryStream] = set()

    @property
    def address(self) -> Address:
        return self._address

    @property
    def reachable(self) -> Address | None:
        return None

    def take(self, stream: MemoryStream) -> None:
        """A new connection; it belongs to this listener from now on."""
        self._streams.add(stream)
        task = self._tasks.start(serve(stream, self._accept), f"connection to {self._address[0]}:{self._address[1]}")
        task.add_done_callback(lambda _: self._streams.discard(stream))

    async def drain(self) -> None:
        self._network.forget(self)
        try:
            await self._tasks.finished()
        finally:
            await self.close()

    async def close(self) -> None:
        self._network.forget(self)
        for stream in list(self._streams):
            stream.abort()
        await self._tasks.close()


class MemoryNetwork:
    """Listeners and connections that exist in this process alone."""

    def __init__(self) -> None:
        self._listeners: dict[Address, MemoryListener] = {}
        self._datagrams: dict[Address, Datagrams] = {}
        self._ephemeral = FIRST_EPHEMERAL

    async def open_datagrams(self, host: str, port: int) -> Datagrams:
        return self.bind_datagrams(host, port, lambda data, target: None)

    def bind_datagrams(self, host: str, port: int, elsewhere: Callable[[bytes, Address], None]) -> Datagrams:
        """A socket that hands to `elsewhere` what nobody here is meant by. OSError when the address is taken."""
        address = host, port or self._free_port(host, self._datagrams)
        if address in self._datagrams:
            raise OSError(errno.EADDRINUSE, f"{os.strerror(errno.EADDRINUSE)}: {host}:{port}")

        def send(data: bytes, target: Address) -> None:
            receiver = self._datagrams.get(target)
            if receiver is not None:
                receiver.take(data, address)
            else:
                elsewhere(data, target)

        opened = self._datagrams[address] = Datagrams(address, send)
        opened.when_closed.append(lambda: self._datagrams.__delitem__(address))
        return opened

    async def listen(self, host: str, port: int, accept: Accept) -> MemoryListener:
        address = host, port or self._free_port(host, self._listeners)
        if address in self._listeners:
            raise OSError(errno.EADDRINUSE, f"{os.strerror(errno.EADDRINUSE)}: {host}:{port}")
        self._listeners[address] = listener = MemoryListener(self, address, accept)
        return listener

    async def connect(self, host: str, port: int, *, source: str = "") -> MemoryStream:
        listener = self._listeners.get((host, port))
        if listener is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"{os.strerror(errno.ECONNREFUSED)}: {host}:{port}")
        near, far = pair(source or LOCALHOST, host)
        listener.take(far)
        return near

    def reachable(self, host: str, port: int) -> Address | None:
        return None

    async def close(self) -> None:
        for listener in list(self._listeners.values()):
            await listener.close()
        for datagrams in list(self._datagrams.values()):
            datagrams.close()

    def listens(self, host: str, port: int) -> bool:
        """Whether `connect` would be accepted."""
        return (host, port) in self._listeners

    def forget(self, listener: MemoryListener) -> None:
        """Called by a listener that closes."""
        if self._listeners.get(listener.address) is listener:
            del self._listeners[listener.address]

    def _free_port(self, host: str, taken: Container[Address]) -> int:
        for _ in range(FIRST_EPHEMERAL, LAST_EPHEMERAL + 1):
            port = self._ephemeral
            self._ephemeral = port + 1 if port < LAST_EPHEMERAL else FIRST_EPHEMERAL
            if (host, port) not in taken:
                return port
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
