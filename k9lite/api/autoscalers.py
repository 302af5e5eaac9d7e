"""HorizontalPodAutoscalers of autoscaling/v1 and v2, each as the other (pkg/apis/autoscaling/v1/conversion.go).

Version 1 has a field for one metric, the use of CPU. What else an autoscaler of v2 has is kept in annotations of v1,
as JSON text, so that a client of v1 can read it, change its part, and write it back without loss.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from k9lite.api import schema
from k9lite.api.kinds import HORIZONTAL_POD_AUTOSCALER
from k9lite.api.object import Data
from k9lite.api.schema import strict

DEFAULT_CPU_UTILIZATION = 80  # percent

_PREFIX = "autoscaling.alpha.kubernetes.io/"
_METRICS = f"{_PREFIX}metrics"
_BEHAVIOR = f"{_PREFIX}behavior"
_CURRENT_METRICS = f"{_PREFIX}current-metrics"
_CONDITIONS = f"{_PREFIX}conditions"
_ANNOTATIONS = {_METRICS, _BEHAVIOR, _CURRENT_METRICS, _CONDITIONS, f"{_PREFIX}update-policy"}
_TARGET_CPU = "targetCPUUtilizationPercentage"
_CURRENT_CPU = "currentCPUUtilizationPercentage"
_SHARED_SPEC = ("scaleTargetRef", "minReplicas", "maxReplicas")
_SHARED_STATUS = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")

# Per type of metric: the path of each field in v2, and its name in the JSON text of the annotations.
_Names = Mapping[str, Mapping[tuple[str, ...], str]]
_METRIC_NAMES: _Names = {
    "resource": {
        ("name",): "name",
        ("target", "averageUtilization"): "targetAverageUtilization",
        ("target", "averageValue"): "targetAverageValue",
    },
    "containerResource": {
        ("name",): "name",
        ("target", "averageUtilization"): "targetAverageUtilization",
        ("target", "averageValue"): "targetAverageValue",
        ("container",): "container",
    },
    "pods": {
        ("metric", "name"): "metricName",
        ("target", "averageValue"): "targetAverageValue",
        ("metric", "selector"): "selector",
    },
    "object": {
        ("describedObject",): "target",
        ("metric", "name"): "metricName",
        ("target", "value"): "targetValue",
        ("metric", "selector"): "selector",
        ("target", "averageValue"): "averageValue",
    },
    "external": {
        ("metric", "name"): "metricName",
        ("metric", "selector"): "metricSelector",
        ("target", "value"): "targetValue",
        ("target", "averageValue"): "targetAverageValue",
    },
}


def _names_of_status(names: Mapping[tuple[str, ...], str]) -> Mapping[tuple[str, ...], str]:
    """The names for a metric's status, which has current values where its spec has targets."""
    return {
        ("current", *path[1:]) if path[0] == "target" else path: (
            name.replace("target", "current") if path[0] == "target" else name
        )
        for path, name in names.items()
    }


_STATUS_NAMES: _Names = {source: _names_of_status(names) for source, names in _METRIC_NAMES.items()}


def to_v2(data: Data) -> Data:
    """The autoscaler of v2 that `data` of v1 stands for; without a metric it gets the default use of CPU."""
    annotations: Data = data["metadata"].get("annotations") or {}
    spec_v1 = data.get("spec") or {}
    spec: Data = {name: spec_v1[name] for name in _SHARED_SPEC if name in spec_v1}
    metrics = _typed_list("spec", "metrics", _metrics_to_v2(_read(annotations, _METRICS), _METRIC_NAMES))
    percentage = spec_v1.get(_TARGET_CPU)
    if percentage is None and not metrics:
        percentage = DEFAULT_CPU_UTILIZATION
    spec["metrics"] = metrics if percentage is None else [*metrics, _cpu("target", percentage, type="Utilization")]
    behavior = _renamed(_read(annotations, _BEHAVIOR), lambda name: name[:1].lower() + name[1:])
    if behavior := _typed(_field_type("spec", "behavior"), behavior):
        spec["behavior"] = behavior
    converted = {**_without_annotations(data), "spec": spec}
    if "status" in data:
        converted["status"] = _status_to_v2(data["status"], annotations)
    return converted


def to_v1(data: Data) -> Data:
    """The autoscaler of v1 that clients of v1 see for `data` of v2."""
    spec, status = data["spec"], data.get("status") or {}
    metrics = spec.get("metrics") or []
    converted = {
        **_without_annotations(data),
        "spec": {name: spec[name] for name in _SHARED_SPEC if name in spec},
        "status": {"currentReplicas": 0, "desiredReplicas": 0}
        | {name: status[name] for name in _SHARED_STATUS if name in status},
    }
    if (target := _cpu_percentage(metrics, "target")) is not None:
        converted["spec"][_TARGET_CPU] = target
    if (current := _cpu_percentage(status.get("currentMetrics") or [], "current")) is not None:
        converted["status"][_CURRENT_CPU] = current
    others = [metric for metric in metrics if _cpu_percentage([metric], "target") is None]
    behavior = spec.get("behavior")
    texts = {
        _METRICS: [_metric_to_v1(metric, _METRIC_NAMES) for metric in others],
        _CURRENT_METRICS: [_metric_to_v1(metric, _STATUS_NAMES) for metric in status.get("currentMetrics") or []],
        _BEHAVIOR: _renamed(behavior, lambda name: name[:1].upper() + name[1:]),
        _CONDITIONS: status.get("conditions"),
    }
    added = {name: msgspec.json.encode(value).decode() for name, value in texts.items() if value}
    if added:
        metadata = converted["metadata"]
        converted["metadata"] = {**metadata, "annotations": {**(metadata.get("annotations") or {}), **added}}
    return converted


