"""What objects of a kind look like: decoding with Kubernetes' errors, how lists merge, what fields there are."""

from k9lite.api.schema.decode import DecodingError, decode, of
from k9lite.api.schema.documentation import describe
from k9lite.api.schema.duplicates import duplicate_fields
from k9lite.api.schema.lookup import fields_at, suggest, type_at
from k9lite.api.schema.types import Anything, Field, ListOf, Map, Scalar, Struct, Type

__all__ = [
    "Anything",
    "DecodingError",
    "Field",
    "ListOf",
    "Map",
    "Scalar",
    "Struct",
    "Type",
    "decode",
    "describe",
    "duplicate_fields",
    "fields_at",
    "of",
    "suggest",
    "type_at",
]
