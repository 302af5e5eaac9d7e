"""Messages between JSON data and bytes, compiled field by field when a type is first met.

What JSON omits and what it always writes follows `api/schema/fields.txt`: of a pointer every value counts, also zero;
of another field a zero is absence, and a field that JSON always writes comes back as zero.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol

from k9lite.api.object import Data
from k9lite.api.schema.fields import FieldDescriptor, json_fields
from k9lite.api.schema.fields import message as descriptors
from k9lite.engine.http.wire.protobuf import embedded, raw
from k9lite.engine.http.wire.protobuf.raw import BYTES, DecodeError
from k9lite.engine.http.wire.protobuf.scalars import SCALARS

Encode = Callable[[Any], bytes]  # from a value to its whole field, with its tag
Read = Callable[[Data, Any], None]  # puts what the wire has into the object


class Codec(Protocol):
    """What encodes and decodes the values of one type."""

    def encode(self, value: Any) -> bytes: ...

    def decode(self, content: bytes) -> Any: ...


class Message:
    """One type whose JSON is an object."""

    def __init__(self, name: str) -> None:
        self._encoders: dict[str, Encode] = {}
        self._inlined: list[tuple[int, frozenset[str], Message]] = []
        self._readers: dict[int, Read] = {}
        self._always: list[tuple[str, Callable[[], Any]]] = []
        self._fields = descriptors(name)
        self._is_compiled = False

    def encode(self, data: Data) -> bytes:
        """The content of the message. Fields without a number are left out."""
        if not self._is_compiled:
            self._compile()
        encoders = self._encoders
        parts = [encoders[name](value) for name, value in data.items() if value is not None and name in encoders]
        for number, names, message in self._inlined:
            inlined = {name: data[name] for name in names & data.keys()}
            parts.append(raw.delimited(number, message.encode(inlined)))
        return b"".join(parts)

    def decode(self, content: bytes) -> Data:
        """The object in the content of a message. Raises DecodeError and what `raw.fields` raises."""
        if not self._is_compiled:
            self._compile()
        data: Data = {}
        readers = self._readers
        for number, value in raw.fields(content):
            read = readers.get(number)
            if read is not None:
                read(data, value)
        for name, zero in self._always:
            if name not in data and (value := zero()) is not None:
                data[name] = value
        return data

    def _compile(self) -> None:
        """The fields of a type may hold the type itself: so they are made when all types can be named."""
        self._is_compiled = True
        for field in self._fields.values():
            codec = codec_of(field.type)
            if field.inline and isinstance(codec, Message):
                self._inlined.append((field.number, frozenset(json_fields(field.type)), codec))
                self._readers[field.number] = _inline_reader(codec)
                continue
            self._encoders[field.name] = _encoder(field, codec)
            self._readers[field.number] = _reader(field, codec)
            if not field.pointer and not field.omit_empty:
                self._always.append((field.name, _zero(field, codec)))


@cache
def codec_of(type: str) -> Codec:
    """What encodes and decodes values of a type of the table of fields. KeyError where there is no such type."""
    if type in SCALARS:
        return SCALARS[type]
    return embedded.codec(type, codec_of) or Message(type)


def _wire(type: str) -> int:
    return SCALARS[type].wire if type in SCALARS else BYTES


def _encoder(field: FieldDescriptor, codec: Codec) -> Encode:
    if field.cardinality == "map":
        return _map_encoder(
            raw.prefixed(raw.tag(field.number, BYTES)), _one(raw.tag(2, _wire(field.type)), codec, field)
        )
    one = _one(raw.tag(field.number, _wire(field.type)), codec, field)
    if field.cardinality == "list":
        return lambda values: b"".join([one(value) for value in values])
    return (lambda value: one(value) if value else b"") if _omits_zero(field) else one


def _one(tag: bytes, codec: Codec, field: FieldDescriptor) -> Encode:
    """Encodes one value with its tag, and with its length where that differs from value to value."""
    encode = codec.encode
    if _wire(field.type) != BYTES:
        return lambda value: tag + encode(value)
    prefixed = raw.prefixed(tag)
    if field.type == "string":
        return lambda value: prefixed(value.encode())
    return lambda value: prefixed(encode(value))


def _omits_zero(field: FieldDescriptor) -> bool:
    scalar = SCALARS.get(field.type)
    return scalar is not None and not scalar.is_struct and not field.pointer


def _map_encoder(entry: Encode, encode_value: Encode) -> Encode:
    """Every entry is a message of its key and its value."""
    encode_key = raw.prefixed(raw.tag(1, BYTES))

    def encode(values: Mapping[str, Any]) -> bytes:
        return b"".join([entry(encode_key(key.encode()) + encode_value(value)) for key, value in values.items()])

    return encode


def _reader(field: FieldDescriptor, codec: Codec) -> Read:
    name, decode = field.name, _checked(field.type, codec)
    if field.cardinality == "map":
        return _map_reader(name, decode, _zero(field, codec, item=True))
    if field.cardinality == "list":
        return _list_reader(name, field.type, decode)
    if _omits_zero(field):
        return _nonzero_reader(name, decode)

    def read(data: Data, value: Any) -> None:
        decoded = decode(value)
        if decoded is not None:
            data[name] = decoded

    return read


def _nonzero_reader(name: str, decode: Callable[[Any], Any]) -> Read:
    """A zero says nothing; it comes back where JSON always writes the field."""

    def read(data: Data, value: Any) -> None:
        if value:
            data[name] = decode(value)

    return read


def _checked(type: str, codec: Codec) -> Callable[[Any], Any]:
    """Decodes what is of the right wire type. Raises DecodeError for anything else."""
    decode: Callable[[Any], Any] = codec.decode
    expected = int if _wire(type) == raw.VARINT else bytes

    def checked(value: Any) -> Any:
        if value.__class__ is not expected:
            raise DecodeError(f"a field of {type} with another wire type")
        return decode(value)

    return checked


def _list_reader(name: str, type: str, decode: Callable[[Any], Any]) -> Read:
    """Numbers may also stand packed in one field."""
    packs = _wire(type) == raw.VARINT

    def read(data: Data, value: Any) -> None:
        values = data.setdefault(name, [])
        if packs and isinstance(value, bytes):
            position = 0
            while position < len(value):
                number, position = raw.read_varint(value, position)
                values.append(decode(number))
        else:
            values.append(decode(value))

    return read


def _map_reader(name: str, decode: Callable[[Any], Any], zero: Callable[[], Any]) -> Read:
    def read(data: Data, value: Any) -> None:
        if not isinstance(value, bytes):
            raise DecodeError("a number where an entry of a map belongs")
        parts = dict(raw.fields(value))
        key = parts.get(1, b"")
        if not isinstance(key, bytes):
            raise DecodeError("a key that is no text")
        data.setdefault(name, {})[key.decode()] = decode(parts[2]) if 2 in parts else zero()

    return read


def _inline_reader(message: Message) -> Read:
    def read(data: Data, value: Any) -> None:
        if not isinstance(value, bytes):
            raise DecodeError("a number where a message belongs")
        data |= message.decode(value)

    return read


def _zero(field: FieldDescriptor, codec: Codec, *, item: bool = False) -> Callable[[], Any]:
    """What makes the value of something that the wire does not name; `item`: of one item of the list or map."""
    if not item and field.cardinality != "one":
        return list if field.cardinality == "list" else dict
    if field.type in SCALARS:
        zero = SCALARS[field.type].zero
        return lambda: zero
    return lambda: codec.decode(b"")
