"""What befalls nodes and pods while a Fault exists."""

from collections.abc import Callable
from typing import Any

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds, times
from k9lite.client.protocol import Client
from k9lite.engine.node.kubelet import Kubelet

WEB = {"containers": [{"name": "c", "image": "node-app:v1"}]}
POD = {"kind": "Pod", "name": "p", "namespace": "default"}


async def status(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(kinds.POD, "p", "default")).data()["status"]
    return found


async def fault(client: Client, type: str, **spec: Any) -> None:
    await client.create(kinds.FAULT, {"metadata": {"name": "f"}, "spec": {"type": type} | spec})


async def test_a_node_that_is_down_is_silent_until_it_is_back(
    kubelet: Kubelet, run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await run(WEB)
    await fault(client, "NodeDown", target={"kind": "Node", "name": "worker"})
    await clock.advance(60)
    assert clock.now() - await renewed(client) > 50
    await client.delete(kinds.POD, "p", "default")
    await clock.advance(60)
    assert (await client.get(kinds.POD, "p", "default")).deleting
    await client.delete(kinds.FAULT, "f")
    await clock.advance(35)
    assert clock.now() - await renewed(client) < 15
    assert not (await client.list(kinds.POD)).items


async def test_nobody_probes_on_a_node_that_is_down(
    kubelet: Kubelet, run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    probe = {"httpGet": {"port": 8080, "path": "/"}, "periodSeconds": 1}
    ports = [{"containerPort": 8080}]
    await run({"containers": [{"name": "c", "image": "node-app:v1", "ports": ports, "readinessProbe": probe}]})
    await clock.advance(5)
    assert (await status(client))["containerStatuses"][0]["ready"]
    await fault(client, "NodeDown", target={"kind": "Node", "name": "worker"})
    await clock.advance(30)
    assert not [event for event in (await client.list(kinds.EVENT)).items if event.view.reason == "Unhealthy"]


async def renewed(client: Client) -> float:
    lease = await client.get(kinds.LEASE, "worker", "kube-node-lease")
    moment = times.timestamp(lease.data()["spec"]["renewTime"])
    assert moment is not None
    return moment


async def test_a_container_crashes_again_and_again(run: Callable[..., Any], client: Client, clock: ManualClock) -> None:
    await run(WEB)
    await fault(client, "Crash", target=POD, exitCode=5)
    await clock.advance(60)
    container = (await status(client))["containerStatuses"][0]
    assert container["restartCount"] >= 2
    assert container["lastState"]["terminated"]["exitCode"] == 5
    await client.delete(kinds.FAULT, "f")
    await clock.advance(120)
    assert "running" in (await status(client))["containerStatuses"][0]["state"]


async def test_a_pod_is_not_ready_until_the_fault_is_lifted(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await run(WEB)
    await fault(client, "NotReady", target=POD)
    await clock.advance(2)
    assert not (await status(client))["containerStatuses"][0]["ready"]
    await client.delete(kinds.FAULT, "f")
    await clock.advance(2)
    assert (await status(client))["containerStatuses"][0]["ready"]


async def test_an_image_is_not_pulled_while_the_fault_exists(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await fault(client, "PullFailure", image="nginx:1.27")
    await run({"containers": [{"name": "c", "image": "nginx:1.27"}]})
    assert (await status(client))["containerStatuses"][0]["state"]["waiting"]["reason"] == "ErrImagePull"
    await client.delete(kinds.FAULT, "f")
    await clock.advance(60)
    assert (await status(client))["phase"] == "Running"


async def test_a_container_that_hangs_fails_its_probes_and_ignores_signals(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    probe = {"httpGet": {"port": 8080}, "periodSeconds": 2, "failureThreshold": 1}
    web = {"name": "c", "image": "nginx:1.27", "ports": [{"containerPort": 8080}], "readinessProbe": probe}
    ready = await run({"containers": [web], "terminationGracePeriodSeconds": 4}, 6.0)
    assert ready["containerStatuses"][0]["ready"]
    await fault(client, "Hang", target=POD)
    await clock.advance(4)
    assert not (await status(client))["containerStatuses"][0]["ready"]
    await client.delete(kinds.POD, "p", "default")
    await clock.advance(3)
    assert (await client.list(kinds.POD)).items
    await clock.advance(3)
    assert not (await client.list(kinds.POD)).items
