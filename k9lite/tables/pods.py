"""The row of a pod: what READY, STATUS and RESTARTS say (printers.go, printPod)."""

from dataclasses import dataclass

from lightkube.models.core_v1 import ContainerState, ContainerStatus, Pod

from k9lite.api import times
from k9lite.api.object import Object
from k9lite.tables.ages import age, duration
from k9lite.tables.column import NONE, Cell, Column, table


@dataclass(frozen=True, slots=True)
class PodSummary:
    """What one line says about a pod.

    ready, total: containers (with sidecars); status: e.g. Running, Init:0/1, CrashLoopBackOff, Terminating
    restarts: how often containers were restarted; restarted_at: when one last ended, epoch seconds
    """

    ready: int
    total: int
    status: str
    restarts: int
    restarted_at: float | None

    def restarts_cell(self, now: float) -> str:
        if self.restarts and self.restarted_at is not None:
            return f"{self.restarts} ({duration(now - self.restarted_at)} ago)"
        return str(self.restarts)


class _Restarts:
    """Counts restarts and remembers the latest end of a container."""

    def __init__(self) -> None:
        self.count = 0
        self.last: float | None = None

    def add(self, status: ContainerStatus) -> None:
        self.count += status.restartCount or 0
        ended = status.lastState.terminated if status.lastState else None
        finished = times.timestamp(ended.finishedAt) if ended else None
        if finished is not None:
            self.last = finished if self.last is None else max(self.last, finished)


def summary(obj: Object[Pod]) -> PodSummary:
    """READY, STATUS and RESTARTS of a pod, as `kubectl get pods` shows them."""
    pod = obj.view
    spec, status = pod.spec, pod.status
    sidecars = {c.name for c in (spec.initContainers or () if spec else ()) if c.restartPolicy == "Always"}
    total = (len(spec.containers or ()) if spec else 0) + len(sidecars)
    reason = (status and (status.reason or status.phase)) or "Unknown"
    conditions = {c.type: c for c in (status.conditions or () if status else ())}
    scheduled = conditions.get("PodScheduled")
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        reason = "SchedulingGated"

    initializing, ready, restarts = _walk_init_containers(pod, sidecars)
    initialized = conditions.get("Initialized")
    if initializing is not None:
        reason = initializing
    if initializing is None or (initialized is not None and initialized.status == "True"):
        restarts = _sidecar_restarts(pod, sidecars)
        is_ready = "Ready" in conditions and conditions["Ready"].status == "True"
        reason, more_ready = _walk_containers(pod, reason, is_ready, restarts)
        ready += more_ready

    if obj.deleting:
        if status and status.reason == "NodeLost":
            reason = "Unknown"
        elif not status or status.phase not in ("Succeeded", "Failed"):
            reason = "Terminating"
    return PodSummary(ready, total, reason, restarts.count, restarts.last)


def _sidecar_restarts(pod: Pod, sidecars: set[str]) -> _Restarts:
    restarts = _Restarts()
    for status in (pod.status.initContainerStatuses or ()) if pod.status else ():
        if status.name in sidecars:
            restarts.add(status)
    return restarts


def _walk_init_containers(pod: Pod, sidecars: set[str]) -> tuple[str | None, int, _Restarts]:
    """The `Init:` status while init containers are not done (else None), ready sidecars, and restarts."""
    restarts = _Restarts()
    ready = 0
    for index, status in enumerate((pod.status.initContainerStatuses or ()) if pod.status else ()):
        restarts.add(status)
        state = status.state or ContainerState()
        if state.terminated and state.terminated.exitCode == 0:
            continue
        if status.name in sidecars and status.started:
            ready += bool(status.ready)
            continue
        count = len(pod.spec.initContainers or ()) if pod.spec else 0
        if state.terminated:
            return f"Init:{_ended(state)}", ready, restarts
        if state.waiting and state.waiting.reason not in (None, "", "PodInitializing"):
            return f"Init:{state.waiting.reason}", ready, restarts
        return f"Init:{index}/{count}", ready, restarts
    return None, ready, restarts


def _ended(state: ContainerState) -> str:
    """The reason of a terminated container, or what is known instead."""
    terminated = state.terminated
    assert terminated is not None
    if terminated.reason:
        return terminated.reason
    return f"Signal:{terminated.signal}" if terminated.signal else f"ExitCode:{terminated.exitCode}"


def _walk_containers(pod: Pod, reason: str, is_ready: bool, restarts: _Restarts) -> tuple[str, int]:
    """The reason that the containers give, from last to first so that the first one's problem wins."""
    error, ready, running = "", 0, False
    for status in reversed((pod.status.containerStatuses or ()) if pod.status else ()):
        restarts.add(status)
        state = status.state or ContainerState()
        if state.waiting and state.waiting.reason:
            reason = state.waiting.reason
        elif state.terminated:
            reason = _ended(state)
            if state.terminated.exitCode:
                error = reason
        elif status.ready and state.running:
            ready += 1
            running = True
    if reason == "Completed":
        if running and is_ready:
            reason = "Running"
        elif error:
            reason = error
        elif running:
            reason = "NotReady"
    return reason, ready


def _gates(pod: Pod) -> str:
    gates = (pod.spec.readinessGates or ()) if pod.spec else ()
    met = {c.type for c in (pod.status.conditions or () if pod.status else ()) if c.status == "True"}
    return f"{sum(gate.conditionType in met for gate in gates)}/{len(gates)}" if gates else NONE


def _cells(obj: Object[Pod], now: float) -> list[Cell]:
    line, pod = summary(obj), obj.view
    status, spec = pod.status, pod.spec
    ips = (status.podIPs or ()) if status else ()
    return [
        obj.name,
        f"{line.ready}/{line.total}",
        line.status,
        line.restarts_cell(now),
        age(obj.meta.creationTimestamp, now),
        (ips[0].ip if ips else None) or NONE,
        (spec.nodeName if spec else None) or NONE,
        (status.nominatedNodeName if status else None) or NONE,
        _gates(pod),
    ]


POD = table(
    _cells,
    Column("Ready", description="How many of the pod's containers are ready."),
    Column("Status", description="The phase of the pod, or why it is not there yet."),
    Column("Restarts", description="How often containers were restarted, and when the last one ended."),
    "Age",
    wide="IP,Node,Nominated Node,Readiness Gates",
)
