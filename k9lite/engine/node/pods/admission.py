"""Whether a kubelet takes a pod that is bound to it (Kubernetes: kubelet/lifecycle/predicate.go); pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lightkube.models.core_v1 import Node, Pod

from k9lite.api import pods
from k9lite.api.placement import node_affinity, taints
from k9lite.api.pods import HostPort
from k9lite.api.validation import resources


class Rejection(NamedTuple):
    """Why not: a reason such as OutOfcpu, and its message."""

    reason: str
    message: str


def admit(
    pod: Pod, node: Node, allocatable: Mapping[str, int], used: Mapping[str, int], ports: Iterable[HostPort]
) -> Rejection | None:
    """`used`, `ports`: what the pods take that are there already; amounts as in `pods.amounts`, with "pods"."""
    return lacking(pod, allocatable, used) or _affinity(pod, node) or _ports(pod, ports) or _taints(pod, node)


def lacking(pod: Pod, allocatable: Mapping[str, int], used: Mapping[str, int]) -> Rejection | None:
    """What the node has not enough of; extended resources that it does not know at all are not its to judge."""
    for name, amount in {"pods": 1, **pods.requests(pod)}.items():
        if name not in allocatable and resources.is_extended(name):
            continue
        if amount and used.get(name, 0) + amount > allocatable.get(name, 0):
            told = f"requested: {amount}, used: {used.get(name, 0)}, capacity: {allocatable.get(name, 0)}"
            return Rejection(f"OutOf{name}", f"Node didn't have enough resource: {name}, {told}")
    return None


def _affinity(pod: Pod, node: Node) -> Rejection | None:
    metadata = node.metadata
    name, labels = (metadata.name or "", metadata.labels or {}) if metadata else ("", {})
    if node_affinity.of(pods.spec(pod)).admits(name, labels):
        return None
    return Rejection("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")


def _ports(pod: Pod, taken: Iterable[HostPort]) -> Rejection | None:
    wanted = pods.host_ports(pods.spec(pod))
    if wanted and any(port.conflicts(other) for other in taken for port in wanted):
        problem = "node(s) didn't have free ports for the requested pod ports"
        return Rejection("NodePorts", f"Predicate NodePorts failed: {problem}")
    return None


def _taints(pod: Pod, node: Node) -> Rejection | None:
    """NoExecute alone keeps a pod from running: NoSchedule was the scheduler's to look at."""
    held = node.spec.taints if node.spec else None
    if any(taints.untolerated(held, pods.spec(pod).tolerations, (taints.NO_EXECUTE,))):
        return Rejection("TaintToleration", "Predicate TaintToleration failed: node(s) had untolerated taint(s)")
    return None
