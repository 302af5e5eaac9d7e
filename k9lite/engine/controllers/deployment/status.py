"""The status of a Deployment and its conditions (sync.go, progress.go, deployment_util.go); pure."""

from collections.abc import Iterable, Sequence

from lightkube.models.apps_v1 import Deployment, ReplicaSet, ReplicaSetStatus

from k9lite.api import conditions, deployments, times
from k9lite.api.object import Data, Object

COUNTS = ("replicas", "readyReplicas", "availableReplicas")
NO_STATUS = ReplicaSetStatus(replicas=0)


def count(
    deployment: Object[Deployment], sets: Iterable[Object[ReplicaSet]], new: Object[ReplicaSet] | None, now: float
) -> Data:
    """The status counted from the ReplicaSets. Of the conditions only Available is updated."""
    sets = list(sets)
    old = deployment.data().get("status", {})
    of_sets = [one.view.status or NO_STATUS for one in sets]
    counts: Data = {name: sum(getattr(status, name) or 0 for status in of_sets) for name in COUNTS}
    specified = sum((one.view.spec.replicas or 0) for one in sets if one.view.spec)
    counts["observedGeneration"] = deployment.meta.generation
    counts["updatedReplicas"] = ((new.view.status or NO_STATUS).replicas or 0) if new else 0
    counts["unavailableReplicas"] = max(0, specified - counts["availableReplicas"])
    counts["collisionCount"] = old.get("collisionCount")
    counts["conditions"] = list(old.get("conditions", ()))
    least = deployments.replicas(deployment.view) - deployments.bounds(deployment.view).unavailable
    if counts["availableReplicas"] >= least:
        available = condition(
            "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now
        )
    else:
        available = condition(
            "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now
        )
    put(counts["conditions"], available)
    counts = {name: value for name, value in counts.items() if value}
    if all(status.terminatingReplicas is not None for status in of_sets):
        counts["terminatingReplicas"] = sum(status.terminatingReplicas or 0 for status in of_sets)
    return counts


def condition(type: str, status: str, reason: str, message: str, now: float) -> Data:
    stamp = times.time(now)
    return {
        "type": type,
        "status": status,
        "lastUpdateTime": stamp,
        "lastTransitionTime": stamp,
        "reason": reason,
        "message": message,
    }


def put(existing: list[Data], new: Data) -> None:
    """Set a condition in place. With the same status and reason it stays; otherwise it moves to the end."""
    old = conditions.find(existing, new["type"])
    if old is not None:
        if (old["status"], old.get("reason")) == (new["status"], new["reason"]):
            return
        conditions.remove(existing, new["type"])
    existing.append(conditions.following(old, new))


def judge_progress(
    deployment: Object[Deployment],
    status: Data,
    sets: Sequence[Object[ReplicaSet]],
    new: Object[ReplicaSet] | None,
    now: float,
) -> None:
    """Bring the Progressing and ReplicaFailure conditions of `status`, made by `count`, up to date."""
    existing: list[Data] = status.setdefault("conditions", [])
    current = conditions.find(existing, "Progressing")
    if not deployments.has_deadline(deployment.view):
        conditions.remove(existing, "Progressing")
    elif not _has_settled(status, current):
        subject = f'ReplicaSet "{new.name}"' if new else f'Deployment "{deployment.name}"'
        if is_complete(deployment, status):
            message = f"{subject} has successfully progressed."
            put(existing, condition("Progressing", "True", "NewReplicaSetAvailable", message, now))
        elif _has_progressed(deployment.data().get("status", {}), status):
            going = condition("Progressing", "True", "ReplicaSetUpdated", f"{subject} is progressing.", now)
            conditions.remove(existing, "Progressing")
            existing.append(conditions.following(current, going))
        elif has_timed_out(deployment, status, now):
            message = f"{subject} has timed out progressing."
            put(existing, condition("Progressing", "False", "ProgressDeadlineExceeded", message, now))
    failure = _failure(sets, new)
    if failure is not None:
        put(existing, failure)
    else:
        conditions.remove(existing, "ReplicaFailure")


def _has_settled(status: Data, progressing: Data | None) -> bool:
    """Whether the current rollout has succeeded already: then its progress is not judged again."""
    settled = progressing is not None and progressing.get("reason") == "NewReplicaSetAvailable"
    return settled and status.get("replicas", 0) == status.get("updatedReplicas", 0)


def is_complete(deployment: Object[Deployment], status: Data) -> bool:
    desired = deployments.replicas(deployment.view)
    counts = {status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas")}
    return counts == {desired} and status.get("observedGeneration", 0) >= deployment.meta.generation


def _has_progressed(old: Data, new: Data) -> bool:
    def left(status: Data) -> int:
        """The number of pods of older templates."""
        return int(status.get("replicas", 0) - status.get("updatedReplicas", 0))

    more = any(
        new.get(name, 0) > old.get(name, 0) for name in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )
    return more or left(new) < left(old)


def has_timed_out(deployment: Object[Deployment], status: Data, now: float) -> bool:
    progressing = conditions.find(status.get("conditions"), "Progressing")
    if progressing is None or progressing["reason"] == "NewReplicaSetAvailable":
        return False
    return progressing["reason"] == "ProgressDeadlineExceeded" or _deadline(deployment, progressing) < now


def look_again(deployment: Object[Deployment], status: Data, now: float) -> float | None:
    """Seconds until the progress deadline of the current rollout; None without one."""
    progressing = conditions.find(status.get("conditions"), "Progressing")
    if not deployments.has_deadline(deployment.view) or progressing is None or is_complete(deployment, status):
        return None
    if progressing["reason"] in ("ProgressDeadlineExceeded", "NewReplicaSetAvailable"):
        return None
    return max(0.0, _deadline(deployment, progressing) - now) + 1.0


def _deadline(deployment: Object[Deployment], progressing: Data) -> float:
    updated = times.timestamp(progressing.get("lastUpdateTime")) or 0.0
    return updated + (deployments.spec(deployment.view).progressDeadlineSeconds or 0)


def _failure(sets: Sequence[Object[ReplicaSet]], new: Object[ReplicaSet] | None) -> Data | None:
    """The failure that a ReplicaSet reports, the new one's first."""
    for replica_set in ([new] if new else []) + list(sets):
        for condition in (replica_set.view.status or NO_STATUS).conditions or ():
            if condition.type == "ReplicaFailure":
                stamp = times.time(times.timestamp(condition.lastTransitionTime) or 0.0)
                return {
                    "type": "ReplicaFailure",
                    "status": condition.status,
                    "lastUpdateTime": stamp,
                    "lastTransitionTime": stamp,
                    "reason": condition.reason,
                    "message": condition.message,
                }
    return None
