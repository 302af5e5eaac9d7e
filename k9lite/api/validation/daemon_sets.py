"""Rules for daemon sets, and for the revisions that they and stateful sets keep."""

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation import labels, pod_spec, templates, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors


def _daemon_set(data: Data) -> Errors:
    spec = templates.spec_of(data)
    selector, template = spec.get("selector"), spec.get("template") or {}
    yield from labels.selector("spec.selector", selector)
    yield from templates.selector_matches("spec.template", selector, template)
    if selector is not None and labels.is_empty(selector):
        yield errors.invalid("spec.selector", selector, "empty selector is invalid for daemonset")
    yield from pod_spec.template("spec.template", template)
    yield from templates.always_restarted("spec.template", template, "DaemonSet")
    yield from values.non_negative("spec", spec, "minReadySeconds")
    yield from _daemon_set_strategy(spec.get("updateStrategy") or {})
    yield from values.non_negative("spec", spec, "revisionHistoryLimit")


def _daemon_set_strategy(strategy: Data) -> Errors:
    path = "spec.updateStrategy"
    if strategy.get("type") == "RollingUpdate":
        yield from _rolling_daemon_set(f"{path}.rollingUpdate", strategy.get("rollingUpdate") or {})
    elif strategy.get("type") != "OnDelete":
        shown = {
            "Type": strategy.get("type", ""),
            "RollingUpdate": templates.rolling_in_go(strategy.get("rollingUpdate")),
        }
        yield errors.not_supported(path, shown, ("RollingUpdate", "OnDelete"))


def _rolling_daemon_set(path: str, rolling: Data) -> Errors:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    for rule in (values.int_or_percent, values.at_most_100_percent):
        yield from rule(f"{path}.maxUnavailable", unavailable)
        yield from rule(f"{path}.maxSurge", surge)
    if values.is_zero(unavailable) and values.is_zero(surge):
        yield errors.required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0")
    elif not values.is_zero(unavailable) and not values.is_zero(surge):
        yield errors.invalid(f"{path}.maxSurge", surge, "may not be set when maxUnavailable is non-zero")


def _daemon_set_update(new: Data, old: Data) -> Errors:
    yield from templates.immutable_selector(new, old)
    yield from _daemon_set(new)


def _daemon_set_status(new: Data, old: Data) -> Errors:
    status = new.get("status") or {}
    yield from values.non_negative("status", status, *(name for name, value in status.items() if type(value) is int))
    yield from templates.collisions(new, old)


def _controller_revision(data: Data) -> Errors:
    if "data" not in data:
        yield errors.required("data", "data is mandatory")
    if data.get("revision", 0) < 0:
        yield errors.invalid("revision", data["revision"], values.NEGATIVE)


def _controller_revision_update(new: Data, old: Data) -> Errors:
    yield from _controller_revision(new)
    yield from values.immutable("data", new.get("data"), old.get("data"))


RULES = {
    "DaemonSet": Rules(_daemon_set, _daemon_set_update, _daemon_set_status),
    "ControllerRevision": Rules(_controller_revision, _controller_revision_update),
}
