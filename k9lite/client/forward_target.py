"""What a port may be forwarded to: the ports it offers, the pods behind it, and their port for each of its own."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from lightkube.models.core_v1 import Pod, PodSpec

from k9lite.api import kinds, pods, services, workloads
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.api.selectors import LabelMatcher, equal_labels, workload_selector


class ForwardTarget(NamedTuple):
    """A pod, a service, or a workload that selects pods."""

    kind: Kind[Any]
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.kind.lower()}/{self.name}"


class OfferedPort(NamedTuple):
    """A TCP port that can be forwarded; its name may be empty."""

    port: int
    name: str


def offered_ports(obj: Object[Any]) -> list[OfferedPort]:
    """The ports that `obj` declares; its pods may well listen on others."""
    if obj.kind is kinds.SERVICE:
        ports = services.spec(obj.view).ports or ()
        return [OfferedPort(one.port, one.name or "") for one in ports if (one.protocol or "TCP") == "TCP"]
    pod_spec = _pod_spec(obj)
    listed = [port for container in pods.long_running(pod_spec) for port in container.ports or ()] if pod_spec else []
    offers = [OfferedPort(one.containerPort, one.name or "") for one in listed if (one.protocol or "TCP") == "TCP"]
    return list(dict.fromkeys(offers))


def _pod_spec(obj: Object[Any]) -> PodSpec | None:
    spec: PodSpec | None = obj.view.spec if obj.kind is kinds.POD else obj.view.spec.template.spec
    return spec


def _selected(matcher: Callable[[Any], LabelMatcher]) -> Callable[[Object[Any], Object[Pod]], bool]:
    return lambda obj, pod: pods.is_ready(pod.view) and pods.is_active(pod.view) and matcher(obj).matches(pod.labels)


def _service_matcher(obj: Object[Any]) -> LabelMatcher:
    return equal_labels(services.spec(obj.view).selector or {})


# A pod that was named serves as soon as it runs, as kubectl has it; of several, only those that are ready do.
_SERVES: dict[Kind[Any], Callable[[Object[Any], Object[Pod]], bool]] = {
    kinds.POD: lambda obj, pod: pod.name == obj.name and pods.phase(pod.view) == "Running",
    kinds.SERVICE: _selected(_service_matcher),
} | dict.fromkeys(workloads.SELECTING, _selected(lambda obj: workload_selector(obj.view.spec.selector)))


def backends(obj: Object[Any], candidates: Iterable[Object[Pod]]) -> list[Object[Pod]]:
    """Those of `candidates` (the pods of its namespace) that a connection to `obj` may go to, the oldest first."""
    if obj.kind is kinds.SERVICE and not services.spec(obj.view).selector:
        return []
    found = [pod for pod in candidates if _SERVES[obj.kind](obj, pod)]
    return sorted(found, key=lambda pod: (pod.meta.creationTimestamp or "", pod.name))


def pod_port(obj: Object[Any], port: int, pod: Object[Pod]) -> int | None:
    """The port of `pod` behind `port` of `obj`; None where a service port's name means nothing to the pod."""
    if obj.kind is not kinds.SERVICE:
        return port
    declared = next((one for one in services.spec(obj.view).ports or () if one.port == port), None)
    return services.target_port(declared, pods.spec(pod.view)) if declared else None
