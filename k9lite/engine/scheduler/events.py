"""Cluster events that may make a pending pod schedulable, and the rejections that each may lift."""

from collections.abc import Iterator
from enum import Enum, auto

from lightkube.models.core_v1 import Node

from k9lite.api.object import Object
from k9lite.engine.scheduler.pod_info import PodInfo


class ClusterEvent(Enum):
    NODE_ADDED = auto()
    NODE_GONE = auto()
    NODE_ALLOCATABLE = auto()
    NODE_LABELS = auto()
    NODE_TAINTS = auto()
    POD_ADDED = auto()
    POD_LABELS = auto()
    POD_SCALED = auto()
    POD_GONE = auto()
    CLAIM = auto()
    NAMESPACE_LABELS = auto()


_E = ClusterEvent
# Whose rejections each event may lift (the plugins' EventsToRegister).
INTERESTED: dict[ClusterEvent, frozenset[str]] = {
    _E.NODE_ADDED: frozenset(
        (
            "",
            "NodeUnschedulable",
            "NodeName",
            "TaintToleration",
            "NodeAffinity",
            "NodePorts",
            "NodeResourcesFit",
            "PodTopologySpread",
            "InterPodAffinity",
            "VolumeBinding",
        )
    ),
    _E.NODE_GONE: frozenset(("PodTopologySpread",)),
    _E.NODE_ALLOCATABLE: frozenset(("NodeResourcesFit",)),
    _E.NODE_LABELS: frozenset(("NodeAffinity", "PodTopologySpread", "InterPodAffinity", "VolumeBinding")),
    _E.NODE_TAINTS: frozenset(("NodeUnschedulable", "TaintToleration", "PodTopologySpread")),
    _E.POD_ADDED: frozenset(("PodTopologySpread", "InterPodAffinity")),
    _E.POD_LABELS: frozenset(("PodTopologySpread", "InterPodAffinity")),
    _E.POD_SCALED: frozenset(("NodeResourcesFit",)),
    _E.POD_GONE: frozenset(("NodePorts", "NodeResourcesFit", "PodTopologySpread", "InterPodAffinity")),
    _E.CLAIM: frozenset(("VolumeBinding",)),
    _E.NAMESPACE_LABELS: frozenset(("InterPodAffinity",)),
}


def of_node(old: Object[Node] | None, new: Object[Node] | None) -> Iterator[ClusterEvent]:
    """The events that a change of a node amounts to; none for a heartbeat."""
    if new is None:
        yield ClusterEvent.NODE_GONE
        return
    if old is None:
        yield ClusterEvent.NODE_ADDED
        return
    old_spec, new_spec, old_status, new_status = old.view.spec, new.view.spec, old.view.status, new.view.status
    if (old_status and old_status.allocatable) != (new_status and new_status.allocatable):
        yield ClusterEvent.NODE_ALLOCATABLE
    if old.labels != new.labels:
        yield ClusterEvent.NODE_LABELS
    old_bars = old_spec and (old_spec.taints, old_spec.unschedulable)
    if old_bars != (new_spec and (new_spec.taints, new_spec.unschedulable)):
        yield ClusterEvent.NODE_TAINTS


def of_pod(old: PodInfo | None, new: PodInfo | None) -> Iterator[ClusterEvent]:
    """The events that a change of a placed pod amounts to."""
    if new is None:
        if old is not None:
            yield ClusterEvent.POD_GONE
    elif old is None:
        yield ClusterEvent.POD_ADDED
    else:
        if old.labels != new.labels or old.deleting != new.deleting:
            yield ClusterEvent.POD_LABELS
        if old.requests != new.requests:
            yield ClusterEvent.POD_SCALED
