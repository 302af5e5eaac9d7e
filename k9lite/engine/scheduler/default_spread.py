"""Default topology spread constraints: pods are spread evenly among the pods of their service and owner."""

from collections.abc import Callable
from typing import Any

from lightkube.models.core_v1 import Service

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Object
from k9lite.api.placement.topology_spread import Constraint, default_constraints
from k9lite.api.selectors import LabelMatcher, Requirement, equal_labels, workload_selector
from k9lite.client.informer import Informer, Informers
from k9lite.engine.scheduler.pod_info import PodInfo

OWNERS: dict[str, Kind[Any]] = {
    kind.kind: kind for kind in (kinds.REPLICA_SET, kinds.REPLICATION_CONTROLLER, kinds.STATEFUL_SET)
}


class DefaultSpread:
    """Caches its answers per owner, until a service or an owner is added or removed."""

    def __init__(self, informers: Informers) -> None:
        self._services: Informer[Service] = informers.of(kinds.SERVICE)
        self._owners = {name: informers.of(kind) for name, kind in OWNERS.items()}
        self._answers: dict[tuple[object, ...], tuple[Constraint, ...]] = {}
        self._services.add_handler(self._forget_when(lambda old, new: old.view.spec != new.view.spec))
        for owners in self._owners.values():
            owners.add_handler(self._forget_when(lambda old, new: False))

    def constraints(self, pod: PodInfo) -> tuple[Constraint, ...]:
        if pod.spreads_itself:
            return pod.spread_preferred
        question = pod.namespace, frozenset(pod.labels.items()), pod.owner.uid if pod.owner else ""
        answer = self._answers.get(question)
        if answer is None:
            answer = self._answers[question] = self._constraints(pod)
        return answer

    def _constraints(self, pod: PodInfo) -> tuple[Constraint, ...]:
        requirements: list[Requirement] = []
        for service in self._services.in_namespace(pod.namespace):
            selector = service.view.spec.selector if service.view.spec else None
            if selector:
                matcher = equal_labels(selector)
                requirements += matcher.requirements if matcher.matches(pod.labels) else ()
        owners = self._owners.get(pod.owner.kind) if pod.owner else None
        owner = owners.get(pod.owner.name, pod.namespace) if owners and pod.owner else None
        if owner is not None and pod.owner and owner.uid == pod.owner.uid:
            requirements += workload_selector(owner.view.spec.selector).requirements
        return default_constraints(LabelMatcher(dict.fromkeys(requirements))) if requirements else ()

    def _forget_when(
        self, differ: Callable[[Object[Any], Object[Any]], bool]
    ) -> Callable[[Object[Any] | None, Object[Any] | None], None]:
        def changed(old: Object[Any] | None, new: Object[Any] | None) -> None:
            if old is None or new is None or differ(old, new):
                self._answers.clear()

        return changed
