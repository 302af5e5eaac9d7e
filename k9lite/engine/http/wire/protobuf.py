"""Kubernetes' protobuf request bodies to JSON data (kubectl sends them since 1.32); replies are always JSON.

The field numbers are facts of the API's .proto files, kept in `protobuf_fields.txt`: a message a line,
`number name[:type]`, `[]` repeated, `{}` a map with string keys.
"""

import base64
import functools
import importlib.resources
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from k9lite.api import times

MAGIC = b"k8s\0"
# Messages that JSON writes into the object around them.
INLINED = {
    "volumeSource", "persistentVolumeSource", "handler", "ephemeralContainerCommon", "ingressRuleValue",
    "localObjectReference",
}  # fmt: skip
RENAMED = {"aPIGroup": "apiGroup", "uID": "uid"}
# Go writes zeros of plain fields too, and JSON omits them; of these optional fields a zero was meant.
ZERO_MATTERS = {
    "replicas", "gracePeriodSeconds", "terminationGracePeriodSeconds", "orphanDependents", "immutable", "completions",
    "parallelism", "backoffLimit", "backoffLimitPerIndex", "maxFailedIndexes", "suspend", "ttlSecondsAfterFinished",
    "automountServiceAccountToken", "revisionHistoryLimit", "progressDeadlineSeconds", "successfulJobsHistoryLimit",
    "failedJobsHistoryLimit", "startingDeadlineSeconds", "minReplicas", "enableServiceLinks", "hostUsers", "optional",
    "runAsUser", "runAsGroup", "runAsNonRoot", "privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem",
    "tolerationSeconds", "defaultMode", "mode", "controller", "blockOwnerDeletion", "value",
}  # fmt: skip


class DecodeError(ValueError):
    """The bytes are not the message they claim to be."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    type: str
    repeated: bool
    map: bool


@functools.cache
def _messages() -> dict[str, dict[int, _Field]]:
    text = importlib.resources.files(__package__).joinpath("protobuf_fields.txt").read_text()
    return dict(_message(line) for line in text.splitlines() if " = " in line)


def _message(line: str) -> tuple[str, dict[int, _Field]]:
    name, _, body = line.partition(" = ")
    fields = {}
    for item in body.split(", "):
        number, _, declaration = item.partition(" ")
        label, _, type = declaration.partition(":")
        plain = label.removesuffix("[]").removesuffix("{}")
        fields[int(number)] = _Field(plain, type or "string", label.endswith("[]"), label.endswith("{}"))
    return name.strip(), fields


def decode(body: bytes) -> dict[str, Any]:
    """The object in a body of type application/vnd.kubernetes.protobuf. Raises DecodeError."""
    if not body.startswith(MAGIC):
        raise DecodeError("the body does not start with the mark of Kubernetes' protobuf")
    try:
        envelope = _raw_fields(body[len(MAGIC) :])
        type_meta = _raw_fields(envelope.get(1, b""))
        api_version, kind = (bytes(type_meta.get(number, b"")).decode() for number in (1, 2))
        data = _decode(_message_name(api_version, kind), envelope.get(2, b""))
    except (IndexError, UnicodeDecodeError, TypeError, RecursionError) as error:
        raise DecodeError(f"malformed protobuf: {error}") from error
    return {"apiVersion": api_version, "kind": kind} | data


def _message_name(api_version: str, kind: str) -> str:
    """Core and shared types are listed by their bare name, others as `apps/v1.Deployment`."""
    group, _, version = api_version.rpartition("/")
    short = group.removesuffix(".k8s.io").removesuffix(".authorization")
    names = (f"{short}/{version}.{kind}", f"meta.{kind}", kind) if group or kind.endswith("Options") else (kind,)
    for name in names:
        if name in _messages():
            return name
    raise DecodeError(f"no protobuf message is known for {kind} in {api_version}")


def _raw_fields(buffer: bytes) -> dict[int, bytes]:
    return {number: value for number, value in _fields(buffer) if isinstance(value, bytes)}


def _fields(buffer: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, value): a varint as an integer, anything else as bytes."""
    position = 0
    while position < len(buffer):
        tag, position = _varint(buffer, position)
        match tag & 7:
            case 0:
                value, position = _varint(buffer, position)
                yield tag >> 3, value
                continue
            case 1:
                length = 8
            case 2:
                length, position = _varint(buffer, position)
            case 5:
                length = 4
            case wire:
                raise DecodeError(f"wire type {wire}")
        if position + length > len(buffer):
            raise DecodeError("a field that ends too early")
        yield tag >> 3, buffer[position : position + length]
        position += length


def _varint(buffer: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = buffer[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position
        shift += 7
        if shift > 63:
            raise DecodeError("a number of more than 64 bits")


def _decode(message: str, buffer: bytes) -> dict[str, Any]:
    fields, data = _messages()[message], dict[str, Any]()
    for number, raw in _fields(buffer):
        field = fields.get(number)
        if field is None:
            continue
        name = RENAMED.get(field.name, field.name)
        if field.map:
            key, value = _entry(field.type, bytes(raw) if isinstance(raw, bytes) else b"")
            data.setdefault(name, {})[key] = value
            continue
        value = _value(field.type, raw)
        if field.repeated:
            data.setdefault(name, []).append(value)
        elif name in INLINED:
            data |= value
        elif not _omitted(name, value):
            data[name] = value
    return data


def _entry(type: str, buffer: bytes) -> tuple[str, Any]:
    parts = dict(_fields(buffer))
    key = parts.get(1, b"")
    return bytes(key).decode() if isinstance(key, bytes) else str(key), _value(type, parts.get(2, b""))


def _omitted(name: str, value: Any) -> bool:
    """Whether JSON would leave the field out: empty text, zero, false, or an empty message."""
    if isinstance(value, dict):
        return not value and name != "emptyDir"
    return value in ("", 0, False, None) and name not in ZERO_MATTERS


def _value(type: str, raw: int | bytes) -> Any:
    convert = _CONVERSIONS.get(type)
    if convert is not None:
        return convert(raw)
    if isinstance(raw, int):
        raise DecodeError(f"a number where {type} belongs")
    return _decode(type, raw)


def _text(raw: Any) -> str:
    return bytes(raw).decode()


def _integer(raw: Any) -> int:
    number = int(raw)
    return number - (1 << 64) if number >= 1 << 63 else number


def _quantity(raw: Any) -> str:
    return _text(dict(_fields(raw)).get(1, b""))


def _int_or_string(raw: Any) -> int | str:
    parts = dict(_fields(raw))
    return _text(parts.get(3, b"")) if parts.get(1, 0) == 1 else _integer(parts.get(2, 0))


def _time(raw: Any) -> str | None:
    parts = dict(_fields(raw))
    return times.time(_integer(parts.get(1, 0))) if parts.get(1) else None


def _micro_time(raw: Any) -> str | None:
    parts = dict(_fields(raw))
    if not parts.get(1):
        return None
    return times.micro_time(_integer(parts[1]) + _integer(parts.get(2, 0)) / 1e9)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "int32": _integer,
    "int64": _integer,
    "bool": bool,
    "bytes": lambda raw: base64.b64encode(raw).decode(),
    "api/resource.Quantity": _quantity,
    "util/intstr.IntOrString": _int_or_string,
    "meta.Time": _time,
    "meta.MicroTime": _micro_time,
}
