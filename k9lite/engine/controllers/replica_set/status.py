"""What a ReplicaSet's status says (pkg/controller/replicaset/replica_set_utils.go); pure."""

from collections.abc import Iterable

from lightkube.models.apps_v1 import ReplicaSet
from lightkube.models.core_v1 import Pod, ReplicationController

from k9lite.api import conditions, kinds, pods
from k9lite.api.object import Data, Object
from k9lite.engine.controllers.replica_set.tally import Counts


def status(
    owner: Object[ReplicaSet] | Object[ReplicationController],
    counts: Counts,
    available: int,
    failure: tuple[str, str] | None,
    now: float,
) -> Data:
    """The whole status. `failure`: reason and message of what could not be created or deleted.

    Counts of zero are left out; `replicas` and `terminatingReplicas` are always written.
    """
    old = owner.data().get("status", {})
    template = (owner.view.spec.template.metadata if owner.view.spec and owner.view.spec.template else None) or None
    template_labels = frozenset(((template.labels if template else None) or {}).items())
    reported = list(old.get("conditions", ()))
    if failure is None:
        conditions.remove(reported, "ReplicaFailure")
    elif conditions.find(reported, "ReplicaFailure") is None:
        reported.append(conditions.make("ReplicaFailure", "True", now, *failure))
    optional = {
        "fullyLabeledReplicas": sum(number for labels, number in counts.active.items() if template_labels <= labels),
        "readyReplicas": counts.ready,
        "availableReplicas": available,
        "observedGeneration": owner.meta.generation,
        "conditions": reported,
    }
    replicas = {"replicas": counts.active.total()}
    if owner.kind is kinds.REPLICA_SET:
        replicas["terminatingReplicas"] = counts.terminating
    return replicas | {name: value for name, value in optional.items() if value}


def next_available(candidates: Iterable[Object[Pod]], min_ready_seconds: float, now: float) -> tuple[int, float | None]:
    """The number of available pods, and the seconds until the next ready pod becomes available."""
    waiting = [
        since + min_ready_seconds - now
        for obj in candidates
        if pods.is_active(obj.view) and (since := pods.ready_since(obj.view)) is not None
    ]
    return sum(rest <= 0 for rest in waiting), min((rest for rest in waiting if rest > 0), default=None)
