"""What there is to say about a service."""

from collections.abc import Iterable

from lightkube.models.core_v1 import Service, ServiceSpec
from lightkube.models.discovery_v1 import EndpointSlice

from k9lite.api.object import Object
from k9lite.explain.describe.fields import Field, field, mapping
from k9lite.explain.describe.reach import Reachable, nowhere, open_at
from k9lite.tables import services


def describe(
    obj: Object[Service], slices: Iterable[Object[EndpointSlice]] = (), reachable: Reachable = nowhere
) -> list[Field]:
    """`slices`: the service's endpoint slices; `reachable`: where other programs reach an address and port."""
    spec = obj.view.spec
    if spec is None:
        return []
    listed = list(slices)
    return [
        mapping("Selector", spec.selector),
        field("Type", spec.type),
        field("IP", spec.clusterIP),
        field("External IP", services.external_ip(obj.view)),
        *open_at([(spec.clusterIP or "", port.port) for port in spec.ports or ()], reachable),
        Field("Ports", [_port(port) for port in spec.ports or ()] or "<none>"),
        Field("Endpoints", _endpoints(spec, listed) or "<none>"),
        field("Session Affinity", spec.sessionAffinity),
    ]


def _port(port: object) -> str:
    name, number = getattr(port, "name", None), getattr(port, "port", None)
    target, node_port = getattr(port, "targetPort", None), getattr(port, "nodePort", None)
    text = f"{number}/{getattr(port, 'protocol', None) or 'TCP'} to port {target} of the pods"
    text += f", {node_port} on every node" if node_port else ""
    return f"{name}: {text}" if name else text


def _endpoints(spec: ServiceSpec, slices: list[Object[EndpointSlice]]) -> list[str]:
    lines = []
    for piece in slices:
        numbers = {port.name or "": port.port for port in piece.view.ports or ()}
        missing = [str(port.targetPort) for port in spec.ports or () if (port.name or "") not in numbers]
        ports = ":" + ",".join(map(str, numbers.values())) if numbers else ""
        lack = f" (has no port called {', '.join(missing)})" if missing else ""
        for endpoint in piece.view.endpoints or ():
            ready = endpoint.conditions is None or endpoint.conditions.ready is not False
            pod = f" {endpoint.targetRef.name}" if endpoint.targetRef else ""
            lines.append(f"{endpoint.addresses[0]}{ports}{pod}{'' if ready else ' (not ready)'}{lack}")
    return sorted(lines)
