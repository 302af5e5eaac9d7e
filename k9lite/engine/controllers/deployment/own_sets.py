"""The ReplicaSets of one Deployment during one look at it: found, created, resized, cleaned up."""

from collections.abc import Sequence

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.api import deployments, kinds, times
from k9lite.api.errors import ignoring
from k9lite.api.object import Data, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.protocol import DeleteOptions
from k9lite.client.recorder import Recorder
from k9lite.engine.controllers.deployment import revisions, sizing
from k9lite.engine.controllers.deployment.sizing import Size, Step, Wanted
from k9lite.engine.controllers.deployment.status import NO_STATUS


class OwnSets:
    """What is written replaces what was read, so every step sees those before it.

    wanted: how many pods there should be
    new: the set of the current template, once found or created; all others are `old`
    """

    def __init__(
        self,
        client: CausedClient,
        recorder: Recorder,
        deployment: Object[Deployment],
        sets: Sequence[Object[ReplicaSet]],
    ) -> None:
        self.wanted = Wanted(deployments.replicas(deployment.view), *deployments.bounds(deployment.view))
        self._client, self._recorder = client, recorder
        self._deployment = deployment
        self._spec = deployments.spec(deployment.view)
        self._sets = {one.name: one for one in sets}
        found = revisions.find_new(deployment, sets)
        self._new = found.name if found else None

    @property
    def all(self) -> list[Object[ReplicaSet]]:
        return list(self._sets.values())

    @property
    def new(self) -> Object[ReplicaSet] | None:
        return self._sets[self._new] if self._new else None

    @property
    def old(self) -> list[Object[ReplicaSet]]:
        return [one for one in self.all if one.name != self._new]

    @property
    def revision(self) -> int:
        """The number of the current template: the one after all others."""
        return max((deployments.revision(one.meta) for one in self.old), default=0) + 1

    async def refresh(self, new: Object[ReplicaSet]) -> bool:
        """Give the new set the number and what else the Deployment says now; whether it lacked anything."""
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
        size = sizing.grown(self.wanted, 0, total) if rolling else self.wanted.replicas
        body = revisions.new_set(self._deployment, name_hash, size, self.revision)
        created = await self._client.create(kinds.REPLICA_SET, body, self._deployment.namespace)
        self._keep(created)
        self._new = created.name
        if size:
            self._say(f"Scaled up replica set {created.name} from 0 to {size}")
        return created

    async def apply(self, steps: Sequence[Step], *, refresh: bool = False) -> bool:
        """Take `steps`; whether any changed a size. `refresh`: renew the sizing annotations even where none did."""
        changed = False
        annotations = revisions.sizes(self._deployment)
        for name, size in steps:
            before = replicas(self._sets[name])
            data = self._sets[name].data()
            known = data["metadata"].get("annotations", {})
            if size == before and not (refresh and not annotations.items() <= known.items()):
                continue
            data["metadata"]["annotations"] = known | annotations
            data["spec"]["replicas"] = size
            await self._update(data)
            if size != before:
                changed = True
                direction = "up" if size > before else "down"
                self._say(f"Scaled {direction} replica set {name} from {before} to {size}")
        return changed

    async def clean_up(self) -> None:
        """Delete what the history need not remember any more."""
        for one in revisions.to_clean_up(self.old, self._spec.revisionHistoryLimit):
            options = DeleteOptions(uid=one.uid)
            with ignoring("NotFound"):
                await self._client.delete(one.kind, one.name, one.namespace, options=options)
            del self._sets[one.name]

    async def _update(self, data: Data) -> None:
        namespace = self._deployment.namespace
        self._keep(await self._client.update(kinds.REPLICA_SET, data, namespace))

    def _keep(self, written: Object[ReplicaSet]) -> None:
        self._sets[written.name] = written

    def _say(self, message: str) -> None:
        self._recorder.normal(self._deployment, "ScalingReplicaSet", message, self._client.cause)


def replicas(one: Object[ReplicaSet]) -> int:
    spec = one.view.spec
    return 1 if spec is None or spec.replicas is None else spec.replicas


def size_of(one: Object[ReplicaSet]) -> Size:
    def number(annotation: str) -> int | None:
        text = one.annotations.get(annotation, "")
        return int(text) if text.isdecimal() else None

    return Size(
        one.name,
        replicas(one),
        (one.view.status or NO_STATUS).availableReplicas or 0,
        times.timestamp(one.meta.creationTimestamp) or 0.0,
        number(revisions.DESIRED),
        number(revisions.MAXIMUM),
    )
