"""DELETE: at once, after a grace period, or when the last finalizer is gone (Kubernetes: registry/rest/delete.go)."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from k9lite.api import errors, kinds, times
from k9lite.api.object import Data, Object
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.apiserver import definitions, strategies, writing
from k9lite.engine.apiserver.admission import chain
from k9lite.engine.apiserver.context import Context, Request

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


def delete(context: Context, request: Request, options: DeleteOptions) -> Object[Any]:
    """The last state: of an object that is gone, or of one that now terminates."""
    live = writing.live(context, request)
    _check_permanence(request)
    _check_preconditions(live, options)
    data = writing.bare(live)
    chain.check_deletion(context, request, data)
    metadata = data["metadata"]
    if request.kind.resource == definitions.RESOURCE:
        definitions.terminate(data, context.clock.now())
    if request.kind is kinds.NAMESPACE and data.get("spec", {}).get("finalizers"):
        return _terminate_namespace(context, request, live, data)
    finalizers = _finalizers(request.kind, metadata.get("finalizers", []), options)
    if request.kind is kinds.POD:
        if not _begin_grace(context, data, options.grace):
            return live  # it terminates already, and nobody is in a greater hurry than before
    elif finalizers:
        _mark(context, metadata)
    else:
        return remove(context, request, live)
    metadata["finalizers"] = finalizers
    if not finalizers:
        del metadata["finalizers"]
    # Watchers are shown a grace period of 0 before the pod goes.
    stored = writing.store(context, request, data, live.managed)
    if request.kind.resource == definitions.RESOURCE and not request.options.dry_run:
        return _delete_instances(context, request, stored)
    return stored if finalizers or metadata["deletionGracePeriodSeconds"] else remove(context, request, stored)


def remove(context: Context, request: Request, live: Object[Any]) -> Object[Any]:
    """Take `live` out of the store."""
    if request.options.dry_run:
        return live
    gone = context.store.delete(request.kind, live.key, request.cause)
    if request.kind.resource == definitions.RESOURCE:
        definitions.withdraw(context, gone.data())
        _settle_names(context, request, gone)
    elif (
        request.kind.model is None and (definition := definitions.released(context, request.kind.resource)) is not None
    ):
        remove(context, replace(request, kind=definition.kind, namespace="", name=definition.name), definition)
    return gone


def _settle_names(context: Context, request: Request, gone: Object[Any]) -> None:
    """Definitions that waited for a name of one that is gone may have it now."""
    for waiting in definitions.waiting(context, gone.data()["spec"]["group"]):
        writing.store(context, replace(request, name=waiting.name), writing.bare(waiting), waiting.managed)


def _delete_instances(context: Context, request: Request, definition: Object[Any]) -> Object[Any]:
    """What a definition defines goes with it; it stays itself while finalizers hold any of that back."""
    for obj in definitions.instances(context, definition):
        if not obj.deleting:
            delete(context, replace(request, kind=obj.kind, namespace=obj.namespace, name=obj.name), DeleteOptions())
    waiting = definitions.released(context, definition.name)
    return definition if waiting is None else remove(context, request, waiting)


def _check_permanence(request: Request) -> None:
    names, why = strategies.PERMANENT.get(request.kind.resource, (frozenset(), ""))
    if request.name in names:
        raise request.forbidden(why)


def _check_preconditions(live: Object[Any], options: DeleteOptions) -> None:
    why = ""
    if options.uid and options.uid != live.uid:
        why = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({live.uid}). "
            "The object might have been deleted and then recreated"
        )
    elif options.revision and options.revision != str(live.revision):
        why = (
            f"the ResourceVersion in the precondition ({options.revision}) does not match the ResourceVersion in "
            f"record ({live.revision}). The object might have been modified"
        )
    if why:
        raise errors.conflict(live.kind.group, live.kind.kind, live.name, why)


def _finalizers(kind: Any, finalizers: Sequence[str], options: DeleteOptions) -> list[str]:
    """The finalizers an object has after a delete that says what to do with its dependents."""
    if options.propagation is not None:
        policy: str = options.propagation
    elif ORPHAN in finalizers:
        policy = "Orphan"
    elif FOREGROUND in finalizers:
        policy = "Foreground"
    else:
        policy = "Orphan" if kind.resource in strategies.ORPHANING else "Background"
    added = {"Orphan": [ORPHAN], "Foreground": [FOREGROUND]}.get(policy, [])
    if added and added[0] in finalizers:
        return list(finalizers)
    return [name for name in finalizers if name not in (ORPHAN, FOREGROUND)] + added


def _begin_grace(context: Context, pod: Data, asked: int | None) -> bool:
    """Begin the graceful deletion of `pod` in place, or shorten it; False where one under way stays as it is."""
    metadata, now = pod["metadata"], context.clock.now()
    begun = times.timestamp(metadata.get("deletionTimestamp"))
    if begun is None:
        grace = _grace(pod, asked)
        due = now + grace
        if metadata.get("generation"):
            metadata["generation"] += 1
    else:
        held = metadata.get("deletionGracePeriodSeconds", 0)
        if not held:
            return True  # only its finalizers keep it
        if asked is None or asked >= held:
            return False
        grace = asked
        due = max(now, begun - held + grace)
    metadata["deletionTimestamp"], metadata["deletionGracePeriodSeconds"] = times.time(due), grace
    return True


def _grace(pod: Data, asked: int | None) -> int:
    """How many seconds a pod that is deleted now is given to end."""
    if not pod["spec"].get("nodeName") or pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return 0  # there is nothing to wait for
    grace = asked if asked is not None else int(pod["spec"].get("terminationGracePeriodSeconds", 0))
    return grace if grace >= 0 else 1


def _mark(context: Context, metadata: Data) -> None:
    """Mark an object without grace period as deleted: it stays until its finalizers are gone."""
    if "deletionTimestamp" not in metadata:
        metadata["deletionTimestamp"] = context.now()
    if "deletionGracePeriodSeconds" not in metadata and metadata.get("generation"):
        metadata["generation"] += 1
    metadata["deletionGracePeriodSeconds"] = 0


def _terminate_namespace(context: Context, request: Request, live: Object[Any], data: Data) -> Object[Any]:
    """A namespace stays until its controller has emptied it and takes its own finalizer out of the spec."""
    if live.deleting:
        return live
    _mark(context, data["metadata"])
    data["status"] = data.get("status", {}) | {"phase": "Terminating"}
    return writing.store(context, request, data, live.managed)
