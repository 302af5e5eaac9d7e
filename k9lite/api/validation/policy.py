"""Rules for what limits others: disruption budgets, priorities, quotas, limit ranges."""

from k9lite.api import errors, quantity
from k9lite.api.object import Data
from k9lite.api.validation import conditions, labels, resources, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_EVICTION_POLICIES = ("AlwaysAllow", "IfHealthyBudget")
_HIGHEST_USER_PRIORITY = 1_000_000_000
_SYSTEM_PREFIX = "system-"
_SYSTEM_CLASSES = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}
_SCOPES = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
)
_OPPOSITES = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
_LIMIT_TYPES = ("Pod", "Container", "PersistentVolumeClaim")


def _disruption_budget(data: Data) -> Errors:
    spec = data.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        shown = {field[0].upper() + field[1:]: value for field, value in spec.items()}
        yield errors.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set")
    for field in ("minAvailable", "maxUnavailable"):
        if field in spec:
            yield from values.int_or_percent(f"spec.{field}", spec[field])
            yield from values.at_most_100_percent(f"spec.{field}", spec[field])
    yield from labels.selector("spec.selector", spec.get("selector"))
    policy = spec.get("unhealthyPodEvictionPolicy")
    yield from values.optional_one_of("spec.unhealthyPodEvictionPolicy", policy, _EVICTION_POLICIES)


def _disruption_budget_status(new: Data, old: Data) -> Errors:
    counts = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    status = new.get("status") or {}
    yield from conditions.conditions("status.conditions", status.get("conditions"))
    yield from values.non_negative("status", status, *counts)


# -- priority -------------------------------------------------------------------------------------------------------


def _priority_class(data: Data) -> Errors:
    name, value = (data.get("metadata") or {}).get("name", ""), data.get("value", 0)
    if name.startswith(_SYSTEM_PREFIX):
        if _SYSTEM_CLASSES.get(name) != value:
            message = (
                f"priority class names with '{_SYSTEM_PREFIX}' prefix are reserved for system use only. "
                f"error: {name} is not a known system priority class"
            )
            yield errors.forbidden_field("metadata.name", message)
    elif value > _HIGHEST_USER_PRIORITY:
        yield errors.forbidden_field(
            "value", f"maximum allowed value of a user defined priority is {_HIGHEST_USER_PRIORITY}"
        )
    policies = ("PreemptLowerPriority", "Never")
    yield from values.one_of("preemptionPolicy", data.get("preemptionPolicy"), policies)


def _priority_class_update(new: Data, old: Data) -> Errors:
    if new.get("value", 0) != old.get("value", 0):
        yield errors.forbidden_field("value", "may not be changed in an update.")
    yield from values.immutable("preemptionPolicy", new.get("preemptionPolicy"), old.get("preemptionPolicy"))


# -- quota ----------------------------------------------------------------------------------------------------------


def _quota(data: Data) -> Errors:
    spec = data.get("spec") or {}
    yield from resources.amounts("spec.hard", spec.get("hard"), resources.quota_resource_name)
    scopes = spec.get("scopes") or []
    for scope in scopes:
        if scope not in _SCOPES:
            yield errors.invalid("spec.scopes", scopes, "unsupported scope")
    expressions = (spec.get("scopeSelector") or {}).get("matchExpressions") or []
    for expression in expressions:
        yield from _scope_expression("spec.scopeSelector.matchExpressions", expression)
    for named in (set(scopes), {expression.get("scopeName") for expression in expressions}):
        for pair in _OPPOSITES:
            if pair <= named:
                yield errors.invalid("spec.scopes", scopes, "conflicting scopes")


def _scope_expression(path: str, given: Data) -> Errors:
    scope, operator = given.get("scopeName", ""), given.get("operator", "")
    if scope not in _SCOPES:
        yield errors.invalid(f"{path}.scopeName", scope, "unsupported scope")
    if operator in ("In", "NotIn"):
        if not given.get("values"):
            message = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            yield errors.required(f"{path}.values", message)
    elif operator in ("Exists", "DoesNotExist"):
        if given.get("values"):
            message = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            yield errors.invalid(f"{path}.values", given["values"], message)
    else:
        yield errors.invalid(f"{path}.operator", operator, "not a valid selector operator")


