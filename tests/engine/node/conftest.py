"""A kubelet on a fresh API server, under a manual clock and a network in memory."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from node_pods import NODE, pod

from k9lite.aio.clock import ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.dns import NOBODY
from k9lite.api.object import Data
from k9lite.client.informer import Informers
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.pod_router import PodRouter
from k9lite.engine.node.runtimes.simulated.catalogue import Catalogue
from k9lite.engine.node.runtimes.simulated.runtime import SimulatedRuntime


@pytest.fixture
def network() -> MemoryNetwork:
    return MemoryNetwork()


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
async def kubelet(
    client: LocalClient,
    informers: Informers,
    clock: ManualClock,
    randomness: Randomness,
    tasks: TaskSet,
    network: MemoryNetwork,
    catalogue: Catalogue,
) -> AsyncIterator[Kubelet]:
    """One node called `worker`; the configmap that every pod mounts is there."""
    options = NodeOptions(NODE, "127.244.0.3", "127.244.1.0/24")
    root = {"metadata": {"name": "kube-root-ca.crt"}, "data": {"ca.crt": "-"}}
    await client.create(kinds.CONFIG_MAP, root, "default")
    runtime = SimulatedRuntime(
        options.name, options.pod_cidr, catalogue, clock, randomness, network, lambda name, type: NOBODY, tasks
    )
    kubelet = Kubelet(options, client, informers, PodRouter(informers), clock, randomness, runtime, network, tasks)
    await kubelet.start()
    await informers.wait_synced()
    yield kubelet
    kubelet.close()


@pytest.fixture
def run(kubelet: Kubelet, client: LocalClient, clock: ManualClock) -> Callable[..., Any]:
    """Create a pod, let some seconds pass, give its status."""

    async def create(spec: Data, seconds: float = 2.0, name: str = "p") -> Data:
        await client.create(kinds.POD, pod(name, **spec), "default")
        await clock.advance(seconds)
        status: Data = (await client.get(kinds.POD, name, "default")).data()["status"]
        return status

    return create
