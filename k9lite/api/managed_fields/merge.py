"""Merging what someone applies into a live object, and taking fields out of it (structured-merge-diff: typed)."""

from typing import Any

from k9lite.api.managed_fields.compare import item_key, member
from k9lite.api.managed_fields.sets import Set, is_member
from k9lite.api.schema.types import ListOf, Type


def merge(type_: Type, live: Any, applied: Any) -> Any:
    """`live` with all that is in `applied`."""
    if live is None or applied is None or type_.leaf:
        return live if applied is None else applied
    if isinstance(type_, ListOf):
        return _merge_lists(type_, live, applied)
    merged = dict(live)
    for name, value in applied.items():
        merged[name] = merge(member(type_, name), live.get(name), value)
    return merged


def _merge_lists(type_: ListOf, live: list[Any], applied: list[Any]) -> list[Any]:
    """Applied items in the applied order; those that are only live keep their place between the shared ones."""
    lives = {item_key(type_, item): item for item in live}
    sent = {item_key(type_, item): item for item in applied}
    shared = [key for key in sent if key in lives]
    merged: list[Any] = []
    rest = list(sent)
    for key, item in lives.items():
        if key not in sent:
            merged.append(item)
        elif shared and key == shared[0]:
            # Everything that is applied before the shared item comes before it.
            end = rest.index(key) + 1
            merged += [merge(type_.item, lives.get(name), sent[name]) for name in rest[:end]]
            rest = rest[end:]
            shared = [name for name in shared if name in rest]
    return merged + [merge(type_.item, lives.get(name), sent[name]) for name in rest]


def remove(type_: Type, value: Any, fields: Set) -> Any:
    """`value` without the members of `fields` and all below them."""
    if type_.leaf or not fields:
        return value
    if isinstance(type_, ListOf):
        members = ((item, fields.get(item_key(type_, item))) for item in value)
        return [_reduced(type_.item, item, node) for item, node in members if node is None or not is_member(node)]
    kept_members = {}
    for name, item in value.items():
        node = fields.get(f"f:{name}")
        if node is None or not is_member(node):
            kept_members[name] = _reduced(member(type_, name), item, node)
    return kept_members


def _reduced(type_: Type, value: Any, node: Set | None) -> Any:
    return value if node is None else remove(type_, value, node)
