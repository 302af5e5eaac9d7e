"""Cluster IPs and node ports: who gets which, who keeps them, what is refused."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.aio.randomness import Randomness
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.client.protocol import DeleteOptions, PatchType
from k9lite.engine.apiserver import address_pool
from k9lite.engine.apiserver.bootstrap import bootstrap
from k9lite.engine.apiserver.context import Ranges, Request
from k9lite.engine.apiserver.server import ApiServer


def create(server: ApiServer, name: str = "web", **spec: Any) -> Data:
    body = {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}]} | spec}
    spec = server.create(Request(kinds.SERVICE, "default"), body).data()["spec"]
    return spec


def update(server: ApiServer, name: str = "web", **change: Any) -> Data:
    live = server.get(kinds.SERVICE, Request(kinds.SERVICE, "default", name).key).data()
    live["spec"] |= change
    live["spec"] = {key: value for key, value in live["spec"].items() if value is not None}
    spec: Data = server.update(Request(kinds.SERVICE, "default", name), live).data()["spec"]
    return spec


def refusal(server: ApiServer, name: str = "web", **spec: Any) -> str:
    with pytest.raises(StatusError) as error:
        create(server, name, **spec)
    return error.value.message


def test_the_api_server_has_the_first_address(server: ApiServer) -> None:
    service = server.get(kinds.SERVICE, Request(kinds.SERVICE, "default", "kubernetes").key).view
    assert service.spec.clusterIP == "127.96.0.1"


def test_an_address_from_the_dynamic_band(server: ApiServer) -> None:
    spec = create(server)
    assert IPv4Address(spec["clusterIP"]) in IPv4Network("127.96.0.0/16")
    assert IPv4Address(spec["clusterIP"]) > IPv4Address("127.96.1.0")
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert spec["ipFamilies"] == ["IPv4"]
    assert spec["ipFamilyPolicy"] == "SingleStack"


@pytest.mark.parametrize(("spec", "address"), [({"clusterIP": "None"}, "None"), ({"clusterIP": "127.96.0.9"},) * 2])
def test_an_address_that_is_asked_for(server: ApiServer, spec: Data, address: Any) -> None:
    assert create(server, **spec)["clusterIP"] == spec["clusterIP"]


def test_an_external_name_has_no_address(server: ApiServer) -> None:
    spec = create(server, type="ExternalName", externalName="example.com", ports=[])
    assert not {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"} & set(spec)


def test_refused_addresses(server: ApiServer) -> None:
    assert refusal(server, clusterIP="127.96.0.1") == (
        'Service "web" is invalid: spec.clusterIPs: Invalid value: ["127.96.0.1"]: failed to allocate IP 127.96.0.1: '
        "provided IP is already allocated"
    )
    assert refusal(server, clusterIP="10.0.0.1") == (
        'Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: '
        "the provided IP (10.0.0.1) is not in the valid range. The range of valid IPs is 127.96.0.0/16"
    )


def test_node_ports(server: ApiServer) -> None:
    tcp, udp = create(
        server,
        type="NodePort",
        ports=[{"name": "a", "port": 53}, {"name": "b", "port": 53, "protocol": "UDP"}],
    )["ports"]
    assert tcp["nodePort"] == udp["nodePort"]
    assert 30086 <= tcp["nodePort"] <= 32767
    assert refusal(server, "b", type="NodePort", ports=[{"port": 80, "nodePort": tcp["nodePort"]}]) == (
        f'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: {tcp["nodePort"]}: '
        "provided port is already allocated"
    )
    assert refusal(server, "b", type="NodePort", ports=[{"port": 80, "nodePort": 80}]) == (
        'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. '
        "The range of valid ports is 30000-32767"
    )


def test_an_update_keeps_what_it_is_silent_about(server: ApiServer) -> None:
    before = create(server, type="NodePort")
    after = update(server, clusterIP=None, clusterIPs=None, ports=[{"port": 80, "targetPort": 8080}])
    assert after["clusterIP"] == before["clusterIP"]
    assert after["ports"][0]["nodePort"] == before["ports"][0]["nodePort"]


def test_another_type_gives_back_what_it_has_no_use_for(server: ApiServer) -> None:
    port = create(server, type="NodePort")["ports"][0]["nodePort"]
    assert "nodePort" not in update(server, type="ClusterIP")["ports"][0]
    assert create(server, "other", type="NodePort", ports=[{"port": 1, "nodePort": port}])
    assert "clusterIP" not in update(server, type="ExternalName", externalName="example.com")


def test_a_deleted_service_gives_back_everything(server: ApiServer) -> None:
    create(server, clusterIP="127.96.0.9")
    server.delete(Request(kinds.SERVICE, "default", "web"), DeleteOptions())
    assert create(server, "other", clusterIP="127.96.0.9")


def test_a_range_can_be_used_up() -> None:
    ranges = Ranges(IPv4Network("127.96.0.0/29"), (30000, 30001))
    server = ApiServer(ManualClock(), Randomness(0), ranges=ranges)
    bootstrap(server)
    used = {create(server, f"s{number}")["clusterIP"] for number in range(5)}
    assert used == {f"127.96.0.{last}" for last in range(2, 7)}
    assert refusal(server) == "failed to allocate a serviceIP: range is full"


@pytest.mark.parametrize(
    ("used", "number", "picked"),
    [
        (set(), 0, 13),
        (set(), 3, 16),
        (set(), 8, 13),
        ({13}, 0, 14),
        ({20}, 7, 13),
        (set(range(13, 21)), 0, 10),
        (set(range(11, 21)), 1, 10),
        (set(range(10, 21)), 0, None),
    ],
)
def test_pick(used: set[int], number: int, picked: int | None) -> None:
    assert address_pool.pick(10, 20, 3, used, number) == picked


@pytest.mark.parametrize(("size", "band"), [(6, 16), (254, 16), (1022, 63), (65534, 256), (1048574, 256)])
def test_static_band(size: int, band: int) -> None:
    assert address_pool.static_band(size) == band


def test_a_changed_cluster_ip_is_refused_although_the_list_names_the_old_one(server: ApiServer) -> None:
    create(server, ports=[{"port": 80}])
    request = server.request(kinds.SERVICE, "default", "web")
    with pytest.raises(StatusError, match=r'clusterIPs\[0\]: Invalid value: \["127.96.7.7"\]: may not change once set'):
        server.patch(request, {"spec": {"clusterIP": "127.96.7.7"}}, PatchType.MERGE)
