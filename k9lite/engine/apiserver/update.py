"""PUT: a new state of an object, of its spec or of its status."""

from typing import Any

from k9lite.api import errors
from k9lite.api.object import Data, Object, to_data
from k9lite.engine.apiserver import deletion, writing
from k9lite.engine.apiserver.context import Context, Request

KEPT = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "namespace", "generation")


def update(context: Context, request: Request, data: Data) -> Object[Any]:
    """Replace what is stored by `data`, as far as the endpoint lets it; `data` is the caller's no more."""
    live = writing.live(context, request)
    old = live.data()
    _check_preconditions(request, old["metadata"], data.get("metadata", {}))
    if request.subresource == "status":
        data = old | {"status": data.get("status", {})}
    else:
        _keep(data, old)
        if request.kind.has_subresource("status"):
            data.pop("status", None)
            if "status" in old:
                data["status"] = old["status"]
        if data.get("spec") != old.get("spec") and "generation" in old["metadata"]:
            data["metadata"]["generation"] += 1
    return finish(context, request, data)


def update_status(context: Context, request: Request, live: Object[Any], status: Any) -> Object[Any]:
    data = {"metadata": {"resourceVersion": str(live.revision)}, "status": to_data(status)}
    return update(context, request, data)


def finish(context: Context, request: Request, data: Data) -> Object[Any]:
    """Store `data`; an object that was only held back by its finalizers goes with the last of them."""
    metadata = data["metadata"]
    stored = writing.store(context, request, data)
    held_back = metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds")
    if metadata.get("deletionTimestamp") and not held_back and not request.options.dry_run:
        return deletion.remove(context, request, stored)
    return stored


def _check_preconditions(request: Request, old: Data, new: Data) -> None:
    revision = new.get("resourceVersion")
    if revision and revision != old["resourceVersion"]:
        raise request.conflict(errors.STALE)
    uid = new.get("uid")
    if uid and uid != old["uid"]:
        raise request.conflict(f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['uid']}")


def _keep(data: Data, old: Data) -> None:
    """Whatever a client says of server-owned metadata, it stays as it is."""
    metadata = data.setdefault("metadata", {})
    data["apiVersion"], data["kind"] = old["apiVersion"], old["kind"]
    metadata["name"] = old["metadata"]["name"]
    for name in KEPT:
        metadata.pop(name, None)
        if name in old["metadata"]:
            metadata[name] = old["metadata"][name]
