"""Keeps repeated events from flooding the cluster, by the rules of client-go's EventCorrelator; writes nothing itself.

In order: many similar events (same object and reason, other messages) become one, the same event again raises its
count, and a source that still says too much about one object is not heard.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import msgspec

V = TypeVar("V")

REMEMBERED = 4096  # entries of each cache; the least recently used go first
SIMILAR, SIMILAR_WITHIN = 10, 600.0  # so many messages within so many seconds of each other are combined
COMBINED = "(combined from similar events): "
BURST, REFILL = 25, 300.0  # events about one object at once, and the seconds after which it may have one more


class Subject(NamedTuple):
    """Who says something about what: `source` is (component, host), `involved` the object's identifying fields."""

    source: tuple[str, str]
    involved: tuple[str, ...]
    field: str
    type: str
    reason: str
    message: str


class Known(msgspec.Struct, frozen=True, gc=False):
    """An Event that has been written: its name, and how often it was seen."""

    name: str
    count: int
    first_seen: float


class Verdict(NamedTuple):
    """What to write: `message`, under the name and count of `event`; a count of 1 is a new Event."""

    message: str
    event: Known


class _Cache(Generic[V]):
    """The `REMEMBERED` entries used last."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable) -> V | None:
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: Hashable, value: V) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > REMEMBERED:
            self._entries.popitem(last=False)


@dataclass(slots=True)
class _Similar:
    last_seen: float
    messages: tuple[str, ...] = ()


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Correlator:
    """The memory of one source of events."""

    def __init__(self) -> None:
        self._similar: _Cache[_Similar] = _Cache()
        self._known: _Cache[Known] = _Cache()
        self._buckets: _Cache[_Bucket] = _Cache()

    def correlate(self, subject: Subject, fresh_name: str, now: float) -> Verdict | None:
        """How to write an event seen at `now`, or None if it is not to be written."""
        key, message = self._combine(subject, now)
        last = self._known.get(key)
        known = Known(last.name, last.count + 1, last.first_seen) if last else Known(fresh_name, 1, now)
        self._known.put(key, known)
        if not self._admitted((subject.source, subject.involved), now):
            return None
        return Verdict(message, known)

    def _combine(self, subject: Subject, now: float) -> tuple[Hashable, str]:
        group = (subject.source, subject.involved, subject.type, subject.reason)
        similar = self._similar.get(group)
        if similar is None or now - similar.last_seen > SIMILAR_WITHIN:
            similar = _Similar(now)
            self._similar.put(group, similar)
        similar.last_seen = now
        if subject.message not in similar.messages:
            similar.messages += (subject.message,)
        if len(similar.messages) < SIMILAR:
            return subject, subject.message
        similar.messages = similar.messages[:-1]
        return group, COMBINED + subject.message

    def _admitted(self, key: Hashable, now: float) -> bool:
        bucket = self._buckets.get(key) or _Bucket(BURST, now)
        bucket.tokens = min(float(BURST), bucket.tokens + (now - bucket.at) / REFILL)
        bucket.at = now
        self._buckets.put(key, bucket)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True
