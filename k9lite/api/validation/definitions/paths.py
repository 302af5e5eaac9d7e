"""Rules for what a definition says of fields of its objects: columns, selectable fields, the scale subresource."""

import re

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation.values import Errors

MOST_SELECTABLE_FIELDS = 8
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_SELECTABLE_TYPES = ("string", "boolean", "integer")
_NOT_SELECTABLE = (
    "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."
)
_PART = re.compile(r"[.\[\]]|'(?:[^'\\]|\\.)*'|[^.\[\]]+")


class _NotAPath(ValueError):
    """Why a text leads to no field of a schema."""


def column(path: str, given: Data) -> Errors:
    if not given.get("name"):
        yield errors.required(f"{path}.name")
    one_of = f"must be one of {','.join(_COLUMN_TYPES)}"
    if not given.get("type"):
        yield errors.required(f"{path}.type", one_of)
    elif given["type"] not in _COLUMN_TYPES:
        yield errors.invalid(f"{path}.type", given["type"], one_of)
    if given.get("format") and given["format"] not in _COLUMN_FORMATS:
        yield errors.invalid(f"{path}.format", given["format"], f"must be one of {','.join(_COLUMN_FORMATS)}")
    if not given.get("jsonPath"):
        yield errors.required(f"{path}.JSONPath")
    else:
        yield from _simple_path(f"{path}.JSONPath", given["jsonPath"])


def _simple_path(path: str, given: str) -> Errors:
    if not given.startswith("."):
        yield errors.invalid(path, given, "must be a simple json path starting with .")


def scale(path: str, given: Data) -> Errors:
    for field, parent in (("specReplicasPath", "spec"), ("statusReplicasPath", "status")):
        if not given.get(field):
            yield errors.required(f"{path}.{field}")
        else:
            where = f"a json path under .{parent}"
            yield from _path_under(f"{path}.{field}", given[field], (f".{parent}.",), where)
    if given.get("labelSelectorPath"):
        where = "a json path under either .spec or .status"
        yield from _path_under(f"{path}.labelSelectorPath", given["labelSelectorPath"], (".spec.", ".status."), where)


def _path_under(path: str, given: str, parents: tuple[str, ...], where: str) -> Errors:
    wrong = list(_simple_path(path, given))
    if wrong:
        yield from wrong
    elif not given.startswith(parents):
        yield errors.invalid(path, given, f"should be {where}")


def selectable_fields(path: str, fields: list[Data], schema: Data) -> Errors:
    seen: set[str] = set()
    for index, field in enumerate(fields):
        place, given = f"{path}[{index}].jsonPath", field.get("jsonPath", "")
        if not given:
            yield errors.required(place)
            continue
        try:
            names, leads_to = _follow(given, schema)
        except _NotAPath as error:
            yield errors.invalid(place, given, f"is an invalid path: {error}")
            continue
        if names[:1] == ["metadata"]:
            yield errors.invalid(place, given, "must not point to fields in metadata")
        if leads_to.get("type") not in _SELECTABLE_TYPES:
            yield errors.invalid(place, given, _NOT_SELECTABLE)
        if given in seen:
            yield errors.duplicate(place, given)
        seen.add(given)
    if len(seen) > MOST_SELECTABLE_FIELDS:
        yield errors.too_many(path, len(seen), MOST_SELECTABLE_FIELDS)


def _follow(given: str, schema: Data) -> tuple[list[str], Data]:
    """The names in a path, and the schema of the field that it leads to."""
    names: list[str] = []
    parts = iter(_PART.findall(given))
    for part in parts:
        if part == "[":
            raise _NotAPath("array notation is not allowed")
        if part != ".":
            raise _NotAPath(f"expected [ or . but got: {part}")
        name = next(parts, None)
        if name is None:
            raise _NotAPath("unexpected end of JSON path")
        properties, extra = schema.get("properties"), schema.get("additionalProperties")
        field = properties.get(name) if properties else extra
        if not isinstance(field, dict):
            raise _NotAPath("does not refer to a valid field")
        schema = field
        names.append(name)
    return names, schema
