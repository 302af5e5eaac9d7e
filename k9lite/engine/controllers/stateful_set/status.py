"""What a StatefulSet's status says (stateful_set_control.go: updateStatus, completeRollingUpdate); pure."""

from collections.abc import Iterable
from typing import NamedTuple

from lightkube.models.core_v1 import Pod

from k9lite.api.object import Data, Object
from k9lite.engine.controllers.stateful_set.identity import revision_of
from k9lite.engine.controllers.stateful_set.plan import Rules, is_available, is_running_and_ready


class Revisions(NamedTuple):
    """Names of ControllerRevisions: the one before an update, and the one that it leads to."""

    current: str
    update: str


def status(
    existing: Iterable[Object[Pod]], rules: Rules, revisions: Revisions, generation: int, collisions: int, now: float
) -> Data:
    """The whole status; counts of zero are left out but for the two that the API always writes."""
    pods = list(existing)
    staying = [pod for pod in pods if not pod.deleting]
    counts = {
        "readyReplicas": sum(map(is_running_and_ready, pods)),
        "currentReplicas": sum(revision_of(pod) == revisions.current for pod in staying),
        "updatedReplicas": sum(revision_of(pod) == revisions.update for pod in staying),
    }
    return {
        "observedGeneration": generation,
        "replicas": len(pods),
        **counts,
        "currentRevision": revisions.current,
        "updateRevision": revisions.update,
        "collisionCount": collisions,
        "availableReplicas": sum(is_available(pod, rules, now) for pod in pods),
    }


def after_plan(counted: Data, updating: int, rules: Rules) -> Data:
    """The status once `updating` pods were deleted by an update, without what is empty.

    When the last pod of an update is ready, the update revision becomes the current one.
    """
    result = counted | {"currentReplicas": max(0, counted["currentReplicas"] - updating)}
    complete = all(result[count] == rules.replicas for count in ("replicas", "readyReplicas", "updatedReplicas"))
    if complete and not rules.on_delete:
        result |= {"currentReplicas": result["updatedReplicas"], "currentRevision": result["updateRevision"]}
    optional = ("readyReplicas", "currentReplicas", "updatedReplicas")
    return {name: value for name, value in result.items() if value or name not in optional}
