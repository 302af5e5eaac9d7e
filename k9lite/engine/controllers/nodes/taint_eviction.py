"""Deletes pods that do not tolerate a NoExecute taint of their node, or no longer do."""

import math

from lightkube.models.core_v1 import Node, Pod, Taint

from k9lite.aio.clock import Clock
from k9lite.api import conditions, kinds, pods
from k9lite.api.errors import NOT_FOUND, ignoring
from k9lite.api.object import Key, Object
from k9lite.api.placement.taints import NO_EXECUTE, tolerated_seconds
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.engine.controllers.nodes import health
from k9lite.engine.controllers.nodes.lifecycle import by_node


class TaintEvictionController(Controller):
    """Works on the pods of tainted nodes only."""

    name = "taint-eviction-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.nodes = informers.of(kinds.NODE)
        self.pods = informers.of(kinds.POD)
        self.pods.add_index("node", by_node)
        self._since: dict[Key, tuple[str, float]] = {}  # pods that count down: uid, and the start
        self._tainted: set[str] = set()  # names of nodes with a NoExecute taint
        self.nodes.add_handler(self._node_changed)
        self.pods.add_handler(self._pod_changed)

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        newest = new or old
        if newest is None or evicting(old) == evicting(new):
            return
        (self._tainted.add if evicting(new) else self._tainted.discard)(newest.name)
        for pod in self.pods.indexed("node", newest.name):
            self.queue.add(pod.key, self.caused_by(newest))

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        newest = new or old
        if newest is None:
            return
        if not self._tainted and not self._since:
            return  # as nearly always
        if newest.key in self._since or pods.spec(newest.view).nodeName in self._tainted:
            self.queue.add(newest.key, self.caused_by(newest))

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        pod = self.pods.get(key.name, key.namespace)
        since = self._since.get(key)
        if pod is None or pod.deleting or (since is not None and since[0] != pod.uid):
            since = None
            self._since.pop(key, None)
        if pod is None or pod.deleting:
            return None
        taints = evicting(self.nodes.get(pods.spec(pod.view).nodeName or ""))
        stay = tolerated_seconds(taints, pods.spec(pod.view).tolerations)
        if math.isinf(stay):
            if self._since.pop(key, None) is not None:
                self._say(pod, f"Cancelling deletion of Pod {key}", client)
            return None
        _, start = self._since.setdefault(key, (pod.uid, self.clock.now()))
        rest = start + stay - self.clock.now()
        if rest > 0:
            return rest
        await self._evict(pod, client)
        return None

    async def _evict(self, pod: Object[Pod], client: CausedClient) -> None:
        self._say(pod, f"Marking for deletion Pod {pod.key}", client)
        message = "Taint manager: deleting due to NoExecute taint"
        condition = conditions.make(
            "DisruptionTarget",
            "True",
            self.clock.now(),
            "DeletionByTaintManager",
            message,
            observedGeneration=pod.meta.generation,
        )
        patch = {"metadata": {"uid": pod.uid}, "status": {"conditions": [condition]}}
        with ignoring(NOT_FOUND):
            await client.patch(kinds.POD, pod.name, patch, PatchType.STRATEGIC, pod.namespace, subresource="status")
            await client.delete(kinds.POD, pod.name, pod.namespace, options=DeleteOptions(uid=pod.uid))

    def _say(self, pod: Object[Pod], message: str, client: CausedClient) -> None:
        self.recorder.normal(pod, "TaintManagerEviction", message, client.cause)


def evicting(node: Object[Node] | None) -> list[Taint]:
    """The NoExecute taints of a node."""
    return [taint for taint in health.taints(node.view) if taint.effect == NO_EXECUTE] if node is not None else []
