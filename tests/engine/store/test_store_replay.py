"""Whatever is written, and whenever it is read: every watcher's replay equals the store, event by event."""

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from k9lite.aio.clock import ManualClock, settle
from k9lite.api import kinds
from k9lite.api.cause import UNKNOWN
from k9lite.api.errors import StatusError
from k9lite.api.object import Key
from k9lite.client.protocol import Event
from k9lite.engine.store import encoding
from k9lite.engine.store.log import Log
from k9lite.engine.store.store import Admits, Store

KEYS = [Key(namespace, name) for namespace in ("a", "b") for name in ("x", "y")]
SELECTORS: dict[str, Admits] = {
    "everything": lambda obj: True,
    "namespace a": lambda obj: obj.namespace == "a",
    "red": lambda obj: obj.labels.get("colour") == "red",
}


class Watcher:
    """What somebody knows who listed once and has followed the watch since."""

    def __init__(self, store: Store, selector: str, loop: asyncio.AbstractEventLoop) -> None:
        self.store, self.admits, self.loop = store, SELECTORS[selector], loop
        self.list()

    def list(self) -> None:
        self.revision = self.store.revision
        objects = self.store.collection(kinds.CONFIG_MAP).at(self.revision)
        self.known = {obj.key: obj.raw for obj in objects if self.admits(obj)}
        self.stream = self.store.watch(kinds.CONFIG_MAP, self.revision, self.admits)
        self.next: asyncio.Task[Sequence[Event[Any]]] | None = None

    def read(self) -> None:
        """Take in what there is; list again when history has moved on."""
        while True:
            self.next = self.next or self.loop.create_task(anext(self.stream))
            self.loop.run_until_complete(settle())
            if not self.next.done():
                return
            task, self.next = self.next, None
            try:
                batch = task.result()
            except StatusError as error:
                expect_expired(error)
                self.list()
            else:
                for event in batch:
                    self.take(event)

    def close(self) -> None:
        if self.next is not None:
            self.next.cancel()
            self.loop.run_until_complete(settle())
        self.loop.run_until_complete(self.stream.aclose())

    def take(self, event: Event[Any]) -> None:
        obj = event.object
        assert obj.revision > self.revision, "doubled, or out of order"
        self.revision = obj.revision
        if event.type == "ADDED":
            assert obj.key not in self.known
            self.known[obj.key] = obj.raw
        elif event.type == "MODIFIED":
            assert obj.key in self.known
            self.known[obj.key] = obj.raw
        else:
            del self.known[obj.key]


def expect_expired(error: StatusError) -> None:
    assert error.reason == "Expired"


class Replay(RuleBasedStateMachine):
    watchers = Bundle("watchers")

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(ManualClock(), new_log=lambda: Log(most_changes=6, most_bytes=2000))
        self.past: dict[int, list[bytes]] = {0: []}
        self.loop = asyncio.new_event_loop()
        self.all: list[Watcher] = []

    def teardown(self) -> None:
        for watcher in self.all:
            watcher.close()
        self.loop.close()

    def remember(self) -> None:
        objects = self.store.collection(kinds.CONFIG_MAP).at(self.store.revision)
        self.past[self.store.revision] = [obj.raw for obj in objects]

    @rule(key=st.sampled_from(KEYS), colour=st.sampled_from(["red", "blue"]), size=st.integers(0, 2))
    def write(self, key: Key, colour: str, size: int) -> None:
        metadata = {"name": key.name, "namespace": key.namespace, "labels": {"colour": colour}}
        data = {"metadata": metadata, "data": {"size": str(size)}}
        before, old = self.store.revision, self.store.get(kinds.CONFIG_MAP, key)
        new = self.store.put(kinds.CONFIG_MAP, key, encoding.tail(data), UNKNOWN)
        assert new is old or new.revision == before + 1 == self.store.revision
        assert new.meta.resourceVersion == str(new.revision)
        self.remember()

    @rule(key=st.sampled_from(KEYS))
    def delete(self, key: Key) -> None:
        if self.store.get(kinds.CONFIG_MAP, key) is not None:
            self.store.delete(kinds.CONFIG_MAP, key, UNKNOWN)
            self.remember()

    @rule(key=st.sampled_from(KEYS))
    def write_another_kind(self, key: Key) -> None:
        tail = encoding.tail({"metadata": {"name": key.name, "namespace": key.namespace, "generation": 1}})
        self.store.put(kinds.SECRET, key, tail, UNKNOWN)
        self.remember()

    @rule(target=watchers, selector=st.sampled_from(sorted(SELECTORS)))
    def watch(self, selector: str) -> Watcher:
        watcher = Watcher(self.store, selector, self.loop)
        self.all.append(watcher)
        return watcher

    @rule(watcher=watchers)
    def read(self, watcher: Watcher) -> None:
        watcher.read()
        current = self.store.collection(kinds.CONFIG_MAP).all()
        assert watcher.known == {obj.key: obj.raw for obj in current if watcher.admits(obj)}

    @rule(back=st.integers(0, 12))
    def list_the_past(self, back: int) -> None:
        revision = max(0, self.store.revision - back)
        try:
            objects = self.store.collection(kinds.CONFIG_MAP).at(revision)
        except StatusError as error:
            expect_expired(error)
            assert revision < self.store.collection(kinds.CONFIG_MAP).log.compacted
        else:
            assert [obj.raw for obj in objects] == self.past[revision]


TestReplay = Replay.TestCase
TestReplay.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
