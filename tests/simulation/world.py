"""A whole cluster under a manual clock, and somebody who does random things to it."""

import random
from pathlib import Path
from typing import Any

from k9lite.aio.clock import ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.object import Data
from k9lite.client.protocol import PatchType, Selector, WriteOptions
from k9lite.engine.cluster import Cluster, ClusterOptions

NAMESPACE = "default"
CAUSE = Cause("simulation")
NAMES = ("web", "api", "cache")
IMAGES = ("node-app:v1", "node-app:v2", "nginx:1.27", "node-app:missing")
WORKERS = 3
NODES = ("k9lite-worker", "k9lite-worker2", "k9lite-worker3")
APPLY = WriteOptions(manager="simulation", force=True)


def deployment(name: str, replicas: int, image: str, strategy: str) -> Data:
    labels = {"app": name}
    container = {"name": "c", "image": image, "ports": [{"containerPort": 8080}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "terminationGracePeriodSeconds": 3}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": spec | {"strategy": {"type": strategy}},
    }  # fmt: skip


def service(name: str) -> Data:
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


class World:
    """`act` does one random thing; `history` is what was done, to be read when an invariant broke."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.clock = ManualClock()
        self.crashes: list[tuple[str, BaseException]] = []
        options = ClusterOptions(
            workers=WORKERS, seed=str(seed), state_folder=folder, pods_per_node=8,
            on_crash=lambda name, error: self.crashes.append((name, error)),
        )  # fmt: skip
        self.cluster = Cluster(options, clock=self.clock, network=MemoryNetwork())
        self.history: list[str] = []
        self._actions = [self.save, self.save, self.scale, self.kill, self.kill, self.fail, self.recover, self.remove]

    @property
    def client(self) -> Any:
        return self.cluster.client

    async def act(self) -> None:
        action = self.random.choice(self._actions)
        try:
            told = await action()
        except StatusError as refused:
            told = f"refused: {refused}"
        self.history.append(f"{self.clock.now() - 1_750_000_000:9.1f}  {action.__name__}: {told}")

    async def save(self) -> str:
        name, image = self.random.choice(NAMES), self.random.choice(IMAGES)
        replicas, strategy = (
            self.random.randrange(7),
            self.random.choice(("RollingUpdate", "RollingUpdate", "Recreate")),
        )
        for kind, body in (
            (kinds.DEPLOYMENT, deployment(name, replicas, image, strategy)),
            (kinds.SERVICE, service(name)),
        ):
            await self.client.patch(kind, name, body, PatchType.APPLY, NAMESPACE, cause=CAUSE, options=APPLY)
        return f"{name} x{replicas} {image} {strategy}"

    async def scale(self) -> str:
        name, replicas = self.random.choice(NAMES), self.random.randrange(9)
        body = {"spec": {"replicas": replicas}}
        await self.client.patch(
            kinds.DEPLOYMENT, name, body, PatchType.MERGE, NAMESPACE, subresource="scale", cause=CAUSE
        )
        return f"{name} to {replicas}"

    async def kill(self) -> str:
        pods = (await self.client.list(kinds.POD, Selector(NAMESPACE))).items
        if not pods:
            return "no pod"
        pod = self.random.choice(pods)
        await self.client.delete(kinds.POD, pod.name, NAMESPACE, cause=CAUSE)
        return pod.name

    async def fail(self) -> str:
        node = self.random.choice(NODES)
        fault = {"metadata": {"name": node}, "spec": {"type": "NodeDown", "target": {"kind": "Node", "name": node}}}
        await self.client.create(kinds.FAULT, fault, cause=CAUSE)
        return node

    async def recover(self) -> str:
        faults = (await self.client.list(kinds.FAULT)).items
        if not faults:
            return "no fault"
        fault = self.random.choice(faults)
        await self.client.delete(kinds.FAULT, fault.name, cause=CAUSE)
        return fault.name

    async def remove(self) -> str:
        name = self.random.choice(NAMES)
        await self.client.delete(kinds.DEPLOYMENT, name, NAMESPACE, cause=CAUSE)
        return name

    async def come_to_rest(self) -> None:
        """Lift every fault, bring every image, and wait for the longest back-off."""
        for fault in (await self.client.list(kinds.FAULT)).items:
            await self.client.delete(kinds.FAULT, fault.name, cause=CAUSE)
        image = {"metadata": {"name": "missing"}, "spec": {"name": "node-app:missing"}}
        await self.client.create(kinds.IMAGE, image, cause=CAUSE)
        await self.clock.advance(1200)
