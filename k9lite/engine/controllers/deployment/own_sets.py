"""The ReplicaSets of one Deployment during one reconcile: created, resized, cleaned up."""

from collections.abc import Sequence

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.api import deployments, kinds, times
from k9lite.api.errors import NOT_FOUND, ignoring
from k9lite.api.object import Data, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.protocol import DeleteOptions
from k9lite.client.recorder import Recorder
from k9lite.engine.controllers.deployment import revisions, sizing
from k9lite.engine.controllers.deployment.sizing import Desired, Size, Step
from k9lite.engine.controllers.deployment.status import NO_STATUS


class OwnSets:
    """Written sets replace those that were read, so each step sees the steps before it.

    desired: how many pods there should be
    new: the set of the current template, once found or created; all others are `old`
    """

    def __init__(
        self,
        client: CausedClient,
        recorder: Recorder,
        deployment: Object[Deployment],
        sets: Sequence[Object[ReplicaSet]],
    ) -> None:
        self.desired = Desired(deployments.replicas(deployment.view), *deployments.bounds(deployment.view))
        self._client, self._recorder = client, recorder
        self._deployment = deployment
        self._spec = deployments.spec(deployment.view)
        self._sets = {replica_set.name: replica_set for replica_set in sets}
        new = revisions.find_new(deployment, sets)
        self._new = new.name if new else None

    @property
    def all(self) -> list[Object[ReplicaSet]]:
        return list(self._sets.values())

    @property
    def new(self) -> Object[ReplicaSet] | None:
        return self._sets[self._new] if self._new else None

    @property
    def old(self) -> list[Object[ReplicaSet]]:
        return [replica_set for replica_set in self.all if replica_set.name != self._new]

    @property
    def revision(self) -> int:
        """The number of the current template: the one after all others."""
        return max((deployments.revision(replica_set.meta) for replica_set in self.old), default=0) + 1

    async def refresh(self, new: Object[ReplicaSet]) -> bool:
        """Bring revision and annotations of the new set up to date. Returns whether it was written."""
        annotations, changed = revisions.annotate(self._deployment, new.annotations, self.revision, exists=True)
        seconds = self._spec.minReadySeconds or 0
        if not changed and (new.view.spec is None or (new.view.spec.minReadySeconds or 0) == seconds):
            return False
        data = new.data()
        data["metadata"]["annotations"] = annotations
        data["spec"]["minReadySeconds"] = seconds
        await self._update(data)
        return True

    async def create(self, name_hash: str) -> Object[ReplicaSet]:
        """A set for the current template, as large as it may be at once."""
        rolling = deployments.is_rolling_update(self._deployment.view)
        total = sum(map(replicas, self.old))
        size = sizing.grown(self.desired, 0, total) if rolling else self.desired.replicas
        body = revisions.new_set(self._deployment, name_hash, size, self.revision)
        created = await self._client.create(kinds.REPLICA_SET, body, self._deployment.namespace)
        self._keep(created)
        self._new = created.name
        if size:
            self._say(f"Scaled up replica set {created.name} from 0 to {size}")
        return created

    async def apply(self, steps: Sequence[Step], *, refresh: bool = False) -> bool:
        """Take `steps`. Returns whether any size changed. refresh: renew the sizing annotations in any case."""
        changed = False
        annotations = revisions.sizes(self._deployment)
        for name, size in steps:
            before = replicas(self._sets[name])
            data = self._sets[name].data()
            annotated = data["metadata"].get("annotations", {})
            if size == before and not (refresh and not annotations.items() <= annotated.items()):
                continue
            data["metadata"]["annotations"] = annotated | annotations
            data["spec"]["replicas"] = size
            await self._update(data)
            if size != before:
                changed = True
                direction = "up" if size > before else "down"
                self._say(f"Scaled {direction} replica set {name} from {before} to {size}")
        return changed

    async def clean_up(self) -> None:
        """Delete the old sets beyond the history limit."""
        for replica_set in revisions.to_clean_up(self.old, self._spec.revisionHistoryLimit):
            options = DeleteOptions(uid=replica_set.uid)
            with ignoring(NOT_FOUND):
                await self._client.delete(replica_set.kind, replica_set.name, replica_set.namespace, options=options)
            del self._sets[replica_set.name]

    async def _update(self, data: Data) -> None:
        namespace = self._deployment.namespace
        self._keep(await self._client.update(kinds.REPLICA_SET, data, namespace))

    def _keep(self, written: Object[ReplicaSet]) -> None:
        self._sets[written.name] = written

    def _say(self, message: str) -> None:
        self._recorder.normal(self._deployment, "ScalingReplicaSet", message, self._client.cause)


def replicas(replica_set: Object[ReplicaSet]) -> int:
    spec = replica_set.view.spec
    return 1 if spec is None or spec.replicas is None else spec.replicas


def size_of(replica_set: Object[ReplicaSet]) -> Size:
    def number(annotation: str) -> int | None:
        text = replica_set.annotations.get(annotation, "")
        return int(text) if text.isdecimal() else None

    return Size(
        replica_set.name,
        replicas(replica_set),
        (replica_set.view.status or NO_STATUS).availableReplicas or 0,
        times.timestamp(replica_set.meta.creationTimestamp) or 0.0,
        number(revisions.DESIRED),
        number(revisions.MAXIMUM),
    )
