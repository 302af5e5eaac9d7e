"""One decision among many nodes: how many are looked at, named ones, nominated ones, and what stays counted."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9lite.api import kinds
from k9lite.api.object import Data, Object
from k9lite.engine.scheduler.cache import Cache
from k9lite.engine.scheduler.cycle import Cycle
from k9lite.engine.scheduler.decision import decide, enough_nodes
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo, pod_info

Make = Callable[..., Data]
ZONE = "topology.kubernetes.io/zone"


def info(data: Data, uid: str = "") -> PodInfo:
    data["metadata"] |= {"uid": uid or data["metadata"]["name"]}
    return pod_info(Object(kinds.POD, msgspec.json.encode(data), 1))


def cache(*nodes: Data) -> Cache:
    made = Cache()
    for node in nodes:
        made.set_node(Object(kinds.NODE, msgspec.json.encode(node), 1))
    return made


@pytest.mark.parametrize(("nodes", "wanted"), [(3, 3), (99, 99), (100, 100), (1000, 420), (5000, 500), (10000, 500)])
def test_wanted_nodes(nodes: int, wanted: int):
    assert enough_nodes(nodes) == wanted


def test_of_many_nodes_some_are_looked_at_and_the_next_pod_starts_behind_them(node: Make, pod: Make):
    nodes = cache(*(node(f"n{number}") for number in range(1000))).nodes
    cycle = Cycle(info(pod("web")), nodes)
    first = decide(cycle, {}, 0, None)
    assert (len(first.feasible), first.next_start) == (420, 420)
    assert decide(cycle, {}, first.next_start, None).feasible[0].name == "n420"


def test_zones_take_turns(node: Make):
    zones = {"a1": "a", "a2": "a", "a3": "a", "b1": "b"}
    made = cache(*(node(name, labels={ZONE: zone}) for name, zone in zones.items()))
    assert [one.name for one in made.nodes] == ["a1", "b1", "a2", "a3"]


def required_name(*names: str) -> Data:
    terms = [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": list(names)}]}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


def test_only_nodes_that_are_named_are_looked_at(node: Make, pod: Make):
    nodes = cache(node("a"), node("b"), node("c", unschedulable=True)).nodes
    decision = decide(Cycle(info(pod("web", affinity=required_name("c"))), nodes), {}, 0, None)
    reasons = {name: one.reasons[0] for name, one in decision.rejections.items()}
    other = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
    assert reasons == {"a": other, "b": other, "c": "node(s) were unschedulable"}
    assert decision.plugins == {"NodeAffinity", "NodeUnschedulable"}


def test_room_kept_for_a_nominated_pod_is_not_for_the_less_important(node: Make, pod: Make):
    nodes = cache(node("n", cpu="1")).nodes
    nominated = {"n": [info(pod("waits", cpu="1", priority=5))]}
    for priority, fits in ((4, False), (5, False), (6, True)):
        cycle = Cycle(info(pod("new", cpu="1", priority=priority)), nodes)
        assert bool(decide(cycle, nominated, 0, None).feasible) is fits
    assert not nodes[0].pods


def test_a_nominated_pod_goes_where_it_was_promised_room_if_there_is_any(node: Make, pod: Make):
    nodes = cache(node("a"), node("b", cpu="1"), node("c", cpu="100m")).nodes
    for promised, taken in (("b", {"b"}), ("c", {"a"}), ("gone", {"a"})):
        data = pod("web", cpu="500m") | {"status": {"nominatedNodeName": promised}}
        decision = decide(Cycle(info(data), nodes), {}, 0, None)
        assert {one.name for one in decision.feasible} == taken


def test_a_node_that_comes_back_still_has_its_pods(node: Make, pod: Make):
    made = cache(node("n", cpu="1"))
    made.place(info(pod("web", cpu="1")), "n")
    made.remove_node("n")
    assert made.nodes == []
    made.set_node(Object(kinds.NODE, msgspec.json.encode(node("n", cpu="1")), 2))
    assert made.nodes[0].requested["cpu"] == 1000
    made.remove("web")
    assert not made.nodes[0].requested["cpu"]


POD = st.fixed_dictionaries(
    {
        "cpu": st.sampled_from(["", "100m", "1"]),
        "memory": st.sampled_from(["", "1Gi"]),
        "labels": st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
        "port": st.sampled_from([0, 80]),
        "affine": st.booleans(),
    }
)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), POD), max_size=20))
def test_sums_follow_whatever_comes_and_goes(steps: list[tuple[int, bool, dict[str, Any]]]):
    """Sums kept step by step are the sums over the pods that are there."""
    made = cache({"metadata": {"name": "n"}})
    there: dict[str, PodInfo] = {}
    for number, stays, asked in steps:
        uid = f"pod-{number}"
        if stays:
            requests = {key: asked[key] for key in ("cpu", "memory") if asked[key]}
            ports = [{"containerPort": 80, "hostPort": asked["port"]}] if asked["port"] else []
            term = {"topologyKey": "k", "labelSelector": {}}
            affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
            container = {"name": "c", "image": "i", "resources": {"requests": requests}, "ports": ports}
            spec = {"containers": [container]} | ({"affinity": affinity} if asked["affine"] else {})
            metadata = {"name": uid, "namespace": "default", "labels": asked["labels"]}
            there[uid] = info({"metadata": metadata, "spec": spec})
            made.place(there[uid], "n")
        else:
            made.remove(uid)
            there.pop(uid, None)
    fresh = NodeInfo("n")
    for pod in there.values():
        fresh.add(pod)
    node = made.nodes[0]
    assert node.pods == there
    assert +node.requested == +fresh.requested
    assert (node.scored_cpu, node.scored_memory) == (fresh.scored_cpu, fresh.scored_memory)
    assert +node.ports == +fresh.ports
    assert set(node.affine) == set(fresh.affine)
    assert Counter({key: one.count for key, one in node.alike.items()}) == {k: v.count for k, v in fresh.alike.items()}
