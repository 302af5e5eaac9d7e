"""The Endpoints object of a Service: the older form of its slices, still read by old clients; pure."""

from collections.abc import Iterable, Mapping

from lightkube.models.core_v1 import Service

from k9lite.api import services
from k9lite.api.object import Data, Object
from k9lite.engine.controllers.endpoints.backends import HEADLESS_LABEL, Backend, Port, port_data

MOST_ADDRESSES = 1000
MANAGED_BY = "endpoints.kubernetes.io/managed-by"
CONTROLLER = "endpoint-controller"
OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity"


def subsets(service: Object[Service], members: Iterable[Backend]) -> list[Data]:
    """Ports with the addresses that serve them; ports with the same addresses share a subset.

    A pod that has none of the Service's ports is in no subset. Only a headless Service without ports has subsets
    without them.
    """
    spec = services.spec(service.view)
    portless: tuple[Port | None, ...] = () if spec.ports or services.cluster_ip(service.view) else (None,)
    addresses: dict[str, tuple[Data, bool]] = {}
    by_port: dict[Port | None, list[str]] = {}
    for member in members:
        ip = member.addresses[0]
        addresses[ip] = (_address(member), member.ready)
        for port in member.ports or portless:
            by_port.setdefault(port, []).append(ip)
    by_addresses: dict[tuple[str, ...], list[Port | None]] = {}
    for port, ips in by_port.items():
        by_addresses.setdefault(tuple(sorted(ips)), []).append(port)
    return [_subset([addresses[ip] for ip in ips], ports) for ips, ports in sorted(by_addresses.items())]


def _address(member: Backend) -> Data:
    data: Data = {"ip": member.addresses[0], "targetRef": member.target}
    if member.node:
        data["nodeName"] = member.node
    if member.hostname:
        data["hostname"] = member.hostname
    return data


def _subset(addresses: list[tuple[Data, bool]], ports: Iterable[Port | None]) -> Data:
    ordered = sorted((port for port in ports if port is not None), key=lambda port: port[:3])
    parts = {
        "addresses": [address for address, ready in addresses if ready],
        "notReadyAddresses": [address for address, ready in addresses if not ready],
        "ports": [{k: v for k, v in port_data(port).items() if v != ""} for port in ordered],
    }
    return {name: value for name, value in parts.items() if value}


def truncated(complete: list[Data]) -> tuple[list[Data], bool]:
    """At most `MOST_ADDRESSES`, ready ones first; and whether any had to go."""
    room = MOST_ADDRESSES
    total = sum(len(subset.get(part, ())) for subset in complete for part in ("addresses", "notReadyAddresses"))
    if total <= room:
        return complete, False
    cut = [dict(subset) for subset in complete]
    for part in ("addresses", "notReadyAddresses"):
        for subset in cut:
            if part in subset:
                subset[part] = subset[part][:room]
                room -= len(subset[part])
    return [subset for subset in cut if subset.get("addresses") or subset.get("notReadyAddresses")], True


def labels(service: Object[Service]) -> dict[str, str]:
    headless = {HEADLESS_LABEL: ""} if services.cluster_ip(service.view) is None else {}
    return {**service.labels, **headless, MANAGED_BY: CONTROLLER}


def annotations(existing: Mapping[str, str], cut: bool, stamps: Mapping[str, str]) -> dict[str, str]:
    """Those of the object as they should be; `stamps` are replaced."""
    others = {key: value for key, value in existing.items() if key != OVER_CAPACITY and key not in stamps}
    return (
        others | {key: value for key, value in stamps.items() if value} | ({OVER_CAPACITY: "truncated"} if cut else {})
    )
