"""What a cluster holds before anybody asks for anything."""

from ipaddress import IPv4Address
from typing import Any

from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.apiserver import address_pool
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

CAUSE = Cause("kube-apiserver")
SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
API_PORT, API_SERVICE = 6443, "kubernetes"
SKIP_MIRROR = {"endpointslice.kubernetes.io/skip-mirror": "true"}
OF_SERVICE = {"kubernetes.io/service-name": API_SERVICE}

_PRIORITY_CLASSES = {
    "system-cluster-critical": (
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
    "system-node-critical": (
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
}


def bootstrap(server: ApiServer) -> None:
    """Create what is missing of the system's own objects."""
    for name in SYSTEM_NAMESPACES:
        _ensure(server, kinds.NAMESPACE, {"metadata": {"name": name}})
    for name, (value, description) in _PRIORITY_CLASSES.items():
        body = {"metadata": {"name": name}, "value": value, "description": description}
        _ensure(server, kinds.PRIORITY_CLASS, body)
    _ensure(server, kinds.SERVICE, _kubernetes_service(server), "default")
    if (service_cidr := server.kinds.of("networking.k8s.io/v1", "ServiceCIDR")) is not None:
        body = {"metadata": {"name": API_SERVICE}, "spec": {"cidrs": [str(server.ranges.services)]}}
        _ensure(server, service_cidr, body)


def publish(server: ApiServer, address: str, port: int) -> None:
    """Say behind the API server's own service where it answers: as Endpoints and as an EndpointSlice."""
    ports = [{"name": "https", "port": port, "protocol": "TCP"}]
    endpoint = {"addresses": [address], "conditions": {"ready": True}}
    for kind, labels, body in (
        (kinds.ENDPOINTS, SKIP_MIRROR, {"subsets": [{"addresses": [{"ip": address}], "ports": ports}]}),
        (kinds.ENDPOINT_SLICE, OF_SERVICE, {"addressType": "IPv4", "ports": ports, "endpoints": [endpoint]}),
    ):
        request = Request(kind, "default", API_SERVICE, cause=CAUSE, options=WriteOptions(force=True))
        applied = {"metadata": {"name": API_SERVICE, "namespace": "default", "labels": labels}, **body}
        server.patch(request, applied, PatchType.APPLY)


def _kubernetes_service(server: ApiServer) -> Data:
    """The API server's own service, at the first address of the range; it has no selector."""
    first, _ = address_pool.host_bounds(server.ranges.services)
    return {
        "metadata": {"name": API_SERVICE, "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {
            "type": "ClusterIP", "clusterIP": str(IPv4Address(first)), "sessionAffinity": "None",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": API_PORT}],
        },
    }  # fmt: skip


def _ensure(server: ApiServer, kind: Kind[Any], body: Data, namespace: str = "") -> None:
    try:
        server.create(Request(kind, namespace, cause=CAUSE), body)
    except StatusError as error:
        if error.reason != "AlreadyExists":
            raise
