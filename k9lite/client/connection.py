"""Whether a cluster answers, as the informers that follow it see it."""

from collections.abc import Callable

from k9lite.aio.clock import Clock


class Connection:
    """Lost while the watch of any kind cannot be opened; `changed` is called when that begins and when it ends.

    lost_at: since when, in seconds since the epoch; None while the cluster answers
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failing: set[str] = set()
        self.lost_at: float | None = None
        self.changed: Callable[[], None] = lambda: None

    def failed(self, kind: str) -> None:
        """The watch of `kind` could not be opened, or broke."""
        self._failing.add(kind)
        if self.lost_at is None:
            self.lost_at = self._clock.now()
            self.changed()

    def succeeded(self, kind: str) -> None:
        """The cluster answered for `kind`, or its watch is not wanted any more."""
        self._failing.discard(kind)
        if self.lost_at is not None and not self._failing:
            self.lost_at = None
            self.changed()
