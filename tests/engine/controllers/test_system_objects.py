"""What every cluster has comes back."""

import ipaddress
from typing import Any

import pytest
from controller_world import World

from k9lite.api import kinds, system_objects
from k9lite.api.errors import StatusError
from k9lite.engine.apiserver import bootstrap
from k9lite.engine.controllers import restoring
from k9lite.engine.controllers.endpoints.endpoints_controller import EndpointsController
from k9lite.engine.controllers.endpoints.slice_controller import EndpointSliceController
from k9lite.engine.controllers.namespaces import NamespaceController
from k9lite.engine.controllers.restoring import SystemObjectsController

SERVICES = ipaddress.ip_network("127.96.0.0/16")


@pytest.fixture
async def running(world: World, server: Any, client: Any, informers: Any, clock: Any) -> World:
    bootstrap.publish(server, "127.244.0.1", 6443)
    of = (client, informers, clock)
    services, endpoints = system_objects.services(client.kinds, SERVICES), system_objects.endpoints("127.244.0.1", 6443)
    world.run(
        SystemObjectsController(*of, restoring.OF_NAMESPACES, system_objects.namespaces()),
        SystemObjectsController(*of, restoring.OF_SERVICES, services),
        SystemObjectsController(*of, restoring.OF_SERVICES, endpoints, enforced=True),
        *(loop(*of) for loop in (NamespaceController, EndpointSliceController, EndpointsController)),
    )
    await world.settle()
    return world


@pytest.mark.parametrize("kind", [kinds.SERVICE, kinds.ENDPOINTS, kinds.ENDPOINT_SLICE])
async def test_the_way_to_the_api_server_is_there_again_within_ten_seconds(running: World, kind: Any) -> None:
    before = await running.client.get(kind, "kubernetes", "default")
    await running.client.delete(kind, "kubernetes", "default")
    await running.settle()
    with pytest.raises(StatusError, match="not found"):
        await running.client.get(kind, "kubernetes", "default")
    await running.clock.advance(10)
    after = await running.client.get(kind, "kubernetes", "default")
    assert after.uid != before.uid
    unlike = {"metadata"}
    assert {k: v for k, v in after.data().items() if k not in unlike} == {
        k: v for k, v in before.data().items() if k not in unlike
    }
    assert after.labels == before.labels


async def test_its_endpoints_are_what_they_should_be(running: World) -> None:
    endpoints = await running.client.get(kinds.ENDPOINTS, "kubernetes", "default")
    await running.merge(endpoints, {"subsets": [{"addresses": [{"ip": "127.244.0.9"}], "ports": [{"port": 1}]}]})
    await running.clock.advance(11)
    restored = await running.client.get(kinds.ENDPOINTS, "kubernetes", "default")
    assert restored.data()["subsets"] == endpoints.data()["subsets"]


async def test_nothing_is_written_while_nothing_is_missing(running: World) -> None:
    objects = [(kinds.SERVICE, "default"), (kinds.ENDPOINTS, "default"), (kinds.ENDPOINT_SLICE, "default")]
    before = [(await running.client.get(kind, "kubernetes", ns)).revision for kind, ns in objects]
    await running.clock.advance(600)
    assert [(await running.client.get(kind, "kubernetes", ns)).revision for kind, ns in objects] == before


async def test_the_namespace_of_the_leases_comes_back_within_a_minute(running: World) -> None:
    before = await running.client.get(kinds.NAMESPACE, "kube-node-lease")
    await running.client.delete(kinds.NAMESPACE, "kube-node-lease")
    await running.clock.advance(60)
    after = await running.client.get(kinds.NAMESPACE, "kube-node-lease")
    assert (after.uid != before.uid, after.data()["status"]) == (True, {"phase": "Active"})


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        *(
            (kinds.NAMESPACE, name, f'namespaces "{name}" is forbidden: this namespace may not be deleted')
            for name in ("default", "kube-system", "kube-public")
        ),
        *(
            (
                kinds.PRIORITY_CLASS,
                name,
                f'priorityclasses.scheduling.k8s.io "{name}" is forbidden: '
                "this is a system priority class and cannot be deleted",
            )
            for name in ("system-node-critical", "system-cluster-critical")
        ),
    ],
)
async def test_some_cannot_be_deleted(client: Any, kind: Any, name: str, message: str) -> None:
    with pytest.raises(StatusError) as refusal:
        await client.delete(kind, name)
    assert (refusal.value.reason, str(refusal.value)) == ("Forbidden", message)
