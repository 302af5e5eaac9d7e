"""The rules of a structural OpenAPI v3 schema: defaults, and everything that makes a value invalid."""

import ipaddress
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from k9lite.api import patterns
from k9lite.api.errors import FieldError, duplicate, invalid, not_supported, render_value, required, too_many
from k9lite.api.object import Data

TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: not isinstance(value, bool) and (isinstance(value, int) or _is_whole(value)),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
# What the API server calls the type of a JSON value.
NAMES = ((bool, "boolean"), (str, "string"), (int, "integer"), (float, "number"), (list, "array"), (dict, "object"))


_OWN_FIELDS = ("apiVersion", "kind", "metadata")


def _shown(option: Any) -> str:
    return option if isinstance(option, str) else render_value(option)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def fill_defaults(schema: Data, value: Any) -> None:
    """Put the schema's defaults where fields are missing (or null and not nullable), in place."""
    if isinstance(value, dict):
        properties = schema.get("properties") or {}
        for name, part in properties.items():
            _fill_field(part, value, name)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict):
            for name in value.keys() - properties.keys():
                _fill_field(extra, value, name)
    elif isinstance(value, list):
        for item in value:
            fill_defaults(schema.get("items") or {}, item)


def _fill_field(schema: Data, value: Data, name: str) -> None:
    """A null counts as missing where the field is not nullable."""
    if name in value and value[name] is None and not schema.get("nullable"):
        del value[name]
    if name not in value and "default" in schema:
        value[name] = _copy(schema["default"])
    if name in value:
        fill_defaults(schema, value[name])


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def validate(schema: Data, value: Any) -> list[FieldError]:
    """Everything that keeps a custom resource, or a part of one, from fitting its schema.

    Metadata is a part like all others: a schema may require it, and have rules for its name.
    """
    return list(_errors(schema, value, ""))


def has_unknown_fields(schema: Data, value: Any) -> bool:
    """Whether `value` has fields that the schema does not declare, and that would be pruned."""
    if isinstance(value, list):
        return any(has_unknown_fields(schema.get("items") or {}, item) for item in value)
    if not isinstance(value, dict) or schema.get("x-kubernetes-preserve-unknown-fields"):
        return False
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    own = _OWN_FIELDS if schema.get("x-kubernetes-embedded-resource") else ()
    for name, part in value.items():
        if name in own:
            continue
        declared = properties.get(name, extra)
        if declared is None or declared is False:
            return True
        if isinstance(declared, dict) and has_unknown_fields(declared, part):
            return True
    return False


