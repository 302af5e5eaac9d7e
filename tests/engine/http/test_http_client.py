"""HttpClient behaves as LocalClient does: the same expectations of both."""

import asyncio
from contextlib import aclosing

import pytest

from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.client.protocol import DeleteOptions, PatchType, Selector, WriteOptions
from k9lite.client.remote import HttpClient

CAUSE = Cause("tester", "test")
POD = {"metadata": {"name": "p", "labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}


def config_map(name, **data):
    return {"metadata": {"name": name, "labels": {"name": name}}, "data": data}


@pytest.fixture(params=["local", "http"])
async def any_client(request, client, endpoint):
    if request.param == "local":
        yield client
        return
    remote = HttpClient(endpoint)
    await remote.connect()
    yield remote
    await remote.close()


async def make(any_client, *names):
    return [await any_client.create(kinds.CONFIG_MAP, config_map(name), "default", cause=CAUSE) for name in names]


async def test_what_is_created_can_be_read(any_client):
    [made] = await make(any_client, "a")
    read = await any_client.get(kinds.CONFIG_MAP, "a", "default")
    assert (read.full, read.revision, read.uid) == (made.full, made.revision, made.uid)
    assert read.data()["metadata"]["managedFields"][0]["manager"] == "tester"


async def test_refusals_say_the_same(any_client):
    await make(any_client, "a")
    with pytest.raises(StatusError) as missing:
        await any_client.get(kinds.CONFIG_MAP, "b", "default")
    assert (missing.value.reason, missing.value.message) == ("NotFound", 'configmaps "b" not found')
    with pytest.raises(StatusError) as twice:
        await make(any_client, "a")
    assert (twice.value.reason, twice.value.name) == ("AlreadyExists", "a")
    with pytest.raises(StatusError) as invalid:
        await any_client.create(kinds.CONFIG_MAP, config_map("A"), "default", cause=CAUSE)
    assert invalid.value.causes[0].field == "metadata.name"


async def test_lists_come_in_order_and_in_pieces(any_client):
    await make(any_client, "c", "a", "b")
    mine = Selector("default", labels="name in (a,b,c)")
    whole = await any_client.list(kinds.CONFIG_MAP, mine)
    assert [one.name for one in whole.items] == ["a", "b", "c"]
    first = await any_client.list(kinds.CONFIG_MAP, mine, limit=2)
    rest = await any_client.list(kinds.CONFIG_MAP, mine, limit=2, continue_token=first.continue_token)
    assert [one.name for one in [*first.items, *rest.items]] == ["a", "b", "c"]
    assert first.revision == rest.revision == whole.revision
    one = await any_client.list(kinds.CONFIG_MAP, Selector("default", fields="metadata.name=b"))
    assert [found.name for found in one.items] == ["b"]


async def test_a_list_can_look_back(any_client):
    [a] = await make(any_client, "a")
    await make(any_client, "b")
    earlier = await any_client.list(kinds.CONFIG_MAP, Selector("default", labels="name in (a,b)"), at=a.revision)
    assert [found.name for found in earlier.items] == ["a"]
    with pytest.raises(StatusError, match="Too large resource version"):
        await any_client.list(kinds.CONFIG_MAP, at=10_000)


async def test_changes_reach_a_watch_in_order(any_client):
    [a] = await make(any_client, "a")
    seen = []
    selector = Selector("default", labels="name=a")
    async with aclosing(any_client.watch(kinds.CONFIG_MAP, selector, since=a.revision - 1)) as batches:
        await any_client.patch(kinds.CONFIG_MAP, "a", {"data": {"x": "1"}}, PatchType.MERGE, "default", cause=CAUSE)
        await make(any_client, "b")
        await any_client.delete(kinds.CONFIG_MAP, "a", "default", cause=CAUSE)
        async for batch in batches:
            seen += [(event.type, event.object.name, event.object.revision) for event in batch]
            if seen[-1][0] == "DELETED":
                break
    assert [(type, name) for type, name, _ in seen] == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    assert [revision for _, _, revision in seen] == sorted(revision for _, _, revision in seen)


async def test_a_watch_of_the_future_is_refused(any_client):
    async with aclosing(any_client.watch(kinds.CONFIG_MAP, since=10_000)) as batches:
        with pytest.raises(StatusError, match="Too large resource version"):
            await anext(batches)


async def test_writes_of_every_kind(any_client):
    [a] = await make(any_client, "a")
    changed = await any_client.update(kinds.CONFIG_MAP, a.data() | {"data": {"x": "1"}}, "default", cause=CAUSE)
    with pytest.raises(StatusError, match="the object has been modified"):
        await any_client.update(kinds.CONFIG_MAP, a.data() | {"data": {"x": "2"}}, "default", cause=CAUSE)
    patch = [{"op": "test", "path": "/data/x", "value": "1"}, {"op": "replace", "path": "/data/x", "value": "3"}]
    patched = await any_client.patch(kinds.CONFIG_MAP, "a", patch, PatchType.JSON, "default", cause=CAUSE)
    assert patched.data()["data"] == {"x": "3"}
    assert patched.revision > changed.revision
    dry = WriteOptions(dry_run=True)
    await any_client.patch(
        kinds.CONFIG_MAP, "a", {"data": {"x": "4"}}, PatchType.MERGE, "default", cause=CAUSE, options=dry
    )
    applied = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "5"}}
    with pytest.raises(StatusError, match='conflict with "tester"'):
        await any_client.patch(
            kinds.CONFIG_MAP, "a", applied, PatchType.APPLY, "default", cause=CAUSE, options=WriteOptions(manager="m")
        )
    forced = WriteOptions(manager="m", force=True)
    await any_client.patch(kinds.CONFIG_MAP, "a", applied, PatchType.APPLY, "default", cause=CAUSE, options=forced)
    assert (await any_client.get(kinds.CONFIG_MAP, "a", "default")).data()["data"] == {"x": "5"}


