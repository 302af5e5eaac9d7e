"""HTTP/1.1 over TLS, with no more than measuring needs: a full client would be slower than the server it measures."""

import asyncio
import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from k9lite.client.remote import Endpoint

JSON = "application/json"

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_EVENT = b'{"type":"'

P = TypeVar("P", bound=asyncio.Protocol)


async def connect(endpoint: Endpoint, protocol: Callable[[], P]) -> P:
    """A connection to the server at `endpoint` that `protocol` speaks."""
    url = urlsplit(endpoint.url)
    loop = asyncio.get_running_loop()
    _, made = await loop.create_connection(protocol, url.hostname or "", url.port or 443, ssl=endpoint.tls())
    return made


def request_head(endpoint: Endpoint, method: str, path: str, *more: str) -> bytes:
    """A request up to its body; `more` are further headers."""
    host = urlsplit(endpoint.url).netloc
    lines = (f"{method} {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {endpoint.token}")
    return "\r\n".join((*lines, "User-Agent: bench", *more, "", "")).encode()


class Connection(asyncio.Protocol):
    """Requests, one after the other."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._received = bytearray()
        self._wanted = 0  # bytes of the answer, once its head is there

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    async def request(self, method: str, path: str, body: bytes = b"", type: str = JSON) -> None:
        """Returns when the answer is there; RuntimeError when it is a refusal."""
        head = request_head(self._endpoint, method, path, f"Content-Type: {type}", f"Content-Length: {len(body)}")
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._transport.write(head + body)
        answer = await self._answer
        if not answer.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"{method} {path}: {answer.decode()}")

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._wanted:
            end = self._received.find(b"\r\n\r\n")
            length = _LENGTH.search(self._received) if end >= 0 else None
            if length is None:
                return
            self._wanted = end + 4 + int(length[1])
        if len(self._received) >= self._wanted:
            answer = bytes(self._received)
            self._received.clear()
            self._wanted = 0
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("the server closed the connection"))

    def close(self) -> None:
        self._transport.close()


class Watcher(asyncio.Protocol):
    """One watch that counts the events it is sent, by telling `arrived` of each few."""

    def __init__(self, head: bytes, arrived: Callable[[int], None]) -> None:
        self._head, self._arrived = head, arrived
        self._before = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        text = self._before + data
        self._before = text[1 - len(_EVENT) :]  # an event may begin in one piece and go on in the next
        if count := text.count(_EVENT):
            self._arrived(count)

    def close(self) -> None:
        self._transport.abort()
