"""PodStreams over HTTP: chunked logs, exec and attach over WebSocket (v5), connections over WebSocket (v4)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from k9lite.api import kinds, times
from k9lite.api.errors import INTERNAL_ERROR, StatusError
from k9lite.api.quantity import parse
from k9lite.client.remote.session import Session, path_of, refusal
from k9lite.client.streams import LogLine, LogOptions, Usage

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
COMMAND_PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
SPDY = {
    "Connection": "Upgrade",
    "Upgrade": "SPDY/3.1",
    "X-Stream-Protocol-Version": "v4.channel.k8s.io",
}
FORWARD_PROTOCOLS = ("v4.channel.k8s.io",)
METRICS = "/apis/metrics.k8s.io/v1beta1/namespaces"


class HttpStreams:
    """Implements PodStreams."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def logs(self, namespace: str, pod: str, options: LogOptions) -> AsyncIterator[list[LogLine]]:
        path = path_of(kinds.POD, namespace, pod, "log")
        try:
            async with self._session.http().get(path, params=_log_query(options)) as response:
                if response.status >= 400:
                    raise refusal(response.status, await response.read())
                rest = b""
                async for chunk in response.content.iter_any():
                    *lines, rest = (rest + chunk).split(b"\n")
                    if lines:
                        yield [_log_line(line) for line in lines]
                if rest:
                    yield [_log_line(rest)]
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error

    async def exec(
        self, namespace: str, pod: str, container: str, command: list[str], *, stdin: bool = False, tty: bool = False
    ) -> "RemoteProcess":
        query = [("command", part) for part in command]
        return await self._process(namespace, pod, "exec", container, query, stdin=stdin, tty=tty)

    async def attach(
        self, namespace: str, pod: str, container: str, *, stdin: bool = False, tty: bool = False
    ) -> "RemoteProcess":
        return await self._process(namespace, pod, "attach", container, [], stdin=stdin, tty=tty)

    async def connect(self, namespace: str, pod: str, port: int) -> "RemoteStream":
        path = path_of(kinds.POD, namespace, pod, "portforward")
        socket = await self._open(f"{path}?ports={port}", FORWARD_PROTOCOLS)
        for _ in range(2):  # each channel begins with the number of its port
            await socket.receive()
        return RemoteStream(socket)

    def reachable(self, address: str, port: int) -> tuple[str, int] | None:
        """Nothing is known of the network of a cluster elsewhere."""
        return None

    async def usage(self, namespace: str, pod: str) -> dict[str, Usage]:
        found = msgspec.json.decode(await self._session.call("GET", f"{METRICS}/{namespace}/pods/{pod}"))
        return {
            container["name"]: Usage(float(parse(container["usage"]["cpu"])), int(parse(container["usage"]["memory"])))
            for container in found["containers"]
        }

    async def _process(
        self,
        namespace: str,
        pod: str,
        subresource: str,
        container: str,
        query: list[tuple[str, str]],
        *,
        stdin: bool,
        tty: bool,
    ) -> "RemoteProcess":
        flags = {"stdin": stdin, "stdout": True, "stderr": not tty, "tty": tty}
        query = [*query, *((name, "true") for name, wanted in flags.items() if wanted)]
        if container:
            query.append(("container", container))
        path = path_of(kinds.POD, namespace, pod, subresource)
        url = URL(path).with_query(query)
        return RemoteProcess(await self._open(str(url), COMMAND_PROTOCOLS))

    async def _open(self, path: str, protocols: tuple[str, ...]) -> aiohttp.ClientWebSocketResponse:
        try:
            return await self._session.http().ws_connect(path, protocols=protocols, max_msg_size=0)
        except aiohttp.WSServerHandshakeError as error:
            raise await self._refusal(path, error.status) from error
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error

    async def _refusal(self, path: str, code: int) -> StatusError:
        """Why a WebSocket was refused: aiohttp drops what the answer said, so it is asked for in the older way."""
        async with self._session.http().post(path, headers=SPDY) as response:
            told = b"" if response.status < 400 else await response.read()
            return refusal(code, told)


class RemoteProcess:
    """A process at the other end of a WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def stdin(self) -> "_Input":
        return _Input(self._socket)

    async def output(self) -> AsyncIterator[tuple[int, bytes]]:
        async for message in self._socket:
            if message.type != aiohttp.WSMsgType.BINARY or not message.data:
                continue
            channel, data = message.data[0], message.data[1:]
            if channel in (STDOUT, STDERR) and data:
                yield channel, data
            elif channel == ERROR and data:
                self._finish(data)
        if not self._code.done():
            self._code.set_exception(ConnectionResetError("the connection ended before the process"))

    async def resize(self, columns: int, rows: int) -> None:
        await self._socket.send_bytes(bytes([RESIZE]) + msgspec.json.encode({"Width": columns, "Height": rows}))

    async def wait(self) -> int:
        return await self._code

    async def close(self) -> None:
        await self._socket.close()

    def _finish(self, data: bytes) -> None:
        status = msgspec.json.decode(data)
        causes = (status.get("details") or {}).get("causes") or ()
        code = next((int(cause["message"]) for cause in causes if cause.get("reason") == "ExitCode"), None)
        if status.get("status") == "Success":
            self._code.set_result(0)
        elif code is not None:
            self._code.set_result(code)
        else:
            self._code.set_exception(StatusError(INTERNAL_ERROR, status.get("message", "the command failed")))


class _Input:
    """A remote process's input."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def write(self, data: bytes) -> None:
        if not self._socket.closed:
            await self._socket.send_bytes(bytes([STDIN]) + data)

    async def close(self) -> None:
        if not self._socket.closed and self._socket.protocol == COMMAND_PROTOCOLS[0]:
            await self._socket.send_bytes(bytes([CLOSE, STDIN]))


class RemoteStream:
    """A connection into a pod; the end of either direction ends both, as this protocol has it."""

    peer = "127.0.0.1"

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._unread = b""

    async def read(self, limit: int = 65536) -> bytes:
        while not self._unread:
            message = await self._socket.receive()
            if message.type != aiohttp.WSMsgType.BINARY:
                return b""
            if message.data[:1] == b"\x01":
                raise ConnectionRefusedError(message.data[1:].decode(errors="replace"))
            self._unread = bytes(message.data[1:])
        data, self._unread = self._unread[:limit], self._unread[limit:]
        return data

    async def write(self, data: bytes) -> None:
        try:
            await self._socket.send_bytes(b"\x00" + data)
        except aiohttp.ClientError as error:
            raise ConnectionResetError(str(error)) from error

    async def write_eof(self) -> None:
        """There is no half-close here: the other end learns of it when both directions end."""

    async def close(self) -> None:
        await self._socket.close()


def _log_query(options: LogOptions) -> dict[str, str]:
    flags = {"follow": options.follow, "previous": options.previous}
    query = {name: "true" for name, wanted in flags.items() if wanted} | {"timestamps": "true"}
    numbers = {"tailLines": options.tail, "limitBytes": options.limit}
    query |= {name: str(number) for name, number in numbers.items() if number is not None}
    if options.since is not None:
        query["sinceTime"] = times.time(options.since)
    return query | ({"container": options.container} if options.container else {})


def _log_line(line: bytes) -> LogLine:
    """A line with its time in front, to the nanosecond."""
    stamp, _, text = line.decode(errors="replace").partition(" ")
    try:
        moment: Any = datetime.fromisoformat(stamp[:26] + "+00:00").timestamp()
    except ValueError:
        return LogLine(0.0, line.decode(errors="replace"))
    return LogLine(moment, text)
