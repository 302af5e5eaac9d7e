"""Ages on the screen: they are drawn anew when their text changes, and nothing wakes before."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from k9lite.aio.clock import Clock, Timer
from k9lite.api import kinds, times
from k9lite.api.object import Key, Object
from k9lite.tables import ages
from k9lite.tables.pods import summary


def counted_from(obj: Object[Any]) -> Iterator[float]:
    """The times, in epoch seconds, that the cells of `obj` say the age of."""
    stamps: list[Any] = [obj.meta.creationTimestamp]
    if obj.kind is kinds.EVENT:
        event = obj.view
        stamps += [event.lastTimestamp, event.firstTimestamp, event.eventTime]
    yield from (since for stamp in stamps if (since := times.timestamp(stamp)) is not None)
    if obj.kind is kinds.POD and (restarted_at := summary(obj).restarted_at):
        yield restarted_at


def next_change(since: Iterable[float], now: float) -> float:
    """When the first of the ages reads differently, in whole epoch seconds; infinity where there is none."""
    return math.ceil(min((now + ages.until_change(now - moment) for moment in since), default=math.inf))


class AgeTimer:
    """Calls `outdated` with the keys of the rows whose ages read differently now.

    All times are the cluster's: ages pass as its clock does.
    """

    def __init__(self, clock: Clock, outdated: Callable[[list[Key]], None]) -> None:
        self._clock, self._outdated = clock, outdated
        self._due: Mapping[Key, float] = {}
        self._timer: Timer | None = None

    def follow(self, rows: Iterable[Object[Any]]) -> None:
        """Watch the ages of these rows, which were drawn just now, and of no others."""
        self.stop()
        now = self._clock.now()
        self._due = {obj.key: next_change(counted_from(obj), now) for obj in rows}
        due = min(self._due.values(), default=math.inf)
        if due < math.inf:
            self._timer = self._clock.call_later(due - now, self._passed)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _passed(self) -> None:
        self._timer, now = None, self._clock.now()
        self._outdated([key for key, due in self._due.items() if due <= now])
