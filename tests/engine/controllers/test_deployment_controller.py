"""Deployments on a real store, with the ReplicaSet controller beneath them."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, deployment, pod_template

from k9lite.api import kinds
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
    assert {name: status.get(name) for name in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
            "unavailableReplicas", "terminatingReplicas", "observedGeneration")} == {
        "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
        "unavailableReplicas": None, "terminatingReplicas": 0, "observedGeneration": 1,
    }  # fmt: skip
    assert [(c["type"], c["status"], c["reason"]) for c in status["conditions"]] == [
        ("Available", "True", "MinimumReplicasAvailable"), ("Progressing", "True", "NewReplicaSetAvailable"),
    ]  # fmt: skip
    [replica_set] = await running.all(kinds.REPLICA_SET)
    assert found.annotations["deployment.kubernetes.io/revision"] == "1"
    assert replica_set.annotations == {
        "deployment.kubernetes.io/revision": "1", "deployment.kubernetes.io/desired-replicas": "3",
        "deployment.kubernetes.io/max-replicas": "4",
    }  # fmt: skip
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
