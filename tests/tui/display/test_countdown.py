import pytest
from lightkube.models.core_v1 import Node, NodeCondition, NodeSpec, NodeStatus, Taint

from k9lite.api import times
from k9lite.tui.display.countdown import countdown

NOW = 1_750_000_000.0


def node(ready, lost_since=None):
    taints = [Taint(effect="NoSchedule", key="node.kubernetes.io/unreachable")]
    if lost_since is not None:
        taints.append(Taint(effect="NoExecute", key="node.kubernetes.io/unreachable", timeAdded=times.time(lost_since)))
    return Node(
        spec=NodeSpec(taints=None if ready == "True" else taints),
        status=NodeStatus(conditions=[NodeCondition(type="Ready", status=ready)]),
    )


@pytest.mark.parametrize(
    ("node", "renewed", "down", "says"),
    [
        (node("True"), NOW - 3, False, ""),
        (node("True"), None, True, ""),
        (node("True"), NOW - 8, True, "NotReady in 42s"),
        (node("True"), NOW - 60, True, "NotReady in 0s"),
        (node("Unknown"), NOW - 60, True, ""),  # the taint comes a moment later
        (node("Unknown", NOW - 40), NOW - 90, True, "pods leave in 4m20s"),
        (node("Unknown", NOW - 301), NOW - 351, True, "pods have left"),
    ],
)
def test_what_kubernetes_waits_for(node, renewed, down, says):
    assert countdown(node, renewed, down, NOW) == says
