"""ReplicaSets on a real store: claiming, scaling, reporting."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, pod_template

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.errors import forbidden
from k9lite.api.object import Object
from k9lite.engine.controllers.replica_set.controller import ReplicaSetController


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    world.run(ReplicaSetController(client, informers, clock))
    return world


def body(name: str = "web", replicas: int = 2, **spec: Any) -> dict[str, Any]:
    selector = {"matchLabels": {"app": "web"}}
    return {
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": selector, "template": pod_template("web"), **spec},
    }


async def start(world: World, **spec: Any) -> Object[Any]:
    created = await world.client.create(kinds.REPLICA_SET, body(**spec), "default")
    await world.settle()
    return created


async def status(world: World, name: str = "web") -> dict[str, Any]:
    found = await world.client.get(kinds.REPLICA_SET, name, "default")
    return found.data()["status"]


async def test_pods_are_created_owned_and_counted(running: World) -> None:
    owner = await start(running)
    pods = await running.all(kinds.POD)
    assert len(pods) == 2
    for pod in pods:
        assert pod.name.startswith("web-")
        [reference] = pod.data()["metadata"]["ownerReferences"]
        assert reference == {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "name": "web",
            "uid": owner.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }
    assert await status(running) == {
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "terminatingReplicas": 0,
        "observedGeneration": 1,
    }
    assert sorted(await running.events()) == sorted(f"SuccessfulCreate x1: Created pod: {pod.name}" for pod in pods)


async def test_a_pod_that_loses_its_label_lives_on_and_is_replaced(running: World) -> None:
    owner = await start(running)
    [first, _] = await running.all(kinds.POD)
    await running.merge(first, {"metadata": {"labels": {"app": "lost"}}})
    await running.settle()
    pods = await running.all(kinds.POD)
    assert len(pods) == 3
    lost = await running.client.get(kinds.POD, first.name, "default")
    assert not lost.meta.ownerReferences
    assert (await status(running))["replicas"] == 2

    await running.merge(lost, {"metadata": {"labels": {"app": "web"}}})  # back again: one too many
    await running.settle()
    pods = await running.all(kinds.POD)
    assert len(pods) == 2
    assert all(pod.meta.controller is not None and pod.meta.controller.uid == owner.uid for pod in pods)


async def test_bare_pods_are_adopted_and_surplus_ones_deleted(running: World) -> None:
    for number in range(3):
        bare = {"metadata": {"name": f"bare-{number}", **pod_template("web")["metadata"]}}
        await running.client.create(kinds.POD, bare | {"spec": pod_template()["spec"]}, "default")
    await running.settle()
    await start(running)
    assert sorted(pod.name.partition("-")[0] for pod in await running.all(kinds.POD)) == ["bare", "bare"]
    [event] = await running.events()
    assert event.startswith("SuccessfulDelete x1: Deleted pod: bare-")


async def test_two_sets_with_the_same_selector_do_not_steal(running: World) -> None:
    await start(running)
    await running.client.create(kinds.REPLICA_SET, body("twin", 1), "default")
    await running.settle()
    assert sorted(pod.name.partition("-")[0] for pod in await running.all(kinds.POD)) == ["twin", "web", "web"]


async def test_a_terminating_pod_is_replaced_at_once_and_counted_apart(running: World, nodes: FakeNodes) -> None:
    await start(running)
    nodes.ends = False
    [first, _] = await running.all(kinds.POD)
    await running.client.delete(kinds.POD, first.name, "default")
    await running.settle()
    assert len(await running.all(kinds.POD)) == 3
    told = await status(running)
    assert (told["replicas"], told["readyReplicas"], told["terminatingReplicas"]) == (2, 2, 1)


async def test_ended_pods_are_replaced_but_not_removed(running: World, nodes: FakeNodes) -> None:
    await start(running)
    [first, _] = await running.all(kinds.POD)
    await nodes.report(first, ready=False, phase="Failed")
    await running.settle()
    assert len(await running.all(kinds.POD)) == 3
    assert (await status(running))["replicas"] == 2


async def test_pods_count_as_available_only_after_min_ready_seconds(running: World, clock: ManualClock) -> None:
    await start(running, minReadySeconds=30)
    told = await status(running)
    assert (told["readyReplicas"], told.get("availableReplicas")) == (2, None)
    await clock.advance(31)
    assert (await status(running))["availableReplicas"] == 2


async def test_refused_pods_are_reported_tried_again_and_forgotten(
    running: World, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, tries = running.client.create, []

    async def refuse(kind: Any, *arguments: Any, **options: Any) -> Any:
        if kind is kinds.POD:
            tries.append(kind)
            raise forbidden("", "pods", "web-x", "exceeded quota: q")
        return await create(kind, *arguments, **options)

    monkeypatch.setattr(running.client, "create", refuse)
    await start(running, replicas=100)
    [condition] = (await status(running))["conditions"]
    message = 'pods "web-x" is forbidden: exceeded quota: q'
    assert (condition["type"], condition["reason"], condition["message"]) == ("ReplicaFailure", "FailedCreate", message)
    assert 1 < len(tries) < 8  # one try per look: what fails for the first pod is not tried for the others
    assert (await running.events()) == [f"FailedCreate x{len(tries)}: Error creating: {message}"]

    monkeypatch.undo()
    await clock.advance(1)
    told = await status(running)
    assert told["replicas"] == 100
    assert "conditions" not in told


async def test_a_set_that_is_being_deleted_creates_and_adopts_nothing(running: World) -> None:
    created = await running.client.create(
        kinds.REPLICA_SET, body() | {"metadata": {"name": "web", "finalizers": ["example.com/held"]}}, "default"
    )
    await running.client.delete(kinds.REPLICA_SET, created.name, "default")
    await running.settle()
    assert await running.all(kinds.POD) == []


async def test_many_pods_are_created_in_one_go_and_scaled_down_again(running: World) -> None:
    owner = await start(running, replicas=1200)
    assert (await status(running))["readyReplicas"] == 1200
    await running.merge(owner, {"spec": {"replicas": 3}})
    await running.settle()
    assert len(await running.all(kinds.POD)) == 3
