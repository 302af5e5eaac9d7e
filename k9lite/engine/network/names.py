"""The cluster's DNS: names of services and of pods behind headless ones (kube-dns' specification)."""

import ipaddress
from collections.abc import Iterator

from k9lite.aio.network import LOCALHOST
from k9lite.api import kinds, services
from k9lite.client.informer import Informers
from k9lite.engine.network.endpoints import is_ready, service_of

DOMAIN = "cluster.local"
LONGEST_CHAIN = 8  # of ExternalNames that name each other


class Names:
    """Answers from what the informers hold."""

    def __init__(self, informers: Informers) -> None:
        self._services = informers.of(kinds.SERVICE)
        self._slices = informers.of(kinds.ENDPOINT_SLICE)
        self._slices.add_index("service", service_of)

    def resolve(self, name: str, namespace: str) -> list[str]:
        """The addresses of `name` as a pod in `namespace` sees it; empty where there is no such name."""
        if name == "localhost":
            return [LOCALHOST]
        try:
            return [str(ipaddress.ip_address(name))]
        except ValueError:
            pass
        for candidate in candidates(name.lower(), namespace):
            if found := self._absolute(candidate, LONGEST_CHAIN):
                return found
        return []

    def _absolute(self, name: str, chain: int) -> list[str]:
        labels = name.removesuffix(f".{DOMAIN}").split(".") if name.endswith(f".{DOMAIN}") else []
        match labels:
            case [service, namespace, "svc"]:
                return self._service(service, namespace, chain)
            case [hostname, service, namespace, "svc"]:
                return self._endpoints(service, namespace, hostname)
            case [dashed, _, "pod"]:
                return _pod(dashed)
        return []

    def _service(self, name: str, namespace: str, chain: int) -> list[str]:
        service = self._services.get(name, namespace)
        if service is None:
            return []
        if services.is_external_name(service.view):
            target = (services.spec(service.view).externalName or "").rstrip(".")
            return self._absolute(target, chain - 1) if chain else []
        ip = services.cluster_ip(service.view)
        return [ip] if ip else self._endpoints(name, namespace)

    def _endpoints(self, service: str, namespace: str, hostname: str = "") -> list[str]:
        """The ready endpoints' addresses, or those with that hostname."""
        addresses = [
            address
            for one in self._slices.indexed("service", f"{namespace}/{service}")
            for endpoint in one.view.endpoints or ()
            if is_ready(endpoint) and (not hostname or endpoint.hostname == hostname)
            for address in endpoint.addresses
        ]
        return list(dict.fromkeys(addresses))


def candidates(name: str, namespace: str) -> Iterator[str]:
    """The full names a pod's resolver tries for `name`, in order."""
    if name.endswith("."):
        yield name.rstrip(".")
        return
    for suffix in (f"{namespace}.svc.{DOMAIN}", f"svc.{DOMAIN}", DOMAIN):
        yield f"{name}.{suffix}"
    yield name


def _pod(dashed: str) -> list[str]:
    """`10-1-2-3` in `10-1-2-3.default.pod.cluster.local`."""
    try:
        return [str(ipaddress.ip_address(dashed.replace("-", ".")))]
    except ValueError:
        return []
