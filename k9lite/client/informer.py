"""Informers: a cache of one kind that follows its watch and tells its handlers of every change (client-go's idea)."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from itertools import islice
from typing import Any, Generic, TypeVar, cast

from lightkube.models import core_v1

from k9lite.aio.clock import Clock
from k9lite.aio.tasks import TaskSet
from k9lite.api.errors import EXPIRED, GONE, StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.client.connection import Connection
from k9lite.client.protocol import EVERYTHING, Client, Event, Selector

T = TypeVar("T")

log = logging.getLogger(__name__)

Handler = Callable[[Object[T] | None, Object[T] | None], None]
IndexFunction = Callable[[Object[T]], Iterable[str]]

_Places = tuple[tuple[str, ...], ...]  # under which values an object stands, index by index

FIRST_RETRY, LAST_RETRY = 0.2, 10.0  # seconds between attempts to reach a cluster that does not answer


class Informer(Generic[T]):
    """The objects of one kind as this client last saw them.

    Handlers are called as `handler(old, new)`: old is None for what appeared, new is None for what is gone
    (old then is its last state). They run in the order of revisions and must neither block nor fail.
    """

    def __init__(
        self,
        client: Client,
        kind: Kind[T],
        clock: Clock,
        selector: Selector = EVERYTHING,
        connection: Connection | None = None,
    ) -> None:
        self.kind = kind
        self._connection = connection or Connection(clock)
        self._client, self._clock, self._selector = client, clock, selector
        self._objects: dict[Key, Object[T]] = {}
        self._handlers: list[Handler[T]] = []
        self._indexers: dict[str, IndexFunction[T]] = {}
        self._indexes: dict[str, defaultdict[str, dict[Key, None]]] = {}
        self._standing: dict[Key, _Places] = {}
        self._synced = asyncio.Event()
        self._behind: list[tuple[int, asyncio.Future[None]]] = []
        self.revision = 0

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[Object[T]]:
        return iter(list(self._objects.values()))

    @property
    def synced(self) -> bool:
        """Whether the first list has been taken in."""
        return self._synced.is_set()

    async def wait_synced(self) -> None:
        await self._synced.wait()

    async def caught_up(self, revision: int) -> None:
        """Wait until `revision`, at which an object of this kind was written, has been taken in."""
        if self.revision < revision:
            seen: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._behind.append((revision, seen))
            await seen

    def release(self) -> None:
        """Let those go on who wait for a revision: this informer is stopped and will not show it."""
        for _, reached in self._behind:
            if not reached.done():
                reached.set_result(None)
        self._behind.clear()

    def get(self, name: str, namespace: str = "") -> Object[T] | None:
        return self._objects.get(Key(namespace, name))

    def in_namespace(self, namespace: str) -> list[Object[T]]:
        return self.indexed("namespace", namespace)

    def indexed(self, index: str, value: str) -> list[Object[T]]:
        """The objects for which the index function named `index` gives `value`."""
        return [self._objects[key] for key in self._indexes[index].get(value, ())]

    def some(self, index: str, value: str, most: int) -> list[Object[T]]:
        """Like `indexed`, but no more than so many of them, which costs no more than so many."""
        return [self._objects[key] for key in islice(self._indexes[index].get(value, ()), most)]

    def count(self, index: str, value: str) -> int:
        """How many objects `indexed` would give."""
        return len(self._indexes[index].get(value, ()))

    def add_index(self, name: str, function: IndexFunction[T]) -> None:
        """Keep an index; adding the same name again keeps the first."""
        if name in self._indexers:
            return
        self._indexers[name] = function
        self._indexes[name] = defaultdict(dict)
        for key, obj in self._objects.items():
            self._standing[key] = (*self._standing.get(key, ()), ())
            self._index(key, obj)

    def add_handler(self, handler: Handler[T]) -> None:
        """Call `handler` for every change from now on, and at once for what is there already."""
        self._handlers.append(handler)
        for obj in list(self._objects.values()):
            handler(None, obj)

    def remove_handler(self, handler: Handler[T]) -> None:
        self._handlers.remove(handler)

    async def run(self) -> None:
        """Follow the cluster until cancelled: list, watch, and list again when history does not reach back."""
        retry = FIRST_RETRY
        while True:
            try:
                listed = await self._client.list(self.kind, self._selector)
                self._connection.succeeded(str(self.kind))
                self._replace(listed.items)
                self._reached(listed.revision)
                self._synced.set()
                retry = FIRST_RETRY
                await self._follow()
            except StatusError as error:
                if error.reason in (EXPIRED, GONE):
                    continue
            except (ConnectionError, TimeoutError):
                self._connection.failed(str(self.kind))
            await self._clock.sleep(retry)
            retry = min(retry * 2, LAST_RETRY)

    async def _follow(self) -> None:
        while True:
            watch = self._client.watch(self.kind, self._selector, since=self.revision)
            async with aclosing(cast("Any", watch)) as events:
                batches: AsyncIterator[list[Event[T]]] = events
                async for batch in batches:
                    for event in batch:
                        self._take(event)
                    self._reached(batch[-1].object.revision)

    def _reached(self, revision: int) -> None:
        self.revision = revision
        if self._behind:
            for wanted, seen in self._behind:
                if wanted <= revision and not seen.done():
                    seen.set_result(None)
            self._behind = [(wanted, seen) for wanted, seen in self._behind if not seen.done()]

    def _take(self, event: Event[T]) -> None:
        obj = event.object
        if event.type == "DELETED":
            old = self._objects.get(obj.key)
            if old is not None:
                self._apply(obj.key, obj, None)
        elif event.type != "BOOKMARK":
            self._apply(obj.key, self._objects.get(obj.key), obj)

    def _replace(self, objects: list[Object[T]]) -> None:
        fresh = {obj.key: obj for obj in objects}
        for key in [key for key in self._objects if key not in fresh]:
            self._apply(key, self._objects[key], None)
        for key, obj in fresh.items():
            old = self._objects.get(key)
            if old is not None and old.uid != obj.uid:
                self._apply(key, old, None)
                old = None
            if old is None or old.revision != obj.revision:
                self._apply(key, old, obj)

    def _apply(self, key: Key, old: Object[T] | None, new: Object[T] | None) -> None:
        if new is not None:
            self._objects[key] = new
        else:
            self._objects.pop(key, None)
        self._guarded(key, self._index, key, new)
        for handler in self._handlers:
            self._guarded(key, handler, old, new)

    def _guarded(self, key: Key, take: Callable[..., None], *arguments: Any) -> None:
        """Have a state taken in. Who cannot read it goes on without it, and the log says so."""
        try:
            take(*arguments)
        except Exception:
            log.exception("%s %s cannot be read and is left out", self.kind.kind, key)

    def _index(self, key: Key, new: Object[T] | None) -> None:
        """Move an object to where it belongs now; where it stood is remembered, not asked of a state long decoded."""
        nowhere: _Places = ((),) * len(self._indexers)
        if new is None:
            before, after = self._standing.pop(key, nowhere), nowhere
        else:
            before = self._standing.get(key, nowhere)
            after = tuple([tuple(function(new)) for function in self._indexers.values()])
            if before == after:
                return
            self._standing[key] = after
        for index, left, entered in zip(self._indexes.values(), before, after, strict=True):
            if left != entered:
                _move(index, key, left, entered)


def _move(index: defaultdict[str, dict[Key, None]], key: Key, left: tuple[str, ...], entered: tuple[str, ...]) -> None:
    for value in entered:
        index[value][key] = None
    for value in left:
        if value not in entered:
            bucket = index[value]
            del bucket[key]
            if not bucket:
                del index[value]


def by_namespace(obj: Object[Any]) -> Iterable[str]:
    """Index function: the object's namespace. Every shared informer has it under "namespace"."""
    return (obj.namespace,)


