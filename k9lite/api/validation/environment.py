"""Rules for the environment of a container: variables and where their values come from."""

import re
from collections.abc import Callable

from k9lite.api import errors, names, quantity
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

ENV_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
VOLUME_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
_OTHER_FIELDS = {"metadata.labels", "metadata.annotations", "spec.restartPolicy", "status.phase"}
_RESOURCES = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)
_HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
_BYTE_UNITS = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
_DIVISORS = {  # resource -> the divisors it may have, and what messages call it
    "cpu": ("1m and 1", "cpu"),
    "memory": (_BYTE_UNITS, "memory"),
    "ephemeral-storage": (_BYTE_UNITS, "local ephemeral storage"),
}
_SUBSCRIPTED = re.compile(r"(.*)\['([^']*)'\]")


def variables(path: str, given: list[Data]) -> Errors:
    for index, variable in enumerate(given):
        item_path = f"{path}[{index}]"
        yield from values.required_text(f"{item_path}.name", variable.get("name"), names.environment_variable)
        if "valueFrom" in variable:
            yield from _value_from(f"{item_path}.valueFrom", variable)


def _value_from(path: str, variable: Data) -> Errors:
    source = variable["valueFrom"]
    given = [name for name in _SOURCES if name in source]
    for name in given:
        yield from _SOURCES[name](f"{path}.{name}", source[name])
    if not given:
        *most, last = (f"`{name}`" for name in _SOURCES)
        yield errors.invalid(path, "", f"must specify one of: {', '.join(most)} or {last}")
    elif variable.get("value"):
        yield errors.invalid(path, "", "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield errors.invalid(path, "", "may not have more than one field specified at a time")


def field_ref(path: str, reference: Data, supported: tuple[str, ...] = ENV_FIELDS) -> Errors:
    for field in ("apiVersion", "fieldPath"):
        if not reference.get(field):
            yield errors.required(f"{path}.{field}")
            return
    field = reference["fieldPath"]
    found = _SUBSCRIPTED.fullmatch(field)
    if found is None:
        if field not in supported:
            if field in ENV_FIELDS or field in _OTHER_FIELDS:
                yield errors.not_supported(f"{path}.fieldPath", field, supported)
            else:
                message = f"error converting fieldPath: field label not supported: {field}"
                yield errors.invalid(f"{path}.fieldPath", field, message)
    elif found[1] == "metadata.annotations":
        yield from values.text(path, found[2].lower(), names.qualified_name)
    elif found[1] == "metadata.labels":
        yield from values.text(path, found[2], names.qualified_name)
    else:
        message = f"error converting fieldPath: field label does not support subscript: {field}"
        yield errors.invalid(f"{path}.fieldPath", field, message)


def resource_field_ref(path: str, reference: Data, *, in_volume: bool = False) -> Errors:
    resource = reference.get("resource", "")
    if in_volume and not reference.get("containerName"):
        yield errors.required(f"{path}.containerName")
    elif not resource:
        yield errors.required(f"{path}.resource")
    elif resource not in _RESOURCES and not resource.startswith(_HUGE_PAGES):
        yield errors.not_supported(f"{path}.resource", resource, _RESOURCES)
    divisor = quantity.canonical(reference.get("divisor", "0"))
    kind = resource.partition(".")[2]
    units, called = _DIVISORS.get(kind, (_BYTE_UNITS, "hugepages"))
    if divisor != "0" and resource and divisor not in re.split(", | and ", units):
        message = f"only divisor's values {units} are supported with the {called} resource"
        yield errors.invalid(f"{path}.divisor", resource, message)


def _key_ref(path: str, reference: Data) -> Errors:
    yield from values.text(f"{path}.name", reference.get("name", ""), names.dns_subdomain)
    yield from values.required_text(f"{path}.key", reference.get("key"), names.config_key)


def _file_key_ref(path: str, reference: Data) -> Errors:
    yield from values.required_text(f"{path}.key", reference.get("key"), names.environment_variable)
    yield from values.required_text(f"{path}.volumeName", reference.get("volumeName"), names.dns_label)
    if reference.get("path"):
        yield from values.non_reserved_path(f"{path}.path", reference["path"])
    else:
        yield errors.required(f"{path}.path")


_SOURCES: dict[str, Callable[[str, Data], Errors]] = {
    "fieldRef": field_ref,
    "resourceFieldRef": resource_field_ref,
    "configMapKeyRef": _key_ref,
    "secretKeyRef": _key_ref,
    "fileKeyRef": _file_key_ref,
}


def env_from(path: str, given: list[Data]) -> Errors:
    for index, source in enumerate(given):
        item_path = f"{path}[{index}]"
        if source.get("prefix"):
            yield from values.text(f"{item_path}.prefix", source["prefix"], names.environment_variable)
        references = [name for name in ("configMapRef", "secretRef") if name in source]
        for name in references:
            referred = source[name].get("name")
            yield from values.required_text(f"{item_path}.{name}.name", referred, names.dns_subdomain)
        if not references:
            yield errors.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(references) > 1:
            yield errors.invalid(path, "", "may not have more than one field specified at a time")
