"""Rules that controllers with a pod template share: selectors that find the pods, templates, counts in a status."""

from collections.abc import Iterable

from k9lite.api import errors, selectors
from k9lite.api.object import Data
from k9lite.api.validation import labels, pod_spec, values
from k9lite.api.validation.values import Errors

_NOT_MORE = "cannot be greater than status.replicas"


def spec_of(data: Data) -> Data:
    return data.get("spec") or {}


def template_labels(template: Data) -> Data | None:
    labels: Data | None = (template.get("metadata") or {}).get("labels")
    return labels


def selector_matches(path: str, selector: Data | None, template: Data) -> Errors:
    """A controller must find the pods that it makes; `selector` is a LabelSelector."""
    given = template_labels(template)
    if not any(labels.selector("", selector)) and not selectors.label_selector(selector).matches(given or {}):
        yield errors.invalid(f"{path}.metadata.labels", given, labels.MISMATCH)


def always_restarted(path: str, template: Data, kind: str) -> Errors:
    spec = template.get("spec") or {}
    if spec.get("restartPolicy") != "Always":
        yield errors.not_supported(f"{path}.spec.restartPolicy", spec.get("restartPolicy", ""), ("Always",))
    if "activeDeadlineSeconds" in spec:
        message = f"activeDeadlineSeconds in {kind} is not Supported"
        yield errors.forbidden_field(f"{path}.spec.activeDeadlineSeconds", message)


def required_selector(selector: Data | None, kind: str) -> Errors:
    if selector is None:
        yield errors.required("spec.selector")
        return
    yield from labels.selector("spec.selector", selector)
    if labels.is_empty(selector):
        yield errors.invalid("spec.selector", selector, f"empty selector is invalid for {kind}")


def replicated_template(spec: Data) -> Errors:
    template, selector = spec.get("template"), spec.get("selector")
    if template is None:
        yield errors.required("spec.template")
        return
    if selector is None or not labels.is_empty(selector):
        yield from selector_matches("spec.template", selector, template)
    yield from pod_spec.template("spec.template", template)
    yield from always_restarted("spec.template", template, "ReplicaSet")


def immutable_selector(new: Data, old: Data) -> Errors:
    return values.immutable("spec.selector", spec_of(new).get("selector"), spec_of(old).get("selector"))


def counts(status: Data, bounded: Iterable[str], *others: str) -> Errors:
    """None is negative; the `bounded` ones are at most the replicas; what is available is ready."""
    bounded = tuple(bounded)
    yield from values.non_negative("status", status, "observedGeneration", "replicas", *bounded, *others)
    for field in bounded:
        if status.get(field, 0) > status.get("replicas", 0):
            yield errors.invalid(f"status.{field}", status.get(field, 0), _NOT_MORE)
    available = status.get("availableReplicas", 0)
    if available > status.get("readyReplicas", 0):
        yield errors.invalid("status.availableReplicas", available, "cannot be greater than readyReplicas")


def collisions(new: Data, old: Data) -> Errors:
    after, before = (new.get("status") or {}), (old.get("status") or {})
    if after.get("collisionCount", 0) < before.get("collisionCount", 0):
        yield errors.invalid("status.collisionCount", after.get("collisionCount", 0), "cannot be decremented")


def rolling_in_go(rolling: Data | None) -> Data | None:
    """As the server prints it: with the field names of its internal type."""
    if rolling is None:
        return None
    return {"MaxUnavailable": rolling.get("maxUnavailable", 0), "MaxSurge": rolling.get("maxSurge", 0)}
