"""The store (etcd and the watch cache in one): every object by kind and key, one revision counter, history, watches."""

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any

from k9lite.aio.clock import Clock
from k9lite.api.cause import Cause
from k9lite.api.errors import TIMEOUT, StatusError, expired
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.client.protocol import Event
from k9lite.engine.store import encoding
from k9lite.engine.store.collection import Collection
from k9lite.engine.store.history import History
from k9lite.engine.store.journal import Journal
from k9lite.engine.store.log import Change, Log

Admits = Callable[[Object[Any]], bool]

# Revisions that are not given out again after a restart: watchers may have seen some whose writes were lost with the
# process. Who comes back with one of them is told that it has expired, and lists anew.
SKIPPED = 100_000
BOOKMARK_INTERVAL = 60.0  # seconds between bookmarks, as the API server's watch cache sends them


class Store:
    """All methods but `watch` are synchronous: whatever runs between two awaits is one transaction.

    `new_log` makes the log of a kind; `journal` is told of every write.
    """

    def __init__(self, clock: Clock, *, new_log: Callable[[], Log] = Log, journal: Journal | None = None) -> None:
        self._clock = clock
        self._new_log = new_log
        self._journal = journal
        self._collections: dict[tuple[str, str], Collection] = {}  # by group and plural: versions share a storage
        self._history = History(clock, self._logs)
        self.revision = self._began = 0

    def load(self, revision: int, objects: Iterable[Object[Any]]) -> None:
        """Begin with `objects`, which were there at `revision`; there is no history before it."""
        self.revision = self._began = revision + SKIPPED if revision else 0
        for obj in objects:
            self.collection(obj.kind).restore(obj)

    async def settled(self) -> None:
        """Wait until everything written so far is kept, where there is a journal."""
        if self._journal is not None:
            await self._journal.settled()

    def collection(self, kind: Kind[Any]) -> Collection:
        place = kind.group, kind.plural
        found = self._collections.get(place)
        if found is None:
            found = self._collections[place] = Collection(self._new_log())
            found.log.compacted = self._began
        return found

    def at(self, kind: Kind[Any], revision: int, namespace: str = "", name: str = "") -> list[Object[Any]]:
        """The objects as they were at `revision`, in order (see `Collection.at`); Expired when that is history."""
        if revision < self._history.compacted:
            raise expired(revision, self._history.compacted)
        return self.collection(kind).at(revision, namespace, name)

    def get(self, kind: Kind[Any], key: Key) -> Object[Any] | None:
        return self.collection(kind).get(key)

    def put(self, kind: Kind[Any], key: Key, tail: bytes, cause: Cause, managed: bytes = b"") -> Object[Any]:
        """Store a new state (see `encoding`); one that says the same as the old is not written."""
        collection = self.collection(kind)
        old = collection.get(key)
        if (
            old is not None
            and encoding.same(old.managed, managed)
            and old.kind.version == kind.version
            and encoding.same_tails(encoding.tail_of(kind, old.raw), tail)
        ):
            return old
        obj = self._next(kind, key, tail, cause, managed, old)
        self._commit(collection, key, Change(Event("ADDED" if old is None else "MODIFIED", obj), old))
        return obj

    def delete(self, kind: Kind[Any], key: Key, cause: Cause) -> Object[Any]:
        """Remove what is there; its last state, at the revision of the removal."""
        collection = self.collection(kind)
        old = collection.get(key)
        if old is None:
            raise LookupError(f"{kind} {key} is not there")
        obj = self._next(old.kind, key, encoding.tail_of(old.kind, old.raw), cause, old.managed, old)
        self._commit(collection, key, Change(Event("DELETED", obj), old))
        return obj

    async def watch(
        self, kind: Kind[Any], since: int, admits: Admits, *, bookmarks: bool = False
    ) -> AsyncGenerator[list[Event[Any]], None]:
        """Every change after `since` to objects that `admits` lets through, in batches; endless.

        What begins or ceases to be let through appears as ADDED or DELETED. Raises Expired when the reader is
        slower than history is long, Timeout when `since` has not been reached yet.
        """
        if since > self.revision:
            message = f"Too large resource version: {since}, current: {self.revision}"
            raise StatusError(TIMEOUT, message, retry_after=1)
        log = self.collection(kind).log
        position = log.position(since)
        bookmark_due = self._clock.now() + BOOKMARK_INTERVAL
        while True:
            changes = log.after(position)
            position += len(changes)
            events = [event for change in changes if (event := seen(change, admits)) is not None]
            if bookmarks and self._clock.now() >= bookmark_due:
                bookmark_due = self._clock.now() + BOOKMARK_INTERVAL
                events.append(Event("BOOKMARK", Object(kind, encoding.bare(kind, self.revision), self.revision)))
            if events:
                yield events
            if position < log.end:
                continue
            timer = self._clock.call_later(bookmark_due - self._clock.now(), log.wake) if bookmarks else None
            try:
                await log.grown()
            finally:
                if timer is not None:
                    timer.cancel()

    def _next(
        self, kind: Kind[Any], key: Key, tail: bytes, cause: Cause, managed: bytes, old: Object[Any] | None
    ) -> Object[Any]:
        revision = self.revision + 1
        return Object(kind, encoding.join(kind, revision, tail), revision, cause, managed, old, key)

    def _logs(self) -> list[Log]:
        return [collection.log for collection in self._collections.values()]

    def _commit(self, collection: Collection, key: Key, change: Change) -> None:
        self.revision += 1
        collection.take(key, change)
        self._history.wrote(self.revision, len(change.event.object.raw))
        if self._journal is not None:
            self._journal.wrote(change)


def seen(change: Change, admits: Admits) -> Event[Any] | None:
    """What a watcher that only sees what `admits` lets through is told of `change`."""
    event = change.event
    old = change.old if change.old is not None and admits(change.old) else None
    if event.type != "DELETED" and admits(event.object):
        return event if old is not None or event.type == "ADDED" else Event("ADDED", event.object)
    if old is None:
        return None
    return event if event.type == "DELETED" else Event("DELETED", _left(old, event.object))


def _left(old: Object[Any], new: Object[Any]) -> Object[Any]:
    """What a watcher last saw of an object that it sees no more, at the revision at which that came to be."""
    raw = encoding.join(old.kind, new.revision, encoding.tail_of(old.kind, old.raw))
    return Object(old.kind, raw, new.revision, new.cause, old.managed, key=new.key)
