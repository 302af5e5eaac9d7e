"""What the tables of deployments, nodes and services show beyond `k9lite.tables`: cells that need other objects too.

Functions that yield keys say which rows an object of another kind touches.
"""

from collections.abc import Iterable
from typing import Any

from lightkube.models.apps_v1 import Deployment, ReplicaSet
from lightkube.models.core_v1 import Node, Service

from k9lite.api import deployments, kinds, times
from k9lite.api.object import Key, Object
from k9lite.tui.display import states
from k9lite.tui.display.columns import Cell
from k9lite.tui.display.countdown import countdown
from k9lite.tui.display.tones import State, Tone, state
from k9lite.tui.live.cluster import LiveCluster

BAR = 10  # glyphs that a rollout is drawn with
LOOKED_AT = 100  # pods of a ReplicaSet; the trouble of one is mostly that of all


# Deployments


def _replica_sets(obj: Object[Deployment], cluster: LiveCluster) -> list[Object[ReplicaSet]]:
    """Those it owns, the newest revision first."""
    owned = cluster.of(kinds.REPLICA_SET).indexed("owner", obj.uid)
    return sorted(owned, key=lambda item: deployments.revision(item.meta), reverse=True)


def rollout(wanted: int, new: int, new_ready: int, old: int, room: int = BAR) -> tuple[tuple[str, Tone], ...]:
    """Pods as glyphs: ready new ones, new ones on their way, old ones that still run, and those not there yet."""
    missing = max(0, wanted - new - old)
    counts: list[tuple[int, str, Tone]] = [
        (new_ready, "●", "good"),
        (new - new_ready, "◐", "busy"),
        (old, "◌", "old"),
        (missing, "·", "muted"),
    ]
    total = sum(count for count, _, _ in counts)
    scale = min(1.0, room / total) if total else 1.0
    parts: list[tuple[str, Tone]] = []
    for count, glyph, tone in counts:
        if count:
            parts.append((glyph * max(1, round(count * scale)), tone))
    return tuple(parts)


def rollout_cell(obj: Object[Deployment], cluster: LiveCluster) -> Cell:
    sets = _replica_sets(obj, cluster)
    counts = [(item.view.status.replicas, item.view.status.readyReplicas or 0) for item in sets if item.view.status]
    new, ready = counts[0] if counts else (0, 0)
    old = sum(count for count, _ in counts[1:])
    parts = rollout(deployments.replicas(obj.view), new, ready, old)
    words: list[tuple[str, Tone]] = [(f"  {old} old", "old")] if old else []
    return Cell("".join(text for text, _ in (*parts, *words)), "", new, (*parts, *words))


def deployment_state(obj: Object[Deployment], cluster: LiveCluster) -> State:
    """Ready, or what it is doing; what keeps one of its pods from running says more than that it waits."""
    told = states.deployment_state(obj)
    if told.tone != "busy":
        return told
    for replica_set in _replica_sets(obj, cluster):
        for pod in cluster.of(kinds.POD).some("owner", replica_set.uid, LOOKED_AT):
            found = states.pod_state(pod)
            if found.tone == "bad":
                return found
    return told


def deployment_of_pod(obj: Object[Any], cluster: LiveCluster) -> Iterable[Key]:
    for key in owner(obj, cluster):
        replica_set = cluster.of(kinds.REPLICA_SET).get(key.name, key.namespace)
        if replica_set is not None:
            yield from owner(replica_set, cluster)


def revision_cell(obj: Object[Any], cluster: LiveCluster) -> Cell:
    number = deployments.revision(obj.meta)
    return Cell(str(number) if number else "", "muted", number)


def owner(obj: Object[Any], cluster: LiveCluster) -> Iterable[Key]:
    owner = obj.meta.controller
    return (Key(obj.namespace, owner.name),) if owner else ()


# Nodes


def pods_on(obj: Object[Node], cluster: LiveCluster) -> Cell:
    count = cluster.of(kinds.POD).count("node", obj.name)
    room = (obj.view.status.allocatable or {}).get("pods", "") if obj.view.status else ""
    return Cell(f"{count}/{room}", "", count)


def is_down(name: str, cluster: LiveCluster) -> bool:
    """Whether a fault keeps the node silent."""
    return cluster.has_own_kinds and bool(cluster.of(kinds.FAULT).indexed("target", f"Node/{name}"))


def node_countdown(obj: Object[Node], cluster: LiveCluster) -> str:
    """What goes on with a node, or is waited for, beyond its status."""
    if draining := cluster.drains.get(obj.name):
        return draining.said
    lease = cluster.of(kinds.LEASE).get(obj.name, "kube-node-lease")
    renewed = times.timestamp(lease.view.spec.renewTime) if lease is not None and lease.view.spec else None
    return countdown(obj.view, renewed, is_down(obj.name, cluster), cluster.now())


def node_of_pod(obj: Object[Any], cluster: LiveCluster) -> Iterable[Key]:
    return (Key("", obj.view.spec.nodeName),) if obj.view.spec and obj.view.spec.nodeName else ()


def node_of_lease(obj: Object[Any], cluster: LiveCluster) -> Iterable[Key]:
    return (Key("", obj.name),) if obj.namespace == "kube-node-lease" else ()


def node_of_fault(obj: Object[Any], cluster: LiveCluster) -> Iterable[Key]:
    target = obj.view.spec.target if obj.view.spec else None
    return (Key("", target.name),) if target and target.kind == "Node" else ()


# Services


def endpoints(obj: Object[Service], cluster: LiveCluster) -> tuple[int, int]:
    """How many endpoints of a service are ready, of how many that are to stay."""
    slices = cluster.of(kinds.ENDPOINT_SLICE).indexed("service", str(obj.key))
    found = [endpoint.conditions for item in slices for endpoint in item.view.endpoints or ()]
    staying = [conditions for conditions in found if conditions is None or not conditions.terminating]
    return sum(1 for conditions in staying if conditions is None or conditions.ready is not False), len(staying)


def service_state(obj: Object[Service], cluster: LiveCluster) -> State:
    spec = obj.view.spec
    if spec is None or spec.type == "ExternalName" or not spec.selector:
        return state("", "muted")
    ready, _ = endpoints(obj, cluster)
    return state("Ready", "good") if ready else state("No endpoints", "warn")


def endpoints_cell(obj: Object[Service], cluster: LiveCluster) -> Cell:
    ready, total = endpoints(obj, cluster)
    shown = service_state(obj, cluster)
    return Cell(f"{ready}/{total} ready" if total else shown.word or "-", shown.tone, ready)


def service_of(obj: Object[Any], cluster: LiveCluster) -> Iterable[Key]:
    name = obj.labels.get("kubernetes.io/service-name")
    return (Key(obj.namespace, name),) if name else ()
