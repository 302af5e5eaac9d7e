"""How many replicas the use of one resource asks for (replica_calculator.go); pure. Amounts are thousandths."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lightkube.models.core_v1 import Pod

from k9lite.api import pods, quantity, times
from k9lite.api.object import Object

INITIALISING, READY_DELAY = 300.0, 30.0  # seconds after a pod's start in which its processor use may say nothing
WINDOW = 15.0  # seconds over which use is measured
DEFAULT_TOLERANCE = 0.1
_MATCHES_NONE = "no metrics returned matched known pods"
_NO_PODS = "no pods returned by selector while calculating replica count"
_NONE_READY = "did not receive metrics for targeted pods (pods might be unready)"


class MetricError(Exception):
    """A metric says nothing; the text says why."""


@dataclass(frozen=True)
class Tolerance:
    """By how much use may differ from its target, as a fraction, before the number of replicas changes."""

    up: float = DEFAULT_TOLERANCE
    down: float = DEFAULT_TOLERANCE

    def admits(self, ratio: float) -> bool:
        return 1.0 - self.down <= ratio <= 1.0 + self.up


@dataclass(frozen=True)
class Target:
    """What is aimed at: a percentage of the pods' requests, or an amount for each pod."""

    utilization: int | None = None
    average: int = 0


@dataclass(frozen=True)
class Proposal:
    """replicas: as many as the metric asks for; utilization: percent of the requests; average: of each pod."""

    replicas: int
    average: int
    utilization: int | None = None


@dataclass(frozen=True)
class _Groups:
    """counted: pods whose use counts; ignored: those that are not ready for it; missing: those without metrics."""

    counted: set[str]
    ignored: set[str]
    missing: set[str]


@dataclass(frozen=True)
class _Ratio:
    """value: use as a fraction of its target; the rest as in Proposal."""

    value: float
    average: int
    utilization: int | None = None


def propose(
    current: int,
    target: Target,
    resource: str,
    selected: Sequence[Object[Pod]],
    metrics: Mapping[str, int],
    now: float,
    *,
    container: str = "",
    tolerance: Tolerance = Tolerance(),
) -> Proposal:
    """The replicas that the use of `resource` asks for. Raises MetricError.

    metrics: use by the names of the selected pods; container: the one whose requests count, empty for all
    """
    if not selected:
        raise MetricError(_NO_PODS)
    groups = _group(selected, metrics, resource, now)
    requests = {} if target.utilization is None else _requests(selected, resource, container)
    usage = {name: metrics[name] for name in metrics if name not in groups.ignored}
    if not usage:
        raise MetricError(_NONE_READY)
    ratio = _ratio(usage, requests, target)
    rebalanced = bool(groups.ignored) and ratio.value > 1.0
    unchanged = Proposal(current, ratio.average, ratio.utilization)
    if not rebalanced and not groups.missing:
        if tolerance.admits(ratio.value):
            return unchanged
        return Proposal(_ceil(ratio.value * len(groups.counted)), ratio.average, ratio.utilization)
    usage |= _assumed(groups, ratio.value, requests, target)
    assumed = _ratio(usage, requests, target).value
    if tolerance.admits(assumed) or (ratio.value < 1.0 < assumed) or (assumed < 1.0 < ratio.value):
        return unchanged
    replicas = _ceil(assumed * len(usage))
    if (assumed < 1.0 and replicas > current) or (assumed > 1.0 and replicas < current):
        return unchanged
    return Proposal(replicas, ratio.average, ratio.utilization)


def _assumed(groups: _Groups, ratio: float, requests: Mapping[str, int], target: Target) -> dict[str, int]:
    """What pods without metrics are taken to use: all they may where others use little, else nothing."""
    usage: dict[str, int] = {}
    if ratio < 1.0:
        usage |= {name: requests[name] if target.utilization else target.average for name in groups.missing}
    elif ratio > 1.0:
        usage |= dict.fromkeys(groups.missing | groups.ignored, 0)
    return usage


def _ratio(usage: Mapping[str, int], requests: Mapping[str, int], target: Target) -> _Ratio:
    if target.utilization is None:
        average = sum(usage.values()) // len(usage)
        return _Ratio(average / target.average, average)
    known = [name for name in usage if name in requests]
    requested, used = sum(requests[name] for name in known), sum(usage[name] for name in known)
    if not requested:
        raise MetricError(_MATCHES_NONE)
    percent = used * 100 // requested
    return _Ratio(percent / target.utilization, used // len(known), percent)


def _group(selected: Sequence[Object[Pod]], metrics: Mapping[str, int], resource: str, now: float) -> _Groups:
    groups = _Groups(set(), set(), set())
    for pod in selected:
        phase = pods.phase(pod.view)
        if pod.deleting or phase == "Failed":
            continue
        if phase == "Pending":
            groups.ignored.add(pod.name)
        elif pod.name not in metrics:
            groups.missing.add(pod.name)
        elif resource == "cpu" and _is_starting(pod.view, now):
            groups.ignored.add(pod.name)
        else:
            groups.counted.add(pod.name)
    return groups


def _is_starting(pod: Pod, now: float) -> bool:
    """Whether the processor use of a pod may still be that of its start."""
    ready = pods.condition(pod, "Ready")
    start = times.timestamp(pod.status.startTime) if pod.status else None
    if ready is None or start is None:
        return True
    changed = times.timestamp(ready.lastTransitionTime) or 0.0
    if start + INITIALISING > now:
        return ready.status == "False" or now < changed + WINDOW
    return ready.status == "False" and start + READY_DELAY > changed


def _requests(selected: Sequence[Object[Pod]], resource: str, container: str) -> dict[str, int]:
    """What each pod requests of the resource, in all its containers or in one. Raises MetricError."""
    requests = {}
    for pod in selected:
        total = 0
        for each in pods.long_running(pods.spec(pod.view)):
            if container and each.name != container:
                continue
            amount = ((each.resources.requests if each.resources else None) or {}).get(resource)
            if amount is None:
                raise MetricError(f"missing request for {resource} in container {each.name} of Pod {pod.name}")
            total += quantity.milli(amount)
        requests[pod.name] = total
    return requests


def _ceil(number: float) -> int:
    return math.ceil(number)
