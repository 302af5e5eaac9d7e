"""The page of an object, line by line."""

import msgspec

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.explain.describe import Related, describe

NOW = 1767225600.0 + 60


def an_object(kind, name, **parts):
    metadata = {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"} | parts.pop("metadata", {})
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **parts}
    return Object(kind, msgspec.json.encode(body), 1)


def test_a_kind_without_a_page_of_its_own_shows_every_field():
    config = an_object(kinds.CONFIG_MAP, "settings", metadata={"namespace": "default"}, data={"color": "red"})
    assert describe(config, Related(), NOW) == [
        "Name:         settings",
        "Namespace:    default",
        "Labels:       <none>",
        "Annotations:  <none>",
        "Created:      2026-01-01T00:00:00Z",
        "Data:",
        "  Color:  red",
        "Events:       <none>",
    ]


def test_a_service_says_where_it_is_open_when_its_own_address_could_not_be_had():
    spec = {"type": "ClusterIP", "clusterIP": "127.96.0.7", "ports": [{"port": 80}, {"port": 81}]}
    service = an_object(kinds.SERVICE, "web", metadata={"namespace": "default"}, spec=spec)
    places = {80: ("127.0.0.1", 40001), 81: ("127.96.0.7", 81)}
    lines = describe(service, Related(reachable=lambda address, port: places.get(port)), NOW)
    assert "Open at:           127.0.0.1:40001 (in place of 127.96.0.7:80)" in lines
    assert "                   127.96.0.7:81" in lines


def test_a_service_says_which_port_its_pods_lack():
    spec = {"clusterIP": "127.96.0.7", "ports": [{"port": 80, "targetPort": "htpp"}]}
    service = an_object(kinds.SERVICE, "web", metadata={"namespace": "default"}, spec=spec)
    endpoint = {"addresses": ["127.244.0.1"], "targetRef": {"kind": "Pod", "name": "web-1"}}
    piece = an_object(kinds.ENDPOINT_SLICE, "web-x", addressType="IPv4", endpoints=[endpoint])
    lines = describe(service, Related(endpoint_slices=[piece]), NOW)
    assert "Endpoints:         127.244.0.1 web-1 (has no port called htpp)" in lines


def test_events_are_told_in_their_order_with_their_count():
    pod = an_object(kinds.POD, "p", metadata={"namespace": "default"}, spec={"containers": []}, status={})
    event = an_object(
        kinds.EVENT,
        "p.1",
        metadata={"namespace": "default"},
        involvedObject={"kind": "Pod", "name": "p"},
        type="Warning",
        reason="BackOff",
        message="Back-off",
        count=3,
        lastTimestamp="2026-01-01T00:00:30Z",
        source={"component": "kubelet"},
    )
    lines = describe(pod, Related(events=[event]), NOW)
    assert lines[-1].split() == ["Warning", "BackOff", "30s", "(x3)", "kubelet", "Back-off"]
