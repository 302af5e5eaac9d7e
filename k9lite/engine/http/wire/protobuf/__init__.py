"""Kubernetes' protobuf: objects as messages in an envelope that names their type, and back to JSON data.

raw: fields on the wire; scalars: single values; embedded: types whose JSON is not an object; messages: all others,
compiled from `api/schema/fields.txt`; envelope: what stands around an object in requests, answers and watches.
"""

from k9lite.engine.http.wire.protobuf.envelope import (
    can_encode,
    decode,
    encode,
    encode_item,
    encode_list,
    watch_frame,
)
from k9lite.engine.http.wire.protobuf.raw import DecodeError

__all__ = ["DecodeError", "can_encode", "decode", "encode", "encode_item", "encode_list", "watch_frame"]
