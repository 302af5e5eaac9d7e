"""Scores of made-up nodes, by the figures of kube-scheduler's plugins."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Data, Object
from k9lite.api.placement.topology_spread import Constraint
from k9lite.api.selectors import equal_labels
from k9lite.engine.scheduler import scores
from k9lite.engine.scheduler.cycle import Cycle
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo, pod_info

Make = Callable[..., Data]
GIGABYTE = 1024**3
ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


@pytest.fixture
def node_info(node: Make) -> Callable[..., NodeInfo]:
    def make(name: str, **more: Any) -> NodeInfo:
        info = NodeInfo(name)
        info.set_node(Object(kinds.NODE, msgspec.json.encode(node(name, **more)), 1))
        return info

    return make


@pytest.fixture
def info(pod: Make) -> Callable[..., PodInfo]:
    def make(name: str, **more: Any) -> PodInfo:
        data = pod(name, **more)
        data["metadata"]["uid"] = name
        return pod_info(Object(kinds.POD, msgspec.json.encode(data), 1))

    return make


def evaluate(plugin: str, pod: PodInfo, nodes: list[NodeInfo], **more: Any) -> list[int] | None:
    cycle = Cycle(pod, nodes, **more)
    score = next(one for one in scores.SCORES if one.plugin == plugin)
    values = score.evaluate(pod, nodes, cycle)
    return None if values is None else list(values)


def test_least_allocated_counts_what_asks_for_nothing_as_a_little(node_info, info):
    empty, busy = node_info("empty", cpu="1", memory="1000Mi"), node_info("busy", cpu="1", memory="1000Mi")
    busy.add(info("there", cpu="500m", memory="500Mi"))
    assert evaluate("NodeResourcesFit", info("new"), [empty, busy]) == [(90 + 80) // 2, (40 + 30) // 2]
    assert evaluate("NodeResourcesFit", info("huge", cpu="2"), [empty]) == [80 // 2]


def test_balanced_allocation_prefers_what_evens_out(node_info, info):
    even, odd = node_info("even", cpu="2", memory="2Gi"), node_info("odd", cpu="2", memory="2Gi")
    odd.add(info("there", cpu="1"))
    new = info("new", memory="1Gi")
    assert evaluate("NodeResourcesBalancedAllocation", new, [even, odd]) == [50 + (50 + 75 - 100) // 2, 87]
    assert evaluate("NodeResourcesBalancedAllocation", info("besteffort"), [even, odd]) is None


def test_taints_that_are_only_preferred(node_info, info):
    soft = {"key": "soft", "effect": "PreferNoSchedule"}
    nodes = [node_info("a", taints=[soft, soft | {"key": "other"}]), node_info("b", taints=[soft]), node_info("c")]
    assert evaluate("TaintToleration", info("new"), nodes) == [0, 50, 100]
    tolerant = info("tolerant", tolerations=[{"operator": "Exists"}])
    assert evaluate("TaintToleration", tolerant, nodes) is None


def test_images_that_are_there_already(node_info, info):
    nodes = [node_info("has", images=[{"names": ["web:latest"], "sizeBytes": GIGABYTE}]), node_info("has-not")]
    values = evaluate("ImageLocality", info("new"), nodes, image_nodes={"web:latest": 1})
    assert values == [100 * (GIGABYTE // 2 - scores.LEAST_IMAGE) // (scores.MOST_IMAGE - scores.LEAST_IMAGE), 0]
    assert evaluate("ImageLocality", info("new"), nodes[1:]) is None


def test_spread_over_zones(node_info, info):
    nodes = [node_info(name, labels={ZONE: zone}) for name, zone in (("a1", "a"), ("a2", "a"), ("b1", "b"))]
    for number in range(3):
        nodes[0].add(info(f"web-{number}", labels={"app": "web"}))
    constraint = Constraint(ZONE, 1, equal_labels({"app": "web"}))
    new = info("new", labels={"app": "web"})
    assert evaluate("PodTopologySpread", new, nodes, spread=(constraint,)) == [0, 0, 100]
    hosts = Constraint(HOST, 1, equal_labels({"app": "web"}))
    assert evaluate("PodTopologySpread", new, nodes, spread=(hosts,)) == [0, 100, 100]


def test_friends_and_foes(node_info, info):
    def preferred(kind: str, app: str, weight: int) -> Data:
        term = {"topologyKey": HOST, "labelSelector": {"matchLabels": {"app": app}}}
        weighted = [{"weight": weight, "podAffinityTerm": term}]
        return {kind: {"preferredDuringSchedulingIgnoredDuringExecution": weighted}}

    nodes = [node_info("friend"), node_info("foe"), node_info("nobody"), node_info("fan")]
    nodes[0].add(info("f1", labels={"app": "friend"}))
    nodes[1].add(info("f2", labels={"app": "foe"}))
    nodes[3].add(info("f3", affinity=preferred("podAffinity", "new", 25)))
    affinity = preferred("podAffinity", "friend", 50) | preferred("podAntiAffinity", "foe", 50)
    new = info("new", labels={"app": "new"}, affinity=affinity)
    assert evaluate("InterPodAffinity", new, nodes) == [100, 0, 50, 75]
    assert evaluate("InterPodAffinity", info("plain"), nodes[:3]) is None


def test_the_sum_is_weighted(node_info, info):
    tainted = node_info("tainted", taints=[{"key": "soft", "effect": "PreferNoSchedule"}])
    fine = node_info("fine")
    pod = info("new")
    totals = scores.totals(pod, [tainted, fine], Cycle(pod, [tainted, fine]))
    assert totals[1] - totals[0] == 3 * 100
