"""One node: its pods, its heartbeat, its faults (Kubernetes: kubelet)."""

import asyncio
import math

from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock
from k9lite.aio.network import Network
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds, pods
from k9lite.api.cause import Cause
from k9lite.api.object import Object
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.client.recorder import Recorder
from k9lite.engine.node import node_object, pod_status
from k9lite.engine.node.admission import Rejection, admit
from k9lite.engine.node.heartbeat import Heartbeat
from k9lite.engine.node.image_manager import ImageManager
from k9lite.engine.node.lookup import InformerLookup
from k9lite.engine.node.node_context import NodeContext
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.pod_router import PodRouter
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.pod_worker import PodWorker
from k9lite.engine.node.runtimes.protocol import Runtime
from k9lite.engine.node.status_manager import StatusManager

RELIST_SECONDS = 1.0  # how often a kubelet asks its runtime what became of the containers


class Kubelet:
    """Acts for the node `options.name`: `start` registers it, `close` leaves it as a machine that is switched off."""

    def __init__(
        self, options: NodeOptions, client: Client, informers: Informers, router: PodRouter, clock: Clock,
        randomness: Randomness, runtime: Runtime, network: Network, tasks: TaskSet,
    ) -> None:  # fmt: skip
        self.options, self.runtime = options, runtime
        self._client, self._clock, self._tasks, self._router = client, clock, tasks, router
        self._nodes = informers.of(kinds.NODE)
        self._recorder = Recorder(client, clock, "kubelet", options.name)
        self._allocatable = pods.amounts(node_object.allocatable(options))
        self._used: dict[str, int] = {}
        self._workers: dict[str, PodWorker] = {}
        self._relist: set[str] = set()
        self._relist_wanted = asyncio.Event()
        self._phase = randomness.fraction("relist phase", options.name) * RELIST_SECONDS
        self.node = NodeContext(
            options.name, options.address, clock, randomness, runtime, network, self._recorder,
            ImageManager(runtime, clock), StatusManager(client, clock), InformerLookup(informers),
            self._request_relist, self._until_relist, node_object.allocatable(options),
        )  # fmt: skip
        boot = randomness.uuid("boot", options.name)
        self._heartbeat = Heartbeat(options, client, clock, self._recorder, boot, runtime.images)
        runtime.died = self._request_relist

    @property
    def name(self) -> str:
        return self.options.name

    @property
    def idle(self) -> bool:
        """Whether everything it knows has been told to the cluster."""
        return self.node.statuses.idle and self._recorder.idle

    async def start(self) -> None:
        await self._heartbeat.register()
        for work, name in (
            (self._heartbeat.run(), "heartbeat"), (self.node.statuses.run(), "statuses"),
            (self._recorder.run(), "events"), (self._relist_loop(), "relist"),
        ):  # fmt: skip
            self._tasks.start(work, f"{name} of {self.name}")
        self._router.connect(self.name, self._changed)

    def close(self) -> None:
        """Stop acting; the tasks end with the task set."""
        self._router.disconnect(self.name)
        for worker in self._workers.values():
            worker.close()

    def worker(self, uid: str) -> PodState | None:
        """What is known of a pod here."""
        found = self._workers.get(uid)
        return found.state if found else None

    # -- pods come and go ---------------------------------------------------------------------------------------------

    def _changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        pod = new or old
        assert pod is not None
        cause = Cause("kubelet", pod.cause.action, (pod.revision,))
        worker = self._workers.get(pod.uid)
        if new is None:
            if worker is not None:
                self._removed(worker)
        elif worker is not None:
            worker.update(new, cause)
        elif not pods.is_terminal(pod.view):
            self._add(pod, cause)

    def _add(self, pod: Object[Pod], cause: Cause) -> None:
        worker = PodWorker(self.node, pod, cause, self._tasks)
        self._workers[pod.uid] = worker
        rejection = None if pod.deleting else self._rejection(pod.view)
        if rejection is not None:
            self._reject(worker.state, rejection)
            return
        self._count(worker, 1)
        worker.when_stopped = lambda worker: self._count(worker, -1)
        if pod.deleting:
            worker.update(pod, cause)
        else:
            worker.start()

    def _rejection(self, pod: Pod) -> Rejection | None:
        node = self._nodes.get(self.name)
        if node is None:
            return None
        ports = (port for other in self._running() for port in pods.host_ports(pods.spec(other)))
        return admit(pod, node.view, self._allocatable, self._used, ports)

    def _running(self) -> list[Pod]:
        return [worker.state.view for worker in self._workers.values() if not worker.state.finished]

    def _reject(self, state: PodState, rejection: Rejection) -> None:
        """Tell that the pod failed here, and do nothing else for it."""
        generation = state.pod.meta.generation
        old = state.pod.data().get("status", {})
        state.status = pod_status.rejected(
            old, rejection.reason, rejection.message, self.options.address, generation, self._clock.now()
        )
        state.may_run, state.finished = False, True
        state.tell("Warning", rejection.reason, rejection.message)
        self.node.statuses.report(state)

    def _removed(self, worker: PodWorker) -> None:
        """The object is gone: what still runs is ended, then forgotten."""
        if worker.state.finished:
            self._forget(worker)
            return
        worker.when_finished = self._forget
        worker.terminate(1.0)

    def _forget(self, worker: PodWorker) -> None:
        worker.close()
        if self._workers.pop(worker.state.uid, None) is not None:
            self.runtime.remove(worker.state.uid)

    def _count(self, worker: PodWorker, sign: int) -> None:
        for name, amount in {"pods": 1, **pods.requests(worker.state.view)}.items():
            self._used[name] = self._used.get(name, 0) + sign * amount

    # -- listing the runtime ------------------------------------------------------------------------------------------

    def _request_relist(self, uid: str) -> None:
        self._relist.add(uid)
        self._relist_wanted.set()

    def _until_relist(self) -> float:
        """Kubelets list at a fixed beat; the next one is never now."""
        now = self._clock.now() - self._phase
        return (math.floor(now / RELIST_SECONDS) + 1) * RELIST_SECONDS - now

    async def _relist_loop(self) -> None:
        while True:
            await self._relist_wanted.wait()
            await self._clock.delay(self._until_relist())
            self._relist_wanted.clear()
            uids, self._relist = self._relist, set()
            for uid in uids:
                if uid in self._workers:
                    self._workers[uid].relisted()
