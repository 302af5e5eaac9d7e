"""Nodes and pods in a few words, and a scheduler at work on a real API server."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.client.informer import Informers
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.scheduler.scheduler import Scheduler


def node(name: str, *, cpu: str = "4", memory: str = "8Gi", pods: int = 110, **more: Any) -> Data:
    """`labels`, `taints`, `unschedulable`, `images` as in the API; the hostname label is always there."""
    labels = {"kubernetes.io/hostname": name} | more.pop("labels", {})
    size = {"cpu": cpu, "memory": memory, "pods": str(pods)}
    status = {"capacity": size, "allocatable": size, "images": more.pop("images", [])}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": more,
        "status": status,
    }


def pod(name: str, *, cpu: str = "", memory: str = "", labels: dict[str, str] | None = None, **spec: Any) -> Data:
    """One container; the rest of `spec` as in the API."""
    requests = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}
    container = {"name": "c", "image": "web", "resources": {"requests": requests} if requests else {}}
    container |= spec.pop("container", {})
    metadata = {"name": name, "namespace": "default", "labels": labels or {}} | spec.pop("metadata", {})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]} | spec}


class World:
    """A cluster of nothing but an API server and a scheduler."""

    def __init__(self, client: LocalClient, clock: ManualClock) -> None:
        self.client, self.clock = client, clock

    async def add_node(self, *args: Any, **more: Any) -> None:
        data = node(*args, **more)
        made = (await self.client.create(kinds.NODE, data)).data()
        made["spec"] = made.get("spec", {}) | {"taints": data["spec"].get("taints", [])}  # new nodes come tainted
        made = (await self.client.update(kinds.NODE, made)).data()
        await self.client.update(kinds.NODE, made | {"status": data["status"]}, subresource="status")
        await settle()

    async def add(self, data: Data) -> None:
        await self.client.create(kinds.POD, data, data["metadata"]["namespace"])
        await settle()

    async def pod(self, name: str) -> Data:
        return (await self.client.get(kinds.POD, name, "default")).data()

    async def where(self, name: str) -> str:
        return (await self.pod(name))["spec"].get("nodeName", "")

    async def scheduled(self, name: str) -> Data:
        """The condition PodScheduled."""
        conditions = (await self.pod(name)).get("status", {}).get("conditions", [])
        return next(one for one in conditions if one["type"] == "PodScheduled")

    async def events(self, name: str) -> list[tuple[str, str]]:
        events = (await self.client.list(kinds.EVENT)).items
        return [(e.view.reason, e.view.message) for e in events if e.view.involvedObject.name == name]


@pytest.fixture
async def world(
    client: LocalClient, informers: Informers, clock: ManualClock, randomness: Randomness, tasks: TaskSet
) -> AsyncIterator[World]:
    scheduler = Scheduler(client, informers, clock, randomness)
    scheduler.start(tasks)
    await settle()
    yield World(client, clock)
    scheduler.stop()


@pytest.fixture(name="pod")
def pod_maker() -> Callable[..., Data]:
    return pod


@pytest.fixture(name="node")
def node_maker() -> Callable[..., Data]:
    return node
