"""The latest changes of one kind: what watches replay, and what lists at an older revision are rebuilt from."""

import asyncio
from collections import deque
from itertools import islice
from typing import Any, NamedTuple

from k9lite.api import errors
from k9lite.api.object import Object
from k9lite.client.protocol import Event

MOST_CHANGES, MOST_BYTES = 100_000, 12 << 20  # per kind
OVERHEAD = 600  # bytes that a change takes beside its JSON
WOKEN_AT_ONCE = 32  # watchers in one turn of the event loop
VIEWS_KEPT = 256  # changes after which nobody looks at the superseded state any more


class Change(NamedTuple):
    """`old`: the state before; None where the object is new."""

    event: Event[Any]
    old: Object[Any] | None

    @property
    def revision(self) -> int:
        return self.event.object.revision


class Log:
    """Changes in the order of their revisions, bounded by count and bytes.

    A reader holds a position: how many changes there were before the next one it wants. Readers cost nothing while
    they lag behind; one that lags too far finds its changes gone.
    """

    def __init__(self, most_changes: int = MOST_CHANGES, most_bytes: int = MOST_BYTES) -> None:
        self._most_changes, self._most_bytes = most_changes, most_bytes
        self._changes: deque[Change] = deque()
        self._bytes = 0
        self._waiters: dict[asyncio.Future[None], None] = {}  # in their order
        self.end = 0  # the position after the newest change
        self.compacted = 0  # changes up to this revision may be gone

    def append(self, change: Change) -> None:
        self._changes.append(change)
        self._bytes += _size(change)
        self.end += 1
        while len(self._changes) > self._most_changes or self._bytes > self._most_bytes:
            self._drop_oldest()
        if len(self._changes) > VIEWS_KEPT:
            _forget_views(self._changes[-VIEWS_KEPT])
        self.wake()

    @property
    def memory(self) -> int:
        """Bytes that the changes take, roughly."""
        return self._bytes + OVERHEAD * len(self._changes)

    def shrink(self, memory: int) -> None:
        """Drop the oldest changes until the others take no more than `memory` bytes."""
        while self._changes and self.memory > memory:
            self._drop_oldest()

    def compact(self, revision: int) -> None:
        """Drop the changes up to `revision`."""
        while self._changes and self._changes[0].revision <= revision:
            self._drop_oldest()

    def position(self, revision: int) -> int:
        """Where the changes after `revision` begin; Expired when some of them are gone."""
        if revision < self.compacted:
            raise errors.expired(revision, self.compacted)
        position = self.end
        for change in reversed(self._changes):
            if change.revision <= revision:
                break
            position -= 1
        return position

    def after(self, position: int) -> list[Change]:
        """The changes from `position` on; Expired when some of them are gone."""
        count = self.end - position
        if count > len(self._changes):
            raise errors.expired(self.compacted, self.compacted + 1)
        newest_first = list(islice(reversed(self._changes), count))
        newest_first.reverse()
        return newest_first

    async def grown(self) -> None:
        """Wait for the next change, or for `wake`."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters[waiter] = None
        try:
            await waiter
        finally:  # a kind that never changes must not remember who has gone
            self._waiters.pop(waiter, None)

    def wake(self) -> None:
        waiters, self._waiters = list(self._waiters), {}
        self._wake(waiters)

    def _wake(self, waiters: list[asyncio.Future[None]]) -> None:
        """A few at a time: a thousand watchers must not hold up everybody else."""
        for waiter in waiters[:WOKEN_AT_ONCE]:
            if not waiter.done():
                waiter.set_result(None)
        if rest := waiters[WOKEN_AT_ONCE:]:
            asyncio.get_running_loop().call_soon(self._wake, rest)

    def _drop_oldest(self) -> None:
        change = self._changes.popleft()
        self._bytes -= _size(change)
        self.compacted = change.revision


def _forget_views(change: Change) -> None:
    """Free what was decoded of the state that `change` superseded, and of one that nothing follows."""
    if change.old is not None:
        change.old.forget_view()
    if change.event.type == "DELETED":
        change.event.object.forget_view()


def _size(change: Change) -> int:
    obj = change.event.object
    return len(obj.raw) + len(obj.managed)
