"""A pod from its binding to its end."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.aio.memory_network import MemoryNetwork
from k9lite.aio.randomness import Randomness
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.dns import NOBODY
from k9lite.client.informer import Informers
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.node_object import NodeOptions
from k9lite.engine.node.pod_router import PodRouter
from k9lite.engine.node.runtimes.simulated.catalogue import Catalogue
from k9lite.engine.node.runtimes.simulated.runtime import SimulatedRuntime


@pytest.fixture
async def kubelet(
    client: LocalClient, informers: Informers, clock: ManualClock, randomness: Randomness, tasks: TaskSet
) -> Kubelet:
    network = MemoryNetwork()
    options = NodeOptions("worker", "127.244.0.3", "127.244.1.0/24")
    await client.create(
        kinds.CONFIG_MAP, {"metadata": {"name": "kube-root-ca.crt"}, "data": {"ca.crt": "-"}}, "default"
    )
    runtime = SimulatedRuntime(
        options.name, options.pod_cidr, Catalogue(), clock, randomness, network, lambda name, type: NOBODY, tasks
    )
    kubelet = Kubelet(options, client, informers, PodRouter(informers), clock, randomness, runtime, network, tasks)
    await kubelet.start()
    await informers.wait_synced()
    return kubelet


async def test_a_pod_runs_and_goes(kubelet: Kubelet, client: LocalClient, clock: ManualClock) -> None:
    pod: dict[str, Any] = {
        "metadata": {"name": "web"},
        "spec": {"nodeName": "worker", "containers": [{"name": "c", "image": "node-app:v1"}]},
    }
    await client.create(kinds.POD, pod, "default")
    await clock.advance(2)
    status = (await client.get(kinds.POD, "web", "default")).data()["status"]
    assert status["phase"] == "Running"
    assert status["containerStatuses"][0]["ready"]
    await client.delete(kinds.POD, "web", "default", options=DeleteOptions(grace=2))
    await clock.advance(4)
    assert not (await client.list(kinds.POD)).items


async def test_a_host_port_is_had_by_one_pod_of_a_node(run: Callable[..., Any]) -> None:
    container = {"name": "c", "image": "node-app:v1", "ports": [{"containerPort": 80, "hostPort": 5555}]}
    first, second = [await run({"containers": [container]}, 4, name) for name in ("one", "two")]
    assert first["phase"] == "Running"
    assert (second["phase"], second["reason"]) == ("Failed", "NodePorts")
