"""Structural schemas as types that expressions are checked against, and values in the form of those types.

A schema with properties becomes a protobuf message, so that a field that is not declared is an error of the type check.
Values stay plain data: messages would give fields that are not set a value.
"""

import importlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from k9lite.api.object import Data

PACKAGE = "k9lite"
_RESERVED = frozenset(
    {
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    }
)
_ESCAPES = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SCALARS = {"integer": "INT64", "number": "DOUBLE", "boolean": "BOOL", "string": "STRING"}
_OBJECT: Data = {"type": "object", "properties": {"name": {"type": "string"}, "generateName": {"type": "string"}}}
_IDENTITY: Data = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": _OBJECT}


def escaped(name: str) -> str | None:
    """How expressions call a property; None where they cannot."""
    if name in _RESERVED:
        return f"__{name}__"
    for text, escape in _ESCAPES:
        name = name.replace(text, escape)
    return name if _NAME.fullmatch(name) else None


def as_object(schema: Data) -> Data:
    """The schema of a whole object, with the parts that every object has."""
    return schema | {"properties": (schema.get("properties") or {}) | _IDENTITY}


def described(schema: Data) -> tuple[str, bytes]:
    """The name of the type of `schema`, and the serialized messages that it is made of."""
    file = importlib.import_module("google.protobuf.descriptor_pb2").FileDescriptorProto(
        name="schema.proto", package=PACKAGE, syntax="proto3", dependency=["google/protobuf/struct.proto"]
    )
    name = _Messages(file).type_of(schema)
    return name, file.SerializeToString(deterministic=True)


class _Messages:
    """The messages of one file."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def type_of(self, schema: Data) -> str:
        """The name of the type of `schema` in CEL."""
        kind = _kind(schema)
        if kind == "message":
            return f"{PACKAGE}.{self._message(schema)}"
        if kind == "map":
            return f"map(string, {self.type_of(schema['additionalProperties'])})"
        if kind == "list":
            return f"list({self.type_of(schema['items'])})"
        return {"INT64": "int"}.get(kind, kind.lower())

    def _message(self, schema: Data) -> str:
        message = self._file.message_type.add(name=f"selfType{len(self._file.message_type)}")
        for number, (name, part) in enumerate(sorted((schema.get("properties") or {}).items()), 1):
            if (field_name := escaped(name)) is not None:
                self._field(message, field_name, number, part)
        return str(message.name)

    def _field(self, message: Any, name: str, number: int, schema: Data, *, in_container: bool = False) -> None:
        """Containers within containers are not told apart: protobuf has none."""
        field = message.field.add(name=name, number=number, label=1)
        kind = "dyn" if in_container and _kind(schema) in ("list", "map") else _kind(schema)
        if kind == "list":
            message.field.remove(field)
            self._field(message, name, number, schema["items"], in_container=True)
            field = next(one for one in message.field if one.number == number)
            if field.type_name != ".google.protobuf.Value":
                field.label = 3
        elif kind == "map":
            entry = message.nested_type.add(name=_entry_name(name))
            entry.options.map_entry = True
            entry.field.add(name="key", number=1, label=1, type=9)
            self._field(entry, "value", 2, schema["additionalProperties"], in_container=True)
            field.label, field.type = 3, 11
            field.type_name = f".{PACKAGE}.{message.name}.{entry.name}"
        elif kind == "message":
            field.type, field.type_name = 11, f".{PACKAGE}.{self._message(schema)}"
        elif kind in _SCALARS.values():
            field.type = getattr(type(field), f"TYPE_{kind}")
        else:
            field.type, field.type_name = 11, ".google.protobuf.Value"


def _entry_name(field: str) -> str:
    """What protobuf calls the entries of a map."""
    return "".join(part[:1].upper() + part[1:] for part in field.split("_")) + "Entry"


def _kind(schema: Data) -> str:
    """`message`, `map`, `list`, the name of a scalar, or `dyn`."""
    if schema.get("x-kubernetes-int-or-string"):
        return "dyn"
    type = schema.get("type")
    if type == "object":
        if isinstance(schema.get("additionalProperties"), dict):
            return "map"
        is_open = schema.get("x-kubernetes-preserve-unknown-fields") and not schema.get("properties")
        return "dyn" if is_open else "message"
    if type == "array" and isinstance(schema.get("items"), dict):
        return "list"
    if type == "string" and schema.get("format") in ("date-time", "date", "duration", "byte"):
        return "dyn"
    return _SCALARS.get(str(type), "dyn")


def value_of(schema: Data, value: Any) -> Any:
    """`value` as expressions see it: names are escaped, times are times."""
    if isinstance(value, dict):
        return dict(_fields(schema, value))
    if isinstance(value, list):
        return [value_of(schema.get("items") or {}, item) for item in value]
    if isinstance(value, str) and schema.get("format") in ("date-time", "date"):
        return datetime.fromisoformat(value if "T" in value else f"{value}T00:00:00Z")
    if schema.get("type") == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _fields(schema: Data, value: Data) -> Iterator[tuple[str, Any]]:
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    for name, part in value.items():
        if name in properties:
            if (field := escaped(name)) is not None and (part is not None or properties[name].get("nullable")):
                yield field, value_of(properties[name], part)
        else:
            yield name, value_of(extra, part) if isinstance(extra, dict) else part
