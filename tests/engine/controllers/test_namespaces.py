"""Namespaces come with what every pod needs, and go with all they hold."""

from typing import Any

import pytest
from controller_world import FakeNodes, World, pod_template

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.engine.controllers.namespace_defaults import ROOT_CA, root_certificates, service_accounts
from k9lite.engine.controllers.namespaces import NamespaceController, Remains, report


@pytest.fixture
async def running(world: World, nodes: FakeNodes, client: Any, informers: Any, clock: Any) -> World:
    world.run(
        NamespaceController(client, informers, clock),
        service_accounts(client, informers, clock),
        root_certificates(client, informers, clock, "PEM"),
    )
    await world.settle()
    await world.client.create(kinds.NAMESPACE, {"metadata": {"name": "team"}})
    await world.settle()
    return world


async def test_a_namespace_gets_its_defaults_and_keeps_them(running: World) -> None:
    for namespace in ("team", "default", "kube-system"):
        assert [account.name for account in await running.all(kinds.SERVICE_ACCOUNT, namespace)] == ["default"]
    [config] = await running.all(kinds.CONFIG_MAP, "team")
    assert config.name == ROOT_CA
    await running.merge(config, {"data": {"ca.crt": "forged", "more": "x"}})
    await running.client.delete(kinds.SERVICE_ACCOUNT, "default", "team")
    await running.settle()
    [config] = await running.all(kinds.CONFIG_MAP, "team")
    assert config.data()["data"] == {"ca.crt": "PEM"}
    assert len(await running.all(kinds.SERVICE_ACCOUNT, "team")) == 1


async def test_pods_go_first_then_everything_then_the_namespace(running: World, nodes: FakeNodes) -> None:
    nodes.ends = False
    body = {"metadata": {"name": "p"}, "spec": pod_template()["spec"]}
    pod = await running.client.create(kinds.POD, body, "team")
    await running.settle()
    await running.client.delete(kinds.NAMESPACE, "team")
    await running.settle()
    left = await running.client.get(kinds.NAMESPACE, "team")
    conditions = {c["type"]: c for c in left.data()["status"]["conditions"]}
    assert left.data()["status"]["phase"] == "Terminating"
    assert conditions["NamespaceContentRemaining"]["message"] == (
        "Some resources are remaining: pods. has 1 resource instances"
    )
    assert len(await running.all(kinds.CONFIG_MAP, "team")) == 1
    with pytest.raises(StatusError, match="because it is being terminated"):
        await running.client.create(kinds.CONFIG_MAP, {"metadata": {"name": "late"}}, "team")

    await nodes.end(pod)
    await running.settle()
    with pytest.raises(StatusError, match="not found"):
        await running.client.get(kinds.NAMESPACE, "team")
    assert await running.all(kinds.CONFIG_MAP, "team") == []


async def test_finalizers_hold_a_namespace_and_are_named(running: World) -> None:
    held = {"metadata": {"name": "held", "finalizers": ["example.com/held"]}}
    config = await running.client.create(kinds.CONFIG_MAP, held, "team")
    await running.client.delete(kinds.NAMESPACE, "team")
    await running.settle()
    left = await running.client.get(kinds.NAMESPACE, "team")
    told = {c["type"]: c["message"] for c in left.data()["status"]["conditions"] if c["status"] == "True"}
    assert told == {
        "NamespaceContentRemaining": "Some resources are remaining: configmaps. has 1 resource instances",
        "NamespaceFinalizersRemaining": "Some content in the namespace has finalizers remaining: example.com/held in 1 resource instances",
    }
    await running.merge(config, {"metadata": {"finalizers": None}})
    await running.settle()
    assert "team" not in [namespace.name for namespace in await running.all(kinds.NAMESPACE, "")]


def test_conditions_say_that_nothing_is_left() -> None:
    conditions: list[dict[str, Any]] = []
    assert report(conditions, Remains({}, {}), 0.0)
    assert [(c["type"], c["status"], c["reason"]) for c in conditions] == [
        ("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered"),
        ("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions"),
        ("NamespaceDeletionContentFailure", "False", "ContentDeleted"),
        ("NamespaceContentRemaining", "False", "ContentRemoved"),
        ("NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers"),
    ]
    assert not report(conditions, Remains({}, {}), 1.0)
