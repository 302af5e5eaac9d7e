"""The signs of life of a node: its Node object, its lease (Kubernetes: kubelet_node_status.go, util/nodelease)."""

import asyncio
from collections.abc import Callable, Sequence

from k9lite.aio.clock import Clock
from k9lite.api import kinds, times
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError, is_already_exists, is_not_found
from k9lite.api.object import Data
from k9lite.client.protocol import Client
from k9lite.client.recorder import Recorder
from k9lite.engine.node import node_object
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.runtimes.protocol import ImageRecord

LEASE_SECONDS, RENEW_SECONDS, REPORT_SECONDS = 40, 10.0, 300.0
LEASE_NAMESPACE = "kube-node-lease"


class Heartbeat:
    """Registers the node, then beats until cancelled. `alive` False: the node is down and says nothing."""

    def __init__(
        self,
        options: NodeOptions,
        client: Client,
        clock: Clock,
        recorder: Recorder,
        boot: str,
        images: Callable[[], Sequence[ImageRecord]],
    ) -> None:
        self._options, self._client, self._clock, self._recorder = options, client, clock, recorder
        self._boot, self._images = boot, images
        self._cause = Cause(f"kubelet, {options.name}")
        self._reported = 0.0
        self._wake = asyncio.Event()
        self.alive = True

    async def register(self) -> None:
        """Create the Node, or take over the one that is there; then report for the first time."""
        name = self._options.name
        self._event("Starting", "Starting kubelet.")
        try:
            await self._client.create(kinds.NODE, node_object.registration(self._options), cause=self._cause)
        except StatusError as error:
            if not is_already_exists(error):
                raise
            self._event("Rebooted", f"Node {name} has been rebooted, boot id: {self._boot}", "Warning")
        else:
            for reason in ("NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID", "NodeReady"):
                self._event(reason, f"Node {name} status is now: {reason}")
        await self._beat()

    async def run(self) -> None:
        while True:
            timer = self._clock.call_later(RENEW_SECONDS, self._wake.set)
            await self._wake.wait()
            self._wake.clear()
            timer.cancel()
            if self.alive:
                await self._try()

    def hurry(self) -> None:
        """Something changed that the cluster should know at once."""
        self._reported = 0.0
        self._wake.set()

    async def _try(self) -> None:
        try:
            await self._beat()
        except (StatusError, ConnectionError, TimeoutError):
            return  # the next beat is soon

    async def _beat(self) -> None:
        now = self._clock.now()
        await self._renew(now)
        node = await self._client.get(kinds.NODE, self._options.name)
        held: Data = node.data().get("status", {})
        made = node_object.status(self._options, self._images(), self._boot, held.get("conditions", ()), now)
        for part in ("capacity", "allocatable"):  # devices, which others put there, stay
            made[part] = held.get(part, {}) | made[part]
        up_to_date = held.get("nodeInfo") == made["nodeInfo"] and held.get("images") == made["images"]
        healthy = all(
            any(one["type"] == type and one["status"] == wanted[0] for one in held.get("conditions", ()))
            for type, wanted in node_object.HEALTHY.items()
        )
        if not healthy or not up_to_date or now - self._reported >= REPORT_SECONDS:
            await self._client.update_status(node, held | made, cause=self._cause)
            self._reported = now

    async def _renew(self, now: float) -> None:
        name = self._options.name
        try:
            lease = await self._client.get(kinds.LEASE, name, LEASE_NAMESPACE)
        except StatusError as error:
            if not is_not_found(error):
                raise
            spec = {"holderIdentity": name, "leaseDurationSeconds": LEASE_SECONDS, "renewTime": times.micro_time(now)}
            body = {"metadata": {"name": name, "namespace": LEASE_NAMESPACE}, "spec": spec}
            await self._client.create(kinds.LEASE, body, LEASE_NAMESPACE, cause=self._cause)
            return
        data = lease.data()
        data["spec"] |= {"renewTime": times.micro_time(now)}
        await self._client.update(kinds.LEASE, data, LEASE_NAMESPACE, cause=self._cause)

    def _event(self, reason: str, message: str, type: str = "Normal") -> None:
        name = self._options.name
        self._recorder.record({"kind": "Node", "name": name, "uid": name}, type, reason, message, self._cause)
