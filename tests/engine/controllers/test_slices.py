"""Which slices are written for which change: as few as possible."""

from typing import Any

import msgspec
import pytest

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.endpoints import slices, subsets
from k9lite.engine.controllers.endpoints.backends import Port, backends
from k9lite.engine.controllers.endpoints.slices import MOST_ENDPOINTS, Plan

HTTP = (Port("", 8080, "TCP"),)


def service(ports: Any = ({"port": 80, "targetPort": "http"},), labels: Any = None, **spec: Any) -> Object[Any]:
    data = {
        "metadata": {"name": "web", "namespace": "default", "uid": "svc", "labels": labels or {}},
        "spec": {"selector": {"app": "web"}, "ports": list(ports), "clusterIP": "127.96.0.7", **spec},
    }
    return Object(kinds.SERVICE, msgspec.json.encode(data), 1)


def pod(
    name: str,
    *,
    ready: bool = True,
    ip: str | None = "127.244.0.1",
    deleting: bool = False,
    app: str = "web",
    ports: Any = ({"name": "http", "containerPort": 8080},),
    phase: str = "Running",
    **spec: Any,
) -> Object[Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": "default", "uid": name, "labels": {"app": app}}
    if deleting:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    data = {
        "metadata": metadata,
        "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "i", "ports": list(ports)}], **spec},
        "status": {"phase": phase, "podIP": ip, "conditions": [{"type": "Ready", "status": str(ready)}]},
    }
    return Object(kinds.POD, msgspec.json.encode(data), 1)


def entries(count: int, start: int = 0) -> dict[str, Any]:
    return {
        f"p{n}": {"addresses": [f"127.244.0.{n}"], "targetRef": {"uid": f"p{n}"}} for n in range(start, start + count)
    }


def existing(name: str, held: dict[str, Any], port: int = 8080, **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": slices.labels(service()), **metadata},
        "addressType": "IPv4",
        "endpoints": list(held.values()),
        "ports": [{"name": "", "port": port, "protocol": "TCP"}] if held else [],
    }


def told(plan: Plan) -> tuple[list[int], dict[str, int], list[str]]:
    """Sizes of new slices, sizes of updated ones, names of deleted ones."""
    return (
        [len(one["endpoints"]) for one in plan.create],
        {one["metadata"]["name"]: len(one["endpoints"]) for one in plan.update},
        plan.delete,
    )


def planned(held: list[dict[str, Any]], wanted: dict[Any, Any]) -> tuple[list[int], dict[str, int], list[str]]:
    return told(slices.plan(service(), held, wanted, "IPv4", None))


@pytest.mark.parametrize(
    ("held", "wanted", "result"),
    [
        ([], {}, ([0], {}, [])),  # a placeholder says that there is none
        ([existing("a", {})], {}, ([], {}, [])),
        ([existing("a", {})], {HTTP: entries(3)}, ([], {"a": 3}, [])),
        ([existing("a", entries(3))], {HTTP: entries(3)}, ([], {}, [])),
        ([existing("a", entries(3))], {HTTP: entries(4)}, ([], {"a": 4}, [])),
        ([existing("a", entries(3))], {}, ([], {"a": 0}, [])),
        ([], {HTTP: entries(250)}, ([100, 100, 50], {}, [])),
        # one more: into the fullest that has room
        (
            [existing("a", entries(100)), existing("b", entries(40, 100)), existing("c", entries(60, 140))],
            {HTTP: entries(201)},
            ([], {"c": 61}, []),
        ),
        # one goes, one comes: a single write
        ([existing("a", entries(100))], {HTTP: entries(100, 1)}, ([], {"a": 100}, [])),
        # full: the rest begins a new one
        ([existing("a", entries(100))], {HTTP: entries(101)}, ([1], {}, [])),
        # all of a slice goes, the other stays untouched
        ([existing("a", entries(100)), existing("b", entries(5, 100))], {HTTP: entries(100)}, ([], {}, ["b"])),
        # pods with other port numbers are told apart
        ([existing("a", entries(3))], {HTTP: entries(2), (Port("", 9090, "TCP"),): entries(1, 2)}, ([1], {"a": 2}, [])),
        ([existing("a", entries(3), port=9090)], {HTTP: entries(3)}, ([], {"a": 3}, [])),
    ],
)
def test_plan(held: Any, wanted: Any, result: Any) -> None:
    assert planned(held, wanted) == result


def test_a_label_of_the_service_reaches_all_its_slices() -> None:
    held = existing("a", entries(2), labels={"old": "label"})
    plan = slices.plan(service(labels={"team": "x"}), [held], {HTTP: entries(2)}, "IPv4", 1_767_225_600.0)
    [update] = plan.update
    assert update["metadata"]["labels"] == {
        "team": "x",
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
    stamp = {"endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:00Z"}
    assert update["metadata"]["annotations"] == stamp


def test_no_slice_ever_holds_too_many() -> None:
    held = [existing(f"s{n}", entries(90, n * 90)) for n in range(5)]
    plan = slices.plan(service(), held, {HTTP: entries(700, 10)}, "IPv4", None)
    sizes = {one["metadata"]["name"]: len(one["endpoints"]) for one in held} | told(plan)[1]
    assert max([*sizes.values(), *told(plan)[0]]) <= MOST_ENDPOINTS
    assert sum(sizes.values()) + sum(told(plan)[0]) == 700


# -- who is an endpoint ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "spec", "slice_conditions", "endpoints"),
    [
        (pod("p"), {}, {"ready": True, "serving": True, "terminating": False}, "addresses"),
        (pod("p", ready=False), {}, {"ready": False, "serving": False, "terminating": False}, "notReadyAddresses"),
        (pod("p", deleting=True), {}, {"ready": False, "serving": True, "terminating": True}, None),
        (
            pod("p", ready=False),
            {"publishNotReadyAddresses": True},
            {"ready": True, "serving": False, "terminating": False},
            "addresses",
        ),
        (
            pod("p", deleting=True),
            {"publishNotReadyAddresses": True},
            {"ready": True, "serving": True, "terminating": True},
            "addresses",
        ),
        (pod("p", phase="Succeeded"), {}, None, None),
        (pod("p", ip=None), {}, None, None),
        (pod("p", app="db"), {}, None, None),
    ],
)
def test_conditions(which: Object[Any], spec: Any, slice_conditions: Any, endpoints: str | None) -> None:
    wanted = service(**spec)
    members = backends(wanted, [which], slices=True)
    conditions = [slices.endpoint(member, "IPv4", {})["conditions"] for member in members]
    assert conditions == ([slice_conditions] if slice_conditions else [])
    found = subsets.subsets(wanted, backends(wanted, [which], slices=False))
    assert [part for one in found for part in one if part != "ports"] == ([endpoints] if endpoints else [])


def test_services_without_selector_or_with_another_name_have_none() -> None:
    for spec in ({"selector": None}, {"selector": {}}, {"type": "ExternalName"}):
        assert backends(service(**spec), [pod("p")], slices=True) == []


def test_an_endpoint_names_pod_node_zone_and_host() -> None:
    [member] = backends(service(), [pod("p", hostname="h", subdomain="web")], slices=True)
    assert slices.endpoint(member, "IPv4", {"n1": "z1"}) == {
        "addresses": ["127.244.0.1"],
        "conditions": {"ready": True, "serving": True, "terminating": False},
        "targetRef": {"kind": "Pod", "namespace": "default", "name": "p", "uid": "p"},
        "nodeName": "n1",
        "zone": "z1",
        "hostname": "h",
    }


def test_named_ports_are_looked_up_in_each_pod() -> None:
    several = service([{"name": "web", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 90}])
    pods = [
        pod("a", ip="127.244.0.1"),
        pod("b", ip="127.244.0.2", ports=[{"name": "http", "containerPort": 9999}]),
        pod("c", ip="127.244.0.3", ports=[]),
    ]
    members = backends(several, pods, slices=True)
    assert [[(port.name, port.number) for port in member.ports] for member in members] == [
        [("metrics", 90), ("web", 8080)],
        [("metrics", 90), ("web", 9999)],
        [("metrics", 90)],
    ]
    assert len(slices.groups(members, "IPv4", {})) == 3
    found = [
        (sorted(a["ip"][-1] for a in one["addresses"]), [(p.get("name"), p["port"]) for p in one["ports"]])
        for one in subsets.subsets(several, members)
    ]
    assert found == [(["1"], [("web", 8080)]), (["1", "2", "3"], [("metrics", 90)]), (["2"], [("web", 9999)])]


@pytest.mark.parametrize("cluster_ip", ["10.96.0.9", "None"])
def test_pods_without_the_named_port_are_in_no_subset(cluster_ip: str) -> None:
    """Their slice shows them, without ports; so does Kubernetes."""
    typo = service([{"name": "web", "port": 80, "targetPort": "htpp"}], clusterIP=cluster_ip)
    [member] = backends(typo, [pod("p")], slices=True)
    assert subsets.subsets(typo, [member]) == []
    [(ports, entries)] = slices.groups([member], "IPv4", {}).items()
    assert ports == ()
    assert [one["addresses"] for one in entries.values()] == [["127.244.0.1"]]


def test_headless_services_need_no_ports() -> None:
    headless = service([], clusterIP="None")
    [member] = backends(headless, [pod("p")], slices=True)
    assert slices.groups([member], "IPv4", {}).keys() == {()}
    assert slices.labels(headless)["service.kubernetes.io/headless"] == ""
    [subset] = subsets.subsets(headless, [member])
    assert "ports" not in subset


def test_endpoints_are_cut_at_a_thousand_ready_ones_first() -> None:
    pods = [pod(f"p{n}", ip=f"127.244.{n // 250}.{n % 250}", ready=n >= 200) for n in range(1300)]
    found, cut = subsets.truncated(subsets.subsets(service(), backends(service(), pods, slices=False)))
    assert cut
    assert [(len(one.get("addresses", ())), len(one.get("notReadyAddresses", ()))) for one in found] == [(1000, 0)]
    assert subsets.truncated(found) == (found, False)
