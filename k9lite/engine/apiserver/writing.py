"""The last step of every write: the new state goes into the store, or nowhere on a dry run."""

from typing import Any

from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding


def live(context: Context, request: Request) -> Object[Any]:
    """The object that `request` names, or NotFound."""
    found = context.store.get(request.kind, request.key)
    if found is None:
        raise request.not_found()
    return found


def store(context: Context, request: Request, data: Data) -> Object[Any]:
    key = Key(request.namespace, data["metadata"]["name"])
    tail = encoding.tail(data)
    if request.options.dry_run:
        old = context.store.get(request.kind, key)
        revision = old.revision if old is not None else 0
        return Object(request.kind, encoding.join(request.kind, revision, tail), revision, request.cause)
    return context.store.put(request.kind, key, tail, request.cause)
