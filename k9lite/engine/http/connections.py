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
from k9lite.engine.http.acceptor import Strangers
from k9lite.engine.http.answers import refusal
from k9lite.engine.http.requests import LARGEST_BODY

log = logging.getLogger(__name__)

_SILENT: Any = None  # the type asks for a logger, the documentation for None
IDLE = 90.0  # seconds that a connection may be idle, as kube-apiserver's IdleTimeout
WHOLE_HEAD = 32.0  # seconds from a request's first byte to the end of its head, as kube-apiserver's ReadHeaderTimeout
BAD_REQUEST = 400

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Connections(web.Server):
    """Every connection's requests go to one handler, which is cancelled when its client leaves."""

    def __init__(self, handler: Handler, strangers: Strangers) -> None:
        super().__init__(handler, request_factory=_request, handler_cancellation=True)
        self.strangers = strangers

    def __call__(self) -> web.RequestHandler:
        return _Connection(
            self, self.strangers, loop=asyncio.get_running_loop(), access_log=_SILENT, keepalive_timeout=IDLE
        )


class _Connection(web.RequestHandler):
    """One connection; a request that is too slow to begin ends it."""

    __slots__ = ("_answering", "_began", "_strangers", "_watchdog")

    def __init__(self, server: web.Server, strangers: Strangers, **settings: Any) -> None:
        super().__init__(server, **settings)
        self._strangers = strangers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._answering = False
        self._began: float | None = None  # when the head that is awaited began to come
        self._watchdog: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        if isinstance(transport, asyncio.WriteTransport):
            self._strangers.enter(self, transport.abort)
        self._expect_head()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._strangers.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._began is None and not self._answering:
            self._expect_head()
        super().data_received(data)

    def admitted(self) -> None:
        """Its client has proved who it is."""
        self._strangers.leave(self)

    def head_came(self) -> None:
        self._answering, self._began = True, None

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._answering = False

    def _expect_head(self) -> None:
        """One timer serves all requests of half a minute: to set one for each would be dear."""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        if self._watchdog is None:
            self._watchdog = loop.call_later(WHOLE_HEAD, self._look)

    def _look(self) -> None:
        self._watchdog = None
        if self._began is None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._began + WHOLE_HEAD:
            self.force_close()
        else:
            self._watchdog = loop.call_at(self._began + WHOLE_HEAD, self._look)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        if status != BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        log.debug("not HTTP: %s", message or exc)
        response = refusal(bad_request("the request is not well-formed HTTP"))
        response.force_close()
        return response


def admit(request: web.BaseRequest) -> None:
    """Note that the client of `request` has proved who it is: its connection is not ended for want of room."""
    if isinstance(request.protocol, _Connection):
        request.protocol.admitted()


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    if isinstance(protocol, _Connection):
        protocol.head_came()
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST_BODY)
