"""The cluster's DNS, as CoreDNS answers: services, endpoints of headless ones, pods (Kubernetes' DNS specification)."""

import ipaddress
from collections.abc import Iterator
from typing import NamedTuple

from lightkube.models.core_v1 import Service
from lightkube.models.discovery_v1 import Endpoint, EndpointPort, EndpointSlice

from k9lite.api import dns, kinds, services
from k9lite.api.dns import NOBODY, Record, Reply, Type
from k9lite.api.object import Object
from k9lite.client.informer import Informers
from k9lite.engine.network.endpoints import is_ready, service_of

DOMAIN = ("cluster", "local")
LONGEST_CHAIN = 8  # of ExternalNames that name each other
TOTAL_WEIGHT = 100  # that all SRV records of a port share
BY_SERVICE, BY_ADDRESS = "service", "address"


class _Place(NamedTuple):
    """An endpoint as DNS sees it: its address, its label below the service, its ports."""

    address: str
    label: str
    ports: tuple[EndpointPort, ...]


class Names:
    """Answers from the informers; names outside the cluster do not exist."""

    def __init__(self, informers: Informers) -> None:
        self._namespaces = informers.of(kinds.NAMESPACE)
        self._services = informers.of(kinds.SERVICE)
        self._slices = informers.of(kinds.ENDPOINT_SLICE)
        self._services.add_index(BY_ADDRESS, _cluster_ips)
        self._slices.add_index(BY_SERVICE, service_of)
        self._slices.add_index(BY_ADDRESS, _addresses)

    def ask(self, name: str, type: Type) -> Reply:
        """The records of one type at an absolute name."""
        labels = tuple(name.lower().removesuffix(".").split("."))
        if labels[-2:] == ("in-addr", "arpa"):
            return self._pointers(".".join(labels), dns.of_pointer(labels[:-2]), type)
        if labels[-2:] != DOMAIN:
            return NOBODY
        return self._inside(labels[:-2], ".".join(labels), type, LONGEST_CHAIN)

    def _inside(self, labels: tuple[str, ...], name: str, type: Type, chain: int) -> Reply:
        match labels:
            case () | ("svc",) | ("pod",):
                return Reply("NOERROR")
            case (namespace, "svc" | "pod"):
                return Reply("NOERROR") if self._namespaces.get(namespace) else NOBODY
            case (service, namespace, "svc"):
                return self._service(service, namespace, name, type, chain)
            case (label, service, namespace, "svc"):
                places = [place for place in self._places(service, namespace) if place.label == label]
                return _addressed(name, [place.address for place in places], type)
            case (port, protocol, service, namespace, "svc") if port.startswith("_") and protocol.startswith("_"):
                records = self._ports(service, namespace, name, port[1:], protocol[1:])
                return _only(records, type) if records else NOBODY
            case (dashed, namespace, "pod") if self._namespaces.get(namespace):
                return _addressed(name, _pod(dashed), type)
        return NOBODY

    def _service(self, service: str, namespace: str, name: str, type: Type, chain: int) -> Reply:
        obj = self._services.get(service, namespace)
        if obj is None:
            return NOBODY
        if services.is_external_name(obj.view):
            return self._alias(obj.view, name, type, chain)
        if type == "SRV":
            return _only(self._ports(service, namespace, name), type)
        ip = services.cluster_ip(obj.view)
        addresses = [ip] if ip else [one.address for one in self._places(service, namespace)]
        return _addressed(name, addresses, type)

    def _alias(self, service: Service, name: str, type: Type, chain: int) -> Reply:
        """A CNAME, and the records of its target if that is in the cluster."""
        target = (services.spec(service).externalName or "").rstrip(".")
        alias, labels = Record(name, "CNAME", f"{target}."), tuple(target.lower().split("."))
        if type == "CNAME" or labels[-2:] != DOMAIN or not chain:
            return Reply("NOERROR", (alias,))
        return Reply("NOERROR", (alias, *self._inside(labels[:-2], target, type, chain - 1).records))

    def _ports(self, service: str, namespace: str, name: str, port_name: str = "", protocol: str = "") -> list[Record]:
        """SRV records of a service's ports: of all, or of those with a name and protocol."""
        obj = self._services.get(service, namespace)
        if obj is None or services.is_external_name(obj.view):
            return []
        below = f"{service}.{namespace}.svc.{'.'.join(DOMAIN)}."
        if services.cluster_ip(obj.view):
            ports = [
                (port.port, below)
                for port in services.spec(obj.view).ports or ()
                if _is(port.name, port.protocol, port_name, protocol)
            ]
        else:
            ports = [
                (port.port or 0, f"{place.label}.{below}")
                for place in self._places(service, namespace)
                for port in place.ports
                if _is(port.name, port.protocol, port_name, protocol)
            ]
        weight = max(1, TOTAL_WEIGHT // len(ports)) if ports else 0
        return [Record(name, "SRV", f"0 {weight} {number} {target}") for number, target in dict.fromkeys(ports)]

    def _pointers(self, name: str, address: str, type: Type) -> Reply:
        targets = [f"{obj.name}.{obj.namespace}" for obj in self._services.indexed(BY_ADDRESS, address)]
        if not targets:
            for obj in self._slices.indexed(BY_ADDRESS, address):
                for service in service_of(obj):
                    namespace, _, short = service.partition("/")
                    labels = [place.label for place in _ready(obj.view) if place.address == address]
                    targets += [f"{label}.{short}.{namespace}" for label in labels]
        records = [Record(name, "PTR", f"{target}.svc.{'.'.join(DOMAIN)}.") for target in dict.fromkeys(targets)]
        return _only(records, type) if records else NOBODY

    def _places(self, service: str, namespace: str) -> list[_Place]:
        """The ready endpoints of a service, each address once."""
        slices = self._slices.indexed(BY_SERVICE, f"{namespace}/{service}")
        places = {place.address: place for obj in slices for place in _ready(obj.view)}
        return list(places.values())


def _ready(endpoint_slice: EndpointSlice) -> Iterator[_Place]:
    for endpoint in endpoint_slice.endpoints or ():
        if is_ready(endpoint):
            for address in endpoint.addresses:
                yield _Place(address, _label(endpoint, address), tuple(endpoint_slice.ports or ()))


def _label(endpoint: Endpoint, address: str) -> str:
    return endpoint.hostname or address.replace(".", "-").replace(":", "-")


def _is(name: str | None, protocol: str | None, wanted_name: str, wanted_protocol: str) -> bool:
    return not wanted_name or ((name or "") == wanted_name and (protocol or "TCP").lower() == wanted_protocol)


def _addressed(name: str, addresses: list[str], type: Type) -> Reply:
    """The reply for a name that exists if it has addresses."""
    records = [Record(name, "AAAA" if ":" in address else "A", address) for address in addresses]
    return _only(records, type) if records else NOBODY


def _only(records: list[Record], type: Type) -> Reply:
    return Reply("NOERROR", tuple(record for record in records if record.type == type))


def _pod(dashed: str) -> list[str]:
    """`10-1-2-3` in `10-1-2-3.default.pod.cluster.local`."""
    try:
        return [str(ipaddress.ip_address(dashed.replace("-", ".")))]
    except ValueError:
        return []


def _cluster_ips(obj: Object[Service]) -> tuple[str, ...]:
    """Index function: the addresses of a service."""
    ip = None if services.is_external_name(obj.view) else services.cluster_ip(obj.view)
    return (ip,) if ip else ()


def _addresses(obj: Object[EndpointSlice]) -> tuple[str, ...]:
    """Index function: the addresses of a slice's endpoints."""
    return tuple(address for endpoint in obj.view.endpoints or () for address in endpoint.addresses)
