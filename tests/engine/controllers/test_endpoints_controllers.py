"""Services and what stands behind them, on a real store."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, pod_template

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.engine.controllers.endpoints.endpoints_controller import EndpointsController
from k9lite.engine.controllers.endpoints.mirroring import EndpointSliceMirroringController
from k9lite.engine.controllers.endpoints.slice_controller import EndpointSliceController


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    loops = (EndpointSliceController, EndpointsController, EndpointSliceMirroringController)
    world.run(*(loop(client, informers, clock) for loop in loops))
    for number in range(3):
        labels = {"topology.kubernetes.io/zone": f"z{number}"}
        await client.create(kinds.NODE, {"metadata": {"name": f"node-{number}", "labels": labels}})
    return world


async def serve(world: World, name: str = "web", **spec: Any) -> Object[Any]:
    ports = [{"port": 80, "targetPort": "http"}]
    body = {"metadata": {"name": name}, "spec": {"selector": {"app": "web"}, "ports": ports, **spec}}
    created = await world.client.create(kinds.SERVICE, body, "default")
    await world.settle()
    return created


async def run_pods(world: World, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        await world.client.create(
            kinds.POD, pod_template() | {"metadata": {"name": f"p{number:03}", "labels": {"app": "web"}}}, "default"
        )
    await world.clock.advance(2)


async def addresses(world: World, kind: Any = kinds.ENDPOINT_SLICE) -> list[str]:
    """Names of the pods that are ready, by slice or by Endpoints."""
    if kind is kinds.ENDPOINTS:
        found = [a for e in await world.all(kind) for s in e.data().get("subsets", ()) for a in s.get("addresses", ())]
    else:
        found = [
            e for one in await world.all(kind) for e in one.data().get("endpoints") or () if e["conditions"]["ready"]
        ]
    return sorted(one["targetRef"]["name"] for one in found)


async def test_pods_come_and_go(running: World, nodes: FakeNodes) -> None:
    service = await serve(running)
    [placeholder] = await running.all(kinds.ENDPOINT_SLICE)
    assert not placeholder.data().get("endpoints")
    assert placeholder.name.startswith("web-")
    await run_pods(running, 2)
    for kind in (kinds.ENDPOINT_SLICE, kinds.ENDPOINTS):
        assert await addresses(running, kind) == ["p000", "p001"]
    [found] = await running.all(kinds.ENDPOINT_SLICE)
    assert found.uid == placeholder.uid  # filled, not replaced
    assert found.meta.controller is not None
    assert found.meta.controller.uid == service.uid
    assert found.data()["ports"] == [{"name": "", "port": 8080, "protocol": "TCP"}]
    assert {e["zone"] for e in found.data()["endpoints"]} <= {"z0", "z1", "z2"}

    pod = await running.client.get(kinds.POD, "p000", "default")
    await nodes.report(pod, ready=False)
    await running.settle()
    assert await addresses(running) == ["p001"]
    assert await addresses(running, kinds.ENDPOINTS) == ["p001"]
    await running.merge(pod, {"metadata": {"labels": {"app": "other"}}})
    await running.client.delete(kinds.POD, "p001", "default")
    await running.settle()
    assert not (await running.all(kinds.ENDPOINT_SLICE))[0].data().get("endpoints")


async def test_nothing_is_written_when_nothing_changes(running: World) -> None:
    await serve(running)
    await run_pods(running, 2)
    before = [one.revision for kind in (kinds.ENDPOINT_SLICE, kinds.ENDPOINTS) for one in await running.all(kind)]
    await running.merge(
        await running.client.get(kinds.POD, "p000", "default"), {"metadata": {"annotations": {"a": "b"}}}
    )
    await running.merge(
        await running.client.get(kinds.SERVICE, "web", "default"), {"spec": {"sessionAffinity": "ClientIP"}}
    )
    await running.settle()
    after = [one.revision for kind in (kinds.ENDPOINT_SLICE, kinds.ENDPOINTS) for one in await running.all(kind)]
    assert after == before


async def test_many_pods_fill_slices_of_a_hundred(running: World) -> None:
    await serve(running)
    await run_pods(running, 230)
    sizes = [len(one.data()["endpoints"]) for one in await running.all(kinds.ENDPOINT_SLICE)]
    assert max(sizes) <= 100
    assert sum(sizes) == 230
    assert len(await addresses(running, kinds.ENDPOINTS)) == 230


async def test_pods_of_a_node_that_is_gone_are_not_served(running: World) -> None:
    await serve(running)
    await run_pods(running, 3)
    await running.client.delete(kinds.NODE, "node-1")
    await running.settle()
    assert len(await addresses(running)) == 2


async def test_what_others_do_to_slices_and_endpoints_is_undone(running: World) -> None:
    await serve(running)
    await run_pods(running, 2)
    [held] = await running.all(kinds.ENDPOINT_SLICE)
    await running.client.delete(kinds.ENDPOINT_SLICE, held.name, "default")
    await running.client.delete(kinds.ENDPOINTS, "web", "default")
    await running.settle()
    assert await addresses(running) == await addresses(running, kinds.ENDPOINTS) == ["p000", "p001"]


async def test_without_its_service_the_endpoints_object_goes(running: World) -> None:
    await serve(running)
    await running.client.delete(kinds.SERVICE, "web", "default")
    await running.settle()
    assert await running.all(kinds.ENDPOINTS) == []


async def test_hand_written_endpoints_are_mirrored(running: World) -> None:
    await serve(running, "database", selector=None)
    body = {
        "metadata": {"name": "database", "labels": {"team": "x"}},
        "subsets": [
            {
                "addresses": [{"ip": "192.0.2.1"}, {"ip": "192.0.2.2", "hostname": "h"}],
                "notReadyAddresses": [{"ip": "192.0.2.3"}],
                "ports": [{"port": 5432, "protocol": "TCP"}],
            }
        ],
    }
    written = await running.client.create(kinds.ENDPOINTS, body, "default")
    await running.settle()
    [mirror] = await running.all(kinds.ENDPOINT_SLICE)
    data = mirror.data()
    assert data["endpoints"] == [
        {"addresses": ["192.0.2.1"], "conditions": {"ready": True}},
        {"addresses": ["192.0.2.2"], "conditions": {"ready": True}, "hostname": "h"},
        {"addresses": ["192.0.2.3"], "conditions": {"ready": False}},
    ]
    assert data["ports"] == [{"name": "", "port": 5432, "protocol": "TCP"}]
    assert data["metadata"]["labels"] == {
        "team": "x",
        "kubernetes.io/service-name": "database",
        "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
    }
    await running.settle()
    assert [one.revision for one in await running.all(kinds.ENDPOINT_SLICE)] == [mirror.revision]
    await running.merge(written, {"metadata": {"labels": {"endpointslice.kubernetes.io/skip-mirror": "true"}}})
    await running.settle()
    assert await running.all(kinds.ENDPOINT_SLICE) == []
