"""StatefulSets on a real store: order, claims, revisions, adoption."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, pod_template

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.stateful_set.controller import StatefulSetController


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    world.run(StatefulSetController(client, informers, clock))
    return world


async def start(world: World, replicas: int = 3, **spec: Any) -> Object[Any]:
    body = {
        "metadata": {"name": "db"},
        "spec": {
            "serviceName": "db",
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "db"}},
            "template": pod_template("db"),
            "podManagementPolicy": "OrderedReady",
            "revisionHistoryLimit": 1,
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            **spec,
        },
    }
    created = await world.client.create(kinds.STATEFUL_SET, body, "default")
    await world.settle()
    return created


async def images(world: World) -> dict[str, str]:
    return {pod.name: pod.view.spec.containers[0].image for pod in await world.all(kinds.POD)}


async def set_image(world: World, owner: Object[Any], image: str) -> None:
    template = pod_template("db", image)
    await world.merge(owner, {"spec": {"template": template}})
    await world.settle()


async def test_pods_start_in_order_each_after_the_one_before(running: World, nodes: FakeNodes) -> None:
    nodes.starts = False
    await start(running)
    for number in range(3):
        pods = await running.all(kinds.POD)
        assert [pod.name for pod in pods] == [f"db-{n}" for n in range(number + 1)]
        await nodes.start(pods[-1])
        await running.settle()
    assert await running.events() == [
        f"SuccessfulCreate x1: Create Pod db-{n} in StatefulSet db successful" for n in range(3)
    ]


async def test_an_update_goes_from_the_last_to_the_first_and_an_undo_renumbers_the_revision(running: World) -> None:
    owner = await start(running)
    await set_image(running, owner, "web:v2")
    assert set((await images(running)).values()) == {"web:v2"}
    deleted = [event for event in await running.events() if event.startswith("SuccessfulDelete")]
    assert [event.split()[4] for event in deleted] == ["db-2", "db-1", "db-0"]
    revisions = await running.all(kinds.CONTROLLER_REVISION)
    assert sorted(revision.view.revision for revision in revisions) == [1, 2]
    await set_image(running, owner, "web:v1")
    revisions = await running.all(kinds.CONTROLLER_REVISION)
    assert sorted(revision.view.revision for revision in revisions) == [2, 3]
    assert set((await images(running)).values()) == {"web:v1"}


async def test_a_partition_keeps_the_pods_below_it_as_they_are_even_when_they_are_made_anew(running: World) -> None:
    owner = await start(running, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})
    await set_image(running, owner, "web:v2")
    assert await images(running) == {"db-0": "web:v1", "db-1": "web:v1", "db-2": "web:v2"}
    await running.client.delete(kinds.POD, "db-0", "default")
    await running.settle()
    assert (await images(running))["db-0"] == "web:v1"


async def test_only_as_many_old_revisions_stay_as_the_limit_says(running: World) -> None:
    owner = await start(running, replicas=1)
    for version in range(2, 6):
        await set_image(running, owner, f"web:v{version}")
    revisions = await running.all(kinds.CONTROLLER_REVISION)
    assert sorted(revision.view.revision for revision in revisions) == [4, 5]


async def test_claims_are_made_with_the_pod_and_kept_or_deleted_as_the_policy_says(running: World) -> None:
    template = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    owner = await start(
        running,
        replicas=2,
        volumeClaimTemplates=[template],
        persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete", "whenScaled": "Delete"},
    )
    claims = await running.all(kinds.PERSISTENT_VOLUME_CLAIM)
    assert [claim.name for claim in claims] == ["data-db-0", "data-db-1"]
    assert {claim.meta.ownerReferences[0].kind for claim in claims if claim.meta.ownerReferences} == {"StatefulSet"}
    await running.merge(owner, {"spec": {"replicas": 1}})
    await running.settle()
    [_, condemned] = await running.all(kinds.PERSISTENT_VOLUME_CLAIM)
    [reference] = condemned.meta.ownerReferences or []
    assert (reference.kind, reference.name) == ("Pod", "db-1")


async def test_a_pod_that_failed_is_made_anew_under_its_name(running: World, nodes: FakeNodes) -> None:
    await start(running, replicas=1)
    [before] = await running.all(kinds.POD)
    await nodes.report(before, ready=False, phase="Failed")
    await running.settle()
    [after] = await running.all(kinds.POD)
    assert (after.name, after.uid != before.uid) == ("db-0", True)
