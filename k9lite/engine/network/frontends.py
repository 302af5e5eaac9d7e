"""The addresses of a service, and the choice of an endpoint for each connection."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lightkube.models.core_v1 import Node, Service, ServicePort, ServiceSpec
from lightkube.models.discovery_v1 import EndpointSlice

from k9lite.aio.network import LOCALHOST, Listener
from k9lite.api import services
from k9lite.api.object import Object
from k9lite.engine.network.endpoints import Backend, any_eligible, eligible

DEFAULT_AFFINITY_SECONDS = 10800
TCP, UDP = "TCP", "UDP"
MOST_REMEMBERED = 1000  # clients, above which those whose affinity is over are forgotten
Address = tuple[str, int, str]  # host, port, protocol


@dataclass(eq=False)
class Frontend:
    """One address and port of a service.

    only_node: only endpoints on this node are used (externalTrafficPolicy Local)
    near_client: only endpoints on the client's node are used (internalTrafficPolicy Local)
    """

    port: ServicePort
    spec: ServiceSpec
    slices: Sequence[Object[EndpointSlice]]
    only_node: str = ""
    near_client: bool = False
    listener: Listener | None = None
    counter: int = 0
    _affinities: dict[str, tuple[Backend, float]] = field(default_factory=dict)  # client address -> endpoint, when

    def update(self, newer: "Frontend") -> None:
        """Take over spec and slices of `newer`; listener and affinities stay."""
        self.port, self.spec, self.slices = newer.port, newer.spec, newer.slices
        self.only_node, self.near_client = newer.only_node, newer.near_client

    def backends(self, client_node: str = "") -> list[Backend]:
        """The endpoints for a client on `client_node` ("" where that is no node of the cluster)."""
        return eligible(*self._selection(client_node))

    @property
    def has_backends(self) -> bool:
        return any_eligible(*self._selection())

    def _selection(self, client_node: str = "") -> tuple[Iterator[EndpointSlice], str, str, str]:
        node = client_node if self.near_client else self.only_node
        return (
            (endpoint_slice.view for endpoint_slice in self.slices),
            self.port.name or "",
            self.port.protocol or "TCP",
            node,
        )

    def choose(
        self, client: str, client_node: str, now: float, pick: Callable[[Sequence[Backend]], Backend]
    ) -> Backend | None:
        """The endpoint for a new connection; None when there is none."""
        candidates = self.backends(client_node)
        if not candidates:
            return None
        if self.spec.sessionAffinity != "ClientIP":
            return pick(candidates)
        remembered = self._affinities.get(client)
        if remembered is not None and now - remembered[1] < self._affinity_seconds and remembered[0] in candidates:
            chosen = remembered[0]
        else:
            chosen = pick(candidates)
        self._remember(client, chosen, now)
        return chosen

    def _remember(self, client: str, chosen: Backend, now: float) -> None:
        if len(self._affinities) >= MOST_REMEMBERED:
            fresh = {
                who: choice for who, choice in self._affinities.items() if now - choice[1] < self._affinity_seconds
            }
            self._affinities = fresh
        self._affinities[client] = chosen, now

    @property
    def _affinity_seconds(self) -> int:
        config = self.spec.sessionAffinityConfig
        seconds = config.clientIP.timeoutSeconds if config and config.clientIP else None
        return DEFAULT_AFFINITY_SECONDS if seconds is None else seconds


def node_addresses(nodes: Iterable[tuple[str, Node]]) -> dict[str, str]:
    """Address -> node, for every internal address; 127.0.0.1 leads to the cluster without being any node's ("")."""
    result = {LOCALHOST: ""}
    for name, node in nodes:
        addresses = (node.status.addresses if node.status else None) or ()
        result |= {address.address: name for address in addresses if address.type == "InternalIP"}
    return result


def frontends(
    service: Service, slices: Sequence[Object[EndpointSlice]], nodes: dict[str, str]
) -> dict[Address, Frontend]:
    """Every address at which `service` is to be reached by TCP or UDP; nothing for headless and external ones.

    nodes: as from `node_addresses`
    """
    spec = services.spec(service)
    ip = services.cluster_ip(service)
    result: dict[Address, Frontend] = {}
    if ip is None or services.is_external_name(service):
        return result
    near_client, near_node = spec.internalTrafficPolicy == "Local", spec.externalTrafficPolicy == "Local"
    for port in spec.ports or ():
        protocol = port.protocol or TCP
        if protocol not in (TCP, UDP):
            continue
        result[ip, port.port, protocol] = Frontend(port, spec, slices, near_client=near_client)
        if port.nodePort and services.has_node_ports(service):
            for address, node in nodes.items():
                only = node if near_node else ""
                result[address, port.nodePort, protocol] = Frontend(port, spec, slices, only_node=only)
    return result
