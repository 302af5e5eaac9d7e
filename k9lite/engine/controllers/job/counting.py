"""How pods that ended get into a Job's status, each once, whatever fails in between; pure.

First the status names them in `uncountedTerminatedPods`, then they lose their finalizer, then they become numbers.
"""

from collections.abc import Collection, Iterable, Sequence

from lightkube.models.batch_v1 import JobSpec
from lightkube.models.core_v1 import Pod

from k9lite.api.object import Data, Object
from k9lite.engine.controllers.job import indexes, members
from k9lite.engine.controllers.job.members import Action
from k9lite.engine.controllers.job.verdict import Progress, Verdict, is_indexed

PARTS = ("succeeded", "failed")


def settle(status: Data, tracked: Collection[str]) -> None:
    """Count those that the status names and that are not `tracked` (uids) any more."""
    uncounted = status.get("uncountedTerminatedPods") or {}
    for part in PARTS:
        named = uncounted.get(part, ())
        counted = [uid for uid in named if uid not in tracked]
        if counted:
            status[part] = status.get(part, 0) + len(counted)
    left = {part: [uid for uid in uncounted.get(part, ()) if uid in tracked] for part in PARTS}
    status["uncountedTerminatedPods"] = {part: uids for part, uids in left.items() if uids}


def name(spec: JobSpec, status: Data, seen: Progress, verdict: Verdict | None, delayed: set[str]) -> list[Object[Pod]]:
    """Name the pods that have ended; all that may lose their finalizer once this is stored.

    delayed: uids of failed pods that stay until their index is tried again
    """
    uncounted = {part: list(uids) for part, uids in (status.get("uncountedTerminatedPods") or {}).items()}
    freed = []
    gives_up = verdict is not None and verdict.type == "Failed"
    for pod in seen.pods:
        if not members.is_tracked(pod):
            continue
        won, lost = members.succeeded(pod), members.failed(pod, spec)
        if not (won or lost or verdict is not None) or (pod.uid in delayed and verdict is None):
            continue
        freed.append(pod)
        if any(pod.uid in uids for uids in uncounted.values()):
            continue
        if won and not is_indexed(spec):
            uncounted.setdefault("succeeded", []).append(pod.uid)
        elif not won and (lost or gives_up) and members.match(spec, pod).action is not Action.IGNORE:
            uncounted.setdefault("failed", []).append(pod.uid)
    status["uncountedTerminatedPods"] = uncounted
    if is_indexed(spec):
        status["succeeded"] = len(seen.done)
        status["completedIndexes"] = indexes.text(seen.done)
        if spec.backoffLimitPerIndex is not None:
            status["failedIndexes"] = indexes.text(seen.failed_indexes)
    return freed


def retried_later(spec: JobSpec, seen: Progress) -> dict[int, Object[Pod]]:
    """Failed pods that say how often their index has failed, by index, until it is tried again."""
    if spec.backoffLimitPerIndex is None:
        return {}
    over = seen.done | seen.failed_indexes | set(_indexes(seen.active))
    found: dict[int, Object[Pod]] = {}
    for pod in seen.pods:
        index = members.index_of(pod)
        if index is None or index in over or not members.is_tracked(pod) or not members.failed(pod, spec):
            continue
        best = found.get(index)
        if best is None or members.index_failures(spec, best) < members.index_failures(spec, pod):
            found[index] = pod
    return found


def _indexes(own: Sequence[Object[Pod]]) -> Iterable[int]:
    return (index for pod in own if (index := members.index_of(pod)) is not None)


def tidy(status: Data) -> Data:
    """Without what the API leaves out: numbers and texts that are nothing."""
    always = ("ready", "terminating", "uncountedTerminatedPods")
    return {key: value for key, value in status.items() if value or key in always}
