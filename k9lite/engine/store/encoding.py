"""An object's canonical JSON: the resourceVersion comes at a known place, so that a new revision is only spliced in."""

from functools import cache, lru_cache
from typing import Any

import msgspec

from k9lite.api.kinds import Kind
from k9lite.api.object import Data

_ENVELOPE = {"apiVersion", "kind", "metadata"}
_KEPT_BESIDE = {"resourceVersion", "managedFields"}

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


@cache
def head(kind: Kind[Any]) -> bytes:
    """What stands before the revision."""
    identity = encode({"apiVersion": kind.api_version, "kind": kind.kind})
    return identity[:-1] + b',"metadata":{"resourceVersion":"'


def join(kind: Kind[Any], revision: int, tail: bytes) -> bytes:
    """The whole object; `tail` is what stands after the revision."""
    return b'%b%d",%b' % (head(kind), revision, tail)


def tail(data: Data) -> bytes:
    """What stands after the revision of an object with this `data`, which must have a metadata.name."""
    metadata = {name: value for name, value in data["metadata"].items() if name not in _KEPT_BESIDE}
    rest = {name: value for name, value in data.items() if name not in _ENVELOPE}
    return encode(metadata)[1:] + (b"," + encode(rest)[1:] if rest else b"}")


def managed(data: Data) -> bytes:
    """The managedFields of `data`, as they are kept beside an object."""
    fields = data["metadata"].get("managedFields")
    return _shared(encode(fields)) if fields else b""


@lru_cache(maxsize=4096)
def _shared(text: bytes) -> bytes:
    """The same bytes for the same text: objects made alike in the same second share theirs."""
    return text


def tail_of(kind: Kind[Any], raw: bytes) -> bytes:
    """What stands after the revision in `raw`."""
    return raw[raw.index(b'"', len(head(kind))) + 2 :]


def bare(kind: Kind[Any], revision: int) -> bytes:
    """An object that is nothing but a revision, as bookmarks carry it."""
    return b'%b%d"}}' % (head(kind), revision)


def same(one: bytes, other: bytes, before: bytes = b"") -> bool:
    """Whether two JSON texts by this encoder say the same, whatever the order of their keys.

    `before` is what stands before both of them, where they are not whole.
    """
    # The order of keys does not change the length: unequal lengths need no decoding.
    return len(one) == len(other) and (one == other or decode(before + one) == decode(before + other))


def same_tails(one: bytes, other: bytes) -> bool:
    return same(one, other, b'{"metadata":{')


def metadata_tail(metadata: bytes) -> bytes:
    """What stands after the revision in an object's `metadata`."""
    return metadata[metadata.index(b'",') + 2 :]
