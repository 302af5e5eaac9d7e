"""Answers as bytes on the wire: JSON with its warnings, refusals as Status objects, large bodies in slices."""

import asyncio
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from k9lite.api.errors import UNAUTHORIZED, StatusError
from k9lite.engine.http import encodings, negotiation

JSON = "application/json"
SLICE = 65536  # bytes that are encrypted and sent at a time: more would hold up everybody else
STALLED = 30.0  # seconds for a client to take a slice; then it is cut off
UNSENT = 65536  # bytes that may wait for a slow client: a thousand of them must not fill the memory
PAUSE = 0.01  # seconds between looks at how much a slow client has taken
COMPRESSED_FROM = 128 * 1024  # bytes; smaller answers are not worth it
COMPRESSION, GZIP = 1, 31  # the fastest level, and zlib's number for gzip around it
# Characters of all warnings together, and of one where there are more: as kube-apiserver bounds them.
LONGEST_WARNINGS, LONGEST_OF_MANY = 4096, 256
TURN = 0.004  # seconds of work after which others get the loop


def response(
    body: bytes, media_type: str = JSON, status: int = 200, warnings: Sequence[str] = ()
) -> web.StreamResponse:
    """An answer; warnings become headers as RFC 7234 has them."""
    answer: web.StreamResponse = web.Response(body=body) if len(body) <= SLICE else SlicedResponse(body)
    answer.set_status(status)
    answer.headers["Content-Type"] = media_type
    add_warnings(answer, warnings)
    return answer


def json_response(body: bytes, status: int = 200) -> web.StreamResponse:
    """An answer that is JSON for every client, as discovery is."""
    return response(body, JSON, status)


def add_warnings(answer: web.StreamResponse, warnings: Iterable[str]) -> None:
    """Each text is told once, an empty one not at all."""
    for warning in within_headers(list(dict.fromkeys(filter(None, warnings)))):
        answer.headers.add("Warning", warning_header(warning))


def within_headers(warnings: Sequence[str]) -> Sequence[str]:
    """As many of the warnings as clients can read: those that are too long together are cut, and the last left out."""
    if sum(map(len, warnings)) <= LONGEST_WARNINGS:
        return warnings
    told: list[str] = []
    room = LONGEST_WARNINGS
    for text in (warning[:LONGEST_OF_MANY] for warning in warnings):
        room -= len(text)
        if room < 0:
            break
        told.append(text)
    return told


def warning_header(text: str) -> str:
    """A Warning; what is not printable would break the headers."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    escaped = printable.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{escaped}"'


def refusal(error: StatusError, accept: str = "") -> web.StreamResponse:
    """The Status of `error` in a form that `accept` allows, with the headers that clients look for."""
    form = negotiation.form(accept, only_plain=True) or negotiation.PLAIN_JSON
    answer = response(encodings.encode(error.status(), form.encoding), form.media_type, error.code)
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    if error.reason == UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


class SlicedResponse(web.StreamResponse):
    """A whole body that leaves the loop to others between its slices; a large one is compressed where that is asked."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.content_length = len(body)
        self._whole = body
        self._compressor: Any = None

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if len(self._whole) > COMPRESSED_FROM and _accepts_gzip(request):
            self._compressor = zlib.compressobj(COMPRESSION, wbits=GZIP)
            self.content_length = None
            self.headers.add("Content-Encoding", "gzip")
            self.headers.add("Vary", "Accept-Encoding")
            if request.version >= HttpVersion11:
                self.enable_chunked_encoding()
        return await super().prepare(request)

    async def write_eof(self, data: bytes = b"") -> None:
        body, self._whole = self._whole, b""
        if body and self._req is not None and self._req.method != "HEAD":
            await self._send(self._req, body)
        await super().write_eof(data)

    async def _send(self, request: web.BaseRequest, body: bytes) -> None:
        if self._compressor is None:
            return await write(request, self, body)
        for start in range(0, len(body), SLICE):
            await write(request, self, self._compressor.compress(body[start : start + SLICE]))
            await asyncio.sleep(0)
        await write(request, self, self._compressor.flush())
        return None


def _accepts_gzip(request: web.BaseRequest) -> bool:
    tokens = request.headers.get("Accept-Encoding", "").split(",")
    return any(token.partition(";")[0].strip() == "gzip" for token in tokens)


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
