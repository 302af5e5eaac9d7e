"""The first and the last step of every write: what is there, and the new state that goes into the store."""

from typing import Any

from k9lite.api import custom_resources
from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver import conversion, definitions
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding


def find(context: Context, request: Request) -> Object[Any] | None:
    """The object that `request` names, as its kind is now: what defines a custom resource may have changed."""
    found = context.store.get(request.kind, request.key)
    return None if found is None else conversion.show(request.kind, found)


def live(context: Context, request: Request) -> Object[Any]:
    """The object that `request` names, or NotFound."""
    found = find(context, request)
    if found is None:
        raise request.not_found()
    return found


def bare(obj: Object[Any]) -> Data:
    """A fresh copy of an object without its managedFields, for writes that leave them as they are."""
    data: Data = encoding.decode(obj.raw)
    return data


def store(context: Context, request: Request, data: Data, managed: bytes) -> Object[Any]:
    """Store `data`, or on a dry run only say what would be; `managed` are its encoded managedFields."""
    if request.kind.resource == definitions.RESOURCE:
        definitions.accept(context, data)
        request.warn(*custom_resources.notices(data))
    key = Key(request.namespace, data["metadata"]["name"])
    tail = encoding.tail(data)
    if request.options.dry_run:
        old = context.store.get(request.kind, key)
        if old is None:  # what is not stored has no revision
            return Object(request.kind, encoding.encode(data), 0, request.cause)
        raw = encoding.join(request.kind, old.revision, tail)
        return Object(request.kind, raw, old.revision, request.cause, managed)
    stored = context.store.put(request.kind, key, tail, request.cause, managed)
    if request.kind.resource == definitions.RESOURCE:
        definitions.establish(context, stored)
    return stored
