"""The loop of horizontal pod autoscalers: every fifteen seconds, compare what pods use with what they are to use."""

from dataclasses import dataclass
from typing import Any

from lightkube.models.autoscaling_v2 import HorizontalPodAutoscaler
from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock
from k9lite.api import conditions, kinds, pods, quantity, selectors, times
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, PatchType
from k9lite.client.streams import Usage
from k9lite.engine.controllers.autoscaler import pace
from k9lite.engine.controllers.autoscaler.metrics import UNKNOWN_METRIC, Measured, Scope, Unmeasured, measure
from k9lite.engine.controllers.autoscaler.pace import Bounds, History
from k9lite.engine.controllers.autoscaler.usage import DEFAULT_TOLERANCE, Tolerance

PERIOD = 15.0  # seconds between looks
_NO_SCALE = "the HPA controller was unable to get the target's current scale: "
_NO_COUNT = "the HPA was unable to compute the replica count: "
_DISABLED = "scaling is disabled since the replica count of the target is zero"


@dataclass(frozen=True)
class _Desire:
    """replicas: to scale to; why: what the event says of it; metrics: for the status."""

    replicas: int
    why: str = ""
    metrics: tuple[Data, ...] = ()


class HorizontalPodAutoscalerController(Controller):
    """Scales what has a scale by resource metrics; metrics of adapters are refused as where there is no adapter."""

    name = "horizontal-pod-autoscaler"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.autoscalers = informers.of(kinds.HORIZONTAL_POD_AUTOSCALER)
        self.pods = informers.of(kinds.POD)
        self._histories: dict[str, History] = {}  # by the uid of the autoscaler
        self.autoscalers.add_handler(self._changed)

    def _changed(
        self, old: Object[HorizontalPodAutoscaler] | None, new: Object[HorizontalPodAutoscaler] | None
    ) -> None:
        """Look at a new or changed autoscaler a period later, unless a look is due before."""
        if new is not None:
            self.queue.add_after(new.key, self.caused_by(new), PERIOD)
        elif old is not None:
            self._histories.pop(old.uid, None)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        autoscaler = self.autoscalers.get(key.name, key.namespace)
        if autoscaler is None:
            return None
        before = autoscaler.data().get("status", {})
        status = autoscaler.data().get("status", {})
        try:
            await self._scale(autoscaler, status, client)
        finally:
            if status != before:
                await client.update_status(autoscaler, status)
        return PERIOD

    async def _scale(self, autoscaler: Object[HorizontalPodAutoscaler], status: Data, client: CausedClient) -> None:
        """Look once; what was found goes into `status`."""
        spec = autoscaler.data()["spec"]
        target = spec["scaleTargetRef"]
        try:
            kind = self._kind(target)
            scale = await self.client.get_subresource(kind, target["name"], "scale", autoscaler.namespace)
        except StatusError as error:
            self.recorder.warning(autoscaler, "FailedGetScale", str(error), client.cause)
            self._condition(status, "AbleToScale", False, "FailedGetScale", f"{_NO_SCALE}{error}")
            return
        message = "the HPA controller was able to get the target's current scale"
        self._condition(status, "AbleToScale", True, "SucceededGetScale", message)
        current = scale["spec"].get("replicas", 0)
        status["currentReplicas"] = current
        history = self._histories.setdefault(autoscaler.uid, History())
        if not history.recommendations:
            history.recommend(self.clock.now(), current)
        desire = await self._desire(autoscaler, scale, status, history, client)
        if desire is None:
            return
        if desire.replicas != current:
            if not await self._rescale(autoscaler, kind, desire, status, client):
                return
            history.scaled(self.clock.now(), current, desire.replicas)
            status["lastScaleTime"] = times.time(self.clock.now())
        status |= {"desiredReplicas": desire.replicas, "currentMetrics": list(desire.metrics) or None}

    def _kind(self, target: Data) -> Kind[Any]:
        """The kind that is scaled. StatusError where there is none of that name."""
        group = target.get("apiVersion", "").rpartition("/")[0]
        for kind in self.client.kinds:
            if (kind.group, kind.kind) == (group, target["kind"]):
                return kind
        raise StatusError("NotFound", f'no matches for kind "{target["kind"]}" in group "{group}"')

    async def _desire(
        self,
        autoscaler: Object[HorizontalPodAutoscaler],
        scale: Data,
        status: Data,
        history: History,
        client: CausedClient,
    ) -> _Desire | None:
        """How many replicas there are to be; None where that cannot be said."""
        spec, current = autoscaler.data()["spec"], scale["spec"].get("replicas", 0)
        bounds = Bounds(spec.get("minReplicas", 1), spec["maxReplicas"])
        if current == 0 and bounds.least:
            self._condition(status, "ScalingActive", False, "ScalingDisabled", _DISABLED)
            return _Desire(0)
        if current > bounds.most:
            return _Desire(bounds.most, "Current number of replicas above Spec.MaxReplicas")
        if current < bounds.least:
            return _Desire(bounds.least, "Current number of replicas below Spec.MinReplicas")
        measured = await self._measure(autoscaler, scale, status, client)
        if measured is None:
            return None
        best, metrics = measured
        why = f"{best.name} above target" if best.replicas > current else "All metrics below target"
        paced = pace.pace(history, spec.get("behavior"), current, best.replicas, bounds, self.clock.now())
        self._condition(status, "AbleToScale", True, *paced.able)
        self._condition(status, "ScalingLimited", paced.limited, *paced.limit)
        return _Desire(paced.replicas, why, metrics)

    async def _measure(
        self, autoscaler: Object[HorizontalPodAutoscaler], scale: Data, status: Data, client: CausedClient
    ) -> tuple[Measured, tuple[Data, ...]] | None:
        """The metric that asks for most, and the state of all; None where too many are missing."""
        if not scale["status"].get("selector"):
            self.recorder.warning(autoscaler, "SelectorRequired", "selector is required", client.cause)
            message = "the HPA target's scale is missing a selector"
            self._condition(status, "ScalingActive", False, "InvalidSelector", message)
            return None
        scope = await self._scope(autoscaler, scale)
        results = [measure(metric, scope) for metric in autoscaler.data()["spec"].get("metrics", ())]
        found = [result for result in results if isinstance(result, Measured)]
        missing = [result for result in results if isinstance(result, Unmeasured)]
        metrics = tuple(result.status if isinstance(result, Measured) else dict(UNKNOWN_METRIC) for result in results)
        for result in missing:
            self.recorder.warning(autoscaler, result.reason, result.message, client.cause)
        if not results:
            return None
        best = max(found, key=lambda result: result.replicas, default=None)
        if best is None or (missing and best.replicas < scope.current):
            self._condition(status, "ScalingActive", False, missing[0].reason, f"{_NO_COUNT}{missing[0].message}")
            status |= {"currentMetrics": list(metrics), "desiredReplicas": status.get("desiredReplicas", 0)}
            counts = f"invalid metrics ({len(missing)} invalid out of {len(results)})"
            message = f"{counts}, first error is: {missing[0].error}"
            self.recorder.warning(autoscaler, "FailedComputeMetricsReplicas", message, client.cause)
            return None
        message = f"the HPA was able to successfully calculate a replica count from {best.name}"
        self._condition(status, "ScalingActive", True, "ValidMetricFound", message)
        return best, metrics

    async def _scope(self, autoscaler: Object[HorizontalPodAutoscaler], scale: Data) -> Scope:
        matcher = selectors.parse_labels(scale["status"]["selector"])
        selected = [pod for pod in self.pods.in_namespace(autoscaler.namespace) if matcher.matches(pod.labels)]
        used = {pod.name: containers for pod in selected if (containers := await self._usage(pod))}
        behavior = autoscaler.data()["spec"].get("behavior") or {}
        up, down = (_tolerance(behavior.get(direction)) for direction in ("scaleUp", "scaleDown"))
        current = scale["spec"].get("replicas", 0)
        return Scope(autoscaler.namespace, current, selected, used, self.clock.now(), Tolerance(up, down))

    async def _usage(self, pod: Object[Pod]) -> dict[str, Usage]:
        if pods.is_terminal(pod.view) or pod.deleting:
            return {}
        try:
            return await self.client.streams.usage(pod.namespace, pod.name)
        except StatusError:  # it went away, or has not started
            return {}

    async def _rescale(
        self,
        autoscaler: Object[HorizontalPodAutoscaler],
        kind: Kind[Any],
        desire: _Desire,
        status: Data,
        client: CausedClient,
    ) -> bool:
        """Set the replicas; whether that went well."""
        name, size = autoscaler.data()["spec"]["scaleTargetRef"]["name"], desire.replicas
        patch = {"spec": {"replicas": size}}
        try:
            await client.patch(kind, name, patch, PatchType.MERGE, autoscaler.namespace, subresource="scale")
        except StatusError as error:
            message = f"New size: {size}; reason: {desire.why}; error: {error}"
            self.recorder.warning(autoscaler, "FailedRescale", message, client.cause)
            message = f"the HPA controller was unable to update the target scale: {error}"
            self._condition(status, "AbleToScale", False, "FailedUpdateScale", message)
            return False
        message = f"the HPA controller was able to update the target scale to {size}"
        self._condition(status, "AbleToScale", True, "SucceededRescale", message)
        message = f"New size: {size}; reason: {desire.why}"
        self.recorder.normal(autoscaler, "SuccessfulRescale", message, client.cause)
        return True

    def _condition(self, status: Data, type: str, holds: bool, reason: str, message: str) -> None:
        new = conditions.make(type, str(holds), self.clock.now(), reason, message)
        conditions.put(status.setdefault("conditions", []), new)


def _tolerance(rules: Data | None) -> float:
    tolerance = (rules or {}).get("tolerance")
    return DEFAULT_TOLERANCE if tolerance is None else float(quantity.parse(tolerance))
