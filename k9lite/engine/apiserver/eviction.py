"""The eviction subresource of pods: a delete that disruption budgets may refuse (core/pod/storage/eviction.go)."""

from typing import Any

from k9lite.api import conditions, errors, kinds, pods, selectors
from k9lite.api.errors import INTERNAL_ERROR, TOO_MANY_REQUESTS, Cause, StatusError
from k9lite.api.object import Data, Object
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.apiserver import deletion, writing
from k9lite.engine.apiserver.binding import CREATED
from k9lite.engine.apiserver.context import Context, Request

_BLOCKED = "Cannot evict pod as it would violate the pod's disruption budget."
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
RETRY_SECONDS = 10
MOST_PENDING = 2000  # evictions that the disruption controller has not seen yet


def evict(context: Context, request: Request, eviction: Data) -> Data:
    """Delete the pod, unless a budget says no: TooManyRequests."""
    pod = writing.live(context, request)
    options = _options(eviction.get("deleteOptions") or {}, request)
    if not _needs_no_budget(pod):
        budgets = _budgets(context, pod)
        if len(budgets) > 1:
            raise StatusError(INTERNAL_ERROR, _SEVERAL)
        if budgets and not _unhealthy_may_go(pod, budgets[0].view):
            _take_from(context, request, budgets[0], pod)
        _mark_disrupted(context, request, pod)
    deletion.delete(context, request, options)
    return CREATED


def _options(options: Data, request: Request) -> DeleteOptions:
    preconditions = options.get("preconditions") or {}
    return DeleteOptions(
        options.get("gracePeriodSeconds"),
        options.get("propagationPolicy"),
        preconditions.get("uid"),
        preconditions.get("resourceVersion"),
        request.options.dry_run,
    )


def _needs_no_budget(pod: Object[Any]) -> bool:
    return pod.deleting or pods.phase(pod.view) in ("Pending", "Succeeded", "Failed")


def _budgets(context: Context, pod: Object[Any]) -> list[Object[Any]]:
    found = context.store.collection(kinds.POD_DISRUPTION_BUDGET).all(pod.namespace)
    return [budget for budget in found if selectors.label_selector(budget.view.spec.selector).matches(pod.labels)]


def _unhealthy_may_go(pod: Object[Any], budget: Any) -> bool:
    """A pod that is not ready does not count, so its going disrupts nothing."""
    if pods.is_ready(pod.view):
        return False
    status = budget.status
    enough = status is not None and status.currentHealthy >= status.desiredHealthy > 0
    return budget.spec.unhealthyPodEvictionPolicy == "AlwaysAllow" or enough


def _take_from(context: Context, request: Request, budget: Object[Any], pod: Object[Any]) -> None:
    data = writing.bare(budget)
    status = data.get("status", {})
    name, allowed = budget.name, status.get("disruptionsAllowed", 0)
    if status.get("observedGeneration", 0) < data["metadata"].get("generation", 0):
        raise _too_many(f"The disruption budget {name} is still being processed by the server.", RETRY_SECONDS)
    if len(status.get("disruptedPods", {})) > MOST_PENDING:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise errors.forbidden("policy", "poddisruptionbudgets", name, why)
    if allowed <= 0:
        needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
        raise _too_many(f"The disruption budget {name} needs {needs} healthy pods and has {has} currently")
    status["disruptionsAllowed"] = allowed - 1
    status.setdefault("disruptedPods", {})[pod.name] = context.now()
    if allowed == 1:
        generation = data["metadata"].get("generation", 0)
        used_up = conditions.make(
            "DisruptionAllowed", "False", context.clock.now(), "InsufficientPods", "", observedGeneration=generation
        )
        conditions.put(status.setdefault("conditions", []), used_up | {"message": ""})
    change = Request(budget.kind, budget.namespace, name, "status", request.cause, request.options)
    writing.store(context, change, data, budget.managed)


def _too_many(detail: str, retry_after: int = 0) -> StatusError:
    cause = Cause("DisruptionBudget", detail)
    return StatusError(TOO_MANY_REQUESTS, _BLOCKED, causes=[cause], retry_after=retry_after)


def _mark_disrupted(context: Context, request: Request, pod: Object[Any]) -> None:
    data = writing.bare(pod)
    target = conditions.make(
        "DisruptionTarget", "True", context.clock.now(), "EvictionByEvictionAPI", "Eviction API: evicting"
    )
    if "generation" in data["metadata"]:
        target["observedGeneration"] = data["metadata"]["generation"]
    if conditions.put(data["status"].setdefault("conditions", []), target):
        writing.store(context, request, data, pod.managed)
