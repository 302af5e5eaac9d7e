"""Questions about pods that controllers, scheduler, nodes, tables and the dashboard all ask; pure."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from lightkube.models.core_v1 import Container, ContainerPort, ContainerStatus, Pod, PodCondition, PodSpec

from k9lite.api import quantity, times
from k9lite.api.object import Data

DEFAULT_GRACE_SECONDS = 30


# -- status ---------------------------------------------------------------------------------------------------------


def phase(pod: Pod) -> str:
    """Pending until somebody says otherwise."""
    return (pod.status.phase if pod.status else None) or "Pending"


def is_terminal(pod: Pod) -> bool:
    """It ended (Succeeded or Failed) and will never run again."""
    return phase(pod) in ("Succeeded", "Failed")


def is_deleting(pod: Pod) -> bool:
    return pod.metadata is not None and pod.metadata.deletionTimestamp is not None


def is_active(pod: Pod) -> bool:
    """Whether a controller counts it as one of its replicas."""
    return not is_terminal(pod) and not is_deleting(pod)


def condition(pod: Pod, type: str) -> PodCondition | None:
    conditions = pod.status.conditions if pod.status else None
    for item in conditions or ():
        if item.type == type:
            return item
    return None


def is_ready(pod: Pod) -> bool:
    ready = condition(pod, "Ready")
    return ready is not None and ready.status == "True"


def ready_since(pod: Pod) -> float | None:
    """When it became ready, in seconds since the epoch; None while it is not."""
    ready = condition(pod, "Ready")
    if ready is None or ready.status != "True":
        return None
    return times.timestamp(ready.lastTransitionTime)


def is_available(pod: Pod, min_ready_seconds: int, now: float) -> bool:
    """Whether it has been ready for so many seconds."""
    since = ready_since(pod)
    return since is not None and since + min_ready_seconds <= now


def is_scheduled(pod: Pod) -> bool:
    return bool(spec(pod).nodeName)


def container_statuses(pod: Pod) -> Iterator[ContainerStatus]:
    """Of init containers, then of regular ones."""
    if pod.status:
        yield from pod.status.initContainerStatuses or ()
        yield from pod.status.containerStatuses or ()


class Restarts(NamedTuple):
    """The most restarts of one regular container, and of one sidecar; the order in which pods are ranked."""

    containers: int
    sidecars: int


def most_restarts(pod: Pod) -> Restarts:
    status = pod.status
    regular = (status.containerStatuses if status else None) or ()
    init = (status.initContainerStatuses if status else None) or ()
    names = {container.name for container in sidecars(spec(pod))} if init else ()
    return Restarts(
        max([one.restartCount for one in regular], default=0),
        max([one.restartCount for one in init if one.name in names], default=0),
    )


def restarts(pod: Pod) -> int:
    """Restarts of all its containers together."""
    return sum(container.restartCount for container in container_statuses(pod))


# -- spec -----------------------------------------------------------------------------------------------------------


def spec(pod: Pod) -> PodSpec:
    """A stored pod always has a spec; the model only says that it may."""
    assert pod.spec is not None
    return pod.spec


def is_sidecar(container: Container) -> bool:
    """For init containers: one that is not waited for, but runs as long as the pod."""
    return container.restartPolicy == "Always"


def sidecars(pod_spec: PodSpec) -> list[Container]:
    return [container for container in pod_spec.initContainers or () if is_sidecar(container)]


def long_running(pod_spec: PodSpec) -> list[Container]:
    """Regular containers, then sidecars: what is counted in READY and may serve a port."""
    return [*pod_spec.containers, *sidecars(pod_spec)]


def named_port(pod_spec: PodSpec, name: str, protocol: str = "TCP") -> int | None:
    """The number of the container port of that name and protocol."""
    for container in long_running(pod_spec):
        for port in container.ports or ():
            if port.name == name and (port.protocol or "TCP") == protocol:
                return port.containerPort
    return None


class HostPort(NamedTuple):
    """A port that a pod takes on its node; ip "0.0.0.0" is every address."""

    ip: str
    protocol: str
    port: int

    def conflicts(self, other: "HostPort") -> bool:
        same_ip = self.ip == other.ip or "0.0.0.0" in (self.ip, other.ip)  # noqa: S104 -- compared, not bound
        return same_ip and self.protocol == other.protocol and self.port == other.port


def _host_port(port: ContainerPort) -> HostPort:
    return HostPort(port.hostIP or "0.0.0.0", port.protocol or "TCP", port.hostPort or 0)  # noqa: S104


def host_ports(pod_spec: PodSpec) -> list[HostPort]:
    ports = (port for container in long_running(pod_spec) for port in container.ports or ())
    return [_host_port(port) for port in ports if port.hostPort]


# -- resources ------------------------------------------------------------------------------------------------------

Amounts = dict[str, int]  # resource name -> milli-cores of cpu; bytes or pieces of everything else


def amounts(quantities: Mapping[str, str] | None) -> Amounts:
    """Quantities as the integers that the scheduler adds up."""
    return {
        name: quantity.milli(value) if name == "cpu" else quantity.whole(value)
        for name, value in (quantities or {}).items()
    }


def _requests(container: Container, missing: Mapping[str, int]) -> Amounts:
    requests = amounts(container.resources.requests) if container.resources else {}
    return {**missing, **requests} if missing else requests


def _add(total: Amounts, more: Mapping[str, int]) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, 0) + amount


def _raise_to(total: Amounts, least: Mapping[str, int]) -> None:
    for name, amount in least.items():
        if amount > total.get(name, 0):
            total[name] = amount


_NOTHING: Mapping[str, int] = {}


def requests(pod: Pod, missing: Mapping[str, int] = _NOTHING) -> Amounts:
    """What the pod takes from its node's allocatable resources, "pods" aside.

    The larger of what runs together (containers and sidecars) and of what each init container needs beside the
    sidecars that were started before it; plus overhead. `missing` is what a container counts for that asks nothing.
    """
    pod_spec = spec(pod)
    total: Amounts = {}
    for container in pod_spec.containers:
        _add(total, _requests(container, missing))
    if pod_spec.initContainers:
        started: Amounts = {}
        peak: Amounts = {}
        for container in pod_spec.initContainers:
            requests = _requests(container, missing)
            if is_sidecar(container):
                _add(total, requests)
                _add(started, requests)
                _raise_to(peak, started)
            else:
                _add(requests, started)
                _raise_to(peak, requests)
        _raise_to(total, peak)
    if pod_spec.resources:
        total |= amounts(pod_spec.resources.requests)
    if pod_spec.overhead:
        _add(total, amounts(pod_spec.overhead))
    return total


_QOS_RESOURCES = ("cpu", "memory")


def _sums(resources: list[Data], part: str, read: Callable[[str], Decimal]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for requirements in resources:
        for name in _QOS_RESOURCES:
            amount = read((requirements.get(part) or {}).get(name, "0"))
            if amount > 0:
                sums[name] = sums.get(name, Decimal(0)) + amount
    return sums


def qos_class(pod_spec: Data) -> str:
    """BestEffort, Burstable or Guaranteed, from a pod's spec as JSON data."""
    containers = [*(pod_spec.get("containers") or ()), *(pod_spec.get("initContainers") or ())]
    resources = [pod_spec["resources"]] if pod_spec.get("resources") else [c.get("resources") or {} for c in containers]
    requests = _sums(resources, "requests", quantity.parse)
    limits = _sums(resources, "limits", quantity.parse)
    if not requests and not limits:
        return "BestEffort"
    all_limited = all(
        quantity.parse((requirements.get("limits") or {}).get(name, "0")) > 0
        for requirements in resources
        for name in _QOS_RESOURCES
    )
    return "Guaranteed" if all_limited and requests == limits else "Burstable"
