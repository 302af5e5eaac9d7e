"""One pod on its node: looks, decides, acts, until the pod is gone (Kubernetes: kubelet.go, pod_workers.go)."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Timer
from k9lite.aio.tasks import TaskSet
from k9lite.api import pods, times
from k9lite.api.cause import Cause
from k9lite.api.object import Data, Object
from k9lite.engine.node.faults import Faults
from k9lite.engine.node.lifecycle import termination
from k9lite.engine.node.lifecycle.pod_sync import PodSync
from k9lite.engine.node.node_context import RELIST_SECONDS, TOLD_SECONDS, NodeContext
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.pods import conditions as pod_conditions
from k9lite.engine.node.pods import end as pod_end
from k9lite.engine.node.pods import resizing
from k9lite.engine.node.pods.phase import is_terminal
from k9lite.engine.node.pods.status import DEADLINE, Observation, generate
from k9lite.engine.node.probes.manager import PodProbes

RETRY_SECONDS, LONGEST_WAIT = 10.0, 60.0  # after an error; and what a known back-off is cut to
TELL_SECONDS = 0.15  # a start is told for so long before what became of it is looked at
INSPECT_SECONDS = 0.05  # from the start of a container to the look at it
# Kubelets wait up to half longer, so that pods do not act in step. A third is enough for that, and the same things
# happen to a pod whatever the seed.
LEAST_JITTER, MOST_JITTER = 0.31, 0.375

Work = Callable[[], Coroutine[Any, Any, None]]


class PodWorker:
    """`update` brings the pod's newest object, `relisted` and `wake` make it look, `terminate` begins the end."""

    def __init__(self, node: NodeContext, pod: Object[Pod], cause: Cause, faults: Faults, tasks: TaskSet) -> None:
        self.node = node
        self.state = PodState(node, pod, cause, self.wake, self._sandbox_started, self._report)
        self.state.seen = node.runtime.pod(pod.uid)
        self.probes = PodProbes(self.state, tasks.start, faults)
        self.terminating = False
        self.when_finished: Callable[[PodWorker], None] = lambda worker: None
        self.when_stopped: Callable[[PodWorker], None] = lambda worker: None
        self._tasks, self._faults = tasks, faults
        self._task: asyncio.Task[Any] | None = None
        self._wake = asyncio.Event()
        self._timer: Timer | None = None
        self._deadline: Timer | None = None
        self._sandbox_unseen = False  # a sandbox came up since the last look began
        # When the last look ended; inf where a container start was seen since.
        self._looked_at = self._inspected_at = 0.0
        self._told_at = -math.inf  # when what is to be told was told for long enough
        self._waits = 0
        self._grace: float | None = None

    def start(self) -> None:
        self._launch(self._live)

    def update(self, old: Object[Pod] | None, pod: Object[Pod], cause: Cause) -> None:
        """A newer state of the object, `old` before; the kubelet looks again unless only its status changed."""
        if self.state.sizes is None:
            self.state.sizes = resizing.begun(old, pod)
        if pod.revision > self.state.pod.revision:  # somebody else wrote: what they say of its status may be wrong
            self.state.pod = pod
            self.node.statuses.reconcile(self.state)
        if pod.deleting:
            self.state.cause = cause
            seconds = pod.meta.deletionGracePeriodSeconds
            self.terminate(None if seconds is None else float(seconds))
        elif old is None or _told(old) != _told(pod):
            self.state.cause, self.state.outdated = cause, True
            self._decide_size()
            self.wake()
        elif pod_conditions.gates_moved(pod):
            self.state.cause = cause
            self.wake()

    def reconsider(self) -> None:
        """The node may have room for what could not be given to the pod before."""
        self._decide_size()
        self.wake()

    def _decide_size(self) -> None:
        if self.state.sizes is not None:
            self.state.tell_change(resizing.decide(self.state.sizes, self.state.pod, self.node.allocations))

    def resync(self) -> None:
        """Something that the pod shows has changed: noticed when it is looked at the next time, which is not soon."""
        self.state.outdated = True
        if self._timer is None or self._timer.due <= self.node.clock.now():
            self._look_later(LONGEST_WAIT)

    def wake(self) -> None:
        self._wake.set()

    def relisted(self) -> None:
        """The runtime was listed: look again if anything is new."""
        left = self._told_at - self.node.clock.now()
        if left > 0:
            self.node.clock.call_later(left, lambda: self.node.request_relist(self.state.uid))
            return
        now = self.node.runtime.pod(self.state.uid)
        if now != self.state.seen or self._sandbox_unseen:
            self.state.seen = now
            self.wake()

    def terminate(self, grace: float | None) -> None:
        """Begin the pod's end, or hasten it. `grace` in seconds; None is what its spec says."""
        if self.state.finished:
            self.node.statuses.report(self.state)
            return
        grace = None if grace is None else max(1.0, grace)
        if self.terminating and (grace is None or (self._grace is not None and grace >= self._grace)):
            return
        self.terminating, self._grace = True, grace
        self.close()
        self._launch(partial(self._end, wait=False))

    def close(self) -> None:
        """Do nothing more for the pod; what runs goes on."""
        for timer in (self._timer, self._deadline):
            if timer is not None:
                timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self.probes.stop_killing()

    def let_go(self) -> None:
        """The pod is forgotten: what refers back here goes too, so that its memory is free at once."""
        self.close()
        self.node.statuses.forget(self.state.uid)
        self.state.wake = self.state.sandbox_started = lambda: None
        self.state.report = dict
        self._task = None

    # -- looking ------------------------------------------------------------------------------------------------------

    def _report(self, ends: bool = False) -> Data:
        """Make the status anew from what was seen last, and have it written."""
        state, now = self.state, self.node.clock.now()
        old = state.status if state.status is not None else state.pod.status()
        passed = self._deadline_passed(old, now)
        if passed:
            state.tell("Normal", DEADLINE.reason, DEADLINE.message)
        observed = Observation(
            state.view,
            state.seen,
            self.probes,
            old,
            pod_conditions.foreign_of(state.pod),
            now,
            self.node.address,
            state.reasons,
            ends,
            passed,
            None if ends else state.sizes,
        )
        state.status = generate(observed)
        self.node.statuses.report(state)
        return state.status

    def _deadline_passed(self, status: Data, now: float) -> bool:
        allowed = pods.spec(self.state.view).activeDeadlineSeconds
        started = times.timestamp(status.get("startTime"))
        if allowed is None or started is None:
            return False
        if self._deadline is None and now < started + allowed:
            self._deadline = self.node.clock.call_later(started + allowed - now, self.wake)
        return now >= started + allowed

    def _sandbox_started(self) -> None:
        """Said at once, while images may still have to be pulled."""
        self.state.seen, self._sandbox_unseen = self.node.runtime.pod(self.state.uid), True
        self._told_at = self.node.clock.now() + TOLD_SECONDS
        self.node.request_relist(self.state.uid)
        self._report()

    # -- living -------------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        self._wake.set()
        over = False
        while not over:
            await self._wake.wait()
            self._wake.clear()
            await self.node.up.wait()
            await self.node.clock.turn()
            await self._be_current()
            over = await self._look()
            self._looked_at = self.node.clock.now()
        self.terminating = True
        await self._end(wait=True)

    async def _be_current(self) -> None:
        """A look must not rest on what was seen before the last one ended: then wait for the next listing."""
        now = self.node.clock.now()
        listed_at = now + self.node.until_relist() - RELIST_SECONDS
        if max(listed_at, self._inspected_at) <= self._looked_at:
            await self.node.clock.delay(self.node.until_relist())
            self.state.seen = self.node.runtime.pod(self.state.uid)

    async def _look(self) -> bool:
        """One look at the pod and what follows from it; True when the pod is over."""
        self._sandbox_unseen, self._inspected_at = False, 0.0
        if self.state.sizes is not None:
            self.state.tell_change(resizing.finish(self.state.sizes, pods.spec(self.state.view)))
        status = self._report()
        self.probes.hurry()
        if is_terminal(status["phase"]):
            return True
        self._deadline_passed(status, self.node.clock.now())
        result = await PodSync(self.state, self.probes, self._faults).run()
        if result.started:
            self._told_at = self.node.clock.now() + TELL_SECONDS
            self.state.seen = self.node.runtime.pod(self.state.uid)
            await self.node.clock.delay(INSPECT_SECONDS)
            self._inspected_at = math.inf
            self.wake()
        if result.retry_at is not None:
            self._look_later(result.retry_at - self.node.clock.now())
        elif result.failed or result.complains:
            self._look_later(RETRY_SECONDS if result.failed else LONGEST_WAIT)
        return result.over

    def _look_later(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._waits += 1
        fraction = self.node.randomness.fraction("pod wait", self.state.uid, self._waits)
        wait = min(max(0.0, seconds), LONGEST_WAIT) * (1 + LEAST_JITTER + (MOST_JITTER - LEAST_JITTER) * fraction)
        self._timer = self.node.clock.call_later(wait, self.wake)

    # -- ending -------------------------------------------------------------------------------------------------------

    async def _end(self, wait: bool) -> None:
        """Stop what runs, tell how it ended, clean up. `wait`: for the next listing of the runtime first."""
        state = self.state
        await self.node.up.wait()
        if wait:
            await self.node.clock.delay(self.node.until_seen())
        state.seen = self.node.runtime.pod(state.uid)
        self._report(ends=True)
        self.probes.stop_killing()
        await termination.stop_pod(state, self._grace)
        state.seen = self.node.runtime.pod(state.uid)
        self._report(ends=True)
        state.may_run = False
        self.when_stopped(self)
        self.probes.close()
        await self.node.clock.delay(self.node.until_seen())
        state.status = pod_end.ended(pods.spec(state.view), self._report(ends=True))
        self.node.images.forget(state.uid)
        self.node.crash_back_off.forget(f"{state.uid}_")
        state.finished = True
        self.when_finished(self)

    def _launch(self, work: Work) -> None:
        name = f"pod {self.state.pod.key} on {self.node.name}"
        self._task = self._tasks.start(self._persist(work, name), name)

    async def _persist(self, work: Work, name: str) -> None:
        """Do `work`; what fails in an unforeseen way is told of, and tried again."""
        while True:
            try:
                return await work()
            except Exception as error:
                self._tasks.report(name, error)
                await self.node.clock.sleep(RETRY_SECONDS)


def _told(pod: Object[Pod]) -> tuple[object, ...]:
    """What of a pod's object is not its status: a change here is a reason to look."""
    meta = pod.meta
    return meta.generation, meta.labels, meta.annotations, meta.deletionTimestamp
