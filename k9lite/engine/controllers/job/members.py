"""What the pods of a Job count for; pure."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from lightkube.models.batch_v1 import JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule
from lightkube.models.core_v1 import ContainerStatus, Pod

from k9lite.api import pods, times
from k9lite.api.object import Object

FINALIZER = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"
INDEX_FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED_FAILURES = "batch.kubernetes.io/job-index-ignored-failure-count"


class Action(Enum):
    """What a rule of spec.podFailurePolicy does about a pod."""

    FAIL_JOB = "FailJob"
    FAIL_INDEX = "FailIndex"
    IGNORE = "Ignore"
    COUNT = "Count"


class Match(NamedTuple):
    """The action of the rule that a failed pod matches, and how that is told."""

    action: Action
    message: str = ""


def is_tracked(pod: Object[Pod]) -> bool:
    """Whether the pod still waits to be counted."""
    return FINALIZER in (pod.meta.finalizers or ())


def index_of(pod: Object[Pod]) -> int | None:
    """Its completion index; None without a readable one."""
    text = pod.annotations.get(INDEX, "")
    return int(text) if text.isdecimal() else None


def succeeded(pod: Object[Pod]) -> bool:
    return pods.phase(pod.view) == "Succeeded"


def failed(pod: Object[Pod], spec: JobSpec) -> bool:
    """Whether it failed; a pod that terminates has, unless only pods that ended are replaced."""
    if pods.phase(pod.view) == "Failed":
        return True
    return spec.podReplacementPolicy != "Failed" and pod.deleting and not succeeded(pod)


def finished_at(pod: Object[Pod], now: float) -> float:
    """When the last of its containers ended, else when it was deleted or stopped being ready; epoch seconds."""
    ends = [
        times.timestamp(status.state.terminated.finishedAt)
        for status in pods.container_statuses(pod.view)
        if status.state and status.state.terminated
    ]
    known = [end for end in ends if end]
    if known:
        return max(known)
    return min(times.timestamp(pod.meta.deletionTimestamp) or now, now)


def match(spec: JobSpec, pod: Object[Pod]) -> Match:
    """By the first rule that fits; without one a failure counts."""
    for number, rule in enumerate((spec.podFailurePolicy.rules if spec.podFailurePolicy else None) or ()):
        how = _fits(rule, pod)
        if how:
            return Match(Action(rule.action), f"{how} matching {rule.action} rule at index {number}")
    return Match(Action.COUNT)


def _fits(rule: PodFailurePolicyRule, pod: Object[Pod]) -> str:
    name = f"{pod.namespace}/{pod.name}"
    if rule.onExitCodes is not None:
        for status in pods.container_statuses(pod.view):
            code = _exit_code(status)
            if code and _has_code(rule.onExitCodes, status.name, code):
                return f"Container {status.name} for pod {name} failed with exit code {code}"
        return ""
    for pattern in rule.onPodConditions or ():
        condition = pods.condition(pod.view, pattern.type)
        if condition is not None and condition.status == (pattern.status or "True"):
            return f"Pod {name} has condition {pattern.type}"
    return ""


def _exit_code(status: ContainerStatus) -> int:
    ended = status.state.terminated if status.state else None
    return ended.exitCode if ended else 0


def _has_code(requirement: PodFailurePolicyOnExitCodesRequirement, container: str, code: int) -> bool:
    if requirement.containerName not in (None, container):
        return False
    return (code in requirement.values) == (requirement.operator == "In")


def index_failures(spec: JobSpec, pod: Object[Pod]) -> tuple[int, int]:
    """How often its index has failed with this pod, and how often that was ignored."""
    counted, ignored = (
        int(text) if (text := pod.annotations.get(name, "")).isdecimal() else 0
        for name in (INDEX_FAILURES, IGNORED_FAILURES)
    )
    if match(spec, pod).action is Action.IGNORE:
        return counted, ignored + 1
    return counted + 1, ignored


def restarts_exceeded(spec: JobSpec, members: Sequence[Object[Pod]]) -> bool:
    """Whether containers that are restarted in place have failed as often as the back-off limit allows."""
    if spec.template.spec is None or spec.template.spec.restartPolicy != "OnFailure":
        return False
    limit = 6 if spec.backoffLimit is None else spec.backoffLimit
    restarts = sum(
        status.restartCount or 0
        for pod in members
        if pods.phase(pod.view) in ("Running", "Pending")
        for status in pods.container_statuses(pod.view)
    )
    return restarts >= max(limit, 1)
