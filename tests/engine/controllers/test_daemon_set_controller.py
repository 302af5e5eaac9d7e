"""DaemonSets on a real store: nodes that come, go and change, updates, failing pods."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, pod_template

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.daemon_set.controller import DaemonSetController
from k9lite.engine.controllers.daemon_set.template import target_node


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    nodes.starts = False
    for name in ("a", "b"):
        await add_node(world, name)
    world.run(DaemonSetController(client, informers, clock))
    return world


async def add_node(world: World, name: str) -> None:
    """A node that is ready: a new one has a taint until then."""
    node = await world.client.create(kinds.NODE, {"metadata": {"name": name}})
    await world.merge(node, {"spec": {"taints": None}})


async def start(world: World, **spec: Any) -> Object[Any]:
    body = {
        "metadata": {"name": "agent"},
        "spec": {"selector": {"matchLabels": {"app": "agent"}}, "template": pod_template("agent"), **spec},
    }
    created = await world.client.create(kinds.DAEMON_SET, body, "default")
    await world.settle()
    return created


async def targets(world: World) -> list[str]:
    return sorted(target_node(pod) for pod in await world.all(kinds.POD))


async def bind_and_start(world: World, nodes: FakeNodes) -> None:
    for pod in await world.all(kinds.POD):
        if not pod.view.spec.nodeName:
            body = {"target": {"kind": "Node", "name": target_node(pod)}, "metadata": {"name": pod.name}}
            await world.client.create_subresource(kinds.POD, pod.name, "binding", body, pod.namespace)
            await nodes.report(await world.client.get(kinds.POD, pod.name, pod.namespace), ready=True)
    await world.settle()


async def test_nodes_that_come_and_change_get_and_lose_their_pod(running: World, nodes: FakeNodes) -> None:
    await start(running)
    assert await targets(running) == ["a", "b"]
    await add_node(running, "c")
    await running.settle()
    assert await targets(running) == ["a", "b", "c"]
    await bind_and_start(running, nodes)
    node = await running.client.get(kinds.NODE, "c")
    await running.merge(node, {"spec": {"taints": [{"key": "k", "effect": "NoExecute"}]}})
    await running.settle()
    assert await targets(running) == ["a", "b"]


async def test_an_update_replaces_one_node_after_the_other(running: World, nodes: FakeNodes) -> None:
    owner = await start(running)
    await bind_and_start(running, nodes)
    await running.merge(owner, {"spec": {"template": pod_template("agent", "web:v2")}})
    await running.settle()
    pods = await running.all(kinds.POD)
    assert sorted(pod.view.spec.containers[0].image for pod in pods) == ["web:v1", "web:v2"]
    await bind_and_start(running, nodes)
    await bind_and_start(running, nodes)
    pods = await running.all(kinds.POD)
    assert {pod.view.spec.containers[0].image for pod in pods} == {"web:v2"}
    assert {pod.labels["pod-template-generation"] for pod in pods} == {"2"}
    status = (await running.client.get(kinds.DAEMON_SET, "agent", "default")).data()["status"]
    assert (status["numberAvailable"], status["updatedNumberScheduled"], status["observedGeneration"]) == (2, 2, 2)


async def test_a_pod_that_keeps_failing_is_replaced_ever_more_slowly(
    running: World, nodes: FakeNodes, clock: Any
) -> None:
    await running.client.delete(kinds.NODE, "b")
    await start(running)
    replaced = []
    for _ in range(4):
        await bind_and_start(running, nodes)
        [pod] = await running.all(kinds.POD)
        await nodes.report(pod, ready=False, phase="Failed")
        begun = clock.now()
        while [one.uid for one in await running.all(kinds.POD)] == [pod.uid]:
            await clock.advance(0.5)
        replaced.append(round(clock.now() - begun))
    assert replaced == sorted(replaced)
    assert replaced[-1] >= 3
    assert "FailedDaemonPod" in " ".join(await running.events())
