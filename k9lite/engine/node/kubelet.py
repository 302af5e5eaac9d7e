"""One node: its pods, its heartbeat, its faults (Kubernetes: kubelet)."""

import asyncio
import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from lightkube.models.core_v1 import Pod
from msgspec.structs import replace

from k9lite.aio.clock import Clock
from k9lite.aio.network import Network
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import images, kinds, pods
from k9lite.api.cause import Cause
from k9lite.api.k9lite_v1 import FaultSpec, Image
from k9lite.api.object import Key, Object
from k9lite.api.pods import HostPort
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.client.recorder import Recorder
from k9lite.engine.node import node_object, recovery
from k9lite.engine.node.config.volume_contents import refers
from k9lite.engine.node.faults import Faults, befalls, inflict
from k9lite.engine.node.heartbeat import Heartbeat
from k9lite.engine.node.image_manager import ImageManager
from k9lite.engine.node.lifecycle.pod_worker import PodWorker
from k9lite.engine.node.lookup import InformerLookup
from k9lite.engine.node.node_context import RELIST_SECONDS, NodeContext
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.pod_router import PodRouter
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.pods import status as pod_status
from k9lite.engine.node.pods.admission import Rejection
from k9lite.engine.node.pods.allocations import Allocations
from k9lite.engine.node.runtimes.host_files import HostFiles
from k9lite.engine.node.runtimes.protocol import NOTHING, Runtime
from k9lite.engine.node.status_manager import StatusManager


