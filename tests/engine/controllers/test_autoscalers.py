"""Autoscalers on a real store: what they write, where their metrics are and where they are not."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, deployment

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.client.streams import Usage
from k9lite.engine.controllers.autoscaler.controller import PERIOD, HorizontalPodAutoscalerController
from k9lite.engine.controllers.deployment.controller import DeploymentController
from k9lite.engine.controllers.replica_set.controller import ReplicaSetController


class MeasuredPods:
    """Pods whose containers use `cpu` cores each; None: nothing is known of them."""

    cpu: float | None = 0.01

    async def usage(self, namespace: str, pod: str) -> dict[str, Usage]:
        if self.cpu is None:
            raise StatusError("NotFound", pod)
        return {"c": Usage(self.cpu, 64 * 1024**2)}


@pytest.fixture
def streams() -> MeasuredPods:
    return MeasuredPods()


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    loops = (HorizontalPodAutoscalerController, DeploymentController, ReplicaSetController)
    world.run(*(loop(client, informers, clock) for loop in loops))
    body = deployment(replicas=2)
    body["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "100m"}}
    await world.client.create(kinds.DEPLOYMENT, body, "default")
    await world.clock.advance(60)
    return world


async def autoscale(world: World, target: str = "web", **spec: Any) -> None:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}
    body = {"metadata": {"name": "h"}, "spec": {"scaleTargetRef": reference, "maxReplicas": 8, **spec}}
    await world.client.create(kinds.HORIZONTAL_POD_AUTOSCALER, body, "default")
    await look(world)


async def look(world: World, times: int = 1) -> None:
    await world.clock.advance(PERIOD * times + 0.5)


async def status(world: World) -> dict[str, Any]:
    autoscaler = await world.client.get(kinds.HORIZONTAL_POD_AUTOSCALER, "h", "default")
    current: dict[str, Any] = autoscaler.data()["status"]
    return current


async def reasons(world: World) -> dict[str, tuple[str, str]]:
    return {each["type"]: (each["status"], each["reason"]) for each in (await status(world))["conditions"]}


async def replicas(world: World) -> int:
    scaled = await world.client.get(kinds.DEPLOYMENT, "web", "default")
    number: int = scaled.data()["spec"].get("replicas", 0)
    return number


def cpu(percent: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


async def test_busy_pods_get_help_until_there_are_as_many_as_allowed(running: World, streams: MeasuredPods) -> None:
    await running.clock.advance(300)  # until the processor use of the pods' start is past
    streams.cpu = 0.09
    await autoscale(running, metrics=[cpu(50)], maxReplicas=3)
    assert await replicas(running) == 3
    current = await status(running)
    assert (current["currentReplicas"], current["desiredReplicas"]) == (2, 3)
    value = {"averageUtilization": 90, "averageValue": "90m"}
    assert current["currentMetrics"] == [{"type": "Resource", "resource": {"name": "cpu", "current": value}}]
    assert await reasons(running) == {
        "AbleToScale": ("True", "SucceededRescale"),
        "ScalingActive": ("True", "ValidMetricFound"),
        "ScalingLimited": ("True", "TooManyReplicas"),
    }
    why = "cpu resource utilization (percentage of request) above target"
    assert f"SuccessfulRescale x1: New size: 3; reason: {why}" in await running.events()


async def test_idle_pods_go_once_the_window_is_over(running: World, streams: MeasuredPods) -> None:
    await autoscale(running, metrics=[cpu(50)])
    assert (await reasons(running))["AbleToScale"] == ("True", "ScaleDownStabilized")
    await look(running, 18)
    assert await replicas(running) == 2
    await look(running, 2)
    assert await replicas(running) == 1
    assert "SuccessfulRescale x1: New size: 1; reason: All metrics below target" in await running.events()


async def test_bounds_hold_without_metrics(running: World, streams: MeasuredPods) -> None:
    streams.cpu = None
    await autoscale(running, minReplicas=3, metrics=[cpu(50)])
    assert await replicas(running) == 3
    why = "Current number of replicas below Spec.MinReplicas"
    assert f"SuccessfulRescale x1: New size: 3; reason: {why}" in await running.events()
    await look(running)
    why = (
        "failed to get cpu utilization: unable to get metrics for resource cpu: "
        "no metrics returned from resource metrics API"
    )
    assert (await reasons(running))["ScalingActive"] == ("False", "FailedGetResourceMetric")
    assert (await status(running))["currentMetrics"] == [{"type": ""}]
    told = await running.events()
    assert f"FailedGetResourceMetric x1: {why}" in told
    counts = "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value"
    assert f"FailedComputeMetricsReplicas x1: {counts}: {why}" in told


async def test_metrics_of_adapters_are_refused_as_where_there_is_none(running: World) -> None:
    value = {"type": "AverageValue", "averageValue": "10"}
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "main"}
    selected = {"name": "queue", "selector": {"matchLabels": {"q": "a"}}}
    await autoscale(
        running,
        metrics=[
            {"type": "Pods", "pods": {"metric": {"name": "hits"}, "target": value}},
            {"type": "External", "external": {"metric": selected, "target": value}},
            {"type": "Object", "object": {"describedObject": ingress, "metric": {"name": "n"}, "target": value}},
        ],
    )
    custom = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered"
    selector = "&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}"
    missing = "the server could not find the requested resource (get queue.external.metrics.k8s.io)"
    external = f"default/queue/{selector}: unable to fetch metrics from external metrics API: {missing}"
    told = await running.events()
    assert f"FailedGetPodsMetric x1: unable to get metric hits: {custom}" in told
    assert f"FailedGetExternalMetric x1: unable to get external metric {external}" in told
    assert f"FailedGetObjectMetric x1: unable to get metric n: Ingress on default main/{custom}" in told
    assert await replicas(running) == 2


async def test_a_target_that_is_missing_or_off(running: World) -> None:
    await autoscale(running, target="nothere")
    assert await reasons(running) == {"AbleToScale": ("False", "FailedGetScale")}
    assert 'FailedGetScale x1: deployments.apps "nothere" not found' in await running.events()
    autoscaler = await running.client.get(kinds.HORIZONTAL_POD_AUTOSCALER, "h", "default")
    await running.merge(autoscaler, {"spec": {"scaleTargetRef": {"name": "web"}}})
    await running.merge(await running.client.get(kinds.DEPLOYMENT, "web", "default"), {"spec": {"replicas": 0}})
    await look(running)
    assert (await reasons(running))["ScalingActive"] == ("False", "ScalingDisabled")
    assert await replicas(running) == 0
