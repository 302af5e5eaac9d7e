"""SPDY/3.1 as Kubernetes clients use it for exec, attach and port-forward: frames to bytes and back, no I/O."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

CONTROL = 0x8003
FIN = 0x01
CANCEL = 5  # RST_STREAM status
LARGEST_CONTROL_FRAME = 1 << 20  # bytes; what clients send stays below 200
LARGEST_HEADER_BLOCK = 1 << 18  # bytes, decompressed

_WORDS = (
    "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|accept-language|accept-ranges|age|all"
    "ow|authorization|cache-control|connection|content-base|content-encoding|content-language|content-length|conten"
    "t-location|content-md5|content-range|content-type|date|etag|expect|expires|from|host|if-match|if-modified-sinc"
    "e|if-none-match|if-range|if-unmodified-since|last-modified|location|max-forwards|pragma|proxy-authenticate|pro"
    "xy-authorization|range|referer|retry-after|server|te|trailer|transfer-encoding|upgrade|user-agent|vary|via|war"
    "ning|www-authenticate|method|get|status|200 OK|version|HTTP/1.1|url|public|set-cookie|keep-alive|origin"
)
_TAIL = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
# The preset dictionary of the SPDY/3 draft: both ends must start from the same 1,423 bytes.
DICTIONARY = b"".join(struct.pack(">I", len(word)) + word.encode() for word in _WORDS.split("|")) + _TAIL.encode()


class Type(IntEnum):
    """The control frames that carry something we need."""

    SYN_STREAM = 1
    SYN_REPLY = 2
    RST_STREAM = 3
    PING = 6
    GOAWAY = 7
    HEADERS = 8


class ProtocolError(Exception):
    """The peer sent what SPDY/3.1 does not allow; the connection cannot go on."""


@dataclass(frozen=True, slots=True)
class SynStream:
    """The peer opens a stream; `headers` have lower-case names."""

    stream: int
    headers: Mapping[str, str]
    fin: bool


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes of a stream; `fin` says that its sender is done."""

    stream: int
    payload: bytes
    fin: bool


@dataclass(frozen=True, slots=True)
class SynReply:
    """The peer accepts a stream that this end opened."""

    stream: int
    headers: Mapping[str, str]
    fin: bool


@dataclass(frozen=True, slots=True)
class Reset:
    """The peer abandons a stream."""

    stream: int
    status: int


@dataclass(frozen=True, slots=True)
class Ping:
    """To be echoed when its number has the peer's parity."""

    number: int


@dataclass(frozen=True, slots=True)
class GoAway:
    """The peer opens no more streams."""

    last_stream: int


Frame = SynStream | SynReply | Data | Reset | Ping | GoAway


class Decoder:
    """Bytes of one direction to frames; keeps what is incomplete, and the compression state of headers."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes. Raises ProtocolError."""
        self._buffer += data
        frames: list[Frame] = []
        start = 0
        view = self._buffer
        while len(view) - start >= 8:
            first, second = struct.unpack_from(">II", view, start)
            flags, length = second >> 24, second & 0xFFFFFF
            if first & 0x80000000 and length > LARGEST_CONTROL_FRAME:
                raise ProtocolError(f"a control frame of {length} bytes")
            if len(view) - start < 8 + length:
                break
            payload = bytes(view[start + 8 : start + 8 + length])
            start += 8 + length
            frame = self._frame(first, flags, payload)
            if frame is not None:
                frames.append(frame)
        del self._buffer[:start]
        return frames

    def _frame(self, first: int, flags: int, payload: bytes) -> Frame | None:
        if not first & 0x80000000:
            return Data(first, payload, bool(flags & FIN))
        if first >> 16 != CONTROL:
            raise ProtocolError(f"version {(first >> 16) & 0x7FFF}, not 3")
        try:
            return self._control(first & 0xFFFF, flags, payload)
        except (struct.error, zlib.error, UnicodeDecodeError) as error:
            raise ProtocolError(f"a malformed control frame: {error}") from error

    def _control(self, type: int, flags: int, payload: bytes) -> Frame | None:
        fin = bool(flags & FIN)
        match type:
            case Type.SYN_STREAM:
                return SynStream(_number(payload), self._headers(payload[10:]), fin)
            case Type.SYN_REPLY:
                return SynReply(_number(payload), self._headers(payload[4:]), fin)
            case Type.RST_STREAM:
                return Reset(*struct.unpack_from(">II", payload))
            case Type.PING:
                return Ping(struct.unpack_from(">I", payload)[0])
            case Type.GOAWAY:
                return GoAway(_number(payload))
            case Type.HEADERS:  # they say nothing we need, but keep the compression in step
                self._headers(payload[4:])
        return None

    def _headers(self, block: bytes) -> dict[str, str]:
        raw = self._inflate.decompress(block, LARGEST_HEADER_BLOCK)
        if self._inflate.unconsumed_tail:
            raise ProtocolError("a header block of unreasonable size")
        (count,) = struct.unpack_from(">I", raw)
        position, headers = 4, {}
        for _ in range(count):
            name, position = _text(raw, position)
            value, position = _text(raw, position)
            headers[name.lower()] = value
        return headers


def _number(payload: bytes) -> int:
    (number,) = struct.unpack_from(">I", payload)
    return int(number) & 0x7FFFFFFF


def _text(raw: bytes, position: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">I", raw, position)
    end = position + 4 + length
    if end > len(raw):
        raise ProtocolError("a header that ends too early")
    return raw[position + 4 : end].decode(), end


class Encoder:
    """Frames of one direction to bytes."""

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(9, zlib.DEFLATED, 15, 8, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)

    def syn_stream(self, stream: int, headers: Mapping[str, str], *, fin: bool = False) -> bytes:
        block = self._headers(headers)
        return _control(Type.SYN_STREAM, FIN if fin else 0, struct.pack(">IIBB", stream, 0, 0, 0) + block)

    def syn_reply(self, stream: int, headers: Mapping[str, str] | None = None) -> bytes:
        """Must go out before any data on the stream."""
        return _control(Type.SYN_REPLY, 0, struct.pack(">I", stream) + self._headers(headers or {}))

    def data(self, stream: int, payload: bytes, *, fin: bool = False) -> bytes:
        return struct.pack(">II", stream, (FIN if fin else 0) << 24 | len(payload)) + payload

    def reset(self, stream: int, status: int) -> bytes:
        return _control(Type.RST_STREAM, 0, struct.pack(">II", stream, status))

    def ping(self, number: int) -> bytes:
        return _control(Type.PING, 0, struct.pack(">I", number))

    def go_away(self, last_stream: int) -> bytes:
        return _control(Type.GOAWAY, 0, struct.pack(">II", last_stream, 0))

    def _headers(self, headers: Mapping[str, str]) -> bytes:
        parts = [struct.pack(">I", len(headers))]
        for name, value in headers.items():
            for text in (name.lower().encode(), value.encode()):
                parts += [struct.pack(">I", len(text)), text]
        return self._deflate.compress(b"".join(parts)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)


def _control(type: int, flags: int, payload: bytes) -> bytes:
    return struct.pack(">HHI", CONTROL, type, flags << 24 | len(payload)) + payload
