"""Rules for the volumes of a pod: exactly one source each, and what every source needs."""

from collections.abc import Callable, Mapping

from k9lite.api import errors, names, quantity
from k9lite.api.errors import FieldError
from k9lite.api.object import Data
from k9lite.api.validation import environment, storage_claims, values
from k9lite.api.validation.values import Errors

_FILE_MODE = "must be a number between 0 and 0777 (octal), both inclusive"
_HOST_PATH_TYPES = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)
_LEAST_TOKEN_SECONDS = 600


def volumes(path: str, sources: list[Data]) -> tuple[dict[str, Data], list[FieldError]]:
    """The volumes that mounts may refer to, by name (a broken one is unknown to them), and what is wrong."""
    known: dict[str, Data] = {}
    wrong: list[FieldError] = []
    for index, volume in enumerate(sources):
        item_path, name = f"{path}[{index}]", volume.get("name", "")
        problems = [*_source(item_path, volume), *values.required_text(f"{item_path}.name", name, names.dns_label)]
        if name in known:
            problems.append(errors.duplicate(f"{item_path}.name", name))
        if not problems:
            known[name] = volume
        wrong += problems
    return known, wrong


def _source(path: str, volume: Data) -> Errors:
    found = [name for name in _SOURCES if name in volume]
    for position, name in enumerate(found):
        if position:
            yield errors.forbidden_field(f"{path}.{name}", "may not specify more than 1 volume type")
        else:
            yield from _SOURCES[name](f"{path}.{name}", volume[name])
    if not found:
        yield errors.required(path, "must specify a volume type")


def _mode(path: str, source: Data, field: str) -> Errors:
    if field in source and not 0 <= source[field] <= 0o777:
        yield errors.invalid(f"{path}.{field}", source[field], _FILE_MODE)


def _items(path: str, source: Data) -> Errors:
    for index, item in enumerate(source.get("items") or ()):
        item_path = f"{path}.items[{index}]"
        yield from values.required(item_path, item, "key", "path")
        if item.get("path"):
            yield from values.non_reserved_path(f"{item_path}.path", item["path"])
        yield from _mode(item_path, item, "mode")


def _keyed(name_field: str) -> Callable[[str, Data], Errors]:
    """A ConfigMap or a Secret."""

    def check(path: str, source: Data) -> Errors:
        yield from values.required(path, source, name_field)
        yield from _mode(path, source, "defaultMode")
        yield from _items(path, source)

    return check


def _empty_dir(path: str, source: Data) -> Errors:
    if "sizeLimit" in source and quantity.parse(source["sizeLimit"]) < 0:
        message = "SizeLimit field must be a valid resource quantity"
        yield errors.forbidden_field(f"{path}.sizeLimit", message)


def host_path(path: str, source: Data) -> Errors:
    yield from values.required(path, source, "path")
    if source.get("path"):
        yield from values.no_backsteps(f"{path}.path", source["path"])
        yield from values.optional_one_of(f"{path}.type", source.get("type"), _HOST_PATH_TYPES)


def nfs(path: str, source: Data) -> Errors:
    yield from values.required(path, source, "server", "path")
    if not source.get("path", "/").startswith("/"):
        yield errors.invalid(f"{path}.path", source["path"], "must be an absolute path")


def _downward_api(path: str, source: Data) -> Errors:
    yield from _mode(path, source, "defaultMode")
    for item in source.get("items") or ():
        yield from _downward_file(path, item)


def _downward_file(path: str, item: Data) -> Errors:
    yield from values.required(path, item, "path")
    if item.get("path"):
        yield from values.non_reserved_path(f"{path}.path", item["path"])
    if "fieldRef" in item:
        yield from environment.field_ref(f"{path}.fieldRef", item["fieldRef"], environment.VOLUME_FIELDS)
        if "resourceFieldRef" in item:
            message = "fieldRef and resourceFieldRef can not be specified simultaneously"
            yield errors.invalid(path, "resource", message)
    elif "resourceFieldRef" in item:
        item_path = f"{path}.resourceFieldRef"
        yield from environment.resource_field_ref(item_path, item["resourceFieldRef"], in_volume=True)
    else:
        yield errors.required(path, "one of fieldRef and resourceFieldRef is required")
    yield from _mode(path, item, "mode")


