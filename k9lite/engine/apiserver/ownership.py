"""Who owns which field after a write: metadata.managedFields."""

import re
from functools import lru_cache
from typing import Any

from k9lite.api import managed_fields, schema
from k9lite.api.managed_fields.compare import everything
from k9lite.api.managed_fields.sets import SELF
from k9lite.api.object import Data, Object
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding


def updated(context: Context, request: Request, old: Data | None, new: Data) -> Data:
    """`new` with the ownership that a create, update or patch of `old` leads to."""
    now = context.clock.now()
    return managed_fields.update(request.kind, old, new, request.manager, now, request.subresource)


def applied(context: Context, request: Request, live: Object[Any] | None, configuration: Data) -> Data:
    """What server-side apply makes of `live`, before defaults; Conflict with other managers, unless forced."""
    kind = request.kind
    metadata = configuration.setdefault("metadata", {})
    if live is None and metadata.get("uid"):
        why = f"uid mismatch: the provided object specified uid {metadata['uid']}, and no existing object was found"
        raise request.conflict(why)
    metadata.setdefault("name", request.name)
    body = configuration | {"apiVersion": kind.api_version, "kind": kind.kind}
    return managed_fields.apply(
        kind, live.data() if live is not None else None, body, request.manager, request.options.force,
        context.clock.now(), request.subresource,
    )  # fmt: skip


def of_status(context: Context, request: Request, live: Object[Any], status: Data) -> bytes:
    """The encoded ownership after one of the cluster's own parts wrote `status`: it owns all of that.

    Unlike `updated` this does not look at what changed, but replaces the writer's entry: it is done for every status.
    """
    kind, manager = request.kind, encoding.encode(request.manager)
    owned = everything(schema.of(kind).fields["status"].type, status)
    owned = {key: node for key, node in owned.items() if key != SELF}  # a status is always there
    entry = b'{"manager":%b,"operation":"Update","apiVersion":"%b","time":"%b",%b' % (
        manager, kind.api_version.encode(), context.now().encode(),
        b'"fieldsType":"FieldsV1","fieldsV1":%b,"subresource":"status"}' % encoding.encode({"f:status": owned}),
    )  # fmt: skip
    others = _status_entry(manager).sub(b"", live.managed)[1:-1].strip(b",")
    return b"[%b,%b]" % (others, entry) if others else b"[%b]" % entry


@lru_cache(maxsize=256)
def _status_entry(manager: bytes) -> re.Pattern[bytes]:
    """The entry of `manager` for the status, in encoded managedFields, with the comma before it."""
    # Quotes inside field names are escaped, so that the end of an entry cannot be found within one.
    return re.compile(
        rb',?\{"manager":%b,"operation":"Update","apiVersion":"[^"]*","time":"[^"]*","fieldsType":"FieldsV1",'
        rb'"fieldsV1":\{"f:status":(?:(?!,"subresource":).)*,"subresource":"status"\}' % re.escape(manager)
    )