def by_owner(obj: Object[Any]) -> Iterable[str]:
    """Index function: the uid of the controller that owns the object."""
    owner = obj.meta.controller
    return (owner.uid,) if owner else ()


def by_involved(event: Object[core_v1.Event]) -> Iterable[str]:
    """Index function: the uid of the object that an Event is about."""
    uid = event.view.involvedObject.uid if event.view.involvedObject else None
    return (uid,) if uid else ()


class Informers:
    """One informer per kind, shared by everybody who asks; runs until closed."""

    def __init__(self, client: Client, clock: Clock, tasks: TaskSet) -> None:
        self._client, self._clock, self._tasks = client, clock, tasks
        self._informers: dict[Kind[Any], Informer[Any]] = {}
        self._running: dict[Kind[Any], asyncio.Task[Any]] = {}
        self.connection = Connection(clock)

    def of(self, kind: Kind[T]) -> Informer[T]:
        """The informer of `kind`, started when first asked for."""
        informer = self._informers.get(kind)
        if informer is None:
            informer = Informer(self._client, kind, self._clock, connection=self.connection)
            informer.add_index("namespace", by_namespace)
            self._informers[kind] = informer
            self._running[kind] = self._tasks.start(informer.run(), f"informer {kind.plural}")
        return cast("Informer[T]", informer)

    def running(self, kind: Kind[T]) -> Informer[T] | None:
        """The informer of `kind` if anybody has asked for it."""
        return self._informers.get(kind)

    def drop(self, kind: Kind[Any]) -> None:
        """Stop the informer of a kind that the cluster serves no more."""
        informer = self._informers.pop(kind, None)
        if informer is not None:
            self._running.pop(kind).cancel()
            self.connection.succeeded(str(kind))
            informer.release()

    async def wait_synced(self) -> None:
        """Wait until every informer asked for so far has its first list."""
        for informer in list(self._informers.values()):
            await informer.wait_synced()
