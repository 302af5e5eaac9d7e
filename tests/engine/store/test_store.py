"""Revisions, history and its bounds, watches that are too slow or have nothing to tell."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError
from k9lite.api.object import Key, Object
from k9lite.client.protocol import Event
from k9lite.engine.store import encoding
from k9lite.engine.store.log import VIEWS_KEPT, Log
from k9lite.engine.store.store import Store

CAUSE = Cause("test")


def put(store: Store, name: str, managed: bytes = b"", **data: str) -> Object[Any]:
    tail = encoding.tail({"metadata": {"name": name, "namespace": "a"}, "data": data})
    return store.put(kinds.CONFIG_MAP, Key("a", name), tail, CAUSE, managed)


def everything(obj: Object[Any]) -> bool:
    return True


async def first(events: AsyncIterator[Any]) -> list[Event[Any]]:
    batch: list[Event[Any]] = await anext(events)
    return batch


def test_every_write_has_a_revision_of_its_own() -> None:
    store = Store(ManualClock())
    written = [put(store, "x", size="1"), put(store, "y"), put(store, "x", size="2")]
    assert [obj.revision for obj in written] == [1, 2, 3]
    assert [obj.data()["metadata"]["resourceVersion"] for obj in written] == ["1", "2", "3"]
    gone = store.delete(kinds.CONFIG_MAP, Key("a", "x"), CAUSE)
    assert (gone.revision, gone.view.data, gone.cause) == (4, {"size": "2"}, CAUSE)


def test_saying_the_same_in_another_order_is_no_write() -> None:
    store = Store(ManualClock())
    one = put(store, "x", a="1", b="2")
    assert put(store, "x", b="2", a="1") is one
    assert put(store, "x", a="2", b="1") is not one


def test_a_change_of_owners_is_a_write() -> None:
    store = Store(ManualClock())
    put(store, "x")
    owned = put(store, "x", b'[{"manager":"me"}]')
    assert owned.revision == 2
    assert owned.data()["metadata"]["managedFields"] == [{"manager": "me"}]
    assert store.delete(kinds.CONFIG_MAP, Key("a", "x"), CAUSE).managed == owned.managed


@pytest.mark.parametrize("log", [Log(most_changes=10), Log(most_bytes=1200)])
def test_history_is_bounded(log: Log) -> None:
    store = Store(ManualClock(), new_log=lambda: log)
    for number in range(100):
        put(store, "x", size=str(number))
    collection = store.collection(kinds.CONFIG_MAP)
    assert 80 < log.compacted < 100
    assert [obj.view.data for obj in collection.at(log.compacted)] == [{"size": str(log.compacted - 1)}]
    with pytest.raises(StatusError) as error:
        collection.at(log.compacted - 1)
    assert error.value.message == f"too old resource version: {log.compacted - 1} ({log.compacted})"


def test_history_forgets_what_was_decoded() -> None:
    store = Store(ManualClock())
    old = put(store, "x", size="old")
    assert old.view is old.view
    for number in range(VIEWS_KEPT + 1):
        put(store, "x", size=str(number))
    assert old._view is None
    assert old.view.data == {"size": "old"}


def test_history_forgets_what_was_decoded_of_the_last_state_of_what_is_gone() -> None:
    store = Store(ManualClock())
    put(store, "gone", size="last")
    last = store.delete(kinds.CONFIG_MAP, Key("a", "gone"), CAUSE)
    assert last.view.data == {"size": "last"}
    for number in range(VIEWS_KEPT + 1):
        put(store, "x", size=str(number))
    assert last._view is None


async def test_a_slow_watcher_is_cut_off() -> None:
    store = Store(ManualClock(), new_log=lambda: Log(most_changes=3))
    put(store, "x")
    events = store.watch(kinds.CONFIG_MAP, 0, everything)
    assert [event.type for event in await first(events)] == ["ADDED"]
    for number in range(4):
        put(store, "x", size=str(number))
    with pytest.raises(StatusError) as error:
        await first(events)
    assert error.value.reason == "Expired"


async def test_a_watcher_that_waits_is_woken_and_can_be_cancelled() -> None:
    store = Store(ManualClock())
    events = store.watch(kinds.CONFIG_MAP, 0, everything)
    waiting = asyncio.ensure_future(first(events))
    leaving = asyncio.ensure_future(first(store.watch(kinds.CONFIG_MAP, 0, everything)))
    await asyncio.sleep(0)
    leaving.cancel()
    put(store, "x")
    assert [event.object.name for event in await waiting] == ["x"]
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_bookmarks() -> None:
    clock = ManualClock()
    store = Store(clock)
    put(store, "x")
    waiting = asyncio.ensure_future(first(store.watch(kinds.CONFIG_MAP, 1, everything, bookmarks=True)))
    await clock.advance(59)
    assert not waiting.done()
    store.put(kinds.SECRET, Key("a", "s"), encoding.tail({"metadata": {"name": "s"}}), CAUSE)
    await clock.advance(1)
    [bookmark] = await waiting
    assert (bookmark.type, bookmark.object.revision) == ("BOOKMARK", 2)
    assert bookmark.object.data() == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"resourceVersion": "2"}}


async def test_what_is_no_longer_selected_is_shown_as_it_was() -> None:
    store = Store(ManualClock())
    put(store, "x", size="1")
    put(store, "x", size="2")
    events = await first(store.watch(kinds.CONFIG_MAP, 1, lambda obj: obj.view.data == {"size": "1"}))
    assert [(event.type, event.object.view.data, event.object.revision) for event in events] == [
        ("DELETED", {"size": "1"}, 2)
    ]
    assert events[0].object.data()["metadata"]["resourceVersion"] == "2"


async def test_the_future_cannot_be_watched() -> None:
    store = Store(ManualClock())
    with pytest.raises(StatusError) as error:
        await first(store.watch(kinds.CONFIG_MAP, 7, everything))
    assert (error.value.code, error.value.message) == (504, "Too large resource version: 7, current: 0")


async def test_who_has_left_is_not_remembered_by_a_kind_that_never_changes() -> None:
    log = Log()
    waiting = [asyncio.create_task(log.grown()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.wait(waiting[1:2])
    assert len(log._waiters) == 2
    log.wake()
    await asyncio.gather(waiting[0], waiting[2])
    assert not log._waiters
