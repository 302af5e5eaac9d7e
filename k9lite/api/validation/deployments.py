"""Rules for deployments (pkg/apis/apps/validation)."""

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation import templates, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors


def _deployment(data: Data) -> Errors:
    spec = templates.spec_of(data)
    yield from values.non_negative("spec", spec, "replicas")
    yield from templates.required_selector(spec.get("selector"), "deployment")
    yield from templates.replicated_template(spec)
    yield from _deployment_strategy(spec.get("strategy") or {})
    yield from values.non_negative("spec", spec, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= spec.get("minReadySeconds", 0):
        yield errors.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def _deployment_strategy(strategy: Data) -> Errors:
    path, kind, rolling = "spec.strategy", strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            message = "may not be specified when strategy `type` is 'Recreate'"
            yield errors.forbidden_field(f"{path}.rollingUpdate", message)
    elif kind == "RollingUpdate":
        if rolling is None:
            yield errors.required(f"{path}.rollingUpdate", "this should be defaulted and never be nil")
        else:
            yield from _rolling_deployment(f"{path}.rollingUpdate", rolling)
    else:
        shown = {"Type": kind, "RollingUpdate": templates.rolling_in_go(rolling)}
        yield errors.not_supported(path, shown, ("Recreate", "RollingUpdate"))


def _rolling_deployment(path: str, rolling: Data) -> Errors:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    yield from values.int_or_percent(f"{path}.maxUnavailable", unavailable)
    yield from values.int_or_percent(f"{path}.maxSurge", surge)
    if values.is_zero(unavailable) and values.is_zero(surge):
        yield errors.invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
    yield from values.at_most_100_percent(f"{path}.maxUnavailable", unavailable)


def _deployment_update(new: Data, old: Data) -> Errors:
    yield from _deployment(new)
    yield from templates.immutable_selector(new, old)


def _deployment_status(new: Data, old: Data) -> Errors:
    bounded = ("updatedReplicas", "readyReplicas", "availableReplicas")
    others = ("unavailableReplicas", "terminatingReplicas", "collisionCount")
    yield from templates.counts(new.get("status") or {}, bounded, *others)
    yield from templates.collisions(new, old)


RULES = {"Deployment": Rules(_deployment, _deployment_update, _deployment_status)}
