from typing import Any

import msgspec
import pytest
from lightkube.models.core_v1 import Node

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.nodes import health
from k9lite.engine.controllers.nodes.zones import Disruption, disruption, disruptions, rate

STAMP = "2026-01-01T00:00:00Z"
NOW = 1_767_225_600.0  # STAMP


def node(ready: str | None = "True", *, unschedulable: bool = False, **conditions: str) -> Node:
    told = ({"Ready": ready} if ready else {}) | conditions
    data = {
        "spec": {"unschedulable": unschedulable},
        "status": {"conditions": [{"type": type, "status": status} for type, status in told.items()]},
    }
    return msgspec.convert(data, Node)


@pytest.mark.parametrize(
    ("which", "no_schedule", "no_execute"),
    [
        (node(), set(), None),
        (node("False"), {health.NOT_READY}, health.NOT_READY),
        (node("Unknown"), {health.UNREACHABLE}, health.UNREACHABLE),
        (node(None), {health.NOT_READY}, None),
        (node(unschedulable=True), {health.UNSCHEDULABLE}, None),
        (node(MemoryPressure="True", DiskPressure="False"), {"node.kubernetes.io/memory-pressure"}, None),
        (
            node(NetworkUnavailable="True", PIDPressure="True"),
            {"node.kubernetes.io/network-unavailable", "node.kubernetes.io/pid-pressure"},
            None,
        ),
    ],
)
def test_conditions_become_taints(which: Node, no_schedule: set[str], no_execute: str | None) -> None:
    assert health.no_schedule_keys(which) == no_schedule
    assert health.no_execute_key(which) == no_execute


OWN = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}


@pytest.mark.parametrize(
    ("existing", "no_schedule", "no_execute", "result"),
    [
        ([OWN], set(), None, None),
        ([OWN, {"key": health.NOT_READY, "effect": "NoSchedule"}], set(), None, [OWN]),
        (
            [OWN],
            {health.UNSCHEDULABLE},
            None,
            [OWN, {"key": health.UNSCHEDULABLE, "effect": "NoSchedule", "timeAdded": STAMP}],
        ),
        (
            [{"key": health.NOT_READY, "effect": "NoExecute"}],
            set(),
            health.UNREACHABLE,
            [{"key": health.UNREACHABLE, "effect": "NoExecute", "timeAdded": STAMP}],
        ),
        ([{"key": health.UNREACHABLE, "effect": "NoExecute"}], set(), health.UNREACHABLE, None),
        # the same key with another effect is somebody else's
        ([{"key": health.UNSCHEDULABLE, "effect": "NoExecute"}], set(), None, None),
    ],
)
def test_only_managed_taints_are_touched(existing: Any, no_schedule: Any, no_execute: Any, result: Any) -> None:
    assert health.retainted(existing, no_schedule, no_execute, NOW) == result


def test_a_silent_node_is_unknown_in_all_that_is_watched() -> None:
    before = [
        {"type": "NetworkUnavailable", "status": "False"},
        {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": "earlier"},
        {"type": "DiskPressure", "status": "Unknown", "reason": "kept"},
    ]
    after = {c["type"]: c for c in health.unknown_conditions(before, "created", NOW)}
    assert after["NetworkUnavailable"] == before[0]
    assert after["Ready"] == {
        "type": "Ready",
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "lastHeartbeatTime": "earlier",
        "message": "Kubelet stopped posting node status.",
        "lastTransitionTime": STAMP,
    }
    assert after["DiskPressure"]["reason"] == "kept"
    assert after["PIDPressure"]["reason"] == "NodeStatusNeverUpdated"
    assert after["PIDPressure"]["lastHeartbeatTime"] == "created"


@pytest.mark.parametrize(
    ("ready", "not_ready", "state"),
    [
        (3, 0, Disruption.NORMAL),
        (0, 0, Disruption.NORMAL),
        (0, 1, Disruption.FULL),
        (1, 2, Disruption.NORMAL),
        (1, 3, Disruption.PARTIAL),
        (5, 6, Disruption.NORMAL),
        (9, 11, Disruption.PARTIAL),
        (3, 3, Disruption.NORMAL),
    ],
)
def test_zones(ready: int, not_ready: int, state: Disruption) -> None:
    assert disruption(ready, not_ready) is state


@pytest.mark.parametrize(
    ("state", "size", "nodes_per_second"),
    [
        (Disruption.NORMAL, 3, 0.1),
        (Disruption.FULL, 3, 0.1),
        (Disruption.PARTIAL, 50, 0.0),
        (Disruption.PARTIAL, 51, 0.01),
    ],
)
def test_rates(state: Disruption, size: int, nodes_per_second: float) -> None:
    assert rate(state, size) == nodes_per_second


def test_every_zone_is_judged_by_itself() -> None:
    def placed(name: str, zone: str, ready: str, **labels: str) -> Object[Any]:
        metadata = {"name": name, "labels": {"topology.kubernetes.io/zone": zone, **labels}}
        status = {"conditions": [{"type": "Ready", "status": ready}]}
        return Object(kinds.NODE, msgspec.json.encode({"metadata": metadata, "status": status}), 1)

    excluded = {"node.kubernetes.io/exclude-disruption": ""}
    nodes = [placed("a", "x", "True"), placed("b", "y", "False"), placed("c", "y", "True", **excluded)]
    assert disruptions(nodes) == {"/x": Disruption.NORMAL, "/y": Disruption.FULL}
