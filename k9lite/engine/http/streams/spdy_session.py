"""SPDY streams over a pipe: the client opens them, both ends write, each direction ends on its own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from k9lite.engine.http.streams.pipes import Pipe
from k9lite.engine.http.wire import spdy

BUFFERED_CHUNKS = 64  # of one stream, before its sender has to wait
LARGEST_CHUNK = 32768  # bytes of a data frame, so that streams take turns


class SpdyStream:
    """One stream as this end sees it; `headers` are those with which it was opened."""

    def __init__(self, session: "SpdySession", number: int, headers: Mapping[str, str]) -> None:
        self.number, self.headers = number, headers
        self._session = session
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue(BUFFERED_CHUNKS)
        self._ended = self._finished = False

    async def read(self) -> bytes:
        """The next bytes; empty once the client has ended its direction."""
        if self._ended and self._chunks.empty():
            return b""
        return await self._chunks.get()

    async def write(self, data: bytes) -> None:
        for start in range(0, len(data), LARGEST_CHUNK):
            await self._session.send(self._session.encoder.data(self.number, data[start : start + LARGEST_CHUNK]))

    async def finish(self) -> None:
        """End this direction; a second time does nothing."""
        if not self._finished:
            self._finished = True
            await self._session.send(self._session.encoder.data(self.number, b"", fin=True))

    async def take(self, data: bytes, fin: bool) -> None:
        """The session hands over what came in; waits while the reader is slow."""
        if data and not self._ended:
            await self._chunks.put(data)
        if fin:
            await self.end()

    def discard(self) -> None:
        """Nobody reads any more: let go whoever waits to hand something over."""
        self._ended = True
        while not self._chunks.empty():
            self._chunks.get_nowait()

    async def end(self) -> None:
        if not self._ended:
            self._ended = True
            await self._chunks.put(b"")


class SpdySession:
    """One connection. Run `run()` in a task; iterate `opened()` for the streams the client opens."""

    def __init__(self, pipe: Pipe) -> None:
        self.encoder = spdy.Encoder()
        self._pipe = pipe
        self._decoder = spdy.Decoder()
        self._streams: dict[int, SpdyStream] = {}
        self._opened: asyncio.Queue[SpdyStream | None] = asyncio.Queue()
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Read until the client has gone or breaks the protocol."""
        try:
            while data := await self._pipe.read():
                for frame in self._decoder.feed(data):
                    await self._take(frame)
        except (spdy.ProtocolError, ConnectionError):
            pass
        finally:
            self._opened.put_nowait(None)
            for stream in list(self._streams.values()):
                await stream.end()

    async def opened(self) -> AsyncIterator[SpdyStream]:
        """Every stream, as the client opens it; ends with the connection."""
        while (stream := await self._opened.get()) is not None:
            yield stream

    async def send(self, data: bytes) -> None:
        async with self._sending:
            await self._pipe.write(data)

    async def close(self) -> None:
        with suppress(ConnectionError):
            await self.send(self.encoder.go_away(max(self._streams, default=0)))
        await self._pipe.close()

    def forget(self, stream: SpdyStream) -> None:
        """Both directions have ended; what still comes for the stream is dropped."""
        self._streams.pop(stream.number, None)
        stream.discard()

    async def _take(self, frame: spdy.Frame) -> None:
        match frame:
            case spdy.SynStream(number, headers, fin):
                stream = self._streams[number] = SpdyStream(self, number, headers)
                await self.send(self.encoder.syn_reply(number))
                self._opened.put_nowait(stream)
                if fin:
                    await stream.end()
            case spdy.Data(number, payload, fin):
                if number in self._streams:
                    await self._streams[number].take(payload, fin)
            case spdy.Reset(number, _):
                if number in self._streams:
                    await self._streams.pop(number).end()
            case spdy.Ping(number) if number % 2:
                await self.send(self.encoder.ping(number))
