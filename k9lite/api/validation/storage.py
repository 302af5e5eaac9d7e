"""Rules for volumes, claims and storage classes."""

from k9lite.api import errors, names, quantity
from k9lite.api.object import Data
from k9lite.api.validation import scheduling, storage_claims, values, volumes
from k9lite.api.validation.pod import difference
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_RECLAIM_POLICIES = ("Delete", "Recycle", "Retain")
_BINDING_MODES = ("Immediate", "WaitForFirstConsumer")
_SOURCES = {**volumes.NETWORK_SOURCES, "hostPath": volumes.host_path, "local": volumes.fields("path")}
_IMMUTABLE_CLASS = ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")
_MOST_PARAMETERS = 512


def _volume(data: Data) -> Errors:
    spec = data.get("spec") or {}
    modes = spec.get("accessModes") or []
    if not modes:
        yield errors.required("spec.accessModes")
    else:
        yield from storage_claims.access_modes("spec", modes)
    yield from _capacity(spec.get("capacity") or {})
    policy = spec.get("persistentVolumeReclaimPolicy")
    yield from values.optional_one_of("spec.persistentVolumeReclaimPolicy", policy, _RECLAIM_POLICIES)
    if "nodeAffinity" in spec:
        if "required" in spec["nodeAffinity"]:
            yield from scheduling.node_selector("spec.nodeAffinity.required", spec["nodeAffinity"]["required"])
        else:
            yield errors.required("spec.nodeAffinity.required", "must specify required node constraints")
    yield from _volume_source(spec)
    if spec.get("storageClassName"):
        yield from values.text("spec.storageClassName", spec["storageClassName"], names.dns_subdomain)
    yield from values.optional_one_of("spec.volumeMode", spec.get("volumeMode"), storage_claims.VOLUME_MODES)


def _capacity(capacity: Data) -> Errors:
    if not capacity:
        yield errors.required("spec.capacity")
    if set(capacity) != {"storage"}:
        yield errors.not_supported("spec.capacity", capacity or None, ("storage",))
    for name, value in capacity.items():
        yield from storage_claims.storage_amount(f"spec.capacity[{name}]", value)


def _volume_source(spec: Data) -> Errors:
    found = [name for name in _SOURCES if name in spec]
    for position, name in enumerate(found):
        if position:
            yield errors.forbidden_field(f"spec.{name}", "may not specify more than 1 volume type")
        else:
            yield from _SOURCES[name](f"spec.{name}", spec[name])
    if not found:
        yield errors.required("spec", "must specify a volume type")
    if "local" in spec and "nodeAffinity" not in spec:
        yield errors.required("spec.local.nodeAffinity", "Local volume requires node affinity")


def _volume_update(new: Data, old: Data) -> Errors:
    yield from _volume(new)
    after, before = ({k: v for k, v in d.get("spec", {}).items() if k in _SOURCES} for d in (new, old))
    if after != before:
        message = f"spec.persistentvolumesource is immutable after creation\n{difference(after, before)}"
        yield errors.forbidden_field("spec.persistentvolumesource", message)
    yield from values.immutable("volumeMode", new["spec"].get("volumeMode"), old["spec"].get("volumeMode"))


def _claim(data: Data) -> Errors:
    return storage_claims.claim_spec("spec", data.get("spec") or {})


def _claim_update(new: Data, old: Data) -> Errors:
    yield from _claim(new)
    after, before = dict(new.get("spec") or {}), dict(old.get("spec") or {})
    wanted, had = (_storage(spec) for spec in (after, before))
    bound = (new.get("status") or {}).get("phase") == "Bound"
    if not before.get("volumeName"):  # the binder sets it, once
        after.pop("volumeName", None)
        before.pop("volumeName", None)
    for field in ("resources", "volumeAttributesClassName") if bound else ():
        after.pop(field, None)
        before.pop(field, None)
    if "storageClassName" not in before:
        after.pop("storageClassName", None)
    if after != before:
        message = (
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound "
            f"claims\n{difference(after, before)}"
        )
        yield errors.forbidden_field("spec", message)
    if quantity.parse(wanted) < quantity.parse(had):
        granted = ((old.get("status") or {}).get("capacity") or {}).get("storage", "0")
        if quantity.parse(wanted) <= quantity.parse(granted):
            message = "field can not be less than status.capacity"
            yield errors.forbidden_field("spec.resources.requests.storage", message)


def _storage(spec: Data) -> str:
    wanted: str = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "0")
    return wanted


def _storage_class(data: Data) -> Errors:
    yield from values.required_text(
        "provisioner", data.get("provisioner"), lambda name: names.qualified_name(name.lower())
    )
    parameters = data.get("parameters") or {}
    if len(parameters) > _MOST_PARAMETERS:
        yield errors.too_long("parameters", _MOST_PARAMETERS)
    if "" in parameters:
        yield errors.invalid("parameters", "", "field can not be empty.")
    yield from values.optional_one_of("reclaimPolicy", data.get("reclaimPolicy"), ("Delete", "Retain"))
    yield from values.one_of("volumeBindingMode", data.get("volumeBindingMode"), _BINDING_MODES)


def _storage_class_update(new: Data, old: Data) -> Errors:
    yield from _storage_class(new)
    for field in _IMMUTABLE_CLASS:
        if new.get(field) == old.get(field):
            continue
        if field in ("parameters", "provisioner"):
            yield errors.forbidden_field(field, f"updates to {field} are forbidden.")
        else:
            yield from values.immutable(field, new.get(field), old.get(field))


def _claim_status(new: Data, old: Data) -> Errors:
    for name, value in ((new.get("status") or {}).get("capacity") or {}).items():
        if quantity.parse(value) < 0:
            yield errors.invalid(f"status.capacity[{name}]", value, "must be a valid resource quantity")


CORE = {
    "PersistentVolume": Rules(_volume, _volume_update),
    "PersistentVolumeClaim": Rules(_claim, _claim_update, _claim_status),
}
RULES = {"StorageClass": Rules(_storage_class, _storage_class_update)}
