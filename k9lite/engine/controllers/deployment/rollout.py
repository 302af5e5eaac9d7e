"""One look at one Deployment: what `sizing`, `revisions` and `status` decide is done here, step by step."""

from collections.abc import Callable, Sequence

from lightkube.models.apps_v1 import Deployment, ReplicaSet

from k9lite.aio.clock import Clock
from k9lite.api import conditions, deployments, kinds, times
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Object
from k9lite.client.protocol import Client, DeleteOptions
from k9lite.client.recorder import Recorder
from k9lite.engine.controllers.deployment import revisions, sizing, status
from k9lite.engine.controllers.deployment.sizing import Size, Step, Wanted


class Rollout:
    """`sets`: the ReplicaSets that belong to `deployment`; `has_live_pods` tells whether one still has pods.

    What is written replaces what was read, so every step sees those before it.
    """

    def __init__(
        self, client: Client, recorder: Recorder, clock: Clock, deployment: Object[Deployment],
        sets: Sequence[Object[ReplicaSet]], has_live_pods: Callable[[Object[ReplicaSet]], bool], cause: Cause,
    ) -> None:  # fmt: skip
        self.client, self.recorder, self.clock, self.cause = client, recorder, clock, cause
        self.deployment = deployment
        self.written_sets: list[Object[ReplicaSet]] = []
        self._sets = {one.name: one for one in sets}
        self._has_live_pods = has_live_pods
        self._new: str | None = None  # the name of the set of the current template

    @property
    def sets(self) -> list[Object[ReplicaSet]]:
        return list(self._sets.values())

    @property
    def new(self) -> Object[ReplicaSet] | None:
        return self._sets[self._new] if self._new else None

    @property
    def old(self) -> list[Object[ReplicaSet]]:
        return [one for one in self.sets if one.name != self._new]

    @property
    def wanted(self) -> Wanted:
        return Wanted(deployments.replicas(self.deployment.view), *deployments.bounds(self.deployment.view))

    async def run(self) -> float | None:
        """Do the next steps; seconds until to look again, or None."""
        await self._find_new()
        if self.deployment.deleting:
            return await self._report(judge=False)
        await self._note_pause()
        spec = deployments.spec(self.deployment.view)
        if spec.paused:
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
        new = await self._ensure_new()
        current, total = _replicas(new), sum(map(_replicas, self.sets))
        if await self._apply([Step(new.name, sizing.grown(self.wanted, current, total))]):
            return await self._report()
        steps = sizing.shrink_old(self.wanted, _size(new), [_size(one) for one in self.old])
        if not await self._apply(steps):
            await self._clean_up_when_complete()
        return await self._report()

    async def _recreate(self) -> float | None:
        if await self._apply([Step(one.name, 0) for one in self.old if _replicas(one)]):
            return await self._report()
        if any((one.view.status or status.NO_STATUS).replicas or self._has_live_pods(one) for one in self.old):
            return await self._report()
        new = await self._ensure_new()
        if not await self._apply([Step(new.name, self.wanted.replicas)]):
            await self._clean_up_when_complete()
        return await self._report()

    def _is_scaling(self) -> bool:
        """Whether `spec.replicas` is not what the sets were sized for."""
        wanted = str(self.wanted.replicas)
        return any(_replicas(one) and one.annotations.get(revisions.DESIRED, wanted) != wanted for one in self.sets)

    async def _resize(self) -> float | None:
        rolling = deployments.is_rolling_update(self.deployment.view)
        counted = (self.deployment.view.status.replicas or 0) if self.deployment.view.status else 0
        new = self.new
        old = [_size(one) for one in self.old]
        await self._apply(sizing.resize(self.wanted, _size(new) if new else None, old, rolling, counted), refresh=True)
        if deployments.spec(self.deployment.view).paused:
            await self._clean_up()
        return await self._report(judge=False)

    async def _roll_back(self) -> float | None:
        """Do what the annotation left by the old rollback API asks for; kubectl replaces the template itself."""
        number = self.deployment.annotations[revisions.ROLLBACK_TO]
        target = int(number) if number.isdecimal() else 0
        by_revision = {deployments.revision(one.meta): one for one in self.sets}
        if target == 0:
            target = sorted(by_revision)[-2] if len(by_revision) > 1 else 0
            missing = "Unable to find last revision."
        else:
            missing = "Unable to find the revision to rollback to."
        data, source = self.deployment.data(), by_revision.get(target)
        name = self.deployment.name
        if source is None:
            self._say("DeploymentRollbackRevisionNotFound", missing, "Warning")
        elif source is self.new:
            unchanged = f'The rollback revision contains the same template as current deployment "{name}"'
            self._say("DeploymentRollbackTemplateUnchanged", unchanged, "Warning")
        else:
            data = revisions.restored(self.deployment, source)
            self._say("DeploymentRollback", f'Rolled back deployment "{name}" to revision {target}')
        del data["metadata"]["annotations"][revisions.ROLLBACK_TO]
        self.deployment = await self.client.update(
            kinds.DEPLOYMENT, data, self.deployment.namespace, cause=self.cause
        )  # fmt: skip
        return None

    # -- ReplicaSets ------------------------------------------------------------------------------------------------

    async def _find_new(self) -> None:
        """Find the set of the current template and number it as the latest revision."""
        found = revisions.find_new(self.deployment, self.sets)
        if found is None:
            return
        self._new = found.name
        number = max((deployments.revision(one.meta) for one in self.old), default=0) + 1
        annotations, changed = revisions.annotate(self.deployment, found.annotations, number, exists=True)
        seconds = deployments.spec(self.deployment.view).minReadySeconds or 0
        if changed or (found.view.spec is not None and (found.view.spec.minReadySeconds or 0) != seconds):
            data = found.data()
            data["metadata"]["annotations"] = annotations
            data["spec"]["minReadySeconds"] = seconds
            await self._update_set(data)
            return
        message = f'Found new replica set "{found.name}"'
        unknown = conditions.find(self._status().get("conditions"), "Progressing") is None
        await self._number(found, ("FoundNewReplicaSet", message) if unknown else None)

    async def _ensure_new(self) -> Object[ReplicaSet]:
        if self.new is not None:
            return self.new
        template = deployments.spec(self.deployment.view).template
        hash = revisions.template_hash(template, self._status().get("collisionCount"))
        wanted, total = self.wanted, sum(map(_replicas, self.old))
        rolling = deployments.is_rolling_update(self.deployment.view)
        size = sizing.grown(wanted, 0, total) if rolling else wanted.replicas
        number = max((deployments.revision(one.meta) for one in self.old), default=0) + 1
        body = revisions.new_set(self.deployment, hash, size, number)
        created = await self._create_set(body)
        self._sets[created.name] = created
        self._new = created.name
        self.written_sets.append(created)
        if size:
            self._say("ScalingReplicaSet", f"Scaled up replica set {created.name} from 0 to {size}")
        await self._number(created, ("NewReplicaSetCreated", f'Created new replica set "{created.name}"'))
        return created

    async def _create_set(self, body: Data) -> Object[ReplicaSet]:
        try:
            return await self.client.create(
                kinds.REPLICA_SET, body, self.deployment.namespace, cause=self.cause
            )  # fmt: skip
        except StatusError as error:
            data = self._status()
            if error.reason == "AlreadyExists":
                # Another template has this hash: the next look takes another name. (A set of ours that the cache
                # does not show yet cannot be: our own writes are waited for.)
                data["collisionCount"] = data.get("collisionCount", 0) + 1
                await self._write(data)
            elif not any(detail.reason == "NamespaceTerminating" for detail in error.causes):
                message = f'Failed to create new replica set "{body["metadata"]["name"]}": {error}'
                self._say("ReplicaSetCreateError", message, "Warning")
                if deployments.has_deadline(self.deployment.view):
                    failed = status.condition("Progressing", "False", "ReplicaSetCreateError", message, self._now())
                    status.put(data.setdefault("conditions", []), failed)
                    await self._write(data)
            raise

    async def _apply(self, steps: Sequence[Step], *, refresh: bool = False) -> bool:
        """Take `steps`; whether any changed a size. `refresh`: renew the sizing annotations even where none did."""
        changed = False
        annotations = revisions.sizes(self.deployment)
        for name, replicas in steps:
            before = _replicas(self._sets[name])
            data = self._sets[name].data()
            known = data["metadata"].get("annotations", {})
            if replicas == before and not (refresh and not annotations.items() <= known.items()):
                continue
            data["metadata"]["annotations"] = known | annotations
            data["spec"]["replicas"] = replicas
            await self._update_set(data)
            if replicas != before:
                changed = True
                direction = "up" if replicas > before else "down"
                self._say("ScalingReplicaSet", f"Scaled {direction} replica set {name} from {before} to {replicas}")
        return changed

    async def _update_set(self, data: Data) -> None:
        updated = await self.client.update(kinds.REPLICA_SET, data, self.deployment.namespace, cause=self.cause)
        self._sets[updated.name] = updated
        self.written_sets.append(updated)

    async def _clean_up_when_complete(self) -> None:
        if status.is_complete(self.deployment, self._status()):
            await self._clean_up()

    async def _clean_up(self) -> None:
        limit = deployments.spec(self.deployment.view).revisionHistoryLimit
        for one in revisions.to_clean_up(self.old, limit):
            options = DeleteOptions(uid=one.uid)
            try:
                gone = await self.client.delete(
                    kinds.REPLICA_SET, one.name, one.namespace, cause=self.cause, options=options
                )  # fmt: skip
            except StatusError as error:
                if error.reason != "NotFound":
                    raise
                continue
            self.written_sets.append(gone)
            del self._sets[one.name]

    # -- status -----------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self.clock.now()

    def _status(self) -> Data:
        current: Data = self.deployment.data().get("status", {})
        return current

    def _say(self, reason: str, message: str, type: str = "Normal") -> None:
        self.recorder.record(self.deployment, type, reason, message, self.cause)

    async def _note_pause(self) -> None:
        spec, data = deployments.spec(self.deployment.view), self._status()
        progressing = conditions.find(data.get("conditions"), "Progressing") or {}
        if (
            not deployments.has_deadline(self.deployment.view)
            or progressing.get("reason") == "ProgressDeadlineExceeded"
        ):
            return
        known = progressing.get("reason") == "DeploymentPaused"
        if bool(spec.paused) == known:
            return
        reason, message = ("DeploymentPaused", "Deployment is paused") if spec.paused else (
            "DeploymentResumed", "Deployment is resumed")  # fmt: skip
        new = status.condition("Progressing", "Unknown", reason, message, self._now())
        status.put(data.setdefault("conditions", []), new)
        await self._write(data)

    async def _number(self, new: Object[ReplicaSet], progress: tuple[str, str] | None) -> None:
        """Carry over the revision of the new set, and note `progress`, a reason with its message."""
        data = self._status()
        if progress is not None and deployments.has_deadline(self.deployment.view):
            made = status.condition("Progressing", "True", *progress, self._now())
            status.put(data.setdefault("conditions", []), made)
        await self._write(data, new.annotations.get(deployments.REVISION_ANNOTATION))

    async def _report(self, *, judge: bool = True) -> float | None:
        now = self._now()
        data = status.count(self.deployment, self.sets, self.new, now)
        if judge:
            status.judge_progress(self.deployment, data, self.sets, self.new, now)
        await self._write(data)
        return status.look_again(self.deployment, data, now)

    async def _write(self, data: Data, revision: str | None = None) -> None:
        """Write the status, and the revision annotation, which Kubernetes lets the status endpoint set."""
        whole = self.deployment.data()
        annotations = whole["metadata"].setdefault("annotations", {})
        unchanged = revision is None or annotations.get(deployments.REVISION_ANNOTATION) == revision
        if unchanged and whole.get("status", {}) == data:
            return
        if unchanged:
            self.deployment = await self.client.update_status(self.deployment, data, cause=self.cause)
            return
        annotations[deployments.REVISION_ANNOTATION] = revision
        whole["status"] = data
        self.deployment = await self.client.update(
            kinds.DEPLOYMENT, whole, self.deployment.namespace, subresource="status", cause=self.cause
        )  # fmt: skip


def _replicas(one: Object[ReplicaSet]) -> int:
    spec = one.view.spec
    return 1 if spec is None or spec.replicas is None else spec.replicas


def _size(one: Object[ReplicaSet]) -> Size:
    def number(annotation: str) -> int | None:
        text = one.annotations.get(annotation, "")
        return int(text) if text.isdecimal() else None

    return Size(
        one.name, _replicas(one), (one.view.status or status.NO_STATUS).availableReplicas or 0,
        times.timestamp(one.meta.creationTimestamp) or 0.0,
        number(revisions.DESIRED), number(revisions.MAXIMUM),
    )  # fmt: skip
