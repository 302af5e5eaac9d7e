"""POST: a new object."""

from typing import Any

from k9lite.api import errors
from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver import writing
from k9lite.engine.apiserver.context import Context, Request

ATTEMPTS = 8  # at a generated name that is still free
LONGEST_BASE = 58  # of a generated name: 63 less the five random characters

_SERVER_OWNED = ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion")


def create(context: Context, request: Request, data: Data) -> Object[Any]:
    """Store the object `data`, which is the caller's no more."""
    kind = request.kind
    metadata = data.setdefault("metadata", {})
    data["apiVersion"], data["kind"] = kind.api_version, kind.kind
    if kind.namespaced:
        metadata["namespace"] = request.namespace
    _name(context, request, metadata)
    for name in _SERVER_OWNED:
        metadata.pop(name, None)
    metadata["uid"] = context.uid(metadata["name"])
    metadata["creationTimestamp"] = context.now()
    return writing.store(context, request, data)


def _name(context: Context, request: Request, metadata: Data) -> None:
    """Settle on a name that is free."""
    kind = request.kind
    generated = not metadata.get("name")
    base = metadata.get("generateName", "")[:LONGEST_BASE]
    if generated and not base:
        missing = errors.required("metadata.name", "name or generateName is required")
        raise errors.invalid_object(kind.group, kind.kind, "", [missing])
    for _ in range(ATTEMPTS if generated else 1):
        if generated:
            metadata["name"] = base + context.suffix("name", f"{request.namespace}/{base}")
        if context.store.get(kind, Key(request.namespace, metadata["name"])) is None:
            return
    raise errors.already_exists(kind.group, kind.plural, metadata["name"])
