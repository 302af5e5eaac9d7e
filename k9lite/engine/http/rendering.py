"""Objects as answers: single, listed, as Tables, as nothing but their metadata; and watch events."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec

from k9lite import tables
from k9lite.api.kinds import STORED_AS, Kind, Kinds
from k9lite.api.object import Data, Object
from k9lite.client.protocol import ObjectList
from k9lite.engine.apiserver import conversion
from k9lite.engine.http import encodings
from k9lite.engine.http.answers import joined
from k9lite.engine.http.negotiation import Form, Shape
from k9lite.engine.http.wire import protobuf
from k9lite.yaml_reader.writer import to_yaml

IncludeObject = Literal["None", "Metadata", "Object"]
TABLE_VERSION = {"kind": "Table", "apiVersion": "meta.k8s.io/v1"}
BUILT_IN = Kinds()
PROTOBUF, METADATA_PROTOBUF = Form("plain", "protobuf"), Form("metadata", "protobuf")
INITIAL_EVENTS_END = "k8s.io/initial-events-end"

encode = msgspec.json.encode


def one(obj: Object[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """The answer to a GET of one object, or to a write. Raises NotAcceptable where protobuf has no such message."""
    match form.shape:
        case "table":
            data = table(obj.kind, [obj], {"resourceVersion": str(obj.revision)}, include, now)
            return encodings.encode(data, form.encoding)
        case "metadata":
            return encodings.encode(partial(obj), form.encoding)
    return encodings.whole(obj, form.encoding)


async def listed(kind: Kind[Any], found: ObjectList[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """The answer to a list; in plain form the objects' own bytes, joined."""
    return await collected(kind, found.items, list_metadata(found), form, include, now)


async def collected(
    kind: Kind[Any], objects: Sequence[Object[Any]], metadata: Data, form: Form, include: IncludeObject, now: float
) -> bytes:
    """Objects as one list with `metadata`. Raises NotAcceptable for a Table in protobuf."""
    head = _list_type(kind, form.shape)
    if form in (PROTOBUF, METADATA_PROTOBUF):
        messages = await joined(_messages(objects, form), b"")
        return protobuf.encode_list(head["apiVersion"], head["kind"], metadata, messages)
    if form.shape == "table":
        head["columnDefinitions"] = _columns(kind)
    head |= {"metadata": metadata}
    name, items = "rows" if form.shape == "table" else "items", _items(objects, form, include, now)
    if form.encoding == "yaml":
        return await _yaml_list(head, name, items)
    if form.encoding == "protobuf":  # raises: there is no such message
        return encodings.encode(head, form.encoding)
    return b'%s,"%s":[%s]}' % (encode(head)[:-1], name.encode(), await joined(items))


async def _yaml_list(head: Data, name: str, items: Iterator[bytes]) -> bytes:
    """Item by item, since a list may be long and YAML is slow to write."""
    elements = await joined((to_yaml([msgspec.json.decode(item)]).encode() for item in items), b"")
    empty = b"" if elements else b" []"
    return b"%s%s:%s\n%s" % (to_yaml(head).encode(), name.encode(), empty, elements)


def _list_type(kind: Kind[Any], shape: Shape) -> Data:
    match shape:
        case "table":
            return dict(TABLE_VERSION)
        case "metadata":
            return {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
    return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version}


def _messages(objects: Sequence[Object[Any]], form: Form) -> Iterator[bytes]:
    if form.shape == "metadata":
        return (protobuf.encode_item(partial(obj)) for obj in objects)
    return map(encodings.protobuf_item, objects)


def _items(objects: Sequence[Object[Any]], form: Form, include: IncludeObject, now: float) -> Iterator[bytes]:
    match form.shape:
        case "table":
            return (encode(_row(obj, include, now)) for obj in objects)
        case "metadata":
            return (encode(partial(obj)) for obj in objects)
    return map(_item, objects)


def _item(obj: Object[Any]) -> bytes:
    """In a list: built-in objects do not repeat its type, custom ones do."""
    full, begin = obj.full, _type(obj.kind)
    return b"{" + full[len(begin) :] if obj.kind.model is not None and full.startswith(begin) else full


@lru_cache(maxsize=256)
def _type(kind: Kind[Any]) -> bytes:
    """What an object of the kind begins with."""
    return b'{"apiVersion":"%b","kind":"%b",' % (kind.api_version.encode(), kind.kind.encode())


def list_metadata(found: ObjectList[Any]) -> Data:
    metadata: Data = {"resourceVersion": str(found.revision)}
    if found.continue_token:
        metadata["continue"] = found.continue_token
        if found.remaining is not None:
            metadata["remainingItemCount"] = found.remaining
    return metadata


def partial(obj: Object[Any]) -> Data:
    """PartialObjectMetadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj.data()["metadata"]}


def table(kind: Kind[Any], objects: Sequence[Object[Any]], metadata: Data, include: IncludeObject, now: float) -> Data:
    """A Table with all its columns; kubectl itself hides the wide ones."""
    rows = [_row(obj, include, now) for obj in objects]
    return TABLE_VERSION | {"metadata": metadata, "columnDefinitions": _columns(kind), "rows": rows}


def _columns(kind: Kind[Any]) -> list[Data]:
    return [
        {
            "name": column.name,
            "type": column.type,
            "format": column.format,
            "description": column.description,
            "priority": int(column.wide),
        }
        for column in tables.columns(kind)
    ]


def _stored(obj: Object[Any]) -> Object[Any]:
    """The object in the version that is stored: cells are made of that one, whichever is asked for."""
    names = STORED_AS.get((obj.kind.group, obj.kind.version, obj.kind.plural))
    kind = BUILT_IN.resource(*names) if names else None
    if kind is None:
        return obj
    return Object(kind, encode(conversion.inward(obj.kind, kind, obj.data())), obj.revision)


def _row(obj: Object[Any], include: IncludeObject, now: float) -> Data:
    cells = [cell.partition("\n")[0] if isinstance(cell, str) else cell for cell in tables.cells(_stored(obj), now)]
    row: Data = {"cells": cells}
    if include != "None":
        row["object"] = obj.data() if include == "Object" else partial(obj)
    return row


def event(type: str, obj: Object[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """One event of a watch."""
    return _event(type, one(obj, form, include, now), form)


def _event(type: str, body: bytes, form: Form) -> bytes:
    """A line of JSON, or a frame of protobuf."""
    if form.encoding == "protobuf":
        return protobuf.watch_frame(type, body)
    return b'{"type":"%s","object":%s}\n' % (type.encode(), body)


@lru_cache(maxsize=256)
def shared_event(type: str, obj: Object[Any], form: Form, include: IncludeObject, now: int) -> bytes:
    """One event for everybody who watches: made once."""
    return event(type, obj, form, include, now)


def bookmark(kind: Kind[Any], revision: int, form: Form, *, initial: bool = False) -> bytes:
    """A line that says how far the watch has come; `initial`: all that existed has been sent."""
    metadata: Data = {"resourceVersion": str(revision)}
    if initial:
        metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
    body: Data = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata}
    if form.shape == "metadata":
        body |= {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    elif form.shape == "table":
        head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        rows = [{"cells": [None] * len(tables.columns(kind)), "object": head}]
        body = TABLE_VERSION | {"metadata": metadata, "columnDefinitions": _columns(kind), "rows": rows}
    return _event("BOOKMARK", encodings.encode(body, form.encoding), form)


def error(status: Data, form: Form) -> bytes:
    """The event that ends a watch that cannot go on."""
    return _event("ERROR", encodings.encode(status, form.encoding), form)
