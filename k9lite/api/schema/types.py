"""A schema as a tree of types: what JSON may stand where, how it merges, how Go names it.

Of every type, `leaf` says whether server-side apply owns and replaces it as one value, and `shape` what its JSON is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

Form = Literal[
    "string", "bool", "int32", "int64", "float64", "quantity", "time", "micro-time", "int-or-string", "bytes"
]


@dataclass(frozen=True, eq=False, slots=True)
class Scalar:
    """A text, number or boolean; `go` is what Go calls the type."""

    leaf: ClassVar[bool] = True
    shape: ClassVar[type[Any]] = object
    form: Form
    go: str


@dataclass(frozen=True, eq=False, slots=True)
class Anything:
    """JSON of any shape, kept as it is; one value as far as merging is concerned."""

    leaf: ClassVar[bool] = True
    shape: ClassVar[type[Any]] = object
    go: str = "interface {}"


@dataclass(frozen=True, eq=False, slots=True)
class Map:
    """Free keys, values of one type."""

    shape: ClassVar[type[Any]] = dict
    value: "Type"
    go: str
    leaf: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ListOf:
    """A list. `kind`, of server-side apply: atomic is one value; a map holds objects, one per value of its `keys`;
    a set holds each value once. `merge_key` and `merged`, of strategic merge patches: lists of objects merge by that
    one key, merged lists of scalars are united, others are replaced. `defaults`: keys that an item may lack.
    """

    shape: ClassVar[type[Any]] = list
    item: "Type"
    go: str
    kind: Literal["atomic", "map", "set"] = "atomic"
    keys: tuple[str, ...] = ()
    merge_key: str = ""
    merged: bool = False
    defaults: tuple[tuple[str, Any], ...] = ()

    @property
    def leaf(self) -> bool:
        return self.kind == "atomic"


@dataclass(eq=False)
class Struct:
    """An object with known fields. `open`: unknown ones are kept (x-kubernetes-preserve-unknown-fields).

    `load` compiles the fields when they are first asked for, since a type may contain itself.
    `model`: the class it was compiled from, for its documentation.
    """

    shape: ClassVar[type[Any]] = dict
    go: str
    load: Callable[[], "dict[str, Field]"]
    leaf: bool = False
    open: bool = False
    model: type[Any] | None = None

    @property
    def name(self) -> str:
        """The name without its package: `PodSpec`."""
        return self.go.rpartition(".")[2]

    @cached_property
    def fields(self) -> "dict[str, Field]":
        return self.load()

    @cached_property
    def required(self) -> "list[Field]":
        return [field for field in self.fields.values() if field.required]

    @cached_property
    def written(self) -> "list[Field]":
        return [field for field in self.fields.values() if field.written]


Type = Scalar | Anything | Map | ListOf | Struct


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """One field of a struct.

    required: a manifest must have it, as the OpenAPI document says
    written: Go always writes it, so a missing one is given its zero value, and nobody owns that
    omits_zero: an empty or zero value is not written
    replaced: a strategic merge patch replaces it whole
    """

    name: str
    type: Type
    required: bool = False
    written: bool = False
    omits_zero: bool = False
    replaced: bool = False


def zero(type: Type) -> Any:
    """What Go writes for a value that was not given, fresh; None, which JSON writes as null, for a time."""
    match type:
        case Scalar(form="string" | "bytes"):
            return ""
        case Scalar(form="bool"):
            return False
        case Scalar(form="int32" | "int64" | "float64" | "int-or-string"):
            return 0
        case Scalar(form="quantity"):
            return "0"
        case ListOf():
            return []
        case Map():
            return {}
        case Struct(written=fields):
            return {field.name: absent(field) for field in fields}
    return None


def absent(field: Field) -> Any:
    """What Go writes for a field that it always writes and that was not given: a list or map is null then."""
    return None if isinstance(field.type, ListOf | Map) else zero(field.type)
