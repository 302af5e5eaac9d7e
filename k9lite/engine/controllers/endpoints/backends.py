"""The pods behind a Service, as both controllers of this package see them; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lightkube.models.core_v1 import Pod, Service

from k9lite.api import pods, services, times
from k9lite.api.object import Data, Object
from k9lite.api.selectors import LabelMatcher, equal_labels

LAST_CHANGE = "endpoints.kubernetes.io/last-change-trigger-time"
HEADLESS_LABEL = "service.kubernetes.io/headless"


class Port(NamedTuple):
    """A port of an endpoint; orders as slices list them."""

    name: str
    number: int
    protocol: str
    app_protocol: str | None = None


@dataclass(frozen=True, slots=True)
class Backend:
    """A pod with an address. ports: the Service's ports that it has; ready: whether it accepts connections."""

    pod: Object[Pod]
    addresses: tuple[str, ...]
    ports: tuple[Port, ...]
    ready: bool
    serving: bool
    terminating: bool
    node: str | None
    hostname: str | None

    @property
    def target(self) -> Data:
        """The ObjectReference of the pod."""
        return {"kind": "Pod", "namespace": self.pod.namespace, "name": self.pod.name, "uid": self.pod.uid}


def selector(service: Object[Service]) -> LabelMatcher:
    """The matcher of a Service's pods. It matches nothing without a selector, and for an ExternalName."""
    spec = services.spec(service.view)
    return equal_labels(None if services.is_external_name(service.view) else spec.selector)


def backends(service: Object[Service], candidates: Iterable[Object[Pod]], *, slices: bool) -> list[Backend]:
    """The backends among `candidates`, by name. Endpoints leave out pods that terminate, slices show them so."""
    matcher = selector(service)
    matching = [pod for pod in candidates if matcher.matches(pod.labels) and not pods.is_terminal(pod.view)]
    published = bool(services.spec(service.view).publishNotReadyAddresses)
    result = []
    for pod in sorted(matching, key=lambda pod: pod.name):
        addresses = _addresses(pod.view)
        if addresses and (slices or published or not pod.deleting):
            result.append(_backend(service, pod, addresses, published))
    return result


def _backend(service: Object[Service], pod: Object[Pod], addresses: tuple[str, ...], published: bool) -> Backend:
    spec, service_spec = pods.spec(pod.view), services.spec(service.view)
    serving = pods.is_ready(pod.view)
    ports = (
        Port(port.name or "", number, port.protocol or "TCP", port.appProtocol)
        for port in service_spec.ports or ()
        if (number := services.target_port(port, spec)) is not None
    )
    named = spec.hostname and spec.subdomain == service.name
    return Backend(
        pod,
        addresses,
        tuple(sorted(ports, key=lambda port: port[:3])),
        ready=published or (serving and not pod.deleting),
        serving=serving,
        terminating=pod.deleting,
        node=spec.nodeName,
        hostname=spec.hostname if named else None,
    )


def _addresses(pod: Pod) -> tuple[str, ...]:
    if pod.status is None:
        return ()
    several = tuple(address.ip for address in pod.status.podIPs or () if address.ip)
    return several or ((pod.status.podIP,) if pod.status.podIP else ())


class PodFacts(NamedTuple):
    """The part of a pod that its endpoints depend on. Other changes of the pod concern no Service."""

    labels: Mapping[str, str]
    addresses: tuple[str, ...]
    node: str | None
    ready: bool
    deleting: bool
    terminal: bool


def pod_facts(pod: Object[Pod]) -> PodFacts:
    view = pod.view
    return PodFacts(
        pod.labels,
        _addresses(view),
        pods.spec(view).nodeName,
        pods.is_ready(view),
        pod.deleting,
        pods.is_terminal(view),
    )


def port_data(port: Port) -> Data:
    data: Data = {"name": port.name, "port": port.number, "protocol": port.protocol}
    return data | ({"appProtocol": port.app_protocol} if port.app_protocol else {})


class ChangeTimes:
    """When the pods of each Service last changed, to tell how long its endpoints lagged behind (TriggerTimeTracker)."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, float]] = {}

    def next(self, service: Object[Service], members: Iterable[Backend]) -> float | None:
        """The time of the earliest change since the last call; None without one."""
        previous = self._seen.get(service.uid, {})
        current = {service.uid: times.timestamp(service.meta.creationTimestamp) or 0.0}
        for member in members:
            ready = pods.condition(member.pod.view, "Ready")
            changed = times.timestamp(ready.lastTransitionTime) if ready else None
            if changed is not None:
                current[member.pod.uid] = changed
        self._seen[service.uid] = current
        return min((at for uid, at in current.items() if previous.get(uid) != at), default=None)

    def forget(self, service: Object[Service]) -> None:
        self._seen.pop(service.uid, None)
