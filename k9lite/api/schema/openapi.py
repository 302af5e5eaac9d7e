"""Compiles the OpenAPI v3 schema of a custom resource, in its structural form, into a schema."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from lightkube.models.meta_v1 import ObjectMeta

from k9lite.api.kinds import Kind
from k9lite.api.schema.models import ANY, BOOL, FLOAT, INT64, INT_OR_STRING, STRING, compile_model
from k9lite.api.schema.types import Field, ListOf, Map, Scalar, Struct, Type

_KEPT, _INT_OR_STRING = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"
_SCALARS: dict[str, Scalar] = {"string": STRING, "boolean": BOOL, "number": FLOAT, "integer": INT64}


def compile_schema(kind: Kind[Any]) -> Struct:
    """The schema of a kind that has no model. Without an OpenAPI schema every field is kept."""
    schema = kind.schema if kind.schema is not None else {_KEPT: True}
    return Struct(f"{kind.version}.{kind.kind}", partial(_object_fields, schema), open=bool(schema.get(_KEPT)))


def object_fields() -> dict[str, Field]:
    """What every object has, whatever its schema says of it."""
    metadata = Field("metadata", compile_model(ObjectMeta))
    return {"apiVersion": Field("apiVersion", STRING), "kind": Field("kind", STRING), "metadata": metadata}


def _object_fields(schema: Mapping[str, Any]) -> dict[str, Field]:
    return _fields(schema) | object_fields()


def _fields(schema: Mapping[str, Any]) -> dict[str, Field]:
    return {name: Field(name, _type(name, property)) for name, property in (schema.get("properties") or {}).items()}


def _type(name: str, schema: Mapping[str, Any]) -> Type:
    if schema.get(_INT_OR_STRING):
        return INT_OR_STRING
    kind = schema.get("type", "object" if "properties" in schema else "")
    if kind == "array":
        return _list(name, schema)
    if kind != "object":
        return _SCALARS.get(kind, ANY)
    atomic = schema.get("x-kubernetes-map-type") == "atomic"
    values = schema.get("additionalProperties")
    if isinstance(values, Mapping):
        value = _type(name, values)
        return Map(value, f"map[string]{value.go}", atomic)
    if schema.get("x-kubernetes-embedded-resource"):
        return Struct(name, partial(_object_fields, schema), atomic, bool(schema.get(_KEPT)))
    if values is True or (schema.get(_KEPT) and not schema.get("properties")):
        return Map(ANY, "map[string]interface {}", atomic)
    return Struct(name, partial(_fields, schema), atomic, bool(schema.get(_KEPT)))


def _list(name: str, schema: Mapping[str, Any]) -> ListOf:
    """Strategic merge patches do not exist for custom resources, so no merge key is needed."""
    items = schema.get("items") or {}
    item = _type(name, items)
    kind = schema.get("x-kubernetes-list-type", "atomic")
    keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
    properties = items.get("properties") or {}
    defaults = tuple((key, properties[key]["default"]) for key in keys if "default" in properties.get(key, {}))
    return ListOf(item, f"[]{item.go}", kind=kind, keys=keys, defaults=defaults)
