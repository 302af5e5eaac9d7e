"""POST: a new object."""

from typing import Any

from k9lite.api import errors, validation
from k9lite.api.errors import ALREADY_EXISTS, StatusError
from k9lite.api.object import Data, Key, Object
from k9lite.engine.apiserver import allocation, definitions, intake, ownership, strategies, writing
from k9lite.engine.apiserver.admission import chain
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding

ATTEMPTS = 8  # at a generated name that is still free
LONGEST_BASE = 58  # of a generated name: 63 less the five random characters

_SERVER_OWNED = ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion")


def create(context: Context, request: Request, body: Data) -> Object[Any]:
    """Store the object that `body` describes."""
    if intake.metadata_of(body).get("resourceVersion"):
        raise errors.bad_request("resourceVersion should not be set on objects to be created")
    data = ownership.updated(context, request, None, intake.read(request, body))
    return store_new(context, request, data)


def store_new(context: Context, request: Request, data: Data) -> Object[Any]:
    """Admit, complete and store `data`, which is decoded, defaulted and owned, as a new object."""
    definitions.check_create(context, request.kind)
    chain.complete_new(context, request, data)
    managed = encoding.managed(data)
    kind, metadata = request.kind, data["metadata"]
    for name in _SERVER_OWNED:
        metadata.pop(name, None)
    if kind.namespaced:
        metadata["namespace"] = request.namespace
    metadata["creationTimestamp"] = context.now()
    metadata["uid"] = context.uid(metadata.get("name", ""))
    generated = not metadata.get("name")
    if generated and metadata.get("generateName"):
        metadata["name"] = _free_name(context, request, metadata["generateName"])
    request = request.named(metadata.get("name", ""))
    strategies.prepare_for_create(kind, data)
    intake.validate(request, data, validation.create(request.spoken, data))
    request.warn_about(data, None)
    chain.check_new(context, request, data)
    held = context.store.get(kind, request.key)
    if held is not None:
        raise _already_there(held, generated)
    allocation.allocate(context, request, data, None)
    return writing.store(context, request, data, managed)


def _free_name(context: Context, request: Request, base: str) -> str:
    """A name that begins with `base`; the last one that was tried, where all of them are taken."""
    base = base[:LONGEST_BASE]
    for _ in range(ATTEMPTS):
        name = base + context.suffix("name", f"{request.namespace}/{base}")
        if context.store.get(request.kind, Key(request.namespace, name)) is None:
            break
    return name


def _already_there(held: Object[Any], generated: bool) -> StatusError:
    kind, name = held.kind, held.name
    message, retry_after = errors.already_exists(kind.group, kind.plural, name).message, 0
    if generated:
        message += ", the server was not able to generate a unique name for the object"
        retry_after = 1
    if held.deleting:
        message = f"object is being deleted: {message}"
    return StatusError(ALREADY_EXISTS, message, name=name, group=kind.group, kind=kind.plural, retry_after=retry_after)
