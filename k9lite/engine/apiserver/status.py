"""Status writes of the engine's own controllers and nodes: the most frequent write of all, done by splicing bytes."""

from typing import Any

import msgspec

from k9lite.api import errors
from k9lite.api.object import Body, Object, to_data
from k9lite.engine.apiserver import ownership, writing
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding


class _Parts(msgspec.Struct):
    """An object whose parts stay JSON: all kinds with a status have these and no others."""

    apiVersion: str
    kind: str
    metadata: msgspec.Raw
    spec: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    status: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(_Parts).decode


def update_status(context: Context, request: Request, read: Object[Any], status: Body) -> Object[Any]:
    """Replace the status of `read`; Conflict when it has been written since.

    The status is taken as it is: those who call this are parts of the cluster, not users.
    """
    live = writing.live(context, request)
    if live.revision != read.revision:
        raise request.conflict(errors.STALE)
    raw = encoding.encode(status)
    parts = _decode(live.raw)
    if parts.status is not msgspec.UNSET and encoding.same(bytes(parts.status), raw):
        return live
    spec = b"" if parts.spec is msgspec.UNSET else b'"spec":%b,' % bytes(parts.spec)
    tail = b'%b,%b"status":%b}' % (encoding.metadata_tail(bytes(parts.metadata)), spec, raw)
    managed = ownership.of_status(context, request, live, status if type(status) is dict else to_data(status))
    return context.store.put(request.kind, request.key, tail, request.cause, managed)
