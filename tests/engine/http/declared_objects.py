"""Objects of any kind, made of the fields that its type declares: seeded, so that every run makes the same."""

import base64
from random import Random
from typing import Any

from k9lite.api.object import Data
from k9lite.api.schema.fields import FieldDescriptor, is_message, json_fields

SCHEMA = "apiextensions/v1.JSONSchemaProps"
CHOICES: dict[str, tuple[Any, ...]] = {
    "string": ("a", "x-y", "ünïcode", "b" * 200, "0"),
    "bool": (True, False),
    "int32": (0, 1, -1, 80, 127, 128, 2**31 - 1, -(2**31)),
    "int64": (0, 1, -1, 300, 2**63 - 1, -(2**63)),
    "double": (0, 1, 1.5, -2.25, 1e300),
    "api/resource.Quantity": ("0", "100m", "2Gi", "1"),
    "intstr.IntOrString": (0, 5, -3, "25%", "http", ""),
    "meta.Time": ("2026-01-02T03:04:05Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:02Z"),
    "meta.MicroTime": (
        "2026-01-02T03:04:05.000001Z",
        "0001-01-01T00:00:02.000003Z",
        "1969-12-31T23:59:59.999999Z",
    ),
    "runtime.RawExtension": ({"apiVersion": "v1", "kind": "X", "a": [1, None, {"b": "c"}]},),
    "meta.FieldsV1": ({"f:metadata": {"f:labels": {".": {}}}},),
    "apiextensions/v1.JSON": (1, "a", {"a": None}, [1, 2], False, ""),
}
LEAVES = 0.25  # how many fields are left out


class Maker:
    """Makes objects as they are stored: without what JSON omits, with what it always writes."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def struct(self, name: str, depth: int) -> Data:
        fields = json_fields(name).values()
        made = {field.name: self._field(field, depth) for field in fields if self._is_made(field, depth)}
        return {name: value for name, value in made.items() if not _omitted(json_fields_of(name, fields), value)}

    def _is_made(self, field: FieldDescriptor, depth: int) -> bool:
        return _always(field) or (depth > 0 and self._random.random() > LEAVES)

    def _field(self, field: FieldDescriptor, depth: int) -> Any:
        count = self._random.randrange(1, 3) if depth > 0 else 0
        if field.cardinality == "list":
            return [self._value(field.type, depth) for _ in range(count)]
        if field.cardinality == "map":
            return {self._choice("string"): self._value(field.type, depth) for _ in range(count)}
        return self._value(field.type, depth)

    def _choice(self, type: str) -> Any:
        return self._random.choice(CHOICES[type])

    def _value(self, type: str, depth: int) -> Any:
        if type in CHOICES:
            return self._choice(type)
        if type == "bytes":
            return base64.b64encode(self._random.randbytes(self._random.randrange(1, 9))).decode()
        if type.endswith(".ExtraValue"):
            return [self._choice("string"), self._choice("string")]
        other = {"Bool": self._random.choice((True, False)), "StringArray": ["a", "b"]}
        for suffix, value in (*other.items(), ("Array", [self.struct(SCHEMA, 0)])):
            if type == f"{SCHEMA}Or{suffix}":
                return value if depth < 1 or self._random.random() < 0.5 else self.struct(SCHEMA, depth - 1)
        return self.struct(type, depth - 1)


def json_fields_of(name: str, fields: Any) -> FieldDescriptor:
    return next(field for field in fields if field.name == name)


def _always(field: FieldDescriptor) -> bool:
    return not field.pointer and not field.omit_empty


def _omitted(field: FieldDescriptor, value: Any) -> bool:
    """Structs are written even if they are empty: Go's omitempty does not know empty structs."""
    if _always(field) or field.pointer:
        return False
    is_struct = is_message(field.type) or field.type in ("intstr.IntOrString", "api/resource.Quantity")
    return value in ("", 0, [], {}) and (field.cardinality != "one" or not is_struct)
