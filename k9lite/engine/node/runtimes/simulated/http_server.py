"""HTTP as simulated servers speak it: enough for curl, browsers, probes and webhooks."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from k9lite.aio.network import Accept, Stream

LONGEST_HEAD = 64 * 1024  # bytes
LONGEST_BODY = 8 * 1024 * 1024
REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ (?:[/*]|https?://)[^ ]* (HTTP/\d\.\d)", re.ASCII)
BAD_REQUEST = "400 Bad Request"
MISSING_HOST = "400 Bad Request: missing required Host header"
BAD_VERSION = "505 HTTP Version Not Supported: unsupported protocol version"
TOO_LARGE = "431 Request Header Fields Too Large"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `path` is as sent, with its query; names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    peer: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    server: str = ""
    location: str = ""  # where else to ask


Answer = Callable[[Request], Response | Awaitable[Response]]


class _Malformed(Exception):
    """What was sent is no request; the text is the status line of the answer."""


class _Ended(Exception):
    """The other end has said all it had to say."""


class _Reader:
    """Reads lines and blocks of a connection; what comes too early waits."""

    def __init__(self, stream: Stream) -> None:
        self._stream, self._data = stream, b""

    async def line(self, limit: int) -> bytes:
        """The next line without its end. _Ended, or _Malformed when it is longer than `limit`."""
        while (end := self._data.find(b"\n")) < 0:
            if len(self._data) > limit:
                raise _Malformed(TOO_LARGE)
            await self._more()
        line, self._data = self._data[:end], self._data[end + 1 :]
        return line.removesuffix(b"\r")

    async def block(self, size: int) -> bytes:
        """Exactly `size` bytes. _Ended."""
        while len(self._data) < size:
            await self._more()
        block, self._data = self._data[:size], self._data[size:]
        return block

    async def _more(self) -> None:
        chunk = await self._stream.read()
        if not chunk:
            raise _Ended
        self._data += chunk


def serve(answer: Answer) -> Accept:
    """What a listener calls for every connection; requests follow each other on one connection.

    What is no request is answered at once, in the words of Go's server, and ends the connection.
    """

    async def accept(stream: Stream) -> None:
        reader, last = _Reader(stream), False
        while not last:
            try:
                request = await _request(reader, stream.peer)
            except _Ended:
                return
            except _Malformed as malformed:
                await stream.write(_refusal(str(malformed)))
                return
            last = request.headers.get("connection", "").lower() == "close"
            answered = answer(request)
            response = answered if isinstance(answered, Response) else await answered
            await stream.write(_encode(response, last, request.method == "HEAD"))

    return accept


async def _request(reader: _Reader, peer: str) -> Request:
    first = await reader.line(LONGEST_HEAD)
    parsed = REQUEST_LINE.fullmatch(first)
    if parsed is None:
        raise _Malformed(BAD_REQUEST)
    version = parsed[1].decode()
    if not version.startswith("HTTP/1."):
        raise _Malformed(BAD_VERSION)
    headers = await _headers(reader)
    if version == "HTTP/1.0":
        headers.setdefault("connection", "close")
    elif "host" not in headers:
        raise _Malformed(MISSING_HOST)
    method, path, _ = first.decode("latin-1").split(" ")
    return Request(method, path, headers, peer, await _body(reader, headers))


async def _headers(reader: _Reader) -> dict[str, str]:
    headers: dict[str, str] = {}
    size = 0
    while line := await reader.line(LONGEST_HEAD):
        size += len(line)
        name, colon, value = line.decode("latin-1").partition(":")
        if size > LONGEST_HEAD:
            raise _Malformed(TOO_LARGE)
        if not colon or not name or name != name.strip():
            raise _Malformed(BAD_REQUEST)
        headers[name.lower()] = value.strip()
    return headers


async def _body(reader: _Reader, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _chunks(reader)
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > LONGEST_BODY:
        raise _Malformed(BAD_REQUEST)
    return await reader.block(int(length))


async def _chunks(reader: _Reader) -> bytes:
    body = b""
    while True:
        size = (await reader.line(LONGEST_HEAD)).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size) or len(body) + int(size, 16) > LONGEST_BODY:
            raise _Malformed(BAD_REQUEST)
        if int(size, 16) == 0:
            await _headers(reader)  # trailers
            return body
        body += await reader.block(int(size, 16))
        await reader.line(LONGEST_HEAD)


def _refusal(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n{status}".encode()


def _encode(response: Response, last: bool, head_only: bool) -> bytes:
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = f"status code {response.status}"  # as Go's server calls what has no name
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    if response.server:
        lines.append(f"Server: {response.server}")
    if response.location:
        lines.append(f"Location: {response.location}")
    lines += [f"Content-Type: {response.type}", f"Content-Length: {len(response.body)}"]
    lines.append(f"Connection: {'close' if last else 'keep-alive'}")
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if head_only else response.body)
