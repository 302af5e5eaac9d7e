"""DELETE: at once, after a grace period, or when the last finalizer is gone."""

from typing import Any

from k9lite.api import kinds, times
from k9lite.api.object import Key, Object
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.apiserver import writing
from k9lite.engine.apiserver.context import Context, Request


def delete(context: Context, request: Request, options: DeleteOptions) -> Object[Any]:
    live = writing.live(context, request)
    data = live.data()
    metadata = data["metadata"]
    grace = _grace(live, data, options) if request.kind is kinds.POD else 0
    finalizers = metadata.get("finalizers", [])
    if options.propagation == "Foreground" and "foregroundDeletion" not in finalizers:
        finalizers = [*finalizers, "foregroundDeletion"]
    if options.propagation == "Orphan" and "orphan" not in finalizers:
        finalizers = [*finalizers, "orphan"]
    if not grace and not finalizers:
        return remove(context, request, live)
    if live.deleting and grace >= metadata.get("deletionGracePeriodSeconds", 0):
        return live
    metadata["deletionTimestamp"] = times.time(context.clock.now() + grace)
    metadata["deletionGracePeriodSeconds"] = grace
    if finalizers:
        metadata["finalizers"] = finalizers
    if metadata.get("generation"):
        metadata["generation"] += 1
    return writing.store(context, request, data)


def remove(context: Context, request: Request, live: Object[Any]) -> Object[Any]:
    """Take `live` out of the store."""
    if request.options.dry_run:
        return live
    return context.store.delete(request.kind, Key(live.namespace, live.name), request.cause)


def _grace(live: Object[Any], data: dict[str, Any], options: DeleteOptions) -> int:
    if not data["spec"].get("nodeName") or data.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    if options.grace is not None:
        return options.grace if options.grace >= 0 else 1
    return int(data["spec"].get("terminationGracePeriodSeconds", 30))
