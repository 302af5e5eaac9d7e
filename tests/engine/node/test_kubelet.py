"""What a kubelet does when others write its pods, when containers are added, and when something goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.aio.tasks import TaskSet
from k9lite.api import conditions, kinds
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.engine.node.config import volumes
from k9lite.engine.node.kubelet import Kubelet

WEB = {"containers": [{"name": "c", "image": "node-app:v1"}]}


async def data(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(kinds.POD, "p", "default")).data()
    return found


async def test_a_status_that_somebody_else_wrote_is_put_right(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await run(WEB)
    pod = await client.get(kinds.POD, "p", "default")
    status = pod.data()["status"]
    for condition in status["conditions"]:
        if condition["type"] in ("Ready", "ContainersReady"):
            condition |= {"status": "False", "reason": "Somebody"}
    status["conditions"].append({"type": "example.com/own", "status": "True"})
    await client.update_status(pod, status)
    await clock.advance(11)
    found = (await data(client))["status"]["conditions"]
    assert all((conditions.find(found, type) or {})["status"] == "True" for type in ("Ready", "ContainersReady"))
    assert conditions.find(found, "example.com/own")


async def test_an_ephemeral_container_joins_a_running_pod(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    await run(WEB)
    added = {"name": "debug", "image": "node-app:v1", "command": ["sh", "-c", "echo hello; exit 3"]}
    await client.patch(
        kinds.POD,
        "p",
        {"spec": {"ephemeralContainers": [added]}},
        PatchType.STRATEGIC,
        "default",
        subresource="ephemeralcontainers",
    )
    await clock.advance(3)
    status = (await data(client))["status"]
    (debug,) = status["ephemeralContainerStatuses"]
    assert debug["state"]["terminated"]["exitCode"] == 3
    assert debug["restartCount"] == 0
    assert status["phase"] == "Running"
    assert status["containerStatuses"][0]["ready"]


async def test_a_pod_that_is_gone_takes_no_place(run: Callable[..., Any], client: Client, clock: ManualClock) -> None:
    large = [WEB["containers"][0] | {"resources": {"requests": {"cpu": "3"}}}]
    await run({"containers": large})
    await client.delete(kinds.POD, "p", "default", options=DeleteOptions(grace=0))
    body = {"metadata": {"name": "q"}, "spec": {"containers": large, "nodeName": "worker"}}
    await client.create(kinds.POD, body, "default")
    await clock.advance(5)
    assert (await client.get(kinds.POD, "q", "default")).view.status.phase == "Running"


async def test_devices_that_others_put_on_a_node_stay(kubelet: Kubelet, client: Client, clock: ManualClock) -> None:
    devices = {part: {"example.com/gpu": "2"} for part in ("capacity", "allocatable")}
    await client.patch(kinds.NODE, "worker", {"status": devices}, PatchType.MERGE, subresource="status")
    await clock.advance(400)
    status = (await client.get(kinds.NODE, "worker")).data()["status"]
    assert status["capacity"]["example.com/gpu"] == status["allocatable"]["example.com/gpu"] == "2"


async def test_what_fails_unforeseen_is_told_and_tried_again(
    kubelet: Kubelet,
    run: Callable[..., Any],
    client: Client,
    clock: ManualClock,
    tasks: TaskSet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(tasks, "_on_crash", lambda name, error: told.append(f"{name}: {error}"))

    async def broken(state: object) -> bool:
        raise ValueError("unforeseen")

    with monkeypatch.context() as patched:
        patched.setattr(volumes, "mount", broken)
        status = await run(WEB, 5.0)
    assert told == ["pod default/p on worker: unforeseen"]
    assert status["phase"] == "Pending"
    await clock.advance(11)
    assert (await data(client))["status"]["phase"] == "Running"


async def test_a_readiness_gate_that_others_open_and_shut(
    run: Callable[..., Any], client: Client, clock: ManualClock
) -> None:
    """The kubelet does not wait for its next look: a load balancer's verdict counts at once."""
    status = await run(WEB | {"readinessGates": [{"conditionType": "example.com/gate"}]})
    assert (conditions.find(status["conditions"], "Ready") or {})["reason"] == "ReadinessGatesNotReady"
    for verdict in ("True", "False"):
        pod = await client.get(kinds.POD, "p", "default")
        status = pod.status()
        conditions.put(status["conditions"], {"type": "example.com/gate", "status": verdict})
        await client.update_status(pod, status)
        await clock.advance(0.5)
        told = conditions.find((await data(client))["status"]["conditions"], "Ready") or {}
        assert told["status"] == verdict
    assert told["message"] == 'the status of pod readiness gate "example.com/gate" is not "True", but False'
