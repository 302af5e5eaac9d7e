"""A queue of keys: one waiting twice is handed out once, and never to two workers at the same time.

The rules are those of client-go's workqueue. Beside each key travels a cause; causes of merged keys are merged.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from k9lite.aio.clock import Clock, Timer

K = TypeVar("K", bound=Hashable)
C = TypeVar("C")

FIRST_RETRY, LAST_RETRY = 0.005, 1000.0  # seconds; client-go's exponential per-item limits


class QueueClosed(Exception):
    """The queue hands out nothing any more."""


class WorkQueue(Generic[K, C]):
    """Keys that want to be looked at.

    `merge(older, newer)` makes one cause of two. A key added while it is being worked on waits until `done`.
    """

    def __init__(self, clock: Clock, merge: Callable[[C, C], C]) -> None:
        self._clock = clock
        self._merge = merge
        self._causes: dict[K, C] = {}  # every key that waits, ready or held back by its own processing
        self._ready: deque[K] = deque()
        self._processing: set[K] = set()
        self._failures: dict[K, int] = {}
        self._timers: dict[K, Timer] = {}
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._closed = False

    def __len__(self) -> int:
        return len(self._causes)

    @property
    def idle(self) -> bool:
        """Whether nothing waits but timers, and nobody works."""
        return not self._causes and not self._processing

    def add(self, key: K, cause: C) -> None:
        if self._closed:
            return
        if key in self._causes:
            self._causes[key] = self._merge(self._causes[key], cause)
            return
        self._causes[key] = cause
        if key not in self._processing:
            self._ready.append(key)
            self._wake()

    def add_after(self, key: K, cause: C, seconds: float) -> None:
        """Add `key` later; of several such wishes for one key the earliest counts."""
        if self._closed:
            return
        due = self._clock.now() + seconds
        waiting = self._timers.get(key)
        if waiting is not None:
            if waiting.due <= due:
                return
            waiting.cancel()

        def fire() -> None:
            self._timers.pop(key, None)
            self.add(key, cause)

        self._timers[key] = self._clock.call_later(seconds, fire)

    def retry(self, key: K, cause: C) -> None:
        """Add `key` after a back-off that doubles with each failure in a row."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, cause, min(FIRST_RETRY * 2 ** min(failures, 30), LAST_RETRY))

    def failures(self, key: K) -> int:
        return self._failures.get(key, 0)

    def forget(self, key: K) -> None:
        """`key` succeeded: its next failure starts the back-off anew."""
        self._failures.pop(key, None)

    async def get(self) -> tuple[K, C]:
        """The next key and why; the caller owns it until `done`. Raises QueueClosed."""
        while True:
            while not self._ready:
                if self._closed:
                    raise QueueClosed
                await self._wait()
            await self._clock.turn()
            if self._ready:
                key = self._ready.popleft()
                self._processing.add(key)
                return key, self._causes.pop(key)

    def done(self, key: K) -> None:
        self._processing.discard(key)
        if key in self._causes:
            self._ready.append(key)
            self._wake()

    def close(self) -> None:
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._ready.clear()
        self._causes.clear()
        while self._waiters:
            self._wake()

    async def _wait(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._wake()  # the wake-up was ours and is not used: pass it on
            raise

    def _wake(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
