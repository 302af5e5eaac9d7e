"""Asking webhooks over HTTPS, on the cluster's network."""

import asyncio
import http.client
import io
import json
import socket
import ssl
import uuid
from typing import Protocol

import msgspec

from k9lite.aio import tls
from k9lite.aio.network import LOCALHOST, Network, Stream
from k9lite.engine.apiserver.admission.webhooks.answers import Answer, Call

MOST_BYTES = 8 * 1024 * 1024  # of an answer
# OpenSSL's codes of why a certificate is not trusted, in the words of Go.
_VERIFICATION = {
    10: "certificate has expired or is not yet valid",
    18: "certificate signed by unknown authority",
    19: "certificate signed by unknown authority",
    20: "certificate signed by unknown authority",
    21: "certificate signed by unknown authority",
}
_CONTEXT_DEADLINE = "context deadline exceeded"


class Caller(Protocol):
    """Asks a webhook; a failure is an answer too."""

    async def ask(self, call: Call) -> Answer: ...


class HttpsCaller:
    """Calls over `network`: webhooks of the cluster are there, and so is what its loopback addresses lead to."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def ask(self, call: Call) -> Answer:
        try:
            async with asyncio.timeout(call.timeout):
                raw = await self._exchange(call)
            response = _response(raw)
        except TimeoutError:
            return _failed(call, _CONTEXT_DEADLINE)
        except tls.HandshakeFailed as failure:
            return _failed(call, _handshake_error(failure))
        except ConnectionRefusedError:
            return _failed(call, f"dial tcp {call.host}:{call.port}: connect: connection refused")
        except (OSError, http.client.HTTPException, msgspec.DecodeError, ValueError) as error:
            return _failed(call, str(error) or "EOF")
        return response

    async def _exchange(self, call: Call) -> bytes:
        context = ssl.create_default_context(cadata=call.bundle or None)
        host = await _address(call.host)
        stream = await self._network.connect(host, call.port, source=LOCALHOST)
        try:
            encrypted = await tls.connect(stream, context, call.name)
            await encrypted.write(_request(call))
            return await _all_of(encrypted)
        finally:
            await stream.close()


async def _address(host: str) -> str:
    """An address of `host`, which may be one already. OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
    return str(found[0][4][0])


def _request(call: Call) -> bytes:
    body = msgspec.json.encode(
        call.body | {"request": call.body["request"] | {"uid": str(uuid.UUID(bytes=call.key[:16]))}}
    )
    lines = (
        f"POST {call.path} HTTP/1.1",
        f"Host: {call.name}:{call.port}",
        "User-Agent: kube-apiserver-admission",
        "Accept: application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _all_of(stream: Stream) -> bytes:
    data = bytearray()
    while len(data) < MOST_BYTES:
        chunk = await stream.read()
        if not chunk:
            break
        data += chunk
        if _is_complete(data):
            break
    return bytes(data)


def _is_complete(data: bytearray) -> bool:
    """Whether a whole answer of declared length is there: a server need not close the connection."""
    head, found, body = bytes(data).partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n") if found else ():
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return False


class _Received:
    """What the standard library's reader takes for a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _response(raw: bytes) -> Answer:
    """The answer in an HTTP response. ValueError, DecodeError or HTTPException when there is none."""
    reply = http.client.HTTPResponse(_Received(raw))  # type: ignore[arg-type]  # it only reads
    reply.begin()
    body = reply.read()
    if reply.status >= http.HTTPStatus.BAD_REQUEST:
        return Answer({}, f"failed to call webhook: {_refused(reply.status, body)}")
    review = msgspec.json.decode(body)
    response = review.get("response") if isinstance(review, dict) else None
    if not isinstance(response, dict):
        raise ValueError("expected response.uid to be set, got no response")
    return Answer(response)


def _handshake_error(failure: tls.HandshakeFailed) -> str:
    """What Go's client says of a server whose certificate it does not trust, or that does not speak TLS."""
    cause = failure.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = _VERIFICATION.get(cause.verify_code, cause.verify_message)
        return f"tls: failed to verify certificate: x509: {reason}"
    if failure.received.startswith(b"HTTP/"):
        return "http: server gave HTTP response to HTTPS client"
    return str(failure)


def _refused(status: int, body: bytes) -> str:
    """What a client of Kubernetes says of such a status."""
    if status == http.HTTPStatus.NOT_FOUND:
        return "the server could not find the requested resource"
    text = json.dumps(body.decode(errors="replace") or "unknown")
    return f"an error on the server ({text}) has prevented the request from succeeding"


def _failed(call: Call, why: str) -> Answer:
    return Answer({}, f'failed to call webhook: Post "{call.url}": {why}')
