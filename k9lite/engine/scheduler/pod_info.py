"""The facts of one pod that scheduling needs, computed once from its spec."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lightkube.models.core_v1 import Container, Pod, Toleration

from k9lite.api import pods, times
from k9lite.api.object import Key, Object, Owner
from k9lite.api.placement import node_affinity, pod_affinity, topology_spread
from k9lite.api.placement.node_affinity import NodeAffinity
from k9lite.api.placement.pod_affinity import PodAffinity
from k9lite.api.placement.topology_spread import DO_NOT_SCHEDULE, SCHEDULE_ANYWAY, Constraint
from k9lite.api.pods import Amounts, HostPort

# What a container counts for in scores (never in filters) when it asks for nothing: 100m and 200Mi.
ASSUMED_REQUESTS = {"cpu": 100, "memory": 200 * 1024 * 1024}


@dataclass(frozen=True, slots=True, eq=False)
class PodInfo:
    """requests: what filters count; scored: what scores count; images: of every container, with a tag;
    claims: the PersistentVolumeClaims it mounts; since: when it started, or was created (as RFC 3339)."""

    key: Key
    uid: str
    generation: int
    labels: Mapping[str, str]
    node_name: str
    nominated: str
    priority: int
    preempts: bool
    deleting: bool
    since: str
    requests: Amounts
    scored: tuple[int, int]
    ports: list[HostPort]
    tolerations: list[Toleration]
    node_affinity: NodeAffinity
    affinity: PodAffinity
    spread_required: tuple[Constraint, ...]
    spread_preferred: tuple[Constraint, ...]
    spreads_itself: bool
    owner: Owner | None
    images: list[str]
    claims: list[str]

    @property
    def namespace(self) -> str:
        return self.key.namespace


def _tagged(container: Container) -> str:
    image = container.image or ""
    return image if image.rfind(":") > image.rfind("/") else f"{image}:latest"


def _claims(obj: Object[Pod]) -> list[str]:
    volumes = pods.spec(obj.view).volumes or ()
    named = [volume.persistentVolumeClaim.claimName for volume in volumes if volume.persistentVolumeClaim]
    return named + [f"{obj.name}-{volume.name}" for volume in volumes if volume.ephemeral]


def _since(obj: Object[Pod]) -> str:
    status = obj.view.status
    started = status.startTime if status else None
    return times.time(started.timestamp()) if started else obj.meta.creationTimestamp or ""


def pod_info(obj: Object[Pod]) -> PodInfo:
    pod, spec = obj.view, pods.spec(obj.view)
    status = pod.status
    scored = pods.requests(pod, ASSUMED_REQUESTS)
    labels = obj.labels
    return PodInfo(
        key=obj.key,
        uid=obj.uid,
        generation=obj.meta.generation,
        labels=labels,
        node_name=spec.nodeName or "",
        nominated=(status.nominatedNodeName if status else None) or "",
        priority=spec.priority or 0,
        preempts=spec.preemptionPolicy != "Never",
        deleting=obj.deleting,
        since=_since(obj),
        requests=pods.requests(pod),
        scored=(scored.get("cpu", 0), scored.get("memory", 0)),
        ports=pods.host_ports(spec),
        tolerations=spec.tolerations or [],
        node_affinity=node_affinity.of(spec),
        affinity=pod_affinity.of(spec, obj.namespace, labels),
        spread_required=topology_spread.constraints(spec, labels, DO_NOT_SCHEDULE),
        spread_preferred=topology_spread.constraints(spec, labels, SCHEDULE_ANYWAY),
        spreads_itself=bool(spec.topologySpreadConstraints),
        owner=obj.meta.controller,
        images=[_tagged(container) for container in (*(spec.initContainers or ()), *spec.containers)],
        claims=_claims(obj),
    )


def renewed(previous: PodInfo, obj: Object[Pod]) -> PodInfo:
    """The facts for a newer state of the pod. Most changes are of the status and leave nearly all as it was."""
    if (previous.generation, previous.deleting) != (obj.meta.generation, obj.deleting) or previous.labels != obj.labels:
        return pod_info(obj)
    status = obj.view.status
    node_name = pods.spec(obj.view).nodeName or ""
    nominated = (status.nominatedNodeName if status else None) or ""
    since = _since(obj)
    if (previous.node_name, previous.nominated, previous.since) == (node_name, nominated, since):
        return previous
    return replace(previous, node_name=node_name, nominated=nominated, since=since)
