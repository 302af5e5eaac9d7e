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


@cache
def _class(struct: Struct) -> Any:
    """The class that decodes `struct`. Two threads at once make two classes that accept the same."""
    return _define(struct, ())


def _define(struct: Struct, parents: tuple[Struct, ...]) -> Any:
    """A new class for `struct` within `parents`; a parent within itself is left to the walker."""
    within = (*parents, struct)
    return msgspec.defstruct(
        struct.name,
        [(f"f{i}", *_attribute(field, within)) for i, field in enumerate(struct.fields.values())],
        rename={f"f{i}": name for i, name in enumerate(struct.fields)},
        forbid_unknown_fields=True,
        omit_defaults=True,
        namespace={"__post_init__": _nulling(struct)},
        kw_only=True,
        gc=False,
    )


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


def _attribute(field: Field, parents: tuple[Struct, ...]) -> tuple[Any, Any]:
    """The type and default of a field. What is its default is not written, unless a factory of our own makes it."""
    type_ = _type(field.type, parents)
    if field.written:
        default = absent(field)
        return (type_ | None if default is None else type_), msgspec.field(default_factory=partial(absent, field))
    if not field.omits_zero:
        return type_ | None, None
    default = zero(field.type)
    return type_, msgspec.field(default_factory=type(default)) if isinstance(default, list | dict) else default


def _type(type_: Type, parents: tuple[Struct, ...]) -> Any:
    match type_:
        case Scalar(form=form):
            return _SCALARS[form]
        case ListOf(item=item):
            return list[_type(item, parents)]  # type: ignore[misc]  # made at run time
        case Map(value=value):
            return dict[str, _type(value, parents)]  # type: ignore[misc]
        case Struct():
            return _Recursive if type_ in parents else _nested(type_, parents)
        case Anything():
            return Any


def _nested(struct: Struct, parents: tuple[Struct, ...]) -> Any:
    """The class of a struct within others: the shared one, unless it leads back to one of them."""
    return _define(struct, parents) if _reaches(struct).intersection(parents) else _class(struct)


@cache
def _reaches(struct: Struct) -> frozenset[Struct]:
    """Every struct at any depth of `struct`, itself included only where it lies within itself."""
    reached: set[Struct] = set()
    pending: list[Type] = [field.type for field in struct.fields.values()]
    while pending:
        match pending.pop():
            case ListOf(item=item):
                pending.append(item)
            case Map(value=value):
                pending.append(value)
            case Struct() as nested if nested not in reached:
                reached.add(nested)
                pending += [field.type for field in nested.fields.values()]
    return frozenset(reached)
