"""Quotas count what there is, and what goes."""

from controller_world import FakeNodes, World

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.object import Data
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client
from k9lite.engine.controllers.resource_quota import ResourceQuotaController

POD: Data = {
    "spec": {"containers": [{"name": "c", "image": "x", "resources": {"requests": {"memory": "64Mi"}}}]},
}


async def used(world: World) -> Data:
    (quota,) = await world.all(kinds.RESOURCE_QUOTA)
    status: Data = quota.data()["status"]
    return status["used"]


async def test_counts_what_is_there_and_what_goes(
    world: World, nodes: FakeNodes, client: Client, informers: Informers, clock: ManualClock
) -> None:
    world.run(ResourceQuotaController(client, informers, clock))
    for name in ("a", "b"):
        await client.create(kinds.POD, POD | {"metadata": {"name": name}}, "default")
    hard = {"pods": "5", "requests.memory": "1Gi", "count/configmaps": "3", "count/deployments.apps": "1"}
    await client.create(kinds.RESOURCE_QUOTA, {"metadata": {"name": "q"}, "spec": {"hard": hard}}, "default")
    await world.settle()
    (quota,) = await world.all(kinds.RESOURCE_QUOTA)
    assert quota.data()["status"] == {
        "hard": hard,
        "used": {"pods": "2", "requests.memory": "128Mi", "count/configmaps": "0", "count/deployments.apps": "0"},
    }
    await client.create(kinds.CONFIG_MAP, {"metadata": {"name": "c"}}, "default")
    assert (await used(world))["count/configmaps"] == "1"  # charged by admission
    await client.delete(kinds.POD, "a", "default")
    await client.delete(kinds.CONFIG_MAP, "c", "default")
    await world.settle()
    assert await used(world) == {
        "pods": "1",
        "requests.memory": "64Mi",
        "count/configmaps": "0",
        "count/deployments.apps": "0",
    }
    (pod,) = await world.all(kinds.POD)
    await nodes.report(pod, ready=False, phase="Succeeded")
    await world.settle()
    assert (await used(world))["pods"] == "0"


async def test_new_limits_are_counted_anew(
    world: World, client: Client, informers: Informers, clock: ManualClock
) -> None:
    world.run(ResourceQuotaController(client, informers, clock))
    quota = await client.create(
        kinds.RESOURCE_QUOTA, {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "1"}}}, "default"
    )
    await world.settle()
    await world.merge(quota, {"spec": {"hard": {"pods": "2", "secrets": "1"}}})
    await world.settle()
    (quota,) = await world.all(kinds.RESOURCE_QUOTA)
    assert quota.data()["status"] == {"hard": {"pods": "2", "secrets": "1"}, "used": {"pods": "0", "secrets": "0"}}
