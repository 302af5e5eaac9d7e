"""Which endpoints a connection may go to."""

import pytest
from lightkube.models.discovery_v1 import Endpoint, EndpointConditions, EndpointPort, EndpointSlice

from k9lite.engine.network.endpoints import Backend, eligible


def endpoint(address: str, node: str = "", **conditions: bool) -> Endpoint:
    return Endpoint(addresses=[address], nodeName=node, conditions=EndpointConditions(**conditions))


def piece(*endpoints: Endpoint, **ports: int) -> EndpointSlice:
    listed = [EndpointPort(name=name.strip("_"), port=port, protocol="TCP") for name, port in ports.items()]
    return EndpointSlice(addressType="IPv4", endpoints=list(endpoints), ports=listed)


READY = {"ready": True, "serving": True, "terminating": False}
UNREADY = {"ready": False, "serving": False, "terminating": False}
LEAVING = {"ready": False, "serving": True, "terminating": True}
LOST = {"ready": False, "serving": False, "terminating": True}

CASES = [
    ("the ready ones", [endpoint("a", **READY), endpoint("b", **UNREADY), endpoint("c", **LEAVING)], ["a"]),
    ("none ready: those that leave but serve", [endpoint("b", **UNREADY), endpoint("c", **LEAVING)], ["c"]),
    ("none that would answer", [endpoint("b", **UNREADY), endpoint("d", **LOST)], []),
    ("unknown is ready", [Endpoint(addresses=["a"]), endpoint("b", terminating=False)], ["a", "b"]),
    ("one listed twice", [endpoint("a", **READY), endpoint("a", **READY)], ["a"]),
]


@pytest.mark.parametrize(("endpoints", "chosen"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_eligible(endpoints: list[Endpoint], chosen: list[str]):
    assert [one.address for one in eligible([piece(*endpoints, _=80)], "")] == chosen


def test_ports_are_found_by_name_in_every_slice():
    slices = [piece(endpoint("a", **READY), http=80, admin=90), piece(endpoint("b", **READY), http=8080)]
    assert eligible(slices, "http") == [Backend("a", 80), Backend("b", 8080)]
    assert eligible(slices, "admin") == [Backend("a", 90)]
    assert eligible(slices, "") == []
    assert eligible(slices, "http", "UDP") == []


def test_of_one_node_only():
    slices = [piece(endpoint("a", "one", **READY), endpoint("b", "two", **READY), _=80)]
    assert eligible(slices, "", node="two") == [Backend("b", 80, "two")]
