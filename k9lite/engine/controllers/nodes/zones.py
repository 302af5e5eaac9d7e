"""The state of each zone, and the rate of evictions in it; pure. When all nodes fail at once, the fault is
probably in the control plane, and no pod is evicted."""

from collections.abc import Iterable
from enum import Enum

from lightkube.models.core_v1 import Node

from k9lite.api.object import Object
from k9lite.engine.controllers.nodes import health

RATE, REDUCED_RATE = 0.1, 0.01  # nodes per second
LARGE = 50  # a partly failed zone of up to so many nodes is not emptied at all
UNHEALTHY_SHARE = 0.55
EXCLUDED = "node.kubernetes.io/exclude-disruption"
ZONE, REGION = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"


class Disruption(Enum):
    """The state of a zone."""

    NORMAL = "Normal"
    PARTIAL = "PartialDisruption"
    FULL = "FullDisruption"


def zone_of(node: Object[Node]) -> str:
    return f"{node.labels.get(REGION, '')}/{node.labels.get(ZONE, '')}"


def disruption(ready: int, not_ready: int) -> Disruption:
    if not ready and not_ready:
        return Disruption.FULL
    if not_ready > 2 and not_ready / (ready + not_ready) >= UNHEALTHY_SHARE:
        return Disruption.PARTIAL
    return Disruption.NORMAL


def disruptions(nodes: Iterable[Object[Node]]) -> dict[str, Disruption]:
    """The state of every zone that has a node."""
    counts: dict[str, list[int]] = {}
    for node in nodes:
        if EXCLUDED not in node.labels:
            counts.setdefault(zone_of(node), [0, 0])[health.ready(node.view) != "True"] += 1
    return {zone: disruption(*count) for zone, count in counts.items()}


def rate(state: Disruption, size: int) -> float:
    """Nodes per second of a zone with `size` nodes that may get a NoExecute taint."""
    if state is Disruption.PARTIAL:
        return REDUCED_RATE if size > LARGE else 0.0
    return RATE
