"""What the dashboard writes to the cluster, one function per change; each goes through the Client, with its cause."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from lightkube.models.apps_v1 import Deployment, ReplicaSet
from lightkube.models.core_v1 import Node, Pod

from k9lite.api import deployments, kinds, times
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError, bad_request, is_conflict, is_not_found
from k9lite.api.k9lite_v1 import ClockSpec, Fault
from k9lite.api.object import Data, Object
from k9lite.client.protocol import Client, DeleteOptions, PatchType

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
CLOCK_NAME = "cluster"
Propagation = Literal["Background", "Foreground", "Orphan"]
USER = "user"  # the actor of every cause that comes from a key
SPEEDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
# Annotations that belong to a ReplicaSet or to one revision and do not travel back with a template.
NOT_ROLLED_BACK = {
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
}


def by_user(action: str) -> Cause:
    return Cause(USER, action)


def label(obj: Object[Any]) -> str:
    """`deployment/web`."""
    return f"{obj.kind.singular}/{obj.name}"


def several(objects: Sequence[Object[Any]]) -> str:
    """What a dialog calls the objects it is about: `deployment/web`, `2 pods`."""
    return label(objects[0]) if len(objects) == 1 else f"{len(objects)} {objects[0].kind.plural}"


def names(objects: Sequence[Object[Any]]) -> str:
    """All of them by name, where there are several."""
    return "\n".join(str(obj.key) for obj in objects) if len(objects) > 1 else ""


async def scale(client: Client, obj: Object[Any], replicas: int) -> None:
    cause = by_user(f"scale {label(obj)} to {replicas}")
    patch = {"spec": {"replicas": replicas}}
    await client.patch(obj.kind, obj.name, patch, PatchType.MERGE, obj.namespace, subresource="scale", cause=cause)


async def scale_by(client: Client, obj: Object[Any], step: int) -> None:
    """So many replicas more or fewer than there are to be now; two keys in a row count twice."""
    while True:
        scale = await client.get_subresource(obj.kind, obj.name, "scale", obj.namespace)
        scale["spec"]["replicas"] = replicas = max(0, scale["spec"].get("replicas", 0) + step)
        cause = by_user(f"scale {label(obj)} to {replicas}")
        try:
            await client.update(obj.kind, scale, obj.namespace, subresource="scale", cause=cause)
            return
        except StatusError as error:
            if not is_conflict(error):
                raise


async def restart(client: Client, obj: Object[Any], now: float) -> None:
    """As `kubectl rollout restart`: a new annotation makes a new template."""
    if obj.kind is kinds.DEPLOYMENT and obj.view.spec.paused:
        raise bad_request("can't restart paused deployment (run rollout resume first)")
    patch = {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: times.time(now)}}}}}
    cause = by_user(f"restart {label(obj)}")
    await client.patch(obj.kind, obj.name, patch, PatchType.STRATEGIC, obj.namespace, cause=cause)


def rollback_target(replica_sets: list[Object[ReplicaSet]], revision: int = 0) -> Object[ReplicaSet] | None:
    """The ReplicaSet of `revision`, or of the one before the newest for 0; None when there is none."""
    known = sorted((item for item in replica_sets if deployments.revision(item.meta)), key=_revision, reverse=True)
    if revision:
        return next((item for item in known if _revision(item) == revision), None)
    return known[1] if len(known) > 1 else None


def _revision(obj: Object[Any]) -> int:
    return deployments.revision(obj.meta)


async def roll_back(client: Client, obj: Object[Deployment], owned: list[Object[ReplicaSet]], revision: int = 0) -> int:
    """As `kubectl rollout undo`; the revision that it went back to."""
    if deployments.spec(obj.view).paused:
        raise bad_request(
            "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
        )
    target = rollback_target(owned, revision)
    if target is None:
        wanted = f"unable to find specified revision {revision} in history" if revision else None
        raise bad_request(wanted or f'no rollout history found for deployment "{obj.name}"')
    template = target.data()["spec"]["template"]
    template.get("metadata", {}).get("labels", {}).pop(deployments.HASH_LABEL, None)
    number = _revision(target)
    if template == obj.data()["spec"]["template"]:
        raise bad_request(f"skipped rollback (current template already matches revision {number})")
    kept = {key: value for key, value in obj.annotations.items() if key in NOT_ROLLED_BACK}
    told = {key: value for key, value in target.annotations.items() if key not in NOT_ROLLED_BACK}
    patch: list[Data] = [
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "add", "path": "/metadata/annotations", "value": kept | told},
    ]
    cause = by_user(f"roll {label(obj)} back to revision {number}")
    await client.patch(obj.kind, obj.name, patch, PatchType.JSON, obj.namespace, cause=cause)
    return number


async def set_image(client: Client, obj: Object[Any], container: str, image: str) -> None:
    """As `kubectl set image`: of one container of the template, an init container too."""
    spec = obj.view.spec.template.spec
    is_init = any(item.name == container for item in spec.initContainers or ())
    changed = {"initContainers" if is_init else "containers": [{"name": container, "image": image}]}
    patch = {"spec": {"template": {"spec": changed}}}
    cause = by_user(f"set image of {label(obj)} {container} to {image}")
    await client.patch(obj.kind, obj.name, patch, PatchType.STRATEGIC, obj.namespace, cause=cause)


async def pause_rollout(client: Client, obj: Object[Deployment], paused: bool) -> None:
    """As `kubectl rollout pause` and `resume`."""
    cause = by_user(f"{'pause' if paused else 'resume'} rollout of {label(obj)}")
    patch = {"spec": {"paused": paused or None}}
    await client.patch(obj.kind, obj.name, patch, PatchType.STRATEGIC, obj.namespace, cause=cause)


async def delete(
    client: Client, obj: Object[Any], grace: int | None = None, propagation: Propagation | None = None
) -> None:
    """`grace` 0 kills at once; None is the object's own grace period. `propagation`: what becomes of what it owns."""
    cause = by_user(f"{'kill' if grace == 0 else 'delete'} {label(obj)}")
    options = DeleteOptions(grace, propagation, uid=obj.uid)
    await client.delete(obj.kind, obj.name, obj.namespace, cause=cause, options=options)


