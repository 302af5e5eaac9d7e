"""The scheduler's writes: bind a pod, report why it was not bound, preempt others."""

from dataclasses import dataclass
from typing import Any

from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock
from k9lite.api import kinds, pods, times
from k9lite.api.cause import Cause
from k9lite.api.errors import CONFLICT, NOT_FOUND, StatusError
from k9lite.api.object import Data, Object
from k9lite.client.informer import Informer
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.client.recorder import Recorder
from k9lite.engine.scheduler.pod_info import PodInfo
from k9lite.engine.scheduler.preemption import Candidate

UNSCHEDULABLE, SCHEDULER_ERROR = "Unschedulable", "SchedulerError"
PREEMPTED = {
    "type": "DisruptionTarget",
    "status": "True",
    "reason": "PreemptionByScheduler",
    "message": "default-scheduler: preempting to accommodate a higher priority pod",
}


@dataclass(frozen=True)
class Actions:
    """Writes through `client`, records Events through `recorder`; `pods` is the informer."""

    client: Client
    recorder: Recorder
    clock: Clock
    pods: Informer[Pod]

    async def bind(self, pod: Object[Pod], node: str, cause: Cause) -> None:
        """Assign the pod to `node`; StatusError when the API server refuses."""
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": pod.name, "namespace": pod.namespace, "uid": pod.uid},
            "target": {"kind": "Node", "name": node},
        }
        await self.client.create_subresource(kinds.POD, pod.name, "binding", binding, pod.namespace, cause=cause)
        self.recorder.normal(pod, "Scheduled", f"Successfully assigned {pod.key} to {node}", cause)

    async def report(
        self, pod: Object[Pod], reason: str, message: str, cause: Cause, nominated: str | None = None
    ) -> None:
        """Report that the pod was not scheduled. nominated: the node being cleared for it; None leaves it unchanged."""
        self.recorder.warning(pod, "FailedScheduling", message, cause)
        status: Data = {}
        existing = pods.condition(pod.view, "PodScheduled")
        if existing is None or (existing.status, existing.reason, existing.message) != ("False", reason, message):
            status["conditions"] = [
                self._condition(
                    pod,
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "reason": reason,
                        "message": message,
                    },
                )
            ]
        before = (pod.view.status.nominatedNodeName if pod.view.status else None) or ""
        if nominated is not None and nominated != before:
            status["nominatedNodeName"] = nominated or None
        if status:
            await self._patch_status(pod, status, cause)

    async def make_room(self, preemptor: PodInfo, candidate: Candidate, cause: Cause) -> None:
        """Delete the victims of a preemption, with their grace periods."""
        message = f"Preempted by pod {preemptor.uid} on node {candidate.node}"
        for victim in candidate.victims:
            pod = self.pods.get(victim.key.name, victim.namespace)
            if pod is None or pod.uid != victim.uid or pod.deleting:
                continue  # gone, or going, by itself
            await self._patch_status(pod, {"conditions": [self._condition(pod, PREEMPTED)]}, cause)
            try:
                await self.client.delete(
                    kinds.POD, pod.name, pod.namespace, cause=cause, options=DeleteOptions(uid=pod.uid)
                )
            except StatusError as error:
                if error.reason not in (NOT_FOUND, CONFLICT):
                    raise
                continue
            self.recorder.normal(pod, "Preempted", message, cause)

    async def withdraw_nomination(self, pod: Object[Pod], cause: Cause) -> None:
        """Clear the nomination of a pod: a more important pod gets the node."""
        await self._patch_status(pod, {"nominatedNodeName": None}, cause)

    def _condition(self, pod: Object[Pod], condition: Data) -> Data:
        """A condition as the API has it; its transition time moves only with its status."""
        existing = pods.condition(pod.view, condition["type"])
        since = existing.lastTransitionTime if existing and existing.status == condition["status"] else None
        return condition | {
            "lastTransitionTime": times.time(since.timestamp() if since else self.clock.now()),
            "observedGeneration": pod.meta.generation,
        }

    async def _patch_status(self, pod: Object[Any], status: Data, cause: Cause) -> None:
        try:
            await self.client.patch(
                kinds.POD,
                pod.name,
                {"metadata": {"uid": pod.uid}, "status": status},
                PatchType.STRATEGIC,
                pod.namespace,
                subresource="status",
                cause=cause,
            )
        except StatusError as error:
            if error.reason not in (NOT_FOUND, CONFLICT):  # it is gone, or another of its name has come
                raise
