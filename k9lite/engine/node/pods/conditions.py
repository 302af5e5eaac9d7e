"""The conditions a kubelet sets on its pods (Kubernetes: kubelet/status/generate.go); pure."""

from collections.abc import Sequence
from typing import NamedTuple

from lightkube.models.core_v1 import Container, Pod, PodSpec

from k9lite.api import conditions as api_conditions
from k9lite.api import pods, times
from k9lite.api.object import Data, Object
from k9lite.engine.node.pods.phase import Statuses, is_terminal
from k9lite.engine.node.pods.resizing import Sizes

PENDING, UNDERWAY = "PodResizePending", "PodResizeInProgress"
OWNED = (PENDING, UNDERWAY, "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


class Verdict(NamedTuple):
    """A condition without its times."""

    status: str
    reason: str = ""
    message: str = ""


TRUE = Verdict("True")


def initialized(spec: PodSpec, statuses: Statuses, phase: str, created: bool) -> Verdict:
    """`created`: a regular container exists, so that initialisation is over, whatever became of its traces."""
    unknown, incomplete = [], []
    for container in spec.initContainers or ():
        status = statuses.get(container.name)
        if status is None:
            unknown.append(container.name)
        elif not (status.get("started") if pods.is_sidecar(container) else status["ready"]):
            incomplete.append(container.name)
    if phase == "Succeeded" and not unknown:
        return Verdict("True", "PodCompleted")
    if not unknown and not incomplete:
        return TRUE
    if created and not unknown:
        return TRUE
    return Verdict("False", "ContainersNotInitialized", _told(unknown, incomplete, "incomplete"))


def containers_ready(spec: PodSpec, statuses: Statuses, phase: str) -> Verdict:
    if phase == "Succeeded":
        return Verdict("False", "PodCompleted")
    if phase == "Failed":
        return Verdict("False", "PodFailed")
    unknown, unready = [], []
    for container in _counted(spec):
        status = statuses.get(container.name)
        if status is None:
            unknown.append(container.name)
        elif not status["ready"]:
            unready.append(container.name)
    if not unknown and not unready:
        return TRUE
    return Verdict("False", "ContainersNotReady", _told(unknown, unready, "unready"))


def foreign(status: Data) -> list[Data]:
    """The conditions that others have set."""
    return [one for one in status.get("conditions", ()) if one["type"] not in OWNED]


def foreign_of(pod: Object[Pod]) -> list[Data]:
    """The conditions that others have set; most pods have none, and are not decoded to find that out."""
    typed = (pod.view.status.conditions if pod.view.status else None) or ()
    return foreign(pod.status()) if any(one.type not in OWNED for one in typed) else []


def gates_moved(pod: Object[Pod]) -> bool:
    """Whether others have opened or shut a readiness gate, so that Ready does not fit the status any more."""
    spec = pods.spec(pod.view)
    status = pod.status() if spec.readinessGates else {}
    told = api_conditions.find(status.get("conditions"), "Ready")
    if told is None:
        return False
    every = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    of_containers = containers_ready(spec, {one["name"]: one for one in every}, status.get("phase", ""))
    wanted = ready(spec, foreign(status), of_containers)
    return (told["status"], told.get("message", "")) != (wanted.status, wanted.message)


def ready(spec: PodSpec, present: Sequence[Data], containers: Verdict) -> Verdict:
    """`present`: the conditions that others have set, for the readiness gates."""
    if containers.status != "True":
        return containers
    problems = []
    for gate in spec.readinessGates or ():
        found = api_conditions.find(present, gate.conditionType)
        if found is None:
            problems.append(f'corresponding condition of pod readiness gate "{gate.conditionType}" does not exist.')
        elif found.get("status") != "True":
            problems.append(
                f'the status of pod readiness gate "{gate.conditionType}" is not "True", but {found.get("status")}'
            )
    return Verdict("False", "ReadinessGatesNotReady", ", ".join(problems)) if problems else TRUE


def conditions(
    spec: PodSpec,
    statuses: Statuses,
    phase: str,
    sandbox_ready: bool,
    created: bool,
    foreign: Sequence[Data],
    old: Sequence[Data],
    generation: int,
    now: float,
    sizes: Sizes | None = None,
) -> list[Data]:
    """Every condition of the pod: those of others as they are, then the kubelet's own in Kubernetes' order."""
    of_containers = containers_ready(spec, statuses, phase)
    verdicts = {
        "PodReadyToStartContainers": Verdict("True" if sandbox_ready else "False"),
        "Initialized": initialized(spec, statuses, phase, created),
        "Ready": ready(spec, foreign, of_containers),
        "ContainersReady": of_containers,
        "PodScheduled": TRUE,
    }
    stamp = times.time(now)
    resized = _of_resize(sizes, old, generation, stamp) if sizes else []
    return [*foreign, *resized] + [
        _condition(type, verdict, old, generation, stamp) for type, verdict in verdicts.items()
    ]


def _of_resize(sizes: Sizes, old: Sequence[Data], generation: int, stamp: str) -> list[Data]:
    """Conditions that are there only as long as they are true."""
    found = []
    if sizes.pending is not None:
        found.append(_condition(PENDING, Verdict("True", *sizes.pending), old, generation, stamp))
    if sizes.underway:
        found.append(_condition(UNDERWAY, TRUE, old, sizes.generation, stamp))
    return found


def unready(present: list[Data], phase: str, now: float) -> list[Data]:
    """`present` for a pod that is at its end: Ready and ContainersReady False at once, whatever probes said last."""
    assert is_terminal(phase)
    verdict = Verdict("False", "PodCompleted" if phase == "Succeeded" else "PodFailed")
    return [
        _condition(one["type"], verdict, present, one.get("observedGeneration", 0), times.time(now))
        if one["type"] in ("Ready", "ContainersReady") and one["status"] == "True"
        else one
        for one in present
    ]


def _condition(type: str, verdict: Verdict, old: Sequence[Data], generation: int, stamp: str) -> Data:
    """`stamp`: now, as the API writes it; an unchanged status keeps its own."""
    condition: Data = {"type": type, "status": verdict.status, "lastTransitionTime": stamp}
    if verdict.reason:
        condition["reason"] = verdict.reason
    if verdict.message:
        condition["message"] = verdict.message
    condition["observedGeneration"] = generation
    return api_conditions.following(api_conditions.find(old, type), condition)


def _counted(spec: PodSpec) -> list[Container]:
    """The containers whose readiness is the pod's: in the order in which messages name them."""
    return [*pods.sidecars(spec), *spec.containers]


def _told(unknown: list[str], others: list[str], word: str) -> str:
    parts = []
    if unknown:
        parts.append(f"containers with unknown status: [{' '.join(unknown)}]")
    if others:
        parts.append(f"containers with {word} status: [{' '.join(others)}]")
    return ", ".join(parts)
