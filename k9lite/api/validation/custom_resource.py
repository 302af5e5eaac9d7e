"""Rules for custom resources: their own schema, the scale subresource, and the whole objects within them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from k9lite.api import custom_resources, errors, names
from k9lite.api.custom_resources import rules
from k9lite.api.errors import FieldError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.validation import metadata
from k9lite.api.validation.values import LARGEST_INT32, Errors


def problems(kind: Kind[Any], data: Data, old: Data | None = None) -> list[FieldError]:
    """Everything that is wrong with a custom resource, new or changed from `old`, beside its metadata."""
    if kind.schema is None:
        return []
    schema = kind.schema
    found = custom_resources.validate(schema, data)
    if not found:
        found = [error for path, obj in custom_resources.embedded(schema, data) for error in _embedded(path, obj)]
    found += _scale(kind, data)
    if not rules.has_rules(schema):
        return found
    return [*found, *(rules.unchecked(found) or rules.broken(schema, data, old))]


_GO_TYPES = {str: "string", float: "float64", bool: "bool", list: "[]interface {}", dict: "map[string]interface {}"}


def _in_go(value: Any) -> str:
    """A value as Go prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _embedded(path: str, obj: Data) -> Errors:
    for field in ("apiVersion", "kind"):
        given = obj.get(field)
        if field not in obj:
            yield errors.required(f"{path}.{field}")
        elif not isinstance(given, str):
            yield errors.invalid(f"{path}.{field}", given, "must be a string")
        elif not given:
            yield errors.invalid(f"{path}.{field}", given, "must not be empty")
    version, kind = obj.get("apiVersion"), obj.get("kind")
    if isinstance(version, str) and version.count("/") > 1:
        yield errors.invalid(f"{path}.apiVersion", version, f"unexpected GroupVersion string: {version}")
    if isinstance(kind, str) and kind and (messages := names.dns_1035_label(kind.lower())):
        why = f"may have mixed case, but should otherwise match: {','.join(messages)}"
        yield errors.invalid(f"{path}.kind", kind, why)
    if isinstance(obj.get("metadata"), dict):
        for error in metadata.embedded(obj["metadata"]):
            yield replace(error, path=f"{path}.{error.path}")


def _scale(kind: Kind[Any], data: Data) -> Iterator[FieldError]:
    """The numbers that the scale subresource shows."""
    if kind.scale_paths is None:
        return
    for path in (kind.scale_paths.spec_replicas, kind.scale_paths.status_replicas):
        value: Any = data
        for step in path.strip(".").split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            continue
        if not isinstance(value, int):
            why = f"{path} accessor error: {_in_go(value)} is of the type {_GO_TYPES[type(value)]}, expected int64"
            yield errors.invalid(path, 0, why)
            continue
        if value < 0:
            yield errors.invalid(path, value, "should be a non-negative integer")
        elif value > LARGEST_INT32:
            yield errors.invalid(path, value, f"should be less than or equal to {LARGEST_INT32}")
