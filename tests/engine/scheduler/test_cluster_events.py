"""What a change of a node or a pod amounts to for those who wait."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Data, Object
from k9lite.engine.scheduler.events import ClusterEvent, of_node, of_pod
from k9lite.engine.scheduler.pod_info import PodInfo, pod_info, renewed

Make = Callable[..., Data]
E = ClusterEvent
NODES: list[tuple[Data | None, Data | None, list[ClusterEvent]]] = [
    (None, {}, [E.NODE_ADDED]),
    ({}, None, [E.NODE_GONE]),
    ({}, {"images": [{"names": ["web"], "sizeBytes": 1}]}, []),
    ({}, {"cpu": "8"}, [E.NODE_ALLOCATABLE]),
    ({}, {"labels": {"disk": "ssd"}}, [E.NODE_LABELS]),
    ({}, {"unschedulable": True}, [E.NODE_TAINTS]),
    ({"taints": [{"key": "k", "effect": "NoSchedule"}]}, {}, [E.NODE_TAINTS]),
    ({}, {"cpu": "8", "labels": {"a": "b"}}, [E.NODE_ALLOCATABLE, E.NODE_LABELS]),
]


@pytest.mark.parametrize(("before", "after", "events"), NODES)
def test_of_node(node: Make, before: Data | None, after: Data | None, events: list[ClusterEvent]):
    def make(more: Data | None) -> Object[Any] | None:
        return None if more is None else Object(kinds.NODE, msgspec.json.encode(node("n", **more)), 1)

    assert list(of_node(make(before), make(after))) == events


PODS: list[tuple[Data | None, Data | None, list[ClusterEvent]]] = [
    (None, None, []),
    (None, {}, [E.POD_ADDED]),
    ({}, None, [E.POD_GONE]),
    ({}, {}, []),
    ({}, {"labels": {"a": "b"}}, [E.POD_LABELS]),
    ({"cpu": "2"}, {"cpu": "1"}, [E.POD_SCALED]),
]


@pytest.mark.parametrize(("before", "after", "events"), PODS)
def test_of_pod(pod: Make, before: Data | None, after: Data | None, events: list[ClusterEvent]):
    def make(more: Data | None) -> PodInfo | None:
        return None if more is None else pod_info(Object(kinds.POD, msgspec.json.encode(pod("p", **more)), 1))

    assert list(of_pod(make(before), make(after))) == events


def test_what_is_known_of_a_pod_is_kept_as_long_as_it_holds(pod: Make):
    def state(**more: Any) -> Object[Any]:
        data = pod("p", cpu=more.pop("cpu", "1"), labels=more.pop("labels", {}), nodeName=more.pop("node", ""))
        data["metadata"] |= {"uid": "u", "generation": more.pop("generation", 1)}
        return Object(kinds.POD, msgspec.json.encode(data | {"status": more}), 1)

    first = pod_info(state())
    assert renewed(first, state(phase="Running")) is first
    moved = renewed(first, state(node="n", startTime="2026-01-01T00:00:00Z"))
    assert (moved.node_name, moved.since, moved.requests) == ("n", "2026-01-01T00:00:00Z", first.requests)
    assert renewed(first, state(labels={"a": "b"})).labels == {"a": "b"}
    assert renewed(first, state(cpu="2", generation=2)).requests["cpu"] == 2000
