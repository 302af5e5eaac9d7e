"""Objects as the JSON of answers: single, listed, as Tables, as nothing but their metadata; and watch events."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec

from k9lite import tables
from k9lite.api.kinds import STORED_AS, Kind, Kinds
from k9lite.api.object import Data, Object
from k9lite.client.protocol import ObjectList
from k9lite.engine.apiserver import conversion
from k9lite.engine.http.answers import joined
from k9lite.engine.http.negotiation import Form

IncludeObject = Literal["None", "Metadata", "Object"]
TABLE_VERSION = {"kind": "Table", "apiVersion": "meta.k8s.io/v1"}
DEPRECATED = {
    ("", "v1", "endpoints"): ("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",),
    ("", "v1", "componentstatuses"): ("v1 ComponentStatus is deprecated in v1.19+",),
}
BUILT_IN = Kinds()
INITIAL_EVENTS_END = "k8s.io/initial-events-end"

encode = msgspec.json.encode


def one(obj: Object[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """The answer to a GET of one object, or to a write."""
    if form == "table":
        return encode(table(obj.kind, [obj], {"resourceVersion": str(obj.revision)}, include, now))
    return encode(partial(obj)) if form == "metadata" else obj.full


async def listed(kind: Kind[Any], found: ObjectList[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """The answer to a list; in plain form the objects' own bytes, joined."""
    head: Data = {"kind": f"{kind.kind}List", "apiVersion": kind.api_version}
    if form == "table":
        head = TABLE_VERSION | {"columnDefinitions": _columns(kind)}
    elif form == "metadata":
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
    before = encode(head | {"metadata": list_metadata(found)})[:-1]
    items = await joined(_items(found, form, include, now))
    return b'%s,"%s":[%s]}' % (before, b"rows" if form == "table" else b"items", items)


def _items(found: ObjectList[Any], form: Form, include: IncludeObject, now: float) -> Iterator[bytes]:
    match form:
        case "table":
            return (encode(_row(obj, include, now)) for obj in found.items)
        case "metadata":
            return (encode(partial(obj)) for obj in found.items)
    return (_item(obj) for obj in found.items)


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
    """One line of a watch."""
    if form == "plain":
        return b'{"type":"%s","object":%s}\n' % (type.encode(), obj.full)
    return b'{"type":"%s","object":%s}\n' % (type.encode(), one(obj, form, include, now))


@lru_cache(maxsize=256)
def shared_event(type: str, obj: Object[Any], form: Form, include: IncludeObject, now: int) -> bytes:
    """One line for everybody who watches: made once."""
    return event(type, obj, form, include, now)


def warnings(kind: Kind[Any]) -> tuple[str, ...]:
    """What every reader or writer of a kind is told."""
    return DEPRECATED.get((kind.group, kind.version, kind.plural), ())


def bookmark(kind: Kind[Any], revision: int, form: Form, *, initial: bool = False) -> bytes:
    """A line that says how far the watch has come; `initial`: all that existed has been sent."""
    metadata: Data = {"resourceVersion": str(revision)}
    if initial:
        metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
    body: Data = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": metadata}
    if form == "metadata":
        body |= {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    elif form == "table":
        head = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        rows = [{"cells": [None] * len(tables.columns(kind)), "object": head}]
        body = TABLE_VERSION | {"metadata": metadata, "columnDefinitions": _columns(kind), "rows": rows}
    return encode({"type": "BOOKMARK", "object": body}) + b"\n"


def error(status: Data) -> bytes:
    """The line that ends a watch that cannot go on."""
    return encode({"type": "ERROR", "object": status}) + b"\n"