def _quota_update(new: Data, old: Data) -> Errors:
    yield from _quota(new)
    after, before = ((d.get("spec") or {}).get("scopes") or [] for d in (new, old))
    if set(after) != set(before):
        yield errors.invalid("spec.scopes", after, values.IMMUTABLE)


def _quota_status(new: Data, old: Data) -> Errors:
    for field in ("hard", "used"):
        given = (new.get("status") or {}).get(field)
        yield from resources.amounts(f"status.{field}", given, resources.quota_resource_name)


# -- limit ranges ---------------------------------------------------------------------------------------------------


def _limit_range(data: Data) -> Errors:
    seen: set[str] = set()
    for index, item in enumerate((data.get("spec") or {}).get("limits") or ()):
        path, kind = f"spec.limits[{index}]", item.get("type", "")
        if "/" not in kind and kind not in _LIMIT_TYPES:
            yield errors.invalid(f"{path}.type", kind, "must be a standard limit type or fully qualified")
        if kind in seen:
            yield errors.duplicate(f"{path}.type", kind)
        seen.add(kind)
        yield from _limit_names(path, item, kind)
        for name in sorted({name for field in _AMOUNTS for name in item.get(field) or ()}):
            yield from _limit_order(path, item, name)


_AMOUNTS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")


def _limit_names(path: str, item: Data, kind: str) -> Errors:
    rule = resources.container_resource_name if kind in ("Pod", "Container") else resources.resource_name
    for field in _AMOUNTS:
        if kind == "Pod" and field.startswith("default"):
            if item.get(field):
                yield errors.forbidden_field(f"{path}.{field}", "may not be specified when `type` is 'Pod'")
            continue
        for name in item.get(field) or ():
            yield from rule(f"{path}.{field}[{name}]", name)
    if kind == "PersistentVolumeClaim" and not any("storage" in (item.get(field) or {}) for field in ("min", "max")):
        message = "either minimum or maximum storage value is required, but neither was provided"
        yield errors.required(f"{path}.limits", message)


# (the lesser, the greater, where the error shows, the names of both in the message)
_ORDER = (
    ("min", "max", "min", "min value", "max value"),
    ("min", "defaultRequest", "defaultRequest", "min value", "default request value"),
    ("defaultRequest", "max", "defaultRequest", "default request value", "max value"),
    ("defaultRequest", "default", "defaultRequest", "default request value", "default limit value"),
    ("min", "default", "default", "min value", "default value"),
    ("default", "max", "default", "default value", "max value"),
)
_SHOWN = {("min", "default"): "min", ("default", "max"): "max"}  # elsewhere the value at the path is shown


def _limit_order(path: str, item: Data, name: str) -> Errors:
    for lesser, greater, field, lesser_name, greater_name in _ORDER:
        low, high = (item.get(lesser) or {}).get(name), (item.get(greater) or {}).get(name)
        if low is not None and high is not None and quantity.parse(low) > quantity.parse(high):
            shown = (item.get(_SHOWN.get((lesser, greater), field)) or {})[name]
            message = f"{lesser_name} {low} is greater than {greater_name} {high}"
            yield errors.invalid(f"{path}.{field}[{name}]", shown, message)
    ratio = (item.get("maxLimitRequestRatio") or {}).get(name)
    if ratio is not None and quantity.parse(ratio) < 1:
        yield errors.invalid(f"{path}.maxLimitRequestRatio[{name}]", ratio, f"ratio {ratio} is less than 1")


CORE = {"ResourceQuota": Rules(_quota, _quota_update, _quota_status), "LimitRange": Rules(_limit_range)}
RULES = {"PodDisruptionBudget": Rules(_disruption_budget, None, _disruption_budget_status)}
SCHEDULING = {"PriorityClass": Rules(_priority_class, _priority_class_update)}
