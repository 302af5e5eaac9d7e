"""PUT: a new state of an object, or of the part of it that an endpoint is about."""

from collections.abc import Iterable
from typing import Any

from k9lite.api import errors, kinds, validation
from k9lite.api.errors import FieldError
from k9lite.api.object import Data, Object
from k9lite.api.validation import pod
from k9lite.engine.apiserver import allocation, create, deletion, endpoints, intake, ownership, strategies, writing
from k9lite.engine.apiserver.admission import chain
from k9lite.engine.apiserver.context import Context, Request
from k9lite.engine.store import encoding


def update(context: Context, request: Request, body: Data) -> Object[Any]:
    """Replace what is stored by `body`, as far as the endpoint lets it."""
    live = writing.find(context, request)
    if live is None:
        if request.subresource or request.kind.resource not in strategies.CREATED_BY_UPDATE:
            raise request.not_found()
        return create.create(context, request, body)
    return change(context, request, live, intake.read(request, body))


def change(context: Context, request: Request, live: Object[Any], new: Data) -> Object[Any]:
    """Make `new` of `live`: what changes belongs to the request's field manager."""
    return replace(context, request, live, ownership.updated(context, request, live.data(), new))


def replace(context: Context, request: Request, live: Object[Any], new: Data) -> Object[Any]:
    """Store what `new` makes of `live`; an object that only waited for its last finalizer is removed instead."""
    old = writing.bare(live)
    _check_preconditions(request, old["metadata"], new["metadata"])
    data = endpoints.merge(request.kind, request.subresource, old, new)
    chain.complete_change(context, request, data, old)
    if request.kind is kinds.SERVICE:
        allocation.keep_allocated(data, old)
    intake.validate(request, data, _problems(request, data, old), old)
    request.warn_about(data, old)
    chain.check_change(context, request, data, old)
    allocation.allocate(context, request, data, old)
    if _is_released(data, old):
        return deletion.remove(context, request, live)
    return writing.store(context, request, data, ownership.settled(live, data, encoding.managed(new)))


def _problems(request: Request, new: Data, old: Data) -> Iterable[FieldError]:
    if request.subresource in ("", "scale"):
        return validation.update(request.spoken, new, old)
    if request.subresource == "ephemeralcontainers":
        return pod.ephemeral_containers(new, old)
    if request.subresource == "resize":
        return pod.resize(new, old)
    return validation.status(request.spoken, new, old)


def _is_released(new: Data, old: Data) -> bool:
    """Whether nothing holds back a deletion any more."""
    if new["metadata"].get("finalizers") or old["metadata"].get("deletionGracePeriodSeconds") != 0:
        return False
    return new["kind"] != "Namespace" or not new.get("spec", {}).get("finalizers")


def _check_preconditions(request: Request, old: Data, new: Data) -> None:
    kind, revision, uid = request.kind, new.get("resourceVersion"), new.get("uid")
    if uid and uid != old["uid"]:
        path = "/".join(part for part in ("/registry", kind.plural, request.namespace, request.name) if part)
        raise request.conflict(
            f"StorageError: invalid object, Code: 4, Key: {path}, ResourceVersion: 0, AdditionalErrorMsg: "
            f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['uid']}"
        )
    if revision in (None, "", "0"):
        if not request.subresource and (kind.model is None or kind.resource in strategies.CONDITIONAL_UPDATE):
            missing = errors.invalid("metadata.resourceVersion", 0, "must be specified for an update")
            raise errors.invalid_object(kind.group, kind.kind, request.name, [missing])
    elif revision != old["resourceVersion"]:
        raise request.conflict(errors.STALE)
