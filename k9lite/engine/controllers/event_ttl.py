"""Events live for an hour after they were last written, as etcd's leases make them (kube-apiserver --event-ttl).

Where there are very many, the oldest go before that: a cluster here has memory where Kubernetes' own has a disk.
"""

from collections import OrderedDict

from lightkube.models.core_v1 import Event

from k9lite.aio.clock import Clock
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import NOT_FOUND, ignoring
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client

TTL = 3600.0  # seconds
MOST_EVENTS = 20_000
SWEEP = Key("", "events")  # its one key: what expires first is looked at first


def remaining(written: float, now: float, count: int) -> float:
    """Seconds that the oldest event, of so many, may still live."""
    return 0.0 if count > MOST_EVENTS else max(0.0, written + TTL - now)


class EventTtlController(Controller):
    """All events live equally long, so they expire in the order in which they were written."""

    name = "event-ttl"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.events = informers.of(kinds.EVENT)
        self._ages: OrderedDict[Key, float] = OrderedDict()  # when each was written; the oldest first
        self.events.add_handler(self._changed)

    def _changed(self, old: Object[Event] | None, new: Object[Event] | None) -> None:
        if new is None:
            if old is not None:
                self._ages.pop(old.key, None)
            return
        self._ages[new.key] = self.clock.now()
        self._ages.move_to_end(new.key)
        if len(self._ages) == 1:
            self.queue.add_after(SWEEP, Cause(self.name), TTL)
        elif len(self._ages) > MOST_EVENTS:
            self.queue.add(SWEEP, Cause(self.name))

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        while self._ages:
            oldest, written = next(iter(self._ages.items()))
            if seconds := remaining(written, self.clock.now(), len(self._ages)):
                return seconds
            with ignoring(NOT_FOUND):
                await client.delete(kinds.EVENT, oldest.name, oldest.namespace)
            # The informer may not tell of it for a while; what was written again meanwhile is written down again.
            if self._ages.get(oldest) == written:
                del self._ages[oldest]
        return None
