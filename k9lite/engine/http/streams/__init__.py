"""Logs, exec, attach and port-forward over chunked HTTP, WebSocket and SPDY."""

from aiohttp import web

from k9lite.aio.clock import Clock
from k9lite.client.protocol import Client
from k9lite.engine.http.routes import Route
from k9lite.engine.http.streams import commands, forwards, logs

__all__ = ["Streams"]


class Streams:
    """Answers the streaming subresources of pods."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock

    async def answer(self, request: web.BaseRequest, route: Route) -> web.StreamResponse:
        await self._client.get(route.kind, route.name, route.namespace)  # NotFound comes before any upgrade
        pods = self._client.streams
        if route.subresource == "log":
            return await logs.answer(pods, request, route, self._clock.now())
        if route.subresource == "portforward":
            return await forwards.answer(pods, request, route)
        return await commands.answer(pods, request, route)
