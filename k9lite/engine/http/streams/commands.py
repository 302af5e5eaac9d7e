"""exec and attach: a process's streams over WebSocket channels or SPDY streams."""

import asyncio
from contextlib import suppress
from typing import Protocol

import msgspec
from aiohttp import web

from k9lite.aio.tasks import TaskSet
from k9lite.api.errors import INTERNAL_ERROR, StatusError, bad_request, is_not_found
from k9lite.api.object import Data
from k9lite.client.streams import PodStreams, Process
from k9lite.engine.http.requests import truth
from k9lite.engine.http.routes import Route
from k9lite.engine.http.streams import channels as websocket
from k9lite.engine.http.streams.channels import CLOSE, ERROR, RESIZE, STDERR, STDIN, STDOUT
from k9lite.engine.http.streams.pipes import Upgraded, agreed, upgrade
from k9lite.engine.http.streams.spdy_session import SpdySession, SpdyStream

SPDY_PROTOCOLS = ("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io")
INPUTS = {"stdin": STDIN, "resize": RESIZE}
OUTPUTS = {STDOUT: "stdout", STDERR: "stderr"}
ALL_STREAMS = 30.0  # seconds for a client to open its streams


class Channels(Protocol):
    """The client's end of a process, however it is carried."""

    async def send(self, channel: int, data: bytes) -> None:
        """ConnectionError when the client has gone."""

    async def receive(self) -> tuple[int, bytes] | None:
        """(STDIN, bytes), (RESIZE, JSON), (CLOSE, channel), or None when the client has gone."""

    async def finish(self, status: Data) -> None:
        """Tell how it ended, and close."""


async def answer(pods: PodStreams, request: web.BaseRequest, route: Route) -> web.StreamResponse:
    query = request.query
    command = query.getall("command", [])
    if route.subresource == "exec" and not command:
        raise bad_request("you must specify at least one command for the container")
    stdin, tty = truth(query, "stdin"), truth(query, "tty")
    if not (stdin or truth(query, "stdout") or truth(query, "stderr")):
        raise bad_request("you must specify at least 1 of stdin, stdout, stderr")
    if not websocket.is_websocket(request):
        agreed(request, SPDY_PROTOCOLS)  # refused before anything is started
    try:
        process, failure = await _start(pods, route, query.get("container", ""), command, stdin=stdin, tty=tty)
    except StatusError as error:
        if not is_not_found(error):
            raise
        return web.Response(status=500, text=error.message)  # the kubelet's own words, not a Status of the API
    try:
        client, response = await _connect(request, tty=tty)
        if process is None:
            await client.finish(failure)
        else:
            await _carry(client, process, stdin=stdin)
        return response
    except ConnectionError:
        return Upgraded()
    finally:
        if process is not None:
            await process.close()


async def _start(
    pods: PodStreams, route: Route, container: str, command: list[str], *, stdin: bool, tty: bool
) -> tuple[Process | None, Data]:
    """The process; or what to tell over the streams when the container could not start it."""
    try:
        if route.subresource == "attach":
            return await pods.attach(route.namespace, route.name, container, stdin=stdin, tty=tty), {}
        return await pods.exec(route.namespace, route.name, container, command, stdin=stdin, tty=tty), {}
    except StatusError as error:
        if error.reason != INTERNAL_ERROR:  # refused before anything was started
            raise
        return None, error.status()


async def _carry(client: Channels, process: Process, *, stdin: bool) -> None:
    """Copy until the process ends, or until the client leaves."""
    crashes: list[BaseException] = []
    tasks = TaskSet(lambda name, error: crashes.append(error))
    tasks.start(_input(client, process, stdin=stdin), "exec input")
    try:
        async for stream, data in process.output():
            await client.send(stream, data)
        code = await process.wait()
        await client.finish(exit_status(code))
    finally:
        await tasks.close()


