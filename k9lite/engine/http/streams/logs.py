"""GET .../pods/NAME/log."""

from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web

from k9lite.api import times
from k9lite.api.errors import bad_request
from k9lite.client.streams import LogLine, LogOptions, PodStreams
from k9lite.engine.http.requests import integer, truth
from k9lite.engine.http.routes import Route


async def answer(pods: PodStreams, request: web.BaseRequest, route: Route, now: float) -> web.StreamResponse:
    """The lines as plain text; a refusal that comes with the first of them is still a Status."""
    wanted = options(request.query, now)
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    left = wanted.limit
    async with aclosing(cast("Any", pods.logs(route.namespace, route.name, wanted))) as batches:
        async for batch in batches:
            text = "".join(line_text(line, timestamps=wanted.timestamps) for line in batch).encode()
            if left is not None:
                text, left = text[:left], max(0, left - len(text))
            if not response.prepared:
                await response.prepare(request)
            await response.write(text)
            if left == 0:
                break
    if not response.prepared:
        await response.prepare(request)
    await response.write_eof()
    return response


def options(query: Any, now: float) -> LogOptions:
    """The query of a log request; `now` in the cluster's epoch seconds."""
    tail, limit, seconds = (integer(query, name) for name in ("tailLines", "limitBytes", "sinceSeconds"))
    since = query.get("sinceTime", "")
    if seconds is not None and since:
        raise bad_request("at most one of `sinceTime` or `sinceSeconds` may be specified")
    return LogOptions(
        container=query.get("container", ""),
        follow=truth(query, "follow"),
        previous=truth(query, "previous"),
        timestamps=truth(query, "timestamps"),
        tail=tail,
        since=times.timestamp(since) if since else None if seconds is None else now - seconds,
        limit=limit,
    )


def line_text(line: LogLine, *, timestamps: bool) -> str:
    """One line with its newline, and with its time in nanoseconds where that is asked for."""
    if not timestamps:
        return f"{line.text}\n"
    moment = datetime.fromtimestamp(line.time, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond * 1000:09d}Z {line.text}\n"
