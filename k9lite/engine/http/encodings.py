"""Objects as the bytes of an answer, in the encoding that was negotiated."""

from functools import lru_cache
from typing import Any

import msgspec

from k9lite.api.errors import NOT_ACCEPTABLE, StatusError
from k9lite.api.object import Data, Object
from k9lite.engine.http.negotiation import Encoding
from k9lite.engine.http.wire import protobuf
from k9lite.yaml_reader.writer import to_yaml

SHARED = 1024  # objects whose protobuf is kept, for all who watch or read them at once


def encode(data: Data, encoding: Encoding) -> bytes:
    """An object that has its apiVersion and kind. Raises NotAcceptable for one that protobuf has no message for."""
    if encoding == "json":
        return msgspec.json.encode(data)
    if encoding == "yaml":
        return to_yaml(data).encode()
    if not protobuf.can_encode(data["apiVersion"], data["kind"]):
        raise StatusError(NOT_ACCEPTABLE, _not_marshalable(data["kind"]))
    return protobuf.encode(data)


def _not_marshalable(kind: str) -> str:
    return (
        f"object *v1.{kind} does not implement the protobuf marshalling interface and cannot be encoded to a "
        "protobuf message"
    )


def whole(obj: Object[Any], encoding: Encoding) -> bytes:
    """A stored object."""
    if encoding == "json":
        return obj.full
    return _protobuf(obj) if encoding == "protobuf" else encode(obj.data(), encoding)


@lru_cache(maxsize=SHARED)
def _protobuf(obj: Object[Any]) -> bytes:
    return encode(obj.data(), "protobuf")


@lru_cache(maxsize=SHARED)
def protobuf_item(obj: Object[Any]) -> bytes:
    """A stored object as an item of a list in protobuf."""
    return protobuf.encode_item(obj.data())