def _service_account_token(path: str, source: Data) -> Errors:
    seconds = source.get("expirationSeconds", _LEAST_TOKEN_SECONDS)
    if seconds < _LEAST_TOKEN_SECONDS:
        yield errors.invalid(f"{path}.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")
    if seconds > 1 << 32:
        yield errors.invalid(
            f"{path}.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds"
        )
    yield from values.required(path, source, "path")


def _cluster_trust_bundle(path: str, source: Data) -> Errors:
    return values.required(path, source, "path")


_PROJECTIONS: Mapping[str, Callable[[str, Data], Errors]] = {
    "secret": _keyed("name"),
    "configMap": _keyed("name"),
    "downwardAPI": _downward_api,
    "serviceAccountToken": _service_account_token,
    "clusterTrustBundle": _cluster_trust_bundle,
    "podCertificate": lambda path, source: values.required(path, source, "signerName", "keyType"),
}


def _projected(path: str, source: Data) -> Errors:
    yield from _mode(path, source, "defaultMode")
    for index, projection in enumerate(source.get("sources") or ()):
        item_path = f"{path}.sources[{index}]"
        found = [name for name in _PROJECTIONS if name in projection]
        for position, name in enumerate(found):
            if position:
                message = "may not specify more than 1 volume type per source"
                yield errors.forbidden_field(f"{item_path}.{name}", message)
            else:
                yield from _PROJECTIONS[name](f"{item_path}.{name}", projection[name])
        if not found:
            message = f"Projected volume source {index} must specify a volume type"
            yield errors.required(item_path, message)


def _ephemeral(path: str, source: Data) -> Errors:
    if "volumeClaimTemplate" in source:
        item_path = f"{path}.volumeClaimTemplate.spec"
        yield from storage_claims.claim_spec(item_path, source["volumeClaimTemplate"].get("spec") or {})
    else:
        yield errors.required(f"{path}.volumeClaimTemplate")


def csi(path: str, source: Data) -> Errors:
    return values.required(path, source, "driver")


def _image(path: str, source: Data) -> Errors:
    yield from values.required(path, source, "reference")
    yield from values.one_of(f"{path}.pullPolicy", source.get("pullPolicy"), values.PULL_POLICIES)


def fields(*needed: str) -> Callable[[str, Data], Errors]:
    """A source of which no more is known than which fields it must have."""
    return lambda path, source: values.required(path, source, *needed)


NETWORK_SOURCES: Mapping[str, Callable[[str, Data], Errors]] = {  # those that a PersistentVolume may have as well
    "gcePersistentDisk": fields("pdName"),
    "awsElasticBlockStore": fields("volumeID"),
    "nfs": nfs,
    "iscsi": fields("targetPortal", "iqn"),
    "glusterfs": fields("endpoints", "path"),
    "rbd": fields("monitors", "image"),
    "cinder": fields("volumeID"),
    "cephfs": fields("monitors"),
    "fc": fields(),
    "flocker": fields(),
    "flexVolume": fields("driver"),
    "azureFile": fields("secretName", "shareName"),
    "vsphereVolume": fields("volumePath"),
    "photonPersistentDisk": fields("pdID"),
    "portworxVolume": fields("volumeID"),
    "azureDisk": fields("diskName", "diskURI"),
    "storageos": fields(),
    "scaleIO": fields("gateway", "system", "volumeName"),
    "csi": csi,
}
_SOURCES: Mapping[str, Callable[[str, Data], Errors]] = {
    "emptyDir": _empty_dir,
    "hostPath": host_path,
    "gitRepo": fields("repository"),
    "secret": _keyed("secretName"),
    "persistentVolumeClaim": fields("claimName"),
    "downwardAPI": _downward_api,
    "configMap": _keyed("name"),
    "projected": _projected,
    **NETWORK_SOURCES,
    "ephemeral": _ephemeral,
    "image": _image,
}
