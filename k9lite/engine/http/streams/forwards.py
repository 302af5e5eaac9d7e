"""port-forward: connections into a pod over SPDY (plain, or tunnelled in a WebSocket) or over WebSocket channels."""

import asyncio
import struct
from dataclasses import dataclass

from aiohttp import web

from k9lite.aio.network import Stream
from k9lite.aio.tasks import TaskSet
from k9lite.api.errors import StatusError, bad_request
from k9lite.client.streams import PodStreams
from k9lite.engine.http.routes import Route
from k9lite.engine.http.streams import channels as websocket
from k9lite.engine.http.streams.pipes import Pipe, Upgraded, WebSocketPipe, agreed, upgrade
from k9lite.engine.http.streams.spdy_session import SpdySession, SpdyStream

TUNNEL = "SPDY/3.1+portforward.k8s.io"
PROTOCOL = "portforward.k8s.io"
DATA, ERROR = "data", "error"


async def answer(pods: PodStreams, request: web.BaseRequest, route: Route) -> web.StreamResponse:
    if not websocket.is_websocket(request):
        protocol = agreed(request, (PROTOCOL,))
        await _Forwarder(pods, route, await upgrade(request, "SPDY/3.1", protocol)).run()
        return Upgraded()
    if TUNNEL in request.headers.get("Sec-WebSocket-Protocol", ""):
        socket = web.WebSocketResponse(protocols=(TUNNEL,), compress=False, max_msg_size=0)
        await socket.prepare(request)
        await _Forwarder(pods, route, WebSocketPipe(socket)).run()
        return socket
    return await _channels(pods, request, route)


@dataclass(slots=True)
class _Pair:
    """The two streams of one connection, as they arrive."""

    data: SpdyStream | None = None
    error: SpdyStream | None = None


class _Forwarder:
    """All connections of one port-forward."""

    def __init__(self, pods: PodStreams, route: Route, pipe: Pipe) -> None:
        self._pods, self._route = pods, route
        self._session = SpdySession(pipe)
        self._pairs: dict[str, _Pair] = {}
        self._tasks = TaskSet(lambda name, error: None)  # a broken connection concerns nobody but its ends

    async def run(self) -> None:
        reading = self._tasks.start(self._session.run(), "port-forward")
        try:
            async for stream in self._session.opened():
                pair = self._place(stream)
                if pair.data is not None and pair.error is not None:
                    self._tasks.start(self._connection(pair.data, pair.error), "forwarded connection")
            await reading
        finally:
            await self._tasks.close()
            await self._session.close()

    def _place(self, stream: SpdyStream) -> _Pair:
        """Streams are paired by request; where clients number none, by their own numbers (data follows error)."""
        is_error = stream.headers.get("streamtype") == ERROR
        request = stream.headers.get("requestid") or str(stream.number if is_error else stream.number - 2)
        pair = self._pairs.setdefault(request, _Pair())
        if is_error:
            pair.error = stream
        else:
            pair.data = stream
        if pair.data is not None and pair.error is not None:
            del self._pairs[request]
        return pair

    async def _connection(self, data: SpdyStream, error: SpdyStream) -> None:
        try:
            await self._relay(data, error)
        finally:
            for stream in (data, error):
                await stream.finish()
                self._session.forget(stream)

    async def _relay(self, data: SpdyStream, error: SpdyStream) -> None:
        port = int(data.headers.get("port") or 0)
        try:
            target = await self._pods.connect(self._route.namespace, self._route.name, port)
        except (StatusError, OSError) as reason:
            await error.write(refusal(self._route.name, port, reason).encode())
            return
        outward = asyncio.create_task(_outward(data, target))
        try:
            while chunk := await target.read():
                await data.write(chunk)
        except ConnectionError:
            pass
        finally:
            outward.cancel()
            await asyncio.gather(outward, return_exceptions=True)
            await target.close()


async def _outward(data: SpdyStream, target: Stream) -> None:
    """From the client into the pod, its end of stream too."""
    while chunk := await data.read():
        await target.write(chunk)
    await target.write_eof()


def refusal(pod: str, port: int, reason: Exception) -> str:
    """What a kubelet says when it cannot reach the port."""
    return (
        f"error forwarding port {port} to pod {pod}, uid : failed to connect to localhost:{port} inside namespace, "
        f"IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused ({reason})"
        if isinstance(reason, OSError)
        else f"error forwarding port {port} to pod {pod}: {reason}"
    )


async def _channels(pods: PodStreams, request: web.BaseRequest, route: Route) -> web.StreamResponse:
    """The older way: two channels per port, data and error, the port itself as the first message of each."""
    ports = [int(text) for item in request.query.getall("ports", []) for text in item.split(",") if text.isdigit()]
    if not ports or not all(0 < port < 65536 for port in ports):
        raise bad_request('query parameter "ports" is required')
    client = await websocket.accept(request)
    tasks = TaskSet(lambda name, error: None)
    targets: dict[int, Stream] = {}
    for index, port in enumerate(ports):
        for channel in (2 * index, 2 * index + 1):
            await client.send(channel, struct.pack("<H", port))
        try:
            target = targets[2 * index] = await pods.connect(route.namespace, route.name, port)
        except (StatusError, OSError) as reason:
            await client.send(2 * index + 1, refusal(route.name, port, reason).encode())
            continue
        tasks.start(_inward(client, 2 * index, target), "forwarded connection")
    try:
        while (message := await client.receive()) is not None:
            channel, data = message
            if channel in targets:
                await targets[channel].write(data)
    except ConnectionError:
        pass
    finally:
        await tasks.close()
        for target in targets.values():
            await target.close()
        await client.close()
    return client.response


async def _inward(client: websocket.Channels, channel: int, target: Stream) -> None:
    """From the pod to the client; when the pod is done, so is the WebSocket."""
    while chunk := await target.read():
        await client.send(channel, chunk)
    await client.close()
