"""Owners and dependents on a real store."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, deployment, pod_template

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.client.protocol import DeleteOptions
from k9lite.engine.controllers.deployment.controller import DeploymentController
from k9lite.engine.controllers.garbage.collector import GarbageCollector
from k9lite.engine.controllers.replica_set.controller import ReplicaSetController


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    world.run(
        *(loop(client, informers, clock) for loop in (ReplicaSetController, DeploymentController, GarbageCollector))
    )
    return world


async def names(world: World) -> list[str]:
    found = [*await world.all(kinds.DEPLOYMENT), *await world.all(kinds.REPLICA_SET), *await world.all(kinds.POD)]
    return [obj.kind.kind for obj in found]


async def web(world: World) -> Object[Any]:
    created = await world.client.create(kinds.DEPLOYMENT, deployment("web", 2), "default")
    await world.settle()
    assert await names(world) == ["Deployment", "ReplicaSet", "Pod", "Pod"]
    return created


async def test_in_the_background_the_owner_goes_first(running: World, nodes: FakeNodes) -> None:
    await web(running)
    nodes.ends = False
    await running.client.delete(kinds.DEPLOYMENT, "web", "default")
    await running.settle()
    assert await names(running) == ["Pod", "Pod"]
    assert all(pod.deleting for pod in await running.all(kinds.POD))


async def test_in_the_foreground_it_goes_last(running: World, nodes: FakeNodes) -> None:
    await web(running)
    nodes.ends = False
    await running.client.delete(kinds.DEPLOYMENT, "web", "default", options=DeleteOptions(propagation="Foreground"))
    await running.settle()
    assert await names(running) == ["Deployment", "ReplicaSet", "Pod", "Pod"]
    for obj in [*await running.all(kinds.DEPLOYMENT), *await running.all(kinds.REPLICA_SET)]:
        assert obj.meta.finalizers == ["foregroundDeletion"]
    for pod in await running.all(kinds.POD):
        await nodes.end(pod)
    await running.settle()
    assert await names(running) == []


async def test_orphans_stay_and_are_adopted_again(running: World) -> None:
    await web(running)
    await running.client.delete(kinds.DEPLOYMENT, "web", "default", options=DeleteOptions(propagation="Orphan"))
    await running.settle()
    assert await names(running) == ["ReplicaSet", "Pod", "Pod"]
    [left] = await running.all(kinds.REPLICA_SET)
    assert not left.meta.ownerReferences
    pods = {pod.uid for pod in await running.all(kinds.POD)}

    again = await running.client.create(kinds.DEPLOYMENT, deployment("web", 2), "default")
    await running.settle()
    [adopted] = await running.all(kinds.REPLICA_SET)
    assert adopted.uid == left.uid
    assert adopted.meta.controller is not None
    assert adopted.meta.controller.uid == again.uid
    assert {pod.uid for pod in await running.all(kinds.POD)} == pods


def reference(owner: Object[Any], **more: Any) -> dict[str, Any]:
    return {"apiVersion": owner.kind.api_version, "kind": owner.kind.kind, "name": owner.name, "uid": owner.uid} | more


async def config_map(world: World, name: str, *owners: dict[str, Any], **metadata: Any) -> Object[Any]:
    body = {"metadata": {"name": name, **metadata}}
    if owners:
        body["metadata"]["ownerReferences"] = list(owners)
    return await world.client.create(kinds.CONFIG_MAP, body, metadata.get("namespace", "default"))


async def exists(world: World, name: str, namespace: str = "default") -> bool:
    return name in [obj.name for obj in await world.all(kinds.CONFIG_MAP, namespace)]


async def test_an_owner_that_never_was_counts_as_gone(running: World) -> None:
    ghost = {"apiVersion": "v1", "kind": "ConfigMap", "name": "ghost", "uid": "no-such-uid"}
    await config_map(running, "orphan", ghost)
    await running.settle()
    assert not await exists(running, "orphan")


async def test_one_living_owner_is_enough_and_the_others_are_dropped(running: World) -> None:
    one, two = await config_map(running, "one"), await config_map(running, "two")
    await config_map(running, "child", reference(one), reference(two))
    await running.client.delete(kinds.CONFIG_MAP, "one", "default")
    await running.settle()
    child = await running.client.get(kinds.CONFIG_MAP, "child", "default")
    assert [owner.name for owner in child.meta.ownerReferences or ()] == ["two"]
    await running.client.delete(kinds.CONFIG_MAP, "two", "default")
    await running.settle()
    assert not await exists(running, "child")


async def test_an_owner_made_anew_under_the_same_name_is_another(running: World) -> None:
    one = await config_map(running, "one")
    await config_map(running, "child", reference(one))
    await running.client.delete(kinds.CONFIG_MAP, "one", "default")
    await config_map(running, "one")
    await running.settle()
    assert not await exists(running, "child")


async def test_only_blocking_dependents_are_waited_for(running: World) -> None:
    owner = await config_map(running, "owner")
    held = {"finalizers": ["example.com/held"]}
    await config_map(running, "waits", reference(owner, blockOwnerDeletion=True), **held)
    await config_map(running, "left-behind", reference(owner), **held)
    foreground = DeleteOptions(propagation="Foreground")
    await running.client.delete(kinds.CONFIG_MAP, "owner", "default", options=foreground)
    await running.settle()
    assert await exists(running, "owner")
    await running.merge(
        await running.client.get(kinds.CONFIG_MAP, "waits", "default"), {"metadata": {"finalizers": None}}
    )
    await running.settle()
    assert not await exists(running, "owner")
    assert not await exists(running, "waits")
    assert (await running.client.get(kinds.CONFIG_MAP, "left-behind", "default")).deleting


async def test_a_circle_of_foreground_deletions_is_opened(running: World) -> None:
    one, two = await config_map(running, "one"), await config_map(running, "two")
    await running.merge(one, {"metadata": {"ownerReferences": [reference(two, blockOwnerDeletion=True)]}})
    await running.merge(two, {"metadata": {"ownerReferences": [reference(one, blockOwnerDeletion=True)]}})
    await running.client.delete(kinds.CONFIG_MAP, "one", "default", options=DeleteOptions(propagation="Foreground"))
    await running.settle()
    assert not await exists(running, "one")
    assert not await exists(running, "two")


async def test_an_owner_in_another_namespace_is_no_owner(running: World) -> None:
    elsewhere = await config_map(running, "owner", namespace="kube-public")
    child = await config_map(running, "child", reference(elsewhere))
    await running.settle()
    assert not await exists(running, "child")
    ref = f"[v1/ConfigMap, namespace: default, name: owner, uid: {elsewhere.uid}]"
    expected = f'OwnerRefInvalidNamespace x1: ownerRef {ref} does not exist in namespace "default"'
    assert await running.events() == [expected]
    assert child.namespace == "default"


async def test_owners_of_unknown_kinds_decide_nothing(running: World) -> None:
    await config_map(running, "child", {"apiVersion": "example.com/v1", "kind": "Zoo", "name": "z", "uid": "z"})
    await running.clock.advance(60)
    assert await exists(running, "child")


async def test_a_pod_with_an_owner_is_a_dependent_like_any(running: World) -> None:
    owner = await config_map(running, "owner")
    pod = {"metadata": {"name": "p", "ownerReferences": [reference(owner)]}, "spec": pod_template()["spec"]}
    await running.client.create(kinds.POD, pod, "default")
    await running.settle()
    assert len(await running.all(kinds.POD)) == 1
    await running.client.delete(kinds.CONFIG_MAP, "owner", "default")
    await running.settle()
    assert await running.all(kinds.POD) == []
