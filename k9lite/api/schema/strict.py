"""The quick way through a schema: a msgspec decoder that accepts exactly what needs no second look.

What it accepts comes out clean (canonical, without zero values); whatever it refuses, the walker judges and words.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Annotated, Any

import msgspec

from k9lite.api.object import Data
from k9lite.api.schema.scalars import READERS, WrongType
from k9lite.api.schema.types import Anything, Field, Form, ListOf, Map, Scalar, Struct, Type, absent, zero


class _Quantity(str):
    form: Form = "quantity"


class _Time(str):
    form: Form = "time"


class _MicroTime(str):
    form: Form = "micro-time"


class _Bytes(str):
    form: Form = "bytes"


class _Recursive(dict[str, Any]):
    """A type within itself: left to the walker."""


_INT32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
_SCALARS: dict[Form, Any] = {
    "string": str,
    "bool": bool,
    "int32": _INT32,
    "int64": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    "float64": float | int,
    "quantity": _Quantity,
    "time": _Time,
    "micro-time": _MicroTime,
    "int-or-string": _INT32 | str,
    "bytes": _Bytes,
}


def decode(struct: Struct, data: Data) -> Data:
    """A clean copy of `data`; msgspec.ValidationError where the walker must look."""
    decoded = msgspec.convert(data, _class(struct), dec_hook=_read)
    clean: Data = msgspec.to_builtins(decoded, enc_hook=str)
    return clean


def _read(type_: type[Any], value: Any) -> Any:
    if type_ is _Recursive:
        raise ValueError("recursive")
    try:
        read = READERS[type_.form](value)
    except WrongType as error:
        raise ValueError(error.value) from None
    if read is None:
        raise ValueError("a value that stands for none")
    return type_(read)


_building: list[Struct] = []


@cache
def _class(struct: Struct) -> Any:
    if struct in _building:
        return _Recursive
    _building.append(struct)
    try:
        return msgspec.defstruct(
            struct.name,
            [(f"f{i}", *_attribute(field)) for i, field in enumerate(struct.fields.values())],
            rename={f"f{i}": name for i, name in enumerate(struct.fields)},
            forbid_unknown_fields=True,
            omit_defaults=True,
            namespace={"__post_init__": _nulling(struct)},
            kw_only=True,
            gc=False,
        )
    finally:
        _building.remove(struct)


def _nulling(struct: Struct) -> Callable[[Any], None]:
    """What replaces the empty lists and maps that Go writes as null."""
    names = [
        f"f{i}"
        for i, field in enumerate(struct.fields.values())
        if field.written and isinstance(field.type, ListOf | Map)
    ]

    def replace(decoded: Any) -> None:
        for name in names:
            if not getattr(decoded, name):
                setattr(decoded, name, None)

    return replace


def _attribute(field: Field) -> tuple[Any, Any]:
    """The type and default of a field. What is its default is not written, unless a factory of our own makes it."""
    type_ = _type(field.type)
    if field.written:
        default = absent(field)
        return (type_ | None if default is None else type_), msgspec.field(default_factory=partial(absent, field))
    if not field.omits_zero:
        return type_ | None, None
    default = zero(field.type)
    return type_, msgspec.field(default_factory=type(default)) if isinstance(default, list | dict) else default


def _type(type_: Type) -> Any:
    match type_:
        case Scalar(form=form):
            return _SCALARS[form]
        case ListOf(item=item):
            return list[_type(item)]  # type: ignore[misc]  # made at run time
        case Map(value=value):
            return dict[str, _type(value)]  # type: ignore[misc]
        case Struct():
            return _class(type_)
        case Anything():
            return Any
