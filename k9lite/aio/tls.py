"""TLS over any `Stream`, whether it is a socket or lives in memory."""

import contextlib
import ssl
from functools import cache

from k9lite.aio.network import Stream

CLIENT_HELLO = b"\x16"  # what a connection begins with whose client speaks TLS


class HandshakeFailed(ConnectionError):
    """The other end does not speak TLS, or refused; `received` are the first bytes that it sent."""

    def __init__(self, problem: str, received: bytes) -> None:
        super().__init__(problem)
        self.received = received


class Unread:
    """A stream of which something was read too early: that is read first."""

    def __init__(self, data: bytes, stream: Stream) -> None:
        self._data, self._stream = data, stream

    @property
    def peer(self) -> str:
        return self._stream.peer

    async def read(self, limit: int = 65536) -> bytes:
        if self._data:
            data, self._data = self._data[:limit], self._data[limit:]
            return data
        return await self._stream.read(limit)

    async def write(self, data: bytes) -> None:
        await self._stream.write(data)

    async def write_eof(self) -> None:
        await self._stream.write_eof()

    async def close(self) -> None:
        await self._stream.close()


class TlsStream:
    """One end of an encrypted connection; made by `accept` and `connect`."""

    def __init__(self, stream: Stream, context: ssl.SSLContext, *, server: bool, name: str | None = None) -> None:
        self._stream = stream
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=server, server_hostname=name)

    @property
    def peer(self) -> str:
        return self._stream.peer

    async def handshake(self) -> None:
        """HandshakeFailed."""
        received = b""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                chunk = await self._stream.read()
                received = received or chunk
                if not chunk:
                    raise HandshakeFailed("EOF", received) from None
                self._incoming.write(chunk)
            except ssl.SSLError as error:
                await self._flush()  # the alert that says why
                raise HandshakeFailed(error.reason or str(error), received) from error
            else:
                await self._flush()
                return

    async def read(self, limit: int = 65536) -> bytes:
        while True:
            try:
                return self._tls.read(limit)
            except ssl.SSLWantReadError:
                await self._flush()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""
            except ssl.SSLError as error:
                raise ConnectionResetError(str(error)) from error
            chunk = await self._stream.read()
            if chunk:
                self._incoming.write(chunk)
            else:
                self._incoming.write_eof()

    async def write(self, data: bytes) -> None:
        if data:
            self._tls.write(data)
            await self._flush()

    async def write_eof(self) -> None:
        """TLS has no half-closed connections: the end is told by `close`."""

    async def close(self) -> None:
        with contextlib.suppress(ssl.SSLError, ValueError):  # nobody waits for the other end's goodbye
            self._tls.unwrap()
        with contextlib.suppress(ConnectionError):
            await self._flush()
        await self._stream.close()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._stream.write(self._outgoing.read())


async def accept(stream: Stream, context: ssl.SSLContext) -> TlsStream:
    """The server's end over a connection that has just come in. HandshakeFailed."""
    encrypted = TlsStream(stream, context, server=True)
    await encrypted.handshake()
    return encrypted


async def connect(stream: Stream, context: ssl.SSLContext | None = None, name: str | None = None) -> TlsStream:
    """The client's end; without a `context` any certificate is good. HandshakeFailed.

    name: which server is meant, for those that have several certificates
    """
    encrypted = TlsStream(stream, context or trusting(), server=False, name=name)
    await encrypted.handshake()
    return encrypted


@cache
def trusting() -> ssl.SSLContext:
    """A client's context that checks no certificate, as probes do not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
