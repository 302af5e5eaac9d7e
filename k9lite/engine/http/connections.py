"""aiohttp's low-level server: no router and no middlewares, but Status objects even for what is not HTTP."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader

from k9lite.api.errors import bad_request
from k9lite.engine.http.answers import refusal
from k9lite.engine.http.requests import LARGEST_BODY

log = logging.getLogger(__name__)

_SILENT: Any = None  # the type asks for a logger, the documentation for None
IDLE = 3600.0  # seconds that a connection may be idle: clients keep theirs
BAD_REQUEST = 400

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Connections(web.Server):
    """Every connection's requests go to one handler, which is cancelled when its client leaves."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(handler, request_factory=_request, handler_cancellation=True)

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=asyncio.get_running_loop(), access_log=_SILENT, keepalive_timeout=IDLE)


class _Connection(web.RequestHandler):
    """One connection."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        if status != BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        log.debug("not HTTP: %s", message or exc)
        response = refusal(bad_request("the request is not well-formed HTTP"))
        response.force_close()
        return response


def _request(
    message: RawRequestMessage, payload: StreamReader, protocol: web.RequestHandler, writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:  # fmt: skip
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST_BODY)
