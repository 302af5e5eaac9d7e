"""Why a pod that is still pending goes on no further, where its status does not say; pure."""

from collections.abc import Iterable
from typing import NamedTuple

from lightkube.models.core_v1 import Event, Pod

from k9lite.api import pods
from k9lite.api.object import Object

DEFAULT_SCHEDULER = "default-scheduler"


class Why(NamedTuple):
    """What an object waits for: `reason` in one word, `message` in a sentence."""

    reason: str
    message: str


def unattended(pod: Pod, *, has_node: bool) -> Why | None:
    """Nobody takes care of the pod: its scheduler, or its node (`has_node`), does not exist."""
    spec = pods.spec(pod)
    if pods.phase(pod) != "Pending":
        return None
    if spec.nodeName and not has_node:
        message = f'node "{spec.nodeName}", which spec.nodeName names, does not exist; the pod will be deleted'
        return Why("NodeNotFound", message)
    scheduler = spec.schedulerName or DEFAULT_SCHEDULER
    if not spec.nodeName and scheduler != DEFAULT_SCHEDULER and pods.condition(pod, "PodScheduled") is None:
        return Why("NoScheduler", f'no scheduler called "{scheduler}", which spec.schedulerName names, is running')
    return None


def complaint(events: Iterable[Object[Event]]) -> Why | None:
    """What the newest of the Events about a pod warns of; None where things have gone on since the last warning."""
    newest = max(events, key=lambda event: event.revision, default=None)
    if newest is None or newest.view.type != "Warning":
        return None
    return Why(newest.view.reason or "", newest.view.message or "")
