"""What the user's client records of each write, and that taking it back leaves others' writes alone."""

import pytest
from driving import deployment

from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.client.protocol import PatchType, Selector, WriteOptions
from k9lite.tui.writes.operations import by_user, scale
from k9lite.tui.writes.recording_client import RecordingClient
from k9lite.tui.writes.undo import ActionLog

CONTROLLER = Cause("controller", "annotate")
REPLICAS = {"spec": {"replicas": 7}}
ADD_LABEL = [{"op": "add", "path": "/metadata/labels", "value": {"tier": "front"}}]


class Interrupted:
    """A client on which a controller writes right before and right after each change of the user."""

    def __init__(self, client):
        self._client = client
        self._interruptions = 0

    def __getattr__(self, name):
        return getattr(self._client, name)

    async def _interrupt(self):
        if self._interruptions < 2:
            self._interruptions += 1
            patch = {"metadata": {"annotations": {"controller": str(self._interruptions)}}}
            await self._client.patch(kinds.DEPLOYMENT, "web", patch, PatchType.MERGE, "default", cause=CONTROLLER)

    async def patch(self, *args, **more):
        await self._interrupt()
        try:
            return await self._client.patch(*args, **more)
        finally:
            await self._interrupt()


async def annotations(client):
    return (await client.get(kinds.DEPLOYMENT, "web", "default")).annotations


@pytest.mark.parametrize(
    ("patch", "type", "subresource"),
    [
        (REPLICAS, PatchType.MERGE, ""),
        (REPLICAS, PatchType.STRATEGIC, ""),
        (REPLICAS, PatchType.MERGE, "scale"),
        (ADD_LABEL, PatchType.JSON, ""),
    ],
)
async def test_what_a_controller_writes_meanwhile_is_not_undone(client, patch, type, subresource):
    web = await deployment(client)
    log = ActionLog()
    user = RecordingClient(Interrupted(client), log)
    with log.action():
        await user.patch(web.kind, "web", patch, type, "default", subresource=subresource, cause=by_user("change"))
    changed = await client.get(web.kind, "web", "default")
    assert changed.view.spec.replicas == 7 or changed.labels == {"tier": "front"}
    await log.undo()
    restored = await client.get(web.kind, "web", "default")
    assert (restored.view.spec.replicas, restored.labels) == (3, {})
    assert await annotations(client) == {"controller": "2"}


async def test_a_required_revision_is_not_renewed(client):
    web = await deployment(client)
    log = ActionLog()
    patch = {"metadata": {"resourceVersion": str(web.revision)}} | REPLICAS
    with pytest.raises(StatusError, match="modified"), log.action():
        await RecordingClient(Interrupted(client), log).patch(
            web.kind, "web", patch, PatchType.MERGE, "default", cause=by_user("change")
        )
    assert log.last is None


async def test_a_status_is_put_back(client):
    web = await deployment(client)
    log = ActionLog()
    with log.action():
        await RecordingClient(client, log).update_status(web, {"replicas": 2}, cause=by_user("report"))
    await log.undo()
    assert (await client.get(web.kind, "web", "default")).data().get("status", {}).get("replicas") is None


async def test_a_status_that_changed_again_stays(client):
    web = await deployment(client)
    log = ActionLog()
    with log.action():
        reported = await RecordingClient(client, log).update_status(web, {"replicas": 2}, cause=by_user("report"))
    await client.update_status(reported, {"replicas": 3})
    with pytest.raises(StatusError, match="changed again since"):
        await log.undo()


async def test_a_deleted_collection_comes_back(client):
    for name in ("a", "b", "other"):
        labels = {"app": "x" if name != "other" else "y"}
        await client.create(kinds.CONFIG_MAP, {"metadata": {"name": name, "labels": labels}}, "default")
    log = ActionLog()
    selector = Selector("default", labels="app=x")
    with log.action():
        await RecordingClient(client, log).delete_collection(kinds.CONFIG_MAP, selector, cause=by_user("delete"))
    assert (await client.list(kinds.CONFIG_MAP, selector)).items == []
    await log.undo()
    assert [item.name for item in (await client.list(kinds.CONFIG_MAP, selector)).items] == ["a", "b"]


async def test_an_applied_object_that_was_not_there_is_removed(client):
    log = ActionLog()
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}}
    with log.action():
        await RecordingClient(client, log).patch(
            kinds.CONFIG_MAP,
            "new",
            body,
            PatchType.APPLY,
            "default",
            cause=by_user("apply"),
            options=WriteOptions(manager="test"),
        )
    await log.undo()
    assert (await client.list(kinds.CONFIG_MAP, Selector("default"))).items == []


async def test_only_the_user_is_recorded(client):
    web = await deployment(client)
    log = ActionLog()
    user = RecordingClient(client, log)
    with log.action():
        await user.patch(web.kind, "web", REPLICAS, PatchType.MERGE, "default", cause=CONTROLLER)
        dry = WriteOptions(dry_run=True)
        await user.patch(web.kind, "web", REPLICAS, PatchType.MERGE, "default", cause=by_user("try"), options=dry)
    assert log.last is None
    with log.action():
        await scale(user, web, 4)
    assert log.last.writes[0].command == "kubectl scale deployment/web --replicas=4 -n default"
