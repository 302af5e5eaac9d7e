"""Reading what is stored into the typed models: never stricter than writing, as Go reads JSON.

The quick decoder refuses what lacks a required field, is null, or has another type than the model says. This one
reads such an object all the same: what is missing or wrong has its zero value, a time or a pointer None.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import msgspec

Read = Callable[[Any], Any]

# The zero values of Go's plain types.
_ZEROS: dict[Any, Any] = {str: "", bool: False, int: 0, float: 0.0}


def read(model: Any, raw: bytes) -> Any:
    """The object of class `model` in `raw`, a JSON text; msgspec.DecodeError where that is no JSON object."""
    data = msgspec.json.decode(raw)
    if not isinstance(data, dict):
        raise msgspec.DecodeError(f"a JSON object is needed, not {type(data).__name__}")
    return _struct(model)(data)


def _reader(hint: Any) -> Read:
    """What reads a value for a type annotation."""
    arguments, origin = get_args(hint), get_origin(hint)
    if type(None) in arguments:
        rest = tuple(argument for argument in arguments if argument is not type(None))
        return _optional(_reader(rest[0] if len(rest) == 1 else Union[rest]))  # noqa: UP007  # made at run time
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _struct_or_empty(cast("Any", hint))
    if origin is list:
        item = _reader(arguments[0])
        return lambda value: [item(element) for element in value] if isinstance(value, list) else []
    if hint is dict or origin is dict:
        return lambda value: value if isinstance(value, dict) else {}
    if hint is datetime:
        return _moment
    if hint in _ZEROS:
        return _scalar(hint)
    return lambda value: value


def _optional(inner: Read) -> Read:
    return lambda value: None if value is None else inner(value)


def _struct_or_empty(model: Any) -> Read:
    return lambda value: _struct(model)(value if isinstance(value, dict) else {})


def _scalar(type_: type[Any]) -> Read:
    def scalar(value: Any) -> Any:
        try:
            return msgspec.convert(value, type_)
        except msgspec.ValidationError:
            return _ZEROS[type_]

    return scalar


def _moment(value: Any) -> datetime | None:
    try:
        return msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        return None


@cache
def _struct(model: type[Any]) -> Read:
    hints = get_type_hints(model)
    infos = msgspec.structs.fields(model)

    @cache
    def readers() -> dict[str, tuple[str, Read]]:  # made when first used: a type may contain itself
        return {info.encode_name: (info.name, _reader(hints[info.name])) for info in infos}

    def struct(data: dict[str, Any]) -> Any:
        values = {}
        for info in infos:
            name, reader = readers()[info.encode_name]
            if info.required or data.get(info.encode_name) is not None:
                values[name] = reader(data.get(info.encode_name))
        return model(**values)

    return struct
