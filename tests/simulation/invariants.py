"""What must hold at every revision, and what must hold once a cluster has come to rest."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from world import ROOM, WORKERS

from k9lite.api import deployments, kinds, pods
from k9lite.api.object import Object
from k9lite.engine.controllers.deployment.revisions import DESIRED


class Watcher:
    """Sees every change of pods; remembers what must not change."""

    def __init__(self) -> None:
        self._pods: dict[str, Object[Any]] = {}
        self.broken: list[str] = []

    def changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        if new is None:
            assert old is not None
            self._pods.pop(old.uid, None)
            return
        self.broken += [f"revision {new.revision}, pod {new.name}: {text}" for text in self._violations(new)]
        self._pods[new.uid] = new

    def _violations(self, new: Object[Any]) -> Iterator[str]:
        before = self._pods.get(new.uid)
        node = new.view.spec.nodeName
        if before is not None:
            if before.view.spec.nodeName not in (None, node):
                yield f"moved from {before.view.spec.nodeName} to {node}"
            if before.deleting and not new.deleting:
                yield "came back from its deletion"
            if pods.is_terminal(before.view) and new.view.status.phase != before.view.status.phase:
                yield f"was {before.view.status.phase} and became {new.view.status.phase}"
            if pods.restarts(new.view) < pods.restarts(before.view):
                yield "forgot restarts"
        if node and (before is None or before.view.spec.nodeName is None):
            held = sum(p.view.spec.nodeName == node and not pods.is_terminal(p.view) for p in self._pods.values())
            if held >= ROOM:
                yield f"is one too many on {node}"
        if pods.is_ready(new.view) and not (new.view.status.podIP and node):
            yield "is ready and has no address"


class Availability:
    """Sees every change of Deployments and ReplicaSets; no rolling update may remove pods that must stay available.

    Statuses may be behind, so a set is counted with no more available pods than it has replicas.
    """

    def __init__(self) -> None:
        self._deployments: dict[str, Object[Any]] = {}
        self._sets: dict[str, Object[Any]] = {}
        self.checked = 0
        self.broken: list[str] = []

    def deployment_changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        if new is not None:
            self._deployments[new.uid] = new

    def set_changed(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        if new is None:
            assert old is not None
            self._sets.pop(old.uid, None)
            return
        owner = self._deployments.get(new.meta.controller.uid) if new.meta.controller else None
        before = self._available(owner)
        self._sets[new.uid] = new
        if owner is None or old is None or not _is_rolled(owner, old, new):
            return
        self.checked += 1
        least = owner.view.spec.replicas - deployments.bounds(owner.view).unavailable
        after = self._available(owner)
        if after < min(before, least):
            self.broken.append(f"revision {new.revision}, {new.name}: {after} of {before} stay available, not {least}")

    def _available(self, owner: Object[Any] | None) -> int:
        own = [one for one in self._sets.values() if owner and one.meta.controller.uid == owner.uid]
        return sum(min(one.view.status.availableReplicas or 0, one.view.spec.replicas) for one in own)


def _is_rolled(owner: Object[Any], old: Object[Any], new: Object[Any]) -> bool:
    """Whether a ReplicaSet shrinks as a step of a rolling update, not because its Deployment was scaled."""
    sized = {old.annotations.get(DESIRED), new.annotations.get(DESIRED), str(owner.view.spec.replicas)}
    shrinks = new.view.spec.replicas < old.view.spec.replicas
    return shrinks and len(sized) == 1 and deployments.is_rolling_update(owner.view)


async def at_rest(client: Any) -> list[str]:
    """Everything that is not as it should be."""
    broken = []
    listed = {
        kind: (await client.list(kind)).items
        for kind in (
            kinds.DEPLOYMENT,
            kinds.REPLICA_SET,
            kinds.POD,
            kinds.ENDPOINT_SLICE,
            kinds.SERVICE,
            kinds.NAMESPACE,
        )
    }
    broken += [text for one in listed[kinds.DEPLOYMENT] for text in _deployment(one, listed)]
    uids = {one.uid for objects in listed.values() for one in objects}
    for kind in (kinds.POD, kinds.REPLICA_SET):
        for one in listed[kind]:
            if one.meta.controller is None or one.meta.controller.uid not in uids:
                broken.append(f"{kind.kind} {one.key} has no owner")
    addresses = Counter(pod.view.status.podIP for pod in listed[kinds.POD] if not pods.is_terminal(pod.view))
    broken += [f"{count} pods share {address}" for address, count in addresses.items() if count > 1 and address]
    for objects in listed.values():
        broken += [f"{one.kind.kind} {one.key} still terminates" for one in objects if one.deleting]
    broken += [text for one in listed[kinds.SERVICE] if one.view.spec.selector for text in _service(one, listed)]
    names = {one.name for one in listed[kinds.NAMESPACE]}
    broken += [
        f"{one.kind.kind} {one.key} is in a namespace that is gone"
        for objects in listed.values()
        for one in objects
        if one.namespace and one.namespace not in names
    ]
    return broken


def _service(service: Object[Any], listed: dict[Any, Any]) -> Iterator[str]:
    wanted = {
        pod.view.status.podIP
        for pod in listed[kinds.POD]
        if pods.is_ready(pod.view)
        and pod.namespace == service.namespace
        and pod.labels.items() >= service.view.spec.selector.items()
    }
    found = {
        address
        for one in listed[kinds.ENDPOINT_SLICE]
        if one.labels.get("kubernetes.io/service-name") == service.name and one.namespace == service.namespace
        for endpoint in one.view.endpoints or ()
        if endpoint.conditions.ready
        for address in endpoint.addresses
    }
    if wanted != found:
        yield f"service {service.key} leads to {sorted(found)}, not to {sorted(wanted)}"


def _deployment(one: Object[Any], listed: dict[Any, Any]) -> Iterator[str]:
    wanted, status = one.view.spec.replicas, one.view.status
    counts = {
        "replicas": status.replicas,
        "updated": status.updatedReplicas,
        "ready": status.readyReplicas,
        "available": status.availableReplicas,
    }
    everyone = sum(other.view.spec.replicas for other in listed[kinds.DEPLOYMENT])
    fits = everyone <= WORKERS * ROOM
    if fits and any((count or 0) != wanted for count in counts.values()):
        yield f"deployment {one.key} wants {wanted} and has {counts}"
    if status.observedGeneration != one.meta.generation:
        yield f"deployment {one.key} was not looked at"
    owned = [rs for rs in listed[kinds.REPLICA_SET] if rs.meta.controller and rs.meta.controller.uid == one.uid]
    active = [rs for rs in owned if rs.view.spec.replicas]
    if fits and len(active) > 1:
        yield f"deployment {one.key} has {len(active)} replica sets with pods"
