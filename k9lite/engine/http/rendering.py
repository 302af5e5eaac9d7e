"""Objects as the JSON of answers: single, listed, as Tables, as nothing but their metadata; and watch events."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from k9lite import tables
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Object
from k9lite.client.protocol import ObjectList
from k9lite.engine.http.negotiation import Form

IncludeObject = Literal["None", "Metadata", "Object"]
TABLE_VERSION = {"kind": "Table", "apiVersion": "meta.k8s.io/v1"}
INITIAL_EVENTS_END = "k8s.io/initial-events-end"

encode = msgspec.json.encode


def one(obj: Object[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """The answer to a GET of one object, or to a write."""
    if form == "table":
        return encode(table(obj.kind, [obj], {"resourceVersion": str(obj.revision)}, include, now))
    return encode(partial(obj)) if form == "metadata" else obj.full


def listed(kind: Kind[Any], found: ObjectList[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """The answer to a list; in plain form the objects' own bytes, joined."""
    metadata = list_metadata(found)
    if form == "table":
        return encode(table(kind, found.items, metadata, include, now))
    if form == "metadata":
        items = [partial(obj) for obj in found.items]
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return encode(head | {"items": items})
    head_bytes = encode({"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata})
    return b'%s,"items":[%s]}' % (head_bytes[:-1], b",".join(obj.full for obj in found.items))


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


def _row(obj: Object[Any], include: IncludeObject, now: float) -> Data:
    cells = [cell.partition("\n")[0] if isinstance(cell, str) else cell for cell in tables.cells(obj, now)]
    row: Data = {"cells": cells}
    if include != "None":
        row["object"] = obj.data() if include == "Object" else partial(obj)
    return row


def event(type: str, obj: Object[Any], form: Form, include: IncludeObject, now: float) -> bytes:
    """One line of a watch."""
    if form == "plain":
        return b'{"type":"%s","object":%s}\n' % (type.encode(), obj.full)
    return b'{"type":"%s","object":%s}\n' % (type.encode(), one(obj, form, include, now))


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
