"""One reconcile of one Deployment: carries out what `sizing`, `revisions` and `status` decide."""

from collections.abc import Callable

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.aio.clock import Clock
from k9lite.api import conditions, deployments, kinds
from k9lite.api.errors import StatusError, is_already_exists
from k9lite.api.object import Data, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.recorder import Recorder
from k9lite.engine.controllers.deployment import revisions, sizing, status
from k9lite.engine.controllers.deployment.own_sets import OwnSets, replicas, size_of
from k9lite.engine.controllers.deployment.sizing import Step
from k9lite.engine.controllers.template_hash import hashed_name, template_hash


class Rollout:
    """has_live_pods: whether a ReplicaSet still has pods; deployment: the state last read or written."""

    def __init__(
        self,
        client: CausedClient,
        recorder: Recorder,
        clock: Clock,
        deployment: Object[Deployment],
        sets: OwnSets,
        has_live_pods: Callable[[Object[ReplicaSet]], bool],
    ) -> None:
        self.deployment = deployment
        self._client, self._recorder, self._clock = client, recorder, clock
        self._sets = sets
        self._has_live_pods = has_live_pods
        self._spec = deployments.spec(deployment.view)

    async def run(self) -> float | None:
        """Take the next steps. Returns the seconds until the next reconcile, or None."""
        await self._number_new()
        if self.deployment.deleting:
            return await self._report(judge=False)
        await self._note_pause()
        if self._spec.paused:
            return await self._resize()
        if revisions.ROLLBACK_TO in self.deployment.annotations:
            return await self._roll_back()
        if self._is_scaling():
            return await self._resize()
        if deployments.is_rolling_update(self.deployment.view):
            return await self._roll()
        return await self._recreate()

    # -- strategies -------------------------------------------------------------------------------------------------

    async def _roll(self) -> float | None:
        sets = self._sets
        new = await self._ensure_new()
        size = sizing.grown(sets.desired, replicas(new), sum(map(replicas, sets.all)))
        if await sets.apply([Step(new.name, size)]):
            return await self._report()
        steps = sizing.shrink_old(sets.desired, size_of(new), [size_of(replica_set) for replica_set in sets.old])
        if not await sets.apply(steps):
            await self._clean_up_when_complete()
        return await self._report()

    async def _recreate(self) -> float | None:
        sets = self._sets
        if await sets.apply([Step(replica_set.name, 0) for replica_set in sets.old if replicas(replica_set)]):
            return await self._report()
        if any(
            (replica_set.view.status or status.NO_STATUS).replicas or self._has_live_pods(replica_set)
            for replica_set in sets.old
        ):
            return await self._report()
        new = await self._ensure_new()
        if not await sets.apply([Step(new.name, sets.desired.replicas)]):
            await self._clean_up_when_complete()
        return await self._report()

    def _is_scaling(self) -> bool:
        """Whether `spec.replicas` is not what the sets were sized for."""
        desired = str(self._sets.desired.replicas)
        active = (replica_set for replica_set in self._sets.all if replicas(replica_set))
        return any(replica_set.annotations.get(revisions.DESIRED, desired) != desired for replica_set in active)

    async def _resize(self) -> float | None:
        sets = self._sets
        rolling = deployments.is_rolling_update(self.deployment.view)
        new, old = size_of(sets.new) if sets.new else None, [size_of(replica_set) for replica_set in sets.old]
        counted = self._status().get("replicas", 0)
        await sets.apply(sizing.resize(sets.desired, new, old, rolling, counted), refresh=True)
        if self._spec.paused:
            await sets.clean_up()
        return await self._report(judge=False)

    async def _roll_back(self) -> float | None:
        """Roll back as the annotation of the old rollback API asks. kubectl replaces the template instead."""
        text = self.deployment.annotations[revisions.ROLLBACK_TO]
        number = int(text) if text.isdecimal() else 0
        by_revision = {deployments.revision(replica_set.meta): replica_set for replica_set in self._sets.all}
        missing = "Unable to find the revision to rollback to."
        if number == 0:  # the one before the current
            number = sorted(by_revision)[-2] if len(by_revision) > 1 else 0
            missing = "Unable to find last revision."
        data, source, name = self.deployment.data(), by_revision.get(number), self.deployment.name
        if source is None:
            self._warn("DeploymentRollbackRevisionNotFound", missing)
        elif source is self._sets.new:
            unchanged = f'The rollback revision contains the same template as current deployment "{name}"'
            self._warn("DeploymentRollbackTemplateUnchanged", unchanged)
        else:
            data = revisions.restored(self.deployment, source)
            message = f'Rolled back deployment "{name}" to revision {number}'
            self._recorder.normal(self.deployment, "DeploymentRollback", message, self._client.cause)
        del data["metadata"]["annotations"][revisions.ROLLBACK_TO]
        namespace = self.deployment.namespace
        self.deployment = await self._client.update(kinds.DEPLOYMENT, data, namespace)
        return None

    # -- the set of the current template ----------------------------------------------------------------------------

    async def _number_new(self) -> None:
        """Number the new set, if it exists, as the latest revision."""
        new = self._sets.new
        if new is None or await self._sets.refresh(new):
            return
        unknown = conditions.find(self._status().get("conditions"), "Progressing") is None
        await self._note_revision(
            new, ("FoundNewReplicaSet", f'Found new replica set "{new.name}"') if unknown else None
        )

    async def _ensure_new(self) -> Object[ReplicaSet]:
        if self._sets.new is not None:
            return self._sets.new
        name_hash = template_hash(self._spec.template, self._status().get("collisionCount"))
        try:
            created = await self._sets.create(name_hash)
        except StatusError as error:
            await self._note_refusal(error, hashed_name(self.deployment.name, name_hash))
            raise
        await self._note_revision(created, ("NewReplicaSetCreated", f'Created new replica set "{created.name}"'))
        return created

    async def _note_refusal(self, error: StatusError, name: str) -> None:
        data = self._status()
        if is_already_exists(error):
            # Another template has this hash: the next look takes another name. (It cannot be a set of ours that the
            # cache does not show yet: what we wrote ourselves is waited for.)
            data["collisionCount"] = data.get("collisionCount", 0) + 1
            await self._write(data)
        elif not error.has_cause("NamespaceTerminating"):
            message = f'Failed to create new replica set "{name}": {error}'
            self._warn("ReplicaSetCreateError", message)
            await self._note_progress(data, "False", "ReplicaSetCreateError", message)

    async def _clean_up_when_complete(self) -> None:
        if status.is_complete(self.deployment, self._status()):
            await self._sets.clean_up()

    # -- status -----------------------------------------------------------------------------------------------------

    def _status(self) -> Data:
        current: Data = self.deployment.data().get("status", {})
        return current

    def _warn(self, reason: str, message: str) -> None:
        self._recorder.warning(self.deployment, reason, message, self._client.cause)

    async def _note_pause(self) -> None:
        data = self._status()
        reason = (conditions.find(data.get("conditions"), "Progressing") or {}).get("reason")
        if reason == "ProgressDeadlineExceeded" or bool(self._spec.paused) == (reason == "DeploymentPaused"):
            return
        if self._spec.paused:
            await self._note_progress(data, "Unknown", "DeploymentPaused", "Deployment is paused")
        else:
            await self._note_progress(data, "Unknown", "DeploymentResumed", "Deployment is resumed")

    async def _note_revision(self, new: Object[ReplicaSet], progress: tuple[str, str] | None) -> None:
        """Carry over the revision of the new set, and note `progress`, a reason with its message."""
        data = self._status()
        if progress is not None:
            self._put_progress(data, "True", *progress)
        await self._write(data, new.annotations.get(deployments.REVISION_ANNOTATION))

    async def _note_progress(self, data: Data, state: str, reason: str, message: str) -> None:
        self._put_progress(data, state, reason, message)
        await self._write(data)

    def _put_progress(self, data: Data, state: str, reason: str, message: str) -> None:
        """Set the Progressing condition in `data`, where the Deployment is watched for progress."""
        if deployments.has_deadline(self.deployment.view):
            condition = status.condition("Progressing", state, reason, message, self._clock.now())
            status.put(data.setdefault("conditions", []), condition)

    async def _report(self, *, judge: bool = True) -> float | None:
        now, sets = self._clock.now(), self._sets
        data = status.count(self.deployment, sets.all, sets.new, now)
        if judge:
            status.judge_progress(self.deployment, data, sets.all, sets.new, now)
        await self._write(data)
        return status.look_again(self.deployment, data, now)

    async def _write(self, data: Data, revision: str | None = None) -> None:
        """Write the status, and the revision annotation, which Kubernetes lets the status endpoint set."""
        whole = self.deployment.data()
        annotations = whole["metadata"].setdefault("annotations", {})
        if revision is None or annotations.get(deployments.REVISION_ANNOTATION) == revision:
            if whole.get("status", {}) != data:
                self.deployment = await self._client.update_status(self.deployment, data)
            return
        annotations[deployments.REVISION_ANNOTATION] = revision
        whole["status"] = data
        self.deployment = await self._client.update(
            kinds.DEPLOYMENT, whole, self.deployment.namespace, subresource="status"
        )
