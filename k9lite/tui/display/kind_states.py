"""How objects of the kinds without a view of their own are; pure."""

from collections.abc import Callable, Mapping
from typing import Any

from k9lite.api.object import Object
from k9lite.tui.display.tones import State, Tone, state

PHASES: dict[str, Tone] = {
    "Active": "good",
    "Bound": "good",
    "Available": "good",
    "Pending": "busy",
    "Released": "gone",
    "Terminating": "gone",
    "Lost": "bad",
    "Failed": "bad",
}


def ready_state(ready: int | None, wanted: int | None, about: str = "") -> State:
    """So many of so many; `about` comes before that."""
    ready, wanted = ready or 0, wanted or 0
    return state(f"{about}{ready}/{wanted} ready", "gone" if not wanted else "good" if ready >= wanted else "busy")


def _replicas(obj: Object[Any]) -> State:
    spec, status = obj.view.spec, obj.view.status
    wanted = 1 if spec is None or spec.replicas is None else spec.replicas
    return ready_state(status.readyReplicas if status else 0, wanted)


def _daemon_set(obj: Object[Any]) -> State:
    status = obj.view.status
    return ready_state(status.numberReady, status.desiredNumberScheduled) if status else state("Starting", "busy")


def _job(obj: Object[Any]) -> State:
    conditions = (obj.view.status.conditions if obj.view.status else None) or ()
    met = {condition.type for condition in conditions if condition.status == "True"}
    if "Failed" in met:
        return state("Failed", "bad")
    return state("Complete", "gone") if "Complete" in met else state("Running", "busy")


def _event(obj: Object[Any]) -> State:
    return state("Warning", "warn") if obj.view.type == "Warning" else state("Normal", "muted")


def _phase(obj: Object[Any]) -> State:
    phase = (obj.view.status.phase if obj.view.status else None) or "Pending"
    return state(phase, PHASES.get(phase, "muted"))


STATES: Mapping[str, Callable[[Object[Any]], State]] = {
    "replicasets": _replicas,
    "replicationcontrollers": _replicas,
    "statefulsets": _replicas,
    "daemonsets": _daemon_set,
    "jobs": _job,
    "events": _event,
    "namespaces": _phase,
    "persistentvolumes": _phase,
    "persistentvolumeclaims": _phase,
}


def state_of(obj: Object[Any]) -> State:
    """What its status says; of other kinds, whether anything acts on them."""
    known = STATES.get(obj.kind.plural) if obj.kind.model is not None else None
    if known is not None:
        return known(obj)
    return state("", "muted") if obj.kind.acted_on else state("stored, not acted on", "gone")
