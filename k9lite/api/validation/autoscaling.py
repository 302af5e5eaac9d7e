"""Rules for horizontal pod autoscalers and for the scale of what they scale."""

from k9lite.api import errors, names, quantity
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_SOURCES = {  # type of a metric -> its field
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_POLICIES = ("Percent", "Pods")
_SELECTIONS = ("Disabled", "Max", "Min")
_LONGEST_PERIOD = 1800
_LONGEST_WINDOW = 3600


def _autoscaler(data: Data) -> Errors:
    spec = data.get("spec") or {}
    least, most = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if least is not None and least < 1:
        yield errors.invalid("spec.minReplicas", least, "must be greater than or equal to 1")
    if most < 1:
        yield errors.invalid("spec.maxReplicas", most, "must be greater than 0")
    if least is not None and most < least:
        yield errors.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    yield from _reference("spec.scaleTargetRef", spec.get("scaleTargetRef") or {})
    for index, metric in enumerate(spec.get("metrics") or ()):
        yield from _metric(f"spec.metrics[{index}]", metric)
    for direction in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(direction)
        if rules is not None:
            yield from _scaling_rules(f"spec.behavior.{direction}", rules)


def _reference(path: str, reference: Data) -> Errors:
    for field in ("kind", "name"):
        yield from values.required_text(f"{path}.{field}", reference.get(field), names.path_segment)


def _metric(path: str, metric: Data) -> Errors:
    kind = metric.get("type", "")
    if not kind:
        yield errors.required(f"{path}.type", "must specify a metric source type")
    if kind not in _SOURCES:
        yield errors.not_supported(f"{path}.type", kind, tuple(_SOURCES))
        return
    present = [field for field in _SOURCES.values() if field in metric]
    expected = _SOURCES[kind]
    if expected not in present:
        yield errors.required(f"{path}.{expected}", "must populate information for the given metric source")
    else:
        yield from _source(f"{path}.{expected}", metric[expected], kind)
    for field in present:
        if field != expected:
            yield errors.forbidden_field(f"{path}.{field}", "must populate the given metric source only")


def _source(path: str, source: Data, kind: str) -> Errors:
    if kind in ("Resource", "ContainerResource"):
        if not source.get("name"):
            yield errors.required(f"{path}.name", "must specify a resource name")
        if kind == "ContainerResource" and not source.get("container"):
            yield errors.required(f"{path}.container", "must specify a container")
    else:
        named = (source.get("metric") or {}).get("name")
        yield from values.required_text(f"{path}.metric.name", named, names.path_segment)
    if kind == "Object":
        yield from _reference(f"{path}.describedObject", source.get("describedObject") or {})
    yield from _target(f"{path}.target", source.get("target") or {}, kind)


def _target(path: str, target: Data, kind: str) -> Errors:
    yield from values.optional_one_of(f"{path}.type", target.get("type", ""), ("Utilization", "Value", "AverageValue"))
    given = [field for field in ("value", "averageValue") if field in target]
    for field in given:
        if quantity.parse(target[field]) <= 0:
            yield errors.invalid(f"{path}.{field}", target[field], "must be positive")
    if target.get("averageUtilization", 1) < 1:
        yield errors.invalid(f"{path}.averageUtilization", target["averageUtilization"], "must be greater than 0")
    if not given and "averageUtilization" not in target:
        message = "must set either a target raw value or a target utilization"
        yield errors.required(f"{path}.averageUtilization", message)
    elif "averageUtilization" in target and "averageValue" in target:
        message = "may not set both a target raw value and a target utilization"
        yield errors.forbidden_field(f"{path}.averageValue", message)


def _scaling_rules(path: str, rules: Data) -> Errors:
    window = rules.get("stabilizationWindowSeconds", 0)
    if window < 0:
        yield errors.invalid(f"{path}.stabilizationWindowSeconds", window, "must be greater than or equal to zero")
    if window > _LONGEST_WINDOW:
        message = f"must be less than or equal to {_LONGEST_WINDOW}"
        yield errors.invalid(f"{path}.stabilizationWindowSeconds", window, message)
    yield from values.optional_one_of(f"{path}.selectPolicy", rules.get("selectPolicy"), _SELECTIONS)
    policies = rules.get("policies") or []
    if not policies:
        yield errors.required(f"{path}.policies", "must specify at least one Policy")
    for index, policy in enumerate(policies):
        item_path = f"{path}.policies[{index}]"
        yield from values.optional_one_of(f"{item_path}.type", policy.get("type", ""), _POLICIES)
        for field in ("value", "periodSeconds"):
            if policy.get(field, 0) <= 0:
                yield errors.invalid(f"{item_path}.{field}", policy.get(field, 0), values.NOT_POSITIVE)
        if policy.get("periodSeconds", 0) > _LONGEST_PERIOD:
            message = f"must be less than or equal to {_LONGEST_PERIOD}"
            yield errors.invalid(f"{item_path}.periodSeconds", policy["periodSeconds"], message)


def _autoscaler_status(new: Data, old: Data) -> Errors:
    return values.non_negative("status", new.get("status") or {}, "currentReplicas", "desiredReplicas")


def _scale(data: Data) -> Errors:
    return values.non_negative("spec", data.get("spec") or {}, "replicas")


RULES = {
    "HorizontalPodAutoscaler": Rules(_autoscaler, None, _autoscaler_status),
    "Scale": Rules(_scale),
}
