"""Deployments on a real store, with the ReplicaSet controller beneath them."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, deployment, pod_template

from k9lite.api import kinds
from k9lite.client.protocol import PatchType, WriteOptions
from k9lite.engine.controllers.deployment.controller import DeploymentController
from k9lite.engine.controllers.replica_set.controller import ReplicaSetController


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    world.run(ReplicaSetController(client, informers, clock), DeploymentController(client, informers, clock))
    return world


async def test_a_new_deployment_becomes_available(running: World) -> None:
    await running.client.create(kinds.DEPLOYMENT, deployment(), "default")
    await running.settle()

    [found] = await running.all(kinds.DEPLOYMENT)
    status = found.data()["status"]
    assert {
        name: status.get(name)
        for name in (
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
            "observedGeneration",
        )
    } == {
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "unavailableReplicas": None,
        "terminatingReplicas": 0,
        "observedGeneration": 1,
    }
    assert [(c["type"], c["status"], c["reason"]) for c in status["conditions"]] == [
        ("Available", "True", "MinimumReplicasAvailable"),
        ("Progressing", "True", "NewReplicaSetAvailable"),
    ]
    [replica_set] = await running.all(kinds.REPLICA_SET)
    assert found.annotations["deployment.kubernetes.io/revision"] == "1"
    assert replica_set.annotations == {
        "deployment.kubernetes.io/revision": "1",
        "deployment.kubernetes.io/desired-replicas": "3",
        "deployment.kubernetes.io/max-replicas": "4",
    }
    assert f"ScalingReplicaSet x1: Scaled up replica set {replica_set.name} from 0 to 3" in await running.events()


async def test_a_new_template_rolls_out(running: World) -> None:
    created = await running.client.create(kinds.DEPLOYMENT, deployment(), "default")
    await running.settle()
    await running.merge(created, {"spec": {"template": pod_template(image="web:v2")}})
    await running.settle()

    old, new = sorted(
        await running.all(kinds.REPLICA_SET), key=lambda s: s.annotations["deployment.kubernetes.io/revision"]
    )
    scalings = [event for event in await running.events() if event.startswith("Scaling")]
    assert scalings == [
        f"ScalingReplicaSet x1: Scaled up replica set {old.name} from 0 to 3",
        f"ScalingReplicaSet x1: Scaled up replica set {new.name} from 0 to 1",
        f"ScalingReplicaSet x1: Scaled down replica set {old.name} from 3 to 2",
        f"ScalingReplicaSet x1: Scaled up replica set {new.name} from 1 to 2",
        f"ScalingReplicaSet x1: Scaled down replica set {old.name} from 2 to 1",
        f"ScalingReplicaSet x1: Scaled up replica set {new.name} from 2 to 3",
        f"ScalingReplicaSet x1: Scaled down replica set {old.name} from 1 to 0",
    ]
    [found] = await running.all(kinds.DEPLOYMENT)
    assert found.annotations["deployment.kubernetes.io/revision"] == "2"
    assert len(await running.all(kinds.POD)) == 3


ZEROS: dict[str, Any] = {
    "tty": False,
    "args": [],
    "command": [],
    "stdin": False,
    "workingDir": "",
    "resources": {},
    "envFrom": [],
    "env": [{"name": "MODE", "value": ""}],
    "ports": [{"containerPort": 80, "hostPort": 0, "name": ""}],
    "livenessProbe": {"tcpSocket": {"port": 80, "host": ""}, "initialDelaySeconds": 0},
}


@pytest.mark.parametrize("type", [PatchType.APPLY, PatchType.MERGE, PatchType.STRATEGIC])
async def test_explicit_zero_values_roll_nothing(running: World, type: PatchType) -> None:
    body = deployment()
    pod = body["spec"]["template"]["spec"]
    pod |= {"hostNetwork": False, "nodeSelector": {}, "tolerations": [], "nodeName": "", "hostPID": False}
    pod["containers"][0] |= ZEROS
    body["spec"]["template"]["metadata"]["annotations"] = {}
    options = WriteOptions(manager="test", force=True)
    if type is not PatchType.APPLY:
        await start(running)
    before = len(await running.all(kinds.REPLICA_SET))
    for _ in range(3):
        body |= {"apiVersion": "apps/v1", "kind": "Deployment"}
        await running.client.patch(kinds.DEPLOYMENT, "web", body, type, "default", options=options)
        await running.settle()
    sets = await running.all(kinds.REPLICA_SET)
    assert len(sets) == before + 1
    assert sum(one.view.spec.replicas for one in sets) == 3


async def get(world: World) -> Any:
    return await world.client.get(kinds.DEPLOYMENT, "web", "default")


async def condition(world: World, type: str) -> tuple[str, str, str] | None:
    found = (await get(world)).data().get("status", {}).get("conditions", [])
    return next(((c["status"], c["reason"], c["message"]) for c in found if c["type"] == type), None)


async def change(world: World, **spec: Any) -> None:
    await world.merge(await get(world), {"spec": spec})
    await world.settle()


async def sizes(world: World) -> dict[str, int]:
    """Image -> the size of its ReplicaSet."""
    return {
        one.view.spec.template.spec.containers[0].image: one.view.spec.replicas
        for one in await world.all(kinds.REPLICA_SET)
    }


async def start(world: World, **spec: Any) -> None:
    await world.client.create(kinds.DEPLOYMENT, deployment(**spec), "default")
    await world.settle()


def v(number: int) -> dict[str, Any]:
    return pod_template(image=f"web:v{number}")


async def test_a_stuck_rollout_exceeds_its_deadline_and_still_succeeds_later(running: World, nodes: FakeNodes) -> None:
    await start(running, progressDeadlineSeconds=60)
    nodes.starts = False
    await change(running, template=v(2))
    assert await sizes(running) == {"web:v1": 3, "web:v2": 1}
    status, reason, message = await condition(running, "Progressing") or ("", "", "")
    assert (status, reason) == ("True", "ReplicaSetUpdated")
    assert message.endswith(" is progressing.")
    await running.clock.advance(62)
    status, reason, message = await condition(running, "Progressing") or ("", "", "")
    assert (status, reason) == ("False", "ProgressDeadlineExceeded")
    assert message.endswith(" has timed out progressing.")
    assert (await condition(running, "Available") or "")[0] == "True"

    nodes.starts = True
    [waiting] = [pod for pod in await running.all(kinds.POD) if not pod.view.spec.nodeName]
    await nodes.start(waiting)
    await running.settle()
    assert await sizes(running) == {"web:v1": 0, "web:v2": 3}
    assert (await condition(running, "Progressing") or ())[:2] == ("True", "NewReplicaSetAvailable")


async def test_without_a_deadline_there_is_no_progress_condition(running: World) -> None:
    await start(running, progressDeadlineSeconds=2**31 - 1)
    assert await condition(running, "Progressing") is None


async def test_paused_nothing_rolls_but_scaling_goes_on(running: World) -> None:
    await start(running)
    await change(running, paused=True)
    assert await condition(running, "Progressing") == ("Unknown", "DeploymentPaused", "Deployment is paused")
    await change(running, template=v(2), replicas=5)
    assert await sizes(running) == {"web:v1": 5}
    await change(running, paused=False)
    assert await sizes(running) == {"web:v1": 0, "web:v2": 5}
    assert (await condition(running, "Progressing") or ())[:2] == ("True", "NewReplicaSetAvailable")


async def test_recreate_waits_until_every_old_pod_is_gone(running: World, nodes: FakeNodes) -> None:
    await start(running, strategy={"type": "Recreate"})
    nodes.ends = False
    await change(running, template=v(2))
    assert await sizes(running) == {"web:v1": 0}
    for pod in await running.all(kinds.POD):
        assert await sizes(running) == {"web:v1": 0}
        await nodes.end(pod)
        await running.settle()
    assert await sizes(running) == {"web:v1": 0, "web:v2": 3}


async def test_a_rollout_that_is_overtaken_shrinks_all_that_is_old(running: World, nodes: FakeNodes) -> None:
    await start(running, replicas=10)
    nodes.starts = False
    await change(running, template=v(2))
    assert await sizes(running) == {"web:v1": 8, "web:v2": 5}
    nodes.starts = True
    await change(running, template=v(3))
    assert await sizes(running) == {"web:v1": 0, "web:v2": 0, "web:v3": 10}


@pytest.mark.parametrize(
    ("replicas", "bounds", "scaled_to", "left"),
    [(10, {"maxSurge": 3, "maxUnavailable": 2}, 4, 2), (7, {"maxSurge": "25%", "maxUnavailable": "25%"}, 5, 4)],
)
async def test_scaling_down_a_stuck_rollout_keeps_what_must_be_available(
    running: World, nodes: FakeNodes, replicas: int, bounds: dict[str, Any], scaled_to: int, left: int
) -> None:
    await start(running, replicas=replicas, strategy={"type": "RollingUpdate", "rollingUpdate": bounds})
    nodes.starts = False
    await change(running, template=v(2))
    await change(running, replicas=scaled_to)
    assert (await get(running)).view.status.availableReplicas == left
    assert (await sizes(running))["web:v1"] == left
    assert (await condition(running, "Available") or "")[0] == "True"


async def test_going_back_uses_the_old_set_under_a_new_revision(running: World) -> None:
    await start(running)
    await change(running, template=v(2))
    await change(running, template=v(1))
    assert await sizes(running) == {"web:v1": 3, "web:v2": 0}
    back = next(one for one in await running.all(kinds.REPLICA_SET) if one.view.spec.replicas)
    assert back.annotations["deployment.kubernetes.io/revision"] == "3"
    assert back.annotations["deployment.kubernetes.io/revision-history"] == "1"
    assert (await get(running)).annotations["deployment.kubernetes.io/revision"] == "3"


async def test_history_is_kept_to_its_limit(running: World) -> None:
    await start(running, revisionHistoryLimit=2)
    for number in range(2, 7):
        await change(running, template=v(number))
    assert await sizes(running) == {"web:v4": 0, "web:v5": 0, "web:v6": 3}


async def test_the_rollback_annotation_is_obeyed_and_removed(running: World) -> None:
    await start(running)
    await change(running, template=v(2))

    async def roll_back(to: str) -> None:
        await running.merge(
            await get(running), {"metadata": {"annotations": {"deprecated.deployment.rollback.to": to}}}
        )
        await running.settle()
        assert "deprecated.deployment.rollback.to" not in (await get(running)).annotations

    await roll_back("0")
    assert await sizes(running) == {"web:v1": 3, "web:v2": 0}
    await roll_back("3")
    await roll_back("9")
    said = [event for event in await running.events() if event.startswith("DeploymentRollback")]
    unchanged = 'The rollback revision contains the same template as current deployment "web"'
    assert said == [
        'DeploymentRollback x1: Rolled back deployment "web" to revision 1',
        f"DeploymentRollbackTemplateUnchanged x1: {unchanged}",
        "DeploymentRollbackRevisionNotFound x1: Unable to find the revision to rollback to.",
    ]


async def test_two_templates_of_one_hash_get_two_names(running: World) -> None:
    await start(running)
    [held] = await running.all(kinds.REPLICA_SET)
    # Somebody's set has the name that the next template would get.
    await running.client.delete(kinds.DEPLOYMENT, "web", "default")
    await running.merge(held, {"metadata": {"labels": {"app": "other"}, "ownerReferences": None}})
    await start(running)
    assert (await get(running)).data()["status"]["collisionCount"] == 1
    assert len(await running.all(kinds.REPLICA_SET)) == 2
    assert (await condition(running, "Available") or "")[0] == "True"


async def test_a_lost_pod_only_costs_availability(running: World, nodes: FakeNodes) -> None:
    await start(running, replicas=3)
    nodes.starts = False
    for pod in (await running.all(kinds.POD))[:1]:
        await running.client.delete(kinds.POD, pod.name, "default")
    await running.settle()
    assert await condition(running, "Available") == (
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
    )
    assert (await condition(running, "Progressing") or ())[:2] == ("True", "NewReplicaSetAvailable")
    assert (await get(running)).data()["status"]["unavailableReplicas"] == 1


async def test_annotations_of_the_deployment_reach_its_set(running: World) -> None:
    await start(running)
    await running.merge(await get(running), {"metadata": {"annotations": {"kubernetes.io/change-cause": "why"}}})
    await running.settle()
    [one] = await running.all(kinds.REPLICA_SET)
    assert one.annotations["kubernetes.io/change-cause"] == "why"


async def test_scaling_and_template_at_once(running: World) -> None:
    await start(running, replicas=2)
    await change(running, replicas=6, template=v(2))
    assert await sizes(running) == {"web:v1": 0, "web:v2": 6}
    await change(running, replicas=0)
    assert await sizes(running) == {"web:v1": 0, "web:v2": 0}
    assert (await get(running)).data()["status"].get("replicas") is None
    assert (await condition(running, "Available") or "")[0] == "True"
