"""The one mechanism of all activity: a level-triggered `reconcile(key)`, fed by informers through a work queue."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from k9lite.aio.clock import Clock
from k9lite.aio.tasks import TaskSet
from k9lite.aio.work_queue import QueueClosed, WorkQueue
from k9lite.api.cause import Cause, merge
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.informer import Informer, Informers
from k9lite.client.protocol import Client
from k9lite.client.recorder import Recorder

T = TypeVar("T")

log = logging.getLogger(__name__)


class Controller:
    """A loop that brings one aspect of the cluster to where it should be.

    A subclass sets `name`, connects informers with `watch` in its __init__, and overrides `reconcile`.
    Its Events, recorded through `recorder`, are written while it runs; their source is `component`, else `name`.
    """

    name = ""
    component = ""
    workers = 1

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        self.client, self.informers, self.clock = client, informers, clock
        self.recorder = Recorder(client, clock, self.component or self.name)
        self.queue: WorkQueue[Key, Cause] = WorkQueue(clock, merge)
        self._written: dict[Key, dict[Kind[Any], int]] = {}  # newest revision of each kind, by the key acted on

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        """Look at the object that `key` names, decide, act. Seconds until to look again, or None.

        Every write goes through `client`, which carries the cause of this look. The next look at `key` waits until
        the informers show those writes: a loop would otherwise act on a past in which it had not acted yet.
        Raising puts the key back with a growing back-off.
        """
        raise NotImplementedError

    def watch(self, informer: Informer[T], keys: Callable[[Object[T]], Iterable[Key]] = lambda obj: (obj.key,)) -> None:
        """Queue `keys(obj)` for both the old and the new state of every object that changes."""

        def changed(old: Object[T] | None, new: Object[T] | None) -> None:
            newest = new if new is not None else old
            if newest is None:
                return
            cause = self.caused_by(newest)
            wanted = dict.fromkeys(keys(newest))
            if old is not None and old is not newest:
                wanted |= dict.fromkeys(keys(old))
            for key in wanted:
                self.queue.add(key, cause)

        informer.add_handler(changed)

    def caused_by(self, obj: Object[Any]) -> Cause:
        """The cause to act under when `obj` is what made this controller look."""
        return Cause(self.name, obj.cause.action, (obj.revision,))

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done but to wait for changes and timers."""
        return self.queue.idle and self.recorder.idle

    def start(self, tasks: TaskSet) -> None:
        tasks.start(self.recorder.run(), f"{self.name} events")
        for number in range(self.workers):
            tasks.start(self._work(), f"{self.name} {number}")

    def stop(self) -> None:
        self.queue.close()

    async def _work(self) -> None:
        while True:
            try:
                key, cause = await self.queue.get()
            except QueueClosed:
                return
            try:
                await self._see_own_writes(key)
                again = await self.reconcile(key, self._acting_on(key, cause))
            except Exception as error:
                self._failed(key, cause, error)
            else:
                self.queue.forget(key)
                if again is not None:
                    self.queue.add_after(key, cause, again)
            finally:
                self.queue.done(key)

    def _acting_on(self, key: Key, cause: Cause) -> CausedClient:
        """A client that notes the revision of each write that a look at `key` makes."""
        return CausedClient(
            self.client, cause, lambda obj: self._written.setdefault(key, {}).__setitem__(obj.kind, obj.revision)
        )

    async def _see_own_writes(self, key: Key) -> None:
        for kind, revision in self._written.pop(key, {}).items():
            informer = self.informers.running(kind)
            if informer is not None:
                await informer.caught_up(revision)

    def _failed(self, key: Key, cause: Cause, error: Exception) -> None:
        # A conflict only means that somebody wrote first: the informer will show it, the retry will see it.
        if isinstance(error, StatusError):
            log.debug("%s %s: %s", self.name, key, error)
        else:
            log.error("%s %s failed and is tried again", self.name, key, exc_info=error)
        self.queue.retry(key, cause)
