"""Answers as bytes on the wire: JSON with its warnings, refusals as Status objects, large bodies in slices."""

import asyncio
from collections.abc import Iterable, Sequence

import msgspec
from aiohttp import web

from k9lite.api.errors import StatusError

JSON = "application/json"
SLICE = 65536  # bytes that are encrypted and sent at a time: more would hold up everybody else
STALLED = 30.0  # seconds for a client to take a slice; then it is cut off
UNSENT = 65536  # bytes that may wait for a slow client: a thousand of them must not fill the memory
PAUSE = 0.01  # seconds between looks at how much a slow client has taken
TURN = 0.004  # seconds of work after which others get the loop


def json_response(body: bytes, status: int = 200, warnings: Sequence[str] = ()) -> web.StreamResponse:
    """An answer in JSON; warnings become headers as RFC 7234 has them."""
    response: web.StreamResponse = web.Response(body=body) if len(body) <= SLICE else SlicedResponse(body)
    response.set_status(status)
    response.headers["Content-Type"] = JSON
    for warning in warnings:
        response.headers.add("Warning", warning_header(warning))
    return response


def warning_header(text: str) -> str:
    """A Warning; what is not printable would break the headers."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    escaped = printable.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{escaped}"'


def refusal(error: StatusError) -> web.StreamResponse:
    """The Status of `error`, with the headers that clients look for."""
    response = json_response(msgspec.json.encode(error.status()), error.code)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.reason == "Unauthorized":
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


class SlicedResponse(web.StreamResponse):
    """A body of known length that leaves the loop to others between its slices."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.content_length = len(body)
        self._whole = body

    async def write_eof(self, data: bytes = b"") -> None:
        body, self._whole = self._whole, b""
        if body and self._req is not None and self._req.method != "HEAD":
            await write(self._req, self, body)
        await super().write_eof(data)


async def write(request: web.BaseRequest, response: web.StreamResponse, data: bytes) -> None:
    """Send `data` in slices; a client that takes none for too long loses its connection (ConnectionResetError)."""
    for start in range(0, len(data), SLICE):
        try:
            async with asyncio.timeout(STALLED):
                await response.write(data[start : start + SLICE])
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("the client is too slow") from None
        if start + SLICE < len(data):
            await asyncio.sleep(0)


async def chunk(request: web.BaseRequest, data: bytes) -> None:
    """Send one chunk of a prepared chunked answer at once, past the layers that a fan-out has no time for.

    Returns when the client has taken nearly all of it; ConnectionResetError when it does not.
    """
    transport = request.transport
    if not isinstance(transport, asyncio.WriteTransport):
        raise ConnectionResetError("the client has gone")
    transport.write(b"%x\r\n%b\r\n" % (len(data), data))
    for _ in range(int(STALLED / PAUSE)):
        if transport.get_write_buffer_size() <= UNSENT:
            return
        await asyncio.sleep(PAUSE)
    transport.abort()
    raise ConnectionResetError("the client is too slow")


async def joined(parts: Iterable[bytes], separator: bytes = b",") -> bytes:
    """Parts that are made while they are joined; others have their turns in between."""
    loop = asyncio.get_running_loop()
    made: list[bytes] = []
    end = loop.time() + TURN
    for part in parts:
        made.append(part)
        if loop.time() > end:
            await asyncio.sleep(0)
            end = loop.time() + TURN
    return separator.join(made)
