"""Compiles the typed models of built-in kinds, and the facts that they lack, into a schema."""

import sys
import types
from functools import partial
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from lightkube.models.meta_v1 import ObjectMeta

from k9lite.api.schema import facts, fields
from k9lite.api.schema.fields import FieldDescriptor
from k9lite.api.schema.types import Anything, Field, ListOf, Map, Scalar, Struct, Type

ANY = Anything()
STRING, BOOL, FLOAT = Scalar("string", "string"), Scalar("bool", "bool"), Scalar("float64", "float64")
INT32, INT64 = Scalar("int32", "int32"), Scalar("int64", "int64")
BYTES, TIME, MICRO_TIME = Scalar("bytes", "[]uint8"), Scalar("time", "string"), Scalar("micro-time", "string")
QUANTITY, INT_OR_STRING = Scalar("quantity", "resource.Quantity"), Scalar("int-or-string", "int32")

# By the names of types in the facts about fields. What JSON writes in another form than the message is any value.
_SCALARS: dict[str, Type] = {
    "string": STRING,
    "bool": BOOL,
    "double": FLOAT,
    "int32": INT32,
    "int64": INT64,
    "bytes": BYTES,
    "meta.Time": TIME,
    "meta.MicroTime": MICRO_TIME,
    "api/resource.Quantity": QUANTITY,
    "intstr.IntOrString": INT_OR_STRING,
    "runtime.RawExtension": ANY,
    "meta.FieldsV1": ANY,
    "apiextensions/v1.JSON": ANY,
    "apiextensions/v1.JSONSchemaPropsOrBool": ANY,
    "apiextensions/v1.CustomResourceSubresourceStatus": ANY,
    "apiextensions/v1.JSONSchemaPropsOrArray": ANY,
    "apiextensions/v1.JSONSchemaPropsOrStringArray": ANY,
}
_STRINGS = ListOf(STRING, "[]string")
# What k9lite's own models are annotated with.
_OWN: dict[Any, str] = {str: "string", bool: "bool", float: "double", int: "int32"}


_COMPILED: dict[tuple[type[Any], bool], Struct] = {}


def compile_model(model: type[Any], leaf: bool | None = None) -> Struct:
    """The schema of one model class; `leaf` only where a field says otherwise than its type."""
    whole = model.__name__ in facts.ATOMIC_TYPES if leaf is None else leaf
    if (model, whole) not in _COMPILED:
        version = model.__module__.rpartition(".")[2].rpartition("_")[2]
        _COMPILED[model, whole] = Struct(f"{version}.{model.__name__}", partial(_fields, model), whole, model=model)
    return _COMPILED[model, whole]


def _fields(model: type[Any]) -> dict[str, Field]:
    hints = get_type_hints(model)
    infos = {info.encode_name: (info, hints[info.name]) for info in msgspec.structs.fields(model)}
    described = _described(model)
    return {name: _field(model, described.get(name) or _own(name, *infos[name]), *infos[name]) for name in infos}


def _described(model: type[Any]) -> fields.Message:
    """What is known of the fields of a Kubernetes type; nothing of others."""
    module = model.__module__.rpartition(".")[2]
    package, _, version = module.rpartition("_")
    name = f"meta.{model.__name__}" if package == "meta" else f"{package}/{version}.{model.__name__}"
    return fields.json_fields(name) if fields.is_message(name) else {}


def _own(name: str, info: msgspec.structs.FieldInfo, annotation: Any) -> FieldDescriptor:
    """A field of one of k9lite's own types, and of the envelope: a pointer, unless it is required or a text."""
    resolved = _without_none(annotation)
    type_ = _OWN.get(resolved, "meta.ObjectMeta" if resolved is ObjectMeta else resolved.__name__)
    omitted = type_ == "string" and not info.required
    return FieldDescriptor(name, 0, type_, pointer=not info.required and not omitted, omit_empty=not info.required)


def _field(model: type[Any], described: FieldDescriptor, info: msgspec.structs.FieldInfo, annotation: Any) -> Field:
    name = described.name
    type_ = _type(model, described, _struct_in(annotation))
    written = not described.pointer and not described.omit_zero
    return Field(
        name,
        type_,
        required=info.required,
        written=written and (not described.omit_empty or _has_no_empty(type_)),
        omits_zero=written and described.omit_empty and not _has_no_empty(type_),
        replaced=f"{model.__name__}.{name}" in facts.REPLACED,
    )


def _has_no_empty(type_: Type) -> bool:
    """Whether the type is a struct to Go, which omitempty never leaves out. (Times are: see _type.)"""
    return isinstance(type_, Struct) or type_ is QUANTITY or type_ is INT_OR_STRING


def _without_none(resolved: Any) -> Any:
    if get_origin(resolved) in (Union, types.UnionType):
        return next(arg for arg in get_args(resolved) if arg is not type(None))
    return resolved


def _struct_in(annotation: Any) -> type[Any] | None:
    """The model class that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    return next(filter(None, map(_struct_in, get_args(annotation))), None)


def _type(model: type[Any], described: FieldDescriptor, mentioned: type[Any] | None) -> Type:
    full_name = f"{model.__name__}.{described.name}"
    value = _value(model, full_name, described, mentioned)
    if described.cardinality == "list":
        return _list(full_name, value)
    if described.cardinality == "map":
        go = "v1.ResourceList" if value is QUANTITY else f"map[string]{value.go}"
        return Map(value, go, leaf=full_name in facts.ATOMIC_MAPS)
    return value


def _value(model: type[Any], full_name: str, described: FieldDescriptor, mentioned: type[Any] | None) -> Type:
    """The type of a field's one value, of a list's items, or of a map's values."""
    scalar = _SCALARS.get(described.type)
    if scalar is STRING and (go := facts.GO_NAMES.get(full_name) or facts.GO_NAMES.get(described.name)):
        return Scalar("string", go)
    if scalar is not None:
        return scalar
    name = described.type.rpartition(".")[2]
    if name == "ExtraValue":
        return _STRINGS
    inner = mentioned or getattr(sys.modules[model.__module__], name)
    return compile_model(inner, False) if full_name in facts.NOT_ATOMIC else compile_model(inner)


def _list(full_name: str, item: Type) -> ListOf:
    keys = facts.LIST_KEYS.get(full_name, ())
    item_name = item.name if isinstance(item, Struct) else ""
    defaults = ((key, facts.KEY_DEFAULTS.get(f"{item_name}.{key}")) for key in keys)
    return ListOf(
        item,
        f"[]{item.go}",
        kind="map" if keys else "set" if full_name in facts.SETS else "atomic",
        keys=keys,
        merge_key=facts.MERGE_KEYS.get(full_name, ""),
        merged=full_name in facts.MERGED_SETS,
        defaults=tuple((key, value) for key, value in defaults if value is not None),
    )
