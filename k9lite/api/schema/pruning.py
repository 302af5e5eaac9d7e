"""Pruning of custom resources: fields that no schema declares are dropped, values are left to validation."""

from collections.abc import Iterator
from typing import Any

from k9lite.api.object import Data
from k9lite.api.schema.types import ListOf, Map, Struct, Type


def prune(struct: Struct, data: Data) -> tuple[Data, list[str]]:
    """`data` without undeclared fields, and their paths in order."""
    unknown: list[str] = []
    pruned: Data = _prune(struct, data, "", unknown)
    return pruned, sorted(unknown)


def _prune(type_: Type, value: Any, path: str, unknown: list[str]) -> Any:
    if isinstance(type_, Struct) and isinstance(value, dict):
        return dict(_declared(type_, value, path, unknown))
    if isinstance(type_, Map) and isinstance(value, dict):
        return {name: _prune(type_.value, item, f"{path}.{name}", unknown) for name, item in value.items()}
    if isinstance(type_, ListOf) and isinstance(value, list):
        return [_prune(type_.item, item, f"{path}[{index}]", unknown) for index, item in enumerate(value)]
    return value


def _declared(struct: Struct, value: Data, path: str, unknown: list[str]) -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        inner = f"{path}.{name}" if path else name
        if name in struct.fields:
            yield name, _prune(struct.fields[name].type, item, inner, unknown)
        elif struct.open:
            yield name, item
        else:
            unknown.append(inner)
