"""Finding types by field path: `spec.template.spec.containers[0].image`, with or without indexes."""

import difflib
import re
from typing import Any

from k9lite.api.kinds import Kind
from k9lite.api.schema.decode import of
from k9lite.api.schema.types import Field, ListOf, Map, Struct, Type

_STEP = re.compile(r"\[[^\]]*\]|[^.\[\]]+")


def type_at(kind: Kind[Any], path: str) -> Type | None:
    """The type of what stands at `path`; indexes may be left out. None where the schema knows nothing of it."""
    type_: Type | None = of(kind)
    for step in _STEP.findall(path):
        indexed = step.startswith("[")
        if isinstance(type_, ListOf):
            type_ = type_.item
            if indexed:
                continue
        if isinstance(type_, Struct):
            field = type_.fields.get(step)
            type_ = field.type if field else None
        else:
            type_ = type_.value if isinstance(type_, Map) else None
    return type_


def fields_at(kind: Kind[Any], path: str = "") -> dict[str, Field]:
    """The fields of the struct at `path`, or of the structs in the list or map there."""
    type_ = type_at(kind, path)
    while isinstance(type_, ListOf | Map):
        type_ = type_.item if isinstance(type_, ListOf) else type_.value
    return type_.fields if isinstance(type_, Struct) else {}


def suggest(kind: Kind[Any], path: str, name: str) -> str | None:
    """The field of the struct at `path` that was probably meant by `name`."""
    by_lower = {field.lower(): field for field in fields_at(kind, path)}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[close[0]] if close else None
