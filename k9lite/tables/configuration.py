"""The rows of configuration and storage: config maps, secrets, accounts, volumes, storage classes."""

from lightkube.models.core_v1 import ConfigMap, PersistentVolume, PersistentVolumeClaim, Secret
from lightkube.models.storage_v1 import StorageClass

from k9lite.api.object import Object
from k9lite.tables.ages import age
from k9lite.tables.column import UNSET, Cell, Column, number, table

ACCESS_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def _config_map(obj: Object[ConfigMap], now: float) -> list[Cell]:
    return [obj.name, len(obj.view.data or ()) + len(obj.view.binaryData or ()), age(obj.meta.creationTimestamp, now)]


def _secret(obj: Object[Secret], now: float) -> list[Cell]:
    return [obj.name, obj.view.type or "", len(obj.view.data or ()), age(obj.meta.creationTimestamp, now)]


def _modes(modes: list[str] | None) -> str:
    return ",".join(ACCESS_MODES[mode] for mode in ACCESS_MODES if mode in (modes or ()))


def _claim(obj: Object[PersistentVolumeClaim], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    volume = (spec and spec.volumeName) or ""
    return [
        obj.name,
        "Terminating" if obj.deleting else (status and status.phase) or "",
        volume,
        str(((status and status.capacity) or {}).get("storage", "")) if volume else "",
        _modes(status.accessModes if status else None) if volume else "",
        (spec and spec.storageClassName) or "",
        (spec and spec.volumeAttributesClassName) or UNSET,
        age(obj.meta.creationTimestamp, now),
        (spec and spec.volumeMode) or UNSET,
    ]


def _volume(obj: Object[PersistentVolume], now: float) -> list[Cell]:
    spec, status = obj.view.spec, obj.view.status
    claim = spec.claimRef if spec else None
    return [
        obj.name,
        str(((spec and spec.capacity) or {}).get("storage", "")),
        _modes(spec.accessModes if spec else None),
        (spec and spec.persistentVolumeReclaimPolicy) or "",
        "Terminating" if obj.deleting else (status and status.phase) or "",
        f"{claim.namespace}/{claim.name}" if claim else "",
        (spec and spec.storageClassName) or "",
        (spec and spec.volumeAttributesClassName) or UNSET,
        (status and status.reason) or "",
        age(obj.meta.creationTimestamp, now),
        (spec and spec.volumeMode) or UNSET,
    ]


def _storage_class(obj: Object[StorageClass], now: float) -> list[Cell]:
    kind = obj.view
    default = " (default)" if obj.annotations.get(DEFAULT_CLASS) == "true" else ""
    return [
        obj.name + default,
        kind.provisioner,
        kind.reclaimPolicy or "Delete",
        kind.volumeBindingMode or "Immediate",
        str(bool(kind.allowVolumeExpansion)).lower(),
        age(obj.meta.creationTimestamp, now),
    ]


CONFIG_MAP = table(_config_map, number("Data"), "Age")
SECRET = table(_secret, "Type", number("Data"), "Age")
CLAIM = table(
    _claim,
    *("Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age"),
    Column("VolumeMode", wide=True),
)
VOLUME = table(
    _volume,
    *("Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass", "VolumeAttributesClass"),
    *("Reason", "Age"),
    Column("VolumeMode", wide=True),
)
STORAGE_CLASS = table(
    _storage_class, "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"
)
