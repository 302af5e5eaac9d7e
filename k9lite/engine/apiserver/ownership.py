"""Who owns which field after a write: metadata.managedFields."""

import re
from typing import Any

import msgspec

from k9lite.api import managed_fields, schema
from k9lite.api.kinds import Kind
from k9lite.api.managed_fields import typed
from k9lite.api.managed_fields.compare import everything
from k9lite.api.managed_fields.sets import SELF
from k9lite.api.object import Data, Object
from k9lite.engine.apiserver import conversion
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding

_TIME = re.compile(rb'"time":"[^"]*",?')
_entries = msgspec.json.Decoder(list[msgspec.Raw]).decode


def updated(context: Context, request: Request, old: Data | None, new: Data) -> Data:
    """`new` with the ownership that a create, update or patch of `old` leads to."""
    kind, stored = request.spoken, request.kind
    written = managed_fields.update(
        kind,
        None if old is None else conversion.outward(kind, stored, old),
        conversion.outward(kind, stored, new),
        request.manager,
        context.clock.now(),
        request.subresource,
        _converter(context, request),
    )
    if kind is stored:
        return written
    metadata = {name: value for name, value in new["metadata"].items() if name != "managedFields"}
    managed = written["metadata"].get("managedFields")
    return {**new, "metadata": metadata | ({"managedFields": managed} if managed else {})}


def _converter(context: Context, request: Request) -> managed_fields.Convert:
    """Converts what a request speaks of to another API version."""

    def convert(data: Data, version: str) -> tuple[Kind[Any], Data] | None:
        return conversion.converted(
            context, request.kind, conversion.inward(request.spoken, request.kind, data), version
        )

    return convert


def applied(context: Context, request: Request, live: Object[Any] | None, configuration: Data) -> Data:
    """What server-side apply makes of `live`, before defaults; Conflict with other managers, unless forced."""
    kind = request.spoken
    if not isinstance(configuration.setdefault("metadata", {}), dict):
        typed.check(kind, configuration)
    metadata = configuration["metadata"]
    if live is None and metadata.get("uid"):
        why = f"uid mismatch: the provided object specified uid {metadata['uid']}, and no existing object was found"
        raise request.conflict(why)
    metadata.setdefault("name", request.name)
    body = configuration | {"apiVersion": kind.api_version, "kind": kind.kind}
    return managed_fields.apply(
        kind,
        live.data() if live is not None else None,
        body,
        request.manager,
        request.options.force,
        context.clock.now(),
        request.subresource,
        _converter(context, request),
    )


def of_status(context: Context, request: Request, live: Object[Any], status: Data) -> bytes:
    """The encoded ownership after one of the cluster's own parts wrote `status`: it owns all of that.

    Unlike `updated` this does not look at what changed, but replaces the writer's entry: it is done for every status.
    """
    kind, manager = request.kind, encoding.encode(request.manager)
    owned = everything(schema.of(kind).fields["status"].type, status)
    owned = {key: node for key, node in owned.items() if key != SELF}  # a status is always there
    entry = b'{"manager":%b,"operation":"Update","apiVersion":"%b","time":"%b",%b' % (
        manager,
        kind.api_version.encode(),
        context.now().encode(),
        b'"fieldsType":"FieldsV1","fieldsV1":%b,"subresource":"status"}' % encoding.encode({"f:status": owned}),
    )
    begin, end = b'{"manager":%b,"operation":"Update",' % manager, b',"subresource":"status"}'
    entries = map(bytes, _entries(live.managed or b"[]"))
    others = [text for text in entries if not (text.startswith(begin) and text.endswith(end))]
    return b"[%b]" % b",".join([*others, entry])


def settled(live: Object[Any], data: Data, managed: bytes) -> bytes:
    """The encoded ownership to store with `data`: that of `live` where only times would change.

    What is applied without a value that defaulting then puts back seems to change it, every time.
    """
    if managed == live.managed or _TIME.sub(b"", managed) != _TIME.sub(b"", live.managed):
        return managed
    same = encoding.same_tails(encoding.tail(data), encoding.tail_of(live.kind, live.raw))
    return live.managed if same else managed
