"""Sets of fields, in the form of FieldsV1: a tree of dicts (structured-merge-diff: fieldpath).

Keys are `f:<field>`, `k:<keys of a list item, as JSON>` and `v:<value of a set, as JSON>`. A node that is empty, or
has the key `.`, is a member of the set itself; all others only have members below. Sets are never changed in place.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from k9lite.api.schema.types import ListOf, Map, Struct, Type

Set = dict[str, Any]

LEAF: Set = {}  # shared by all sets
SELF = "."


def union(a: Set, b: Set) -> Set:
    """Members of either."""
    if not a or not b:
        return a or b
    merged = dict(a)
    for key, node in b.items():
        merged[key] = _united(merged[key], node) if key in merged else node
    return merged


def _united(a: Set, b: Set) -> Set:
    if not a and not b:
        return a
    member = not a or not b or SELF in a or SELF in b
    return _node(member, {key: node for key, node in union(a, b).items() if key != SELF}) or LEAF


def difference(a: Set, b: Set) -> Set:
    """Members of `a` that are not in `b`; what lies below a member of `b` stays."""
    if not a or not b:
        return a
    remaining: Set = {}
    for key, node in a.items():
        rest = node if key not in b else _without(node, b[key])
        if rest is not None and key != SELF:
            remaining[key] = rest
    return remaining


def _without(a: Set, b: Set) -> Set | None:
    return _node(is_member(a) and not is_member(b), difference(a, b))


def intersection(a: Set, b: Set) -> Set:
    """Members of both."""
    shared: Set = {}
    for key, node in a.items():
        if key != SELF and key in b:
            both = _node(is_member(node) and is_member(b[key]), intersection(node, b[key]))
            if both is not None:
                shared[key] = both
    return shared


def is_member(node: Set) -> bool:
    return not node or SELF in node


def _node(member: bool, below: Set) -> Set | None:
    """The node with these members below it; None for one that is not part of any set."""
    below = {key: node for key, node in below.items() if key != SELF}
    if member:
        return {SELF: LEAF, **below} if below else LEAF
    return below or None


def with_named_fields(type_: Type, set_: Set) -> Set:
    """The set with every struct field in it made a member, so that it can be removed with what is below it."""
    named: Set = {}
    for key, node in set_.items():
        inner = with_named_fields(step(type_, key), node)
        if isinstance(type_, Struct) and key != SELF and inner and SELF not in inner:
            inner = {SELF: LEAF, **inner}
        named[key] = inner
    return named


def step(type_: Type, key: str) -> Type:
    """The type one step below."""
    if isinstance(type_, Struct):
        field = type_.fields.get(key[2:])
        return field.type if field else type_
    if isinstance(type_, Map):
        return type_.value
    return type_.item if isinstance(type_, ListOf) else type_


def paths(set_: Set, prefix: str = "") -> Iterator[str]:
    """The members as people read them: `.spec.containers[name="web"].image`; members come before what is below."""
    for key in sorted(set_):
        if key != SELF and is_member(set_[key]):
            yield prefix + step_text(key)
    for key in sorted(set_):
        if key != SELF:
            yield from paths(set_[key], prefix + step_text(key))


def step_text(key: str) -> str:
    """One step of a path as people read it."""
    kind, text = key[:2], key[2:]
    if kind == "f:":
        return f".{text}"
    if kind == "v:":
        return f"[={text}]"
    keys = msgspec.json.decode(text)
    return f"[{','.join(f'{name}={msgspec.json.encode(value).decode()}' for name, value in sorted(keys.items()))}]"
