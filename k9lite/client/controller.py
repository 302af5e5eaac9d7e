"""The one mechanism of all activity: a level-triggered `reconcile(key)`, fed by informers through a work queue."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from k9lite.aio.clock import Clock
from k9lite.aio.tasks import TaskSet
from k9lite.aio.work_queue import QueueClosed, WorkQueue
from k9lite.api.cause import Cause, merge
from k9lite.api.errors import StatusError
from k9lite.api.object import Key, Object
from k9lite.client.informer import Informer
from k9lite.client.recorder import Recorder

T = TypeVar("T")

log = logging.getLogger(__name__)


class Controller:
    """A loop that brings one aspect of the cluster to where it should be.

    A subclass sets `name`, connects informers with `watch` in its __init__, and overrides `reconcile`.
    What it says through `recorder` is written while it runs.
    """

    name = ""
    workers = 1

    def __init__(self, clock: Clock, recorder: Recorder | None = None) -> None:
        self.clock = clock
        self._recorder = recorder
        self.queue: WorkQueue[Key, Cause] = WorkQueue(clock, merge)
        self._written: dict[Key, dict[Informer[Any], int]] = {}

    async def reconcile(self, key: Key, cause: Cause) -> float | None:
        """Look at the object that `key` names, decide, act. Seconds until to look again, or None.

        Raising puts the key back with a growing back-off. `cause` goes with every write.
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

    def wrote(self, key: Key, informer: Informer[T], obj: Object[T]) -> None:
        """`reconcile(key)` made `obj` so: it is not called again before `informer` shows that.

        Without it a loop would act on a past in which it had not acted yet, and act twice.
        """
        self._written.setdefault(key, {})[informer] = obj.revision

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done but to wait for changes and timers."""
        return self.queue.idle and (self._recorder is None or self._recorder.idle)

    def start(self, tasks: TaskSet) -> None:
        if self._recorder is not None:
            tasks.start(self._recorder.run(), f"{self.name} events")
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
                for informer, revision in self._written.pop(key, {}).items():
                    await informer.caught_up(revision)
                again = await self.reconcile(key, cause)
            except Exception as error:
                self._failed(key, cause, error)
            else:
                self.queue.forget(key)
                if again is not None:
                    self.queue.add_after(key, cause, again)
            finally:
                self.queue.done(key)

    def _failed(self, key: Key, cause: Cause, error: Exception) -> None:
        # A conflict only means that somebody wrote first: the informer will show it, the retry will see it.
        if isinstance(error, StatusError):
            log.debug("%s %s: %s", self.name, key, error)
        else:
            log.error("%s %s failed and is tried again", self.name, key, exc_info=error)
        self.queue.retry(key, cause)
