from typing import Any

import msgspec
import pytest

from k9lite.api import kinds, times
from k9lite.api.object import Object
from k9lite.engine.controllers.replica_set.ranking import deletion_cost, first_to_go

NOW = 1_750_000_000.0


def pod(
    name: str,
    *,
    node: str | None = "n1",
    phase: str = "Running",
    ready: float | None = 100.0,
    cost: str | None = None,
    restarts: int = 0,
    sidecar_restarts: int = 0,
    age: float = 1000.0,
    uid: str = "",
) -> Object[Any]:
    status: dict[str, Any] = {
        "phase": phase,
        "conditions": [
            {"type": "Ready", "status": str(ready is not None), "lastTransitionTime": times.time(NOW - (ready or 0))}
        ],
    }
    status["containerStatuses"] = [_status("c", restarts)]
    status["initContainerStatuses"] = [_status("side", sidecar_restarts)]
    data = {
        "metadata": {
            "name": name,
            "namespace": "default",
            "uid": uid or name,
            "creationTimestamp": times.time(NOW - age),
            "annotations": {"controller.kubernetes.io/pod-deletion-cost": cost} if cost is not None else {},
        },
        "spec": {
            "nodeName": node,
            "containers": [{"name": "c", "image": "i"}],
            "initContainers": [{"name": "side", "image": "i", "restartPolicy": "Always"}],
        },
        "status": status,
    }
    return Object(kinds.POD, msgspec.json.encode(data), 1)


def _status(name: str, restarts: int) -> dict[str, Any]:
    return {"name": name, "image": "i", "imageID": "", "ready": True, "restartCount": restarts}


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ({"node": None, "phase": "Pending", "ready": None}, {"phase": "Pending", "ready": None}),
        ({"phase": "Pending", "ready": None}, {"phase": "Unknown", "ready": None}),
        ({"phase": "Unknown", "ready": None}, {"phase": "Running", "ready": None}),
        ({"ready": None, "cost": "9"}, {"ready": 1, "cost": "1"}),
        ({"cost": "-1"}, {}),
        ({"cost": "5", "ready": 1}, {"cost": "10", "ready": 10_000}),
        ({"ready": 10}, {"ready": 1000}),
        ({"ready": 1000, "uid": "a"}, {"ready": 1001, "uid": "b", "restarts": 9}),  # about as long: by uid
        ({"restarts": 3}, {"restarts": 1}),
        ({"sidecar_restarts": 2}, {"sidecar_restarts": 1}),
        ({"restarts": 1}, {"sidecar_restarts": 5}),
        ({"age": 10}, {"age": 1000}),
        ({"age": 1001, "uid": "a"}, {"age": 1000, "uid": "b"}),
        ({"ready": None, "restarts": 2}, {"ready": None}),
    ],
)
def test_the_first_criterion_that_differs_decides(first: dict[str, Any], other: dict[str, Any]) -> None:
    one, two = pod("one", **first), pod("two", **other)
    related = [pod("x", node=None)]  # nobody shares a node with anybody
    assert first_to_go([two, one], related, 1, NOW) == [one]
    assert first_to_go([one, two], related, 1, NOW) == [one]


def test_crowded_nodes_are_thinned_out_first() -> None:
    alone, crowded = pod("alone", node="n1", ready=1), pod("crowded", node="n2", ready=10_000)
    sibling = pod("of-the-old-set", node="n2")
    assert first_to_go([alone, crowded], [alone, crowded, sibling], 1, NOW) == [crowded]


def test_all_of_them_go_without_being_ranked() -> None:
    both = [pod("b"), pod("a")]
    assert first_to_go(both, [], 2, NOW) == both
    assert first_to_go(both, [], 7, NOW) == both


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        (None, 0),
        ("7", 7),
        ("-7", -7),
        ("0", 0),
        ("007", 0),
        ("+7", 0),
        ("7.5", 0),
        ("x", 0),
        ("2147483648", 0),
        ("-2147483648", -(2**31)),
        ("-0", 0),
    ],
)
def test_an_invalid_cost_is_none(text: str | None, cost: int) -> None:
    assert deletion_cost(pod("p", cost=text)) == cost
