"""Messages whose JSON is not an object of their fields: any JSON, one of two forms, or a bare list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from k9lite.engine.http.wire.protobuf import raw
from k9lite.engine.http.wire.protobuf.raw import DecodeError

MAGIC = b"k8s\0"  # an object in an envelope begins with it
SCHEMA = "apiextensions/v1.JSONSchemaProps"


class Codec(Protocol):
    """What encodes and decodes the values of one type."""

    def encode(self, value: Any) -> bytes: ...

    def decode(self, content: bytes) -> Any: ...


CodecOf = Callable[[str], Codec]


class AnyJson:
    """A message with one field, which holds JSON as text: objects of any kind, values of any shape."""

    def encode(self, value: Any) -> bytes:
        return raw.delimited(1, msgspec.json.encode(value))

    def decode(self, content: bytes) -> Any:
        """None where there is nothing. Raises DecodeError for what is no JSON."""
        text = _last(content, 1)
        if text.startswith(MAGIC):
            raise DecodeError("an object within an object has to be JSON")
        try:
            return msgspec.json.decode(text) if text else None
        except msgspec.DecodeError as error:
            raise DecodeError(str(error)) from error


class Texts:
    """A message with one field, whose JSON is the list alone."""

    def encode(self, value: list[str]) -> bytes:
        return b"".join([raw.delimited(1, text.encode()) for text in value])

    def decode(self, content: bytes) -> list[str]:
        return [_content(value).decode() for number, value in raw.fields(content) if number == 1]


@dataclass(frozen=True, slots=True)
class SchemaOrBool:
    """A schema, or whether anything is allowed at all; with a schema the boolean is true."""

    codec_of: CodecOf

    def encode(self, value: Any) -> bytes:
        allows = raw.tag(1, raw.VARINT) + raw.varint(bool(value) or isinstance(value, dict))
        return allows + raw.delimited(2, self.codec_of(SCHEMA).encode(value)) if isinstance(value, dict) else allows

    def decode(self, content: bytes) -> Any:
        parts = dict(raw.fields(content))
        return self.codec_of(SCHEMA).decode(_content(parts[2])) if 2 in parts else bool(parts.get(1, 0))


@dataclass(frozen=True, slots=True)
class SchemaOrList:
    """A schema in the first field, or a list in the second; `item`: the type of the list's items."""

    codec_of: CodecOf
    item: str

    def encode(self, value: Any) -> bytes:
        if isinstance(value, dict):
            return raw.delimited(1, self.codec_of(SCHEMA).encode(value))
        return b"".join([raw.delimited(2, self.codec_of(self.item).encode(item)) for item in value])

    def decode(self, content: bytes) -> Any:
        """None where there is neither."""
        found = [(number, _content(value)) for number, value in raw.fields(content)]
        items = [self.codec_of(self.item).decode(value) for number, value in found if number == 2]
        schemas = [self.codec_of(SCHEMA).decode(value) for number, value in found if number == 1]
        return items or (schemas[-1] if schemas else None)


def codec(type: str, codec_of: CodecOf) -> Codec | None:
    """The codec of a type that is told here, or None."""
    match type:
        case "runtime.RawExtension" | "apiextensions/v1.JSON" | "meta.FieldsV1":
            return AnyJson()
        case "apiextensions/v1.JSONSchemaPropsOrBool":
            return SchemaOrBool(codec_of)
        case "apiextensions/v1.JSONSchemaPropsOrArray":
            return SchemaOrList(codec_of, SCHEMA)
        case "apiextensions/v1.JSONSchemaPropsOrStringArray":
            return SchemaOrList(codec_of, "string")
    return Texts() if type == "meta.Verbs" or type.endswith(".ExtraValue") else None


def _last(content: bytes, number: int) -> bytes:
    return _content(dict(raw.fields(content)).get(number, b""))


def _content(value: int | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    raise DecodeError("a number where bytes belong")
