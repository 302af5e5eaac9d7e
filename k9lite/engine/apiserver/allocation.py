"""Cluster IPs and node ports of services (Kubernetes: pkg/registry/core/service/storage/{alloc,storage}.go).

What is taken is read from the stored services, so that nothing can leak: deleting a service frees what it held.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

from k9lite.api import errors, kinds
from k9lite.api.errors import INTERNAL_ERROR, FieldError, StatusError
from k9lite.api.object import Data
from k9lite.engine.apiserver import address_pool
from k9lite.engine.apiserver.context import Context, Request

WITH_NODE_PORTS = ("NodePort", "LoadBalancer")


def allocate(context: Context, request: Request, data: Data, old: Data | None) -> None:
    """Give a service that is about to be stored what it needs; `old` is what it replaces."""
    if request.kind is not kinds.SERVICE:
        return
    spec, old_spec = data["spec"], (old or {}).get("spec", {})
    if spec["type"] == "ExternalName":
        return
    _families(spec)
    _cluster_ip(context, request, spec, old_spec)
    if _needs_node_ports(spec):
        _node_ports(context, request, spec, old_spec)
    if _needs_health_port(spec) and not spec.get("healthCheckNodePort"):
        spec["healthCheckNodePort"] = _free_port(context, request, set(_ports_of_others(context, request)))


def keep_allocated(data: Data, old: Data) -> None:
    """An update that is silent about addresses and ports keeps them; a type that has none loses them."""
    spec, old_spec = data["spec"], old["spec"]
    if spec["type"] == "ExternalName":
        if spec.get("clusterIP") == old_spec.get("clusterIP"):
            _drop(spec, "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy")
    elif old_spec["type"] != "ExternalName" and not spec.get("clusterIP"):
        for name in ("clusterIP", "clusterIPs"):
            if name in old_spec:
                spec[name] = old_spec[name]
    elif spec.get("clusterIP") != old_spec.get("clusterIP") and spec.get("clusterIPs") == old_spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]  # the older field was changed: the newer one follows
    if _needs_node_ports(spec) and _needs_node_ports(old_spec):
        _keep_node_ports(spec, old_spec)
    elif not _needs_node_ports(spec) and _needs_node_ports(old_spec):
        held = {port.get("nodePort") for port in old_spec.get("ports", ())}
        for port in spec.get("ports", ()):
            if port.get("nodePort") in held:
                port.pop("nodePort")
    if _needs_health_port(spec) and _needs_health_port(old_spec):
        spec.setdefault("healthCheckNodePort", old_spec.get("healthCheckNodePort"))
    elif not _needs_health_port(spec):
        _drop(spec, "healthCheckNodePort")
    if spec["type"] not in WITH_NODE_PORTS and not spec.get("externalIPs") and old_spec["type"] != spec["type"]:
        _drop(spec, "externalTrafficPolicy", "allocateLoadBalancerNodePorts")


def _drop(spec: Data, *names: str) -> None:
    for name in names:
        spec.pop(name, None)


def _keep_node_ports(spec: Data, old_spec: Data) -> None:
    asked = {port.get("nodePort") for port in spec.get("ports", ())}
    held = {
        (port.get("protocol"), port["port"]): port["nodePort"]
        for port in old_spec.get("ports", ())
        if port.get("nodePort")
    }
    for port in spec.get("ports", ()):
        number = held.get((port.get("protocol"), port.get("port")))
        if not port.get("nodePort") and number is not None and number not in asked:
            port["nodePort"] = number


def _needs_node_ports(spec: Data) -> bool:
    return spec["type"] == "NodePort" or (
        spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is not False
    )


def _needs_health_port(spec: Data) -> bool:
    return spec["type"] == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _families(spec: Data) -> None:
    if not spec.get("ipFamilies"):
        spec["ipFamilies"] = ["IPv4"]
    if not spec.get("ipFamilyPolicy"):
        spec["ipFamilyPolicy"] = "SingleStack"


def _cluster_ip(context: Context, request: Request, spec: Data, old_spec: Data) -> None:
    asked = spec.get("clusterIP", "")
    if asked != "None" and asked != old_spec.get("clusterIP"):
        used = {int(IPv4Address(address)) for address in _addresses(context)}
        network = context.ranges.services
        first, last = address_pool.host_bounds(network)
        if asked:
            number = int(IPv4Address(asked))
            if not first <= number <= last:
                why = f"the provided IP ({asked}) is not in the valid range. The range of valid IPs is {network}"
                raise _refused_address(request, asked, why)
            if number in used:
                raise _refused_address(request, asked, "provided IP is already allocated")
        else:
            band = address_pool.static_band(network.num_addresses - 2)
            free = address_pool.pick(first, last, band, used, context.number("cluster IP", str(request.key)))
            if free is None:
                raise StatusError(INTERNAL_ERROR, "failed to allocate a serviceIP: range is full")
            spec["clusterIP"] = str(IPv4Address(free))
    spec["clusterIPs"] = [spec["clusterIP"]]


def _refused_address(request: Request, address: str, why: str) -> StatusError:
    error = errors.invalid("spec.clusterIPs", [address], f"failed to allocate IP {address}: {why}")
    return _invalid(request, error)


def _node_ports(context: Context, request: Request, spec: Data, old_spec: Data) -> None:
    first, last = context.ranges.node_ports
    others = set(_ports_of_others(context, request))
    own = {port.get("nodePort") for port in old_spec.get("ports", ())}
    given: set[int] = set()
    for index, port in enumerate(spec.get("ports", ())):
        number = port.get("nodePort")
        path = f"spec.ports[{index}].nodePort"
        if number and number not in own and number not in given:
            if not first <= number <= last:
                why = f"provided port is not in the valid range. The range of valid ports is {first}-{last}"
                raise _invalid(request, errors.invalid(path, number, why))
            if number in others:
                raise _invalid(request, errors.invalid(path, number, "provided port is already allocated"))
        if number:
            given.add(number)
    for port in spec.get("ports", ()):
        if not port.get("nodePort"):
            port["nodePort"] = _shared_port(spec, port) or _free_port(context, request, others | given)
            given.add(port["nodePort"])


def _shared_port(spec: Data, port: Data) -> int | None:
    """The same port over TCP and over UDP has the same node port."""
    for other in spec["ports"]:
        if other.get("nodePort") and other["port"] == port["port"] and other["protocol"] != port["protocol"]:
            return int(other["nodePort"])
    return None


def _free_port(context: Context, request: Request, used: set[int]) -> int:
    first, last = context.ranges.node_ports
    number = context.number("node port", str(request.key))
    free = address_pool.pick(first, last, address_pool.STATIC_PORTS, used, number)
    if free is None:
        raise StatusError(INTERNAL_ERROR, "failed to allocate a nodePort: range is full")
    return free


def _invalid(request: Request, error: FieldError) -> StatusError:
    return errors.invalid_object("", "Service", request.name, [error])


def _services(context: Context) -> Iterator[tuple[Any, Any]]:
    for service in context.store.collection(kinds.SERVICE).all():
        yield service.key, service.view.spec


def _addresses(context: Context) -> Iterator[str]:
    for _, spec in _services(context):
        if spec.clusterIP not in (None, "", "None"):
            yield spec.clusterIP


def _ports_of_others(context: Context, request: Request) -> Iterator[int]:
    for key, spec in _services(context):
        if key != request.key:
            yield from (port.nodePort for port in spec.ports or () if port.nodePort)
            if spec.healthCheckNodePort:
                yield spec.healthCheckNodePort
