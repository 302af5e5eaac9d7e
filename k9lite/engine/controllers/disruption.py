"""Counts, per PodDisruptionBudget, how many pods may be evicted now (pkg/controller/disruption)."""

from collections.abc import Sequence

from lightkube.models.core_v1 import Pod
from lightkube.models.policy_v1 import PodDisruptionBudget, PodDisruptionBudgetSpec

from k9lite.aio.clock import Clock
from k9lite.api import conditions, int_or_percent, kinds, pods, times
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Key, Object
from k9lite.api.selectors import label_selector
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client

EVICTION_TIMEOUT = 120.0  # seconds after which an evicted pod that is still there was not evicted
BATCH = 0.1  # seconds for which changes of pods are gathered


class UnmanagedPods(Exception):
    """The size of the application is unknown: a pod has no controller with a size."""


class DisruptionController(Controller):
    """Counts the pods that every budget selects."""

    name = "disruption-controller"
    component = "controllermanager"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.budgets = informers.of(kinds.POD_DISRUPTION_BUDGET)
        self.pods = informers.of(kinds.POD)
        self.watch(self.budgets)
        self.pods.add_handler(self._pod_changed)

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        newest = new or old
        if newest is None:
            return
        for budget in self.budgets.in_namespace(newest.namespace):
            matcher = label_selector(_spec(budget).selector)
            if any(pod is not None and matcher.matches(pod.labels) for pod in (old, new)):
                self.queue.add_after(budget.key, self.caused_by(newest), BATCH)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        budget = self.budgets.get(key.name, key.namespace)
        if budget is None:
            return None
        matcher = label_selector(_spec(budget).selector)
        selected = [pod for pod in self.pods.in_namespace(key.namespace) if matcher.matches(pod.labels)]
        if not selected:
            self.recorder.normal(budget, "NoPods", "No matching pods found", client.cause)
        now = self.clock.now()
        try:
            expected, healthy = await self._expected(budget, selected)
        except (UnmanagedPods, StatusError) as error:
            message = f"Failed to calculate the number of expected pods: {error}"
            self.recorder.warning(budget, "CalculateExpectedPodCountFailed", message, client.cause)
            status = failed(budget, str(error), now)
        else:
            status = count(budget, selected, expected, healthy, now)
        if status != budget.data().get("status"):
            await client.update_status(budget, status)
        return EVICTION_TIMEOUT if status.get("disruptedPods") else None

    async def _expected(self, budget: Object[PodDisruptionBudget], selected: Sequence[Object[Pod]]) -> tuple[int, int]:
        """How many pods there should be, and how many of them must be healthy."""
        spec = _spec(budget)
        if spec.maxUnavailable is not None:
            total = await self._sizes(selected)
            return total, max(0, total - int_or_percent.scaled(spec.maxUnavailable, total, up=True))
        least = spec.minAvailable if spec.minAvailable is not None else 0
        total = len(selected) if isinstance(least, int) else await self._sizes(selected)
        return total, int_or_percent.scaled(least, total, up=True)

    async def _sizes(self, selected: Sequence[Object[Pod]]) -> int:
        """The sum of the sizes of all controllers of the pods."""
        sizes: dict[str, int] = {}
        for pod in selected:
            owner = pod.meta.controller
            if owner is None:
                raise UnmanagedPods(f"found no controller ref for pod {pod.name!r}".replace("'", '"'))
            if owner.uid not in sizes:
                uid, size = await self._scale(owner.apiVersion, owner.kind, owner.name, pod.namespace)
                sizes[owner.uid] = 0
                sizes[uid] = size
        return sum(sizes.values())

    async def _scale(self, api_version: str, kind_name: str, name: str, namespace: str) -> tuple[str, int]:
        """The uid and the size of the topmost controller: for a ReplicaSet of a Deployment, those of the Deployment."""
        kind = self.client.kinds.of(api_version, kind_name)
        if kind is None:
            raise UnmanagedPods(f"{api_version} {kind_name} is not served here")
        owner = await self.client.get(kind, name, namespace)
        above = owner.meta.controller
        if kind is kinds.REPLICA_SET and above is not None and above.kind == "Deployment":
            return await self._scale(above.apiVersion, above.kind, above.name, namespace)
        size = owner.data().get("spec", {}).get("replicas")
        if size is None:
            raise UnmanagedPods(f"{kind.resource} does not implement the scale subresource")
        return owner.uid, int(size)


def _spec(budget: Object[PodDisruptionBudget]) -> PodDisruptionBudgetSpec:
    return budget.view.spec or PodDisruptionBudgetSpec()


def count(
    budget: Object[PodDisruptionBudget], selected: Sequence[Object[Pod]], expected: int, required: int, now: float
) -> Data:
    """The status of `budget`. expected: pods there should be; required: how many of them must be healthy."""
    disrupted = _disrupted(budget, selected, now)
    healthy = sum(pods.is_ready(pod.view) and not pod.deleting and pod.name not in disrupted for pod in selected)
    allowed = max(0, healthy - required) if expected > 0 else 0
    reason = "SufficientPods" if allowed else "InsufficientPods"
    status: Data = {
        "observedGeneration": budget.meta.generation,
        "disruptionsAllowed": allowed,
        "currentHealthy": healthy,
        "desiredHealthy": required,
        "expectedPods": expected,
        "conditions": _conditions(budget, "True" if allowed else "False", reason, "", now),
    }
    return status | ({"disruptedPods": disrupted} if disrupted else {})


def failed(budget: Object[PodDisruptionBudget], message: str, now: float) -> Data:
    """The status after a failed count: no pod may be evicted."""
    counts = dict.fromkeys(("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"), 0)
    status: Data = counts | budget.data().get("status", {}) | {"disruptionsAllowed": 0}
    status["observedGeneration"] = budget.meta.generation
    return status | {"conditions": _conditions(budget, "False", "SyncFailed", message, now)}


def _conditions(budget: Object[PodDisruptionBudget], status: str, reason: str, message: str, now: float) -> list[Data]:
    existing: list[Data] = budget.data().get("status", {}).get("conditions", [])
    condition = conditions.make(
        "DisruptionAllowed", status, now, reason, message, observedGeneration=budget.meta.generation
    )
    conditions.put(existing, condition | {"message": message})  # required by meta/v1, be it empty
    return existing


def _disrupted(budget: Object[PodDisruptionBudget], selected: Sequence[Object[Pod]], now: float) -> dict[str, str]:
    """The granted evictions whose pods do not terminate yet, by pod name."""
    waiting = {pod.name for pod in selected if not pod.deleting}
    granted: dict[str, str] = budget.data().get("status", {}).get("disruptedPods", {})
    return {
        name: at
        for name, at in granted.items()
        if name in waiting and (times.timestamp(at) or 0.0) + EVICTION_TIMEOUT > now
    }
