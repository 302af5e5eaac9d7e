"""The endpoints that a service's connections may use (kube-proxy: topology)."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from lightkube.models.discovery_v1 import Endpoint, EndpointSlice

from k9lite.api.object import Object

SERVICE_LABEL = "kubernetes.io/service-name"


class Backend(NamedTuple):
    """An endpoint for a connection; `node` is the node of its pod."""

    address: str
    port: int
    node: str = ""


def service_of(obj: Object[Any]) -> tuple[str, ...]:
    """Index function: `namespace/name` of the service that an EndpointSlice belongs to."""
    name = obj.labels.get(SERVICE_LABEL)
    return (f"{obj.namespace}/{name}",) if name else ()


def is_ready(endpoint: Endpoint) -> bool:
    """Whether the endpoint is ready; a missing condition counts as ready."""
    return endpoint.conditions is None or endpoint.conditions.ready is not False


def still_serves(endpoint: Endpoint) -> bool:
    """Whether the endpoint terminates and still serves."""
    conditions = endpoint.conditions
    return conditions is not None and bool(conditions.terminating) and conditions.serving is not False


def _at_port(
    slices: Iterable[EndpointSlice], port_name: str, protocol: str, node: str
) -> Iterator[tuple[Endpoint, Backend]]:
    for endpoint_slice in slices:
        for port in endpoint_slice.ports or ():
            if port.port and (port.name or "") == port_name and (port.protocol or "TCP") == protocol:
                for endpoint in endpoint_slice.endpoints or ():
                    if not node or endpoint.nodeName == node:
                        yield endpoint, Backend(endpoint.addresses[0], port.port, endpoint.nodeName or "")


def eligible(slices: Iterable[EndpointSlice], port_name: str, protocol: str = "TCP", node: str = "") -> list[Backend]:
    """The ready endpoints of the service port `port_name`, else those that serve while they terminate.

    node: only those on this node, where the service's traffic policy is Local
    """
    endpoints = list(_at_port(slices, port_name, protocol, node))
    ready = [backend for endpoint, backend in endpoints if is_ready(endpoint)]
    chosen = ready or [backend for endpoint, backend in endpoints if still_serves(endpoint)]
    return list(dict.fromkeys(chosen))  # an endpoint may be in two slices while it moves from one to the other


def any_eligible(slices: Iterable[EndpointSlice], port_name: str, protocol: str = "TCP", node: str = "") -> bool:
    """Whether `eligible` is not empty; stops at the first."""
    return any(
        is_ready(endpoint) or still_serves(endpoint) for endpoint, _ in _at_port(slices, port_name, protocol, node)
    )