async def _input(client: Channels, process: Process, *, stdin: bool) -> None:
    while (message := await client.receive()) is not None:
        channel, data = message
        if channel == STDIN and stdin:
            await process.stdin.write(data)
        elif channel == CLOSE and data[:1] == bytes([STDIN]):
            await process.stdin.close()
        elif channel == RESIZE:
            with suppress(msgspec.DecodeError, TypeError, ValueError):
                size = msgspec.json.decode(data)
                await process.resize(int(size["Width"]), int(size["Height"]))
    await process.close()


def exit_status(code: int) -> Data:
    """The Status that tells a client the exit code."""
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    message = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return {
        "metadata": {},
        "status": "Failure",
        "reason": "NonZeroExitCode",
        "message": message,
        "details": {"causes": causes},
    }


async def _connect(request: web.BaseRequest, *, tty: bool) -> tuple[Channels, web.StreamResponse]:
    if websocket.is_websocket(request):
        socket = await websocket.accept(request)
        await socket.settled()
        return WebSocketChannels(socket), socket.response
    pipe = await upgrade(request, "SPDY/3.1", agreed(request, SPDY_PROTOCOLS))
    session = SpdyChannels(SpdySession(pipe))
    wanted = {"error"} | {name for name in ("stdin", "stdout", "stderr") if truth(request.query, name)}
    if tty:
        wanted -= {"stderr"}
        wanted |= {"resize"} if "v2" not in request.headers.get("X-Stream-Protocol-Version", "v4") else set()
    await session.open(wanted)
    return session, Upgraded()


class WebSocketChannels:
    """Over one WebSocket."""

    def __init__(self, channels: websocket.Channels) -> None:
        self._channels = channels

    async def send(self, channel: int, data: bytes) -> None:
        await self._channels.send(channel, data)

    async def receive(self) -> tuple[int, bytes] | None:
        return await self._channels.receive()

    async def finish(self, status: Data) -> None:
        if self._channels.protocol.statuses:
            await self._channels.send(ERROR, msgspec.json.encode(status))
        elif status["status"] == "Failure":
            await self._channels.send(ERROR, status["message"].encode())
        await self._channels.close()


class SpdyChannels:
    """Over one SPDY stream for each of error, stdin, stdout, stderr and resize."""

    def __init__(self, session: SpdySession) -> None:
        self._session = session
        self._streams: dict[str, SpdyStream] = {}
        self._messages: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue(16)
        self._tasks = TaskSet(lambda name, error: self._messages.put_nowait(None))

    async def open(self, wanted: set[str]) -> None:
        """Wait for the streams the client announced. Raises ConnectionError when they do not come."""
        self._tasks.start(self._run(), "spdy")
        try:
            async with asyncio.timeout(ALL_STREAMS):
                async for stream in self._session.opened():
                    self._streams[stream.headers.get("streamtype", "")] = stream
                    if wanted <= self._streams.keys():
                        break
        except TimeoutError:
            await self._session.close()
        if not wanted <= self._streams.keys():
            raise ConnectionAbortedError("the client did not open its streams")
        for name, channel in INPUTS.items():
            if name in self._streams:
                self._tasks.start(self._read(self._streams[name], channel), f"spdy {name}")

    async def send(self, channel: int, data: bytes) -> None:
        stream = self._streams.get(OUTPUTS.get(channel, ""))
        if stream is not None:
            await stream.write(data)

    async def receive(self) -> tuple[int, bytes] | None:
        return await self._messages.get()

    async def finish(self, status: Data) -> None:
        for name in OUTPUTS.values():
            if name in self._streams:
                await self._streams[name].finish()
        await self._streams["error"].write(msgspec.json.encode(status))
        await self._streams["error"].finish()
        await self._session.close()
        await self._tasks.close()

    async def _run(self) -> None:
        await self._session.run()
        await self._messages.put(None)

    async def _read(self, stream: SpdyStream, channel: int) -> None:
        while data := await stream.read():
            await self._messages.put((channel, data))
        if channel == STDIN:
            await self._messages.put((CLOSE, bytes([STDIN])))
