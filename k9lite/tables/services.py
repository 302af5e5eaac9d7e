"""The rows of what connects pods: services, endpoints, slices, ingresses, policies."""

from lightkube.models.core_v1 import Endpoints, Service
from lightkube.models.discovery_v1 import EndpointSlice
from lightkube.models.networking_v1 import Ingress, IngressClass, NetworkPolicy

from k9lite.api.object import Object
from k9lite.api.selectors import label_selector
from k9lite.tables.ages import age
from k9lite.tables.column import NONE, UNKNOWN, UNSET, Cell, Column, first_three, joined, pairs, table


def ports(service: Service) -> str:
    """`80/TCP,443:30443/TCP`: port, node port where there is one, protocol."""
    return joined(
        f"{p.port}{f':{p.nodePort}' if p.nodePort else ''}/{p.protocol or 'TCP'}"
        for p in (service.spec.ports or () if service.spec else ())
    )


def external_ip(service: Service) -> str:
    """Where the service is reached from outside the cluster."""
    spec = service.spec
    if spec is None or spec.type not in ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"):
        return UNKNOWN
    if spec.type == "ExternalName":
        return spec.externalName or NONE
    if spec.type != "LoadBalancer":
        return joined(spec.externalIPs)
    balancer = service.status.loadBalancer if service.status else None
    ingress = sorted(
        {point.ip or point.hostname or "" for point in (balancer.ingress or () if balancer else ())} - {""}
    )
    return ",".join([*ingress, *(spec.externalIPs or ())]) or "<pending>"


def _service(obj: Object[Service], now: float) -> list[Cell]:
    spec = obj.view.spec
    addresses = (spec.clusterIPs or [spec.clusterIP or ""]) if spec else [""]
    return [
        obj.name,
        (spec and spec.type) or "ClusterIP",
        addresses[0] or NONE,
        external_ip(obj.view),
        ports(obj.view),
        age(obj.meta.creationTimestamp, now),
        pairs(spec.selector if spec else None),
    ]


def _endpoints(obj: Object[Endpoints], now: float) -> list[Cell]:
    endpoints: list[str] = []
    for subset in obj.view.subsets or ():
        addresses = [address.ip for address in subset.addresses or ()]
        if not subset.ports:
            endpoints += addresses
        for port in subset.ports or ():
            endpoints += [f"{ip}:{port.port}" for ip in addresses]
    return [obj.name, first_three(endpoints, NONE), age(obj.meta.creationTimestamp, now)]


def _endpoint_slice(obj: Object[EndpointSlice], now: float) -> list[Cell]:
    piece = obj.view
    numbers = [str(p.port) if p.port is not None else p.name or "*" for p in piece.ports or ()]
    addresses = [address for endpoint in piece.endpoints or () for address in endpoint.addresses]
    return [
        obj.name,
        piece.addressType,
        first_three(numbers, UNSET),
        first_three(addresses, UNSET),
        age(obj.meta.creationTimestamp, now),
    ]


def _ingress(obj: Object[Ingress], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    hosts = [rule.host for rule in (spec.rules or () if spec else ()) if rule.host]
    points = (status.loadBalancer.ingress or ()) if status and status.loadBalancer else ()
    addresses = sorted({point.ip or point.hostname or "" for point in points} - {""})
    return [
        obj.name,
        (spec and spec.ingressClassName) or NONE,
        first_three(hosts, "*"),
        ",".join(addresses),
        "80, 443" if spec and spec.tls else "80",
        age(obj.meta.creationTimestamp, now),
    ]


def _ingress_class(obj: Object[IngressClass], now: float) -> list[Cell]:
    spec = obj.view.spec
    parameters = spec.parameters if spec else None
    named = (
        f"{parameters.kind}{'.' + parameters.apiGroup if parameters.apiGroup else ''}/{parameters.name}"
        if parameters
        else NONE
    )
    return [obj.name, (spec and spec.controller) or NONE, named, age(obj.meta.creationTimestamp, now)]


def _network_policy(obj: Object[NetworkPolicy], now: float) -> list[Cell]:
    selector = obj.view.spec.podSelector if obj.view.spec else None
    text = label_selector(selector).text() if selector is not None else ""
    return [obj.name, text or NONE, age(obj.meta.creationTimestamp, now)]


SERVICE = table(
    _service,
    Column("Type", description="Where the service can be reached from."),
    Column("Cluster-IP", description="Its address inside the cluster."),
    Column("External-IP", description="Its addresses outside the cluster."),
    Column("Port(s)", description="The ports it listens on."),
    "Age",
    wide="Selector",
)
ENDPOINTS = table(_endpoints, "Endpoints", "Age")
ENDPOINT_SLICE = table(_endpoint_slice, "AddressType", "Ports", "Endpoints", "Age")
INGRESS = table(_ingress, "Class", "Hosts", "Address", "Ports", "Age")
INGRESS_CLASS = table(_ingress_class, "Controller", "Parameters", "Age")
NETWORK_POLICY = table(_network_policy, "Pod-Selector", "Age")
