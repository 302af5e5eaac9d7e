"""Removes pods that no kubelet will remove: their node is gone or out of service, or too many pods have ended."""

from lightkube.models.core_v1 import Node, Pod

from k9lite.aio.clock import Clock
from k9lite.api import conditions, kinds, pods
from k9lite.api.errors import NOT_FOUND, StatusError, ignoring, is_not_found
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.engine.controllers.nodes import health
from k9lite.engine.controllers.nodes.lifecycle import by_node

QUARANTINE = 40.0  # seconds that a node must be gone
MOST_TERMINATED = 12_500
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"


class PodGcController(Controller):
    """Checks pods of missing nodes, terminating pods, and the oldest ended pods beyond the limit."""

    name = "pod-garbage-collector"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.nodes = informers.of(kinds.NODE)
        self.pods = informers.of(kinds.POD)
        self.pods.add_index("node", by_node)
        self._terminated: dict[Key, None] = {}  # in the order in which they ended
        self.nodes.add_handler(self._node_changed)
        self.pods.add_handler(self._pod_changed)

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        newest = new or old
        if newest is None or (new is not None and not _is_out_of_service(new)):
            return
        for pod in self.pods.indexed("node", newest.name):
            self.queue.add_after(pod.key, self.caused_by(newest), 0.0 if new is not None else QUARANTINE)

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        newest = new or old
        if newest is None:
            return
        if new is None or not pods.is_terminal(new.view):
            self._terminated.pop(newest.key, None)
        else:
            self._terminated.setdefault(new.key)
            if len(self._terminated) > MOST_TERMINATED:
                self.queue.add(next(iter(self._terminated)), self.caused_by(new))
        if new is not None:
            self._check_node(old, new)

    def _check_node(self, old: Object[Pod] | None, new: Object[Pod]) -> None:
        name = pods.spec(new.view).nodeName
        node = self.nodes.get(name) if name else None
        nobody_ends_it = not name or (node is not None and _is_out_of_service(node))
        if new.deleting and nobody_ends_it:
            self.queue.add(new.key, self.caused_by(new))
        elif name and node is None and (old is None or not pods.is_scheduled(old.view)):
            self.queue.add_after(new.key, self.caused_by(new), QUARANTINE)

    async def reconcile(self, key: Key, client: CausedClient) -> None:
        pod = self.pods.get(key.name, key.namespace)
        if pod is None:
            return
        name = pods.spec(pod.view).nodeName
        node = self.nodes.get(name) if name else None
        excess = key in self._terminated and len(self._terminated) > MOST_TERMINATED
        if name and node is None and not await self._exists(name):
            if not pods.is_terminal(pod.view):
                await self._fail(pod, client)
        elif not (pod.deleting and (not name or (node is not None and _is_out_of_service(node)))) and not excess:
            return
        with ignoring(NOT_FOUND):
            await client.delete(kinds.POD, pod.name, pod.namespace, options=DeleteOptions(grace=0, uid=pod.uid))

    async def _exists(self, node: str) -> bool:
        """Ask the cluster itself: a stale cache must not delete a pod."""
        try:
            await self.client.get(kinds.NODE, node)
        except StatusError as error:
            if is_not_found(error):
                return False
            raise
        return True

    async def _fail(self, pod: Object[Pod], client: CausedClient) -> None:
        message = "PodGC: node no longer exists"
        condition = conditions.make(
            "DisruptionTarget",
            "True",
            self.clock.now(),
            "DeletionByPodGC",
            message,
            observedGeneration=pod.meta.generation,
        )
        patch = {"metadata": {"uid": pod.uid}, "status": {"phase": "Failed", "conditions": [condition]}}
        await client.patch(kinds.POD, pod.name, patch, PatchType.STRATEGIC, pod.namespace, subresource="status")


def _is_out_of_service(node: Object[Node]) -> bool:
    """An administrator declared the node out of service: no container runs there."""
    marked = any(taint.key == OUT_OF_SERVICE for taint in health.taints(node.view))
    return marked and health.ready(node.view) != "True"
