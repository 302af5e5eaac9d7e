"""The objects that every cluster has, as they begin; pure."""

from ipaddress import IPv4Network
from typing import Any, NamedTuple

from k9lite.api import kinds
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Data, Key

SYSTEM_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
API_PORT, API_SERVICE = 6443, "kubernetes"
SKIP_MIRROR = {"endpointslice.kubernetes.io/skip-mirror": "true"}
OF_SERVICE = {"kubernetes.io/service-name": API_SERVICE}

PRIORITY_CLASSES = {
    "system-cluster-critical": (
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
    "system-node-critical": (
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
}


class SystemObject(NamedTuple):
    """An object that every cluster has."""

    kind: Kind[Any]
    namespace: str
    body: Data

    @property
    def key(self) -> Key:
        return Key(self.namespace, self.body["metadata"]["name"])


def namespaces() -> list[SystemObject]:
    """The namespaces that every cluster has."""
    return [SystemObject(kinds.NAMESPACE, "", {"metadata": {"name": name}}) for name in SYSTEM_NAMESPACES]


def priority_classes() -> list[SystemObject]:
    """Those of the system's own pods."""
    return [
        SystemObject(kinds.PRIORITY_CLASS, "", {"metadata": {"name": name}, "value": value, "description": text})
        for name, (value, text) in PRIORITY_CLASSES.items()
    ]


def services(served: Kinds, addresses: IPv4Network) -> list[SystemObject]:
    """The API server's own service, and the range of `addresses` that all services have theirs from."""
    found = [SystemObject(kinds.SERVICE, "default", _kubernetes_service(addresses))]
    if (service_cidr := served.of("networking.k8s.io/v1", "ServiceCIDR")) is not None:
        body = {"metadata": {"name": API_SERVICE}, "spec": {"cidrs": [str(addresses)]}}
        found.append(SystemObject(service_cidr, "", body))
    return found


def endpoints(address: str, port: int) -> list[SystemObject]:
    """Where the API server answers, behind its own service: as Endpoints and as an EndpointSlice; to be applied."""
    ports = [{"name": "https", "port": port, "protocol": "TCP"}]
    endpoint = {"addresses": [address], "conditions": {"ready": True}}
    bodies = (
        (kinds.ENDPOINTS, SKIP_MIRROR, {"subsets": [{"addresses": [{"ip": address}], "ports": ports}]}),
        (kinds.ENDPOINT_SLICE, OF_SERVICE, {"addressType": "IPv4", "ports": ports, "endpoints": [endpoint]}),
    )
    return [
        SystemObject(kind, "default", {"metadata": {"name": API_SERVICE, "labels": labels}, **body})
        for kind, labels, body in bodies
    ]


def _kubernetes_service(addresses: IPv4Network) -> Data:
    """The API server's own service, at the first address of the range; it has no selector."""
    return {
        "metadata": {"name": API_SERVICE, "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {
            "type": "ClusterIP",
            "clusterIP": str(addresses[1]),
            "sessionAffinity": "None",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": API_PORT}],
        },
    }