class Kubelet:
    """Acts for the node `options.name`: `start` registers it, `close` leaves it as a machine that is switched off."""

    def __init__(
        self,
        options: NodeOptions,
        client: Client,
        informers: Informers,
        router: PodRouter,
        clock: Clock,
        randomness: Randomness,
        runtime: Runtime,
        network: Network,
        tasks: TaskSet,
    ) -> None:
        self.options, self.runtime = options, runtime
        self._client, self._clock, self._tasks, self._router = client, clock, tasks, router
        self._nodes, self._images = informers.of(kinds.NODE), informers.of(kinds.IMAGE)
        self._config_maps, self._secrets = informers.of(kinds.CONFIG_MAP), informers.of(kinds.SECRET)
        self._faults = Faults(informers, options.name, self._fault_changed)
        self._recorder = Recorder(client, clock, "kubelet", options.name)
        self._workers: dict[str, PodWorker] = {}
        self._uids: dict[Key, str] = {}
        self._relist: set[str] = set()
        self._relist_wanted = asyncio.Event()
        self._phase = randomness.fraction("relist phase", options.name) * RELIST_SECONDS
        boot = randomness.uuid("boot", options.name, int(clock.now()))
        self._heartbeat = Heartbeat(options, client, clock, self._recorder, boot, runtime.images)
        self.node = NodeContext(
            options.name,
            options.address,
            clock,
            randomness,
            runtime,
            network,
            self._recorder,
            ImageManager(runtime, clock, self._faults.blocks, self._heartbeat.hurry),
            StatusManager(client, clock),
            InformerLookup(client, informers),
            self._request_relist,
            self._until_relist,
            Allocations(pods.amounts(node_object.allocatable(options))),
            HostFiles(options.name),
            node_object.allocatable(options),
        )
        runtime.died = self._request_relist

    @property
    def name(self) -> str:
        return self.options.name

    @property
    def idle(self) -> bool:
        """Whether everything it knows has been told to the cluster."""
        return self.node.statuses.idle and self._recorder.idle

    async def start(self) -> None:
        for image in recovery.images(self._nodes.get(self.name)):
            self.runtime.load(image.name, image.size)
        await self._heartbeat.register()
        for work, name in (
            (self._heartbeat.run(), "heartbeat"),
            (self.node.statuses.run(), "statuses"),
            (self._recorder.run(), "events"),
            (self._relist_loop(), "relist"),
        ):
            self._tasks.start(work, f"{name} of {self.name}")
        self.node.up.set()
        self._images.add_handler(self._image_changed)
        self._config_maps.add_handler(partial(self._shown_changed, "configmap"))
        self._secrets.add_handler(partial(self._shown_changed, "secret"))
        self._faults.follow()
        if self.node.up.is_set():
            self._router.connect(self.name, self._changed)

    def close(self) -> None:
        """Stop acting; the tasks end with the task set."""
        self._router.disconnect(self.name)
        for worker in self._workers.values():
            worker.close()

    def find(self, name: str, namespace: str) -> PodState | None:
        """What is known of a pod here; of several of the same name the newest."""
        uid = self._uids.get(Key(namespace, name))
        return self._workers[uid].state if uid in self._workers else None

    def knows(self, name: str, namespace: str) -> bool:
        """Whether the cluster has such a pod, on whatever node."""
        return self._router.pod(name, namespace) is not None

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
            worker.update(old, new, cause)
        elif not pods.is_terminal(pod.view):
            self._add(pod, cause)
        elif old is None:
            self._add_ended(pod, cause)

    def _add(self, pod: Object[Pod], cause: Cause) -> None:
        if pod.view.status and pod.view.status.podIP and self.runtime.pod(pod.uid) == NOTHING:
            self.runtime.restore(pod.uid, recovery.pod_record(pod, self._clock.now()))
        worker = PodWorker(self.node, pod, cause, self._faults, self._tasks)
        self._workers[pod.uid], self._uids[pod.key] = worker, pod.uid
        rejection = None if pod.deleting else self._rejection(worker)
        if rejection is not None:
            self._reject(worker.state, rejection)
            return
        self.node.allocations.take(pod.uid, pod.view)
        worker.when_stopped = self._stopped
        if pod.deleting:
            worker.update(None, pod, cause)
        else:
            worker.start()

    def _add_ended(self, pod: Object[Pod], cause: Cause) -> None:
        """A pod that ended before the node was switched off: nothing is to be done for it, but its logs may be read."""
        record = recovery.pod_record(pod, self._clock.now())
        self.runtime.restore(pod.uid, replace(record, sandbox=None))
        worker = PodWorker(self.node, pod, cause, self._faults, self._tasks)
        self._workers[pod.uid], self._uids[pod.key] = worker, pod.uid
        worker.state.status = pod.data().get("status", {})
        worker.state.may_run, worker.state.finished = False, True

    def _rejection(self, worker: PodWorker) -> Rejection | None:
        node = self._nodes.get(self.name)
        if node is None:
            return None
        return self.node.allocations.admit(worker.state.view, node.view, self._taken_ports(worker))

    def _taken_ports(self, newcomer: PodWorker) -> Iterator[HostPort]:
        for worker in self._workers.values():
            if worker is not newcomer and not worker.state.finished:
                yield from pods.host_ports(pods.spec(worker.state.view))

    def _reject(self, state: PodState, rejection: Rejection) -> None:
        """Tell that the pod failed here, and do nothing else for it."""
        generation, now = state.pod.meta.generation, self._clock.now()
        state.status = pod_status.rejected(rejection.reason, rejection.message, generation, now)
        state.may_run, state.finished = False, True
        state.tell("Warning", rejection.reason, rejection.message)
        self.node.statuses.report(state)

    def _removed(self, worker: PodWorker) -> None:
        """The object is gone: what still runs is ended, then forgotten. Who comes next may have its place at once."""
        self._stopped(worker)
        if worker.state.finished:
            self._forget(worker)
            return
        worker.when_finished = self._forget
        worker.terminate(1.0)

    def _forget(self, worker: PodWorker) -> None:
        worker.let_go()
        if self._workers.pop(worker.state.uid, None) is not None:
            self.runtime.remove(worker.state.uid)
            if self._uids.get(worker.state.pod.key) == worker.state.uid:
                del self._uids[worker.state.pod.key]

    def _stopped(self, worker: PodWorker) -> None:
        """What it had may be what another waits for."""
        self.node.allocations.release(worker.state.uid)
        for uid in sorted(self.node.allocations.deferred):
            self._workers[uid].reconsider()

    def _shown_changed(self, word: str, old: Object[Any] | None, new: Object[Any] | None) -> None:
        """A configmap or secret changed: pods that show it in a volume follow."""
        changed = new or old
        assert changed is not None
        for worker in self._workers.values():
            if worker.state.pod.namespace == changed.namespace:
                volumes = pods.spec(worker.state.view).volumes or ()
                if any(refers(volume, word, changed.name) for volume in volumes):
                    worker.resync()

    # -- faults and images --------------------------------------------------------------------------------------------

    def _image_changed(self, old: Object[Image] | None, new: Object[Image] | None) -> None:
        for gone in (old, new):
            if gone is not None and gone.view.spec is not None and images.parse(gone.view.spec.name):
                if gone is new:
                    self.runtime.load(gone.view.spec.name, gone.view.spec.sizeBytes)
                else:
                    self.runtime.unload(gone.view.spec.name)

    def _fault_changed(self, spec: FaultSpec) -> None:
        """A fault came or went."""
        if spec.type == "NodeDown":
            self._set_down(self._faults.node_is_down())
            return
        for worker in self._workers.values():
            if befalls(spec, worker.state):
                for record in self.runtime.pod(worker.state.uid).running:
                    inflict(self._faults, worker.state, record)
                worker.wake()

    def _set_down(self, down: bool) -> None:
        """A node that is down says nothing, does nothing, and its containers answer nobody."""
        if down != self.node.up.is_set():
            return
        self._heartbeat.alive, self.node.statuses.suspended = not down, down
        for worker in self._workers.values():
            for record in self.runtime.pod(worker.state.uid).running:
                self.runtime.hang(record.id, down or self._faults.hangs(worker.state, record.name))
        if down:
            self.node.up.clear()
            self._router.disconnect(self.name)
            return
        self.node.up.set()
        self._heartbeat.hurry()
        self.node.statuses.resume()
        present = {pod.uid for pod in self._router.connect(self.name, self._changed)}
        for worker in [one for one in self._workers.values() if one.state.uid not in present]:
            self._removed(worker)

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
