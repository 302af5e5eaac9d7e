"""The local client keeps the promises of the Client protocol."""

import asyncio

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, PatchType, Selector
from k9lite.engine.apiserver.local_client import LocalClient


def config_map(name: str, **data: str) -> dict[str, object]:
    return {"metadata": {"name": name}, "data": data}


async def test_it_is_a_client(client: LocalClient) -> None:
    protocol: Client = client
    listed = await protocol.list(kinds.NAMESPACE)
    assert [obj.name for obj in listed.items] == ["default", "kube-node-lease", "kube-public", "kube-system"]


async def test_what_is_written_can_be_read(client: LocalClient) -> None:
    created = await client.create(kinds.CONFIG_MAP, config_map("settings", colour="red"), "default")
    assert created.view.data == {"colour": "red"}
    assert (await client.get(kinds.CONFIG_MAP, "settings", "default")) is created
    body = created.data()
    body["data"]["colour"] = "blue"
    updated = await client.update(kinds.CONFIG_MAP, body, "default")
    assert updated.revision == created.revision + 1
    with pytest.raises(StatusError, match="the object has been modified"):
        await client.update(kinds.CONFIG_MAP, body, "default")
    patched = await client.patch(kinds.CONFIG_MAP, "settings", {"data": {"size": "9"}}, PatchType.MERGE, "default")
    assert patched.view.data == {"colour": "blue", "size": "9"}
    await client.delete(kinds.CONFIG_MAP, "settings", "default")
    with pytest.raises(StatusError, match='configmaps "settings" not found'):
        await client.get(kinds.CONFIG_MAP, "settings", "default")


async def test_informers_follow(client: LocalClient, clock: ManualClock, informers: Informers) -> None:
    informer = informers.of(kinds.CONFIG_MAP)
    seen: list[str] = []
    informer.add_handler(lambda old, new: seen.append(f"{old and old.revision} -> {new and new.revision}"))
    await informers.wait_synced()
    first = await client.create(kinds.CONFIG_MAP, config_map("a"), "default")
    await client.patch(kinds.CONFIG_MAP, "a", {"data": {"x": "y"}}, PatchType.MERGE, "default")
    await client.delete(kinds.CONFIG_MAP, "a", "default")
    await settle()
    base = first.revision
    assert seen == [f"None -> {base}", f"{base} -> {base + 1}", f"{base + 2} -> None"]


async def test_a_watch_is_limited_to_its_namespace(client: LocalClient) -> None:
    since = (await client.list(kinds.CONFIG_MAP)).revision
    await client.create(kinds.CONFIG_MAP, config_map("a"), "kube-system")
    await client.create(kinds.CONFIG_MAP, config_map("b"), "default")
    async for events in client.watch(kinds.CONFIG_MAP, Selector("default"), since=since):
        assert [(event.type, event.object.name) for event in events] == [("ADDED", "b")]
        break


async def test_a_pod_waits_a_moment_for_its_service_account(client: LocalClient, clock: ManualClock) -> None:
    await client.create(kinds.NAMESPACE, {"metadata": {"name": "new"}})
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    creation = asyncio.ensure_future(client.create(kinds.POD, body, "new"))
    await clock.advance(0.2)
    assert not creation.done()
    await client.create(kinds.SERVICE_ACCOUNT, {"metadata": {"name": "default"}}, "new")
    await clock.advance(0.2)
    assert (await creation).name == "web"


async def test_a_pod_does_not_wait_forever(client: LocalClient, clock: ManualClock) -> None:
    await client.create(kinds.NAMESPACE, {"metadata": {"name": "new"}})
    body = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    creation = asyncio.ensure_future(client.create(kinds.POD, body, "new"))
    await clock.advance(2)
    with pytest.raises(StatusError, match='serviceaccount "default" not found'):
        await creation


async def test_a_collection_is_deleted_as_selected(client: LocalClient) -> None:
    for name, colour in (("a", "red"), ("b", "blue"), ("c", "red")):
        body = config_map(name) | {"metadata": {"name": name, "labels": {"colour": colour}}}
        await client.create(kinds.CONFIG_MAP, body, "default")
    gone = await client.delete_collection(kinds.CONFIG_MAP, Selector("default", labels="colour=red"))
    assert [obj.name for obj in gone] == ["a", "c"]
    assert [obj.name for obj in (await client.list(kinds.CONFIG_MAP)).items] == ["b"]
