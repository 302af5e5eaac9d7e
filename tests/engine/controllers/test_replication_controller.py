"""ReplicationControllers: the core of ReplicaSets under their older kind."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, pod_template

from k9lite.api import kinds
from k9lite.api.errors import forbidden
from k9lite.engine.controllers.replica_set.controller import ReplicaSetController, ReplicationControllerController


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    world.run(ReplicationControllerController(client, informers, clock), ReplicaSetController(client, informers, clock))
    return world


def body(replicas: int = 2, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web"}, "spec": {"replicas": replicas, "template": pod_template("web"), **spec}}


async def status(world: World) -> dict[str, Any]:
    found = await world.client.get(kinds.REPLICATION_CONTROLLER, "web", "default")
    return found.data()["status"]


async def test_its_pods_are_created_and_counted(running: World) -> None:
    owner = await running.client.create(kinds.REPLICATION_CONTROLLER, body(), "default")
    assert owner.data()["spec"]["selector"] == {"app": "web"}  # that of its template
    await running.settle()
    pods = await running.all(kinds.POD)
    assert [pod.meta.controller.kind for pod in pods] == ["ReplicationController"] * 2
    assert await status(running) == {
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "observedGeneration": 1,
    }
    events = (await running.client.list(kinds.EVENT)).items
    assert {(one.view.reason, one.view.source.component) for one in events} == {
        ("SuccessfulCreate", "replication-controller")
    }


async def test_it_is_scaled(running: World) -> None:
    owner = await running.client.create(kinds.REPLICATION_CONTROLLER, body(), "default")
    await running.settle()
    await running.merge(owner, {"spec": {"replicas": 1}}, "scale")
    await running.settle()
    assert len(await running.all(kinds.POD)) == 1
    assert (await status(running))["replicas"] == 1


async def test_it_adopts_and_releases(running: World) -> None:
    orphan = {"metadata": {"name": "orphan", "labels": {"app": "web"}}, "spec": pod_template("web")["spec"]}
    await running.client.create(kinds.POD, orphan, "default")
    owner = await running.client.create(kinds.REPLICATION_CONTROLLER, body(1), "default")
    await running.settle()
    [pod] = await running.all(kinds.POD)
    assert (pod.name, pod.meta.controller.uid) == ("orphan", owner.uid)
    await running.merge(pod, {"metadata": {"labels": {"app": "other"}}})
    await running.settle()
    assert {one.name: one.meta.controller is not None for one in await running.all(kinds.POD)}["orphan"] is False
    assert len(await running.all(kinds.POD)) == 2


async def test_what_cannot_be_created_is_told(running: World, monkeypatch: pytest.MonkeyPatch) -> None:
    create = running.client.create

    async def refused(kind: Any, *args: Any, **more: Any) -> Any:
        if kind is kinds.POD:
            raise forbidden("", "pods", "web-", "exceeded quota: q")
        return await create(kind, *args, **more)

    monkeypatch.setattr(running.client, "create", refused)
    await running.client.create(kinds.REPLICATION_CONTROLLER, body(), "default")
    await running.settle()
    [condition] = (await status(running))["conditions"]
    assert (condition["type"], condition["status"], condition["reason"]) == ("ReplicaFailure", "True", "FailedCreate")
    assert "exceeded quota" in condition["message"]
