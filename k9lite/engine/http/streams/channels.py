"""Kubernetes' channels over one WebSocket: the first byte of a message says which stream it belongs to."""

import asyncio
import base64
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSMessage, WSMsgType, web

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
LARGEST_MESSAGE = 4 * 2**20  # bytes
ANSWERING = 0.25  # seconds that a client is given to show that it reads
SETTLING = 0.01  # seconds from there until its streams are there, too


@dataclass(frozen=True, slots=True)
class Protocol:
    """text: base64 in text messages instead of bytes; statuses: channel 3 carries a Status at the end, not text."""

    name: str
    text: bool
    statuses: bool


# In the order of preference.
PROTOCOLS = (
    Protocol("v5.channel.k8s.io", False, True),
    Protocol("v4.channel.k8s.io", False, True),
    Protocol("v4.base64.channel.k8s.io", True, True),
    Protocol("channel.k8s.io", False, False),
    Protocol("base64.channel.k8s.io", True, False),
)
UNNAMED = Protocol("", False, False)


class Channels:
    """Messages of one WebSocket, by channel."""

    def __init__(self, socket: web.WebSocketResponse, protocol: Protocol) -> None:
        self._socket = socket
        self._early: WSMessage | None = None
        self.protocol = protocol

    @property
    def response(self) -> web.WebSocketResponse:
        """What the handler has to return."""
        return self._socket

    async def settled(self) -> None:
        """Wait until the client is ready to be told something.

        kubectl up to 1.33 throws away what arrives before it has made its streams; a real container is never that fast.
        Whoever sends something has made them, and whoever answers a ping is about to.
        """
        await self._socket.ping()
        with suppress(TimeoutError):
            message = await self._socket.receive(ANSWERING)
            if message.type == WSMsgType.PONG:
                await asyncio.sleep(SETTLING)
            else:
                self._early = message

    async def send(self, channel: int, data: bytes) -> None:
        """ConnectionError when the client has gone."""
        if self.protocol.text:
            await self._socket.send_str(f"{channel}{base64.b64encode(data).decode()}")
        else:
            await self._socket.send_bytes(bytes([channel]) + data)

    async def receive(self) -> tuple[int, bytes] | None:
        """The next message as (channel, data); None when the client has closed."""
        while True:
            message, self._early = self._early or await self._socket.receive(), None
            if message.type == WSMsgType.PING:
                await self._socket.pong(message.data)
            if message.type in (WSMsgType.BINARY, WSMsgType.TEXT) and message.data:
                # Some clients send text where the protocol says bytes.
                raw = message.data if isinstance(message.data, bytes) else message.data.encode()
                if not self.protocol.text:
                    return raw[0], raw[1:]
                with suppress(ValueError):  # binascii's error is one, too
                    return int(raw[:1]), base64.b64decode(raw[1:])
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return None

    async def close(self) -> None:
        await self._socket.close(code=1000)


async def accept(request: web.BaseRequest) -> Channels:
    """Upgrade to a WebSocket that speaks the best protocol of those offered."""
    offered = [name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if name.strip()]
    protocol = next((known for known in PROTOCOLS if known.name in offered), UNNAMED)
    names = (protocol.name,) if protocol.name else ()
    socket = web.WebSocketResponse(protocols=names, compress=False, max_msg_size=LARGEST_MESSAGE, autoping=False)
    await socket.prepare(request)
    return Channels(socket, protocol)


def is_websocket(request: web.BaseRequest) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"
