"""Questions about services that controllers, proxy, port-forward and the dashboard all ask; pure."""

from lightkube.models.core_v1 import PodSpec, Service, ServicePort, ServiceSpec

from k9lite.api import pods
from k9lite.api.addresses import FIRST_SERVICES, MOST_CLUSTERS

_HEADLESS = "None"


def may_be_cluster_ip(address: str) -> bool:
    """Whether some cluster could give out that address."""
    first, second, *_ = [*address.split("."), "", ""]
    return first == "127" and second.isdigit() and FIRST_SERVICES <= int(second) < FIRST_SERVICES + MOST_CLUSTERS


def spec(service: Service) -> ServiceSpec:
    """A stored service always has a spec; the model only says that it may."""
    assert service.spec is not None
    return service.spec


def is_external_name(service: Service) -> bool:
    return spec(service).type == "ExternalName"


def cluster_ip(service: Service) -> str | None:
    """Its virtual address, where it has one."""
    ip = spec(service).clusterIP
    return ip if ip and ip != _HEADLESS else None


def has_node_ports(service: Service) -> bool:
    return spec(service).type in ("NodePort", "LoadBalancer")


def target_port(port: ServicePort, pod_spec: PodSpec) -> int | None:
    """The number of the container port that `port` leads to in such a pod; None if the pod has no port of that name."""
    target = port.targetPort
    if target is None or target == "":
        return port.port
    if isinstance(target, int):
        return target or port.port
    return pods.named_port(pod_spec, target, port.protocol or "TCP")
