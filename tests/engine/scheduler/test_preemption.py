"""Who has to go, from which node."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Data, Object
from k9lite.api.selectors import equal_labels
from k9lite.engine.scheduler.cycle import Cycle
from k9lite.engine.scheduler.decision import decide
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo, pod_info
from k9lite.engine.scheduler.preemption import Budget, Candidate, preempt

Make = Callable[..., Data]
Running = tuple[str, int, str]  # name, priority, cpu


@pytest.fixture
def cluster(node: Make, pod: Make) -> Callable[..., tuple[PodInfo, list[NodeInfo]]]:
    def make(priority: int, cpu: str, running: dict[str, list[Running]]) -> tuple[PodInfo, list[NodeInfo]]:
        nodes = []
        for name, there in running.items():
            info = NodeInfo(name)
            info.set_node(Object(kinds.NODE, msgspec.json.encode(node(name, cpu="2")), 1))
            for one in there:
                info.add(make_pod(*one))
            nodes.append(info)
        return make_pod("new", priority, cpu), nodes

    def make_pod(name: str, priority: int, cpu: str) -> PodInfo:
        age = name.partition("@")[2] or "0"
        data = pod(name, cpu=cpu, priority=priority, labels={"app": name[:3]})
        data["metadata"] |= {"uid": name, "creationTimestamp": f"2026-01-0{int(age) + 1}T00:00:00Z"}
        return pod_info(Object(kinds.POD, msgspec.json.encode(data), 1))

    return make


def run(pod: PodInfo, nodes: list[NodeInfo], budgets: tuple[Budget, ...] = ()) -> tuple[Candidate | None, str]:
    cycle = Cycle(pod, nodes)
    decision = decide(cycle, {}, 0, None)
    assert not decision.feasible
    before = [(dict(node.pods), +node.requested) for node in nodes]
    found = preempt(cycle, decision.rejections, {}, budgets, 0)
    assert [(dict(node.pods), +node.requested) for node in nodes] == before
    return found


CASES: list[tuple[str, str, dict[str, list[Running]], str, list[str]]] = [
    ("as few as needed", "1", {"n": [("a", 1, "1"), ("b", 2, "1")]}, "n", ["a"]),
    ("the least important victim", "2", {"n": [("a", 5, "2")], "m": [("b", 3, "2")]}, "m", ["b"]),
    ("fewer of the same priority", "2", {"n": [("a", 1, "1"), ("b", 1, "1")], "m": [("c", 1, "2")]}, "m", ["c"]),
    ("the younger one", "2", {"n": [("old@0", 1, "2")], "m": [("new@3", 1, "2")]}, "m", ["new@3"]),
    ("the first of equals", "2", {"n": [("a", 1, "2")], "m": [("b", 1, "2")]}, "n", ["a"]),
    ("not the more important", "2", {"n": [("a", 50, "2")], "m": [("b", 1, "1"), ("c", 2, "1")]}, "m", ["c", "b"]),
]


@pytest.mark.parametrize(("cpu", "running", "cleared", "victims"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_victims(cluster: Any, cpu: str, running: dict[str, list[Running]], cleared: str, victims: list[str]):
    candidate, _ = run(*cluster(10, cpu, running))
    assert candidate is not None
    assert (candidate.node, [one.uid for one in candidate.victims]) == (cleared, victims)


def test_budgets_are_broken_last(cluster: Any):
    pod, nodes = cluster(10, "2", {"n": [("web", 1, "2")], "m": [("job", 5, "2")]})
    budgets = (Budget("default", equal_labels({"app": "web"}), 0, ()),)
    candidate, _ = run(pod, nodes, budgets)
    assert candidate is not None
    assert (candidate.node, candidate.violations) == ("m", 0)
    candidate, _ = run(pod, nodes[:1], budgets)
    assert candidate is not None
    assert (candidate.node, candidate.violations) == ("n", 1)


NO_VICTIMS = "No preemption victims found for incoming pod"
MESSAGES = [
    ("2", {"n": [("a", 50, "2")]}, f"0/1 nodes are available: 1 {NO_VICTIMS}."),
    ("3", {"n": [("a", 1, "2")]}, "0/1 nodes are available: 1 Preemption is not helpful for scheduling."),
    ("2", {"n": [("a", 1, "1"), ("b", 50, "1")]}, "0/1 nodes are available: 1 Insufficient cpu."),
]


@pytest.mark.parametrize(("cpu", "running", "message"), MESSAGES)
def test_why_nobody_can_make_room(cluster: Any, cpu: str, running: dict[str, list[Running]], message: str):
    assert run(*cluster(10, cpu, running)) == (None, message)
