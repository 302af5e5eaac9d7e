"""Kinds that are stored as another version: events.k8s.io Events, autoscaling/v1 HPAs, custom resources.

`inward` makes what is stored of what a client sends; `outward` what a client sees of what is stored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from k9lite.api import custom_resources, schema
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


_CPU = "targetCPUUtilizationPercentage"
_STATUS_CPU = "currentCPUUtilizationPercentage"


def _autoscaler_inward(data: Data) -> Data:
    """v1 knows one metric, the use of CPU; v2 has a list of them."""
    spec = dict(data.get("spec", {}))
    percentage = spec.pop(_CPU, None)
    if percentage is not None:
        target = {"type": "Utilization", "averageUtilization": percentage}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    status = {name: value for name, value in data.get("status", {}).items() if name != _STATUS_CPU}
    return data | {"spec": spec} | ({"status": status} if "status" in data else {})


def _autoscaler_outward(data: Data) -> Data:
    spec = {name: value for name, value in data["spec"].items() if name not in ("metrics", "behavior")}
    wanted = _cpu(data["spec"].get("metrics"), "target")
    if wanted is not None:
        spec[_CPU] = wanted
    status = data.get("status", {})
    shown = {name: status[name] for name in ("observedGeneration", "lastScaleTime") if name in status}
    shown |= {name: status.get(name, 0) for name in ("currentReplicas", "desiredReplicas")}
    used = _cpu(status.get("currentMetrics"), "current")
    if used is not None:
        shown[_STATUS_CPU] = used
    return data | {"spec": spec, "status": shown}


def _cpu(metrics: list[Data] | None, part: str) -> int | None:
    for metric in metrics or ():
        resource = metric.get("resource", {})
        if metric["type"] == "Resource" and resource.get("name") == "cpu":
            utilization: int | None = resource.get(part, {}).get("averageUtilization")
            return utilization
    return None


_CONVERSIONS: Mapping[tuple[str, str, str], _Conversion] = {
    ("events.k8s.io", "v1", "events"): _Conversion(_event_inward, _event_outward),
    ("autoscaling", "v1", "horizontalpodautoscalers"): _Conversion(_autoscaler_inward, _autoscaler_outward),
}
