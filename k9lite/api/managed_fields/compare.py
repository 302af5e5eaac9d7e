"""Which fields an object has, and which differ between two (structured-merge-diff: typed)."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from k9lite.api.managed_fields.sets import LEAF, SELF, Set
from k9lite.api.object import Data
from k9lite.api.schema.models import ANY
from k9lite.api.schema.types import ListOf, Map, Struct, Type, zero

_encode = msgspec.json.Encoder(order="sorted").encode


class Difference(NamedTuple):
    """`changed`: fields that are new or have another value; `removed`: fields that are gone."""

    changed: Set
    removed: Set


@lru_cache(maxsize=16384)
def _value_key(value: Any) -> str:
    return f"v:{_encode(value).decode()}"


@lru_cache(maxsize=16384)
def _item_key(names: tuple[str, ...], values: tuple[Any, ...]) -> str:
    keys = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return f"k:{_encode(keys).decode()}"


def item_key(type_: ListOf, item: Any) -> str:
    """What tells an item apart from the others of its list, as a step of a path."""
    if type(item) in (dict, list) and type_.kind == "set":
        return f"v:{_encode(item).decode()}"
    if type_.kind == "set" or type(item) is not dict:
        return _value_key(item)
    if not type_.defaults:
        return _item_key(type_.keys, tuple(map(item.get, type_.keys)))
    defaults = dict(type_.defaults)
    return _item_key(type_.keys, tuple(item.get(key, defaults.get(key)) for key in type_.keys))


class _Step(NamedTuple):
    """A field as a step of a path; `absent`: what stands for it where it is missing."""

    key: str
    type: Type
    leaf: bool
    absent: Any


@lru_cache(maxsize=4096)
def _steps(struct: Struct) -> dict[str, _Step]:
    return {
        name: _Step(
            f"f:{name}",
            field.type,
            field.type.leaf,
            zero(field.type) if field.written else None,  # Go writes these always
        )
        for name, field in struct.fields.items()
    }


def _unknown(name: str) -> _Step:
    """What a struct keeps without knowing it is one value."""
    return _Step(f"f:{name}", ANY, True, None)


@lru_cache(maxsize=4096)
def _split(struct: Struct, names: tuple[str, ...]) -> tuple[Set, list[tuple[str, str, Type]]]:
    """What a struct with fields of these names has at least, and the names, keys and types of those to look into."""
    steps = [(name, _steps(struct).get(name) or _unknown(name)) for name in names]
    leaves = {step.key: LEAF for _, step in steps if step.leaf}
    return {SELF: LEAF, **leaves}, [(name, step.key, step.type) for name, step in steps if not step.leaf]


def everything(type_: Type, value: Any) -> Set:
    """All that is in `value`, itself included."""
    if not value or type_.leaf or type(value) is not type_.shape:
        return LEAF
    if isinstance(type_, Struct):
        leaves, inner = _split(type_, tuple(value))
        return {**leaves, **{key: everything(deeper, value[name]) for name, key, deeper in inner}} if inner else leaves
    members: Set = {SELF: LEAF}
    if isinstance(type_, Map):
        for name, item in value.items():
            members[f"f:{name}"] = everything(type_.value, item)
    elif isinstance(type_, ListOf):
        for item in value:
            members[item_key(type_, item)] = LEAF if type_.kind == "set" else everything(type_.item, item)
    return members


def applied(type_: Type, value: Any) -> Set:
    """What someone who applies `value` owns: its leaves and list items. Empty where nothing is."""
    members: Set = {}
    if isinstance(type_, ListOf):
        for item in value:
            inner = LEAF if type_.item.leaf or type_.kind == "set" else applied(type_.item, item)
            members[item_key(type_, item)] = {SELF: LEAF, **inner} if inner else LEAF
        return members
    for name, item in value.items():
        inner_type = member(type_, name)
        if inner_type.leaf or item is None or item == {}:
            members[f"f:{name}"] = LEAF
        elif inner := applied(inner_type, item):
            members[f"f:{name}"] = inner if isinstance(type_, Struct) else {SELF: LEAF, **inner}
    return members


def member(type_: Type, name: str) -> Type:
    """The type of a member of a struct or map; what a struct keeps without knowing it is one value."""
    if isinstance(type_, Map):
        return type_.value
    field = type_.fields.get(name) if isinstance(type_, Struct) else None
    return field.type if field else ANY


def compare(struct: Struct, old: Data, new: Data) -> Difference:
    """What changed from `old` to `new`."""
    changed, removed = _compare(struct, old, new)
    return Difference(changed or {}, removed or {})


_Pair = tuple[Set | None, Set | None]
_SAME: _Pair = (None, None)


def _compare(type_: Type, old: Any, new: Any) -> _Pair:
    """Changed and removed; None for nothing. A value that is not there is None."""
    if old == new:
        return _SAME
    if old is None:
        return everything(type_, new), None
    if new is None:
        return None, everything(type_, old)
    if type_.leaf or type(old) is not type_.shape or type(new) is not type_.shape:
        return LEAF, None
    if isinstance(type_, ListOf):
        olds = {item_key(type_, item): item for item in old}
        news = {item_key(type_, item): item for item in new}
        return _compare_members(olds, news, lambda key: (key, type_.item))
    if isinstance(type_, Map):
        return _compare_members(old, new, lambda name: (f"f:{name}", type_.value))
    assert isinstance(type_, Struct), "all others are leaves"
    return _compare_fields(type_, old, new)


def _compare_members(old: Data, new: Data, place: Callable[[str], tuple[str, Type]]) -> _Pair:
    changed: Set = {}
    removed: Set = {}
    for name in {**old, **new}:
        key, type_ = place(name)
        _add(changed, removed, key, _compare(type_, old.get(name), new.get(name)))
    return changed or None, removed or None


def _compare_fields(struct: Struct, old: Data, new: Data) -> _Pair:
    changed: Set = {}
    removed: Set = {}
    steps = _steps(struct)
    for name in {**old, **new} if old else new:
        key, type_, leaf, absent = steps.get(name) or _unknown(name)
        before, after = old.get(name), new.get(name)
        before, after = absent if before is None else before, absent if after is None else after
        if before == after:
            continue
        if leaf and after is not None:
            changed[key] = LEAF
        else:
            _add(changed, removed, key, _compare(type_, before, after))
    return changed or None, removed or None


def _add(changed: Set, removed: Set, key: str, pair: _Pair) -> None:
    if pair[0] is not None:
        changed[key] = pair[0]
    if pair[1] is not None:
        removed[key] = pair[1]
