"""GET .../pods/NAME/log."""

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web

from k9lite.api import times
from k9lite.api.errors import bad_request
from k9lite.client.streams import LogLine, LogOptions, PodStreams
from k9lite.engine.http.requests import integer, truth
from k9lite.engine.http.routes import Route
from k9lite.engine.http.streams.channels import is_websocket

# What may carry logs over a WebSocket (apiserver: wsstream): whether it is base64 in text messages instead of bytes.
PROTOCOLS = {"": False, "binary.k8s.io": False, "base64.binary.k8s.io": True}


async def answer(pods: PodStreams, request: web.BaseRequest, route: Route, now: float) -> web.StreamResponse:
    """The lines as plain text or over a WebSocket; a refusal that comes with the first of them is still a Status."""
    pieces = _pieces(pods, route, options(request.query, now))
    async with aclosing(cast("Any", pieces)) as batches:
        first = await anext(batches, b"")
        send = _over_socket if is_websocket(request) else _as_text
        return await send(request, first, batches)


async def _pieces(pods: PodStreams, route: Route, options: LogOptions) -> AsyncGenerator[bytes, None]:
    """The log in pieces, up to its limit."""
    left = options.limit
    async with aclosing(cast("Any", pods.logs(route.namespace, route.name, options))) as batches:
        async for batch in batches:
            text = "".join(line_text(line, timestamps=options.timestamps) for line in batch).encode()
            if left is not None:
                text, left = text[:left], max(0, left - len(text))
            yield text
            if left == 0:
                return


async def _as_text(request: web.BaseRequest, first: bytes, rest: AsyncIterator[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(first)
    async for piece in rest:
        await response.write(piece)
    await response.write_eof()
    return response


async def _over_socket(request: web.BaseRequest, first: bytes, rest: AsyncIterator[bytes]) -> web.StreamResponse:
    """One message per piece, after an empty one, which says that the stream is there."""
    named = request.headers.get("Sec-WebSocket-Protocol", "")
    offered = [name.strip() for name in named.split(",") if name.strip()]
    protocol = next((name for name in offered if name in PROTOCOLS), "")
    if offered and not protocol:
        raise bad_request(f"unable to upgrade: no protocol of {', '.join(offered)} is known")
    socket = web.WebSocketResponse(protocols=(protocol,) if protocol else (), compress=False)
    await socket.prepare(request)
    await _send(socket, b"", PROTOCOLS[protocol])
    await _send(socket, first, PROTOCOLS[protocol])
    ended = asyncio.ensure_future(_client_leaves(socket))
    try:
        await _until(ended, _forward(socket, rest, PROTOCOLS[protocol]))
    finally:
        ended.cancel()
    await socket.close()
    return socket


async def _forward(socket: web.WebSocketResponse, pieces: AsyncIterator[bytes], as_text: bool) -> None:
    async for piece in pieces:
        await _send(socket, piece, as_text)


async def _send(socket: web.WebSocketResponse, piece: bytes, as_text: bool) -> None:
    if as_text:
        await socket.send_str(base64.b64encode(piece).decode())
    else:
        await socket.send_bytes(piece)


async def _client_leaves(socket: web.WebSocketResponse) -> None:
    """Reads on, as pings have to be answered, until the client closes; what it sends means nothing."""
    async for _ in socket:
        pass


async def _until(ended: asyncio.Future[None], work: Coroutine[Any, Any, None]) -> None:
    """Do `work`, unless `ended` comes first."""
    task = asyncio.ensure_future(work)
    await asyncio.wait((ended, task), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    else:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def options(query: Any, now: float) -> LogOptions:
    """The query of a log request; `now` in the cluster's epoch seconds."""
    tail, limit, seconds = (integer(query, name) for name in ("tailLines", "limitBytes", "sinceSeconds"))
    since = _since(query.get("sinceTime", ""))
    if seconds is not None and since is not None:
        raise bad_request("at most one of `sinceTime` or `sinceSeconds` may be specified")
    return LogOptions(
        container=query.get("container", ""),
        follow=truth(query, "follow"),
        previous=truth(query, "previous"),
        timestamps=truth(query, "timestamps"),
        tail=tail,
        since=since if since is not None else None if seconds is None else now - seconds,
        limit=limit,
    )


def _since(text: str) -> float | None:
    """The moment that `sinceTime` names, in epoch seconds. BadRequest where it names none."""
    try:
        return times.timestamp(text) if text else None
    except ValueError as error:
        raise bad_request(f"sinceTime: {error}") from None


def line_text(line: LogLine, *, timestamps: bool) -> str:
    """One line with its newline, and with its time in nanoseconds where that is asked for."""
    if not timestamps:
        return f"{line.text}\n"
    moment = datetime.fromtimestamp(line.time, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond * 1000:09d}Z {line.text}\n"
