"""Marks nodes without heartbeats, and their pods, as not ready; taints them."""

from collections.abc import Iterable
from typing import Any

from lightkube.models.coordination_v1 import Lease
from lightkube.models.core_v1 import Node, Pod

from k9lite.aio.clock import Clock
from k9lite.api import kinds, pods, times
from k9lite.api.cause import Cause
from k9lite.api.errors import CONFLICT, NOT_FOUND, StatusError
from k9lite.api.object import Key, Object
from k9lite.api.placement.taints import NO_EXECUTE
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, PatchType
from k9lite.engine.controllers.nodes import health, zones
from k9lite.engine.controllers.nodes.zones import Disruption

LEASES = "kube-node-lease"


def by_node(pod: Object[Pod]) -> Iterable[str]:
    """Index function: the node that a pod is bound to."""
    name = pods.spec(pod.view).nodeName
    return (name,) if name else ()


class NodeLifecycleController(Controller):
    """One timer per node: it starts anew with every heartbeat, as this controller's own clock sees it."""

    name = "node-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.nodes = informers.of(kinds.NODE)
        self.pods = informers.of(kinds.POD)
        self.pods.add_index("node", by_node)
        self._heard: dict[str, float] = {}  # by the node's name, when it last gave a sign of life
        self._known: dict[str, str] = {}  # uids by name, of nodes that were announced
        self._states: dict[str, Disruption] = {}  # by zone
        self._next_taint: dict[str, float] = {}  # by zone, when its next node may be emptied
        self.nodes.add_handler(self._node_changed)
        informers.of(kinds.LEASE).add_handler(self._lease_changed)

    def _lease_changed(self, old: Object[Lease] | None, new: Object[Lease] | None) -> None:
        if new is not None and new.namespace == LEASES:
            self._heard[new.name] = self.clock.now()

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        newest = new or old
        if newest is None:
            return
        if new is not None and (old is None or health.heartbeat(old.view) != health.heartbeat(new.view)):
            self._heard[new.name] = self.clock.now()
        self.queue.add(newest.key, self.caused_by(newest))
        if old is None or new is None or _matters(old) != _matters(new):
            self._assess(self.caused_by(newest))

    def _assess(self, cause: Cause) -> None:
        """Queue all nodes when a zone failed or recovered."""
        states = zones.disruptions(self.nodes)
        if states == self._states:
            return
        if _everything_failed(self._states) and not _everything_failed(states):
            # Whatever kept us from hearing of any node is over: they get their full time again.
            self._heard = dict.fromkeys(self._heard, self.clock.now())
        self._states = states
        for node in self.nodes:
            self.queue.add(node.key, cause)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        node = self.nodes.get(key.name)
        if node is None or self._known.get(key.name) not in (None, node.uid):
            self._part(key.name, client)
        if node is None:
            return None
        if key.name not in self._known:
            self._known[key.name] = node.uid
            self._say(node.name, node.uid, "RegisteredNode", f"Registered Node {node.name} in Controller", client)
        now = self.clock.now()
        due = self._heard[key.name] + health.grace(node.view)
        if now >= due and health.ready(node.view) != "Unknown":
            await self._give_up(node, client)
            return None
        wait = await self._taint(node, client)
        waits = [due - now] if due > now else []
        return min([*waits, wait] if wait is not None else waits, default=None)

    def _part(self, name: str, client: CausedClient) -> None:
        uid = self._known.pop(name, None)
        if uid is not None:
            self._say(name, uid, "RemovingNode", f"Removing Node {name} from Controller", client)

    def _say(self, name: str, uid: str, reason: str, message: str, client: CausedClient) -> None:
        about = {"kind": "Node", "apiVersion": "v1", "name": name, "uid": uid}
        self.recorder.normal(about, reason, f"Node {name} event: {message}", client.cause)

    async def _give_up(self, node: Object[Node], client: CausedClient) -> None:
        """Set the conditions of a silent node to Unknown, and its pods to not ready."""
        was_ready = health.ready(node.view) == "True"
        status = node.data().get("status", {})
        existing = status.get("conditions", [])
        status["conditions"] = health.unknown_conditions(existing, node.meta.creationTimestamp, self.clock.now())
        await client.update_status(node, status)
        if was_ready:
            about = {"kind": "Node", "apiVersion": "v1", "name": node.name, "uid": node.uid}
            message = f"Node {node.name} status is now: NodeNotReady"
            self.recorder.normal(about, "NodeNotReady", message, client.cause)
        for pod in self.pods.indexed("node", node.name):
            if pods.is_ready(pod.view):
                await self._mark_not_ready(pod, client)

    async def _mark_not_ready(self, pod: Object[Pod], client: CausedClient) -> None:
        condition = {"type": "Ready", "status": "False", "lastTransitionTime": times.time(self.clock.now())}
        patch = {"metadata": {"uid": pod.uid}, "status": {"conditions": [condition]}}
        try:
            await client.patch(kinds.POD, pod.name, patch, PatchType.STRATEGIC, pod.namespace, subresource="status")
        except StatusError as error:
            if error.reason not in (NOT_FOUND, CONFLICT):
                raise
            return
        self.recorder.warning(pod, "NodeNotReady", "Node is not ready", client.cause)

    async def _taint(self, node: Object[Node], client: CausedClient) -> float | None:
        """Bring the taints up to date. Returns the seconds until the NoExecute taint may be set, or None."""
        evicting = None if _everything_failed(self._states) else health.no_execute_key(node.view)
        wait = None
        if evicting is not None and not _is_evicting(node):
            wait = self._wait_for_turn(zones.zone_of(node))
            evicting = evicting if wait is None else None
        existing: list[dict[str, Any]] = node.data().get("spec", {}).get("taints") or []
        changed = health.retainted(existing, health.no_schedule_keys(node.view), evicting, self.clock.now())
        if changed is not None:
            patch = {"metadata": {"resourceVersion": str(node.revision)}, "spec": {"taints": changed}}
            await client.patch(kinds.NODE, node.name, patch, PatchType.MERGE)
        return None if wait is None or wait == float("inf") else wait

    def _wait_for_turn(self, zone: str) -> float | None:
        """Take the zone's turn to evict and return None; otherwise the seconds until the next turn."""
        size = sum(zones.zone_of(node) == zone for node in self.nodes)
        rate = zones.rate(self._states.get(zone, Disruption.NORMAL), size)
        if not rate:
            return float("inf")
        now = self.clock.now()
        wait = self._next_taint.get(zone, now) - now
        if wait > 0:
            return wait
        self._next_taint[zone] = now + 1 / rate
        return None


def _everything_failed(states: dict[str, Disruption]) -> bool:
    return bool(states) and all(state is Disruption.FULL for state in states.values())


def _matters(node: Object[Node]) -> tuple[object, ...]:
    """The part of a node that the state of its zone depends on."""
    return health.ready(node.view), zones.zone_of(node), zones.EXCLUDED in node.labels


def _is_evicting(node: Object[Node]) -> bool:
    return any(
        taint.effect == NO_EXECUTE and taint.key in (health.NOT_READY, health.UNREACHABLE)
        for taint in health.taints(node.view)
    )
