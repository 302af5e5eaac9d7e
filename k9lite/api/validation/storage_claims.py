"""Rules for the spec of a PersistentVolumeClaim, alone or in a template."""

from k9lite.api import errors, names, quantity
from k9lite.api.object import Data
from k9lite.api.validation import labels, values
from k9lite.api.validation.values import Errors

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")


def access_modes(path: str, given: list[str]) -> Errors:
    if not given:
        yield errors.required(f"{path}.accessModes", "at least 1 access mode is required")
    for mode in given:
        yield from values.optional_one_of(f"{path}.accessModes", mode, ACCESS_MODES)
    if "ReadWriteOncePod" in given and set(given) & set(ACCESS_MODES) - {"ReadWriteOncePod"}:
        message = "may not use ReadWriteOncePod with other access modes"
        yield errors.forbidden_field(f"{path}.accessModes", message)


def storage_amount(path: str, value: str) -> Errors:
    if quantity.parse(value) <= 0:
        yield errors.invalid(path, quantity.canonical(value), values.NOT_POSITIVE)


def claim_spec(path: str, spec: Data) -> Errors:
    modes = spec.get("accessModes") or []
    if not modes:
        yield from access_modes(path, modes)
    yield from labels.selector(f"{path}.selector", spec.get("selector"))
    if modes:
        yield from access_modes(path, modes)
    wanted = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if wanted is None:
        yield errors.required(f"{path}.resources[storage]")
    else:
        yield from storage_amount(f"{path}.resources[storage]", wanted)
    if spec.get("storageClassName"):
        yield from values.text(f"{path}.storageClassName", spec["storageClassName"], names.dns_subdomain)
    yield from values.optional_one_of(f"{path}.volumeMode", spec.get("volumeMode"), VOLUME_MODES)
    for field in ("dataSource", "dataSourceRef"):
        if field in spec:
            yield from _data_source(f"{path}.{field}", spec[field])


def _data_source(path: str, source: Data) -> Errors:
    yield from values.required(path, source, "name", "kind")
    group = source.get("apiGroup") or ""
    if not group and source.get("kind") != "PersistentVolumeClaim":
        message = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
        yield errors.invalid(path, source.get("kind", ""), message)
    if group:
        yield from values.text(f"{path}.apiGroup", group, names.dns_subdomain)
