"""The scheduling queue: pods ready to be tried, pods in back-off, and pods that wait for the cluster to change.

The rules are those of kube-scheduler's queue: by priority, then by age. A pod that fits no node waits for an event
that may help, and then for its back-off; the back-off is cut short when no other pod is ready.
"""

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock, Timer
from k9lite.api import pods
from k9lite.api.cause import Cause, merge
from k9lite.api.object import Object
from k9lite.engine.scheduler.events import INTERESTED, ClusterEvent
from k9lite.engine.scheduler.pod_info import PodInfo

FIRST_BACKOFF, LAST_BACKOFF = 1.0, 10.0  # seconds
LONGEST_WAIT = 300.0  # seconds, after which a pod is tried again although nothing happened


@dataclass(slots=True, eq=False)
class QueuedPod:
    """cause: why it is tried next; attempts: how often it was tried; plugins: who rejected it the last time."""

    obj: Object[Pod]
    info: PodInfo
    cause: Cause
    attempts: int = 0
    plugins: frozenset[str] = frozenset()
    queued: float = 0.0  # since when it waits
    last_tried: float = 0.0
    timer: Timer | None = None
    turn: int = 0  # of its newest entry in a heap; older ones do not count


Entry = tuple[tuple[float, ...], int, QueuedPod]  # its rank, the turn that made it, the pod


class SchedulingQueue:
    """`wake` is called whenever a pod becomes ready to be tried."""

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._clock, self._wake = clock, wake
        self._pods: dict[str, QueuedPod] = {}  # by uid: every pod that waits
        self._turns = itertools.count(1)
        self._active: list[Entry] = []
        self._backing_off: list[Entry] = []
        self._parked: defaultdict[str, dict[str, QueuedPod]] = defaultdict(dict)  # plugin -> those it rejected

    def __len__(self) -> int:
        return len(self._pods)

    def add(self, obj: Object[Pod], info: PodInfo, cause: Cause) -> None:
        """Add a pod that is new, or whose change makes another try worthwhile."""
        queued = self._pods.get(info.uid)
        if queued is None:
            queued = self._pods[info.uid] = QueuedPod(obj, info, cause, queued=self._clock.now())
        else:
            queued.obj, queued.info, queued.cause = obj, info, merge(queued.cause, cause)
        if not pods.spec(obj.view).schedulingGates:
            self._activate(queued)

    def refresh(self, obj: Object[Pod], info: PodInfo) -> None:
        """Keep the newer state of a pod whose change does not affect scheduling."""
        queued = self._pods.get(info.uid)
        if queued is not None:
            queued.obj, queued.info = obj, info

    def get(self, uid: str) -> QueuedPod | None:
        return self._pods.get(uid)

    def remove(self, uid: str) -> None:
        queued = self._pods.pop(uid, None)
        if queued is not None:
            self._unpark(queued)
            queued.turn = 0

    def pop(self) -> QueuedPod | None:
        """Remove and return the next pod; None when no pod is ready."""
        while self._backing_off and self._backing_off[0][0][0] <= self._clock.now():
            expired = self._take(self._backing_off)
            if expired is not None:
                self._push(self._active, expired)
        pod = self._take(self._active) or self._take(self._backing_off)
        if pod is not None:
            del self._pods[pod.info.uid]
            pod.attempts += 1
            pod.last_tried = self._clock.now()
        return pod

    @property
    def has_work(self) -> bool:
        """Whether `pop` may find a pod."""
        return bool(self._active or self._backing_off)

    def park(self, pod: QueuedPod, plugins: frozenset[str]) -> None:
        """Keep a pod that `plugins` rejected until an event that may lift their rejections."""
        self._pods[pod.info.uid] = pod
        pod.plugins, pod.queued = plugins, self._clock.now()
        for plugin in plugins:
            self._parked[plugin][pod.info.uid] = pod
        pod.timer = self._clock.call_later(LONGEST_WAIT, lambda: self._back_off(pod))

    def retry(self, pod: QueuedPod) -> None:
        """Try a pod again after its back-off: an error occurred that its spec did not cause."""
        self._pods[pod.info.uid] = pod
        pod.timer = self._clock.call_later(self._backoff(pod), lambda: self._activate(pod))

    def move(self, event: ClusterEvent, cause: Cause) -> None:
        """Make the pods ready whose rejection `event` may lift."""
        for plugin in INTERESTED[event]:
            for pod in list(self._parked.get(plugin, {}).values()):
                pod.cause = merge(pod.cause, cause)
                self._back_off(pod)

    def close(self) -> None:
        for uid in list(self._pods):
            self.remove(uid)

    def _backoff(self, pod: QueuedPod) -> float:
        return float(min(FIRST_BACKOFF * 2 ** (min(pod.attempts, 10) - 1), LAST_BACKOFF))

    def _activate(self, pod: QueuedPod) -> None:
        self._unpark(pod)
        self._push(self._active, pod)
        self._wake()

    def _back_off(self, pod: QueuedPod) -> None:
        self._unpark(pod)
        # In whole seconds, so that of pods that failed at about the same time the more important one goes first.
        self._push(self._backing_off, pod, math.floor(pod.last_tried + self._backoff(pod)))
        self._wake()

    def _unpark(self, pod: QueuedPod) -> None:
        if pod.timer is not None:
            pod.timer.cancel()
            pod.timer = None
        for plugin in pod.plugins:
            self._parked[plugin].pop(pod.info.uid, None)
            if not self._parked[plugin]:
                del self._parked[plugin]
        pod.plugins = frozenset()

    def _push(self, heap: list[Entry], pod: QueuedPod, *rank: float) -> None:
        """Push a pod: ordered by `rank`, then by priority, then by age."""
        pod.turn = next(self._turns)
        heapq.heappush(heap, ((*rank, -pod.info.priority, pod.queued), pod.turn, pod))

    def _take(self, heap: list[Entry]) -> QueuedPod | None:
        while heap:
            _, turn, pod = heapq.heappop(heap)
            if turn == pod.turn:
                pod.turn = 0
                return pod
        return None
