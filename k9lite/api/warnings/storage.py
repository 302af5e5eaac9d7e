"""Volumes and claims: kinds of volumes that no longer work, annotations that became fields, fractions of bytes."""

from collections.abc import Iterator

from k9lite.api import quantity
from k9lite.api.names import quoted
from k9lite.api.object import Data
from k9lite.api.warnings import nodes

DEPRECATED_VOLUMES = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
_CLASS = "volume.beta.kubernetes.io/storage-class"
_CLAIM_ANNOTATIONS = {_CLASS: 'deprecated since v1.8; use "storageClassName" attribute instead'}
_VOLUME_ANNOTATIONS = _CLAIM_ANNOTATIONS | {
    "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead'
}
_RECYCLE = (
    "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended "
    "approach is to use dynamic provisioning."
)


def fractions(path: str, resources: Data, names: tuple[str, ...]) -> Iterator[str]:
    """Of a map of quantities at `path`: which of the `names` are not whole bytes."""
    for name in names:
        value = resources.get(name)
        if value is not None and quantity.milli(value) % 1000:
            yield f"{path}[{name}]: fractional byte value {quoted(str(value))} is invalid, must be an integer"


def claim_spec(path: str, spec: Data) -> Iterator[str]:
    """Of the spec of a PersistentVolumeClaim at `path`."""
    resources = spec.get("resources") or {}
    for field in ("requests", "limits"):
        yield from fractions(f"{path}.resources.{field}", resources.get(field) or {}, ("storage",))


def claim(data: Data, is_new: bool) -> Iterator[str]:
    """Of a PersistentVolumeClaim."""
    yield from annotations("metadata.annotations", data.get("metadata") or {}, _CLAIM_ANNOTATIONS)
    yield from claim_spec("spec", data.get("spec") or {})


def volume(data: Data, is_new: bool) -> Iterator[str]:
    """Of a PersistentVolume."""
    spec = data.get("spec") or {}
    yield from annotations("metadata.annotations", data.get("metadata") or {}, _VOLUME_ANNOTATIONS)
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield _RECYCLE
    required = (spec.get("nodeAffinity") or {}).get("required") or {}
    yield from nodes.terms("spec.nodeAffinity.required.nodeSelectorTerms", required.get("nodeSelectorTerms") or ())
    for source, message in DEPRECATED_VOLUMES.items():
        if source in spec:
            yield f"spec.{source}: {message}"


def annotations(path: str, metadata: Data, deprecated: dict[str, str]) -> Iterator[str]:
    """Of annotations at `path`: those that are `deprecated`, with what is said of them."""
    present = metadata.get("annotations") or {}
    return (f"{path}[{key}]: {message}" for key, message in deprecated.items() if key in present)
