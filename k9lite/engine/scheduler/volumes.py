"""The part of VolumeBinding that rejects a pod on every node: missing or unbound claims."""

from lightkube.models.core_v1 import PersistentVolumeClaim

from k9lite.client.informer import Informer
from k9lite.engine.scheduler.pod_info import PodInfo
from k9lite.engine.scheduler.rejection import Rejection

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"


def missing_claims(pod: PodInfo, claims: Informer[PersistentVolumeClaim]) -> Rejection | None:
    """The rejection by the first claim that is missing or unbound; None if there is none."""
    for name in pod.claims:
        claim = claims.get(name, pod.namespace)
        if claim is None:
            return _rejected(f'persistentvolumeclaim "{name}" not found')
        if claim.deleting:
            return _rejected(f'persistentvolumeclaim "{name}" is being deleted')
        spec, status = claim.view.spec, claim.view.status
        volume = (spec.volumeName if spec else None) or ""
        if status and status.phase == "Lost":
            return _rejected(f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume}"')
        if not volume:
            return _rejected(UNBOUND)
    return None


def _rejected(reason: str) -> Rejection:
    return Rejection("VolumeBinding", (reason,), False)
