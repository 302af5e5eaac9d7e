"""On which nodes a DaemonSet wants its pod (daemon_controller.go: NodeShouldRunDaemonPod); pure."""

from typing import NamedTuple

from lightkube.models.core_v1 import Node, PodSpec

from k9lite.api.object import Object
from k9lite.api.placement import node_affinity
from k9lite.api.placement.taints import NO_EXECUTE, NO_SCHEDULE, untolerated


class Fit(NamedTuple):
    """runs: the node should get a pod; stays: a pod that is there may go on."""

    runs: bool
    stays: bool


def fit(node: Object[Node], spec: PodSpec) -> Fit:
    """How a pod of that spec and `node` go together."""
    if spec.nodeName and spec.nodeName != node.name:
        return Fit(False, False)
    if not node_affinity.of(spec).admits(node.name, node.labels):
        return Fit(False, False)
    taints = (node.view.spec.taints if node.view.spec else None) or ()
    if any(untolerated(taints, spec.tolerations, (NO_SCHEDULE, NO_EXECUTE))):
        return Fit(False, not any(untolerated(taints, spec.tolerations, (NO_EXECUTE,))))
    return Fit(True, True)
