"""Pure rules of autoscalers: replicas by use, and the pace at which they change."""

from typing import Any

import msgspec
import pytest

from k9lite.api import kinds, times
from k9lite.api.object import Object
from k9lite.engine.controllers.autoscaler.pace import Bounds, History, pace
from k9lite.engine.controllers.autoscaler.usage import MetricError, Proposal, Target, Tolerance, propose

NOW = 100_000.0
HALF = Target(utilization=50)


def pod(
    name: str, *, phase: str = "Running", ready: bool = True, since: float = 1000, request: str = "100m"
) -> Object[Any]:
    """A pod that started, and became ready or not, `since` seconds ago."""
    moment = times.time(NOW - since)
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": moment}
    container = {"name": "c", "image": "i", "resources": {"requests": {"cpu": request} if request else {}}}
    data = {
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [container]},
        "status": {"phase": phase, "startTime": moment, "conditions": [condition]},
    }
    return Object(kinds.POD, msgspec.json.encode(data), 1)


def ready(*names: str, **more: Any) -> list[Object[Any]]:
    return [pod(name, **more) for name in names]


@pytest.mark.parametrize(
    ("current", "selected", "metrics", "expected"),
    [
        (2, ready("a", "b"), {"a": 100, "b": 100}, Proposal(4, 100, 100)),
        (2, ready("a", "b"), {"a": 54, "b": 54}, Proposal(2, 54, 54)),  # within the tolerance
        (4, ready("a", "b", "c", "d"), dict.fromkeys("abcd", 10), Proposal(1, 10, 10)),
        # Without metrics a pod counts as idle when scaling up, as using its whole request when scaling down.
        (2, ready("a", "b"), {"a": 150}, Proposal(3, 150, 150)),
        (3, ready("a", "b", "c"), {"a": 10, "b": 10}, Proposal(3, 10, 10)),
        # A pod that is not ready, or only just, counts as idle when scaling up, and not when scaling down.
        (2, [*ready("a"), pod("b", ready=False, since=60)], {"a": 150, "b": 500}, Proposal(3, 150, 150)),
        (2, [*ready("a"), pod("b", since=5)], {"a": 150, "b": 500}, Proposal(3, 150, 150)),
        (2, [*ready("a"), pod("b", phase="Pending")], {"a": 10}, Proposal(1, 10, 10)),
        (2, [*ready("a"), pod("b", phase="Failed")], {"a": 100}, Proposal(2, 100, 100)),
    ],
)
def test_replicas_by_utilization(
    current: int, selected: list[Object[Any]], metrics: dict[str, int], expected: Proposal
) -> None:
    assert propose(current, HALF, "cpu", selected, metrics, NOW) == expected


def test_replicas_by_average_value() -> None:
    assert propose(2, Target(average=100), "memory", ready("a", "b"), {"a": 200, "b": 100}, NOW) == Proposal(3, 150)


def test_a_tolerance_of_its_own() -> None:
    selected, metrics = ready("a", "b"), {"a": 54, "b": 54}
    narrow = propose(2, HALF, "cpu", selected, metrics, NOW, tolerance=Tolerance(up=0.05))
    assert narrow.replicas == 3


@pytest.mark.parametrize(
    ("selected", "metrics", "complaint"),
    [
        ([], {"a": 1}, "no pods returned by selector while calculating replica count"),
        (ready("a", request=""), {"a": 1}, "missing request for cpu in container c of Pod a"),
        (ready("a", ready=False, since=10), {"a": 1}, r"did not receive metrics for targeted pods \(pods might be"),
    ],
)
def test_metrics_that_say_nothing(selected: list[Object[Any]], metrics: dict[str, int], complaint: str) -> None:
    with pytest.raises(MetricError, match=complaint):
        propose(1, HALF, "cpu", selected, metrics, NOW)


FAST = [{"type": "Percent", "value": 100, "periodSeconds": 15}, {"type": "Pods", "value": 4, "periodSeconds": 15}]
BEHAVIOR = {
    "scaleUp": {"selectPolicy": "Max", "stabilizationWindowSeconds": 0, "policies": FAST},
    "scaleDown": {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 10, "periodSeconds": 60}]},
}


def with_rules(direction: str, **rules: Any) -> dict[str, Any]:
    return BEHAVIOR | {direction: BEHAVIOR[direction] | rules}


@pytest.mark.parametrize(
    ("behavior", "history", "current", "desired", "replicas", "able", "limit"),
    [
        (None, {}, 3, 5, 5, "ReadyForNewScale", "DesiredWithinRange"),
        (None, {}, 3, 9, 6, "ReadyForNewScale", "ScaleUpLimit"),
        (None, {}, 1, 9, 4, "ReadyForNewScale", "ScaleUpLimit"),
        (None, {}, 8, 20, 12, "ReadyForNewScale", "TooManyReplicas"),
        (None, {}, 3, 1, 2, "ReadyForNewScale", "TooFewReplicas"),
        (None, {"recommendations": [(NOW - 299, 5)]}, 5, 3, 5, "ScaleDownStabilized", "DesiredWithinRange"),
        (None, {"recommendations": [(NOW - 301, 5)]}, 5, 3, 3, "ReadyForNewScale", "DesiredWithinRange"),
        (BEHAVIOR, {}, 3, 12, 7, "ReadyForNewScale", "ScaleUpLimit"),
        (BEHAVIOR, {"ups": [(NOW - 10, 3)]}, 6, 12, 7, "ReadyForNewScale", "ScaleUpLimit"),
        (BEHAVIOR, {"ups": [(NOW - 20, 3)]}, 6, 20, 12, "ReadyForNewScale", "TooManyReplicas"),
        (BEHAVIOR, {}, 10, 2, 9, "ReadyForNewScale", "ScaleDownLimit"),
        (BEHAVIOR, {"downs": [(NOW - 30, 1)]}, 9, 2, 9, "ReadyForNewScale", "ScaleDownLimit"),
        (BEHAVIOR, {"recommendations": [(NOW - 299, 8)]}, 10, 2, 9, "ScaleDownStabilized", "ScaleDownLimit"),
        (with_rules("scaleUp", selectPolicy="Min"), {}, 3, 12, 6, "ReadyForNewScale", "ScaleUpLimit"),
        (with_rules("scaleUp", selectPolicy="Disabled"), {}, 3, 12, 3, "ReadyForNewScale", "ScaleUpLimit"),
        (with_rules("scaleDown", selectPolicy="Disabled"), {}, 10, 2, 10, "ReadyForNewScale", "ScaleDownLimit"),
        (
            with_rules("scaleUp", stabilizationWindowSeconds=60),
            {"recommendations": [(NOW - 30, 4)]},
            3,
            6,
            4,
            "ScaleUpStabilized",
            "DesiredWithinRange",
        ),
    ],
)
def test_pace(behavior: Any, history: Any, current: int, desired: int, replicas: int, able: str, limit: str) -> None:
    paced = pace(History(**history), behavior, current, desired, Bounds(2, 12), NOW)
    assert (paced.replicas, paced.able[0], paced.limit[0]) == (replicas, able, limit)


def test_the_past_is_forgotten() -> None:
    history = History()
    for minute in range(600):
        history.recommend(minute * 60.0, 1)
        history.scaled(minute * 60.0, 1, 2)
    assert (len(history.recommendations), len(history.ups)) == (60, 60)
