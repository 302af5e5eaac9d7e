"""Pods without constraints of their own are spread among those of their service and owner."""

import pytest

from k9lite.aio.clock import settle
from k9lite.api import kinds
from k9lite.api.object import Data, controller_reference
from k9lite.client.informer import Informers
from k9lite.client.protocol import WriteOptions
from k9lite.engine.apiserver.local_client import LocalClient
from k9lite.engine.scheduler.default_spread import DefaultSpread
from k9lite.engine.scheduler.pod_info import pod_info

DRY = WriteOptions(dry_run=True)


async def spread_of(client: LocalClient, spread: DefaultSpread, pod: Data) -> list[str]:
    """The selectors of the pod's constraints."""
    made = await client.create(kinds.POD, pod, "default", options=DRY)
    return sorted({one.matcher.text() for one in spread.constraints(pod_info(made))})


@pytest.fixture
async def spread(informers: Informers) -> DefaultSpread:
    return DefaultSpread(informers)


def service(name: str, **selector: str) -> Data:
    spec = {"selector": selector, "ports": [{"port": 80}]}
    return {"metadata": {"name": name, "namespace": "default"}, "spec": spec}


async def test_by_services_and_owner(client: LocalClient, spread: DefaultSpread, pod):
    await settle()
    labels = {"app": "web", "tier": "front", "pod-template-hash": "abc"}
    assert await spread_of(client, spread, pod("bare", labels=labels)) == []

    await client.create(kinds.SERVICE, service("other", app="other"), "default")
    made = await client.create(kinds.SERVICE, service("web", app="web"), "default")
    await settle()
    assert await spread_of(client, spread, pod("bare", labels=labels)) == ["app=web"]

    template = {"metadata": {"labels": labels}, "spec": pod("x")["spec"]}
    spec = {"selector": {"matchLabels": {"pod-template-hash": "abc"}}, "template": template}
    owner = await client.create(
        kinds.REPLICA_SET, {"metadata": {"name": "web", "namespace": "default"}, "spec": spec}, "default"
    )
    await settle()
    owned = {"ownerReferences": [controller_reference(owner)], "labels": labels}
    assert await spread_of(client, spread, pod("owned", metadata=owned)) == ["app=web,pod-template-hash=abc"]

    changed = made.data()
    changed["spec"]["selector"] = {"tier": "front"}
    await client.update(kinds.SERVICE, changed, "default")
    await settle()
    assert await spread_of(client, spread, pod("bare", labels=labels)) == ["tier=front"]


async def test_own_constraints_replace_the_default_ones(client: LocalClient, spread: DefaultSpread, pod):
    await client.create(kinds.SERVICE, service("web", app="web"), "default")
    await settle()
    own = {"maxSkew": 1, "topologyKey": "rack", "labelSelector": {"matchLabels": {"a": "b"}}}
    soft, hard = own | {"whenUnsatisfiable": "ScheduleAnyway"}, own | {"whenUnsatisfiable": "DoNotSchedule"}
    labels = {"app": "web"}
    assert await spread_of(client, spread, pod("s", labels=labels, topologySpreadConstraints=[soft])) == ["a=b"]
    assert await spread_of(client, spread, pod("h", labels=labels, topologySpreadConstraints=[hard])) == []
