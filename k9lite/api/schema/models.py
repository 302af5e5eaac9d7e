"""Compiles the typed models of built-in kinds, and the facts that they lack, into a schema."""

import re
import sys
import types
from functools import partial
from typing import Any, Union, get_args, get_origin

import msgspec

from k9lite.api.schema import facts
from k9lite.api.schema.types import Anything, Field, ListOf, Map, Scalar, Struct, Type

ANY = Anything()
STRING, BOOL, FLOAT = Scalar("string", "string"), Scalar("bool", "bool"), Scalar("float64", "float64")
INT32, INT64 = Scalar("int32", "int32"), Scalar("int64", "int64")
BYTES, TIME, MICRO_TIME = Scalar("bytes", "[]uint8"), Scalar("time", "string"), Scalar("micro-time", "string")
QUANTITY, INT_OR_STRING = Scalar("quantity", "resource.Quantity"), Scalar("int-or-string", "int32")

# By the names in the models' annotations: aliases such as `Quantity = str` are seen only in their text.
_NAMED: dict[str, Type] = {
    "str": STRING, "bool": BOOL, "int": INT32, "float": FLOAT, "Quantity": QUANTITY, "Time": TIME,
    "MicroTime": MICRO_TIME, "IntOrString": INT_OR_STRING,
}  # fmt: skip
_MAP_VALUES: dict[str, Type] = {
    "[]string": ListOf(STRING, "[]string"), "bytes": BYTES, "quantity": QUANTITY, "time": TIME, "any": ANY,
}  # fmt: skip


_COMPILED: dict[tuple[type[Any], bool], Struct] = {}


def compile_model(model: type[Any], leaf: bool | None = None) -> Struct:
    """The schema of one model class; `leaf` only where a field says otherwise than its type."""
    whole = model.__name__ in facts.ATOMIC_TYPES if leaf is None else leaf
    if (model, whole) not in _COMPILED:
        version = model.__module__.rpartition(".")[2].rpartition("_")[2]
        _COMPILED[model, whole] = Struct(f"{version}.{model.__name__}", partial(_fields, model), whole, model=model)
    return _COMPILED[model, whole]


def _fields(model: type[Any]) -> dict[str, Field]:
    annotations = model.__annotations__
    return {
        info.encode_name: _field(model, info.encode_name, annotations[info.name], info)
        for info in msgspec.structs.fields(model)
    }


def _field(model: type[Any], name: str, annotation: Any, info: msgspec.structs.FieldInfo) -> Field:
    resolved = _without_none(info.type)
    type_ = _type(model, name, annotation, resolved)
    pointer = isinstance(type_, Struct) and type_.name in facts.NO_ZERO
    return Field(
        name,
        type_,
        required=info.required and not pointer,
        omits_zero=not info.required and _omits_zero(model, name, type_),
        replaced=_has(facts.REPLACED, model, name),
        by_value=isinstance(type_, Struct) and not pointer and (info.required or name in facts.BY_VALUE),
    )


def _has(names: frozenset[str], model: type[Any], name: str) -> bool:
    return name in names or f"{model.__name__}.{name}" in names


def _omits_zero(model: type[Any], name: str, type_: Type) -> bool:
    if isinstance(type_, Scalar) and type_.form == "string":
        return not _has(facts.EMPTY_KEPT, model, name)
    if isinstance(type_, Scalar):
        return _has(facts.ZERO_OMITTED, model, name) and not _has(facts.ZERO_KEPT, model, name)
    return isinstance(type_, ListOf | Map)


def _without_none(resolved: Any) -> Any:
    if get_origin(resolved) in (Union, types.UnionType):
        rest = [arg for arg in get_args(resolved) if arg is not type(None)]
        return rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007  # made at run time
    return resolved


def _type(model: type[Any], name: str, annotation: Any, resolved: Any) -> Type:
    full_name = f"{model.__name__}.{name}"
    if get_origin(resolved) is list:
        item = _type(model, name, annotation, get_args(resolved)[0])
        return _list(full_name, item)
    if isinstance(resolved, type) and issubclass(resolved, msgspec.Struct):
        return compile_model(resolved, False) if full_name in facts.NOT_ATOMIC else compile_model(resolved)
    if resolved is dict:
        return _map(model, full_name)
    alias = re.findall(r"\w+", annotation)[-1] if isinstance(annotation, str) else resolved.__name__
    scalar = _NAMED.get(alias, ANY)
    if scalar is INT32 and _has(facts.INT64, model, name):
        return INT64
    if scalar is STRING and _has(facts.BYTES, model, name):
        return BYTES
    go = facts.GO_NAMES.get(full_name) or facts.GO_NAMES.get(name)
    return Scalar("string", go) if scalar is STRING and go else scalar


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


def _map(model: type[Any], full_name: str) -> Map:
    named = facts.MAP_VALUES.get(full_name, "")
    if named in _MAP_VALUES:
        value = _MAP_VALUES[named]
    elif named:
        value = compile_model(getattr(sys.modules[model.__module__], named))
    else:
        value = STRING
    go = "v1.ResourceList" if value is QUANTITY else f"map[string]{value.go}"
    return Map(value, go, leaf=full_name in facts.ATOMIC_MAPS)
