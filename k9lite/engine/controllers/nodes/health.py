"""The health of a node, and the taints that follow from its conditions; pure."""

from collections.abc import Iterable

from lightkube.models.core_v1 import Node, NodeCondition, Taint

from k9lite.api import conditions, times
from k9lite.api.object import Data
from k9lite.api.placement.taints import NO_EXECUTE, NO_SCHEDULE

GRACE = 50.0  # seconds without a heartbeat (nodeMonitorGracePeriod)
STARTUP_GRACE = 60.0  # for a node that never reported
NOT_READY, UNREACHABLE = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
WATCHED = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
# Condition -> status -> key of the NoSchedule taint it brings.
CONDITION_TAINTS = {
    "Ready": {"False": NOT_READY, "Unknown": UNREACHABLE},
    "MemoryPressure": {"True": "node.kubernetes.io/memory-pressure"},
    "DiskPressure": {"True": "node.kubernetes.io/disk-pressure"},
    "NetworkUnavailable": {"True": "node.kubernetes.io/network-unavailable"},
    "PIDPressure": {"True": "node.kubernetes.io/pid-pressure"},
}
MANAGED_NO_SCHEDULE = {key for taints in CONDITION_TAINTS.values() for key in taints.values()} | {UNSCHEDULABLE}


def condition(node: Node, type: str) -> NodeCondition | None:
    return next((item for item in (node.status and node.status.conditions) or () if item.type == type), None)


def ready(node: Node) -> str | None:
    """The status of its Ready condition: True, False, Unknown; None while it never reported."""
    reported = condition(node, "Ready")
    return reported.status if reported else None


def heartbeat(node: Node) -> float | None:
    """When it last posted its status."""
    reported = condition(node, "Ready")
    return times.timestamp(reported.lastHeartbeatTime) if reported else None


def grace(node: Node) -> float:
    """The longest time between two heartbeats, in seconds."""
    return GRACE if condition(node, "Ready") else STARTUP_GRACE


def unknown_conditions(existing: Iterable[Data], created: str | None, now: float) -> list[Data]:
    """The conditions of a node without heartbeats."""
    result = list(existing)
    stamp = times.time(now)
    for type in WATCHED:
        old = conditions.find(result, type)
        if old is None:
            never = {
                "type": type,
                "status": "Unknown",
                "lastHeartbeatTime": created,
                "lastTransitionTime": stamp,
                "reason": "NodeStatusNeverUpdated",
                "message": "Kubelet never posted node status.",
            }
            result.append(never)
        elif old["status"] != "Unknown":
            lost = {
                "status": "Unknown",
                "lastTransitionTime": stamp,
                "reason": "NodeStatusUnknown",
                "message": "Kubelet stopped posting node status.",
            }
            result[result.index(old)] = old | lost
    return result


def no_schedule_keys(node: Node) -> set[str]:
    """The NoSchedule taints that the node's conditions and its cordon ask for."""
    keys = {
        taint
        for type, taints in CONDITION_TAINTS.items()
        if (reported := condition(node, type)) is not None and (taint := taints.get(reported.status)) is not None
    }
    if condition(node, "Ready") is None:
        keys.add(NOT_READY)  # the mark it was created with stays until it reports
    if node.spec and node.spec.unschedulable:
        keys.add(UNSCHEDULABLE)
    return keys


def no_execute_key(node: Node) -> str | None:
    """The NoExecute taint that its Ready condition asks for."""
    return CONDITION_TAINTS["Ready"].get(ready(node) or "True")


def taints(node: Node) -> list[Taint]:
    return list((node.spec and node.spec.taints) or ())


def retainted(existing: Iterable[Data], no_schedule: set[str], no_execute: str | None, now: float) -> list[Data] | None:
    """The taints of a node with the managed ones as given; None where nothing changes."""
    desired = {(key, NO_SCHEDULE) for key in no_schedule} | ({(no_execute, NO_EXECUTE)} if no_execute else set())
    managed = {(key, NO_SCHEDULE) for key in MANAGED_NO_SCHEDULE} | {(NOT_READY, NO_EXECUTE), (UNREACHABLE, NO_EXECUTE)}
    existing = list(existing)
    names = {(taint["key"], taint["effect"]) for taint in existing}
    if names & managed == desired:
        return None
    staying = [
        taint for taint in existing if (name := (taint["key"], taint["effect"])) in desired or name not in managed
    ]
    added = sorted(desired - names)
    return staying + [{"key": key, "effect": effect, "timeAdded": times.time(now)} for key, effect in added]
