"""The PersistentVolumeClaims of a StatefulSet's pods: made with the pod, kept or deleted after it."""

from collections.abc import Sequence
from typing import Any

from lightkube.models.apps_v1 import StatefulSet
from lightkube.models.core_v1 import PersistentVolumeClaim

from k9lite.api import kinds
from k9lite.api.errors import CONFLICT, StatusError, is_already_exists
from k9lite.api.object import Data, Object, controller_reference
from k9lite.client.caused_client import CausedClient
from k9lite.client.informer import Informer
from k9lite.client.protocol import PatchType
from k9lite.client.recorder import Recorder
from k9lite.engine.controllers.stateful_set.identity import new_claims


class Retention:
    """persistentVolumeClaimRetentionPolicy, with its defaults."""

    def __init__(self, owner: Object[StatefulSet]) -> None:
        policy = owner.data()["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
        self.deleted_with_set = policy.get("whenDeleted") == "Delete"
        self.deleted_when_scaled = policy.get("whenScaled") == "Delete"


def references(owner: Object[StatefulSet], pod: Object[Any] | None, *, condemned: bool) -> list[Data]:
    """The ownerReferences that a claim should have from its StatefulSet and its pod (stateful_set_utils.go).

    `condemned`: the pod is beyond the replicas. A claim whose owner goes is deleted by the garbage collector.
    """
    policy = Retention(owner)
    if condemned and policy.deleted_when_scaled:
        if pod is None:
            return []
        return [{"apiVersion": "v1", "kind": "Pod", "name": pod.name, "uid": pod.uid}]
    return [controller_reference(owner)] if policy.deleted_with_set else []


def with_references(existing: Sequence[Data], desired: Sequence[Data]) -> list[Data] | None:
    """`existing` with the references of StatefulSets and pods as in `desired`; None where they are so."""
    others = [reference for reference in existing if reference["kind"] not in ("StatefulSet", "Pod")]
    ours = [reference for reference in existing if reference["kind"] in ("StatefulSet", "Pod")]
    if {reference["uid"] for reference in ours} == {reference["uid"] for reference in desired}:
        return None
    return [*others, *desired]


class PodClaims:
    """Creates claims and keeps their owners right, for one StatefulSet during one look at it."""

    def __init__(
        self,
        client: CausedClient,
        recorder: Recorder,
        claims: Informer[PersistentVolumeClaim],
        owner: Object[StatefulSet],
    ) -> None:
        self._client, self._recorder, self._claims, self._owner = client, recorder, claims, owner

    async def create_missing(self, pod_name: str) -> None:
        """Create the claims that the pod of that name lacks.

        StatusError when one could not be created, or is being deleted: the pod would get a volume that goes away.
        """
        for body in new_claims(self._owner, pod_name):
            name = body["metadata"]["name"]
            claim = self._claims.get(name, self._owner.namespace)
            if claim is not None:
                if claim.deleting:
                    raise StatusError(CONFLICT, f"pvc {name} is being deleted")
                continue
            body["metadata"]["ownerReferences"] = references(self._owner, None, condemned=False)
            await self._create(body, pod_name)

    async def _create(self, body: Data, pod_name: str) -> None:
        claim, owner = body["metadata"]["name"], self._owner
        try:
            await self._client.create(kinds.PERSISTENT_VOLUME_CLAIM, body, owner.namespace)
        except StatusError as error:
            if is_already_exists(error):
                return
            message = f"Create Claim {claim} for Pod {pod_name} in StatefulSet {owner.name} failed error: {error}"
            self._recorder.warning(owner, "FailedCreate", message, self._client.cause)
            raise
        message = f"Create Claim {claim} Pod {pod_name} in StatefulSet {owner.name} success"
        self._recorder.normal(owner, "SuccessfulCreate", message, self._client.cause)

    async def update_owners(self, pod: Object[Any], *, condemned: bool) -> None:
        """Let the claims of `pod` go with what the retention policy says."""
        for body in new_claims(self._owner, pod.name):
            claim = self._claims.get(body["metadata"]["name"], self._owner.namespace)
            if claim is None or claim.deleting:
                continue
            existing = claim.data()["metadata"].get("ownerReferences") or []
            changed = with_references(existing, references(self._owner, pod, condemned=condemned))
            if changed is not None:
                patch = {"metadata": {"ownerReferences": changed or None, "resourceVersion": str(claim.revision)}}
                await self._client.patch(claim.kind, claim.name, patch, PatchType.MERGE, claim.namespace)
