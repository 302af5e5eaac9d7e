"""A whole cluster under a manual clock, and somebody who does random things to it."""

import random
from pathlib import Path
from typing import Any

from k9lite.aio.clock import ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.object import Data, Object
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.cluster import Cluster, ClusterOptions

NAMESPACES = ("default", "shop")
CAUSE = Cause("simulation")
NAMES = ("web", "api", "cache")
IMAGES = ("node-app:v1", "node-app:v2", "nginx:1.27", "node-app:missing")
WORKERS, ROOM = 3, 8
NODES = ("k9lite-worker", "k9lite-worker2", "k9lite-worker3")
APPLY = WriteOptions(manager="simulation", force=True)


def deployment(name: str, replicas: int, image: str, strategy: str) -> Data:
    labels = {"app": name}
    container = {"name": "c", "image": image, "ports": [{"containerPort": 8080}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "terminationGracePeriodSeconds": 3}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": spec | {"strategy": {"type": strategy}},
    }


def service(name: str) -> Data:
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


class World:
    """A cluster, a source of chance, and what was done so far (`history`), to be read when an invariant broke."""

    def __init__(self, seed: int, folder: Path, *, kept: bool = False) -> None:
        self.random = random.Random(seed)
        self.clock = ManualClock()
        self.began = self.clock.now()
        self.crashes: list[tuple[str, BaseException]] = []
        self.options = ClusterOptions(
            workers=WORKERS,
            seed=str(seed),
            state_folder=folder,
            pods_per_node=ROOM,
            kept=kept,
            on_crash=lambda name, error: self.crashes.append((name, error)),
        )
        self.cluster = Cluster(self.options, clock=self.clock, network=MemoryNetwork())
        self.history: list[str] = []

    @property
    def client(self) -> Any:
        return self.cluster.client

    async def start(self) -> None:
        await self.cluster.start()
        await self.client.create(kinds.NAMESPACE, {"metadata": {"name": "shop"}}, cause=CAUSE)

    async def switch_off_and_on(self) -> None:
        """Nothing but what is on disk survives."""
        await self.cluster.close()
        self.cluster = Cluster(self.options, clock=self.clock, network=MemoryNetwork())
        await self.cluster.start()
        self.history.append(f"{self.clock.now() - self.began:9.2f}  off and on")

    async def act(self, actions: Any) -> None:
        """Do one of `actions`, functions of a world that tell what they did."""
        action = self.random.choice(actions)
        try:
            told = await action(self)
        except StatusError as refused:
            told = f"refused: {refused}"
        self.history.append(f"{self.clock.now() - self.began:9.2f}  {action.__name__}: {told}")

    async def any(self, kind: Any) -> Object[Any] | None:
        """One object of a kind, if there is one; not one of the system's own."""
        objects = [one for one in (await self.client.list(kind)).items if not one.namespace.startswith("kube-")]
        return self.random.choice(objects) if objects else None

    async def patch(self, obj: Object[Any], patch: Data) -> None:
        await self.client.patch(obj.kind, obj.name, patch, PatchType.MERGE, obj.namespace, cause=CAUSE)

    async def come_to_rest(self) -> None:
        """Repair everything that is broken, and wait for the longest back-off."""
        for fault in (await self.client.list(kinds.FAULT)).items:
            await self.client.delete(kinds.FAULT, fault.name, cause=CAUSE)
        if not (await self.client.list(kinds.IMAGE)).items:
            await self.client.create(kinds.IMAGE, missing_image(), cause=CAUSE)
        for node in (await self.client.list(kinds.NODE)).items:
            await self.patch(node, {"spec": {"unschedulable": None}})
        for one in (await self.client.list(kinds.DEPLOYMENT)).items:
            await self.patch(one, {"spec": {"paused": None}})
        for pod in (await self.client.list(kinds.POD)).items:
            if pod.meta.controller is None:
                await self.client.delete(kinds.POD, pod.name, pod.namespace, cause=CAUSE)
        await self.clock.advance(1200)


def missing_image() -> Data:
    return {"metadata": {"name": "missing"}, "spec": {"name": "node-app:missing"}}
