"""What a simulated HTTP server makes of what it is sent, whole or in pieces."""

import pytest

from k9lite.aio.clock import settle
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.engine.node.runtimes.simulated.http_server import Request, Response, serve

REFUSED = "HTTP/1.1 {0}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n{0}"
BAD = REFUSED.format("400 Bad Request")


def tell(request: Request) -> Response:
    return Response(body=f"{request.method} {request.path} {request.body.decode()}".encode())


async def answered(*pieces: bytes) -> str:
    """What comes back while the client keeps its end open."""
    network = MemoryNetwork()
    await network.listen("127.244.1.2", 80, serve(tell))
    stream = await network.connect("127.244.1.2", 80)
    for piece in pieces:
        await stream.write(piece)
        await settle()
    text = (await stream.read()).decode()
    await network.close()
    return text


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"hostName\n", BAD),
        (b"\n", BAD),
        (b"GET /\r\n", BAD),
        (b"GET / HTTP/x\r\n", BAD),
        (b"G@T / HTTP/1.1\r\n", BAD),
        (b"GET / HTTP/1.1\r\nno header\r\n", BAD),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", BAD),
        (b"GET / HTTP/1.1\r\n\r\n", REFUSED.format("400 Bad Request: missing required Host header")),
        (b"GET / HTTP/3.0\r\n", REFUSED.format("505 HTTP Version Not Supported: unsupported protocol version")),
        (b"GET /" + b"a" * 70_000, REFUSED.format("431 Request Header Fields Too Large")),
    ],
)
async def test_what_is_no_request_is_answered_at_once(sent: bytes, answer: str) -> None:
    assert await answered(sent) == answer


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ([b"GET /a HTTP/1.0\n\n"], "GET /a "),
        ([b"GET /a HT", b"TP/1.1\r\nHost: x\r", b"\n\r\n"], "GET /a "),
        ([b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo", b"dy"], "POST / body"),
        (
            [b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n", b"2\r\ndy\r\n0\r\n\r\n"],
            "POST / body",
        ),
    ],
)
async def test_requests_in_pieces(pieces: list[bytes], answer: str) -> None:
    assert (await answered(*pieces)).endswith(f"\r\n\r\n{answer}")
