"""What a client speaks that has just connected: plain, TLS, or gRPC's HTTP/2."""

import ssl
from collections.abc import Callable

from k9lite.aio import tls
from k9lite.aio.network import Accept, Stream
from k9lite.engine.node.runtimes.simulated import certificates
from k9lite.engine.node.runtimes.simulated.http_server import Answer, serve

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"  # what a client of HTTP/2 begins with


def any_of_them(answer: Answer) -> Accept:
    """A server whose protocol nobody knows: it answers in whatever its client speaks.

    Its services all serve, as far as gRPC's health checks are concerned.
    """

    async def accept(stream: Stream) -> None:
        first = await stream.read(1)
        if first == tls.CLIENT_HELLO:
            stream = await tls.accept(tls.Unread(first, stream), certificates.own())
            first = await stream.read(1)
        while first and PREFACE.startswith(first) and len(first) < len(PREFACE):
            more = await stream.read(len(PREFACE) - len(first))
            first += more
            if not more:
                break
        if first == PREFACE:
            await serve_health(tls.Unread(first, stream), lambda service: True)
        else:
            await plain(tls.Unread(first, stream))
        await stream.close()

    plain = serve(answer)
    return accept


def encrypted(accept: Accept, context: Callable[[], ssl.SSLContext] = certificates.own) -> Accept:
    """`accept` behind TLS. A client that speaks plain HTTP is told so, in the words of Go's server."""

    async def accept_encrypted(stream: Stream) -> None:
        first = await stream.read(1)
        if first and first != tls.CLIENT_HELLO:
            await stream.write(NOT_ENCRYPTED)
            return
        inner = await tls.accept(tls.Unread(first, stream), context())
        try:
            await accept(inner)
        finally:
            await inner.close()

    return accept_encrypted


NOT_ENCRYPTED = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


async def serve_health(stream: Stream, serves: Callable[[str], bool | None]) -> None:
    """gRPC's health service; `serves` says whether a service does, None for one that is not there."""
    # Imported here, as most clusters never need it: it takes a while to load.
    from k9lite.aio.grpc_health import Code, Health, Reply
    from k9lite.aio.grpc_health import serve as serve_grpc

    def health(service: str) -> Reply:
        state = serves(service)
        if state is None:
            return Reply(code=Code.NOT_FOUND, message="unknown service")
        return Reply(Health.SERVING if state else Health.NOT_SERVING)

    await serve_grpc(stream, health)
