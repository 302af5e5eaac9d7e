"""HTTP as simulated servers speak it: enough for curl, browsers and probes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from k9lite.aio.network import Accept, Stream

REASONS = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
}
LONGEST_HEAD = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `path` is as sent, with its query."""

    method: str
    path: str
    headers: dict[str, str]
    peer: str


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    server: str = ""
    location: str = ""  # where else to ask


Answer = Callable[[Request], Response | Awaitable[Response]]


def serve(answer: Answer) -> Accept:
    """What a listener calls for every connection; requests follow each other on one connection."""

    async def accept(stream: Stream) -> None:
        rest = b""
        while True:
            head, rest = await _head(stream, rest)
            if head is None:
                return
            request = _parse(head, stream.peer)
            if request is None:
                await stream.write(_encode(Response(400, b"Bad Request\n"), True, False))
                return
            rest = await _skip_body(stream, request, rest)
            last = request.headers.get("connection", "").lower() == "close"
            answered = answer(request)
            response = answered if isinstance(answered, Response) else await answered
            await stream.write(_encode(response, last, request.method == "HEAD"))
            if last:
                return

    return accept


async def _head(stream: Stream, data: bytes) -> tuple[bytes | None, bytes]:
    while b"\r\n\r\n" not in data:
        chunk = await stream.read()
        if not chunk or len(data) > LONGEST_HEAD:
            return None, b""
        data += chunk
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _parse(head: bytes, peer: str) -> Request | None:
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if words[2] == "HTTP/1.0":
        headers.setdefault("connection", "close")
    return Request(words[0], words[1], headers, peer)


async def _skip_body(stream: Stream, request: Request, rest: bytes) -> bytes:
    length = request.headers.get("content-length", "0")
    missing = int(length) if length.isdigit() else 0
    while len(rest) < missing:
        chunk = await stream.read()
        if not chunk:
            return b""
        rest += chunk
    return rest[missing:]


def _encode(response: Response, last: bool, head_only: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Status')}"]
    if response.server:
        lines.append(f"Server: {response.server}")
    if response.location:
        lines.append(f"Location: {response.location}")
    lines += [f"Content-Type: {response.type}", f"Content-Length: {len(response.body)}"]
    lines.append(f"Connection: {'close' if last else 'keep-alive'}")
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if head_only else response.body)
