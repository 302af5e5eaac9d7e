"""Kinds that are stored as another version: events.k8s.io Events, autoscaling/v1 HPAs, custom resources.

`inward` makes what is stored of what a client sends; `outward` what a client sees of what is stored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from k9lite.api import autoscalers, custom_resources, schema
from k9lite.api.kinds import STORED_AS, Kind
from k9lite.api.object import Data, Object
from k9lite.api.schema.pruning import prune
from k9lite.engine.apiserver.context import Context
from k9lite.engine.store import encoding

# events.k8s.io/v1 -> v1
_EVENT_FIELDS = {
    "regarding": "involvedObject",
    "note": "message",
    "reportingController": "reportingComponent",
    "deprecatedSource": "source",
    "deprecatedFirstTimestamp": "firstTimestamp",
    "deprecatedLastTimestamp": "lastTimestamp",
    "deprecatedCount": "count",
}
_STORED_EVENT_FIELDS = {stored: shown for shown, stored in _EVENT_FIELDS.items()}


def stored_kind(context: Context, kind: Kind[Any]) -> Kind[Any]:
    """The kind as which objects of `kind` are stored: itself, for nearly all."""
    if kind.model is None:
        return context.stored_versions.get((kind.group, kind.plural), kind)
    names = STORED_AS.get((kind.group, kind.version, kind.plural))
    found = context.kinds.resource(*names) if names else None
    return found or kind


def inward(kind: Kind[Any], stored: Kind[Any], data: Data) -> Data:
    """`data` of `kind`, as it is stored."""
    if kind is stored:
        return data
    conversion = _CONVERSIONS.get((kind.group, kind.version, kind.plural), _SAME)
    return conversion.inward(data) | {"apiVersion": stored.api_version, "kind": stored.kind}


def outward(kind: Kind[Any], stored: Kind[Any], data: Data) -> Data:
    """Stored `data`, as `kind` shows it."""
    if kind is stored:
        return data
    conversion = _CONVERSIONS.get((kind.group, kind.version, kind.plural), _SAME)
    return conversion.outward(data) | {"apiVersion": kind.api_version, "kind": kind.kind}


def converted(context: Context, stored: Kind[Any], data: Data, version: str) -> tuple[Kind[Any], Data] | None:
    """Stored `data` and its kind in the API version `version`; None where the kind has no such version (now)."""
    kind = context.kinds.of(version, stored.kind)
    if kind is None or stored_kind(context, kind) is not stored:
        return None
    return kind, outward(kind, stored, data)


def show(kind: Kind[Any], obj: Object[Any]) -> Object[Any]:
    """A stored object as one of `kind`."""
    if obj.kind is kind:
        return obj
    data = outward(kind, obj.kind, obj.data())
    if kind.model is None:
        data = _as_defined(kind, data)
    raw = encoding.join(kind, obj.revision, encoding.tail(data))
    return Object(kind, raw, obj.revision, obj.cause, obj.managed)


def _as_defined(kind: Kind[Any], data: Data) -> Data:
    """A custom resource that was stored under another definition, with the fields and defaults of this one."""
    data, _ = prune(schema.of(kind), data)
    if kind.schema is not None:
        custom_resources.fill_defaults(kind.schema, data)
    return data


@dataclass(frozen=True, slots=True)
class _Conversion:
    inward: Callable[[Data], Data]
    outward: Callable[[Data], Data]


def _as_it_is(data: Data) -> Data:
    return data


_SAME = _Conversion(_as_it_is, _as_it_is)  # versions of a custom resource differ in nothing but their name


def _renamed(data: Data, names: Mapping[str, str]) -> Data:
    return {names.get(name, name): value for name, value in data.items()}


def _event_inward(data: Data) -> Data:
    return _renamed(data, _EVENT_FIELDS)


def _event_outward(data: Data) -> Data:
    return {"eventTime": None} | _renamed(data, _STORED_EVENT_FIELDS)


_CONVERSIONS: Mapping[tuple[str, str, str], _Conversion] = {
    ("events.k8s.io", "v1", "events"): _Conversion(_event_inward, _event_outward),
    ("autoscaling", "v1", "horizontalpodautoscalers"): _Conversion(autoscalers.to_v2, autoscalers.to_v1),
}
