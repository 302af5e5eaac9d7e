"""The loop itself: claim pods, create or delete some, report."""

from collections.abc import Iterable
from typing import Any

from lightkube.models.apps_v1 import ReplicaSetSpec
from lightkube.models.core_v1 import Pod, ReplicationControllerSpec

from k9lite.aio.clock import Clock
from k9lite.api import kinds, pods
from k9lite.api.errors import StatusError, is_not_found
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.api.selectors import LabelMatcher, workload_selector
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions
from k9lite.engine.controllers.claims import by_controller, claim, orphans_of
from k9lite.engine.controllers.pod_template import new_pod
from k9lite.engine.controllers.replica_set.ranking import first_to_go
from k9lite.engine.controllers.replica_set.status import next_available, status
from k9lite.engine.controllers.replica_set.tally import Counts, Tally

BURST = 500  # pods that one look creates or deletes at most
Owner = Object[Any]  # a ReplicaSet or a ReplicationController


class ReplicaSetController(Controller):
    """Acts on ReplicaSets and, through their labels and owners, on pods."""

    name = "replicaset-controller"
    kind: Kind[Any] = kinds.REPLICA_SET

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.tally = Tally()
        self.sets = informers.of(self.kind)
        self.pods = informers.of(kinds.POD)
        self.sets.add_index("controller", by_controller)
        self.pods.add_index("controller", by_controller)
        self.watch(self.sets)
        self.pods.add_handler(self._pod_changed)

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        newest = new or old
        if newest is None:
            return
        controller = newest.meta.controller
        if controller is not None and newest.key not in self.tally and not list(self._owner(newest)):
            return  # it belongs to another kind
        counted = self.tally.take(newest.key, new)
        if not counted and controller is not None:
            return
        owners = [key for obj in (old, new) if obj is not None for key in self._owner(obj)]
        if new is not None and new.meta.controller is None:
            owners += self._adopters(new)
        cause = self.caused_by(newest) if owners else None
        for key in dict.fromkeys(owners):
            assert cause is not None
            self.queue.add(key, cause)

    def _owner(self, pod: Object[Pod]) -> Iterable[Key]:
        owner = pod.meta.controller
        if owner is not None and (owner.kind, owner.apiVersion) == (self.kind.kind, self.kind.api_version):
            yield Key(pod.namespace, owner.name)

    def _adopters(self, pod: Object[Pod]) -> list[Key]:
        return [
            candidate.key
            for candidate in self.sets.in_namespace(pod.namespace)
            if _selector(candidate).matches(pod.labels)
        ]

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        owner = self.sets.get(key.name, key.namespace)
        if owner is None:
            return None
        if await self._claim(owner, client):
            return None  # what was claimed shows up as a change, and is acted on then
        counts = self.tally.of(owner.uid)
        failed: StatusError | None = None
        try:
            if not owner.deleting:
                await self._scale(owner, counts, client)
        except StatusError as error:
            failed = error
        again = await self._report(owner, counts, failed, client)
        if failed is not None:
            raise failed
        return again

    async def _claim(self, owner: Owner, client: CausedClient) -> bool:
        """Adopt and release pods by their labels. Returns whether any was."""
        selector = _selector(owner)
        candidates = self.pods.indexed("controller", orphans_of(owner.namespace))
        if any(not selector.matches(dict(labels)) for labels in self.tally.of(owner.uid).active):
            candidates += self._pods_of(owner)
        candidates = [pod for pod in candidates if pods.is_active(pod.view)]
        _, changed = await claim(client, owner, selector, candidates)
        return changed

    def _pods_of(self, owner: Owner) -> list[Object[Pod]]:
        return self.pods.indexed("controller", owner.uid)

    async def _scale(self, owner: Owner, counts: Counts, client: CausedClient) -> None:
        missing = _replicas(owner) - counts.active.total()
        if missing > 0:
            await self._create(owner, min(missing, BURST), client)
        elif missing < 0:
            await self._delete(owner, min(-missing, BURST), client)

    async def _create(self, owner: Owner, number: int, client: CausedClient) -> None:
        """Create pods in batches of doubling size, so that a create that always fails is not tried 500 times."""
        body = new_pod(owner)
        batch = 1
        while number > 0:
            batch = min(batch, number)
            errors = [error for _ in range(batch) if (error := await self._create_one(owner, body, client))]
            if errors:
                raise errors[0]
            number -= batch
            batch *= 2

    async def _create_one(self, owner: Owner, body: Data, client: CausedClient) -> StatusError | None:
        try:
            pod = await client.create(kinds.POD, body, owner.namespace)
        except StatusError as error:
            if error.has_cause("NamespaceTerminating"):
                return None  # everything there goes anyway
            self.recorder.warning(owner, "FailedCreate", f"Error creating: {error}", client.cause)
            return error
        self.recorder.normal(owner, "SuccessfulCreate", f"Created pod: {pod.name}", client.cause)
        return None

    async def _delete(self, owner: Owner, number: int, client: CausedClient) -> None:
        active = [pod for pod in self._pods_of(owner) if pods.is_active(pod.view)]
        failed: StatusError | None = None
        for pod in first_to_go(active, self._related(owner), number, self.clock.now()):
            try:
                options = DeleteOptions(uid=pod.uid)
                await client.delete(kinds.POD, pod.name, pod.namespace, options=options)
            except StatusError as error:
                if not is_not_found(error):
                    self.recorder.warning(owner, "FailedDelete", f"Error deleting: {error}", client.cause)
                    failed = failed or StatusError(error.reason, f"unable to delete pods: {error}")
                continue
            self.recorder.normal(owner, "SuccessfulDelete", f"Deleted pod: {pod.name}", client.cause)
        if failed is not None:
            raise failed

    def _related(self, owner: Owner) -> list[Object[Pod]]:
        """The active pods of all ReplicaSets that the same Deployment controls."""
        controller = owner.meta.controller
        siblings = self.sets.indexed("controller", controller.uid) if controller else [owner]
        return [pod for sibling in siblings for pod in self._pods_of(sibling) if pods.is_active(pod.view)]

    async def _report(
        self, owner: Owner, counts: Counts, failed: StatusError | None, client: CausedClient
    ) -> float | None:
        """Write the status if it changed; the seconds until one more pod has been ready for long enough."""
        available, again = counts.ready, None
        min_ready = self.clock.simulated(_spec(owner).minReadySeconds or 0)
        if min_ready and counts.ready:
            available, again = next_available(self._pods_of(owner), min_ready, self.clock.now())
        failure = None
        if failed is not None:
            failure = ("FailedCreate" if _replicas(owner) > counts.active.total() else "FailedDelete", str(failed))
        new = status(owner, counts, available, failure, self.clock.now())
        if new != owner.status():
            await client.update_status(owner, new)
        return again


class ReplicationControllerController(ReplicaSetController):
    """The same loop for ReplicationControllers, the older form of ReplicaSets."""

    name = "replication-controller"
    kind = kinds.REPLICATION_CONTROLLER


def _spec(owner: Owner) -> ReplicaSetSpec | ReplicationControllerSpec:
    spec: ReplicaSetSpec | ReplicationControllerSpec = owner.view.spec
    return spec


def _selector(owner: Owner) -> LabelMatcher:
    return workload_selector(_spec(owner).selector)


def _replicas(owner: Owner) -> int:
    replicas = _spec(owner).replicas
    return 1 if replicas is None else replicas
