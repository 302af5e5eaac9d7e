"""What each metric of an autoscaler proposes, and the words for those that cannot be had; pure but for reading use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lightkube.models.core_v1 import Pod

from k9lite.api import quantity
from k9lite.api.object import Data, Object
from k9lite.client.streams import Usage
from k9lite.engine.controllers.autoscaler import usage
from k9lite.engine.controllers.autoscaler.usage import MetricError, Proposal, Target, Tolerance

_NO_CUSTOM = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"
_OF_REQUEST = "utilization (percentage of request)"
UNKNOWN_METRIC = {"type": ""}  # the status of a metric that could not be had


@dataclass(frozen=True)
class Measured:
    """replicas: that a metric asks for; name: of the metric, as events say it; status: what it is now."""

    replicas: int
    name: str
    status: Data


@dataclass(frozen=True)
class Unmeasured:
    """A metric that cannot be had: the reason and message of its event, and the error that is counted."""

    reason: str
    message: str
    error: str


@dataclass(frozen=True)
class Scope:
    """What an autoscaler looks at: the scaled pods, what their containers use, and how exact it is."""

    namespace: str
    current: int
    pods: Sequence[Object[Pod]]
    usage: Mapping[str, Mapping[str, Usage]]
    now: float
    tolerance: Tolerance


def measure(metric: Data, scope: Scope) -> Measured | Unmeasured:
    """What one metric of the spec proposes."""
    type = metric["type"]
    if type in ("Resource", "ContainerResource"):
        return _resource(metric, scope)
    return _unavailable(type, metric, scope.namespace)


def _resource(metric: Data, scope: Scope) -> Measured | Unmeasured:
    type = metric["type"]
    part = type[:1].lower() + type[1:]
    source = metric[part]
    name, container, wanted = source["name"], source.get("container", ""), source["target"]
    percent = wanted.get("averageUtilization") if "averageValue" not in wanted else None
    target = Target(percent, 0 if percent is not None else quantity.milli(wanted["averageValue"]))
    try:
        values = _values(scope, name, container)
        proposal = usage.propose(
            scope.current,
            target,
            name,
            scope.pods,
            values,
            scope.now,
            container=container,
            tolerance=scope.tolerance,
        )
    except MetricError as error:
        message = f"failed to get {name} {'usage' if percent is None else 'utilization'}: {error}"
        value = f"{container} container" if container else f"{name} resource"
        return Unmeasured(f"FailedGet{type}Metric", message, f"failed to get {value} metric value: {message}")
    title = f"{name} {'container ' if container else ''}resource"
    status: Data = {"name": name, "current": _current(proposal)} | ({"container": container} if container else {})
    return Measured(
        proposal.replicas, title if percent is None else f"{title} {_OF_REQUEST}", {"type": type, part: status}
    )


def _values(scope: Scope, resource: str, container: str) -> dict[str, int]:
    """What each pod, or one container of it, uses of the resource, in thousandths. Raises MetricError."""
    values = {}
    for pod, containers in scope.usage.items():
        if container and container not in containers:
            message = f"container {container} not present in metrics for pod {scope.namespace}/{pod}"
            raise MetricError(
                f"unable to get metrics for resource {resource}: failed to get container metrics: {message}"
            )
        chosen = [containers[container]] if container else list(containers.values())
        values[pod] = sum(_milli(each, resource) for each in chosen)
    if not values:
        message = "no metrics returned from resource metrics API"
        raise MetricError(f"unable to get metrics for resource {resource}: {message}")
    return values


def _milli(used: Usage, resource: str) -> int:
    amounts = {"cpu": round(used.cpu * 1000), "memory": used.memory * 1000}
    return amounts.get(resource, 0)


def _current(proposal: Proposal) -> Data:
    current: Data = {"averageValue": quantity.canonical(f"{proposal.average}m")}
    if proposal.utilization is not None:
        current["averageUtilization"] = proposal.utilization
    return current


# -- metrics of adapters, of which there are none -------------------------------------------------------------------


def _unavailable(type: str, metric: Data, namespace: str) -> Unmeasured:
    part = metric[type.lower()]
    name, selector = part["metric"]["name"], part["metric"].get("selector")
    if type == "Pods":
        message = f"unable to get metric {name}: {_NO_CUSTOM}"
        error = f"failed to get pods metric value: {message}"
    elif type == "Object":
        described = part["describedObject"]
        message = f"unable to get metric {name}: {described['kind']} on {namespace} {described['name']}/{_NO_CUSTOM}"
        error = f"failed to get object metric value: {message}"
    else:
        missing = f"the server could not find the requested resource (get {name}.external.metrics.k8s.io)"
        why = f"unable to fetch metrics from external metrics API: {missing}"
        message = f"unable to get external metric {namespace}/{name}/{_in_go(selector)}: {why}"
        error = f"failed to get {name} external metric value: {message}"
    return Unmeasured(f"FailedGet{type}Metric", message, error)


def _in_go(selector: Data | None) -> str:
    """A label selector as Go prints it."""
    if selector is None:
        return "nil"
    labels = "".join(f"{key}: {value}," for key, value in sorted((selector.get("matchLabels") or {}).items()))
    expressions = "".join(
        f"LabelSelectorRequirement{{Key:{each['key']},Operator:{each['operator']},"
        f"Values:[{' '.join(each.get('values') or ())}],}},"
        for each in selector.get("matchExpressions") or ()
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
