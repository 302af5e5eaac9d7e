"""Chooses pods of lower priority to delete so that a pod fits (kube-scheduler: framework/preemption)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from lightkube.models.policy_v1 import PodDisruptionBudget

from k9lite.api.object import Object
from k9lite.api.selectors import NOTHING, LabelMatcher, label_selector
from k9lite.engine.scheduler.cycle import Cycle
from k9lite.engine.scheduler.decision import Nominated, check
from k9lite.engine.scheduler.node_info import NodeInfo
from k9lite.engine.scheduler.pod_info import PodInfo
from k9lite.engine.scheduler.rejection import NO_VICTIMS, NOT_HELPFUL, Rejection, histogram

NEVER = "not eligible due to preemptionPolicy=Never."
STILL_LEAVING = "not eligible due to a terminating pod on the nominated node."
LEAST_CANDIDATES, CANDIDATE_PERCENT = 100, 10
_LOWEST_PRIORITY = 2**31  # added to every priority, so that more victims always weigh more

_NO_VICTIMS = Rejection("DefaultPreemption", (NO_VICTIMS,), False)
_NOT_HELPFUL = Rejection("DefaultPreemption", (NOT_HELPFUL,), False)


class Budget(NamedTuple):
    """A PodDisruptionBudget: the disruptions still allowed, and the pods already granted."""

    namespace: str
    matcher: LabelMatcher
    allowed: int
    disrupted: Collection[str]


def budget(obj: Object[PodDisruptionBudget]) -> Budget:
    """The budget of a PodDisruptionBudget. One without selector, or that selects everything, protects no pod here."""
    spec, status = obj.view.spec, obj.view.status
    matcher = label_selector(spec.selector if spec else None)
    return Budget(
        obj.namespace,
        NOTHING if matcher.everything else matcher,
        (status.disruptionsAllowed if status else None) or 0,
        frozenset((status.disruptedPods if status else None) or ()),
    )


class Candidate(NamedTuple):
    """A node that fits once `victims` are deleted. victims: highest priority first."""

    node: str
    victims: tuple[PodInfo, ...]
    violations: int


def ineligible(cycle: Cycle, rejections: Mapping[str, Rejection]) -> str:
    """Why the pod may not preempt others now; empty if it may."""
    pod = cycle.pod
    if not pod.preempts:
        return NEVER
    nominated = next((node for node in cycle.nodes if node.name == pod.nominated), None)
    hopeless = pod.nominated in rejections and not rejections[pod.nominated].resolvable
    if nominated is not None and not hopeless:
        leaving = (other for other in nominated.pods.values() if other.deleting and other.priority < pod.priority)
        if any(leaving):
            return STILL_LEAVING
    return ""


def preempt(
    cycle: Cycle, rejections: Mapping[str, Rejection], nominated: Nominated, budgets: Sequence[Budget], offset: int
) -> tuple[Candidate | None, str]:
    """The node to clear; or None and the message why preemption helps on no node."""
    if message := ineligible(cycle, rejections):
        return None, message
    nodes = cycle.nodes
    hopeful = [node for node in nodes if node.name in rejections and rejections[node.name].resolvable]
    enough = min(len(nodes), max(LEAST_CANDIDATES, len(nodes) * CANDIDATE_PERCENT // 100))
    candidates: list[Candidate] = []
    outcome: dict[str, Rejection] = {}
    for number in range(len(hopeful)):
        node = hopeful[(offset + number) % len(hopeful)]
        victims = _victims(cycle, node, nominated, budgets)
        if isinstance(victims, Rejection):
            outcome[node.name] = victims
        else:
            candidates.append(victims)
            if len(candidates) >= enough:
                break
    if candidates:
        return min(candidates, key=_cost), ""
    reasons = (reason for node in nodes for reason in outcome.get(node.name, _NOT_HELPFUL).reasons)
    return None, histogram(len(nodes), reasons)


def _importance(pod: PodInfo) -> tuple[int, str]:
    return -pod.priority, pod.since


def _victims(cycle: Cycle, node: NodeInfo, nominated: Nominated, budgets: Sequence[Budget]) -> Candidate | Rejection:
    """Remove every pod of lower priority, then add back those that still leave room, highest priority first."""
    lesser = sorted((pod for pod in node.pods.values() if pod.priority < cycle.pod.priority), key=_importance)
    if not lesser:
        return _NO_VICTIMS
    for pod in lesser:
        node.remove(pod)
    gone = list(lesser)
    try:
        rejected = check(cycle.again(), node, nominated)
        if rejected is not None:
            return rejected
        violating = _violating(lesser, budgets)
        for pod in [*violating, *(pod for pod in lesser if pod not in violating)]:
            node.add(pod)
            if check(cycle.again(), node, nominated) is None:
                gone.remove(pod)
            else:
                node.remove(pod)
        return Candidate(node.name, tuple(gone), sum(pod in violating for pod in gone))
    finally:
        for pod in gone:
            node.add(pod)


def _violating(victims: Iterable[PodInfo], budgets: Sequence[Budget]) -> list[PodInfo]:
    """The `victims` whose deletion violates a budget."""
    allowed = [budget.allowed for budget in budgets]
    violating = []
    for pod in victims:
        breaks = False
        for index, budget in enumerate(budgets):
            if (
                pod.labels
                and budget.namespace == pod.namespace
                and budget.matcher.matches(pod.labels)
                and pod.key.name not in budget.disrupted
            ):
                allowed[index] -= 1
                breaks |= allowed[index] < 0
        if breaks:
            violating.append(pod)
    return violating


class _Latest(str):
    """A time that sorts later times first."""

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _cost(candidate: Candidate) -> tuple[int, int, int, int, _Latest]:
    """The cost of a candidate, compared part by part. The first of the cheapest is chosen."""
    victims = candidate.victims
    if not victims:
        return candidate.violations, -_LOWEST_PRIORITY, 0, 0, _Latest("")
    highest = victims[0].priority
    return (
        candidate.violations,
        highest,
        sum(pod.priority + _LOWEST_PRIORITY for pod in victims),
        len(victims),
        _Latest(min(pod.since for pod in victims if pod.priority == highest)),
    )