def embedded(schema: Data, value: Any, path: str = "") -> Iterator[tuple[str, Data]]:
    """The whole objects within a custom resource, with their paths."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from embedded(schema.get("items") or {}, item, f"{path}[{index}]")
    if not isinstance(value, dict):
        return
    if path and schema.get("x-kubernetes-embedded-resource"):
        yield path, value
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    for name, part in value.items():
        if name in properties:
            yield from embedded(properties[name], part, f"{path}.{name}" if path else name)
        elif isinstance(extra, dict):
            yield from embedded(extra, part, f"{path}[{name}]")


def _errors(schema: Data, value: Any, path: str) -> Iterator[FieldError]:
    if value is None and schema.get("nullable"):
        return
    wrong = _type_error(schema, value, path)
    if wrong is not None:
        yield wrong
        return
    if "enum" in schema and value not in schema["enum"]:
        yield not_supported(path, value, [_shown(option) for option in schema["enum"]])
    if isinstance(value, dict):
        yield from _object_errors(schema, value, path)
    elif isinstance(value, list):
        yield from _list_errors(schema, value, path)
    elif isinstance(value, str):
        yield from _text_errors(schema, value, path)
    elif not isinstance(value, bool) and isinstance(value, int | float):
        yield from _number_errors(schema, value, path)
    yield from _combined(schema, value, path)


def _type_error(schema: Data, value: Any, path: str) -> FieldError | None:
    if schema.get("x-kubernetes-int-or-string"):
        fits = isinstance(value, int | str) and not isinstance(value, bool)
        wanted = "integer,string"
    else:
        wanted = schema.get("type", "")
        fits = wanted not in TYPES or TYPES[wanted](value)
    if fits:
        return None
    given = next((name for type, name in NAMES if isinstance(value, type)), "null")
    where = path or "<nil>"
    detail = f'{where} in body must be of type {wanted}: "{given}"'
    return FieldError(where, "Invalid value", "FieldValueTypeInvalid", given, True, detail)


def _object_errors(schema: Data, value: Data, path: str) -> Iterator[FieldError]:
    for name in schema.get("required") or ():
        if name not in value:
            yield required(f"{path}.{name}" if path else name)
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    for name, part in value.items():
        inner = f"{path}.{name}" if path else name
        if name in properties:
            yield from _errors(properties[name], part, inner)
        elif isinstance(extra, dict):
            yield from _errors(extra, part, inner)
    least, most = schema.get("minProperties"), schema.get("maxProperties")
    if least is not None and len(value) < least:
        yield invalid(path, len(value), f"{path} in body should have at least {least} properties")
    if most is not None and len(value) > most:
        yield too_many(path, len(value), most)


def _list_errors(schema: Data, value: list[Any], path: str) -> Iterator[FieldError]:
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least is not None and len(value) < least:
        yield invalid(path, len(value), f"{path} in body should have at least {least} items")
    if most is not None and len(value) > most:
        yield too_many(path, len(value), most)
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys") or ()
    seen: list[Any] = []
    for index, item in enumerate(value):
        identity = {key: item.get(key) for key in keys} if kind == "map" and isinstance(item, dict) else item
        if (kind in ("map", "set") or schema.get("uniqueItems")) and identity in seen:
            yield duplicate(f"{path}[{index}]", identity)
        seen.append(identity)
        yield from _errors(schema.get("items") or {}, item, f"{path}[{index}]")


def _text_errors(schema: Data, value: str, path: str) -> Iterator[FieldError]:
    least, most, pattern = schema.get("minLength"), schema.get("maxLength"), schema.get("pattern")
    if least is not None and len(value) < least:
        yield invalid(path, value, f"{path} in body should be at least {least} chars long")
    if most is not None and len(value) > most:
        detail = f"may not be more than {most} bytes"
        yield FieldError(path, "Too long", "FieldValueTooLong", detail=detail)
    if pattern is not None and not _matches(pattern, value):
        yield invalid(path, value, f"{path} in body should match '{pattern}'")
    check = FORMATS.get(schema.get("format", ""))
    if check is not None and not check(value):
        detail = f"{path} in body must be of type {schema['format']}: {render_value(value)}"
        yield FieldError(path, "Invalid value", "FieldValueTypeInvalid", value, True, detail)


def _matches(pattern: str, value: str) -> bool:
    """Whether it does; every value matches what is no pattern."""
    try:
        return patterns.compile(pattern).occurs_in(value)
    except patterns.PatternError:
        return True


def _number_errors(schema: Data, value: float, path: str) -> Iterator[FieldError]:
    least, most, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    if least is not None and (value <= least if schema.get("exclusiveMinimum") else value < least):
        relation = "greater than" if schema.get("exclusiveMinimum") else "greater than or equal to"
        yield invalid(path, value, f"{path} in body should be {relation} {least}")
    if most is not None and (value >= most if schema.get("exclusiveMaximum") else value > most):
        relation = "less than" if schema.get("exclusiveMaximum") else "less than or equal to"
        yield invalid(path, value, f"{path} in body should be {relation} {most}")
    if step and value % step:
        yield invalid(path, value, f"{path} in body should be a multiple of {step}")


def _combined(schema: Data, value: Any, path: str) -> Iterator[FieldError]:
    """allOf, anyOf, oneOf and not: they only judge values, their fields are declared outside."""
    for part in schema.get("allOf") or ():
        yield from _errors(part, value, path)
    options = schema.get("anyOf")
    if options and not schema.get("x-kubernetes-int-or-string") and not any(_fits(o, value, path) for o in options):
        yield invalid(path, value, f"{path} in body must validate at least one schema (anyOf)")
    options = schema.get("oneOf")
    if options and sum(_fits(option, value, path) for option in options) != 1:
        yield invalid(path, value, f"{path} in body must validate one and only one schema (oneOf)")
    if "not" in schema and _fits(schema["not"], value, path):
        yield invalid(path, value, f"{path} in body must not validate the schema (not)")


def _fits(schema: Data, value: Any, path: str) -> bool:
    return next(_errors(schema, value, path), None) is None


def _parses(parse: Callable[[str], Any]) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return check


def _date_time(value: str) -> datetime:
    if "T" not in value.upper():
        raise ValueError(value)
    return datetime.fromisoformat(value)


FORMATS: dict[str, Callable[[str], bool]] = {
    "date": _parses(date.fromisoformat),
    "date-time": _parses(_date_time),
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "cidr": _parses(ipaddress.ip_network),
    "uuid": _parses(uuid.UUID),
    "email": lambda value: bool(re.fullmatch(r"[^@\s]+@[^@\s]+", value)),
    "hostname": lambda value: bool(re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?", value)),
}
