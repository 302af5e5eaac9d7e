"""Rules for Endpoints and EndpointSlices."""

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import labels, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")
_MOST_ADDRESSES = 100
_MOST_PORTS = 20000
_MOST_ENDPOINTS = 1000
_MOST_TOPOLOGY_LABELS = 16


def _endpoints(data: Data) -> Errors:
    for index, subset in enumerate(data.get("subsets") or ()):
        path = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            yield errors.required(path, "must specify `addresses` or `notReadyAddresses`")
        for field in ("addresses", "notReadyAddresses"):
            for position, address in enumerate(subset.get(field) or ()):
                yield from _address(f"{path}.{field}[{position}]", address)
        ports = subset.get("ports") or []
        for position, port in enumerate(ports):
            yield from _port(f"{path}.ports[{position}]", port, len(ports) > 1)


def _address(path: str, address: Data) -> Errors:
    yield from values.ip(f"{path}.ip", address.get("ip", ""))
    if address.get("hostname"):
        yield from values.text(f"{path}.hostname", address["hostname"], names.dns_label)
    if "nodeName" in address:
        yield from values.text(f"{path}.nodeName", address["nodeName"], names.dns_subdomain)
    yield from values.non_special_ip(f"{path}.ip", address.get("ip", ""))


def _port(path: str, port: Data, needs_name: bool) -> Errors:
    if port.get("name"):
        yield from values.text(f"{path}.name", port["name"], names.dns_label)
    elif needs_name:
        yield errors.required(f"{path}.name")
    yield from values.port_number(f"{path}.port", port.get("port", 0))
    yield from values.one_of(f"{path}.protocol", port.get("protocol"), values.PROTOCOLS)
    if "appProtocol" in port:
        yield from values.text(f"{path}.appProtocol", port["appProtocol"], names.qualified_name)


# -- slices ---------------------------------------------------------------------------------------------------------


def _slice(data: Data) -> Errors:
    kind = data.get("addressType", "")
    yield from values.one_of("addressType", kind, _ADDRESS_TYPES)
    given, ports = data.get("endpoints") or [], data.get("ports") or []
    if len(given) > _MOST_ENDPOINTS:
        yield errors.too_many("endpoints", len(given), _MOST_ENDPOINTS)
    else:
        for index, endpoint in enumerate(given):
            yield from _endpoint(f"endpoints[{index}]", endpoint, kind)
    if len(ports) > _MOST_PORTS:
        yield errors.too_many("ports", len(ports), _MOST_PORTS)
    else:
        yield from _slice_ports(ports)


def _endpoint(path: str, endpoint: Data, kind: str) -> Errors:
    addresses = endpoint.get("addresses") or []
    if not addresses:
        yield errors.required(f"{path}.addresses", "must contain at least 1 address")
    elif len(addresses) > _MOST_ADDRESSES:
        yield errors.too_many(f"{path}.addresses", len(addresses), _MOST_ADDRESSES)
    for index, address in enumerate(addresses):
        item_path = f"{path}.addresses[{index}]"
        if kind == "FQDN":
            yield from values.text(item_path, address, names.dns_subdomain)
        else:
            yield from values.ip_of_family(item_path, address, kind)
            yield from values.non_special_ip(item_path, address)
    if "nodeName" in endpoint:
        yield from values.text(f"{path}.nodeName", endpoint["nodeName"], names.dns_subdomain)
    topology = endpoint.get("deprecatedTopology") or {}
    if len(topology) > _MOST_TOPOLOGY_LABELS:
        yield errors.too_many(f"{path}.deprecatedTopology", len(topology), _MOST_TOPOLOGY_LABELS)
    yield from labels.labels(f"{path}.deprecatedTopology", topology)
    if "hostname" in endpoint:
        yield from values.text(f"{path}.hostname", endpoint["hostname"], names.dns_label)


def _slice_ports(ports: list[Data]) -> Errors:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        path, name = f"ports[{index}]", port.get("name", "")
        if name:
            yield from values.text(f"{path}.name", name, names.dns_label)
        if name in seen:
            yield errors.duplicate(f"{path}.name", name)
        seen.add(name)
        yield from values.one_of(f"{path}.protocol", port.get("protocol"), values.PROTOCOLS)
        if "port" in port:
            yield from values.port_number(f"{path}.port", port["port"])
        if "appProtocol" in port:
            yield from values.text(f"{path}.appProtocol", port["appProtocol"], names.qualified_name)


def _slice_update(new: Data, old: Data) -> Errors:
    yield from _slice(new)
    yield from values.immutable("addressType", new.get("addressType"), old.get("addressType"))


CORE = {"Endpoints": Rules(_endpoints)}
RULES = {"EndpointSlice": Rules(_slice, _slice_update)}