async def test_scale_is_read_and_written(any_client):
    template = {"metadata": {"labels": {"app": "d"}}, "spec": POD["spec"]}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "d"}}, "template": template}
    await any_client.create(kinds.DEPLOYMENT, {"metadata": {"name": "d"}, "spec": spec}, "default", cause=CAUSE)
    scale = await any_client.get_subresource(kinds.DEPLOYMENT, "d", "scale", "default")
    assert (scale["spec"], scale["status"]["selector"]) == ({"replicas": 1}, "app=d")
    await any_client.patch(
        kinds.DEPLOYMENT, "d", {"spec": {"replicas": 3}}, PatchType.MERGE, "default", subresource="scale", cause=CAUSE
    )
    assert (await any_client.get(kinds.DEPLOYMENT, "d", "default")).view.spec.replicas == 3


async def test_a_pod_lives_until_it_is_deleted(any_client):
    pod = await any_client.create(kinds.POD, POD, "default", cause=CAUSE)
    binding = {"metadata": {"name": "p"}, "target": {"kind": "Node", "name": "n"}}
    await any_client.create_subresource(kinds.POD, "p", "binding", binding, "default", cause=CAUSE)
    pod = await any_client.get(kinds.POD, "p", "default")
    running = await any_client.update_status(pod, pod.data()["status"] | {"phase": "Running"}, cause=CAUSE)
    assert running.view.status.phase == "Running"
    deleting = await any_client.delete(kinds.POD, "p", "default", cause=CAUSE)
    assert deleting.deleting
    gone = await any_client.delete(kinds.POD, "p", "default", cause=CAUSE, options=DeleteOptions(grace=0))
    assert gone.uid == pod.uid
    with pytest.raises(StatusError, match='pods "p" not found'):
        await any_client.get(kinds.POD, "p", "default")


async def test_a_collection_is_deleted(any_client):
    await make(any_client, "a", "b", "c")
    gone = await any_client.delete_collection(kinds.CONFIG_MAP, Selector("default", labels="name!=c,name"), cause=CAUSE)
    assert sorted(one.name for one in gone) == ["a", "b"]
    left = await any_client.list(kinds.CONFIG_MAP, Selector("default", labels="name"))
    assert [one.name for one in left.items] == ["c"]


async def test_two_watches_of_one_client_end_on_their_own(any_client):
    async def first():
        async with aclosing(any_client.watch(kinds.CONFIG_MAP, Selector("default", labels="name=a"), since=0)) as watch:
            async for batch in watch:
                return batch[0].object.name

    waiting = [asyncio.create_task(first()) for _ in range(2)]
    await make(any_client, "a")
    assert await asyncio.wait_for(asyncio.gather(*waiting), 20) == ["a", "a"]
