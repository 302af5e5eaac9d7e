"""The types of built-in kinds as schemas, for the type check of expressions about them."""

from typing import Any

from k9lite.api import schema
from k9lite.api.kinds import Kind
from k9lite.api.object import Data
from k9lite.api.schema.types import ListOf, Map, Scalar, Struct, Type

_FORMS: dict[str, Data] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "float64": {"type": "number"},
    "quantity": {"type": "string"},
    "bytes": {"type": "string", "format": "byte"},
    "time": {"type": "string", "format": "date-time"},
    "micro-time": {"type": "string", "format": "date-time"},
}
_UNKNOWN: Data = {"x-kubernetes-preserve-unknown-fields": True}


def schema_of(kind: Kind[Any]) -> Data:
    """The structural schema of `kind`; what contains itself is left open where it does."""
    return _schema(schema.of(kind), ())


def _schema(type: Type, parents: tuple[int, ...]) -> Data:
    match type:
        case Scalar(form=form):
            return _FORMS.get(form, _UNKNOWN)
        case ListOf(item=item):
            return {"type": "array", "items": _schema(item, parents)}
        case Map(value=value):
            return {"type": "object", "additionalProperties": _schema(value, parents)}
        case Struct(open=False) if id(type) not in parents:
            inner = (*parents, id(type))
            properties = {name: _schema(field.type, inner) for name, field in type.fields.items()}
            return {"type": "object", "properties": properties}
    return _UNKNOWN
