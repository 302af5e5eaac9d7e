"""The states that objects were in while the dashboard watched, as far back as there is room."""

from collections import OrderedDict, deque
from typing import Any, NamedTuple

from k9lite.api.cause import Cause
from k9lite.api.object import Object

PER_OBJECT = 30  # states
MOST_BYTES = 32 << 20  # of all states together; the objects that changed longest ago give way


class Version(NamedTuple):
    """One state; `seen`: in the cluster's epoch seconds. The last one of a deleted object says so."""

    obj: Object[Any]
    seen: float
    deleted: bool = False

    @property
    def cause(self) -> Cause:
        return self.obj.cause


class Versions:
    """Told of every change; keeps the raw bytes, decoded only when they are looked at."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, deque[Version]] = OrderedDict()
        self._bytes = 0

    def note(self, old: Object[Any] | None, new: Object[Any] | None, now: float) -> None:
        obj = new or old
        if obj is None:
            return
        known = self._kept.setdefault(obj.uid, deque())
        self._kept.move_to_end(obj.uid)
        known.append(Version(Object(obj.kind, obj.raw, obj.revision, obj.cause, obj.managed), now, new is None))
        self._bytes += len(obj.raw)
        if len(known) > PER_OBJECT:
            self._bytes -= len(known.popleft().obj.raw)
        while self._bytes > MOST_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= sum(len(version.obj.raw) for version in oldest)

    def of(self, uid: str) -> list[Version]:
        """The newest first."""
        return list(reversed(self._kept.get(uid, ())))
