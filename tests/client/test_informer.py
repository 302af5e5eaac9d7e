import asyncio
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock, settle
from k9lite.aio.tasks import TaskSet
from k9lite.api import kinds
from k9lite.api.errors import StatusError, expired
from k9lite.api.object import Object
from k9lite.client.informer import Informer, Informers, by_owner
from k9lite.client.protocol import Client


async def make(client: Client, name: str, **metadata: Any) -> Object[Any]:
    return await client.create(kinds.CONFIG_MAP, {"metadata": {"name": name, **metadata}}, "default")


class Log:
    """What a handler was told, as (old name@data, new name@data)."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, old: Object[Any] | None, new: Object[Any] | None) -> None:
        kind = "added" if old is None else "gone" if new is None else "changed"
        obj = new or old
        assert obj is not None
        self.lines.append(f"{kind} {obj.name}")


@pytest.fixture
async def informer(informers: Informers) -> Informer[Any]:
    return informers.of(kinds.CONFIG_MAP)


async def test_handlers_see_what_is_there_and_every_change_in_order(client: Client, informer: Informer[Any]) -> None:
    before, log = Log(), Log()
    informer.add_handler(before)
    await make(client, "a")
    await settle()
    informer.add_handler(log)
    await client.patch(kinds.CONFIG_MAP, "a", {"data": {"k": "v"}}, "application/merge-patch+json", "default")
    await make(client, "b")
    await client.delete(kinds.CONFIG_MAP, "a", "default")
    await settle()
    assert log.lines == ["added a", "changed a", "added b", "gone a"]
    assert before.lines == log.lines
    informer.remove_handler(log)
    await make(client, "c")
    await settle()
    assert len(log.lines) == 4


async def test_a_handler_that_cannot_read_an_object_keeps_nobody_from_the_others(
    client: Client, informer: Informer[Any], caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(old: Object[Any] | None, new: Object[Any] | None) -> None:
        assert new is not None
        raise KeyError("spec")

    log = Log()
    informer.add_handler(stumble)
    informer.add_handler(log)
    await make(client, "a")
    await make(client, "b")
    await settle()
    assert log.lines == ["added a", "added b"]
    assert "ConfigMap default/a cannot be read and is left out" in caplog.text


async def test_indexes_follow_the_objects(client: Client, informer: Informer[Any]) -> None:
    def by_team(obj: Object[Any]) -> list[str]:
        return [obj.labels["team"]] if "team" in obj.labels else []

    await make(client, "a", labels={"team": "x"})
    await settle()
    informer.add_index("team", by_team)
    informer.add_index("team", lambda obj: ["never used"])
    await make(client, "b", labels={"team": "x"})
    await settle()
    assert [obj.name for obj in informer.indexed("team", "x")] == ["a", "b"]
    patch = {"metadata": {"labels": {"team": "y"}}}
    await client.patch(kinds.CONFIG_MAP, "a", patch, "application/merge-patch+json", "default")
    await client.delete(kinds.CONFIG_MAP, "b", "default")
    await settle()
    assert informer.indexed("team", "x") == []
    assert [obj.name for obj in informer.indexed("team", "y")] == ["a"]
    assert [obj.name for obj in informer.in_namespace("default")] == ["a"]


async def test_by_owner_names_the_controller(client: Client) -> None:
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "not-the-controller"},
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "y", "uid": "controller", "controller": True},
    ]
    assert by_owner(await make(client, "a", ownerReferences=references)) == ("controller",)
    assert by_owner(await make(client, "b")) == ()


async def test_caught_up_waits_for_the_informer(client: Client, informer: Informer[Any]) -> None:
    created = await make(client, "a")
    assert informer.get("a", "default") is None
    await informer.caught_up(created.revision)
    assert informer.get("a", "default") is not None
    await informer.caught_up(created.revision)
    later = asyncio.create_task(informer.caught_up(created.revision + 2))
    await make(client, "b")
    await settle()
    assert not later.done()
    await make(client, "c")
    await settle()
    assert later.done()


class Flaky:
    """A client whose watch breaks as told, once."""

    def __init__(self, client: Client, error: Exception) -> None:
        self.client, self.error = client, error
        self.lists = 0

    async def list(self, *arguments: Any) -> Any:
        self.lists += 1
        return await self.client.list(*arguments)

    async def watch(self, *arguments: Any, since: int) -> Any:
        if self.lists == 1:
            await make(self.client, "while-away")
            await self.client.delete(kinds.CONFIG_MAP, "before", "default")
            raise self.error
        async for batch in self.client.watch(*arguments, since=since):
            yield batch


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (expired(1, 2), 0.0),
        (ConnectionError(), 0.2),
        (StatusError("InternalError", "oops"), 0.2),
        (TimeoutError(), 0.2),
    ],
)
async def test_a_broken_watch_is_made_good_by_a_list(
    client: Client, clock: ManualClock, tasks: TaskSet, error: Exception, wait: float
) -> None:
    await make(client, "before")
    flaky: Any = Flaky(client, error)
    informer = Informer(flaky, kinds.CONFIG_MAP, clock)
    log = Log()
    informer.add_handler(log)
    task = tasks.start(informer.run(), "informer")
    await informer.wait_synced()
    await clock.advance(wait)
    assert log.lines == ["added before", "gone before", "added while-away"]
    await make(client, "after")
    await settle()
    assert log.lines[-1] == "added after"
    task.cancel()


async def test_one_informer_per_kind_until_it_is_dropped(informers: Informers, tasks: TaskSet) -> None:
    first = informers.of(kinds.SECRET)
    assert informers.of(kinds.SECRET) is first
    await informers.wait_synced()
    assert first.synced
    running = len(tasks)
    informers.drop(kinds.SECRET)
    informers.drop(kinds.SECRET)
    await settle()
    assert len(tasks) == running - 1
    assert informers.of(kinds.SECRET) is not first
