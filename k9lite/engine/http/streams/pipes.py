"""The byte pipe under SPDY: a WebSocket whose messages are pieces of it, or the raw connection after an upgrade."""

import asyncio
from typing import Protocol

from aiohttp import WSMsgType, web

from k9lite.api.errors import bad_request


class Pipe(Protocol):
    """Bytes both ways."""

    async def read(self) -> bytes:
        """The next bytes; empty at the end."""

    async def write(self, data: bytes) -> None:
        """Send; waits while the client is slow. ConnectionError when it has gone."""

    async def close(self) -> None:
        """End both directions."""


class WebSocketPipe:
    """SPDY tunnelled through binary messages of any size."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def read(self) -> bytes:
        while True:
            message = await self._socket.receive()
            if message.type == WSMsgType.BINARY:
                if message.data:
                    return bytes(message.data)
            elif message.type != WSMsgType.TEXT:
                return b""

    async def write(self, data: bytes) -> None:
        await self._socket.send_bytes(data)

    async def close(self) -> None:
        await self._socket.close(code=1000)


class RawPipe:
    """The connection itself, taken out of the HTTP server's hands."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self) -> bytes:
        try:
            return await self._reader.read(65536)
        except ConnectionError:
            return b""

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def close(self) -> None:
        self._writer.close()


class Upgraded(web.StreamResponse):
    """Tells aiohttp that everything has been said on this connection."""

    def __init__(self) -> None:
        super().__init__()
        self.force_close()

    async def prepare(self, request: web.BaseRequest) -> None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return None


async def upgrade(request: web.BaseRequest, upgrade_to: str, protocol: str) -> RawPipe:
    """Answer 101 by hand and take the connection over; `protocol` is the stream protocol agreed on."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the client has gone")
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20, loop=loop)
    connection = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport.set_protocol(connection)
    connection.connection_made(transport)
    writer = asyncio.StreamWriter(transport, connection, reader, loop)
    lines = ("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", f"Upgrade: {upgrade_to}")
    writer.write("\r\n".join((*lines, f"X-Stream-Protocol-Version: {protocol}", "", "")).encode())
    return RawPipe(reader, writer)


def agreed(request: web.BaseRequest, known: tuple[str, ...]) -> str:
    """The best stream protocol of those offered for a SPDY upgrade. Raises BadRequest."""
    if request.headers.get("Upgrade", "").lower() != "spdy/3.1":
        raise bad_request("Upgrade request required")
    headers = request.headers.getall("X-Stream-Protocol-Version", [])
    offered = {name.strip() for header in headers for name in header.split(",")}
    for name in known:
        if name in offered:
            return name
    raise bad_request(f"unable to upgrade: unable to negotiate protocol: client supports {sorted(offered)}")
