"""What stands around an object: four bytes as a mark, then its type and, as bytes, itself (runtime.Unknown)."""

from functools import cache
from typing import Any

from k9lite.api.kinds import BUILTIN, Kind
from k9lite.api.object import Data
from k9lite.api.schema.fields import is_message, message_name
from k9lite.engine.http.wire.protobuf import raw
from k9lite.engine.http.wire.protobuf.embedded import MAGIC
from k9lite.engine.http.wire.protobuf.messages import Codec, codec_of
from k9lite.engine.http.wire.protobuf.raw import DecodeError

LENGTH = 4  # bytes that say how long a frame of a watch is, the highest first
# Clients send options in the version of what they act on; the other shared types have versions of their own.
OPTIONS = {"DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions"}
SHARED = {
    *("Status", "PartialObjectMetadata", "PartialObjectMetadataList", "List"),
    *("APIGroup", "APIGroupList", "APIResourceList", "APIVersions"),
}
SHARED_VERSIONS = {"v1", "meta.k8s.io/v1"}


@cache
def _messages() -> dict[tuple[str, str], str]:
    """The message of every built-in kind, of its list, and of what its subresources speak."""
    names: dict[tuple[str, str], str] = {}
    for parent in BUILTIN:
        spoken = [Kind[Any](sub.group, sub.version, sub.kind, "", False) for sub in parent.subresources]
        for kind in (parent, *spoken):
            name = message_name(kind)
            for suffix in ("", "List"):
                if is_message(name + suffix):
                    names[kind.api_version, kind.kind + suffix] = name + suffix
    return names


def can_encode(api_version: str, kind: str) -> bool:
    """Whether a kind has a message: custom resources and k9lite's own have none."""
    return _message(api_version, kind) is not None


def _message(api_version: str, kind: str) -> str | None:
    if kind in OPTIONS or (kind in SHARED and api_version in SHARED_VERSIONS):
        return f"meta.{kind}"
    return _messages().get((api_version, kind))


def _codec(api_version: str, kind: str) -> Codec:
    name = _message(api_version, kind)
    if name is None:
        raise DecodeError(f'no kind "{kind}" is registered for version "{api_version}" in scheme')
    return codec_of(name)


def decode(body: bytes) -> Data:
    """The object in a body of type application/vnd.kubernetes.protobuf. Raises DecodeError."""
    if not body.startswith(MAGIC):
        raise DecodeError(f"provided data does not appear to be a protobuf message, expected prefix {[*MAGIC]}")
    try:
        envelope = dict(raw.fields(body[len(MAGIC) :]))
        type_meta = dict(raw.fields(_content(envelope, 1)))
        api_version, kind = (_content(type_meta, number).decode() for number in (1, 2))
        data: Data = _codec(api_version, kind).decode(_content(envelope, 2))
    except (IndexError, OverflowError, RecursionError, ValueError) as error:
        raise error if isinstance(error, DecodeError) else DecodeError(f"malformed protobuf: {error}") from error
    return {"apiVersion": api_version, "kind": kind} | data


def _content(fields: dict[int, int | bytes], number: int) -> bytes:
    value = fields.get(number, b"")
    if isinstance(value, bytes):
        return value
    raise DecodeError("a number where bytes belong")


def encode(data: Data) -> bytes:
    """An object with its apiVersion and kind as the body of an answer. Raises DecodeError where it has no message."""
    api_version, kind = data["apiVersion"], data["kind"]
    return _head(api_version, kind) + raw.delimited(2, _codec(api_version, kind).encode(data))


def encode_item(data: Data) -> bytes:
    """An object as an item of a list, for `encode_list`: the list says of which type all are."""
    return raw.delimited(2, _codec(data["apiVersion"], data["kind"]).encode(data))


def encode_list(api_version: str, kind: str, metadata: Data, items: bytes) -> bytes:
    """A list; `items`: what `encode_item` makes, joined."""
    content = raw.delimited(1, codec_of("meta.ListMeta").encode(metadata)) + items
    return _head(api_version, kind) + raw.tag(2, raw.BYTES) + raw.varint(len(content)) + content


@cache
def _head(api_version: str, kind: str) -> bytes:
    type_meta = codec_of("runtime.TypeMeta").encode({"apiVersion": api_version, "kind": kind})
    return MAGIC + raw.delimited(1, type_meta)


def watch_frame(type: str, body: bytes) -> bytes:
    """One event of a watch: its length, then a WatchEvent; `body`: its object, as `encode` makes it."""
    event = raw.delimited(1, type.encode()) + raw.delimited(2, raw.delimited(1, body))
    return len(event).to_bytes(LENGTH, "big") + event
