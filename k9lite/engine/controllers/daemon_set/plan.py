"""Which pods of a DaemonSet are created and deleted next (daemon_controller.go: manage; update.go); pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lightkube.models.apps_v1 import DaemonSetSpec
from lightkube.models.core_v1 import Pod

from k9lite.api import int_or_percent, pods
from k9lite.api.object import Object
from k9lite.engine.controllers.daemon_set.placement import Fit
from k9lite.engine.controllers.daemon_set.template import HASH_LABEL

PodsByNode = Mapping[str, Sequence[Object[Pod]]]

BURST = 250  # pods that one look creates or deletes at most


@dataclass(frozen=True, slots=True)
class Rules:
    """The update strategy of a DaemonSet in numbers: how many pods too many, or unavailable, at a time."""

    rolling: bool
    max_surge: int
    max_unavailable: int
    min_ready_seconds: int = 0


@dataclass(slots=True)
class Plan:
    """create: names of nodes; delete: pods; ended: those of `delete` that failed or succeeded by themselves."""

    create: list[str] = field(default_factory=list)
    delete: list[Object[Pod]] = field(default_factory=list)
    ended: list[Object[Pod]] = field(default_factory=list)


def rules(spec: DaemonSetSpec, desired: int) -> Rules:
    """`desired`: the number of nodes that should have a pod, which percentages count from."""
    strategy = spec.updateStrategy
    rolling = strategy.rollingUpdate if strategy else None
    surge = int_or_percent.scaled((rolling.maxSurge if rolling else None) or 0, desired, up=True)
    most = rolling.maxUnavailable if rolling else None
    unavailable = int_or_percent.scaled(1 if most is None else most, desired, up=True)
    if surge == 0 and unavailable == 0:
        unavailable = 1  # with neither, nothing could ever be updated
    is_rolling = strategy is None or strategy.type != "OnDelete"
    return Rules(is_rolling, surge, unavailable, spec.minReadySeconds or 0)


def counted(existing: Iterable[Object[Pod]]) -> list[Object[Pod]]:
    """Without the pods that have ended and are being deleted: their nodes may get a new one."""
    return [pod for pod in existing if not (pod.deleting and pods.is_terminal(pod.view))]


def by_age(existing: Iterable[Object[Pod]]) -> list[Object[Pod]]:
    """Those bound to a node first, oldest first."""
    return sorted(
        existing, key=lambda pod: (not pods.is_scheduled(pod.view), pod.meta.creationTimestamp or "", pod.name)
    )


def manage(nodes: Mapping[str, Fit], by_node: PodsByNode, rules: Rules, hash: str, now: float) -> Plan:
    """Bring every node to one pod, or to none; `by_node` holds `counted` pods, also of nodes that are gone."""
    plan = Plan()
    for node, node_fit in nodes.items():
        existing = by_node.get(node, ())
        if node_fit.runs and not existing:
            plan.create.append(node)
        elif not node_fit.stays:
            plan.delete += [pod for pod in existing if not pod.deleting]
        else:
            _keep_one(existing, rules, hash, plan, now)
    for node, existing in by_node.items():
        if node not in nodes:
            plan.delete += [pod for pod in existing if not pod.deleting and not pods.is_scheduled(pod.view)]
    return plan


def _keep_one(existing: Sequence[Object[Pod]], rules: Rules, hash: str, plan: Plan, now: float) -> None:
    """Delete pods that ended and pods too many; during a surge an old and a new one are not too many."""
    running = []
    for pod in existing:
        if pod.deleting:
            continue
        if pods.is_terminal(pod.view):
            plan.delete.append(pod)
            plan.ended.append(pod)
        else:
            running.append(pod)
    running = by_age(running)
    if not rules.max_surge:
        plan.delete += running[1:]
        return
    new = [pod for pod in running if is_updated(pod, hash)]
    old = [pod for pod in running if not is_updated(pod, hash)]
    plan.delete += new[1:] + old[1:]
    if new and old and (not pods.is_ready(old[0].view) or _is_available(new[0], rules, now)):
        plan.delete.append(old[0])


def is_updated(pod: Object[Pod], hash: str) -> bool:
    """Whether the pod was made from the current template."""
    return pod.labels.get(HASH_LABEL) == hash


def _is_available(pod: Object[Pod], rules: Rules, now: float) -> bool:
    return pods.is_available(pod.view, rules.min_ready_seconds, now)


class _Pair(NamedTuple):
    """The pods of one node that are not being deleted: one of the current template, one of another."""

    new: Object[Pod] | None
    old: Object[Pod] | None


def _pair(existing: Sequence[Object[Pod]], hash: str) -> _Pair | None:
    """None where there are two of a sort, which `manage` mends first."""
    alive = [pod for pod in existing if not pod.deleting]
    new = [pod for pod in alive if is_updated(pod, hash)]
    old = [pod for pod in alive if not is_updated(pod, hash)]
    if len(new) > 1 or len(old) > 1:
        return None
    return _Pair(new[0] if new else None, old[0] if old else None)


def update(nodes: Mapping[str, Fit], by_node: PodsByNode, rules: Rules, hash: str, now: float) -> Plan:
    """The next steps of a rolling update; `by_node` holds `counted` pods of every node in `nodes`."""
    pairs = {node: _pair(by_node.get(node, ()), hash) for node in nodes if node in by_node or nodes[node].runs}
    if rules.max_surge:
        return _surge(nodes, pairs, rules, now)
    return _replace(pairs, rules, now)


def _replace(pairs: Mapping[str, _Pair | None], rules: Rules, now: float) -> Plan:
    """Delete old pods: those that are not available at once, others as far as `max_unavailable` allows."""
    unavailable, at_once, candidates = 0, [], []
    for pair in pairs.values():
        if pair is None or (pair.new is None) == (pair.old is None):
            unavailable += 1  # `manage` creates or deletes there
        elif pair.old is None:
            assert pair.new is not None
            unavailable += not _is_available(pair.new, rules, now)
        elif not _is_available(pair.old, rules, now):
            at_once.append(pair.old)
            unavailable += 1
        else:
            candidates.append(pair.old)
    return Plan(delete=at_once + candidates[: max(0, rules.max_unavailable - unavailable)])


def _surge(nodes: Mapping[str, Fit], pairs: Mapping[str, _Pair | None], rules: Rules, now: float) -> Plan:
    """Create new pods beside old ones as far as `max_surge` allows; an old one goes when its new one is available."""
    plan, surging, candidates = Plan(), 0, []
    for node, pair in pairs.items():
        if pair is None:
            surging += 1
        elif pair.old is None:
            continue
        elif pair.new is None:
            if not _is_available(pair.old, rules, now):
                plan.create.append(node)
            elif not nodes[node].runs:
                plan.delete.append(pair.old)
            else:
                candidates.append(node)
        elif not _is_available(pair.old, rules, now) or _is_available(pair.new, rules, now):
            plan.delete.append(pair.old)
        else:
            surging += 1
    plan.create += candidates[: max(0, rules.max_surge - surging)]
    return plan
