"""Whether the volumes a pod mounts are there: the part of VolumeBinding that rules a pod out wherever it would go."""

from lightkube.models.core_v1 import PersistentVolumeClaim

from k9lite.client.informer import Informer
from k9lite.engine.scheduler.pod_info import PodInfo
from k9lite.engine.scheduler.rejection import Rejection

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"


def missing_claims(pod: PodInfo, claims: Informer[PersistentVolumeClaim]) -> Rejection | None:
    """The first of the pod's claims that stands in the way."""
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
