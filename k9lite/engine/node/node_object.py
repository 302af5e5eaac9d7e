"""A node as its kubelet registers and reports it (Kubernetes: kubelet_node_status.go, nodestatus/setters.go); pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from k9lite.api import conditions as api_conditions
from k9lite.api import images, times
from k9lite.api.object import Data
from k9lite.api.version import KUBERNETES
from k9lite.engine.node.runtimes.protocol import ImageRecord

MOST_IMAGES = 50  # in a node's status, the largest first
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
RESERVED_MEMORY = 100 * 1024**2  # bytes: the hard eviction threshold
KIBIBYTE = 1024

HEALTHY = {
    "MemoryPressure": ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": ("True", "KubeletReady", "kubelet is posting ready status"),
}


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """A node to be. memory, storage in bytes; pods: how many it takes; pod_cidr: the range of their addresses."""

    name: str
    address: str
    pod_cidr: str
    control_plane: bool = False
    cpu: int = 4
    memory: int = 8 * 1024**3
    storage: int = 100 * 1024**3
    pods: int = 110
    labels: dict[str, str] = field(default_factory=dict)


def capacity(options: NodeOptions) -> dict[str, str]:
    return {
        "cpu": str(options.cpu),
        "ephemeral-storage": f"{options.storage // KIBIBYTE}Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": f"{options.memory // KIBIBYTE}Ki",
        "pods": str(options.pods),
    }


def allocatable(options: NodeOptions) -> dict[str, str]:
    """What pods may use: the capacity without what the kubelet keeps free."""
    free = {
        "memory": f"{(options.memory - RESERVED_MEMORY) // KIBIBYTE}Ki",
        "ephemeral-storage": str(options.storage * 9 // 10),
    }
    return capacity(options) | free


def registration(options: NodeOptions) -> Data:
    """The Node to create."""
    labels = {
        "kubernetes.io/hostname": options.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": "amd64",
    }
    spec: Data = {"podCIDR": options.pod_cidr, "podCIDRs": [options.pod_cidr]}
    if options.control_plane:
        labels[CONTROL_PLANE] = ""
        spec["taints"] = [{"key": CONTROL_PLANE, "effect": "NoSchedule"}]
    return {
        "metadata": {"name": options.name, "labels": labels | options.labels},
        "spec": spec,
    }


def status(options: NodeOptions, held: Sequence[ImageRecord], boot: str, old: Sequence[Data], now: float) -> Data:
    """The status to report. `boot`: an id that changes when the node restarts; `old`: the conditions it had."""
    return {
        "capacity": capacity(options),
        "allocatable": allocatable(options),
        "conditions": conditions(old, now),
        "addresses": [
            {"type": "InternalIP", "address": options.address},
            {"type": "Hostname", "address": options.name},
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": boot.replace("-", ""),
            "systemUUID": boot,
            "bootID": boot,
            "kernelVersion": "k9lite",
            "osImage": "k9lite",
            "containerRuntimeVersion": "k9lite://simulated",
            "kubeletVersion": KUBERNETES,
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
        },
        "images": image_list(held),
    }


def conditions(old: Sequence[Data], now: float) -> list[Data]:
    """The conditions of a healthy node: heard of now, changed when they changed."""
    before = {one["type"]: one for one in old}
    made = []
    for type, (state, reason, message) in HEALTHY.items():
        condition = api_conditions.make(type, state, now, reason, message, lastHeartbeatTime=times.time(now))
        made.append(api_conditions.following(before.pop(type, None), condition))
    return [*before.values(), *made]


def image_list(held: Sequence[ImageRecord]) -> list[Data]:
    largest = sorted(held, key=lambda image: (-image.size, image.name))[:MOST_IMAGES]
    return [{"names": _names(image), "sizeBytes": image.size} for image in largest]


def _names(image: ImageRecord) -> list[str]:
    parsed = images.parse(image.name)
    repository = f"{parsed.registry}/{parsed.path}" if parsed else image.name
    return [f"{repository}@{image.digest}", image.name]
