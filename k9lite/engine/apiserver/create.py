"""POST: a new object."""

from typing import Any

from k9lite.api import errors
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver import allocation, intake, strategies, writing
from k9lite.engine.apiserver.admission import chain
from k9lite.engine.apiserver.context import Context, Request

ATTEMPTS = 8  # at a generated name that is still free
LONGEST_BASE = 58  # of a generated name: 63 less the five random characters

_SERVER_OWNED = ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion")


def create(context: Context, request: Request, body: Data) -> Object[Any]:
    """Store the object that `body` describes."""
    if (body.get("metadata") or {}).get("resourceVersion"):
        raise errors.bad_request("resourceVersion should not be set on objects to be created")
    data = intake.read(request, body)
    chain.admit_create(context, request, data)
    return store_new(context, request, data)


def store_new(context: Context, request: Request, data: Data) -> Object[Any]:
    """Store admitted `data` as a new object."""
    kind, metadata = request.kind, data["metadata"]
    for name in _SERVER_OWNED:
        metadata.pop(name, None)
    if kind.namespaced:
        metadata["namespace"] = request.namespace
    metadata["creationTimestamp"] = context.now()
    strategies.prepare_for_create(kind, data)
    _name(context, request, metadata)
    metadata["uid"] = context.uid(metadata["name"])
    request = request.named(metadata["name"])
    allocation.allocate(context, request, data, None)
    return writing.store(context, request, data)


def _name(context: Context, request: Request, metadata: Data) -> None:
    """Settle on a name that is free."""
    kind, namespace = request.kind, request.namespace
    if metadata.get("name"):
        held = context.store.get(kind, Key(namespace, metadata["name"]))
        if held is not None:
            raise _already_there(held)
        return
    base = metadata.get("generateName", "")[:LONGEST_BASE]
    if not base:
        missing = errors.required("metadata.name", "name or generateName is required")
        raise errors.invalid_object(kind.group, kind.kind, "", [missing])
    for _ in range(ATTEMPTS):
        metadata["name"] = base + context.suffix("name", f"{namespace}/{base}")
        if context.store.get(kind, Key(namespace, metadata["name"])) is None:
            return
    refusal = errors.already_exists(kind.group, kind.plural, metadata["name"])
    why = f"{refusal.message}, the server was not able to generate a unique name for the object"
    raise StatusError("AlreadyExists", why, name=refusal.name, group=kind.group, kind=kind.plural, retry_after=1)


def _already_there(held: Object[Any]) -> StatusError:
    refusal = errors.already_exists(held.kind.group, held.kind.plural, held.name)
    if not held.deleting:
        return refusal
    why = f"object is being deleted: {refusal.message}"
    return StatusError("AlreadyExists", why, name=held.name, group=held.kind.group, kind=held.kind.plural)
