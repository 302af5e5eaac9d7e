"""Which pods go first when there are too many (pkg/controller/controller_utils.go: ActivePodsWithRanks)."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import groupby

from lightkube.models.core_v1 import Pod

from k9lite.api import pods, times
from k9lite.api.object import Object

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


@dataclass(slots=True)
class _Candidate:
    """order: the criteria that compare as they are; the rest decides between candidates of one order."""

    pod: Object[Pod]
    order: tuple[float, ...]
    ready_since: float | None
    restarts: tuple[int, int]
    created: float


def first_to_go(
    candidates: Sequence[Object[Pod]], related: Iterable[Object[Pod]], number: int, now: float
) -> list[Object[Pod]]:
    """`number` of `candidates`, those that are missed least first.

    `related`: all active pods of the same application (of every ReplicaSet of a Deployment): where they share a node
    with many of them, candidates go first. When all go, there is nothing to choose.
    """
    if number >= len(candidates):
        return list(candidates)
    per_node = Counter(obj.view.spec.nodeName for obj in related if obj.view.spec)
    ranked = sorted((_candidate(obj, per_node, now) for obj in candidates), key=lambda candidate: candidate.order)
    chosen: list[_Candidate] = []
    for _, group in groupby(ranked, key=lambda candidate: candidate.order):
        alike = list(group)
        if len(chosen) + len(alike) > number:  # only in the group that is cut does the rest matter
            alike.sort(key=cmp_to_key(lambda candidate, other: _compare(candidate, other, now)))
        chosen += alike
        if len(chosen) >= number:
            break
    return [candidate.pod for candidate in chosen[:number]]


def _candidate(obj: Object[Pod], per_node: Counter[str | None], now: float) -> _Candidate:
    pod = obj.view
    node = pods.spec(pod).nodeName
    ready = pods.is_ready(pod)
    since = pods.ready_since(pod) if ready else None
    order = (
        1 if node else 0,
        _PHASES.get(pods.phase(pod), 2),
        1 if ready else 0,
        deletion_cost(obj),
        -per_node[node],
        _age_rank(since, now) if since is not None else 0,
    )
    return _Candidate(obj, order, since, pods.most_restarts(pod), times.timestamp(obj.meta.creationTimestamp) or 0.0)


def _compare(first: _Candidate, second: _Candidate, now: float) -> int:
    """Negative when `first` goes before `second`, of the same order."""
    if first.ready_since != second.ready_since:
        return -1 if first.pod.uid < second.pod.uid else 1
    if first.restarts != second.restarts:
        return -1 if first.restarts > second.restarts else 1
    if first.created != second.created:
        difference = _age_rank(first.created, now) - _age_rank(second.created, now)
        return difference or (-1 if first.pod.uid < second.pod.uid else 1)
    return 0


def _age_rank(since: float, now: float) -> int:
    """Ages that differ by less than a factor of two or so count as the same: the power of two, in nanoseconds."""
    age = (now - since) * 1e9
    return int(math.log2(age)) if age >= 1 else -1


def deletion_cost(obj: Object[Pod]) -> int:
    """What the pod's annotation says it would cost to delete it; 0 without a valid one."""
    text = obj.annotations.get(DELETION_COST, "")
    digits = text.removeprefix("-")
    valid = digits.isascii() and digits.isdigit() and (digits == "0" or digits[0] != "0") and text != "-0"
    return int(text) if valid and -(2**31) <= int(text) < 2**31 else 0
