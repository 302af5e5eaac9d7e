"""Which pods of a StatefulSet are created and deleted next (stateful_set_control.go: updateStatefulSet); pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lightkube.models.apps_v1 import StatefulSetSpec
from lightkube.models.core_v1 import Pod

from k9lite.api import int_or_percent, pods
from k9lite.api.object import Object
from k9lite.engine.controllers.stateful_set.identity import ordinal_of, revision_of


@dataclass(frozen=True, slots=True)
class Rules:
    """What a StatefulSet asks of its pods, with every default filled in.

    ordered: pods start one after another, and end in reverse
    partition: pods of a lower index than this are not updated
    max_unavailable: pods that an update may have unavailable at a time
    """

    replicas: int
    start: int = 0
    ordered: bool = True
    on_delete: bool = False
    partition: int | None = 0
    max_unavailable: int = 1
    min_ready_seconds: int = 0

    @property
    def ordinals(self) -> range:
        return range(self.start, self.start + self.replicas)


@dataclass(slots=True)
class Plan:
    """What is to be done now.

    create: ordinals
    delete: pods, in order
    claims: pods that wait and may lack claims
    updating: how many of `delete` go because of an update
    """

    create: list[int] = field(default_factory=list)
    delete: list[Object[Pod]] = field(default_factory=list)
    claims: list[Object[Pod]] = field(default_factory=list)
    updating: int = 0


def rules(spec: StatefulSetSpec) -> Rules:
    replicas = 1 if spec.replicas is None else spec.replicas
    strategy = spec.updateStrategy
    rolling = strategy.rollingUpdate if strategy else None
    most = int_or_percent.scaled((rolling.maxUnavailable if rolling else None) or 1, replicas, up=False)
    return Rules(
        replicas,
        start=(spec.ordinals.start or 0) if spec.ordinals else 0,
        ordered=spec.podManagementPolicy != "Parallel",
        on_delete=strategy is not None and strategy.type == "OnDelete",
        partition=(rolling.partition or 0) if rolling else None,
        max_unavailable=max(1, most),
        min_ready_seconds=spec.minReadySeconds or 0,
    )


def is_running_and_ready(pod: Object[Pod]) -> bool:
    return pods.phase(pod.view) == "Running" and pods.is_ready(pod.view)


def is_available(pod: Object[Pod], rules: Rules, now: float) -> bool:
    """Whether the pod runs and has been ready for as long as the StatefulSet asks."""
    return is_running_and_ready(pod) and pods.is_available(pod.view, rules.min_ready_seconds, now)


def _is_unavailable(pod: Object[Pod] | None, rules: Rules, now: float) -> bool:
    return pod is None or pod.deleting or not is_available(pod, rules, now)


def uses_update_revision(rules: Rules, ordinal: int, current_replicas: int) -> bool:
    """Whether a new pod of that ordinal is made from the update revision, not from the current one."""
    if rules.on_delete:
        return True
    unchanged = current_replicas if rules.partition is None else rules.partition
    return ordinal >= rules.start + unchanged


def plan(rules: Rules, parent: str, existing: Iterable[Object[Pod]], update_revision: str, now: float) -> Plan:
    """The next steps of the StatefulSet named `parent`, of which `existing` are the pods."""
    by_ordinal = {ordinal: pod for pod in existing if (ordinal := ordinal_of(pod.name, parent)) is not None}
    replicas = {ordinal: by_ordinal.get(ordinal) for ordinal in rules.ordinals}
    condemned = [by_ordinal[ordinal] for ordinal in sorted(by_ordinal, reverse=True) if ordinal not in replicas]
    result = Plan()
    if not _keep_replicas(rules, replicas, result, now) or not _remove_condemned(
        rules, condemned, _first_unavailable(rules, replicas, condemned, now), result, now
    ):
        return result
    if not rules.on_delete:
        _update(rules, replicas, update_revision, result, now)
    return result


def _keep_replicas(rules: Rules, replicas: Mapping[int, Object[Pod] | None], result: Plan, now: float) -> bool:
    """Create what is missing, replace what has ended; whether the rest of the plan may follow."""
    for ordinal, pod in replicas.items():
        if pod is None:
            result.create.append(ordinal)
            if rules.ordered:
                return False
            continue
        if pods.is_terminal(pod.view):
            if not pod.deleting:
                result.delete.append(pod)
            if rules.ordered:
                return False
            continue
        if pods.phase(pod.view) == "Pending":
            result.claims.append(pod)
        if rules.ordered and _is_unavailable(pod, rules, now):
            return False
    return True


def _first_unavailable(
    rules: Rules, replicas: Mapping[int, Object[Pod] | None], condemned: Sequence[Object[Pod]], now: float
) -> Object[Pod] | None:
    candidates = [*replicas.values(), *reversed(condemned)]
    return next((pod for pod in candidates if _is_unavailable(pod, rules, now)), None)


def _remove_condemned(
    rules: Rules, condemned: Sequence[Object[Pod]], first_unavailable: Object[Pod] | None, result: Plan, now: float
) -> bool:
    """Delete pods beyond the replicas, highest ordinal first; whether an update may follow."""
    for pod in condemned:
        if pod.deleting:
            if rules.ordered:
                return False
            continue
        if rules.ordered and not is_available(pod, rules, now) and pod is not first_unavailable:
            return False
        result.delete.append(pod)
        if rules.ordered:
            return False
    return True


def _update(
    rules: Rules, replicas: Mapping[int, Object[Pod] | None], update_revision: str, result: Plan, now: float
) -> None:
    """Delete pods of other revisions, highest ordinal first, as many as may be unavailable."""
    unavailable = sum(_is_unavailable(pod, rules, now) for pod in replicas.values())
    allowed = rules.max_unavailable - unavailable
    for ordinal in reversed(rules.ordinals):
        pod = replicas[ordinal]
        if allowed <= 0 or ordinal < rules.start + (rules.partition or 0):
            return
        if pod is not None and revision_of(pod) != update_revision and not pod.deleting:
            result.delete.append(pod)
            result.updating += 1
            allowed -= 1