async def set_metadata(client: Client, obj: Object[Any], field: str, values: dict[str, str | None]) -> None:
    """Set or, with None, remove some of the "labels" or "annotations" of an object."""
    cause = by_user(f"{'label' if field == 'labels' else 'annotate'} {label(obj)}")
    patch = {"metadata": {field: values}}
    await client.patch(obj.kind, obj.name, patch, PatchType.MERGE, obj.namespace, cause=cause)


async def cordon(client: Client, node: Object[Node], cordoned: bool) -> None:
    cause = by_user(f"{'cordon' if cordoned else 'uncordon'} {label(node)}")
    patch = {"spec": {"unschedulable": cordoned or None}}
    await client.patch(node.kind, node.name, patch, PatchType.STRATEGIC, cause=cause)


async def load_image(client: Client, image: str) -> None:
    """Make `image` present on the nodes, as `kind load docker-image` does."""
    body = {"metadata": {"generateName": "loaded-"}, "spec": {"name": image}}
    await client.create(kinds.IMAGE, body, cause=by_user(f"load image {image}"))


async def inject(client: Client, obj: Object[Node] | Object[Pod], type: str) -> None:
    """Break `obj` on purpose, for as long as the fault exists."""
    target = {"kind": obj.kind.kind, "name": obj.name} | ({"namespace": obj.namespace} if obj.namespace else {})
    body = {"metadata": {"generateName": f"{type.lower()}-"}, "spec": {"type": type, "target": target}}
    await client.create(kinds.FAULT, body, cause=by_user(f"{type} on {label(obj)}"))


async def lift(client: Client, fault: Object[Fault]) -> None:
    await client.delete(kinds.FAULT, fault.name, cause=by_user(f"lift fault {fault.name}"))


async def turn_clock(client: Client, turn: Callable[[ClockSpec], dict[str, float]]) -> None:
    """Change the cluster's clock; `turn` says what from what it is now, so that two keys in a row count twice."""
    while True:
        clock = await client.get(kinds.CLOCK, CLOCK_NAME)
        changes = turn(clock.view.spec or ClockSpec())
        patch = {"metadata": {"resourceVersion": str(clock.revision)}, "spec": changes}
        cause = by_user("clock: " + ", ".join(f"{name} {value}" for name, value in changes.items()))
        try:
            await client.patch(kinds.CLOCK, CLOCK_NAME, patch, PatchType.MERGE, cause=cause)
            return
        except StatusError as error:
            if not is_conflict(error):
                raise


def next_speed(speed: float, step: int) -> float:
    """The next of SPEEDS, upwards or downwards; "instant" (0) lies beyond the fastest."""
    if speed <= 0:
        return SPEEDS[-1] if step < 0 else 0.0
    above = [other for other in SPEEDS if other > speed * 1.001]
    below = [other for other in SPEEDS if other < speed * 0.999]
    if step > 0:
        return above[0] if above else speed
    return below[-1] if below else speed


async def evict(client: Client, pod: Object[Pod], cause: Cause) -> None:
    """TooManyRequests while a disruption budget forbids it."""
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod.name, "namespace": pod.namespace}}
    try:
        await client.create_subresource(kinds.POD, pod.name, "eviction", body, pod.namespace, cause=cause)
    except StatusError as error:
        if not is_not_found(error):  # gone already: just as well
            raise
