"""The scheduler: finds a node for every pod, one pod at a time, highest priority first."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lightkube.models.core_v1 import Namespace, Node, PersistentVolumeClaim, Pod

from k9lite.aio.clock import Clock
from k9lite.aio.randomness import Randomness
from k9lite.api import kinds, pods
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError, is_not_found
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.scheduler import events
from k9lite.engine.scheduler.actions import SCHEDULER_ERROR, UNSCHEDULABLE, Actions
from k9lite.engine.scheduler.cache import Cache
from k9lite.engine.scheduler.cycle import Cycle
from k9lite.engine.scheduler.decision import Decision, decide
from k9lite.engine.scheduler.default_spread import DefaultSpread
from k9lite.engine.scheduler.events import ClusterEvent
from k9lite.engine.scheduler.pod_info import PodInfo, pod_info, renewed
from k9lite.engine.scheduler.preemption import Candidate, budget, preempt
from k9lite.engine.scheduler.queue import QueuedPod, SchedulingQueue
from k9lite.engine.scheduler.rejection import message
from k9lite.engine.scheduler.volumes import missing_claims

NAME = "default-scheduler"
NEXT = Key("", "next pod")  # the one key of the work queue: which pod it is, the scheduling queue says


class Scheduler(Controller):
    """Follows nodes and pods; binds each waiting pod to the node with the best score."""

    name = NAME

    def __init__(self, client: Client, informers: Informers, clock: Clock, randomness: Randomness) -> None:
        super().__init__(client, informers, clock)
        self._randomness = randomness
        self._cache = Cache()
        self._waiting = SchedulingQueue(clock, lambda: self.queue.add(NEXT, Cause(NAME)))
        self._assumed: set[str] = set()  # uids of pods bound by us, of which the informer has not told yet
        self._nominated: defaultdict[str, dict[str, PodInfo]] = defaultdict(dict)  # node -> uid -> pod
        self._start = 0
        self._pods = informers.of(kinds.POD)
        self._nodes = informers.of(kinds.NODE)
        self._claims = informers.of(kinds.PERSISTENT_VOLUME_CLAIM)
        self._namespaces = informers.of(kinds.NAMESPACE)
        self._budgets = informers.of(kinds.POD_DISRUPTION_BUDGET)
        self._spread = DefaultSpread(informers)
        self._informers = informers
        self._actions = Actions(client, self.recorder, clock, self._pods)
        self._nodes.add_handler(self._node_changed)
        self._pods.add_handler(self._pod_changed)
        self._claims.add_handler(self._claim_changed)
        self._namespaces.add_handler(self._namespace_changed)

    def stop(self) -> None:
        self._waiting.close()
        super().stop()

    async def _work(self) -> None:
        await self._informers.wait_synced()  # a node not heard of yet is not a node that does not exist
        await super()._work()

    # -- what happens in the cluster -----------------------------------------------------------------------------

    def _node_changed(self, old: Object[Node] | None, new: Object[Node] | None) -> None:
        if new is not None:
            self._cache.set_node(new)
        elif old is not None:
            self._cache.remove_node(old.name)
        for event in events.of_node(old, new):
            self._waiting.move(event, self._caused_by_either(old, new))

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        if new is not None and not pods.is_terminal(new.view):
            if pods.spec(new.view).nodeName:
                self._placed(new)
            elif new.deleting or (pods.spec(new.view).schedulerName or NAME) != NAME:
                self._waiting.remove(new.uid)
            elif new.uid not in self._assumed:
                self._wants_a_node(new)
        elif (last := new or old) is not None:
            self._gone(last)

    def _placed(self, pod: Object[Pod]) -> None:
        placement = self._cache.placed(pod.uid)
        queued = self._waiting.get(pod.uid)
        basis = placement or (queued.info if queued else None)
        info = renewed(basis, pod) if basis else pod_info(pod)
        first_time = pod.uid in self._assumed
        self._assumed.discard(pod.uid)
        self._waiting.remove(pod.uid)
        self._nominate(info, "")
        self._cache.place(info, info.node_name)
        for event in events.of_pod(None if first_time else placement, info):
            self._waiting.move(event, self.caused_by(pod))

    def _wants_a_node(self, pod: Object[Pod]) -> None:
        queued = self._waiting.get(pod.uid)
        if queued is None:
            info = pod_info(pod)
            self._waiting.add(pod, info, self.caused_by(pod))
        else:
            info = renewed(queued.info, pod)
            if info.generation != queued.info.generation or info.labels != queued.info.labels:
                self._waiting.add(pod, info, self.caused_by(pod))
            else:
                self._waiting.refresh(pod, info)
        self._nominate(info, info.nominated)

    def _gone(self, pod: Object[Pod]) -> None:
        self._waiting.remove(pod.uid)
        self._assumed.discard(pod.uid)
        placed = self._cache.remove(pod.uid)
        gave_up_a_node = any(waiting.pop(pod.uid, None) for waiting in self._nominated.values())
        if placed is not None or gave_up_a_node:
            self._waiting.move(ClusterEvent.POD_GONE, self.caused_by(pod))

    def _claim_changed(
        self, old: Object[PersistentVolumeClaim] | None, new: Object[PersistentVolumeClaim] | None
    ) -> None:
        self._waiting.move(ClusterEvent.CLAIM, self._caused_by_either(old, new))

    def _namespace_changed(self, old: Object[Namespace] | None, new: Object[Namespace] | None) -> None:
        if old is not None and new is not None and old.labels != new.labels:
            self._waiting.move(ClusterEvent.NAMESPACE_LABELS, self.caused_by(new))

    def _caused_by_either(self, old: Object[Any] | None, new: Object[Any] | None) -> Cause:
        newest = new or old
        return self.caused_by(newest) if newest is not None else Cause(NAME)

    # -- one pod ---------------------------------------------------------------------------------------------------

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        pod = self._waiting.pop()
        if self._waiting.has_work:
            self.queue.add(NEXT, client.cause)
        if pod is not None:
            try:
                await self._schedule(pod)
            except Exception:
                if self._cache.placed(pod.info.uid) is None and self._waiting.get(pod.info.uid) is None:
                    self._waiting.retry(pod)
                raise
        return None

    async def _schedule(self, pod: QueuedPod) -> None:
        cycle = Cycle(
            pod.info,
            self._cache.nodes,
            self._namespace_labels,
            self._cache.image_nodes,
            self._spread.constraints(pod.info),
        )
        decision = decide(cycle, self._by_node(), self._start, missing_claims(pod.info, self._claims))
        self._start = decision.next_start
        if decision.feasible:
            names = [node.name for node in decision.feasible]
            await self._bind(pod, self._randomness.choice(names, "scheduler", pod.info.uid, pod.attempts))
        else:
            await self._fail(pod, cycle, decision)

    async def _bind(self, pod: QueuedPod, node: str) -> None:
        uid = pod.info.uid
        self._cache.place(pod.info, node)
        self._assumed.add(uid)
        try:
            await self._actions.bind(pod.obj, node, pod.cause)
        except StatusError as error:
            if uid not in self._assumed:
                return  # the informer was faster, and has told what became of the pod
            self._assumed.discard(uid)
            self._cache.remove(uid)
            if is_not_found(error):
                return
            self._waiting.retry(pod)
            text = f'binding rejected: running Bind plugin "DefaultBinder": {error}'
            await self._actions.report(pod.obj, SCHEDULER_ERROR, text, pod.cause)

    async def _fail(self, pod: QueuedPod, cycle: Cycle, decision: Decision) -> None:
        """Put the pod back into the queue before any await, so that no event in between is missed."""
        candidate, why_not = self._preempt(pod, cycle, decision)
        text = message(len(cycle.nodes), decision.rejections, decision.before, why_not)
        self._waiting.park(pod, decision.plugins or frozenset(("",)))
        nominated = None
        if candidate is not None:
            nominated = candidate.node
        elif why_not.startswith("0/"):
            nominated = ""  # no node helps: a promise made earlier is void
        if nominated is not None:
            self._nominate(pod.info, nominated)
            pod.info = replace(pod.info, nominated=nominated)
        await self._actions.report(pod.obj, UNSCHEDULABLE, text, pod.cause, nominated)
        if candidate is not None:
            await self._actions.make_room(pod.info, candidate, pod.cause)
            await self._take_over(pod, candidate)

    def _preempt(self, pod: QueuedPod, cycle: Cycle, decision: Decision) -> tuple[Candidate | None, str]:
        if not cycle.nodes:
            return None, ""
        budgets = [budget(obj) for obj in self._budgets]
        offset = self._randomness.number("preemption", pod.info.uid, pod.attempts)
        return preempt(cycle, decision.rejections, self._by_node(), budgets, offset)

    async def _take_over(self, pod: QueuedPod, candidate: Candidate) -> None:
        """Clear the nominations of pods of lower priority that were nominated to the node."""
        for other in list(self._nominated[candidate.node].values()):
            waiting = self._waiting.get(other.uid)
            if waiting is not None and other.priority < pod.info.priority:
                self._nominate(other, "")
                await self._actions.withdraw_nomination(waiting.obj, pod.cause)

    def _nominate(self, pod: PodInfo, node: str) -> None:
        for waiting in self._nominated.values():
            waiting.pop(pod.uid, None)
        if node:
            self._nominated[node][pod.uid] = pod

    def _by_node(self) -> Mapping[str, list[PodInfo]]:
        return {node: list(waiting.values()) for node, waiting in self._nominated.items() if waiting}

    def _namespace_labels(self, name: str) -> Mapping[str, str]:
        namespace = self._namespaces.get(name)
        return namespace.labels if namespace else {}
