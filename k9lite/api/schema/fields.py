"""The fields of the API's types as Go and protobuf declare them: the one source of what JSON omits and bytes mean.

The facts stand in `fields.txt`. Messages are named by package, as in `core/v1.PodSpec` and `meta.ObjectMeta`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from k9lite.api.kinds import Kind

Cardinality = Literal["one", "list", "map"]  # the keys of a map are strings

_FIELD = re.compile(r"(?P<number>\d+) (?P<name>[^:\[{]+)(?P<shape>\[\]|\{\}|):(?P<type>\S+)(?P<flags>( \S+)*)")
_CARDINALITY: dict[str, Cardinality] = {"": "one", "[]": "list", "{}": "map"}
# Groups whose Go package is not the first word of their name.
_PACKAGES = {"": "core", "flowcontrol.apiserver.k8s.io": "flowcontrol", "rbac.authorization.k8s.io": "rbac"}


@dataclass(frozen=True, slots=True)
class FieldDescriptor:
    """One field of a message.

    name: as JSON writes it; the Go name where `inline`
    number: protobuf's
    type: of the value, of a list's items or a map's values: `string`, `int64`, `meta.Time`, or a message's name
    pointer: a zero value that was sent differs from none
    omit_empty: JSON leaves out false, 0, "", [] and {}, and a pointer that is not set
    omit_zero: JSON leaves out a struct without a value
    inline: JSON writes the fields of the type in its place
    """

    name: str
    number: int
    type: str
    cardinality: Cardinality = "one"
    pointer: bool = False
    omit_empty: bool = False
    omit_zero: bool = False
    inline: bool = False


Message = Mapping[str, FieldDescriptor]  # by name


def message_name(kind: Kind[Any]) -> str:
    """The message of a built-in kind: `apps/v1.Deployment`."""
    package = _PACKAGES.get(kind.group) or kind.group.partition(".")[0]
    return f"{package}/{kind.version}.{kind.kind}"


def is_message(name: str) -> bool:
    """Whether `name` names a message, not a scalar such as `string` or `meta.Time`."""
    return name in _lines()


@cache
def message(name: str) -> Message:
    """The fields of a message as protobuf has them, inline ones nested. KeyError where there is no such message."""
    found = map(_FIELD.fullmatch, filter(None, _lines()[name].split(", ")))
    descriptors = [_descriptor(match) for match in found if match is not None]
    return MappingProxyType({descriptor.name: descriptor for descriptor in descriptors})


@cache
def json_fields(name: str) -> Message:
    """The fields of a message as JSON has them, inline ones flat. KeyError where there is no such message."""
    return MappingProxyType({field.name: field for field in _flat(message(name))})


def _flat(fields: Message) -> Iterator[FieldDescriptor]:
    for field in fields.values():
        if field.inline:
            yield from _flat(message(field.type))
        else:
            yield field


@cache
def _lines() -> dict[str, str]:
    """The text of each message's fields, by the message's name."""
    text = files(__package__).joinpath("fields.txt").read_text(encoding="utf-8")
    parts = (line.partition(" =") for line in text.splitlines() if not line.startswith("#"))
    return {name: fields.strip() for name, _, fields in parts}


def _descriptor(match: re.Match[str]) -> FieldDescriptor:
    words = match["flags"].split()
    letters = "".join(word for word in words if word != "inline")
    return FieldDescriptor(
        match["name"],
        int(match["number"]),
        match["type"],
        _CARDINALITY[match["shape"]],
        pointer="*" in letters,
        omit_empty="o" in letters,
        omit_zero="z" in letters,
        inline="inline" in words,
    )
