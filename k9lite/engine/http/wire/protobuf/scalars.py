"""Values that JSON writes as a text, a number or a boolean: how protobuf writes them."""

import base64
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from k9lite.api import times
from k9lite.engine.http.wire.protobuf import raw
from k9lite.engine.http.wire.protobuf.raw import DecodeError

_STRING = 1  # the type of an IntOrString that is a text


@dataclass(frozen=True, slots=True)
class Scalar:
    """How values of one type are written.

    wire: the wire type; encode: from JSON to what follows the tag, without a length
    decode: from a varint, or from bytes, to JSON; None for a time that is not set
    zero: what a field that is not a pointer is when the wire does not name it; None where JSON has nothing for it
    is_struct: whether Go makes a struct of it, so that it is written even if it is zero
    """

    wire: int
    encode: Callable[[Any], bytes]
    decode: Callable[[Any], Any]
    zero: Any = None
    is_struct: bool = False


def _text(content: bytes) -> str:
    return content.decode()


def _encode_quantity(value: Any) -> bytes:
    return raw.delimited(1, str(value).encode())


def _quantity(content: bytes) -> str:
    return _bytes(dict(raw.fields(content)).get(1, b"")).decode() or "0"


def _encode_int_or_string(value: int | str) -> bytes:
    if isinstance(value, str):
        return raw.tag(1, raw.VARINT) + raw.varint(_STRING) + raw.delimited(3, value.encode())
    return raw.tag(2, raw.VARINT) + raw.varint(value)


def _int_or_string(content: bytes) -> int | str:
    parts = dict(raw.fields(content))
    if parts.get(1, 0) == _STRING:
        return _bytes(parts.get(3, b"")).decode()
    return raw.signed(_number(parts.get(2, 0)), 32)


@lru_cache(maxsize=1024)
def _encode_time(value: str) -> bytes:
    seconds, nanoseconds = times.unix(value)
    nanos = raw.tag(2, raw.VARINT) + raw.varint(nanoseconds) if nanoseconds else b""
    return raw.tag(1, raw.VARINT) + raw.varint(seconds) + nanos


def _time(content: bytes) -> str | None:
    return times.time(raw.signed(_number(dict(raw.fields(content)).get(1, 0)))) if content else None


def _micro_time(content: bytes) -> str | None:
    parts = dict(raw.fields(content))
    seconds, nanoseconds = (raw.signed(_number(parts.get(number, 0))) for number in (1, 2))
    return times.micro_time_of(seconds, nanoseconds // 1000) if content else None


def _double(content: bytes) -> float | int:
    (value,) = struct.unpack("<d", content)
    return int(value) if value.is_integer() else float(value)


def _number(value: int | bytes) -> int:
    if isinstance(value, int):
        return value
    raise DecodeError("bytes where a number belongs")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    raise DecodeError("a number where bytes belong")


SCALARS: Mapping[str, Scalar] = {
    "string": Scalar(raw.BYTES, str.encode, _text, ""),
    "bytes": Scalar(raw.BYTES, base64.b64decode, lambda content: base64.b64encode(content).decode(), ""),
    "bool": Scalar(raw.VARINT, lambda value: b"\x01" if value else b"\x00", bool, False),
    "int32": Scalar(raw.VARINT, raw.varint, lambda number: raw.signed(number, 32), 0),
    "int64": Scalar(raw.VARINT, raw.varint, raw.signed, 0),
    "double": Scalar(raw.FIXED64, lambda value: struct.pack("<d", value), _double, 0),
    "api/resource.Quantity": Scalar(raw.BYTES, _encode_quantity, _quantity, "0", is_struct=True),
    "intstr.IntOrString": Scalar(raw.BYTES, _encode_int_or_string, _int_or_string, 0, is_struct=True),
    "meta.Time": Scalar(raw.BYTES, _encode_time, _time, is_struct=True),
    "meta.MicroTime": Scalar(raw.BYTES, _encode_time, _micro_time, is_struct=True),
}
