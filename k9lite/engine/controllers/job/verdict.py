"""How far a Job has come, and whether it is over; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lightkube.models.batch_v1 import Job, JobSpec
from lightkube.models.core_v1 import Pod

from k9lite.api import conditions, pods, times
from k9lite.api.object import Data, Object
from k9lite.engine.controllers.job import indexes, members
from k9lite.engine.controllers.job.members import Action


class Verdict(NamedTuple):
    """That the Job is to end: `type` is Complete or Failed."""

    type: str
    reason: str
    message: str

    @property
    def interim(self) -> str:
        """The condition that is there before all pods have ended and are counted."""
        return "SuccessCriteriaMet" if self.type == "Complete" else "FailureTarget"


@dataclass(frozen=True)
class Progress:
    """What the pods of a Job say.

    pods: all of them; active, terminating: those that run or are to run, those that are being deleted
    ended: those that wait to be counted, with whether they succeeded
    succeeded, failed: counts, with those that wait
    done, failed_indexes: of an Indexed Job
    """

    pods: Sequence[Object[Pod]]
    active: list[Object[Pod]]
    terminating: int
    ready: int
    succeeded: int
    failed: int
    done: set[int]
    failed_indexes: set[int]


def is_indexed(spec: JobSpec) -> bool:
    return spec.completionMode == "Indexed"


def is_finished(job: Object[Job]) -> bool:
    found = job.data().get("status", {}).get("conditions", ())
    return any(one["type"] in ("Complete", "Failed") and one["status"] == "True" for one in found)


def progress(spec: JobSpec, status: Data, own: Sequence[Object[Pod]]) -> Progress:
    """`status`: the Job's, whose counts `own`, its pods, go on from."""
    uncounted = status.get("uncountedTerminatedPods") or {}
    waiting = {uid for part in ("succeeded", "failed") for uid in uncounted.get(part, ())}
    tracked = [pod for pod in own if members.is_tracked(pod) and pod.uid not in waiting]
    lost = [pod for pod in tracked if members.failed(pod, spec) and _counts(spec, pod)]
    won = [pod for pod in tracked if members.succeeded(pod)]
    done, failed_indexes = indexes.parse(status.get("completedIndexes")), indexes.parse(status.get("failedIndexes"))
    if is_indexed(spec):
        done |= set(_indexes(spec, won))
        failed_indexes |= set(_indexes(spec, (pod for pod in lost if _ends_index(spec, pod))))
        succeeded = len(done)
    else:
        succeeded = status.get("succeeded", 0) + len(uncounted.get("succeeded", ())) + len(won)
    active = [pod for pod in own if pods.is_active(pod.view)]
    return Progress(
        own,
        active,
        terminating=sum(pod.deleting and not pods.is_terminal(pod.view) for pod in own),
        ready=sum(pods.is_ready(pod.view) for pod in active),
        succeeded=succeeded,
        failed=status.get("failed", 0) + len(uncounted.get("failed", ())) + len(lost),
        done=done,
        failed_indexes=failed_indexes,
    )


def _counts(spec: JobSpec, pod: Object[Pod]) -> bool:
    return members.match(spec, pod).action is not Action.IGNORE


def _indexes(spec: JobSpec, own: Iterable[Object[Pod]]) -> Iterable[int]:
    every = (members.index_of(pod) for pod in own)
    return (index for index in every if index is not None and index < (spec.completions or 0))


def _ends_index(spec: JobSpec, pod: Object[Pod]) -> bool:
    """Whether an index has failed with this pod, in a Job that counts failures for each of them."""
    if spec.backoffLimitPerIndex is None:
        return False
    if members.match(spec, pod).action is Action.FAIL_INDEX:
        return True
    return members.index_failures(spec, pod)[0] > spec.backoffLimitPerIndex


def judge(spec: JobSpec, status: Data, seen: Progress, now: float) -> Verdict | None:
    """Whether the Job is to end although it may have active pods."""
    for type, interim in (("Failed", "FailureTarget"), ("Complete", "SuccessCriteriaMet")):
        condition = conditions.find(status.get("conditions"), interim)
        if condition is not None and condition["status"] == "True":
            return Verdict(type, condition.get("reason", ""), condition.get("message", ""))
    for pod in seen.pods:
        if members.failed(pod, spec) and (found := members.match(spec, pod)).action is Action.FAIL_JOB:
            return Verdict("Failed", "PodFailurePolicy", found.message)
    limit = 6 if spec.backoffLimit is None else spec.backoffLimit
    if seen.failed > limit or members.restarts_exceeded(spec, seen.pods):
        return Verdict("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    left = deadline(spec, status, now)
    if left is not None and left <= 0:
        return Verdict("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
    if is_indexed(spec):
        return _judge_indexes(spec, seen)
    return None


def deadline(spec: JobSpec, status: Data, now: float) -> float | None:
    """Seconds until the Job has been active for too long; None where nothing limits it now."""
    started = times.timestamp(status.get("startTime"))
    if spec.activeDeadlineSeconds is None or spec.suspend or started is None:
        return None
    return started + spec.activeDeadlineSeconds - now


def _judge_indexes(spec: JobSpec, seen: Progress) -> Verdict | None:
    lost = len(seen.failed_indexes)
    if spec.maxFailedIndexes is not None and lost > spec.maxFailedIndexes:
        message = "Job has exceeded the specified maximal number of failed indexes"
        return Verdict("Failed", "MaxFailedIndexesExceeded", message)
    if lost and lost + len(seen.done) >= (spec.completions or 0):
        return Verdict("Failed", "FailedIndexes", "Job has failed indexes")
    for number, rule in enumerate((spec.successPolicy.rules if spec.successPolicy else None) or ()):
        wanted = None if rule.succeededIndexes is None else indexes.parse(rule.succeededIndexes)
        met = seen.done if wanted is None else seen.done & wanted
        needed = rule.succeededCount if rule.succeededCount is not None else len(wanted or ())
        if len(met) >= needed:
            return Verdict("Complete", "SuccessPolicy", f"Matched rules at index {number}")
    return None


def is_complete(spec: JobSpec, seen: Progress, active: int) -> bool:
    """Whether as many pods have succeeded as were asked for, and none is left."""
    if active:
        return False
    return seen.succeeded > 0 if spec.completions is None else seen.succeeded >= spec.completions


def wanted_active(spec: JobSpec, seen: Progress) -> int:
    """How many pods should be active now."""
    parallelism = 1 if spec.parallelism is None else spec.parallelism
    if spec.suspend:
        return 0
    if spec.completions is None:
        return len(seen.active) if seen.succeeded else parallelism
    return max(0, min(parallelism, spec.completions - seen.succeeded))


def free_indexes(spec: JobSpec, seen: Progress, number: int) -> list[int]:
    """The lowest `number` of indexes that nothing is active for and that are not over."""
    replaced_late = spec.podReplacementPolicy == "Failed"
    busy = [pod for pod in seen.pods if pods.is_active(pod.view) or (replaced_late and not pods.is_terminal(pod.view))]
    taken = seen.done | seen.failed_indexes | set(_indexes(spec, busy))
    return [index for index in range(spec.completions or 0) if index not in taken][:number]
