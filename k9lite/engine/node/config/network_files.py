"""The files of /etc that a kubelet writes for a pod's containers (Kubernetes: kubelet_pods.go, network/dns)."""

import ipaddress
from typing import Any

from lightkube.models.core_v1 import PodSpec

from k9lite.api import pods, services
from k9lite.engine.node.pod_state import PodState

CLUSTER_DOMAIN = "cluster.local"
DNS_DISTANCE = 9  # from the API server's address, the first of the services' range, to that of DNS, the tenth
_MANAGED = "# Kubernetes-managed hosts file"
_USUAL_HOSTS = (
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "fe00::0\tip6-mcastprefix",
    "fe00::1\tip6-allnodes",
    "fe00::2\tip6-allrouters",
)


def hostname(state: PodState) -> str:
    """What the pod's containers call their machine."""
    spec = pods.spec(state.view)
    if spec.hostNetwork:
        return state.node.name
    return (spec.hostname or state.pod.name)[:63]


def files(state: PodState, address: str) -> dict[str, bytes]:
    """Path -> contents, for a pod at `address`."""
    spec = pods.spec(state.view)
    return {
        "/etc/hosts": _hosts(state, spec, address),
        "/etc/hostname": f"{hostname(state)}\n".encode(),
        "/etc/resolv.conf": _resolver(state, spec),
    }


def _hosts(state: PodState, spec: PodSpec, address: str) -> bytes:
    name = hostname(state)
    if spec.subdomain and not spec.hostNetwork:
        name = f"{name}.{spec.subdomain}.{state.pod.namespace}.svc.{CLUSTER_DOMAIN}\t{name}"
    head = f"{_MANAGED} (host network)." if spec.hostNetwork else f"{_MANAGED}."
    lines = [head, *_USUAL_HOSTS, f"{address}\t{name}"]
    if spec.hostAliases:
        lines += ["", "# Entries added by HostAliases."]
        lines += ["\t".join([alias.ip, *(alias.hostnames or ())]) for alias in spec.hostAliases]
    return ("\n".join(lines) + "\n").encode()


def _dns(state: PodState) -> list[str]:
    """The address of the cluster's DNS."""
    for service in state.node.lookup.services("default"):
        if service.name == "kubernetes" and (ip := services.cluster_ip(service.view)):
            return [str(ipaddress.ip_address(ip) + DNS_DISTANCE)]
    return []


def _resolver(state: PodState, spec: PodSpec) -> bytes:
    servers: list[str] = []
    searches: list[str] = []
    options: dict[str, str] = {}
    on_host = spec.dnsPolicy == "Default" or (spec.hostNetwork and spec.dnsPolicy == "ClusterFirst")
    if not on_host and spec.dnsPolicy != "None":
        domains = (f"{state.pod.namespace}.svc.", "svc.", "")
        servers, searches = _dns(state), [f"{domain}{CLUSTER_DOMAIN}" for domain in domains]
        options = {"ndots": "5"}
    config: Any = spec.dnsConfig
    if config is not None:
        servers += [one for one in config.nameservers or () if one not in servers]
        searches += [one for one in config.searches or () if one not in searches]
        options |= {one.name: one.value or "" for one in config.options or ()}
    lines = [f"search {' '.join(searches)}"] if searches else []
    lines += [f"nameserver {one}" for one in servers]
    if options:
        lines.append(f"options {' '.join(f'{name}:{value}' if value else name for name, value in options.items())}")
    return ("\n".join(lines) + "\n").encode()