def _status_to_v2(status_v1: Data, annotations: Data) -> Data:
    status: Data = {name: status_v1[name] for name in _SHARED_STATUS if name in status_v1}
    current = _metrics_to_v2(_read(annotations, _CURRENT_METRICS), _STATUS_NAMES)
    metrics = _typed_list("status", "currentMetrics", current)
    if not metrics and (percentage := status_v1.get(_CURRENT_CPU)) is not None:
        metrics = [_cpu("current", percentage)]
    status["currentMetrics"] = metrics or None
    if conditions := _typed_list("status", "conditions", _read(annotations, _CONDITIONS)):
        status["conditions"] = conditions
    return status


def _without_annotations(data: Data) -> Data:
    """`data` without the annotations of the conversion: whoever converts writes them anew."""
    metadata = data["metadata"]
    annotations = metadata.get("annotations") or {}
    if not _ANNOTATIONS & annotations.keys():
        return data
    others = {name: value for name, value in annotations.items() if name not in _ANNOTATIONS}
    metadata = {name: value for name, value in metadata.items() if name != "annotations"}
    return {**data, "metadata": {**metadata, **({"annotations": others} if others else {})}}


def _read(annotations: Data, name: str) -> Any:
    """The value in the text of an annotation; None where the text is missing or is no JSON."""
    try:
        return msgspec.json.decode(annotations.get(name) or "null")
    except msgspec.DecodeError:
        return None


def _field_type(part: str, name: str) -> Any:
    """The type of a field of v2's spec or status."""
    holder: Any = schema.of(HORIZONTAL_POD_AUTOSCALER).fields[part].type
    return holder.fields[name].type


def _typed(struct: Any, value: Any) -> Data | None:
    """`value` as an object of type `struct`; None where it is none: anybody can write into annotations."""
    try:
        return strict.decode(struct, value)
    except msgspec.ValidationError:
        return None


def _typed_list(part: str, name: str, values: Any) -> list[Data]:
    """`values` as a list of v2's spec or status; empty where any item of it has another type."""
    item = _field_type(part, name).item
    items = [_typed(item, value) for value in values] if isinstance(values, list) else []
    typed = [value for value in items if value is not None]
    return typed if len(typed) == len(items) else []


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    """JSON data whose field names are renamed at every depth; fields that are null are dropped."""
    if isinstance(value, dict):
        return {rename(name): _renamed(item, rename) for name, item in value.items() if item is not None}
    return [_renamed(item, rename) for item in value] if isinstance(value, list) else value


def _cpu(part: str, percentage: int, **more: str) -> Data:
    resource = {"name": "cpu", part: {**more, "averageUtilization": percentage}}
    return {"type": "Resource", "resource": resource}


def _cpu_percentage(metrics: list[Data], part: str) -> int | None:
    """The average use of CPU in percent of the first metric that has it."""
    for metric in metrics:
        resource = metric.get("resource") or {}
        if metric.get("type") == "Resource" and resource.get("name") == "cpu":
            percentage: int | None = (resource.get(part) or {}).get("averageUtilization")
            if percentage is not None:
                return percentage
    return None


def _metric_to_v1(metric: Data, names: _Names) -> Data:
    converted: Data = {"type": metric.get("type", "")}
    for source in (source for source in names if source in metric):
        flat = {name: _at(metric[source], path) for path, name in names[source].items()}
        converted[source] = {name: value for name, value in flat.items() if value is not None}
    return converted


def _metrics_to_v2(metrics: Any, names: _Names) -> list[Any]:
    """Metrics as an annotation has them, with the structure of v2; not checked yet."""
    return [_metric_to_v2(metric, names) for metric in metrics] if isinstance(metrics, list) else []


def _metric_to_v2(metric: Any, names: _Names) -> Any:
    if not isinstance(metric, dict):
        return metric
    converted: Data = {"type": metric.get("type", "")}
    for source in (source for source in names if isinstance(metric.get(source), dict)):
        fields: Data = {}
        for path, name in names[source].items():
            if metric[source].get(name) is not None:
                _put(fields, path, metric[source][name])
        if "target" in fields:
            fields["target"] = {"type": _target_type(fields["target"]), **fields["target"]}
        converted[source] = fields
    return converted


def _put(fields: Data, path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        fields = fields.setdefault(step, {})
    fields[path[-1]] = value


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _target_type(target: Data) -> str:
    """Which type of target it is, by the value that it has."""
    types = {"averageUtilization": "Utilization", "averageValue": "AverageValue", "value": "Value"}
    return next((type for name, type in types.items() if name in target), "Value")
