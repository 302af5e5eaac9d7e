"""Events live for an hour after they were last written, as etcd's leases make them (kube-apiserver --event-ttl)."""

from collections import deque

from lightkube.models.core_v1 import Event

from k9lite.aio.clock import Clock
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import ignoring
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client

TTL = 3600.0  # seconds
SWEEP = Key("", "events")  # its one key: what expires first is looked at first


class EventTtlController(Controller):
    """All events live equally long, so they expire in the order in which they were written."""

    name = "event-ttl"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.events = informers.of(kinds.EVENT)
        self._expiring: deque[tuple[float, Key, int]] = deque()  # when, which, at which revision
        self.events.add_handler(self._changed)

    def _changed(self, old: Object[Event] | None, new: Object[Event] | None) -> None:
        if new is None:
            return
        self._expiring.append((self.clock.now() + TTL, new.key, new.revision))
        if len(self._expiring) == 1:
            self.queue.add_after(SWEEP, Cause(self.name), TTL)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        while self._expiring:
            due, expired, revision = self._expiring[0]
            if due > self.clock.now():
                return due - self.clock.now()
            event = self.events.get(expired.name, expired.namespace)
            if event is not None and event.revision == revision:  # else it was written again since
                with ignoring("NotFound"):
                    await client.delete(kinds.EVENT, expired.name, expired.namespace)
            self._expiring.popleft()
        return None
