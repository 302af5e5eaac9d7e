"""How much of the past a store holds: the logs of all kinds together are bounded by memory and by age."""

from collections.abc import Callable, Collection, Sequence

from k9lite.aio.clock import Clock, Timer
from k9lite.engine.store.log import Log

MOST_BYTES = 32 << 20  # of all logs together
LOOKED_AT = 1 << 20  # bytes written until the logs are measured again
INTERVAL = 300.0  # seconds between compactions, as kube-apiserver's --etcd-compaction-interval


def fair_share(sizes: Sequence[int], most: int) -> int:
    """How large each of `sizes` may stay so that together they are no more than `most`; small ones stay whole."""
    left = most
    for place, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - place)
        if size > share:
            return share
        left -= size
    return most


class History:
    """Bounds the logs that `logs` gives, whenever `wrote` tells of a change.

    compacted: no list at an earlier revision is possible any more, of any kind. As with etcd, that is what was the
    newest revision at the compaction before the last one: between one and two intervals ago.
    """

    def __init__(self, clock: Clock, logs: Callable[[], Collection[Log]], most_bytes: int = MOST_BYTES) -> None:
        self._clock, self._logs, self._most_bytes = clock, logs, most_bytes
        self._unmeasured = 0  # bytes
        self._timer: Timer | None = None
        self._newest = self._noted = 0  # revisions: the last write, and the last one at the last compaction
        self.compacted = 0

    def wrote(self, revision: int, size: int) -> None:
        """A change of `size` bytes was logged."""
        self._newest = revision
        self._unmeasured += size
        if self._unmeasured > LOOKED_AT:
            self._trim()
        if self._timer is None:
            self._timer = self._clock.call_later(INTERVAL, self._compact)

    def _trim(self) -> None:
        self._unmeasured = 0
        logs = self._logs()
        share = fair_share([log.memory for log in logs], self._most_bytes)
        for log in logs:
            log.shrink(share)

    def _compact(self) -> None:
        """Goes on until nothing is left, so that a store that nobody writes to needs no timer."""
        self.compacted, self._noted = self._noted, self._newest
        for log in self._logs():
            log.compact(self.compacted)
        self._timer = None
        if self.compacted < self._newest:
            self._timer = self._clock.call_later(INTERVAL, self._compact)
