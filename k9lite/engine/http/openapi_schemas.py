"""Types as OpenAPI describes them: the model's from their compiled form, custom resources as they are defined."""

from typing import Any

from k9lite.api import kinds, schema
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.schema.types import Anything, ListOf, Map, Scalar, Struct, Type

FORMS: dict[str, Data] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "float64": {"type": "number", "format": "double"},
    "quantity": {"type": "string"},
    "time": {"type": "string", "format": "date-time"},
    "micro-time": {"type": "string", "format": "date-time"},
    "int-or-string": {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    "bytes": {"type": "string", "format": "byte"},
}
# Where Kubernetes keeps types that are in none of its API's own packages.
_PACKAGES = {
    "meta": "io.k8s.apimachinery.pkg.apis.meta",
    "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
    "apiregistration": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
}
_TOP = ("apiVersion", "kind", "metadata")


# What OpenAPI v2 has no words for.
_LOGIC = {"allOf", "anyOf", "oneOf", "not", "nullable"}
_PRESERVES = "x-kubernetes-preserve-unknown-fields"


def add(kind: Kind[Any], schemas: dict[str, Data], *, version_2: bool = False) -> str:
    """Add the schema of `kind`, and of every type it mentions; the name it has there.

    version_2: as OpenAPI v2 can say it, where a custom resource of any shape is an object without known fields
    """
    top = schema.of(kind)
    if kind.model is None:
        name = f"{'.'.join(reversed(kind.group.split('.')))}.{kind.version}.{kind.kind}"
        for mentioned in _mentioned(top.fields["metadata"].type):
            _collect(mentioned, schemas)
        schemas[name] = _custom(kind.schema, version_2)
    else:
        name = name_of(top)
        _collect(top, schemas)
    group_version_kind = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    schemas[name] = schemas[name] | {"x-kubernetes-group-version-kind": [group_version_kind]}
    return name


def _custom(defined: Data | None, version_2: bool) -> Data:
    """With known fields kubectl would refuse all others."""
    if defined is None or (version_2 and defined.get(_PRESERVES)):
        return {"type": "object"}
    return _defined(_in_version_2(defined) if version_2 else defined)


def _in_version_2(schema: Data) -> Data:
    """A structural schema without what version 2 lacks; what may be null or hold anything loses its type's fields."""
    plain = {name: value for name, value in schema.items() if name not in _LOGIC}
    if schema.get("nullable"):
        plain.pop("type", None)
    if schema.get("nullable") or schema.get(_PRESERVES):
        plain = {name: value for name, value in plain.items() if name not in ("items", "properties")}
    for name in ("items", "additionalProperties"):
        if isinstance(plain.get(name), dict):
            plain[name] = _in_version_2(plain[name])
    if isinstance(plain.get("properties"), dict):
        plain["properties"] = {name: _in_version_2(inner) for name, inner in plain["properties"].items()}
    return plain


def _defined(defined: Data) -> Data:
    """The schema of a custom resource, with what every object has."""
    model = schema.of(kinds.CONFIG_MAP)
    common = {name: _property(model, name, model.fields[name].type) for name in _TOP}
    return defined | {"properties": (defined.get("properties") or {}) | common}


def name_of(struct: Struct) -> str:
    """The name of a type as Kubernetes publishes it: `io.k8s.api.apps.v1.Deployment`."""
    module = struct.model.__module__.rpartition(".")[2] if struct.model else ""
    group, _, version = module.rpartition("_")
    package = _PACKAGES.get(group, f"io.k8s.api.{group or 'core'}")
    return f"{package}.{version or 'v1'}.{struct.name}"


def _collect(struct: Struct, schemas: dict[str, Data]) -> None:
    """The schema of `struct` and of every struct it mentions."""
    waiting = [struct]
    while waiting:
        current = waiting.pop()
        if name_of(current) in schemas:
            continue
        properties = {}
        for field in current.fields.values():
            properties[field.name] = _property(current, field.name, field.type)
            waiting += _mentioned(field.type)
        entry: Data = {"type": "object", "properties": properties}
        description = schema.describe(current)
        if description:
            entry["description"] = description
        required = [field.name for field in current.required]
        if required:
            entry["required"] = required
        if current.open:
            entry["x-kubernetes-preserve-unknown-fields"] = True
        schemas[name_of(current)] = entry


def _mentioned(type: Type) -> list[Struct]:
    match type:
        case Struct():
            return [type]
        case ListOf(item=inner) | Map(value=inner):
            return _mentioned(inner)
    return []


def _property(struct: Struct, name: str, type: Type) -> Data:
    """The schema of a field; a reference carries its description beside it, inside allOf."""
    shape, description = _shape(type), schema.describe(struct, name)
    if "$ref" in shape:
        shape = {"allOf": [shape], "default": {}} if description else shape
    return shape | {"description": description} if description else shape


def _shape(type: Type) -> Data:
    match type:
        case Scalar(form=form):
            return dict(FORMS[form])
        case Struct():
            return {"$ref": f"#/components/schemas/{name_of(type)}"}
        case Map(value=value):
            return {"type": "object", "additionalProperties": _shape(value)}
        case ListOf():
            return _list(type)
        case Anything():
            return {"x-kubernetes-preserve-unknown-fields": True}


def _list(type: ListOf) -> Data:
    shape: Data = {"type": "array", "items": _shape(type.item), "x-kubernetes-list-type": type.kind}
    if type.keys:
        shape["x-kubernetes-list-map-keys"] = list(type.keys)
    if type.merge_key:
        shape |= {"x-kubernetes-patch-merge-key": type.merge_key, "x-kubernetes-patch-strategy": "merge"}
    return shape
