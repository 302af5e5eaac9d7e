"""Decoding: from JSON data as a client sends it to the clean object an API server works with."""

from collections.abc import Sequence
from typing import Any, Literal
from weakref import WeakKeyDictionary

import msgspec

from k9lite.api import errors
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.schema import openapi, strict
from k9lite.api.schema.models import compile_model
from k9lite.api.schema.pruning import prune
from k9lite.api.schema.types import Struct
from k9lite.api.schema.walker import Walker

Validation = Literal["Strict", "Warn", "Ignore"]
# Custom resources are typed in these parts alone; what the others must be like is a matter of their validation.
_METADATA = Struct("v1.PartialObjectMetadata", openapi.object_fields)
_SCHEMAS: WeakKeyDictionary[Kind[Any], Struct] = WeakKeyDictionary()


class DecodingError(errors.StatusError):
    """BadRequest for data that is no object of a kind; `why` is the part of the message that does not name it, `path`
    leads to the value that could not be read.
    """

    def __init__(self, kind: Kind[Any], why: str, path: str = "") -> None:
        told = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {why}'
        super().__init__("BadRequest", told)
        self.why, self.path = why, path


def of(kind: Kind[Any]) -> Struct:
    """The schema of a kind: of its model, or of a custom resource's OpenAPI schema."""
    struct = _SCHEMAS.get(kind)
    if struct is None:
        struct = _SCHEMAS[kind] = compile_model(kind.model) if kind.model else openapi.compile_schema(kind)
    return struct


def decode(
    kind: Kind[Any],
    data: Data,
    validation: Validation = "Strict",
    *,
    partial: bool = False,
    duplicates: Sequence[str] = (),
    problems: Sequence[str] = (),
) -> tuple[Data, list[str]]:
    """A clean copy of `data`, and warnings about what it had to leave out.

    Unknown fields are pruned, nulls dropped, quantities and times made canonical, zero values left out or filled in
    as Go writes them (not if `partial`, for server-side apply). `duplicates`: paths of fields that the JSON text
    had twice; `problems`: what else was wrong with that text. DecodingError on a value of a wrong type, and if
    `validation` is Strict on unknown and duplicate fields.
    """
    clean, found = _decode(kind, data, partial, duplicates)
    found = [*problems, *found]
    if found and validation == "Strict":
        raise DecodingError(kind, f"strict decoding error: {', '.join(found)}")
    return clean, found if validation == "Warn" else []


def _decode(kind: Kind[Any], data: Data, partial: bool, duplicates: Sequence[str]) -> tuple[Data, list[str]]:
    if kind.model is None:
        return _custom(kind, data, partial, duplicates)
    if not duplicates and not partial:
        try:
            return strict.decode(of(kind), data), []
        except msgspec.ValidationError:
            pass  # nulls, missing or unknown fields, wrong types: the walker tells them apart
    walker = Walker(partial, duplicates)
    return _walk(kind, of(kind), data, walker), walker.problems


def _custom(kind: Kind[Any], data: Data, partial: bool, duplicates: Sequence[str]) -> tuple[Data, list[str]]:
    clean, unknown = prune(of(kind), data)
    clean |= _walk(kind, _METADATA, {name: data[name] for name in _METADATA.fields if name in data}, Walker(partial))
    return clean, [*(f'duplicate field "{path}"' for path in duplicates), *(f'unknown field "{p}"' for p in unknown)]


def _walk(kind: Kind[Any], struct: Struct, data: Data, walker: Walker) -> Data:
    clean = walker.clean(struct, data)
    if walker.error is not None:
        raise DecodingError(kind, walker.error, walker.error_path)
    return clean
